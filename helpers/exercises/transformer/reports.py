"""Exercise 6.4: reports about trained decoders, and the first claim that does not hold."""

import numpy as np

from helpers.exercises._names import one_of, renamed
from helpers.exercises.engine import Exercise, Mistake


def verdict(report: dict) -> str:
    """The name of the first claim that the figures do not carry; "may be true" if all four hold.

    "cache": writing with a cache gives the same scores. report["moved"]: the largest difference;
    up to 0.001 is rounding. How much faster it was, "speed", is told and not claimed.
    "floor": it is not better than the source of the text allows. "floor": the nats per character
    that nobody can undercut; the text was so long that luck plays no part.
    "rival": it costs less per character than the rival. "perplexities": of the model and of the
    rival, each per token of its own tokenizer; "characters": how many a token of each has on
    average.
    "copy": it writes in its own words. "longest": the longest piece of its samples that stands in
    the training text; "usual": the same of new text by people. Up to twice the usual is allowed.
    """
    mine, theirs = (np.log(perplexity) / characters for perplexity, characters in zip(
        report["perplexities"], report["characters"], strict=True))
    if report["moved"] > 0.001:
        return "cache"
    if mine < report["floor"]:
        return "floor"
    if mine > theirs:
        return "rival"
    return "copy" if report["longest"] > 2 * report["usual"] else "may be true"


NAMES = ("cache", "floor", "rival", "copy", "may be true")


def _verdict_by_powers(report):
    """Perplexities per character: the root of one per token."""
    mine, theirs = (p ** (1 / c) for p, c in zip(
        report["perplexities"], report["characters"], strict=True))
    doubts = {"cache": report["moved"] >= 2e-3, "floor": mine < np.exp(report["floor"]),
              "rival": mine >= theirs, "copy": report["longest"] / report["usual"] > 2}
    return next((name for name in doubts if doubts[name]), "may be true")


def _verdict_backwards(report):
    """The last doubt first; an earlier one writes over it."""
    (p, q), (c, d), said = report["perplexities"], report["characters"], "may be true"
    if report["longest"] >= 2 * report["usual"] + 1:
        said = "copy"
    if d * np.log2(p) > c * np.log2(q):
        said = "rival"
    if np.log2(p) < report["floor"] * c / np.log(2):
        said = "floor"
    return said if report["moved"] < 1.5e-3 else "cache"


def _report(own, rival, floor, longest, usual, moved, speed) -> dict:
    """own, rival: pairs (nats per character, characters per token)."""
    return {"perplexities": tuple(round(float(np.exp(n * c)), 2) for n, c in (own, rival)),
            "characters": (own[1], rival[1]), "floor": floor, "longest": longest, "usual": usual,
            "moved": moved, "speed": speed}


