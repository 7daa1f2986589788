"""Several workers take the steps of one; a run that was cut off goes on as if it had not been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from helpers.pretraining import distributed
from helpers.pretraining.__main__ import main

ROOT = Path(__file__).resolve().parents[1]
SMALL = ["--batch", "4", "--length", "16", "--width", "16", "--layers", "1", "--double"]


def torchrun(arguments: list[str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2",
         "-m", "helpers.pretraining", *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})


def weights(path: Path) -> dict[str, torch.Tensor]:
    return torch.load(path, weights_only=True)["model"]


def same(one: Path, other: Path, within: float) -> bool:
    return all(torch.allclose(p, weights(other)[name], rtol=0, atol=within)
               for name, p in weights(one).items())


def test_shards_cover_a_batch_without_overlap():
    for world in (1, 2, 4):
        parts = [distributed.shard(8, rank, world) for rank in range(world)]
        assert torch.cat(parts).sort().values.tolist() == list(range(8))
        assert {len(part) for part in parts} == {8 // world}
    with pytest.raises(ValueError, match="a batch of 9 for worker 0 of 2"):
        distributed.shard(9, 0, 2)


def test_a_run_that_goes_on_ends_where_one_without_a_stop_does(tmp_path):
    whole, cut = tmp_path / "whole.pt", tmp_path / "cut.pt"
    assert main([*SMALL, "--steps", "6", "--every", "2", "--checkpoint", str(whole)]) == 0
    assert main([*SMALL, "--steps", "4", "--every", "2", "--checkpoint", str(cut)]) == 0
    assert not same(whole, cut, 1e-6)
    assert main([*SMALL, "--steps", "6", "--checkpoint", str(cut), "--resume"]) == 0
    assert same(whole, cut, 0)


def test_what_cannot_be_is_said_in_a_sentence(tmp_path, capsys):
    assert main(["--resume", "--checkpoint", str(tmp_path / "none.pt"), *SMALL]) == 1
    assert "--resume and no file" in capsys.readouterr().err


@pytest.mark.slow
def test_two_workers_take_the_steps_of_one(tmp_path):
    alone, both = tmp_path / "alone.pt", tmp_path / "both.pt"
    assert main([*SMALL, "--steps", "20", "--checkpoint", str(alone)]) == 0
    done = torchrun([*SMALL, "--steps", "20", "--checkpoint", str(both)])
    said, _ = done.communicate(timeout=300)
    assert done.returncode == 0, said
    assert same(alone, both, 1e-10)
    assert said.count("step 20 of 20") == 1 and "2 workers" in said      # worker 0 alone speaks


@pytest.mark.slow
def test_a_killed_worker_ends_the_run_with_a_sentence_and_a_whole_checkpoint(tmp_path):
    path = tmp_path / "run.pt"
    job = torchrun([*SMALL, "--steps", "100000", "--every", "5", "--checkpoint", str(path)])
    try:
        until = time.monotonic() + 240
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.2)
        children = Path(f"/proc/{job.pid}/task/{job.pid}/children").read_text().split()
        assert len(children) == 2
        os.kill(int(children[1]), signal.SIGKILL)
        said, _ = job.communicate(timeout=240)
    finally:
        job.kill()
    assert job.returncode != 0 and "another worker is gone" in said
    done = torch.load(path, weights_only=True)["done"]
    assert done >= 5
    assert main([*SMALL, "--steps", str(done + 2), "--checkpoint", str(path), "--resume"]) == 0


def test_days_and_exchange_are_the_arithmetic_that_they_say():
    assert distributed.days(1e9, 2e10, machines=8, flops=1e14, used=0.5) == pytest.approx(
        6e9 * 2e10 / (8 * 1e14 * 0.5) / 86400)
    assert distributed.exchange_seconds(1e9, 1) == 0
    assert distributed.exchange_seconds(1e9, 4, bytes_per_second=1e9) == pytest.approx(3.0)
