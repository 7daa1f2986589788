"""Installing: the right torch, one sentence for each trouble, nothing done twice."""

import sys
from pathlib import Path
from urllib.error import URLError

import environment
import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_the_stamp_changes_with_every_thing_that_asks_for_a_new_installation(tmp_path):
    names = ["requirements.txt", "requirements-dev.txt"]
    for name in names:
        (tmp_path / name).write_text("a==1\n")
    stamps = [environment.stamp(tmp_path, names, "3.11")]
    assert stamps[0] == environment.stamp(tmp_path, names, "3.11")
    stamps.append(environment.stamp(tmp_path, names[:1], "3.11"))
    stamps.append(environment.stamp(tmp_path, names, "3.12"))
    (tmp_path / names[1]).write_text("a==2\n")
    stamps.append(environment.stamp(tmp_path, names, "3.11"))
    tmp_path.rename(tmp_path.with_name("moved"))
    stamps.append(environment.stamp(tmp_path.with_name("moved"), names, "3.11"))
    assert len(set(stamps)) == len(stamps)


def never() -> bool:
    raise AssertionError("asked the index of CPU wheels")


def test_on_linux_torch_comes_from_the_cpu_index_where_it_answers():
    arguments = environment.torch_arguments("2.13.0", "linux", lambda: True)
    assert arguments == ["--extra-index-url", environment.CPU_INDEX, "torch==2.13.0+cpu"]


def test_on_linux_without_the_index_torch_is_never_the_cuda_build():
    arguments = environment.torch_arguments("2.13.0", "linux", lambda: False)
    assert arguments == ["--retries", "0", "torch==2.13.0+cpu"]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_on_macos_and_windows_torch_is_the_plain_one(platform):
    assert environment.torch_arguments("2.13.0", platform, never) == ["torch==2.13.0"]


def test_the_standard_build_is_taken_only_on_request():
    asked = environment.torch_arguments("2.13.0", "linux", never, default=True)
    assert asked == ["torch==2.13.0"]


def test_the_pinned_torch_is_read_from_the_requirements():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert f"torch=={environment.torch_pin(text)}\n" in text


def test_the_sentence_about_a_missing_torch_names_both_cures():
    sentence = environment.torch_sentence("2.13.0", ["--retries", "0", "torch==2.13.0+cpu"])
    assert "Connect to the network" in sentence and "make lab TORCH=default" in sentence


