"""Exercise 6.13: what one forward pass left behind, and the slip of the block that made it."""

import numpy as np

from helpers.exercises._names import one_of, renamed
from helpers.exercises.engine import Exercise, Mistake


def which_slip(record: dict) -> str:
    """What is wrong with this pre-norm block: one of six names; each record fits one of them only.

    "nothing": it is as it should be.
    "no way past": what a part gave is passed on without a sum, in the first, the second or both.
    "past from the norm": a sum adds to what the norm gave, in the first, the second or both.
    "norm after the sum": it is a post-norm block.
    "second norm of the first x": the second norm read x, not the first sum.
    "second sum to the first x": the second sum adds to x, not to the first sum.
    record: name -> (T, d). "x" came in; "norm_1" is what attention read, "attention" what it gave;
    "after_attention"; "norm_2" is what the feed-forward part read, "feed_forward" what it gave;
    "out" went out. Gains are 1, biases 0. x may have been through a norm already.
    """
    x, read, given, middle, read_2, given_2, out = (record[name] for name in (
        "x", "norm_1", "attention", "after_attention", "norm_2", "feed_forward", "out"))
    if np.allclose(middle, given) or np.allclose(out, given_2):
        return "no way past"
    if np.allclose(out, x + given_2):
        return "second sum to the first x"
    if np.allclose(read_2, middle):
        return "norm after the sum"
    if not np.allclose(middle, x + given) or np.allclose(out, read_2 + given_2):
        return "past from the norm"
    return "second norm of the first x" if np.allclose(read_2, read) else "nothing"


NAMES = ("nothing", "no way past", "past from the norm", "norm after the sum",
         "second norm of the first x", "second sum to the first x")
RECORD = ("x", "norm_1", "attention", "after_attention", "norm_2", "feed_forward", "out")


def _norm(x):
    away = x - x.mean(axis=1, keepdims=True)
    return away / np.sqrt((away ** 2).mean(axis=1, keepdims=True) + 1e-5)


def _made(x, attention, feed_forward, name, at=(1, 2)) -> dict:
    """What a block with this slip leaves; the parts give the same, whatever they read.

    at: which of the two parts has the slip, where there is a choice.
    """
    first, second = (number in at for number in (1, 2))
    if name == "norm after the sum":
        middle = _norm(x + attention)
        return dict(zip(RECORD, (x, x, attention, middle, middle, feed_forward,
                                 _norm(middle + feed_forward)), strict=True))
    read = _norm(x)
    past = {"no way past": 0 * x, "past from the norm": read}.get(name, x) if first else x
    middle = past + attention
    read_2 = read if name == "second norm of the first x" else _norm(middle)
    past = middle
    if name == "second sum to the first x":
        past = x
    elif second:
        past = {"no way past": 0 * x, "past from the norm": read_2}.get(name, middle)
    return dict(zip(RECORD, (x, read, attention, middle, read_2, feed_forward,
                             past + feed_forward), strict=True))


def _all_made(x, attention, feed_forward) -> list[tuple[str, dict]]:
    """Each slip, and each place of it."""
    return [(name, _made(x, attention, feed_forward, name, at)) for name in NAMES
            for at in (((1,), (2,), (1, 2)) if name in NAMES[1:3] else ((1, 2),))]


def _by_making_all(record):
    """All that the six would have left, from what came in and what the parts gave."""
    made = _all_made(record["x"], record["attention"], record["feed_forward"])
    return min(made, key=lambda pair: max(abs(pair[1][name] - record[name]).max()
                                          for name in RECORD))[0]


def _by_what_was_passed(record):
    """What went past each part is what is left when its gift is taken off again."""
    def same(one, other):
        return abs(one - other).max() < 1e-3
    x, middle = record["x"], record["after_attention"]
    first, second = middle - record["attention"], record["out"] - record["feed_forward"]
    if same(first, 0 * x) or same(second, 0 * x):
        return "no way past"
    if same(record["norm_2"], middle):
        return "second sum to the first x" if same(second, x) else "norm after the sum"
    if same(second, x) and not same(second, record["norm_2"]):
        return "second sum to the first x"
    if same(first, x) and same(second, middle):
        late = same(record["norm_2"], record["norm_1"])
        return "second norm of the first x" if late else "nothing"
    return "past from the norm"


def _block_record(rng) -> tuple:
    while True:
        T, d = int(rng.integers(1, 4)), int(rng.integers(3, 6))
        x, attention, feed_forward = rng.normal(0, rng.uniform(0.5, 2), (3, T, d)).round(2)
        x = _norm(x) if rng.random() < 0.3 else x
        made = _all_made(x, attention, feed_forward)
        name = str(rng.choice(NAMES))
        some = [record for said, record in made if said == name]
        record = some[rng.integers(len(some))]
        if _clear(record, name, made):
            return (record,)


def _clear(record, name, made) -> bool:
    """The record is not that of another slip."""
    return all(max(abs(record[key] - other[key]).max() for key in RECORD) > 0.05
               for said, other in made if said != name)


def _same(one, other):
    return np.allclose(one, other)


