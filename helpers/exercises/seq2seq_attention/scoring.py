"""Exercises 4.7 and 4.9: n-grams that count, and links that are right."""

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number


def clipped(hypothesis: list[str], reference: list[str], n: int) -> tuple[int, int]:
    """How many of the hypothesis' n-grams are right, and how many it has.

    hypothesis, reference: words, perhaps fewer than n. Each n-gram of the reference makes one of
    the hypothesis right, wherever the two stand; then it is used up.
    """
    found = [hypothesis[i:i + n] for i in range(len(hypothesis) - n + 1)]
    left = [reference[i:i + n] for i in range(len(reference) - n + 1)]
    hits = 0
    for gram in found:
        if gram in left:
            left.remove(gram)
            hits += 1
    return hits, len(found)


def _grams(words, n):
    return list(zip(*(words[k:] for k in range(n)), strict=False))


def _clipped_by_counts(hypothesis, reference, n):
    found, known = _grams(hypothesis, n), _grams(reference, n)
    return sum(min(found.count(g), known.count(g)) for g in set(found)), len(found)


def _clipped_sorted(hypothesis, reference, n):
    """Two sorted lists are walked through together."""
    a, b = (sorted(" ".join(g) for g in _grams(words, n)) for words in (hypothesis, reference))
    i = j = hits = 0
    while i < len(a) and j < len(b):
        same = a[i] == b[j]
        hits += same
        i, j = i + (same or a[i] < b[j]), j + (same or a[i] > b[j])
    return [hits, len(a)]


def _pair(rng) -> tuple:
    """A reference, and a hypothesis that repeats, mixes, cuts or changes it; n up to 4."""
    known = ["a", "an", "the", "The", "cat", "kitten", "kittens", "cats", "at"][
        :rng.integers(2, 10)]
    reference = [str(w) for w in rng.choice(known, rng.integers(0, 10))]
    others = [str(w) for w in rng.choice(known, rng.integers(0, 10))]
    how = rng.integers(5)
    hypothesis = [others, reference[::-1], reference[:4] + others, others[:3] + reference,
                  reference[2:5] * 2 + others[:2]][how]
    return hypothesis, reference, int(rng.choice([1, 1, 2, 2, 3, 4]))


def _hitting(hits, total=lambda found, known: len(found)):
    """An answer by hits(found, known), two lists of n-grams, and another total."""
    def answer(hypothesis, reference, n):
        found, known = _grams(hypothesis, n), _grams(reference, n)
        return hits(found, known), total(found, known)
    return answer


def _clip(found, known):
    return sum(min(found.count(gram), known.count(gram)) for gram in set(found))


def _as_text(hypothesis, reference, n):
    found = _grams(hypothesis, n)
    text = " ".join(reference)
    return sum(min(found.count(g), text.count(" ".join(g))) for g in set(found)), len(found)


