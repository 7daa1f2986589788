"""Exercise 6.3: where the numbers of a model sit, and which part grows."""

from helpers.exercises._names import one_of
from helpers.exercises.engine import Exercise, Mistake, expect_number


def numbers_by_part(d: int, d_ff: int, layers: int, V: int, tied: bool) -> dict:
    """How many numbers a pre-norm decoder learns, by part, and two judgements: a dict of six.

    "embedding": a row of d for each of V words; unless `tied`, a second such table gives the
    scores at the end. "attention": in each layer four maps d to d. "feed-forward": in each layer
    a map d to d_ff and one back. Every map has one bias per number that comes out; the tables have
    none. "norms": two in each layer and one at the end, each with a gain and a bias per number.
    "if wider": the name of the part that is largest once d and d_ff are both doubled.
    "if more words": the name of the part that is largest once V is doubled. No two are equal.
    """
    def count(d, d_ff, V):
        return {"embedding": V * d if tied else 2 * V * d, "attention": layers * 4 * (d * d + d),
                "feed-forward": layers * (2 * d * d_ff + d_ff + d),
                "norms": (2 * layers + 1) * 2 * d}
    wider, more_words = count(2 * d, 2 * d_ff, V), count(d, d_ff, 2 * V)
    return count(d, d_ff, V) | {"if wider": max(wider, key=wider.get),
                                "if more words": max(more_words, key=more_words.get)}


PARTS = ("embedding", "attention", "feed-forward", "norms")
_expect_part = one_of(PARTS)


def _by_shapes(d, d_ff, layers, V, tied):
    """Every table as a list of its sizes; a map of biases is one row."""
    def numbers(shapes):
        return sum(rows * columns for rows, columns in shapes)

    def largest(d, d_ff, V):
        sizes = parts(d, d_ff, V)
        return sorted(sizes, key=lambda name: sizes[name])[-1]

    def parts(d, d_ff, V):
        return {"embedding": numbers([(V, d)] * (2 - tied)),
                "attention": numbers([(d, d), (1, d)] * 4 * layers),
                "feed-forward": numbers([(d, d_ff), (1, d_ff), (d_ff, d), (1, d)] * layers),
                "norms": numbers([(2, d)] * (2 * layers + 1))}
    return {**parts(d, d_ff, V), "if wider": largest(2 * d, 2 * d_ff, V),
            "if more words": largest(d, d_ff, 2 * V)}


def _by_calling_itself(d, d_ff, layers, V, tied, ask=True):
    found = {"embedding": V * d * (1 + (not tied)), "attention": 4 * d * (d + 1) * layers,
             "feed-forward": (d_ff * (2 * d + 1) + d) * layers, "norms": 4 * d * layers + 2 * d}
    if ask:
        for name, other in (("if wider", (2 * d, 2 * d_ff, layers, V)),
                            ("if more words", (d, d_ff, layers, 2 * V))):
            counts = _by_calling_itself(*other, tied, ask=False)
            found[name] = next(part for part in counts if counts[part] == max(counts.values()))
    return found


def _clear(d, d_ff, layers, V, tied) -> bool:
    """No two parts are equal where the largest is asked for."""
    for change in ((1, 1), (2, 1), (1, 2)):
        wide, words = change
        found = _by_calling_itself(wide * d, wide * d_ff, layers, words * V, tied, ask=False)
        if len(set(found.values())) < len(found):
            return False
    return True


def _model(rng) -> tuple:
    """Tables from far smaller than the layers to far larger; d_ff from d to six times d."""
    d = int(rng.integers(2, rng.choice([12, 600])))
    d_ff = max(1, int(d * rng.choice([1, 1.6, 2.4, 3, 4, 6])))
    layers = int(rng.integers(1, 13))
    V = max(2, int(d * layers * rng.uniform(0.5, 16)))
    tied = bool(rng.random() < 0.5)
    return (d, d_ff, layers, V, tied) if _clear(d, d_ff, layers, V, tied) else _model(rng)


def _expect_part_or_number(got: object, wanted: object, what: object) -> None:
    (_expect_part if isinstance(wanted, str) else expect_number)(got, wanted, what)


def _counting(embedding=None, attention=None, feed_forward=None, norms=None, wide=(2, 2),
              words=2):
    """An answer that counts a part otherwise, or doubles something else."""
    others = {"embedding": embedding, "attention": attention, "feed-forward": feed_forward,
              "norms": norms}

    def answer(d, d_ff, layers, V, tied):
        def count(*sizes):
            right = _by_calling_itself(*sizes, tied, ask=False)
            return {name: other(*sizes, tied) if other else right[name]
                    for name, other in others.items()}
        wider = count(wide[0] * d, wide[1] * d_ff, layers, V)
        more = count(d, d_ff, layers, words * V)
        return count(d, d_ff, layers, V) | {"if wider": max(wider, key=wider.get),
                                            "if more words": max(more, key=more.get)}
    return answer


def _saying(**judgements):
    """The right counts, with another judgement."""
    def answer(*model):
        right = numbers_by_part(*model)
        return right | {name.replace("_", " "): say(right) for name, say in judgements.items()}
    return answer


