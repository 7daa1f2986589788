"""One training loop for every model of the course, and the checkpoints that it leaves behind.

from helpers import training
history = training.train(model, draw, loss_fn, steps=1000, validate=validate, keep="my_model")
model = training.load_checkpoint("name", build)   # trained before, stored in data/checkpoints

Nothing here knows a model: `draw(generator)` makes a batch, `loss_fn(model, batch)` the loss.
"""

from helpers.training.checkpoints import (
    changed_since,
    checkpoint_info,
    load_checkpoint,
    load_results,
    results_info,
    save_checkpoint,
    save_results,
)
from helpers.training.files import code_sha256
from helpers.training.history import History
from helpers.training.loop import train
from helpers.training.run import Diverged
from helpers.training.schedules import constant, warmup_cosine

__all__ = [
    "Diverged", "History", "changed_since", "checkpoint_info", "code_sha256", "constant",
    "load_checkpoint", "load_results", "results_info", "save_checkpoint",
    "save_results", "train", "warmup_cosine",
]