FIRST, CAT = "the cat is on the mat", "the cat sat on the mat"
EXAMPLES = (
    ("the the the the the the the", FIRST, 1), (CAT, FIRST, 2), (CAT, FIRST, 1),
    ("the cat", FIRST, 3), ("cat", FIRST, 3), ("is the cat on", FIRST, 1),
    ("the the cat the cat", "the cat sat so the cat ran", 2), ("a cat", "The cats at a", 1),
    ("the Cat", "The cat", 1),
    ("the kitten", "the kittens", 1),
    ("mat the on is cat the", FIRST, 2), ("on a mat on", "", 1),
    ("the cat is the cat is the", FIRST, 3), (FIRST, "on the mat", 1),
)
CLIPPED = Exercise(
    "4.7", "How many of them are right?", minutes=6, starred=False,
    hints=("The hypothesis says \"the\" seven times, the reference twice. How many of the seven "
           "has it earned?",
           "Make two lists of n-grams: words[i:i + n] for every place i where n words are left, "
           "len(words) - n + 1 of them.",
           "Go through the hypothesis' n-grams. If one is in the reference's list, count it and "
           "remove it there (list.remove takes out one)."),
    solution=clipped, right=(_clipped_by_counts, _clipped_sorted), compare=expect_close,
    parts=("number of hits", "total"), cases=_pair,
    examples=tuple((found.split(), known.split(), n) for found, known, n in EXAMPLES),
    mistakes=(
        Mistake(_hitting(lambda found, known: sum(gram in known for gram in found)),
                "An n-gram of the reference makes as many right as you like: \"the the the\" would "
                "be perfect. It is used up by one."),
        Mistake(_hitting(lambda found, known: len(set(found) & set(known))), "What stands twice in "
                "both counts once with you. It is right twice: two are there to be used up."),
        Mistake(_hitting(lambda found, known: len(set(found) & set(known)),
                         lambda found, known: len(set(found))),
                "You counted *different* n-grams. Each occurrence counts, up to how often the "
                "reference has it."),
        Mistake(_hitting(_clip, lambda found, known: len(set(found))), "The total counts each "
                "n-gram once, however often it stands there. All occurrences count."),
        Mistake(_hitting(lambda found, known: sum(a == b for a, b in zip(
                    found, known, strict=False))),
                "You compared place by place. An n-gram is right wherever it stands in the "
                "reference."),
        Mistake(_hitting(_clip, lambda found, known: len(known)), "The total counts the "
                "reference's n-grams. It asks how many of the *hypothesis'* are right."),
        Mistake(lambda hypothesis, reference, n: (
                    clipped(hypothesis, reference, n)[0], len(hypothesis)),
                "The total counts words. A text of L words has L - n + 1 n-grams, or none."),
        Mistake(lambda hypothesis, reference, n: (
                    clipped(hypothesis, reference, n)[0], len(hypothesis) - n + 1),
                "A hypothesis of fewer than n - 1 words has no n-gram at all: 0, not a number "
                "below."),
        Mistake(lambda hypothesis, reference, n: clipped(hypothesis[:-1], reference[:-1], n),
                "The last n-gram is missing: it begins at place len(words) - n, so the range ends "
                "at len(words) - n + 1."),
        Mistake(lambda hypothesis, reference, n: clipped(hypothesis, reference, 1), "You counted "
                "words. Their neighbours count as well: n words in a row."),
        Mistake(lambda hypothesis, reference, n: clipped(
                    *([w.lower() for w in words] for words in (hypothesis, reference)), n),
                "\"The\" and \"the\" are two words here: compare them as they are written."),
        Mistake(_as_text, "You searched in a text, so \"at\" was found within \"cats\". Compare "
                "whole words."),
        Mistake(lambda hypothesis, reference, n: clipped(hypothesis, reference, n)[::-1],
                "Both are right, in the wrong order: hits first, then the total."),
        Mistake(lambda hypothesis, reference, n: clipped(hypothesis, reference, n)[0] / max(
                    1, len(hypothesis) - n + 1),
                "That is the share. Return its two numbers: over many sentences they are added up "
                "first, and divided once."),
    ),
    reread="E · BLEU, counted by hand",
    moral="Two of the seven: without clipping, a text of nothing but \"the\" would be perfect.",
)


def alignment_error(found: set, sure: set, possible: set) -> float:
    """1 - (|A & S| + |A & P|) / (|A| + |S|): 0 = perfect, 1 = all wrong.

    found (A), sure (S), possible (P): links of one sentence, pairs (target place, source place).
    `possible` holds all of `sure`, and links that are neither asked for nor wrong.
    ValueError if there is neither a found nor a sure link.
    """
    if not found and not sure:
        raise ValueError("no link found and none sure: there is nothing to judge")
    hits = len(found & sure) + len(found & possible)
    return 1 - hits / (len(found) + len(sure))


def _error_by_counting(found, sure, possible):
    good = 0
    for link in found:
        good += (link in sure) + (link in possible)
    if not len(found) + len(sure):
        raise ValueError("nothing to judge")
    return (len(found) + len(sure) - good) / (len(found) + len(sure))


def _error_by_faults(found, sure, possible):
    """What was found and is not possible, and what is sure and was not found."""
    everything = len(found) + len(sure)
    if everything == 0:
        raise ValueError("nothing to judge")
    return (len(found - possible) + len(sure - found)) / everything


def _links(rng) -> tuple:
    """Up to nine sure links, some more that are possible, and what was found of all that."""
    every = [(int(t), int(s)) for t in range(4) for s in range(5)]
    order = rng.permutation(len(every))
    sure = {every[i] for i in order[:rng.choice([0, 1, 3, 6, 9])]}
    possible = sure | {every[i] for i in order[9:9 + rng.choice([0, 1, 4])]}
    found = {link for link in every if rng.random() < (
        rng.choice([0.0, 0.5, 0.9]) if link in possible else rng.choice([0.0, 0.0, 0.4]))}
    return found, sure, possible


