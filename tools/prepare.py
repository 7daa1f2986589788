"""Sets the course up and starts its parts: the one script behind the Makefile.

    python tools/prepare.py COMMAND [options]

Standard library only. This file stays readable by a Python as old as 2.7 (no f-strings, no
annotations), so that a wrong Python gets a sentence and not a syntax error. environment.py and
copies.py beside it are imported once the Python is known to be right.
"""

from __future__ import print_function

import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NOTEBOOKS = os.path.join(ROOT, "notebooks")
MY = os.path.expanduser(os.environ.get("COURSE_MY") or os.path.join(ROOT, "my"))
VENV = os.path.join(ROOT, ".venv")
GOOD_PYTHONS = ("3.12", "3.13", "3.11")
SCRIPTS = {
    "notebooks": "build_notebooks.py",
    "bench": "bench.py",
    "coverage-map": "coverage_map.py",
    "slides": "build_slides.py",
    "site": "build_site.py",
    "release": "release.py",
}
LAB_SETTINGS = {
    # No pop-up that asks the network for news and covers cells.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    # Without its widgets' state a saved notebook is full of error messages the next day.
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
    # The notebooks name menus in English; the language packs would follow the system's language.
    "@jupyterlab/translation-extension:plugin": {"locale": "en"},
}
LAB_SETTINGS_FILE = os.path.join("share", "jupyter", "lab", "settings", "overrides.json")
KERNEL_CONFIG_FILE = os.path.join("etc", "ipython", "ipython_kernel_config.py")
KERNEL_CONFIG = """# Written by tools/prepare.py at every start: see helpers/kernel.py.
import importlib.util
import os
import sys

path = %r
if os.path.exists(path):
    spec = importlib.util.spec_from_file_location("course_kernel", path)
    sys.modules["course_kernel"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    c.InteractiveShellApp.extensions.append("course_kernel")
"""
HELP = """make lab              open the course (sets everything up the first time)
make test             check everything; ARGS="..." goes to pytest
make test-full        the same and the slow tests
make notebooks        build the notebooks from notebooks/source/
make new NB=08_trial  the skeleton of one more notebook
make checkpoints      train the stored models anew (more than an hour); ARGS=NAME for one of them
make bench            measure speed and memory
make coverage-map     which row of the curriculum is checked where
make slides           a deck of slides for each notebook, in slides/; ARGS=05 for one of them
make site             the course as a web site that needs no network, in site/
make release          measure what is measured once for a release (long); ARGS=slides for one part
make reset NB=01      a fresh copy of notebook 01; yours is kept in my/backup/

Without make: python tools/prepare.py lab (or test, or reset 01, and so on)"""


class Stop(Exception):
    """The course can't go on; the message says why in a sentence and names the cure."""


# --- which Python -----------------------------------------------------------------------------


def python_sentence(version, found=(), windows=False):
    """Return what is wrong with Python `version` (a tuple) and the cure, or "" if it is good.

    found: the good versions on this machine, for instance ["3.12"].
    """
    name = "%d.%d" % tuple(version[:2])
    if name in GOOD_PYTHONS:
        return ""
    age = "too old" if tuple(version[:2]) < (3, 11) else "too new"
    good = found[0] if found else "3.12"
    typed = "py -%s tools\\prepare.py lab" if windows else "make lab PYTHON=python%s"
    cure = "type: " + typed % good
    if not found:
        cure = "if you have none of them, install Python 3.12 from python.org/downloads; " + cure
    runs_on = "Python %s is %s for this course, which runs on Python 3.11, 3.12 and 3.13; "
    return runs_on % (name, age) + cure


def good_pythons():
    """Return the versions of the Pythons on this machine that the course runs on."""
    command = ["py", "-%s"] if os.name == "nt" else ["python%s"]
    return [v for v in GOOD_PYTHONS if starts(command[:-1] + [command[-1] % v, "-c", ""])]


