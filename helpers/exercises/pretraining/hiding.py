"""Exercises 7.1 and 7.5: hide some words, and tell from the counts whether it was done rightly."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_equal


def hide(ids: np.ndarray, may: np.ndarray, chance: np.ndarray, fate: np.ndarray,
         other: np.ndarray, mask_id: int) -> tuple[np.ndarray, np.ndarray]:
    """(inputs, targets): what a masked model reads, and what it is asked; nothing given changes.

    A place is chosen if it may be and its chance lies below 0.15. What is read at a chosen place
    depends on its fate: below 0.8 the mask, from there to below 0.9 the word of `other`, from 0.9
    on the word itself. The target of a chosen place is the word that stood there, of any other
    place -100.
    All arrays (T,) or (B, T). ids, other: int. may: bool. chance, fate: 0 up to, but not, 1.
    """
    chosen = may & (chance < 0.15)
    targets = np.full_like(ids, -100)
    targets[chosen] = ids[chosen]
    read = np.where(fate < 0.8, mask_id, np.where(fate < 0.9, other, ids))
    return np.where(chosen, read, ids), targets


def _hide_in_copies(ids, may, chance, fate, other, mask_id):
    chosen = np.logical_and(may, chance < 0.15)
    inputs, targets = ids.copy(), np.where(chosen, ids, -100)
    masked, random = chosen & (fate < 0.8), chosen & (fate >= 0.8) & (fate < 0.9)
    inputs[masked] = mask_id
    inputs[random] = other[random]
    return inputs, targets


def _hide_place_by_place(ids, may, chance, fate, other, mask_id):
    inputs, targets = [], []
    flat = (part.ravel().tolist() for part in (ids, may, chance, fate, other))
    for word, allowed, c, f, random in zip(*flat, strict=True):
        asked = allowed and c < 0.15
        targets.append(word if asked else -100)
        inputs.append(word if not asked or f >= 0.9 else random if f >= 0.8 else mask_id)
    return np.reshape(inputs, ids.shape), np.reshape(targets, ids.shape)


def _texts(rng) -> tuple:
    """Half of the places are chosen; chances and fates lie on a bound, or near, at times."""
    shape = tuple(rng.integers(1, 10, int(rng.integers(1, 3))))
    chance = rng.choice([0.0, 0.02, 0.1, 0.1492, 0.15, 0.1508, 0.3, 0.7, 0.99], shape)
    fate = rng.choice([0.0, 0.1, 0.6, 0.7992, 0.8, 0.8008, 0.85, 0.8992, 0.9, 0.9008, 0.97], shape)
    ids, other = rng.integers(0, 30, (2, *shape))
    return ids, rng.random(shape) < 0.8, chance, fate, other, int(rng.integers(30, 40))


def _hiding(chosen=lambda may, chance, fate: may & (chance < 0.15),
            read=lambda fate, mask_id, other, ids: np.where(
                fate < 0.8, mask_id, np.where(fate < 0.9, other, ids)),
            asked=lambda chosen, fate, ids, inputs: np.where(chosen, ids, -100)):
    """An answer that chooses, replaces or asks otherwise."""
    def answer(ids, may, chance, fate, other, mask_id):
        places = chosen(may, chance, fate)
        inputs = np.where(places, read(fate, mask_id, other, ids), ids)
        return inputs, asked(places, fate, ids, inputs)
    return answer


WORDS = np.array([[4, 7, 9, 12, 5, 8], [7, 11, 4, 2, 6, 3]])
MAY = np.array([[False, True, True, True, True, True], [True, True, True, True, False, False]])
CHANCE = np.array([[0.05, 0.1, 0.14, 0.6, 0.0, 0.15], [0.9, 0.12, 0.03, 0.08, 0.5, 0.01]])
FATE = np.array([[0.2, 0.3, 0.85, 0.1, 0.95, 0.5], [0.83, 0.9, 0.8, 0.05, 0.4, 0.7]])
OTHER = np.array([[3, 5, 2, 6, 11, 9], [8, 12, 10, 3, 7, 4]])
HIDE = Exercise(
    "7.1", "Hide some words", minutes=8, starred=True,
    hints=("Two questions for each place, one after the other: is it chosen, and if so, what is "
           "read there? And which places are asked: does that depend on the fate?",
           "chosen = may & (chance < 0.15). Inputs and targets are new arrays; both depend on "
           "chosen, only the inputs on fate.",
           "np.where(fate < 0.8, mask_id, np.where(fate < 0.9, other, ids)) is what a chosen "
           "place reads; np.where(chosen, ids, -100) is what is asked, kept words too."),
    solution=hide, right=(_hide_in_copies, _hide_place_by_place), compare=expect_close,
    parts=("inputs", "targets"), cases=_texts,
    examples=((WORDS, MAY, CHANCE, FATE, OTHER, 13), (WORDS[0], MAY[0], CHANCE[0], FATE[0],
                                                      OTHER[0], 20),
              (WORDS[1], MAY[1], CHANCE[1], FATE[1], OTHER[1], 13),
              (WORDS[:1], ~MAY[:1], CHANCE[:1], FATE[1:], OTHER[:1], 15)),
    mistakes=(
        Mistake(_hiding(asked=lambda chosen, fate, ids, inputs: ids), "You ask at every place. "
                "Most words are there to be read: at a place that was not chosen the target is "
                "-100."),
        Mistake(_hiding(asked=lambda chosen, fate, ids, inputs: np.where(
                    chosen & (fate < 0.8), ids, -100)), "You ask only where the mask stands. A "
                "chosen place is asked whatever became of it, a random word and a kept one, too."),
        Mistake(_hiding(asked=lambda chosen, fate, ids, inputs: np.where(
                    chosen & (fate < 0.9), ids, -100)), "A chosen word that was kept is asked, "
                "too: the model must not trust what it reads, so it is asked there as well."),
        Mistake(_hiding(asked=lambda chosen, fate, ids, inputs: np.where(chosen, inputs, -100)),
                "Your targets come from what is read. Asked is the word that stood there before: "
                "ids."),
        Mistake(_hiding(asked=lambda chosen, fate, ids, inputs: np.where(chosen, ids, 0)),
                "0 is the number of a word: with you it is asked wherever nothing should be. No "
                "target is -100."),
        Mistake(_hiding(chosen=lambda may, chance, fate: chance < 0.15), "You chose places that "
                "may not be chosen: marks and padding stay, and are not asked."),
        Mistake(_hiding(chosen=lambda may, chance, fate: may), "You chose every place that may "
                "be. 80, 10 and 10 in 100 are shares of the chosen ones, and those have a chance "
                "below 0.15."),
        Mistake(_hiding(chosen=lambda may, chance, fate: may & (chance < 0.8)), "0.8 is a bound "
                "of the fate. A place is chosen if its chance lies below 0.15."),
        Mistake(_hiding(chosen=lambda may, chance, fate: may & (chance <= 0.15)), "Below 0.15: a "
                "chance of exactly 0.15 is not chosen."),
        Mistake(_hiding(read=lambda fate, mask_id, other, ids: mask_id), "You put the mask at "
                "every chosen place. It never comes in the task later on, so some chosen words "
                "are replaced by another one, and some stay."),
        Mistake(_hiding(read=lambda fate, mask_id, other, ids: np.where(
                    fate < 0.8, mask_id, np.where(fate < 0.9, ids, other))), "From 0.8 to below "
                "0.9 the random word is read, from 0.9 on the word itself. You exchanged them."),
        Mistake(_hiding(read=lambda fate, mask_id, other, ids: np.where(
                    fate < 0.8, mask_id, other)), "From 0.9 on the word itself stays; with you a "
                "random word stands there."),
        Mistake(_hiding(read=lambda fate, mask_id, other, ids: np.where(
                    fate <= 0.8, mask_id, np.where(fate <= 0.9, other, ids))), "The bounds belong "
                "to the upper part: at exactly 0.8 the random word is read, at 0.9 the word "
                "itself."),
        Mistake(_hiding(read=lambda fate, mask_id, other, ids: np.where(
                    fate < 0.1, other, np.where(fate < 0.2, ids, mask_id))), "The shares are "
                "right, but fates are read in another order: below 0.8 it is the mask."),
    ),
    reread="1 · Fill the blank",
    moral="Asked is every chosen word, hidden or not: so the model may trust no word it reads.",
)


def out_of_bounds(counts: dict[str, int]) -> list[str]:
    """Which counts of a batch cannot be chance: names, in the order in which they stand here.

    counts: of all places that may be chosen, how many were "left alone" (85 in 100 are expected),
    and of the chosen ones, how many became "mask" (80 in 100), "random word" (10) and "the word
    itself" (10). Each count is looked at by itself. With n places to draw from and the
    probability p, n p are expected, and a count is chance up to three standard deviations from
    that, the root of n p (1 - p). How many were chosen is taken as it came. No place at all is
    chosen, perhaps: then the other three are 0, and that is chance.
    """
    places = sum(counts.values())
    chosen = places - counts["left alone"]
    expected = {"left alone": (places, 0.85), "mask": (chosen, 0.8), "random word": (chosen, 0.1),
                "the word itself": (chosen, 0.1)}
    return [name for name, (n, p) in expected.items()
            if abs(counts[name] - n * p) > 3 * (n * p * (1 - p)) ** 0.5]


def _bounds_by_shares(counts):
    """Shares, each with a lowest and a highest."""
    places, odd = sum(counts.values()), []
    chosen = counts["mask"] + counts["random word"] + counts["the word itself"]
    for name, p, n in (("left alone", 0.85, places), ("mask", 0.8, chosen),
                       ("random word", 0.1, chosen), ("the word itself", 0.1, chosen)):
        if n:
            reach = 3 * np.sqrt(p * (1 - p) / n)
            if not p - reach <= counts[name] / n <= p + reach:
                odd.append(name)
    return odd


def _bounds_by_squares(counts):
    """The squared distance, in variances, against 9."""
    names, odd = ("left alone", "mask", "random word", "the word itself"), []
    for name, hundredths in zip(names, (85, 80, 10, 10), strict=True):
        n = sum(counts[other] for other in names if name == "left alone" or other != "left alone")
        away = 100 * counts[name] - hundredths * n
        if away ** 2 > 9 * n * hundredths * (100 - hundredths):
            odd.append(name)
    return odd


def _told(places, left, mask, random) -> dict[str, int]:
    """Counts that lie so many standard deviations from what is expected; the last is the rest."""
    alone = round(places * 0.85 + left * (places * 0.1275) ** 0.5)
    n = max(places - alone, 0)
    masked = round(n * 0.8 + mask * (n * 0.16) ** 0.5)
    drawn = round(n * 0.1 + random * (n * 0.09) ** 0.5)
    return {"left alone": alone, "mask": masked, "random word": drawn,
            "the word itself": n - masked - drawn}


def _counts(rng) -> tuple:
    """Batches of any size, now and then with none chosen; nothing near three deviations."""
    while True:
        places = int(10 ** rng.uniform(1, 6.5))
        left, mask, random = rng.choice([0, 1, -2, 2.5, -2.6, 3.5, -3.4, 6, -6, 0.4], 3)
        counts = _told(places, left, mask, random)
        if rng.random() < 0.05:
            counts = dict.fromkeys(counts, 0) | {"left alone": int(rng.choice([5, 400]))}
        if min(counts.values()) >= 0 and _clear(counts):
            return (counts,)


def _clear(counts) -> bool:
    """Nothing lies so near the bound that rounding could matter."""
    places = sum(counts.values())
    chosen = places - counts["left alone"]
    z = [abs(count - n * p) / max((n * p * (1 - p)) ** 0.5, 1e-9) for count, n, p in zip(
        counts.values(), (places, chosen, chosen, chosen), (0.85, 0.8, 0.1, 0.1), strict=True)]
    return all(abs(one - 3) > 0.02 for one in z)


def _bounding(shares=(0.85, 0.8, 0.1, 0.1), of=lambda places, chosen: (places, chosen),
              far=lambda count, n, p: abs(count - n * p) > 3 * (n * p * (1 - p)) ** 0.5,
              said=lambda odd, names: odd):
    """An answer with other shares, other places to draw from, or another bound."""
    def answer(counts):
        places, names = sum(counts.values()), list(counts)
        n, m = of(places, places - counts["left alone"])
        ns = dict(zip(counts, (n, m, m, m), strict=True))
        ps = dict(zip(counts, shares, strict=True))
        return said([name for name in names if far(counts[name], ns[name], ps[name])], names)
    return answer


def _deviations(width, deviation):
    return lambda count, n, p: abs(count - n * p) > width * deviation(n, p)


def _deviation(n, p):
    return (n * p * (1 - p)) ** 0.5


BOUNDS = Exercise(
    "7.5", "Why not always the mask?", minutes=8, starred=False,
    hints=("Two kinds of places are drawn from: of how many is \"left alone\" a part, and of how "
           "many the mask?",
           "The chosen places are all but those left alone. A count is odd if it lies further "
           "than 3 * (n * p * (1 - p)) ** 0.5 from n * p, above or below.",
           "Make a table, name -> (n, p): \"left alone\" with all places and 0.85, the other "
           "three with the chosen ones and 0.8, 0.1, 0.1; then go through it."),
    solution=out_of_bounds, right=(_bounds_by_shares, _bounds_by_squares), compare=expect_equal,
    cases=_counts,
    examples=tuple((_told(*given),) for given in (
        (4000, 0.5, 0.3, 1), (4000, 0, 5, 0), (4000, 6, 0, 0.5), (900_000, 0.4, 2.5, 0),
        (4000, -7, 0, -0.5), (4000, -20, -1, 0.5), (60_000, 0, -6, 6), (4000, 0, -0.2, -4),
        (900_000, 2.6, 0.5, 2.6), (900_000, -2.6, -0.5, -2.6), (900_000, 3.4, 2.6, -3.4),
        (900_000, -3.4, -2.6, 3.5), (900_000, 0, -3.4, 2.5), (900_000, 0, 3.4, -2.4),
        (900_000, 1, -0.4, 3.4), (900_000, 1, 1.5, -3.5), (900_000, 0, 1.5, 0.6),
        (900_000, 0, -1.7, -0.3), (900, 1, 0, 2.6), (300, 0, 0, 2), (4000, 2, -4, 6),
        (900, 0, 3.2, -2.5), (900, 2.9, -3.4, 2.8), (900, -3.1, 2.9, -2.9), (900, 3.1, 0, 3.1)))
    + (({"left alone": 400, "mask": 0, "random word": 0, "the word itself": 0},),
       ({"left alone": 8, "mask": 0, "random word": 0, "the word itself": 0},)),
    mistakes=(
        Mistake(_bounding(of=lambda places, chosen: (places, places)), "You compared the fates "
                "with all places. 80, 10 and 10 in 100 are shares of the chosen ones only."),
        Mistake(_bounding(shares=(0.85, 0.12, 0.015, 0.015), of=lambda places, chosen: (
                    places, places)), "You expect 15 in 100 to be chosen when you look at the "
                "fates. If too many are chosen that is one fault, not four: take the number of "
                "chosen places as it came."),
        Mistake(_bounding(of=lambda places, chosen: (places, 0.15 * places)), "You worked out how "
                "many should have been chosen. Take as many as were."),
        Mistake(_bounding(shares=(0.15, 0.8, 0.1, 0.1)), "15 in 100 are chosen, so 85 in 100 are "
                "left alone."),
        Mistake(_bounding(far=_deviations(2, _deviation)), "You allow two standard deviations. It "
                "is three: two are left by one fair batch in twenty."),
        Mistake(_bounding(far=_deviations(1, _deviation)), "You allow one standard deviation. A "
                "fair draw lies further off in one batch of three."),
        Mistake(_bounding(far=_deviations(3, lambda n, p: n * p * (1 - p))), "Your bound allows "
                "nearly everything: a deviation is the root of n p (1 - p), of n as well."),
        Mistake(_bounding(far=_deviations(3, lambda n, p: (n * p) ** 0.5)), "1 - p is missing "
                "under the root. What nearly always happens scatters less."),
        Mistake(_bounding(far=lambda count, n, p: count - n * p > 3 * _deviation(n, p)), "Too few "
                "is as odd as too many: take the distance, without its sign."),
        Mistake(_bounding(far=lambda count, n, p: n * p - count > 3 * _deviation(n, p)), "Too many "
                "is as odd as too few: take the distance, without its sign."),
        Mistake(_bounding(far=lambda count, n, p: abs(count - n * p) > 0.03 * n), "A fixed share "
                "of 3 in 100 is too much for a large batch and too little for a small one: the "
                "bound depends on n."),
        Mistake(_bounding(said=lambda odd, names: [n for n in names if n not in odd]), "Turned "
                "round: those are the counts that may be chance."),
        Mistake(_bounding(said=lambda odd, names: odd[:1]), "You stopped at the first. All odd "
                "counts are asked for."),
    ),
    reread="B · What is hidden, and what it is asked",
    moral="A draw is tested by counting, and a count by how much it would scatter by itself.",
)
