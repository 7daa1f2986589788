"""Take one's work along: `python -m helpers.progress take-home`, then `bring-back FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from helpers.progress import carry

ABOUT = """\
Takes progress and changed notebooks along in one file. Nothing of yours is overwritten: what is
in the way is kept in my/backup/."""


def main(arguments: list[str]) -> int:
    """Carry out the command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m helpers.progress", description=ABOUT)
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    commands.add_parser("take-home", help="write the file, beside the notebooks")
    bring = commands.add_parser("bring-back", help="take over what such a file holds")
    bring.add_argument("file", type=Path, metavar="FILE")
    wish = parser.parse_args(arguments)
    try:
        if wish.command == "take-home":
            path, said = carry.take_home()
            print(path)
            print(said, file=sys.stderr)
        else:
            print(carry.bring_back(wish.file))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