def starts(command):
    """Tell whether a command exists and ends well; its output is thrown away."""
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call(command, stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def venv_python():
    """Return the path of the Python inside the virtual environment."""
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def use_another_python():
    """Go on with .venv's Python, if it is there: this one is too old or too new."""
    inside = os.path.realpath(sys.prefix) == os.path.realpath(VENV)
    if inside or not starts([venv_python(), "-c", ""]):
        raise Stop(python_sentence(sys.version_info, good_pythons(), os.name == "nt"))
    return subprocess.call([venv_python(), os.path.abspath(__file__)] + sys.argv[1:])


# --- what the commands do ---------------------------------------------------------------------


def run(arguments, environment=None):
    """Run .venv's Python in the project folder; return its exit code."""
    return subprocess.call([venv_python()] + arguments, cwd=ROOT, env=environment)


def set_up(dev=False):
    """Install what is missing, build the corpus that is made from the installed packages."""
    from environment import SetupError, install

    try:
        install(ROOT, venv_python(), dev)
    except SetupError as error:
        raise Stop(str(error))
    if run(["-m", "helpers.corpora", "python_docs"]):
        raise Stop("The corpus python_docs could not be built; the lines above say why")
    write_settings(VENV)


def write_settings(prefix):
    """Write what JupyterLab and every kernel read of an environment; the learner's own stay."""
    write(LAB_SETTINGS_FILE, prefix, json.dumps(LAB_SETTINGS, indent=1))
    write(KERNEL_CONFIG_FILE, prefix, KERNEL_CONFIG % os.path.join(ROOT, "helpers", "kernel.py"))


def write(name, prefix, text):
    """Write a text file below `prefix`, with the folders that it needs."""
    path = os.path.join(prefix, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def deliver():
    """Bring the learner's copies in my/ up to date."""
    import copies

    copies.deliver(NOTEBOOKS, MY)


def reset(number):
    """Give the learner a fresh copy of one notebook and keep the old one."""
    import copies

    try:
        copies.reset(number, NOTEBOOKS, MY)
    except ValueError as error:
        raise Stop(str(error))


def new(names):
    """Write the skeleton of one more notebook."""
    import new_notebook

    try:
        return new_notebook.main(names)
    except ValueError as error:
        raise Stop(str(error))


def refuse_what_hides():
    """Stop, in words, if a file of the learner's hides a package that the notebooks import."""
    from helpers import kernel

    words = kernel.in_the_way(MY)
    if words:
        raise Stop(words + " Then type make lab again.")


def lab(arguments):
    """Set up, bring the copies up to date and open JupyterLab on the start page."""
    refuse_what_hides()
    set_up()
    deliver()
    options = ["--ServerApp.root_dir=" + MY, "--LabApp.default_url=/lab/tree/index.ipynb"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # a container; Jupyter would refuse to start
    print("Opening JupyterLab. To stop it, press Ctrl-C here twice.")
    sys.stdout.flush()
    command = [venv_python(), "-P", "-m", "jupyterlab"] + options + arguments
    os.chdir(MY)  # -P: of what lies there, the server imports nothing
    if os.name == "nt":
        return subprocess.call(command)
    return os.execv(command[0], command)


def developer_run(commands):
    """Run Python commands with everything set up and nothing of this user's in the way.

    Progress, Jupyter's and IPython's settings live in a temporary folder meanwhile, and the
    notebooks may not use the network. Returns the first exit code that is not 0.
    """
    set_up(dev=True)
    home = tempfile.mkdtemp(prefix="course-")
    environment = dict(os.environ, COURSE_OFFLINE="1", MPLBACKEND="agg")
    folders = "COURSE_HOME JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR JUPYTER_RUNTIME_DIR IPYTHONDIR"
    for name in folders.split():
        environment[name] = os.path.join(home, name.lower())
    try:
        codes = [run(command, environment) for command in commands]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return next((code for code in codes if code), 0)


def check(arguments):
    """Run ruff, and pytest over the tests and every notebook."""
    pytest = ["-m", "pytest", "--nbval-lax", "--nbval-current-env"]  # where: pyproject.toml
    from helpers.session import usable_cpus

    count = min(usable_cpus(), 4)  # each holds PyTorch, a kernel, at times a browser
    shared = ["-n", str(count), "--dist", "loadfile"] if count > 1 else []
    return developer_run([["-m", "ruff", "check", "."], pytest + shared + arguments])


def tool(name, arguments):
    """Run one of the scripts in tools/."""
    path = os.path.join("tools", name)
    if not os.path.exists(os.path.join(ROOT, path)):
        raise Stop("%s is not there yet" % path)
    return developer_run([[path] + arguments])


def checkpoints(arguments):
    """Train the stored models anew. A run that was stopped goes on: COURSE_HOME keeps it."""
    set_up(dev=True)
    return run([os.path.join("tools", "make_checkpoints.py")] + arguments)


def carry_out(name, arguments):
    """Carry out one command of the Makefile; return the exit code."""
    if name == "lab":
        return lab(arguments)
    if name == "test":
        return check(arguments)
    if name == "test-full":
        return check(["-m", "slow or not slow"] + arguments)
    if name == "checkpoints":
        return checkpoints(arguments)
    if name in SCRIPTS:
        return tool(SCRIPTS[name], arguments)
    if name == "reset":
        return reset("".join(arguments))
    if name == "new":
        return new(arguments)
    if name == "copies":
        return deliver()
    if name == "settings":
        return write_settings(sys.prefix)
    print(HELP)
    return 0 if name == "help" else 2


def main():
    """Carry out the command line; what goes wrong becomes one sentence."""
    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    sys.path.insert(0, ROOT)
    try:
        if name != "help" and python_sentence(sys.version_info):
            return use_another_python()
        return carry_out(name, sys.argv[2:])
    except Stop as reason:
        print("\n%s" % reason, file=sys.stderr)
        return 1
    except EnvironmentError as error:  # what the system refuses
        from environment import system_sentence

        print("\n%s" % system_sentence(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where it was.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
