"""A forward pass as a list of steps, each with its table and what is done in words."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from helpers import transformer as tf
from helpers.attention_view.labels import told, visible
from helpers.neural import reading
from helpers.tokenizers import Tokenizer

MOST, ALL, LIKELIEST = 24, 12, 8        # tokens of a text; entries that all get a bar; bars else
PRE = ("norm 1", "weights", "attention", "sum 1", "norm 2", "feed-forward", "sum 2")
POST = ("weights", "attention", "sum 1", "norm 1", "feed-forward", "sum 2", "norm 2")
PLACES = {"learned": "the row of its place is added to each",
          "sinusoidal": "sines and cosines of its place are added to each",
          "rotary": "nothing is added; queries and keys will be turned by their place",
          "none": "nothing is added: this model is not told the places"}


def trace_numbers(model: tf.Transformer, vocabulary: Tokenizer, text: str) -> dict:
    """Every step of one forward pass over a typed text; nothing is put before it.

    Returns {"tokens": as they are shown, "unknown": a sentence or "", "post", "blocks": how many,
    "steps": one dict per step: "stop": its name, "block": 1, 2, ... or 0 outside of them, "shape":
    that of the tensor, "table": (T, columns) or for "weights" (H, T, T), "said": what is done,
    "next": (tokens, probabilities) at the last step}.
    Raises ValueError for a text without a token or with more than 24 or than max_len, and for an
    encoder, which says nothing of the next token.
    """
    config = model.config
    ids = vocabulary.encode(text)
    most = min(MOST, config.max_len or MOST)
    if not 1 <= len(ids) <= most:
        raise ValueError(f"{len(ids)} tokens: there is room for 1 to {most}")
    if not config.causal:
        raise ValueError("causal=False: this model is an encoder and says nothing of the next "
                         "token; hand over a decoder")
    batch, record = torch.tensor([ids]), []
    with reading(model):
        logits = model(batch, record=record)[0]
        steps = [*_begun(model, batch, record[0]["x"][0], vocabulary)]
        for number, block in enumerate(record, start=1):
            steps += _of_block(config, block, number)
        steps += _ended(model, record[-1]["out"][0], logits, vocabulary)
    unknown = ", ".join(map(told, dict.fromkeys(vocabulary.unknown_tokens(text))))
    return {"tokens": [visible(vocabulary.piece(i)) for i in ids], "steps": steps,
            "post": not config.pre_norm, "blocks": config.n_layers,
            "unknown": f" Unknown, read as <unk>: {unknown}." if unknown else ""}


def _step(stop: str, table: Tensor, said: str, block: int = 0) -> dict:
    return {"stop": stop, "block": block, "shape": tuple(table.shape), "table": table.numpy(),
            "said": said}


def _begun(model: tf.Transformer, batch: Tensor, placed: Tensor, vocabulary: Tokenizer):
    """The ids as places in the vocabulary, their rows, and the rows with their places."""
    config, V = model.config, len(vocabulary)
    chosen = torch.nn.functional.one_hot(batch[0], V).float()           # (T, V)
    rows = model.embed(batch)[0] * (config.d_model ** 0.5 if config.scale_embeddings else 1.0)
    scaled = ", times the root of d" if config.scale_embeddings else ""
    yield {**_step("ids", chosen, f"each token becomes a number, its place among {V} tokens"),
           "columns": _pieces(vocabulary), "shape": (len(chosen),)}
    yield _step("rows", rows, f"each id fetches its row of the embedding, {config.d_model} "
                f"numbers{scaled}")
    yield _step("places", placed, PLACES[config.positions])


def _of_block(config: tf.TransformerConfig, block: dict, number: int):
    """The seven steps of a block, in the order in which its norms stand."""
    values = {name: value[0] for name, value in block.items()}
    pre = config.pre_norm
    norm = ("each row minus its mean, divided by its deviation" if config.norm == "layer" else
            "each row divided by the root of its mean square") + (
                ", times a gain, plus a bias" if config.norm == "layer" and config.bias else
                ", times a gain")
    heads = "one head" if config.n_heads == 1 else f"{config.n_heads} heads"
    past = "what was added joins x on its way past"
    tables = {
        "norm 1": (values["norm_1"] if pre else values["after_attention"], norm),
        "weights": (values["weights"], "softmax of query times key"),
        "attention": (values["attention"], f"the values of the tokens that are looked at, mixed "
                      f"by the weights of {heads}, times W_o"),
        "sum 1": (values["x"] + values["attention"], past),
        "norm 2": (values["norm_2"] if pre else values["out"], norm),
        "feed-forward": (values["feed_forward"], f"each row for itself, from {config.d_model} to "
                         f"{config.ff_width} numbers, {config.activation}, and back"),
        "sum 2": (values["after_attention"] + values["feed_forward"], past)}
    for stop in PRE if pre else POST:
        yield _step(stop, *tables[stop], number)


def _ended(model: tf.Transformer, out: Tensor, logits: Tensor, vocabulary: Tokenizer):
    """A last norm where there is one, the logits, the probabilities after the last token."""
    if model.config.pre_norm:
        yield _step("last norm", model.stack.last(out), "what the blocks have added up is scaled")
    matrix = "the embedding, used again" if model.config.tied else "a matrix of its own"
    yield {**_step("logits", logits, f"each row times {matrix}: a score for each of "
                   f"{len(vocabulary)} tokens"), "columns": _pieces(vocabulary)}
    odds = logits[-1].double().softmax(dim=0).numpy()
    best = np.argsort(-odds, kind="stable")[:LIKELIEST]
    shown = range(len(odds)) if len(odds) <= ALL else best.tolist()
    names = _pieces(vocabulary)
    yield {**_step("probabilities", logits.softmax(dim=-1), "softmax of the last row of logits"),
           "next": ([names[i] for i in shown], odds[list(shown)]),
           "best": [(names[i], float(odds[i])) for i in best]}


def _pieces(vocabulary: Tokenizer) -> list[str]:
    return [visible(vocabulary.piece(i)) for i in range(len(vocabulary))]
