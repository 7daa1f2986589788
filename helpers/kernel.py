"""What a notebook says when a file hides a package, or a cell runs before those above it.

`make lab` and Binder write a setting that loads this file into every kernel by its path: a file
helpers.py in the learner's folder would hide the package that it stands in. So it imports nothing
but the standard library.
"""

from pathlib import Path

IMPORTED = ("helpers", "numpy", "torch", "matplotlib", "ipywidgets", "anywidget", "tqdm",
            "platformdirs", "filelock")        # by notebooks, so that a file can come before them
HERE = Path(__file__).resolve().parent


def in_the_way(folder: str | Path = ".") -> str:
    """Say which files and folders in `folder` hide what the notebooks import; "" if none does."""
    found = [path for name in IMPORTED
             for path in (Path(folder, f"{name}.py"), Path(folder, name)) if _hides(path)]
    if not found:
        return ""
    names = " and ".join(path.name + "/" * path.is_dir() for path in found)
    says = "hides a package: rename it." if len(found) == 1 else "hide packages: rename them."
    return f"{names} in {Path(folder).resolve().name}/ {says}"


def _hides(path: Path) -> bool:
    """A file does; a folder with __init__.py, too; of "helpers" any folder but the course's own."""
    package = path.name == HERE.name or (path / "__init__.py").is_file()
    return path.is_file() if path.suffix else path.is_dir() and package and path.resolve() != HERE


def refuse_what_hides() -> None:
    """Raise ImportError, with the cure, if a file in this folder hides a package."""
    if words := in_the_way():
        raise ImportError(f"{words} Then: Kernel > Restart Kernel")


def load_ipython_extension(shell) -> None:
    """Let this kernel say, once, what is in the way, and what a name without a value may mean."""
    def before_the_first_cell(_info) -> None:
        shell.events.unregister("pre_run_cell", before_the_first_cell)
        if words := in_the_way():
            print(f"✘ {words} Then: Kernel > Restart Kernel\n")

    def after_a_cell(result) -> None:
        if words := about_a_name(result.error_in_exec, shell.user_ns):
            print(words)

    shell.events.register("pre_run_cell", before_the_first_cell)
    shell.events.register("post_run_cell", after_a_cell)


def about_a_name(error: BaseException | None, names: dict) -> str:
    """Return what helps after a NameError of the notebook's own code; "" for any other error.

    names: the notebook's names; code of a package has others.
    """
    if not isinstance(error, NameError) or isinstance(error, UnboundLocalError):
        return ""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    if place is None or place.tb_frame.f_globals is not names:
        return ""
    return (f"If {error.name} is made in a cell further up, that cell has not run since the kernel "
            "started:\nRun > Run All Above Selected Cell, then this cell again.")
