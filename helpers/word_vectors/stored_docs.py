"""The word vectors of python_docs that travel with the course."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from helpers import training
from helpers.word_vectors.skipgram import SkipGram
from helpers.word_vectors.vectors import WordVectors

NAME, MARKS = "python_docs_vectors", 2              # a vocabulary begins with <unk> and </s>


@dataclass(frozen=True)
class StoredDocs:
    """vectors: rows_in, the ones to use; out: rows_out, what they were compared with in training.

    plane (V, 2): the places of the words in a picture, see `plane.layout`; counts (V,) int: how
    often each word stands in the training text, most frequent first.
    """

    vectors: WordVectors
    out: WordVectors
    plane: np.ndarray
    counts: np.ndarray


class Tables(nn.Module):
    """Both tables, the plane and the counts of a vocabulary's words, as a checkpoint holds them."""

    def __init__(self, vocab_size: int, d: int) -> None:
        super().__init__()
        size = vocab_size - MARKS
        self.rows_in, self.rows_out = (nn.Parameter(torch.zeros(size, d)) for _ in range(2))
        self.register_buffer("plane", torch.zeros(size, 2))
        self.register_buffer("counts", torch.zeros(size, dtype=torch.int64))

    @classmethod
    def of(cls, model: SkipGram, plane: np.ndarray, counts: np.ndarray) -> Tables:
        """What is to be stored of a trained model."""
        tables = cls(len(counts) + MARKS, model.rows_in.shape[1])
        rows: dict[str, Tensor] = {"rows_in": model.rows_in, "rows_out": model.rows_out,
                                   "plane": torch.as_tensor(plane),
                                   "counts": torch.as_tensor(counts)}
        tables.load_state_dict(rows)
        return tables


def stored(name: str = NAME, **where: object) -> StoredDocs:
    """The vectors of 5,313 words, read from data/checkpoints (numbers of 16 bits).

    Raises FileNotFoundError if the file is missing, ValueError if it is damaged or does not fit;
    the message names the cure. where: `folder`, as in `training.load_checkpoint`.
    """
    tables, known = training.load_checkpoint(name, Tables, **where)
    words = known.entries[MARKS:]
    rows = {key: value.numpy() for key, value in tables.state_dict().items()}
    return StoredDocs(WordVectors(words, rows["rows_in"]), WordVectors(words, rows["rows_out"]),
                      rows["plane"], rows["counts"])
