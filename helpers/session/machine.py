"""What this process may use of its machine: CPUs and memory."""

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

CGROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")


def usable_cpus(groups: Path = CGROUPS, own_groups: Path = OWN_GROUPS) -> int:
    """Return how many CPUs this process may use: its affinity and its quota (cgroup v1 or v2).

    A container on a large machine sees all CPUs but may use few; a quota of 1.5 counts as 1.
    OMP_NUM_THREADS, where it is set, is an upper bound: the share of one of several processes.
    groups, own_groups: where the system tells the quotas, and the groups of this process.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # on Linux only
    allowed = len(affinity(0)) if affinity else os.cpu_count() or 1
    share = os.environ.get("OMP_NUM_THREADS", "")
    share = int(share) if share.isdecimal() else math.inf
    return max(1, int(min(allowed, cpu_quota(groups, own_groups), share)))


def cpu_quota(groups: Path = CGROUPS, own_groups: Path = OWN_GROUPS) -> float:
    """Return the smallest CPU quota of this process' groups, in CPUs; inf if there is none."""
    quota = math.inf
    for folder in _group_folders(groups, own_groups):
        v1 = _numbers(folder / "cpu.cfs_quota_us") + _numbers(folder / "cpu.cfs_period_us")
        for values in (_numbers(folder / "cpu.max"), v1):  # each: time, and the period it is for
            if len(values) == 2 and min(values) > 0:  # v1 says -1 for "no quota"
                quota = min(quota, values[0] / values[1])
    return quota


def memory_bytes(groups: Path = CGROUPS, own_groups: Path = OWN_GROUPS) -> float:
    """Return the memory that this process may use, in bytes; inf if it is not known."""
    limits = [math.inf]
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for folder in _group_folders(groups, own_groups):
        limits += _numbers(folder / "memory.max") + _numbers(folder / "memory.limit_in_bytes")
    return min(limit for limit in limits if limit > 0)


def _group_folders(groups: Path, own_groups: Path) -> Iterator[Path]:
    """Every folder with limits on this process: its groups, and the groups around them."""
    text = own_groups.read_text(encoding="utf-8") if own_groups.is_file() else ""  # Linux only
    entries = (line.split(":", 2) for line in text.splitlines() if line.count(":") > 1)
    for _, controllers, path in entries:
        names = [controllers, *controllers.split(",")] if controllers else ["", "unified"]
        for inside in PurePosixPath("/", path, "process").parents:
            yield from (groups / name / str(inside).lstrip("/") for name in names)


def _numbers(file: Path) -> list[float]:
    try:
        return [float(x.replace("max", "inf")) for x in file.read_text(encoding="utf-8").split()]
    except (OSError, ValueError):
        return []
