"""Exercise 2.4: claims about word vectors, and whether their figures carry them."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show


def verdict(claim: dict) -> str:
    """What a claim is worth: "fair", or why it is not, one of four names.

    claim["says"] is one of three; a speaker always names the better one first.
    "alike": two words are. Fair if their rows' cosine lies 0.15 or more above "usual", that of two
    words drawn at random: if all rows lean one way, any two are near. Else "plane" if the one is
    among the ten nearest of the other in a picture, else "frequency" (long rows: a large product).
    Figures: "usual"; "dot", the dot product; "lengths" of both; "rank" in the picture, from 1.
    "predicts better": a lower perplexity. Fair if both models choose among the same words, else
    "vocabularies". Figures: "perplexities", two; "words", two lists of all words, in any order.
    "finds more": a larger share. Fair if the two intervals have no number in common, else
    "chance". Figures: "shares", two; "intervals", of each share (low, high).
    """
    if claim["says"] == "alike":
        one, other = claim["lengths"]
        if claim["dot"] / (one * other) >= claim["usual"] + 0.15:
            return "fair"
        return "plane" if claim["rank"] <= 10 else "frequency"
    if claim["says"] == "predicts better":
        mine, theirs = claim["words"]
        return "fair" if sorted(mine) == sorted(theirs) else "vocabularies"
    (low, _), (_, high) = claim["intervals"]
    return "fair" if low > high else "chance"


NAMES = ("fair", "plane", "frequency", "vocabularies", "chance")


def _in_sets_and_angles(claim):
    if "dot" in claim:
        angle = np.degrees(np.arccos(claim["dot"] / np.prod(claim["lengths"])))
        widest = np.degrees(np.arccos(claim["usual"] + 0.15))
        return "fair" if angle <= widest else ("frequency", "plane")[claim["rank"] < 11]
    if "words" in claim:
        missing = set(claim["words"][0]) ^ set(claim["words"][1])
        return "vocabularies" if missing else "fair"
    lows, highs = zip(*claim["intervals"], strict=True)
    return "chance" if max(lows) <= min(highs) else "fair"


def _by_doubts(claim):
    """Each name with its doubt; the first that is true speaks."""
    says, (one, other) = claim["says"], claim.get("lengths", (1, 1))
    far = says == "alike" and claim["dot"] < (claim["usual"] + 0.15) * one * other
    lists, bounds = claim.get("words", ([], [])), claim.get("intervals", ((1, 1), (0, 0)))
    doubts = {"plane": far and claim["rank"] <= 10, "frequency": far,
              "vocabularies": any(w not in lists[1] for w in lists[0])
              or any(w not in lists[0] for w in lists[1]),
              "chance": bounds[0][0] <= bounds[1][1]}
    return next((name for name, doubted in doubts.items() if doubted), "fair")


def _alike(usual, cosine, lengths, rank) -> dict:
    one, other = (round(float(x), 2) for x in lengths)
    return {"says": "alike", "usual": round(float(usual), 2), "lengths": (one, other),
            "dot": round(float(cosine * one * other), 3), "rank": int(rank)}


def _predicts(perplexities, words, other_words) -> dict:
    return {"says": "predicts better", "perplexities": perplexities,
            "words": (words, other_words)}


def _finds(one, other) -> dict:
    """Two triples (share, low, high)."""
    return {"says": "finds more", "shares": (one[0], other[0]),
            "intervals": (one[1:], other[1:])}


def _any_alike(rng) -> dict:
    """Near and short, near and long, far and long; far and short only where a picture was read.

    The border is 0.15 above `usual`; no cosine lies within 0.02 of it.
    """
    near, long = rng.random() < 0.5, rng.random() < 0.5
    rank = int(rng.choice([1, 4, 9, 10, 11, 14, 60, 400]))
    long = long or (not near and rank > 10)
    lengths = rng.uniform(3.5, 12, 2) if long else rng.uniform(0.4, 1.6, 2)
    usual = round(float(rng.choice([0, *rng.uniform(0, 0.3, 2), *rng.uniform(0.5, 0.8, 3)])), 2)
    lowest = max(usual - 0.4, 0.09) if long else usual - 0.4
    highest = min(usual + rng.choice([0.35, 0.99]), 0.99)
    cosine = rng.uniform(usual + 0.175, highest) if near else rng.uniform(lowest, usual + 0.125)
    return _alike(usual, cosine, lengths, rank)


def _any_predicts(rng) -> dict:
    known = ["row", "column", "list", "loop", "lists", "the", "a"]
    words = [str(w) for w in rng.permutation(known)[:rng.integers(2, 6)]]
    others = [[str(w) for w in rng.permutation(words)], words[:-1], [*words, "tuple"],
              [*words[1:], "tuple"], [words[0].swapcase(), *words[1:]]][
                  rng.choice([0, 0, 0, 1, 2, 3, 4])]
    low = float(rng.uniform(20, 120))
    pair = (round(low, 1), round(low * rng.uniform(1.02, 3), 1))
    return _predicts(pair, words, others)


def _any_finds(rng) -> dict:
    """Intervals that meet or do not, by much or by little."""
    low, half, other_half = rng.uniform(0.35, 0.65), *rng.choice([0.03, 0.08, 0.2], 2)
    apart = rng.choice([-0.2, -0.06, -0.02, 0.02, 0.06, 0.2])
    share, other = low + half, low - apart - other_half
    if share < other + 0.02 or other < other_half or share > 1 - half:
        return _any_finds(rng)
    return _finds(*(tuple(round(float(x), 2) for x in (middle, middle - h, middle + h))
                    for middle, h in ((share, half), (other, other_half))))


def _claim(rng) -> tuple:
    return ((_any_alike, _any_predicts, _any_finds)[rng.integers(3)](rng),)


def _expect_verdict(got: object, wanted: str, call: object) -> None:
    """Nobody is told what would be right."""
    expect(got in NAMES, f"{call} must be one of: {', '.join(NAMES)}; yours: {show(got)}")
    expect(got == wanted, f"{call} is not {show(got)}.")


def _cosine(claim):
    return claim["dot"] / np.prod(claim["lengths"])


def _judging(near=lambda claim: _cosine(claim) >= claim["usual"] + 0.15,
             seen=lambda claim: claim["rank"] <= 10,
             same=lambda mine, theirs: set(mine) == set(theirs),
             apart=lambda claim: claim["intervals"][0][0] > claim["intervals"][1][1]):
    """The reference, with another look at one of its four questions."""
    def answer(claim):
        if claim["says"] == "alike":
            return "fair" if near(claim) else "plane" if seen(claim) else "frequency"
        if claim["says"] == "predicts better":
            return "fair" if same(*claim["words"]) else "vocabularies"
        return "fair" if apart(claim) else "chance"
    return answer


def _picture_first(claim):
    if claim["says"] == "alike" and claim["rank"] <= 10:
        return "plane"
    return verdict(claim)


def _length_first(claim):
    if claim["says"] == "alike" and min(claim["lengths"]) > 3:
        return "frequency"
    return verdict(claim)


def _exchanged(claim):
    said = verdict(claim)
    return {"plane": "frequency", "frequency": "plane"}.get(said, said)


THREE = ["row", "column", "<unk>"]
CLAIMS = Exercise(
    "2.4", "What may one say?", minutes=8, starred=True,
    hints=("What does each speaker need in order to be right? For likeness one number counts, "
           "which is not among the figures: compute it, and ask what any two words have.",
           "Likeness: the cosine is the dot product over both lengths, neither the picture nor the "
           "dot product itself; it must lie well above the usual one. Perplexity: the same "
           "*words*, not as many. Shares: do the intervals meet?",
           'claim["dot"] / (one * other) >= claim["usual"] + 0.15; sorted(mine) == '
           "sorted(theirs); the low end of the first interval > the high end of the second."),
    solution=verdict, right=(_in_sets_and_angles, _by_doubts), compare=_expect_verdict,
    cases=_claim,
    examples=tuple((claim,) for claim in (
        _alike(0.4, 0.81, (1.1, 0.9), 3), _alike(0.3, 0.74, (6.0, 8.5), 240),
        _alike(0.2, 0.21, (1.2, 1.4), 2), _alike(0.25, 0.3, (9.0, 7.5), 310),
        _alike(0.1, 0.62, (0.5, 0.7), 12), _alike(0.3, 0.34, (7.0, 8.0), 10),
        _alike(0.77, 0.86, (5.0, 6.0), 6), _alike(0.77, 0.8, (11.0, 5.0), 11),
        _alike(0.15, -0.2, (1.0, 1.3), 7), _alike(0.7, 0.9, (4.0, 0.5), 1),
        _alike(0.4, 0.68, (5.0, 4.0), 4), _alike(0.05, 0.34, (2.0, 1.5), 30),
        _alike(0.77, 0.96, (0.7, 0.9), 2), _alike(0.55, 0.66, (8.0, 4.5), 90),
        _alike(0.6, 0.42, (4.0, 7.0), 50), _alike(0.77, 0.72, (0.8, 1.1), 5),
        _alike(0.8, 0.91, (6.0, 5.0), 20),
        _predicts((80.0, 120.0), THREE, THREE[::-1]),
        _predicts((61.0, 118.0), THREE, [*THREE, "loop"]),
        _predicts((93.9, 109.4), THREE, ["row", "loop", "<unk>"]),
        _predicts((93.9, 94.4), [*THREE, "loop"], ["loop", *THREE]),
        _predicts((40.0, 300.0), [*THREE, "list"], THREE),
        _finds((0.93, 0.79, 0.98), (0.8, 0.63, 0.9)), _finds((0.9, 0.86, 0.93), (0.7, 0.64, 0.76)),
        _finds((0.66, 0.6, 0.72), (0.61, 0.44, 0.75)), _finds((0.38, 0.36, 0.4), (0.31, 0.3, 0.33)),
        _finds((0.8, 0.48, 0.95), (0.4, 0.21, 0.6)),
        _finds((0.6, 0.54, 0.66), (0.44, 0.36, 0.51)))),
    mistakes=(
        Mistake(_judging(near=lambda claim: _cosine(claim) >= 0.5), "You compared the cosine with "
                "0.5 and forgot \"usual\". Where two words drawn at random have .77, nearly any "
                "two would pass; where they have 0, .4 is much."),
        Mistake(_judging(near=lambda claim: claim["dot"] >= claim["usual"] + 0.15), "You compared "
                "the dot product with \"usual\", which is a cosine. A dot product is large for "
                "long rows and small for short ones: divide it by both lengths first."),
        Mistake(_judging(near=lambda claim: claim["dot"] > claim["usual"]), "A dot product above "
                "\"usual\" says nothing, as that is a cosine. Divide it by both lengths, then ask "
                "for 0.15 more."),
        Mistake(_judging(near=lambda claim: True), "That two words are alike is yet to be shown: "
                "compute the cosine, and compare it with \"usual\"."),
        Mistake(_judging(near=lambda claim: _cosine(claim) > claim["usual"]), "Above \"usual\" "
                "is not enough: many pairs drawn at random are a little above it. The cosine must "
                "lie 0.15 above."),
        Mistake(_judging(near=lambda claim: _cosine(claim) >= 0.15), "A cosine of 0.15 is not "
                "enough: it must lie 0.15 above \"usual\"."),
        Mistake(_judging(near=lambda claim: _cosine(claim) >= 1.15 * claim["usual"]), "0.15 is "
                "added to \"usual\". It is no share of it, which would be nothing where \"usual\" "
                "is 0."),
        Mistake(_judging(near=lambda claim: abs(_cosine(claim) - claim["usual"]) >= 0.15),
                "Far from \"usual\" is not yet alike. Two words far *below* it are less alike than "
                "two drawn at random."),
        Mistake(_judging(near=lambda claim: claim["dot"] / max(claim["lengths"])
                         >= claim["usual"] + 0.15),
                "A cosine is divided by *both* lengths. By one of them only, a long row still "
                "helps."),
        Mistake(_judging(near=lambda claim: claim["dot"] / sum(claim["lengths"])
                         >= claim["usual"] + 0.15),
                "A cosine is the dot product over the *product* of both lengths, not over their "
                "sum."),
        Mistake(_picture_first, "Near in a picture does not make a claim wrong: if the cosine lies "
                "well above \"usual\", the words are alike. Look at the cosine first."),
        Mistake(_length_first, "Long rows do not make a claim wrong: if the cosine lies well above "
                "\"usual\", the words are alike. Look at the cosine first."),
        Mistake(_judging(near=lambda claim: claim["rank"] <= 10), "You believed the picture. Two "
                "dimensions put many words side by side that are far apart in space: compute the "
                "cosine."),
        Mistake(_judging(seen=lambda claim: True), "Not each false likeness comes from a picture: "
                "with a rank beyond ten nobody saw these two side by side. Their rows are long."),
        Mistake(_judging(seen=lambda claim: False), "Not each false likeness comes from "
                "frequency: the one word is among the ten nearest of the other in the picture."),
        Mistake(_judging(seen=lambda claim: claim["rank"] < 10), "The tenth is among the ten "
                "nearest as well: a rank up to and including 10 is \"plane\"."),
        Mistake(_judging(seen=lambda claim: claim["dot"] < 3), "You told the two by the dot "
                "product. What the speaker looked at is told by the rank: up to 10 it is the "
                "picture."),
        Mistake(_exchanged, "Two are exchanged. A small rank is nearness in the picture: that is "
                "\"plane\"."),
        Mistake(_judging(same=lambda mine, theirs: len(mine) == len(theirs)), "As many words are "
                "not the same words. Who has to choose among other words has another task."),
        Mistake(_judging(same=lambda mine, theirs: mine == theirs), "The same words in another "
                "order are the same vocabulary."),
        Mistake(_judging(same=lambda mine, theirs: set(mine) <= set(theirs)), "All words of the "
                "first are in the second, but the second has more: its task is harder. Neither "
                "may have a word that the other has not."),
        Mistake(_judging(same=lambda mine, theirs: True), "A lower perplexity over other words "
                "shows nothing: the fewer there are to choose from, the lower it is."),
        Mistake(_judging(apart=lambda claim: claim["shares"][0] > claim["intervals"][1][1]),
                "That the larger share lies outside the other's interval is not enough. The "
                "larger one is uncertain too: compare the ends of both intervals."),
        Mistake(_judging(apart=lambda claim: claim["intervals"][0][0] > claim["shares"][1]),
                "That the smaller share lies outside the other's interval is not enough. The "
                "smaller one is uncertain too: compare the ends of both intervals."),
        Mistake(_judging(apart=lambda claim: True), "A larger share is no proof yet: the "
                "intervals meet, so chance may have made the difference."),
        Mistake(_judging(apart=lambda claim: claim["shares"][0] - claim["shares"][1] > 0.1),
                "How large a difference must be depends on how many questions were asked. That is "
                "what the intervals say."),
    ),
    reread="5 · Neighbours",
    moral="Four ways to be fooled by figures that are all correct.",
)