def _finding(nothing_past=lambda r: _same(r["after_attention"], r["attention"])
             or _same(r["out"], r["feed_forward"]),
             second_sum=lambda r: _same(r["out"], r["x"] + r["feed_forward"]),
             post=lambda r: _same(r["norm_2"], r["after_attention"]),
             past=lambda r: not _same(r["after_attention"], r["x"] + r["attention"])
             or _same(r["out"], r["norm_2"] + r["feed_forward"]),
             second_norm=lambda r: _same(r["norm_2"], r["norm_1"])):
    """The reference, with another look at one of its five questions."""
    def answer(record):
        asked = (("no way past", nothing_past), ("second sum to the first x", second_sum),
                 ("norm after the sum", post), ("past from the norm", past),
                 ("second norm of the first x", second_norm))
        return next((name for name, test in asked if test(record)), "nothing")
    return answer


def _by_the_first_norm(record):
    if np.allclose(record["norm_1"], record["x"], atol=1e-3):
        return "norm after the sum"
    return which_slip(record)


def _by_the_second_norm(record):
    """Where the norms have read the right rows, the sums are taken on trust."""
    if np.allclose(record["norm_2"], _norm(record["after_attention"])):
        return "nothing"
    return which_slip(record)


def _by_the_first_sum(record):
    if np.allclose(record["after_attention"], record["x"] + record["attention"]):
        late = np.allclose(record["norm_2"], record["norm_1"])
        return "second norm of the first x" if late else "nothing"
    return which_slip(record)


X = np.array([[1.0, -2.0, 0.5, 3.0], [0.0, 2.0, -1.0, 1.0]])
ATTENTION = np.array([[0.5, 1.0, -1.0, 0.0], [-2.0, 0.5, 1.0, 0.0]])
FED = np.array([[1.0, 0.0, 2.0, -0.5], [0.5, -1.5, 0.0, 1.0]])
SLIP = Exercise(
    "6.13", "Find the slip", minutes=10, starred=False,
    hints=("Do not read the names, do the sums. From what came in and what a part gave you can "
           "compute what should have gone out of each sum. Where is the first difference?",
           "Two sums: x + attention, and after_attention + feed_forward. Where one does not hold, "
           "ask what was added to instead: nothing, what the norm gave, or the first x. Where both "
           "hold, ask what the second norm has read.",
           "np.allclose compares. norm_2 equal to norm_1: it read the first x. norm_2 equal to "
           "after_attention: no norm stands before the part, so it stands after the sum. That "
           "norm_1 equals x is no proof: x may have been through a norm."),
    solution=which_slip, right=(_by_making_all, _by_what_was_passed), compare=one_of(NAMES),
    cases=_block_record,
    examples=tuple((record,) for x in (X, _norm(X)) for name, record in _all_made(
        x, ATTENTION, FED) if _clear(record, name, _all_made(x, ATTENTION, FED))),
    mistakes=(
        Mistake(_by_the_first_norm, "That norm_1 equals x is no proof of post-norm: x may have "
                "been through a norm, and a second one changes nothing. Look at what the second "
                "part read."),
        Mistake(_by_the_second_norm, "norm_2 is the norm of the first sum as it stands there. "
                "That says nothing of the sums: add up."),
        Mistake(_by_the_first_sum, "The first sum holds, and you stopped. The second one may add "
                "to something else."),
        Mistake(_finding(nothing_past=lambda r: _same(r["after_attention"], r["attention"])),
                "You looked for a way past attention. The feed-forward part needs one, too."),
        Mistake(_finding(nothing_past=lambda r: _same(r["out"], r["feed_forward"])), "You looked "
                "for a way past the feed-forward part. Attention needs one, too."),
        Mistake(_finding(past=lambda r: not _same(r["after_attention"], r["x"] + r["attention"])),
                "What goes past the feed-forward part is the first sum, not its norm: that slip "
                "comes through."),
        Mistake(_finding(past=lambda r: _same(r["out"], r["norm_2"] + r["feed_forward"])), "What "
                "goes past attention is x, not its norm: that slip comes through."),
        Mistake(_finding(post=lambda r: False), "In post-norm, too, the first sum is not what "
                "stands there: its norm does. Tell it apart: the second part reads the very rows "
                "that came out of the first."),
        Mistake(_finding(second_norm=lambda r: False), "The sums hold, but the second norm read "
                "the first x: compare norm_2 with norm_1."),
        Mistake(_finding(second_sum=lambda r: False), "What attention gave is missing at the end: "
                "the second sum adds to the first x."),
        Mistake(renamed(which_slip, {NAMES[4]: NAMES[5], NAMES[5]: NAMES[4]}), "Two are "
                "exchanged: what the second norm *read*, and what the second sum *added to*."),
        Mistake(renamed(which_slip, {NAMES[1]: NAMES[2], NAMES[2]: NAMES[1]}), "Two are "
                "exchanged: with no way past, what the part gave is all there is."),
    ),
    reread="3 · The block, the stack, the model",
    moral="Every slip trains, and every one is found by adding up once.",
)
