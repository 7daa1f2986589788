"""Makes the virtual environment of the course and installs what the requirements files name.

Everything here may be interrupted at any point: the stamp that says "complete" is written last,
and a half-made environment is made anew or completed.
"""

import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# What can go wrong anywhere, as pip and the system say it -> the sentence, its cure included.
TROUBLES = [(re.compile(seen), sentence) for seen, sentence in (
    (r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|confirming the ssl certificate",
     "This network opens encrypted connections and answers with a certificate of its own, as some "
     "schools and companies do, and pip does not trust it. Use another network; or ask for the "
     "certificate as a file, set PIP_CERT to its path, and type the same command again"),
    (r"Errno 28\]|WinError 112\]|No space left on device",
     "The disk is full: free 2 GB, then type the same command again"),
    (r"Errno 122\]|WinError 1295\]|[Qq]uota exceeded",
     "Your account may store no more on this disk, its quota is full: free 2 GB of your own files, "
     "or put the course on another disk, then type the same command again"),
    (r"WinError 206\]|Errno 36\]|Long Path support|enable-long-paths",
     "A file's name became too long, because the course lies in a folder with a long path: move "
     "it to a short one, such as C:\\course, and type the same command again there"),
    (r"(OSError|PermissionError): \[(Errno 13|Errno 1|WinError 5|WinError 32)\]|Permission denied:",
     "Writing was not allowed. Close what uses the course, JupyterLab or an editor, and type the "
     "same command again; if that does not help, copy the course into a folder of your own"),
)]
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Max retries exceeded|"
    r"ProxyError|ConnectionError|ConnectionReset|IncompleteRead|Read timed out"
)


class SetupError(Exception):
    """The environment could not be made; the message says why and names the cure."""


def install(root: str | Path, python: str | Path, dev: bool = False) -> None:
    """Make the environment hold what the requirements files say; at once if it does already.

    Args:
        root: project folder, with requirements.txt and requirements-dev.txt.
        python: path of the environment's Python, there or not yet there.
        dev: install what contributors need, too.

    Raises:
        SetupError: no venv module, no network, no wheel of torch, a full disk.
    """
    root, python = Path(root), Path(python)
    venv = python.parent.parent
    files = ["requirements.txt"] + ["requirements-dev.txt"] * dev
    stamps = {venv / f"{name}.stamp": files[: i + 1] for i, name in enumerate(files)}
    version = "" if was_cut_off(venv / "install.log") else version_of(python)
    last = venv / f"{files[-1]}.stamp"
    if version and last.exists() and last.read_text() == stamp(root, files, version):
        return
    if not version:
        make_venv(venv)
        version = version_of(python)
    install_torch(root, python)
    print("Installing the rest: the first time about 90 MB, one to three minutes.", flush=True)
    if not pip_install(root, python, ["-r", files[-1]]):
        raise SetupError(pip_sentence(venv / "install.log"))
    for path, names in stamps.items():
        path.write_text(stamp(root, names, version))


