"""Notebook 00: depth, and five ways to train a small classifier."""

from checkpoints.studies import table
from helpers.neural_networks import confusions, depth


def depth_study() -> None:
    """Plain and residual blocks, three depths, with BatchNorm and without; minutes."""
    table("depth", ("helpers.neural_networks.depth",), depth,
          lambda kind, rate, seed: depth.told(kind, rate=rate, seed=seed))


def confusions_study() -> None:
    """One right way to train a small classifier and four wrong ones; seconds."""
    table("confusions", ("helpers.neural_networks.confusions",), confusions,
          lambda kind, rate, seed: confusions.told(kind, rate=rate, seed=seed))
