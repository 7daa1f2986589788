"""Notebook 04: translation and attention."""

import time

from checkpoints.studies import table
from helpers import training
from helpers.seq2seq_attention import elsewhere, quality, reversal

SEQ2SEQ = tuple(f"helpers.seq2seq_attention.{part}" for part in ("contexts", "model", "learning"))


def reversal_toy() -> None:
    """Letters backwards: six contexts, three learning rates, three seeds each."""
    table("reversal", ("helpers.seq2seq_attention.reversal", *SEQ2SEQ), reversal,
          lambda kind, rate, seed: reversal.told(reversal.train(kind, rate=rate, seed=seed)))


def translation() -> None:
    """English to French with one vector and with attention, three rates, three seeds each."""
    made_by = ("helpers.seq2seq_attention.quality", *SEQ2SEQ, "data/en_fr.tsv")
    table("translation", made_by, quality,
          lambda kind, rate, seed: quality.told(quality.train(kind, rate=rate, seed=seed)[0]))


def attention_elsewhere() -> None:
    """One look at a text or a picture: four tasks, three learning rates, three seeds each."""
    made_by = ("helpers.seq2seq_attention.elsewhere", SEQ2SEQ[0], "data/reviews.tsv")
    table("elsewhere", made_by, elsewhere,
          lambda kind, rate, seed: elsewhere.told(kind, rate=rate, seed=seed))


def reviews_attention() -> None:
    """Praise or blame by one look at the words of a review; a few seconds."""
    start = time.perf_counter()
    model, known, history = elsewhere.train_classifier(*elsewhere.review_texts("train"),
                                                       rate=1e-2, seed=0)
    training.save_checkpoint("reviews_attention", model, tokenizer=known,
                             config={"vocab_size": len(known)}, history=history,
                             minutes=(time.perf_counter() - start) / 60)
