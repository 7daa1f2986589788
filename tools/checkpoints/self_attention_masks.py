"""Notebook 05: self-attention."""

import time

import torch

from checkpoints.studies import character_model, table
from helpers import tokenizers, training
from helpers.self_attention_masks import (
    AttentionLM,
    dictionary,
    leak,
    recall_letters,
    relations,
)

SELF = "helpers.self_attention_masks"


def two_relations() -> None:
    """Two letters to name at once: one head, two heads, a feed-forward layer; a minute."""
    made_by = tuple(f"{SELF}.{part}" for part in ("relations", "attention", "positions"))
    table("relations", made_by, relations, lambda kind, rate, seed: relations.told(
        relations.train(kind, rate=rate, seed=seed)))


def relations_heads() -> None:
    """The model with two heads whose weights the notebook shows; under a second."""
    start = time.perf_counter()
    torch.manual_seed(0)
    model = relations.Relations("two heads")
    history = training.train(
        model, lambda generator: relations.lines(relations.BATCH, generator), relations.loss_of,
        steps=relations.UPDATES, learning_rate=3e-3, what="two heads, rate 0.003, seed 0")
    known = tokenizers.Vocabulary("abcdefgh", marks=())
    training.save_checkpoint("relations_heads", model, tokenizer=known, history=history,
                             config={"kind": "two heads", "vocab_size": len(known)},
                             minutes=(time.perf_counter() - start) / 60)


def private_dictionary() -> None:
    """A dictionary per line, one layer and two, three rates, three seeds; a few minutes.

    The model of two layers, rate 6e-3, seed 0 is stored, too.
    """
    made_by = tuple(f"{SELF}.{part}" for part in ("dictionary", "attention", "positions", "model"))
    table("dictionary", made_by, dictionary,
          lambda kind, rate, seed: dictionary.told(kind, rate=rate, seed=seed))
    start, seen = time.perf_counter(), []
    model = dictionary.train("two layers", rate=6e-3, seed=0,
                             watch=lambda _, history: seen.append(history))
    training.save_checkpoint("dictionary", model, tokenizer=dictionary.KNOWN, history=seen[-1],
                             config=dictionary.config("two layers"),
                             minutes=(time.perf_counter() - start) / 60)


def leaks() -> None:
    """Perplexity against the floor of the source: three masks, four rates, three seeds."""
    made_by = (*(f"{SELF}.{part}" for part in ("leak", "attention", "masks", "positions",
                                               "model")), "data/markov.json")
    table("leak", made_by, leak, lambda kind, rate, seed: leak.told(kind, rate=rate, seed=seed))


def recall_letters_table() -> None:
    """Which letter came first: looks and cells, three rates, three seeds, two distances."""
    made_by = (f"{SELF}.recall_letters", f"{SELF}.attention", f"{SELF}.positions",
               "helpers.rnn_lstm.cells")
    table("recall_letters", made_by, recall_letters,
          lambda kind, rate, seed: recall_letters.told(kind, rate=rate, seed=seed))


def docs_attention() -> None:
    """One layer of attention over the characters of python_docs, width 128, about four times.

    Its minutes are those of one CPU. The rate is the best of three over the whole run: validation
    bits are 2.92 at 3e-2, 2.61 at 1e-2, 2.74 at 3e-3.
    """
    torch.set_num_threads(1)
    character_model("docs_attention", "python_docs", {"d_model": 128, "n_heads": 4, "most": 128},
                    build=AttentionLM, fast={"fused": True}, clock=time.process_time,
                    steps=3000, batch=32, length=128, learning_rate=1e-2, every=300,
                    schedule=training.warmup_cosine(100))
