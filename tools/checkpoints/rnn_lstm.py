"""Notebook 03: recurrent networks."""

import time

import numpy as np

from checkpoints.studies import begun, character_model
from helpers import rnn_lstm, training
from helpers.rnn_lstm import recall, runs
from helpers.session import progress_bar


def python_docs_lstm() -> None:
    """One LSTM layer of 512 over the characters of python_docs, about eleven times through."""
    character_model("python_docs_lstm", "python_docs",
                    {"d_embed": 64, "d_hidden": 512, "dropout": 0.1, "forget_bias": 1.0},
                    build=rnn_lstm.LanguageModel, fast={"fast": True},
                    steps=4000, batch=64, length=128, learning_rate=3e-3, every=250,
                    schedule=training.warmup_cosine(100))


def stories_lstm() -> None:
    """One LSTM layer of 256 over the characters of the stories, about sixty times through."""
    character_model("stories_lstm", "stories",
                    {"d_embed": 32, "d_hidden": 256, "dropout": 0.3, "forget_bias": 1.0},
                    build=rnn_lstm.LanguageModel, fast={"fast": True},
                    steps=2500, batch=32, length=128, learning_rate=3e-3, every=100,
                    schedule=training.warmup_cosine(100))


def recall_over_distance() -> None:
    """The recall task: three learning rates, three distances, seven cells, three seeds each."""
    wanted = [(f"{rate:g}", str(distance), name, seed) for distance in recall.DISTANCES
            for rate in recall.RATES for name in recall.SETTINGS for seed in recall.SEEDS]
    made_by = ("helpers.rnn_lstm.recall", "helpers.rnn_lstm.cells")
    told, minutes = begun("recall", made_by)
    start = time.perf_counter() - 60 * minutes
    for rate, distance, name, seed in progress_bar(wanted, "recall"):
        where = [told.setdefault(what, {}).setdefault(rate, {}).setdefault(distance, {})
                 .setdefault(name, []) for what in ("right", "signal", "kept")]
        if len(where[0]) > seed:
            continue
        run = recall.train(recall.SETTINGS[name], int(distance), rate=float(rate), seed=seed)
        where[0].append(round(float(np.mean(run["right"][-20:])), 4))
        where[1].append([float(f"{s:.3g}") for s in run["signal"]])
        where[2].append([round(k, 4) for k in run["kept"]])
        training.save_results("recall", told, made_by=made_by,
                              minutes=(time.perf_counter() - start) / 60)


def runs_to_look_at() -> None:
    """A network that learns to write, and four runs of which one is healthy."""
    start = time.perf_counter()
    four = {name: {what: [round(loss, 4) for loss in losses] for what, losses in told.items()}
            for name, told in ((name, runs.curves(**how)) for name, how in runs.FOUR.items())}
    training.save_results("runs", {"four": four, "growing": runs.growing()},
                          made_by=("helpers.rnn_lstm.runs", "helpers.rnn_lstm.cells"),
                          minutes=(time.perf_counter() - start) / 60)


def taggers() -> None:
    """Which words around "apple" a tagger must see: three ways to look, three seeds each."""
    start = time.perf_counter()
    right = {looks: [[round(share, 4) for share in rnn_lstm.train_tagger(looks, seed)]
                     for seed in range(3)] for looks in ("nowhere", "left", "both")}
    training.save_results("taggers", right,
                          made_by=("helpers.rnn_lstm.context", "helpers.rnn_lstm.models"),
                          minutes=(time.perf_counter() - start) / 60)
