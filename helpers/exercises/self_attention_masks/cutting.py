"""Exercises 5.5 and 5.16: the width shared out among heads, and what a layer costs."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def split_heads(x: np.ndarray, n_heads: int) -> np.ndarray:
    """The heads' parts (B, n_heads, T, d / n_heads) of x (B, T, d).

    Head 0 has the first columns of every word of every text, head 1 the next ones, and so on.
    ValueError, saying both numbers, if d is no multiple of n_heads.
    """
    B, T, d = x.shape
    if d % n_heads:
        raise ValueError(f"{d} columns cannot be shared out evenly among {n_heads} heads")
    return x.reshape(B, T, n_heads, d // n_heads).swapaxes(1, 2)


def _split_by_slices(x, n_heads):
    width, left = divmod(x.shape[-1], n_heads)
    if left:
        raise ValueError(f"d={x.shape[-1]} is no multiple of n_heads={n_heads}")
    return np.stack([x[..., h * width:(h + 1) * width] for h in range(n_heads)], axis=1)


def _split_word_by_word(x, n_heads):
    if x.shape[2] // n_heads * n_heads != x.shape[2]:
        raise ValueError(f"{x.shape[2]} columns, {n_heads} heads")
    heads = [[[] for _ in range(n_heads)] for _ in x]
    for text, parts in zip(x, heads, strict=True):
        for word in text:
            for part, columns in zip(parts, np.split(word, n_heads), strict=True):
                part.append(columns.tolist())
    return heads


def _batch(rng) -> tuple:
    """Texts of any size; one time in eight d is no multiple of n_heads."""
    B, T, n_heads, width = (int(n) for n in rng.integers(1, [4, 6, 8, 4]))
    uneven = int(rng.integers(1, n_heads)) if n_heads > 1 and rng.random() < 0.16 else 0
    return rng.normal(0, 3, (B, T, n_heads * width + uneven)).round(2), n_heads


def _shaped(shape):
    """An answer by shape(x, B, T, n_heads, d / n_heads); what must be refused is refused."""
    def answer(x, n_heads):
        split_heads(x, n_heads)
        B, T, d = x.shape
        return shape(x, B, T, n_heads, d // n_heads)
    return answer


def _by_words(x, B, T, H, width):
    """The words of a text are shared out, where that goes; else the columns."""
    return x.reshape(B, H, T // H, -1) if T % H == 0 else split_heads(x, H)


def _rest_lost(x, n_heads):
    return split_heads(x[:, :, :x.shape[2] // n_heads * n_heads], n_heads)


def _rest_filled(x, n_heads):
    missing = -x.shape[2] % n_heads
    return split_heads(np.pad(x, ((0, 0), (0, 0), (0, missing))), n_heads)


TEXTS = np.arange(24.0).reshape(1, 3, 8), np.arange(48.0).reshape(2, 4, 6)
SPLIT = Exercise(
    "5.5", "Heads without mixing", minutes=8, starred=False,
    hints=("Take one word of eight columns and two heads. Which four numbers of it go to which "
           "head? Then see where the next word's numbers must not go.",
           "reshape keeps the order of the numbers. Straight to (B, n_heads, T, width) it would "
           "fill head 0 with the first *words*. First cut the last axis in two, (B, T, n_heads, "
           "width).",
           "Then exchange the two axes in the middle: swapaxes(1, 2). Before that: if d % n_heads "
           "is not 0, raise ValueError(\"...\")."),
    solution=split_heads, right=(_split_by_slices, _split_word_by_word), compare=expect_close,
    examples=((TEXTS[0], 2), (TEXTS[1], 3), (TEXTS[1], 2), (TEXTS[0][:, :1], 4), (TEXTS[0], 3),
              (TEXTS[1], 1), (TEXTS[1][:, :2, :4], 4), (TEXTS[1][:, :3, :5], 2)),
    cases=_batch,
    mistakes=(
        Mistake(_shaped(lambda x, B, T, H, width: x.reshape(B, H, T, width)), "The right shape, "
                "other numbers: reshape alone fills a head with the first words, not with its "
                "columns of every word."),
        Mistake(_shaped(lambda x, B, T, H, width: x.reshape(B, T, width, H).transpose(0, 3, 1, 2)),
                "Your heads take every n_heads-th column. Head 0 has the *first* columns, side by "
                "side."),
        Mistake(_shaped(lambda x, B, T, H, width: x.reshape(B, T, H, width)), "The last axis is "
                "cut, but the words still stand before the heads: (B, n_heads, T, width)."),
        Mistake(_shaped(lambda x, B, T, H, width: x.reshape(B, T, H, width).transpose(2, 0, 1, 3)),
                "The heads stand before the texts. The batch comes first: (B, n_heads, T, width)."),
        Mistake(_shaped(lambda x, B, T, H, width: x.reshape(B, T, H, width).transpose(0, 2, 3, 1)),
                "In each head a row is a column of x now. A row should be a word: exchange heads "
                "and words only."),
        Mistake(_shaped(lambda x, B, T, H, width: x.reshape(B, T, H, width)[:, :, ::-1].swapaxes(
                    1, 2)), "The heads stand in the wrong order: head 0 has the first columns."),
        Mistake(_shaped(lambda x, B, T, H, width: np.stack([x] * H, axis=1)), "Every head has all "
                "columns. Here each has a part of the width of its own."),
        Mistake(_shaped(_by_words), "You shared out the words. A head has all words, and a part of "
                "each one's columns."),
        Mistake(_shaped(lambda x, B, T, H, width: split_heads(x, H).reshape(B * H, T, width)),
                "Texts and heads are one axis now. Leave them apart: (B, n_heads, T, width)."),
        Mistake(_rest_lost, "What does not come out even is lost without a word. Raise a "
                "ValueError that says both numbers."),
        Mistake(_rest_filled, "What does not come out even is filled up in silence. Raise a "
                "ValueError that says both numbers."),
    ),
    reread="A · Many heads, built",
    moral="The wrong one has the same shape, and trains: only a comparison finds it.",
)


def dearest_first(T: int, d: int, n_heads: int) -> list[str]:
    """The three parts of one layer, the one with most multiplications first.

    "projections": each word's row (d,) times W_q, W_k, W_v and W_o, each (d, d).
    "attention": each query times each key, and each weight times its value; n_heads heads that
    share the width d evenly among them. No mask.
    "feed-forward": each word's row times a matrix (d, 4 d), and the result times one (4 d, d).
    T: words in the text, neither 2 d nor 4 d, so that no two cost the same.
    """
    cost = {"projections": 4 * T * d ** 2, "attention": 2 * T ** 2 * d,
            "feed-forward": 8 * T * d ** 2}
    return sorted(cost, key=cost.get, reverse=True)


def _dearest_by_crossings(T, d, n_heads):
    order, ratio = ["feed-forward", "projections"], T / d
    order.insert((ratio < 4) + (ratio < 2), "attention")
    return order


def _dearest_by_counting(T, d, n_heads):
    projections, feed_forward = (T * sum(n * m for n, m in matrices) for matrices in (
        [(d, d)] * 4, [(d, 4 * d), (4 * d, d)]))
    attention = sum(2 * T * T * d / n_heads for head in range(n_heads))
    pairs = [(projections, "projections"), (attention, "attention"),
             (feed_forward, "feed-forward")]
    return [name for _, name in sorted(pairs)[::-1]]


def _layer(rng) -> tuple:
    """Texts from far shorter than the layer is wide to far longer, some a word off a crossing."""
    n_heads = int(rng.choice([1, 2, 4, 8]))
    d = n_heads * int(rng.choice([4, 8, 16, 64]))
    T = max(1, int(d * rng.choice([rng.uniform(0.05, 2), rng.uniform(2, 4), rng.uniform(4, 7),
                                   rng.uniform(7, 70), 2, 4])))
    return T + int(rng.choice([-1, 1])) * (T in (2 * d, 4 * d)), d, n_heads


def _counting(projections=lambda T, d, H: 4 * T * d ** 2,
              attention=lambda T, d, H: 2 * T ** 2 * d,
              feed_forward=lambda T, d, H: 8 * T * d ** 2):
    """An answer that counts one of the three otherwise."""
    def answer(T, d, n_heads):
        cost = {"projections": projections(T, d, n_heads), "attention": attention(T, d, n_heads),
                "feed-forward": feed_forward(T, d, n_heads)}
        return sorted(cost, key=cost.get, reverse=True)
    return answer


COST = Exercise(
    "5.16", "Which one is dearer?", minutes=6, starred=False,
    hints=("Which of the three grows when the text is twice as long, and by how much? Which when "
           "the layer is twice as wide?",
           "A row (d,) times a matrix (d, m) takes d * m multiplications, for each of T words. In "
           "attention there are T * T pairs, and each costs d for the score and d for the sum.",
           "4 T d^2, 2 T^2 d, 8 T d^2, whatever the number of heads: each head is narrower. "
           "sorted(cost, key=cost.get, reverse=True) puts the names of a dict in order."),
    solution=dearest_first, right=(_dearest_by_crossings, _dearest_by_counting),
    examples=((10, 64, 4), (100, 64, 4), (200, 64, 4), (300, 64, 4), (5000, 64, 8), (20, 16, 1),
              (40, 16, 2), (70, 16, 4), (600, 16, 8), (1000, 512, 8), (108, 64, 1), (420, 64, 2),
              (230, 64, 1), (150, 64, 1), (1, 8, 2),
              (31, 8, 2), (33, 8, 2), (15, 8, 1), (17, 8, 4)),
    cases=_layer,
    mistakes=(
        Mistake(_counting(attention=lambda T, d, H: 2 * H * T ** 2 * d), "You counted the whole "
                "width for every head. The heads share it: together they cost what one wide head "
                "costs."),
        Mistake(_counting(attention=lambda T, d, H: 2 * T ** 2 * d / H), "You counted one head. "
                "There are n_heads of them, and together they have the whole width."),
        Mistake(_counting(attention=lambda T, d, H: T ** 2 * d), "Attention has two products: "
                "queries times keys, and weights times values."),
        Mistake(_counting(attention=lambda T, d, H: 2 * T ** 2), "A pair of words costs more than "
                "one multiplication: a score adds up d products."),
        Mistake(_counting(attention=lambda T, d, H: 2 * T * d), "Each of T words asks *all* T "
                "words: that is T * T pairs."),
        Mistake(_counting(projections=lambda T, d, H: 3 * T * d ** 2), "Three projections go in; "
                "W_o comes after the heads. There are four."),
        Mistake(_counting(feed_forward=lambda T, d, H: 2 * T * d ** 2), "You counted the two "
                "matrices of the feed-forward part as d by d. They are four times as large."),
        Mistake(_counting(feed_forward=lambda T, d, H: 4 * T * d ** 2), "You counted one matrix "
                "of the feed-forward part. There are two: up to the width 4 d, and back."),
        Mistake(_counting(projections=lambda T, d, H: 4 * d ** 2,
                          feed_forward=lambda T, d, H: 8 * d ** 2),
                "You counted the matrices for one word. All T words go through them."),
        Mistake(lambda T, d, n_heads: ["attention", "feed-forward", "projections"], "Attention "
                "grows with the square of T, but that does not make it the dearest: it has one d "
                "where the others have two."),
        Mistake(lambda T, d, n_heads: dearest_first(T, d, n_heads)[::-1], "The cheapest stands "
                "first."),
    ),
    reread="J · What it costs",
    moral="Attention is the dearest part from T = 4 d on, and dearer than both others from 6 d.",
)