def _any_report(rng) -> tuple:
    """Each doubt is one of several; nothing lies near a bound but the whole numbers of a copy."""
    characters = [float(rng.choice([1.0, 1.0, 1.8, 2.6, 3.5, 4.4])) for _ in range(2)]
    own = rng.uniform(0.9, 1.9)
    rival = own + rng.choice([-1, 1, 1]) * rng.uniform(0.06, 0.6)
    floor = own + rng.choice([-1, -1, -1, 1]) * rng.uniform(0.06, 0.5)
    usual = int(rng.integers(6, 40))
    longest = int(rng.choice([usual // 2, usual + 3, 2 * usual, 2 * usual + 1, 9 * usual]))
    moved = float(rng.choice([0.0, 2e-6, 9e-4, 4e-4, 2.2e-3, 0.8], p=[.25, .2, .25, .2, .05, .05]))
    return (_report((own, characters[0]), (rival, characters[1]), round(float(floor), 3), longest,
                    usual, moved, round(float(rng.uniform(0.6, 6)), 1)),)


def _judging(cache=lambda r: r["moved"] > 0.001,
             cost=lambda perplexity, characters: np.log(perplexity) / characters,
             floor=lambda cost, floor: cost < floor,
             rival=lambda r, mine, theirs: mine > theirs,
             copy=lambda r: r["longest"] > 2 * r["usual"], order=NAMES[:4]):
    """An answer with another look at one of the four, or in another order."""
    def answer(report):
        mine, theirs = (cost(p, c) for p, c in zip(report["perplexities"], report["characters"],
                                                   strict=True))
        doubts = {"cache": cache(report), "floor": floor(mine, report["floor"]),
                  "rival": rival(report, mine, theirs), "copy": copy(report)}
        return next((name for name in order if doubts[name]), "may be true")
    return answer


def _per_token(report):
    """What both cost per token."""
    return [np.log(perplexity) for perplexity in report["perplexities"]]


def _floor_per_token(report):
    mine, _ = _per_token(report)
    return verdict(report | {"floor": report["floor"] + np.log(report["perplexities"][0])
                             / report["characters"][0] - mine})


def _of_one_tokenizer(report, which):
    """Both costs, per character of the tokenizer of one of the two."""
    return [cost / report["characters"][which] for cost in _per_token(report)]


REPORTS = Exercise(
    "6.4", "Which report can be true?", minutes=8, starred=True,
    hints=("Which figures are per token, which per character? Nothing is compared before both are "
           "the same.",
           "A perplexity per token is exp of nats per token; a token has so many characters. So "
           "nats per character are the logarithm over the characters, each model with its own.",
           "Then four comparisons in the order of the docstring, each with a return: moved > "
           "0.001; mine < floor; mine > theirs; longest > 2 * usual."),
    solution=verdict, right=(_verdict_by_powers, _verdict_backwards), compare=one_of(NAMES),
    cases=_any_report,
    examples=tuple((_report(*figures),) for figures in (
        ((1.5, 1.0), (1.7, 1.0), 1.2, 14, 12, 2e-6, 3.1),
        ((1.5, 2.6), (1.7, 1.0), 1.2, 14, 12, 0.0, 3.1),
        ((1.1, 2.6), (1.7, 2.6), 1.2, 14, 12, 2e-6, 2.0),
        ((1.3, 1.0), (1.1, 3.5), 0.9, 14, 12, 0.0, 3.0),
        ((1.6, 1.0), (1.4, 2.6), 1.2, 9, 12, 3e-6, 0.7),
        ((1.2, 3.5), (1.5, 1.0), 1.0, 25, 12, 2e-6, 4.0),
        ((1.2, 1.0), (1.5, 1.0), 1.0, 24, 12, 4e-4, 0.6),
        ((1.4, 1.8), (1.6, 2.6), 1.0, 230, 31, 0.0, 5.0),
        ((1.4, 1.8), (1.6, 2.6), 1.0, 12, 5, 2e-6, 2.5),
        ((1.4, 1.0), (1.6, 1.0), 1.0, 45, 31, 4e-4, 2.5),
        ((1.2, 1.0), (1.5, 1.0), 1.0, 9, 12, 0.02, 6.0),
        ((1.1, 1.0), (0.9, 1.0), 1.3, 90, 12, 0.02, 0.8),
        ((1.1, 3.5), (0.9, 1.0), 1.3, 90, 12, 2e-6, 0.8),
        ((1.5, 1.0), (1.2, 1.0), 1.1, 90, 12, 2e-6, 2.8),
        ((1.0, 1.0), (1.3, 1.0), 1.2, 14, 12, 0.0, 2.8),
        ((1.4, 4.4), (1.5, 3.5), 1.1, 14, 12, 0.0, 2.8),
        ((1.0, 1.0), (1.3, 1.0), 1.2, 140, 12, 0.0, 2.8),
        ((1.5, 3.5), (1.4, 4.4), 1.1, 14, 12, 0.0, 2.8),
        ((1.2, 1.0), (1.5, 1.0), 1.6, 9, 12, 4e-3, 3.0),
        ((0.8, 1.0), (1.2, 1.0), 1.3, 14, 12, 0.0, 2.8),
        ((0.2, 2.6), (1.2, 1.0), 1.3, 14, 12, 0.0, 2.8),
        ((0.5, 1.0), (0.56, 1.8), 0.3, 14, 12, 0.0, 2.8),
        ((1.0, 1.8), (1.5, 1.0), 0.8, 14, 12, 0.0, 2.8))),
    mistakes=(
        Mistake(_floor_per_token, "You compared what a token costs with the floor of a character. "
                "A token may have several: divide by their number."),
        Mistake(_judging(floor=lambda mine, floor: np.exp(mine) < floor), "You compared a "
                "perplexity with nats. Take its logarithm."),
        Mistake(_judging(floor=lambda mine, floor: mine / np.log(2) < floor), "You counted in "
                "bits, and the floor is in nats: np.log."),
        Mistake(_judging(floor=lambda mine, floor: mine > floor), "Above the floor is where every "
                "honest model is. Too good is what lies *under* it."),
        Mistake(_judging(floor=lambda mine, floor: False), "A model that costs less than the "
                "source itself comes through: it has seen what it should guess."),
        Mistake(_judging(cost=lambda perplexity, characters: np.log(perplexity) * characters), "A "
                "token's cost is shared out among its characters: divide, do not multiply."),
        Mistake(_judging(rival=lambda r, *_: r["perplexities"][0] > r["perplexities"][1]), "You "
                "compared perplexities of different tokens. Whose tokens are longer has more to "
                "guess in each: compare nats per character."),
        Mistake(_judging(rival=lambda r, *_: r["perplexities"][0] / r["characters"][0]
                         > r["perplexities"][1] / r["characters"][1]), "A perplexity is not shared "
                "out among characters by division: its logarithm is."),
        Mistake(_judging(rival=lambda r, mine, theirs: mine < theirs), "Turned round: who costs "
                "*more* than the rival is not better."),
        Mistake(_judging(rival=lambda r, *_: r["characters"][0] != r["characters"][1]), "Two "
                "tokenizers make perplexities hard to compare, but no claim wrong: nats per "
                "character can be compared."),
        Mistake(_judging(copy=lambda r: r["longest"] > r["usual"]), "Somewhat more than usual is "
                "allowed: up to twice as much."),
        Mistake(_judging(copy=lambda r: r["longest"] >= 2 * r["usual"]), "Exactly twice the usual "
                "is still allowed."),
        Mistake(_judging(copy=lambda r: r["longest"] > 40), "How long a copy is suspicious depends "
                "on the text: compare with what is usual in new human text."),
        Mistake(_judging(copy=lambda r: False), "Samples that were learned by heart come through."),
        Mistake(_judging(cache=lambda r: r["moved"] > 1e-9), "Rounding moves scores by a little: "
                "0.001 is allowed."),
        Mistake(_judging(cache=lambda r: r["speed"] < 1), "A cache may be slow on short texts. "
                "What it must not do is change the scores."),
        Mistake(_judging(cache=lambda r: False), "A cache that changes the scores comes through, "
                "fast as it may be."),
        Mistake(_judging(order=("floor", "cache", "rival", "copy")), "Two claims fail here. The "
                "cache is asked for first."),
        Mistake(_judging(order=("cache", "rival", "floor", "copy")), "Two claims fail here. The "
                "floor is asked for before the rival."),
        Mistake(_judging(order=("cache", "floor", "copy", "rival")), "Two claims fail here. The "
                "rival is asked for before the copy."),
        Mistake(_judging(order=("cache", "copy", "floor", "rival")), "Two claims fail here, and "
                "you named the copy. It is asked for last."),
        Mistake(renamed(verdict, {"copy": "may be true", "rival": "may be true"}), "A report is "
                "true only if all four claims hold: you looked at cache and floor."),
    ),
    reread="5 · It writes",
    moral="All figures may be correct, and the claim above them false.",
)