def stamp(root: Path, files: list[str], version: str) -> str:
    """Return a hash of requirements files, the Python version and the project's place."""
    digest = hashlib.sha256(f"{version}\n{root}\n".encode())
    for name in files:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def version_of(python: Path) -> str:
    """Return the version of an environment's Python, as in "3.12"; "" if it is not whole."""
    code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        asked = subprocess.run([python, "-c", code], capture_output=True, text=True)
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def was_cut_off(log: Path) -> bool:
    """Tell from its log whether pip was stopped while it put files in place."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return text.rfind("Installing collected packages") > text.rfind("Successfully installed")


def make_venv(venv: Path) -> None:
    """Make the environment anew; a half-made one, or one whose Python has gone, is replaced."""
    print(f"Making a virtual environment in {venv.name}: some seconds.", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", venv],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if made.returncode:
        raise SetupError(venv_sentence(made.stdout))


def venv_sentence(output: str) -> str:
    """Return why the environment could not be made, from what the venv module said."""
    if "ensurepip" in output or "No module named" in output:
        return (
            "This Python has no complete venv module. On Debian or Ubuntu type: "
            "sudo apt install python3-venv, then type make lab again."
        )
    if trouble := known_trouble(output):
        return f"{trouble}."
    last = (output.strip().splitlines() or ["it gave no reason"])[-1]
    return f"The virtual environment .venv could not be made: {last}"


def known_trouble(text: str) -> str:
    """Return the sentence of the first trouble that pip or the system speak of; "" if of none."""
    return next((sentence for seen, sentence in TROUBLES if seen.search(text)), "")


def system_sentence(error: OSError) -> str:
    """Return what the system refused, and the cure where it is known."""
    words = f"{type(error).__name__}: {error}"
    return f"{known_trouble(words) or 'The system refused something'} ({words})."


def install_torch(root: Path, python: Path) -> None:
    """Install the pinned torch, as a build for the CPU, before anything else asks for torch."""
    version = torch_pin((root / "requirements.txt").read_text(encoding="utf-8"))
    if torch_version(python) == version:
        return
    default = os.environ.get("TORCH") == "default"
    arguments = torch_arguments(version, sys.platform, index_answers, default=default)
    print(f"Installing PyTorch {version}: about 200 MB, one to five minutes.", flush=True)
    if pip_install(root, python, arguments, show=True):
        return
    log = python.parent.parent / "install.log"
    said = log.read_text(encoding="utf-8", errors="replace")
    if "No matching distribution found for torch==" in said and not known_trouble(said):
        raise SetupError(torch_sentence(version, arguments))
    raise SetupError(pip_sentence(log))


def torch_pin(requirements: str) -> str:
    """Return the version of torch that the text of a requirements file pins, as in "2.13.0"."""
    return re.search(r"^torch==([\d.]+)", requirements, re.MULTILINE).group(1)


def torch_version(python: Path) -> str:
    """Return the version of the installed torch without its build ("+cpu"); "" if none."""
    code = "from importlib.metadata import version; print(version('torch').split('+')[0])"
    asked = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return asked.stdout.strip()


def torch_arguments(
    version: str, platform: str, index_answers: Callable[[], bool], *, default: bool = False
) -> list[str]:
    """Return pip's arguments that install torch: on Linux never the CUDA build by accident.

    Args:
        version: as in "2.13.0".
        platform: sys.platform.
        index_answers: tells whether the index of CPU wheels can be reached; asked on Linux only.
        default: take the standard build, whatever it is.
    """
    if default or not platform.startswith("linux"):
        return [f"torch=={version}"]
    if index_answers():
        return ["--extra-index-url", CPU_INDEX, f"torch=={version}+cpu"]
    return ["--retries", "0", f"torch=={version}+cpu"]


def index_answers(seconds: float = 5) -> bool:
    """Tell whether the index of CPU wheels answers within so many seconds."""
    answers = []

    def ask() -> None:
        try:
            with urlopen(f"{CPU_INDEX}/torch/", timeout=seconds) as page:
                answers.append(page.status == 200)
        except (OSError, ValueError) as error:  # no such name, refused, too slow, an error page
            answers.append("CERTIFICATE_VERIFY_FAILED" in str(error))  # pip may know better

    # A thread of its own, because the look-up of a name knows no time limit.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return answers == [True]


def torch_sentence(version: str, arguments: list[str]) -> str:
    """Return why this torch was not found with these arguments of pip, and the cures."""
    if "--retries" in arguments:
        return (
            f"The CPU build of PyTorch {version} was not found: {CPU_INDEX} does not answer, and "
            "there is no copy on this machine. Connect to the network and type make lab again; "
            "or take the standard build (with CUDA, several GB): make lab TORCH=default"
        )
    return (
        f"There is no PyTorch {version} for this machine: check the network, and that this is a "
        "64-bit Python. For a Mac with an Intel processor there is none: use Binder (README)."
    )


def pip_install(root: Path, python: Path, arguments: list[str], *, show: bool = False) -> bool:
    """Run pip, all its words in install.log; return True if it went well.

    show: let pip draw its progress bar; else one line per download of a megabyte or more.
    """
    log = python.parent.parent / "install.log"
    log.unlink(missing_ok=True)
    command = [python, "-m", "pip", "install", "--log", log]
    command += ["--progress-bar", "on" if show else "off", *arguments]
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    if show:
        options = {"stderr": subprocess.DEVNULL}
        return subprocess.run(command, cwd=root, env=environment, **options).returncode == 0
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=root, env=environment, **options) as process:
        for line in process.stdout:
            if re.match(r"\s*(Downloading .*\(.* MB\)|Installing collected)", line):
                print(f"  {line.strip()[:90]}", flush=True)
    return process.returncode == 0


def pip_sentence(log: Path) -> str:
    """Return why pip stopped, and the cure, from its log."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    where = f"(pip's own words: {log})"
    if trouble := known_trouble(text):
        return f"{trouble} {where}."
    if NO_NETWORK.search(text):
        return (
            "The package index does not answer, and the first start needs the network. Connect, "
            f"then type the same command again; what is there already is kept {where}."
        )
    return f"pip could not install the packages; the end of its log says why {where}."
