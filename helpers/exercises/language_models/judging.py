"""Exercises 1.10 and 1.11: which scores may be compared, and rows that do not sum to 1."""

import functools
import math

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number

CHARACTERS = "bits per character"


def may_compare(one: dict, other: dict) -> bool:
    """May the scores of these two reports be compared?"""
    if one["copies"] or other["copies"]:
        return False
    if one["test"] != other["test"] or one["unit"] != other["unit"]:
        return False
    if one["unit"] == "bits per character":
        return one["vocabulary"] == other["vocabulary"] == "open"
    return one["tokens"] == other["tokens"] and one["vocabulary"] == other["vocabulary"]


def _compare_by_keys(one, other):
    keys = ["test", "unit", "vocabulary", "copies"]
    if one["unit"] == CHARACTERS:
        alike = one["vocabulary"] == "open"
    else:
        alike = one["tokens"] == other["tokens"]
    return alike and one["copies"] == 0 and all(one[key] == other[key] for key in keys)


def _compare_by_reasons(one, other):
    reasons = [report["copies"] > 0 for report in (one, other)]
    reasons += [one[key] != other[key] for key in ("test", "unit", "vocabulary")]
    if one["unit"] == "perplexity":
        reasons.append(one["tokens"] != other["tokens"])
    else:
        reasons.append(one["vocabulary"] != "open")
    return not any(reasons)


def _report(name="A", model="Kneser-Ney 5", test="docs", tokens="words", vocabulary=19_000,
            copies=0.0, unit="perplexity", score=199.0) -> dict:
    return {"name": name, "model": model, "test": test, "tokens": tokens,
            "vocabulary": vocabulary, "copies": copies, "unit": unit, "score": score}


def _random_report(rng) -> dict:
    return _report(
        str(rng.choice(list("ABCDE"))), str(rng.choice(["unigram", "Kneser-Ney 5", "LSTM"])),
        str(rng.choice(["docs", "docs", "docs", "stories"])),
        str(rng.choice(["words", "words", "characters", "byte pairs"])),
        [19_000, 2_000, "open", "open"][rng.integers(4)],
        float(rng.choice([0, 0, 0, 0.01, 0.17])),
        str(rng.choice(["perplexity", CHARACTERS])), float(rng.integers(1, 300)))


def _random_pair(rng):
    one = _random_report(rng)
    other = _random_report(rng)
    return one, {**other, **{key: one[key] for key in one if rng.random() < 0.6}}


def _relaxed(**same):
    """An answer for which both reports have these values."""
    return lambda one, other: may_compare({**one, **same}, {**other, **same})


def _by_letters(**how):
    """Two reports in bits per character over an open vocabulary."""
    return _report(vocabulary="open", unit=CHARACTERS, **how)


A = _report()
COMPARE = Exercise(
    "1.10", "Which of these may be compared?", minutes=10, starred=False,
    hints=("Go through the keys one by one: if this differs and nothing else, is the comparison "
           "unfair? A model may differ; that is what the comparison is for.",
           "A report with copies is worth nothing, whatever the other one says. A perplexity "
           "depends on tokens and vocabulary.",
           "Bits per character may have different tokens, if both vocabularies are \"open\"."),
    solution=may_compare, right=(_compare_by_keys, _compare_by_reasons),
    examples=(
        (A, _report(name="B", model="unigram", score=729.0)),
        (A, _report(name="C", test="stories")), (_report(name="C", test="stories"), A),
        (A, _report(name="C", copies=0.17, score=72.0)),
        (_report(copies=0.17), A), (_report(copies=0.17), _report(copies=0.17)),
        (A, _report(vocabulary=2_000, score=75.0)), (_report(vocabulary=2_000, score=75.0), A),
        (A, _report(tokens="byte pairs")), (_report(tokens="byte pairs"), A),
        (_report(vocabulary="open", tokens="characters"),
         _report(vocabulary="open", tokens="byte pairs")),
        (_by_letters(tokens="characters"), _by_letters(tokens="byte pairs", score=1.57)),
        (_by_letters(tokens="characters"), _by_letters(tokens="characters", test="stories")),
        (_by_letters(tokens="words"), _report(tokens="words", vocabulary="open")),
        (_report(unit=CHARACTERS, score=1.31), _by_letters(tokens="characters", score=1.63)),
        (_by_letters(tokens="characters", score=1.63), _report(unit=CHARACTERS, score=1.31)),
        (_report(unit=CHARACTERS, score=1.31), _report(unit=CHARACTERS, score=1.4)),
    ),
    cases=_random_pair,
    mistakes=(
        Mistake(lambda one, other: one == other,
                "Two reports that agree in everything are one report. The name, the model and the "
                "score may differ: that is what a comparison is for."),
        Mistake(lambda one, other: may_compare(one, other) and one["model"] == other["model"],
                "You asked for the same model. Which of two models is better is the question."),
        Mistake(_relaxed(copies=0.0),
                "A report with copies came through: its model has read a part of the exam."),
        Mistake(lambda one, other: one["copies"] == other["copies"] and may_compare(
                    {**one, "copies": 0.0}, {**other, "copies": 0.0}),
                "Both reports have the same share of copies, and you let them pass. One model may "
                "have learned them by heart and the other not: `copies` must be 0 in both."),
        Mistake(_relaxed(test="docs"), "The test texts differ. One may be the easier one."),
        Mistake(_relaxed(unit="perplexity"),
                "One score is a perplexity, the other in bits per character: look at `unit`."),
        Mistake(lambda one, other: may_compare(one, other) and one["tokens"] == other["tokens"],
                "Bits per character are there to compare different tokens: both models spell the "
                "same text, and both are divided by its characters."),
        Mistake(_relaxed(tokens="words"),
                "A perplexity is a number of choices *per token*. With other tokens it is another "
                "number."),
        Mistake(lambda one, other: may_compare(one, {**other, "vocabulary": one["vocabulary"]}),
                "The vocabularies differ. The smaller one says <unk> more often, and <unk> is "
                "cheap."),
        Mistake(lambda one, other: may_compare(
                    *({**r, "vocabulary": "open"} if r["unit"] == CHARACTERS else r
                      for r in (one, other))),
                "Bits per character of a closed vocabulary: its <unk> never spells the word. Both "
                "vocabularies must be \"open\"."),
        Mistake(lambda one, other: may_compare(one, other) or (
                    one["unit"] == CHARACTERS and {**one, **dict.fromkeys(
                        ("name", "model", "score"))} == {**other, **dict.fromkeys(
                            ("name", "model", "score"))} and not one["copies"]),
                "Bits per character of a closed vocabulary are no score, even if both are alike: "
                "nobody spelled the words that are <unk>."),
    ),
    reread="5 · What a score means",
    moral="Same text, same unit, no copies; for a perplexity also the same tokens and vocabulary.",
)


