"""Pretrain a small decoder from the command line, alone or under torchrun."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from dataclasses import fields

from helpers.pretraining.distributed import Settings, run, workers

USAGE = """\
torchrun --nproc-per-node=2 -m helpers.pretraining --steps 200 --checkpoint run.pt
       python -m helpers.pretraining --steps 200              the same loop, one worker"""
TOLD = {"steps": "of training", "batch": "windows per step, of all workers together",
        "length": "characters of a window", "rate": "of AdamW", "width": "of the model",
        "layers": "of the model", "seed": "of weights and batches",
        "every": "so many steps a checkpoint", "corpus": "whose training part is read",
        "checkpoint": "file that worker 0 writes", "resume": "go on from the checkpoint",
        "double": "numbers of 64 bits"}


def main(arguments: list[str]) -> int:
    """Read the settings, train, say what went wrong in a sentence; the exit status."""
    parser = argparse.ArgumentParser(prog="helpers.pretraining", description=__doc__, usage=USAGE)
    for field in fields(Settings):
        how = ({"action": "store_true"} if type(field.default) is bool else
               {"type": str if field.default is None else type(field.default),
                "default": field.default})
        parser.add_argument(f"--{field.name}", help=TOLD[field.name], **how)
    settings = Settings(**vars(parser.parse_args(arguments)))
    if workers()[1] > 1:        # torchrun stops the others when one is gone: they say so, too
        signal.signal(signal.SIGTERM, _told_to_stop)
    try:
        run(settings)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except RuntimeError as error:
        if workers()[1] > 1:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)       # the sentence is said once
        reason = str(error).splitlines()[0][:120]
        print(f"Worker {workers()[0]} stops: another worker is gone or cannot be reached "
              f"({reason}). The last checkpoint is whole: go on with --resume.", file=sys.stderr,
              flush=True)
        if workers()[1] > 1:
            os._exit(1)         # the threads of a broken group would wait for it
        return 1
    return 0


def _told_to_stop(number: int, frame: object) -> None:
    raise RuntimeError("torchrun told it to stop")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