@pytest.mark.parametrize(
    "log, sentence",
    [
        ("broken by 'NewConnectionError(...)': /simple/numpy/", "needs the network"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("OSError: [WinError 112] Espace insuffisant sur le disque", "The disk is full"),
        ("OSError: [Errno 122] Disk quota exceeded: '/home/rosa/c'", "quota is full"),
        ("OSError: [Errno 2] No such file or directory: 'C:\\\\a'\nHINT: This error might have "
         "occurred since this system does not have Windows Long Path support enabled.",
         "move it to a short one"),
        ("OSError: [WinError 206] The filename or extension is too long", "move it to a short one"),
        ("OSError: [WinError 5] Zugriff verweigert: 'C:\\\\a'", "Writing was not allowed"),
        ("PermissionError: [Errno 13] Permission denied: '/opt/a'", "folder of your own"),
        ("WARNING: The directory '/home/rosa/.cache/pip' is not writable\nERROR: x", "end of its"),
        ("Max retries exceeded with url: /simple/torch/ (Caused by SSLError("
         "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
         "self-signed certificate in certificate chain')))", "set PIP_CERT"),
        ("ERROR: something new", "the end of its log says why"),
    ],
)
def test_what_pip_says_becomes_one_sentence_that_names_the_log(tmp_path, log, sentence):
    path = tmp_path / "install.log"
    path.write_text(log)
    said = environment.pip_sentence(path)
    assert sentence in said and str(path) in said and "\n" not in said


def test_a_missing_venv_module_gets_the_package_to_install():
    said = "The virtual environment was not created successfully because ensurepip is not available"
    assert "sudo apt install python3-venv" in environment.venv_sentence(said)


def test_an_environment_that_cannot_be_made_gets_the_cure_of_its_trouble():
    said = "Error: [Errno 122] Disk quota exceeded: '/home/rosa/course/.venv'"
    assert "quota is full" in environment.venv_sentence(said)
    assert "could not be made: Error: new" in environment.venv_sentence("x\nError: new\n")


@pytest.mark.parametrize("said, sentence", [
    ("CERTIFICATE_VERIFY_FAILED\n", "certificate of its own"), ("", "does not answer")])
def test_a_torch_that_is_not_found_behind_a_proxy_that_reads_along_is_no_silent_index(
        tmp_path, monkeypatch, said, sentence):
    _, python = complete_environment(tmp_path, monkeypatch)
    log = python.parent.parent / "install.log"
    log.write_text(f"{said}ERROR: No matching distribution found for torch==2.13.0+cpu")
    monkeypatch.setattr(environment, "torch_version", lambda python: "")
    monkeypatch.setattr(environment, "index_answers", lambda: False)
    monkeypatch.setattr(environment, "pip_install", lambda *arguments, show: False)
    monkeypatch.setattr(environment.sys, "platform", "linux")
    with pytest.raises(environment.SetupError, match=sentence):
        environment.install_torch(tmp_path, python)


@pytest.mark.parametrize("why, answers", [("[SSL: CERTIFICATE_VERIFY_FAILED] x", True),
                                          ("no such name", False)])
def test_an_index_whose_certificate_is_not_known_does_answer(monkeypatch, why, answers):
    def refused(*_, **__):
        raise URLError(why)

    monkeypatch.setattr(environment, "urlopen", refused)
    assert environment.index_answers() is answers


def test_an_installation_that_was_cut_off_is_noticed(tmp_path):
    log = tmp_path / "install.log"
    assert not environment.was_cut_off(log)
    log.write_text("Collecting numpy\n")
    assert not environment.was_cut_off(log)
    inner = "Installing collected packages: setuptools\nSuccessfully installed setuptools\n"
    log.write_text(inner + "Installing collected packages: numpy\n")
    assert environment.was_cut_off(log)
    log.write_text("Installing collected packages: numpy\nSuccessfully installed numpy\n")
    assert not environment.was_cut_off(log)


def test_a_complete_environment_is_left_alone(tmp_path, monkeypatch):
    venv, python = complete_environment(tmp_path, monkeypatch)
    (venv / "requirements.txt.stamp").write_text(
        environment.stamp(tmp_path, ["requirements.txt"], "3.11")
    )
    environment.install(tmp_path, python)


def test_a_changed_requirements_file_is_installed_and_stamped(tmp_path, monkeypatch):
    venv, python = complete_environment(tmp_path, monkeypatch)
    asked = []
    monkeypatch.setattr(environment, "torch_version", lambda python: "2.13.0")
    monkeypatch.setattr(
        environment, "pip_install", lambda root, python, arguments: asked.append(arguments) or True
    )
    environment.install(tmp_path, python)
    environment.install(tmp_path, python)
    assert asked == [["-r", "requirements.txt"]]


def test_a_failed_installation_leaves_no_stamp(tmp_path, monkeypatch):
    venv, python = complete_environment(tmp_path, monkeypatch)
    monkeypatch.setattr(environment, "torch_version", lambda python: "2.13.0")
    monkeypatch.setattr(environment, "pip_install", lambda *arguments: False)
    with pytest.raises(environment.SetupError):
        environment.install(tmp_path, python)
    assert not list(venv.glob("*.stamp"))


def complete_environment(root, monkeypatch):
    """Make what looks like a whole .venv; pip in it may not be called."""
    (root / "requirements.txt").write_text("torch==2.13.0\n")
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    monkeypatch.setattr(environment, "version_of", lambda python: "3.11")
    monkeypatch.setattr(environment, "pip_install", None)
    return root / ".venv", python


def test_a_half_made_environment_has_no_version(tmp_path):
    assert environment.version_of(tmp_path / "bin" / "python") == ""
    assert environment.version_of(Path(sys.executable)) == ".".join(map(str, sys.version_info[:2]))