def honest_perplexity(log_probs: list[float], row_sums: list[float]) -> float:
    """Perplexity after each word's row has been divided by its sum."""
    nats = [math.log(total) - log_p for log_p, total in zip(log_probs, row_sums, strict=True)]
    return math.exp(sum(nats) / len(nats))


def _honest_by_factors(log_probs, row_sums):
    factor = math.prod(total ** (1 / len(row_sums)) for total in row_sums)
    return math.exp(-sum(log_probs) / len(log_probs)) * factor


def _honest_numpy(log_probs, row_sums):
    return float(np.exp(np.mean(np.log(row_sums) - np.asarray(log_probs))))


def _random_rows(rng):
    size = int(rng.integers(1, 9))
    log_probs = (-rng.exponential(rng.choice([0.5, 3, 8]), size)).round(3)
    sums = np.exp(rng.normal(0, rng.choice([0.05, 0.5, 1]), size)).round(3)
    return [float(v) for v in log_probs], [float(max(v, 0.01)) for v in sums]


def _reported(log_probs):
    return math.exp(-sum(log_probs) / len(log_probs))


HONEST = Exercise(
    "1.11", "A row that sums to 1.07", minutes=10, starred=False,
    hints=("What does the probability of one word become when its row is divided by its sum?",
           "p / sum. In logarithms: log p - log sum.",
           "exp of the mean of (log sum - log p) over all words."),
    solution=honest_perplexity, right=(_honest_by_factors, _honest_numpy),
    compare=functools.partial(expect_number, tolerance=1e-5),
    examples=(([math.log(1 / 190)] * 3, [1.07] * 3), ([-1.0, -2.0, -6.0], [1.0, 1.0, 1.0]),
              ([-1.0, -3.0], [1.5, 1.0]), ([-2.0, -2.0], [0.5, 2.0]), ([-2.0, -1.0], [0.8, 0.9]),
              ([-3.0], [4.0])),
    cases=_random_rows,
    mistakes=(
        Mistake(lambda log_probs, row_sums: _reported(log_probs),
                "That is the perplexity as reported. Divide each probability by the sum of its "
                "row first."),
        Mistake(lambda log_probs, row_sums: honest_perplexity(log_probs, [1 / s for s in row_sums]),
                "You multiplied by the sum. A row that hands out too much must be made smaller: "
                "divide, and in logarithms subtract."),
        Mistake(lambda log_probs, row_sums: _reported(log_probs) * sum(row_sums) / len(row_sums),
                "You took the ordinary mean of the row sums. Each word's own row counts, in "
                "logarithms, like its probability: log p - log sum."),
        Mistake(lambda log_probs, row_sums: _reported(log_probs) * max(row_sums),
                "You took the largest row sum for all words. Each word has a row of its own."),
        Mistake(lambda log_probs, row_sums: _reported(log_probs) * row_sums[0],
                "You took the first row sum for all words. Each word has a row of its own."),
        Mistake(lambda log_probs, row_sums: _reported(log_probs) * math.prod(row_sums),
                "You multiplied with all row sums. Perplexity is a mean: take the mean of their "
                "logarithms."),
        Mistake(lambda log_probs, row_sums: _reported(
                    [p - s for p, s in zip(log_probs, row_sums, strict=True)]),
                "You subtracted the sum itself. The probability is divided by it, so its "
                "*logarithm* is subtracted."),
        Mistake(lambda log_probs, row_sums: honest_perplexity(
                    log_probs, [max(s, 1.0) for s in row_sums]),
                "You mended only rows above 1. A row below 1 gave something away: dividing by its "
                "sum gives it back."),
        Mistake(lambda log_probs, row_sums: math.log(honest_perplexity(log_probs, row_sums)),
                "That is the mean surprisal. Take it back out of the logarithm: exp."),
        Mistake(lambda log_probs, row_sums: honest_perplexity(log_probs, row_sums) ** min(
                    len(log_probs), 50),
                "You used the sum over all words. Perplexity uses the mean."),
    ),
    reread="3 · How surprised is the model?",
    moral="190 · 1.07 = 203: your 199 is the better model.",
)
