"""Exercises 7.2 and 7.6: what is paid where something was asked, and who shifts the targets."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number


def masked_loss(logits: np.ndarray, targets: np.ndarray) -> float:
    """Mean nats over all places of the batch that have a target, each place with the same weight.

    logits: (B, T, V), one score per word, thousands at times. targets: int (B, T), the number of
    a word, 0 to V - 1, or -100 where nothing is asked. Some texts may have no target, but not all.
    """
    asked = targets != -100
    rows, ids = logits[asked], targets[asked]
    rows = rows - rows.max(axis=1, keepdims=True)
    costs = np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(ids)), ids]
    return costs.mean()


def _loss_by_a_table(logits, targets):
    """Costs of all words at all places; the asked ones are picked and shared out."""
    costs = np.logaddexp.reduce(logits, axis=-1, keepdims=True) - logits
    asked = targets >= 0
    told = np.take_along_axis(costs, np.where(asked, targets, 0)[..., None], axis=-1)[..., 0]
    return (told * asked).sum() / asked.sum()


def _loss_place_by_place(logits, targets):
    paid, number = 0.0, 0
    for rows, words in zip(logits, targets, strict=True):
        for row, word in zip(rows, words, strict=True):
            if word != -100:
                top = max(row)
                paid += top - row[word] + np.log(sum(np.exp(score - top) for score in row))
                number += 1
    return paid / number


def _scored(rng) -> tuple:
    """Few or many places are asked, some texts have none; scores of thousands at times."""
    B, T, V = int(rng.integers(1, 7)), int(rng.integers(1, 7)), int(rng.integers(2, 9))
    logits = rng.normal(0, 3, (B, T, V)).round(2)
    if rng.random() < 0.3:
        logits += rng.choice([-3000.0, 3000.0], (B, T, 1))
        logits[..., 0] += rng.choice([0.0, 2000.0], (B, T))
    targets = rng.integers(0, V, (B, T))
    targets[rng.random((B, T)) < rng.choice([0.0, 0.5, 0.8])] = -100
    if (targets == -100).all():
        targets[0, 0] = rng.integers(V)
    return logits, targets


def _costs(logits, targets):
    """What each place costs, (B, T); -100 is taken for the word 0."""
    totals = np.logaddexp.reduce(logits, axis=-1)
    return totals - np.take_along_axis(logits, targets.clip(0)[..., None], axis=-1)[..., 0]


def _paying(asked=lambda targets: targets != -100,
            together=lambda costs, asked: costs[asked].mean()):
    """An answer that takes other places, or brings them together otherwise."""
    return lambda logits, targets: together(_costs(logits, targets), asked(targets))


def _mean_of_texts(costs, asked):
    return np.mean([cost[real].mean() for cost, real in zip(costs, asked, strict=True)
                    if real.any()])


def _minus_a_hundred_is_a_word(logits, targets):
    V = logits.shape[-1]
    return _costs(logits, np.where(targets == -100, V - 1, targets)).mean()


def _naive(logits, targets):
    rows, ids = logits[targets != -100], targets[targets != -100]
    chances = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    return -np.log(chances[np.arange(len(ids)), ids]).mean()


def _one_largest_for_all(logits, targets):
    rows, ids = logits[targets != -100], targets[targets != -100]
    rows = rows - rows.max()
    return (np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(ids)), ids]).mean()


def _of_scores(logits, targets):
    asked = targets != -100
    return -logits[asked][np.arange(asked.sum()), targets[asked]].mean()


SCORES = np.array([[[2.0, 0.5, -1.0], [0.0, 1.5, 3.0], [1.0, 1.0, -2.0], [0.2, -0.4, 0.9]],
                   [[-1.0, 2.5, 0.0], [3.0, -0.5, 1.0], [0.3, 0.1, 0.8], [-2.0, 0.6, 1.4]]])
FAR = np.array([[[0.0, 3000.0, 0.0]], [[-4000.0, -4000.0, -4000.0]]])
ASKED = Exercise(
    "7.2", "Only what was asked", minutes=8, starred=True,
    hints=("Which places count? Make a bool array of them first: what does it say of the word "
           "number 0, and what of -100?",
           "asked = targets != -100; logits[asked] are the rows that count, (n, V), from all "
           "texts in one pile. The mean is over those n.",
           "Take the largest score of each row off, then a place costs log(sum(exp(row))) - "
           "row[word]: rows[np.arange(len(ids)), ids]."),
    solution=masked_loss, right=(_loss_by_a_table, _loss_place_by_place), compare=expect_number,
    cases=_scored,
    examples=((SCORES[:1], np.array([[-100, 1, -100, -100]])),
              (SCORES[:1], np.array([[0, -100, 2, -100]])),
              (SCORES, np.array([[0, -100, 1, 2], [-100, -100, 0, -100]])),
              (SCORES, np.array([[1, 0, 2, 2], [-100, -100, -100, -100]])),
              (SCORES + 2000, np.array([[1, -100, 2, 0], [0, 2, -100, -100]])),
              (SCORES - 2000, np.array([[1, -100, 1, 0], [0, 0, -100, 2]])),
              (SCORES + FAR, np.array([[1, -100, 2, 0], [0, 2, -100, -100]])),
              (SCORES[:, :1, :2], np.array([[0], [-100]]))),
    mistakes=(
        Mistake(_paying(asked=lambda targets: targets > 0), "The word number 0 is not asked with "
                "you, so nobody would ever learn it. -100 is the only target that is none."),
        Mistake(_paying(asked=lambda targets: targets != 0), "You leave out the word number 0 and "
                "count -100. It is the other way round: 0 is a word, -100 is no target."),
        Mistake(_paying(together=lambda costs, asked: (costs * asked).mean()), "You divided by all "
                "places. One that was not asked counts neither above nor below the line."),
        Mistake(_paying(together=_mean_of_texts), "You took the mean of each text, and then of "
                "the texts. So a word weighs more in a text where few are asked: put all asked "
                "places in one pile."),
        Mistake(_paying(together=lambda costs, asked: (costs * asked).sum() / len(costs)), "You "
                "divided by the number of texts. Asked for is the mean per asked place."),
        Mistake(_paying(together=lambda costs, asked: costs[asked].sum()), "That is the sum. A "
                "batch with more hidden words would seem worse: take the mean."),
        Mistake(_minus_a_hundred_is_a_word, "-100 is read as the last word. At such a place "
                "nothing is asked: leave it out."),
        Mistake(_paying(asked=lambda targets: targets != 1e9), "At places with -100 you ask for "
                "the word 0. Nothing is asked there: leave them out."),
        Mistake(_paying(together=lambda costs, asked: -costs[asked].mean()), "The sign: a "
                "logarithm of a chance is below 0, what is paid for it is above."),
        Mistake(_paying(together=lambda costs, asked: costs[asked].mean() / np.log(2)), "These "
                "are bits. Nats: np.log."),
        Mistake(_paying(together=lambda costs, asked: np.exp(costs[asked].mean())), "That is the "
                "perplexity. Asked for are nats, its logarithm."),
        Mistake(_paying(together=lambda costs, asked: 1 - np.exp(-costs[asked]).mean()), "You "
                "took the mean of chances. What is paid is minus the *logarithm* of each."),
        Mistake(_naive, "exp of a score in the thousands is inf or 0, and its logarithm no "
                "number. Take the largest score of each row off first."),
        Mistake(_one_largest_for_all, "You took one number off all rows, the largest score of all. "
                "A row far below it has only exp(...) = 0 then: each row has its own largest."),
        Mistake(_of_scores, "Scores are no logarithms of chances yet: take off the logarithm of "
                "the sum of exp of the row."),
    ),
    reread="2 · Learning from hidden words",
    moral="A number that means \"not asked\" must be the number of no word.",
)


def targets_of(ids: np.ndarray, real: np.ndarray) -> np.ndarray:
    """What the scores of each place must tell, int (B, T): the token after it, or -100 for nothing.

    Nothing is asked of padding, nor of the last real token of a text. ids: int (B, T). real: bool
    (B, T), True where a token of the text stands; the text is in one piece, with the padding all
    on its left or all on its right, one token long or more. Padding has the number of a token
    that also comes in texts. Nobody shifts anything afterwards.
    """
    targets = np.full_like(ids, -100)
    targets[:, :-1] = np.where(real[:, :-1] & real[:, 1:], ids[:, 1:], -100)
    return targets


def _targets_text_by_text(ids, real):
    rows = []
    for words, mine in zip(ids.tolist(), real.tolist(), strict=True):
        row = [-100] * len(words)
        for t in range(1, len(words)):
            if mine[t - 1] and mine[t]:
                row[t - 1] = words[t]
        rows.append(row)
    return np.array(rows)


def _targets_by_rolling(ids, real):
    """Everything is rolled, also who is real; what came round is taken out."""
    next_real = np.roll(real, -1, axis=1)
    next_real[:, -1] = False
    return np.where(real * next_real, np.roll(ids, -1, axis=1), -100)


def _padded(rng) -> tuple:
    """Texts of any length, each padded on one of its sides, with a number that texts have, too."""
    B, T = int(rng.integers(1, 7)), int(rng.integers(1, 9))
    ids, real = rng.integers(0, 12, (B, T)), np.zeros((B, T), bool)
    lengths = rng.integers(1, T + 1, B)
    for row, n in zip(real, lengths, strict=True):
        row[slice(0, n) if rng.random() < 0.5 else slice(T - n, T)] = True
    ids[~real] = 2
    return ids, real


def _asking(shift=1, fill=-100, asked=lambda real, after: real & after):
    """An answer that takes the token so many places on, where `asked`."""
    def answer(ids, real):
        targets = np.full_like(ids, fill)
        T = ids.shape[1]
        if shift < T:
            n = T - shift
            targets[:, :n] = np.where(asked(real[:, :n], real[:, shift:]), ids[:, shift:], fill)
        return targets
    return answer


def _token_before(ids, real):
    return targets_of(ids[:, ::-1], real[:, ::-1])[:, ::-1]


def _rolled(ids, real):
    return np.where(real, np.roll(ids, -1, axis=1), -100)


def _padding_by_its_number(ids, real):
    """Padding is told by a number, which is read off where there is some."""
    pad = ids[~real][0] if (~real).any() else -1
    return targets_of(ids, ids != pad)


TEXTS = np.array([[5, 2, 7, 4, 2, 2], [2, 2, 2, 6, 2, 9], [8, 3, 3, 5, 1, 6], [2, 2, 2, 2, 2, 4]])
REAL = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1],
                 [0, 0, 0, 0, 0, 1]]).astype(bool)
SHIFT = Exercise(
    "7.6", "Who shifts?", minutes=8, starred=False,
    hints=("Write the tokens of one padded text in a row, and below each what its place must "
           "tell. Which places tell nothing? Do it once for each kind of padding.",
           "A place is asked if it is real and the next one is real, too: so the last real one is "
           "not, nor the padding just before a text.",
           "ids[:, 1:] belongs to the places [:, :-1]; np.where(real[:, :-1] & real[:, 1:], "
           "ids[:, 1:], -100), and the last column is -100."),
    solution=targets_of, right=(_targets_text_by_text, _targets_by_rolling), compare=expect_close,
    cases=_padded,
    examples=((TEXTS[:1], REAL[:1]), (TEXTS[1:2], REAL[1:2]), (TEXTS[2:3], REAL[2:3]),
              (TEXTS, REAL), (TEXTS[3:], REAL[3:]), (TEXTS[:1, :1], REAL[:1, :1])),
    mistakes=(
        Mistake(_asking(shift=2), "Shifted twice: with you a place must tell the token after the "
                "next one."),
        Mistake(lambda ids, real: np.where(real, ids, -100), "Nothing is shifted: each place must "
                "tell the token that it reads. It would learn to copy."),
        Mistake(_token_before, "Shifted the wrong way: with you a place must tell the token before "
                "it, which it has read."),
        Mistake(_rolled, "np.roll comes round: what stands at the beginning is asked at the end. "
                "The last real token tells nothing."),
        Mistake(_asking(asked=lambda real, after: after), "The padding just before a text is asked "
                "for its first token. Padding is asked nothing: it has read nothing."),
        Mistake(_asking(asked=lambda real, after: real), "The last real token is asked for "
                "padding, where padding follows. Nothing follows: -100."),
        Mistake(_asking(asked=lambda real, after: real | True), "Padding is asked, and asked for. "
                "Both the place and the token after it must be real."),
        Mistake(_asking(fill=0), "0 is the number of a token: no target is -100."),
        Mistake(_asking(fill=2), "No target is -100. The number of the padding is that of a token, "
                "which would be asked."),
        Mistake(_padding_by_its_number, "You told padding by its number. A token of the text may "
                "have the same: only `real` knows."),
    ),
    reread="C · Four objectives, one network",
    moral="Labels are shifted in one place only, and whoever comes later must know where.",
)
