"""What learners' notebooks pass: `python -m helpers.exercises report FILE...`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from helpers.exercises import report

ABOUT = """\
Prints what the exercises in learners' notebooks pass. Each notebook runs in a process of its own,
with limits of time, of memory (on Linux) and of output, and without the network. It helps with
marking. It is no exam: code that is written to deceive it can."""


def main(arguments: list[str]) -> int:
    """Mark the notebooks that are named, print the table; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m helpers.exercises", description=ABOUT)
    commands = parser.add_subparsers(required=True, metavar="report")
    command = commands.add_parser("report", description=ABOUT, help="a table of what passes")
    command.add_argument("files", nargs="+", metavar="FILE", help="notebooks, folders, patterns")
    command.add_argument("--why", action="store_true", help="the first sentence of each failure")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write the table there, too")
    command.add_argument("--seconds", type=_positive, default=report.SECONDS,
                         help="for one notebook, at most (%(default)s)")
    wish = parser.parse_args(arguments)
    try:
        marked = report.mark_all(report.find_files(wish.files), wish.seconds)
        _say(*report.tables(marked), *(["\n".join(report.reasons(marked))] if wish.why else []),
             report.LEGEND)
        if wish.csv:
            report.write_csv(wish.csv, marked)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return number


def _say(*parts: str) -> None:
    """Print the parts that are not empty, a blank line between them, on any screen."""
    encoding = sys.stdout.encoding or "utf-8"
    text = "\n\n".join(filter(None, parts))
    print(text.encode(encoding, "backslashreplace").decode(encoding))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