def _exchanged(*model):
    right = numbers_by_part(*model)
    return right | {"if wider": right["if more words"], "if more words": right["if wider"]}


SIZES = Exercise(
    "6.3", "Where do the numbers sit?", minutes=8, starred=True,
    hints=("List the tables first, each with its rows and columns. Which of them stand there once, "
           "which once in each layer?",
           "A map a to b holds a * b numbers and b biases. The table of words does not know how "
           "many layers there are. And of a product of two widths, what is left once both are "
           "doubled?",
           "Put the counting into a function of d, d_ff and V, call it three times, and take "
           "max(counts, key=counts.get). Four maps: 4 (d d + d). Two maps: 2 d d_ff + d_ff + d."),
    solution=numbers_by_part, right=(_by_shapes, _by_calling_itself),
    compare=_expect_part_or_number, parts=(*PARTS, "if wider", "if more words"), cases=_model,
    examples=((512, 2048, 6, 37_000, True), (128, 512, 4, 65, True), (16, 48, 2, 300, False),
              (10, 12, 3, 100, True), (10, 30, 3, 150, True), (8, 64, 2, 40, False),
              (64, 64, 1, 2000, True), (20, 50, 4, 250, True), (6, 11, 5, 20, False),
              (100, 300, 2, 1100, True), (4, 4, 12, 90, True)),
    mistakes=(
        Mistake(_counting(embedding=lambda d, d_ff, layers, V, tied: 2 * V * d), "Tied means that "
                "the table of words gives the scores, too: it is one table, counted once."),
        Mistake(_counting(embedding=lambda d, d_ff, layers, V, tied: V * d), "Without `tied` a "
                "second table gives the scores: V times d numbers more."),
        Mistake(_counting(embedding=lambda d, d_ff, layers, V, tied: V * d * (1 + tied)),
                "Turned round: *tied* is one table for both, not tied is two."),
        Mistake(_counting(embedding=lambda d, d_ff, layers, V, tied: V * d * (2 - tied) * layers),
                "The tables of words stand there once, not in each layer."),
        Mistake(_counting(attention=lambda d, d_ff, layers, V, tied: 3 * layers * (d * d + d)),
                "Attention has four maps: for queries, keys, values, and one for what comes out."),
        Mistake(_counting(attention=lambda d, d_ff, layers, V, tied: 4 * layers * d * d),
                "The maps of attention have biases: d numbers for each of four."),
        Mistake(_counting(attention=lambda d, d_ff, layers, V, tied: 4 * (d * d + d)), "That is "
                "attention in one layer. Each layer has its own."),
        Mistake(_counting(feed_forward=lambda d, d_ff, layers, V, tied: layers * (
                    d * d_ff + d_ff)), "The feed-forward part has two maps: up to d_ff, and back "
                "to d."),
        Mistake(_counting(feed_forward=lambda d, d_ff, layers, V, tied: layers * 2 * d * d_ff),
                "The two maps of the feed-forward part have biases: d_ff numbers, and d."),
        Mistake(_counting(feed_forward=lambda d, d_ff, layers, V, tied: layers * 2 * (
                    d * d_ff + d)), "A bias is added to what comes out. The first map of the "
                "feed-forward part gives d_ff numbers, so it has as many biases."),
        Mistake(_counting(feed_forward=lambda d, d_ff, layers, V, tied: layers * (
                    8 * d * d + 5 * d)), "You took d_ff for 4 d. Here it is given."),
        Mistake(_counting(norms=lambda d, d_ff, layers, V, tied: layers * 4 * d), "The last norm "
                "is missing: a pre-norm model has one more at the end."),
        Mistake(_counting(norms=lambda d, d_ff, layers, V, tied: (2 * layers + 1) * d), "A norm "
                "has a gain and a bias for each of d numbers."),
        Mistake(_counting(norms=lambda d, d_ff, layers, V, tied: (layers + 1) * 2 * d), "Each "
                "layer has two norms, one for each of its parts."),
        Mistake(_counting(wide=(2, 1)), "The counts are right. Twice as wide means that d_ff is "
                "doubled as well."),
        Mistake(_counting(wide=(1, 1)), "The counts are right. For \"if wider\" you named the part "
                "that is largest *now*. Doubling d makes a table of words twice as large, a map "
                "d to d four times."),
        Mistake(_counting(words=1), "The counts are right. For \"if more words\" you named the "
                "part that is largest *now*. With V doubled the embedding doubles."),
        Mistake(_saying(if_wider=lambda right: "feed-forward"), "The counts are right. The "
                "feed-forward part is not always the largest of a wide model: it depends on d_ff, "
                "and on how many words there are."),
        Mistake(_saying(if_more_words=lambda right: "embedding"), "The counts are right. Twice as "
                "many words need not make the embedding the largest part: count."),
        Mistake(_exchanged, "The counts are right, the two judgements are exchanged."),
    ),
    reread="3 · The block, the stack, the model",
    moral="A small model is a table of words; the wider it gets, the more of it are maps.",
)
