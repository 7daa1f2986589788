"""The first line of every notebook, session.start(), and the bars of what takes a while."""

import os
import random
import sys
from collections.abc import Iterable, Sized

from helpers import kernel
from helpers.session.figures import figure_style, show_figures
from helpers.session.machine import usable_cpus
from helpers.session.offline import block_network
from helpers.session.set_up import public_version

BINDER = ("BINDER_LAUNCH_HOST", "BINDER_REQUEST", "BINDER_REPO_URL")      # BinderHub sets them
LOST = ("This is Binder: your work is lost when the session ends, some minutes after your last "
        "click. Take it home: index.ipynb has a button for it.")


def start(seed: int = 0) -> None:
    """Make a notebook run the same way everywhere; print the seed and the versions.

    Seeds random, numpy and torch, gives torch the CPUs that this process may use, sets the style
    of figures, and with COURSE_OFFLINE=1 in the environment blocks the network. On Binder it
    also says that the work there is lost.
    Raises ValueError unless 0 <= seed < 2**32, ImportError if a file here hides a package.
    """
    if type(seed) is not int or not 0 <= seed < 2**32:
        raise ValueError(f"seed={seed!r}: it must be a whole number from 0 to 2**32 - 1")
    kernel.refuse_what_hides()
    if os.environ.get("COURSE_OFFLINE") == "1":
        block_network()
    import matplotlib
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(usable_cpus())
    matplotlib.rcParams.update(figure_style())
    show_figures()
    versions = (f"{m.__name__} {public_version(m.__version__)}" for m in (np, torch, matplotlib))
    print(f"Seed {seed}. {', '.join(versions)}.")
    if any(name in os.environ for name in BINDER):
        print(LOST)


def progress_bar(items: Sized, what: str, **options: object) -> Iterable:
    """Go through `items` with a bar that vanishes at the end; none while building."""
    from tqdm import tqdm

    quiet = os.environ.get("COURSE_BUILD") == "1"
    return tqdm(items, desc=what, leave=False, disable=quiet, file=sys.stdout, **options)
