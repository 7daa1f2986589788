"""Notebook 02: word vectors."""

import time
from types import SimpleNamespace

import torch

from checkpoints.studies import table
from helpers import tokenizers, training
from helpers.word_vectors import (
    against_counting,
    agreement,
    docs,
    docs_runs,
    held_out,
    plane,
    planted_runs,
)
from helpers.word_vectors import reviews as vectors_in_use
from helpers.word_vectors.stored_docs import Tables


def neural_ngram() -> None:
    """The neural n-gram model against counting: three kinds, three rates, three seeds each."""
    made_by = tuple(f"helpers.word_vectors.{part}" for part in ("against_counting", "neural_ngram"))
    table("neural_ngram", made_by, against_counting, lambda kind, rate, seed:
          against_counting.told(against_counting.train(kind, rate=rate, seed=seed)))

OF_DOCS = tuple(f"helpers.word_vectors.{part}" for part in ("docs", "docs_runs", "skipgram",
                                                            "counting", "vectors"))


def word_pairs() -> None:
    """How many of thirty pairs are found: counted, and trained at three rates with three seeds."""
    for kind, (rates, seeds) in docs_runs.CASES.items():
        table("word_pairs", OF_DOCS, SimpleNamespace(KINDS=(kind,), RATES=rates, SEEDS=seeds),
              docs_runs.told)


def planted_words() -> None:
    """Skip-gram and CBOW on the planted language: four rates, three seeds; two minutes."""
    made_by = tuple(f"helpers.word_vectors.{part}" for part in ("planted_runs", "planted",
                                                                "skipgram", "vectors"))
    table("planted_runs", made_by, planted_runs, lambda kind, rate, seed:
          planted_runs.told(kind, rate=rate, seed=seed))


def python_docs_vectors() -> None:
    """Both tables of skip-gram on python_docs, four times through, and their plane; a minute."""
    torch.set_num_threads(1)
    start, history, text = time.process_time(), training.History(), docs.corpus()
    model = docs.learn(rate=docs_runs.BEST, seed=0,
                       watch=lambda loss, rate: history.add(loss, 0.0, rate))
    known = tokenizers.Vocabulary(text.words, cut="words")
    tables = Tables.of(model, plane.layout(model.rows_in.numpy(), seed=0), text.counts)
    training.save_checkpoint("python_docs_vectors", tables, tokenizer=known, history=history,
                             config={"vocab_size": len(known), "d": docs.D},
                             minutes=(time.process_time() - start) / 60, half=True)
    found = docs.stored()
    print(f"python_docs_vectors: {docs.pairs_found(found.vectors)} of 30 pairs, the plane keeps "
          f"{plane.kept(found.vectors.rows, found.plane):.3f}")


def word_knobs() -> None:
    """Window and negatives: twelve settings, one seed, the rate that is best at 5 and 5."""
    torch.set_num_threads(1)
    start = time.process_time()
    runs = [docs_runs.knob(window, negatives) for window in docs_runs.EPOCHS_OF
            for negatives in docs_runs.NEGATIVES]
    training.save_results("word_knobs", {"runs": runs}, made_by=OF_DOCS,
                          minutes=(time.process_time() - start) / 60)


def word_seeds() -> None:
    """Three seeds of the stored setting: how their vectors agree, and what frequency does.

    "often": words that come 50 times or more, without their mean row.
    """
    torch.set_num_threads(1)
    start, text = time.process_time(), docs.corpus()
    rows = [docs.learn(rate=docs_runs.BEST, seed=seed).rows_in.numpy() for seed in docs_runs.SEEDS]
    often, agree = text.counts >= 50, []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        found = {"all": agreement.agreement(rows[a], rows[b]),
                 "centred": agreement.agreement(rows[a], rows[b], centre=True),
                 "often": agreement.agreement(rows[a][often], rows[b][often], centre=True)}
        agree.append({"seeds": [a, b], **{which: {what: round(share, 4) for what, share in
                                                  told.items()} for which, told in found.items()}})
    long = [{**agreement.lengths(table, text.counts),
             "common": round(agreement.common(table), 4)} for table in rows]
    training.save_results("word_seeds", {"agreement": agree, "lengths": long},
                          made_by=tuple(f"helpers.word_vectors.{part}" for part in (
                              "docs", "skipgram", "agreement", "plane")),
                          minutes=(time.process_time() - start) / 60)


def reviews_vectors() -> None:
    """Praise or complaint by the mean of word vectors: nine kinds, three rates, three seeds."""
    made_by = (*(f"helpers.word_vectors.{part}" for part in ("reviews", "from_text", "counting")),
               "data/reviews.tsv", "data/stories.txt")
    table("reviews_vectors", made_by, vectors_in_use,
          lambda kind, rate, seed: vectors_in_use.told(kind, rate=rate, seed=seed))


def word_pieces() -> None:
    """Neighbours of words never seen, from their pieces: three draws of a hundred words."""
    start = time.process_time()
    made_by = tuple(f"helpers.word_vectors.{part}" for part in ("held_out", "pieces", "from_text",
                                                                "counting"))
    told = {str(seed): held_out.told(seed) for seed in held_out.SEEDS}
    training.save_results("word_pieces", told, made_by=made_by,
                          minutes=(time.process_time() - start) / 60)
