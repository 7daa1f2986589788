"""Learn from text without labels, use it with few: pretraining (notebook 07).

    hidden = hide(ids, may, mask_id=known.mask, words=words, generator=generator)
    loss = masked_loss(MaskedLM.of(vocab_size=..., **SIZE), (inputs, targets, lengths))
    model, known = learning.stored()                # read by make checkpoints, never downloaded
    task = tasks.task("word class")                 # few labels; label_curves.told(...) one cell
"""

from helpers.pretraining.encoder import (
    SIZE,
    Classifier,
    MaskedLM,
    last_real,
    masked_loss,
    mean_real,
    to_the_right,
)
from helpers.pretraining.masking import FATES, Hidden, count_fates, hide, loss_at
from helpers.pretraining.objectives import (
    Objective,
    causal,
    cut_spans,
    denoising,
    logits_under,
    masked,
    prefix,
    shifted,
)
from helpers.pretraining.two_directions import (
    TwoDirections,
    WeighedLayers,
    sees_itself,
    two_sided_loss,
)

__all__ = [
    "FATES",
    "SIZE",
    "Classifier",
    "Hidden",
    "MaskedLM",
    "Objective",
    "TwoDirections",
    "WeighedLayers",
    "causal",
    "count_fates",
    "cut_spans",
    "denoising",
    "hide",
    "last_real",
    "logits_under",
    "loss_at",
    "masked",
    "masked_loss",
    "mean_real",
    "prefix",
    "sees_itself",
    "shifted",
    "to_the_right",
    "two_sided_loss",
]