def _judged(rule):
    """Another formula of the three sets; what must be refused is refused."""
    def answer(found, sure, possible):
        alignment_error(found, sure, possible)
        return rule(found, sure, possible)
    return answer


def _share(above, below):
    return 1 - above / below if below else 1.0


def _turned(found, sure, possible):
    return alignment_error({(s, t) for t, s in found}, sure, possible)


def _unguarded(found, sure, possible):
    return 1 - (len(found & sure) + len(found & possible)) / (len(found) + len(sure))


S = {(0, 0), (1, 2), (2, 1)}
P = S | {(3, 3), (3, 2)}
ERROR = Exercise(
    "4.9", "Alignment error", minutes=6, starred=False,
    hints=("Three sets, and two ways to fail: a sure link that is missing, and a found link that "
           "is not even possible. What should a link cost that is possible but not sure?",
           "In Python & is what two sets have in common, and len() says how many. A sure link "
           "that was found stands in both intersections.",
           "hits = len(found & sure) + len(found & possible), over len(found) + len(sure), taken "
           "from 1. Before that: raise ValueError(\"...\") if that sum is 0."),
    solution=alignment_error, right=(_error_by_counting, _error_by_faults), compare=expect_number,
    examples=((S, S, P), ({(0, 0), (1, 2), (3, 3)}, S, P), ({(0, 0), (2, 2), (1, 0)}, S, P),
              ({(0, 0), (1, 2), (2, 1), (3, 3), (0, 3)}, S, P), (set(), S, P), (set(), set(), P),
              ({(3, 2), (1, 1)}, set(), P - S), ({(1, 2), (3, 3), (3, 2)}, S, P),
              ({(2, 3)}, S, P), ({(0, 0)}, S, S)),
    cases=_links,
    mistakes=(
        Mistake(_judged(lambda a, s, p: 1 - alignment_error(a, s, p)), "That is the share that is "
                "right. The error is what is missing to 1."),
        Mistake(_judged(lambda a, s, p: _share(2 * len(a & s), len(a) + len(s))), "A link that is "
                "possible but not sure counts as wrong with you. It must cost nothing: one of the "
                "two intersections is with `possible`."),
        Mistake(_judged(lambda a, s, p: _share(2 * len(a & p), len(a) + len(s))), "Both "
                "intersections are with `possible`. What is only possible then makes up for a sure "
                "link that is missing."),
        Mistake(_judged(lambda a, s, p: _share(len(a & s) + len(a & (p - s)), len(a) + len(s))),
                "A sure link that was found counts once with you. It is possible too: it stands in "
                "both intersections."),
        Mistake(_judged(lambda a, s, p: _share(len(a & s) + len(a & p), len(a) + len(p))), "You "
                "divided by found and *possible* ones. Nobody asks for what is only possible."),
        Mistake(_judged(lambda a, s, p: _share(len(a & s) + len(a & p), len(a | s))), "You "
                "divided by the size of the union. A link in both counts twice, above and below: "
                "len(found) + len(sure)."),
        Mistake(_judged(lambda a, s, p: _share(len(a & s), len(a | s))), "You compared the two "
                "sets without `possible`, and divided by the union. The formula has two "
                "intersections above, two sizes below."),
        Mistake(_judged(lambda a, s, p: _share(len(a & p), len(a))), "That is what is wrong among "
                "the *found* links. A sure link that is missing would cost nothing."),
        Mistake(_judged(lambda a, s, p: _share(len(a & s), len(s))), "That is what is missing of "
                "the *sure* links. A wrong link that was found would cost nothing."),
        Mistake(_judged(lambda a, s, p: 1 - len(a & s) - len(a & p) / (len(a) + len(s))), "Only "
                "the second intersection is divided. Put the sum of the two in brackets."),
        Mistake(_turned, "The pairs are (target, source) in all three sets: turn none of them "
                "round."),
        Mistake(_unguarded, "Neither a link found nor a sure one: 0 / 0. Raise a ValueError that "
                "says so."),
        Mistake(lambda a, s, p: alignment_error(a, s, p) if a or s else 0.0, "Where there is "
                "nothing to judge, 0 would mean perfect. Raise a ValueError."),
    ),
    reread="F · Is a weight an alignment?",
    moral="One number for two faults: links that are missing, and links that are wrong.",
)
