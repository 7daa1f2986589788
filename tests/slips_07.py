"""Wrong answers to the exercises of notebook 07, written by hand, for `slips.SLIPS`."""

from __future__ import annotations

import numpy as np

from helpers.exercises.pretraining.asking import masked_loss, targets_of
from helpers.exercises.pretraining.costs import merged, promised
from helpers.exercises.pretraining.drawing import accept
from helpers.exercises.pretraining.hiding import hide, out_of_bounds
from helpers.exercises.pretraining.liked import preference_loss
from helpers.exercises.pretraining.overlaps import seen
from helpers.exercises.pretraining.probes import verdict
from helpers.exercises.pretraining.reports import fault
from helpers.exercises.pretraining.rows import last_real
from helpers.exercises.pretraining.sureness import calibration_error

# 7.1


def asked_where_it_looks_changed(ids, may, chance, fate, other, mask_id):
    inputs, _ = hide(ids, may, chance, fate, other, mask_id)
    return inputs, np.where(inputs != ids, ids, -100)


def random_words_in_order(ids, may, chance, fate, other, mask_id):
    """Random words are taken one after the other, not those of the places."""
    inputs, targets = hide(ids, may, chance, fate, other, mask_id)
    places = (targets != -100) & (fate >= 0.8) & (fate < 0.9)
    inputs[places] = other.flatten()[:places.sum()]
    return inputs, targets


def mask_is_no_word(ids, may, chance, fate, other, mask_id):
    """Places that already read the mask are not chosen."""
    return hide(ids, may & (other != ids), chance, fate, other, mask_id)


# 7.2


def only_the_first_text(logits, targets):
    first = (targets != -100).any(axis=1).argmax()
    return masked_loss(logits[first:first + 1], targets[first:first + 1])


def last_word_is_none(logits, targets):
    targets = np.where(targets == logits.shape[-1] - 1, -100, targets)
    return masked_loss(logits, targets) if (targets != -100).any() else 0.0


def scores_up_to_a_hundred(logits, targets):
    return masked_loss(logits.clip(-100, 100), targets)


# 7.3


def errors_of_one_half(report):
    def above(one, other):
        return report[one] - report[other] > 2 * (0.5 / report["examples"]) ** 0.5
    if above("shuffled", "majority"):
        return "broken control"
    if not above("right", "majority"):
        return "nothing shown"
    return "learned in reading" if above("right", "untrained") else "any encoder does it"


def never_fewer_than_three_hundred(report):
    return verdict(report | {"examples": max(report["examples"], 300)})


def best_of_untrained_and_majority(report):
    return verdict(report | {"majority": max(report["majority"], report["untrained"])})


# 7.4


def order_of_draws_is_nothing(report):
    draws = {way: sorted(map(sorted, some)) for way, some in report["labelled"].items()}
    return fault(report | {"labelled": draws})


def rates_of_the_fine_tuned(report):
    return fault(report | {"rates": {"fine-tuned": report["rates"]["fine-tuned"]}})


def as_many_draws_as_shares(report):
    said = fault(report)
    return "none" if said == "few draws" and len(report["right"]["fine-tuned"]) > 2 else said


def middle_of_the_draws(report):
    """Medians in place of means."""
    said = fault(report)
    if said not in ("none", "not the best"):
        return said
    middles = {way: np.median(shares) for way, shares in report["right"].items()}
    return "none" if max(middles, key=middles.get) == "fine-tuned" else "not the best"


# 7.5


def expected_by_what_was_seen(counts):
    """The deviation is made of the share that was seen."""
    odd, places = [], sum(counts.values())
    for name, p in zip(counts, (0.85, 0.8, 0.1, 0.1), strict=True):
        n = places if name == "left alone" else places - counts["left alone"]
        seen_share = counts[name] / n if n else 0
        if abs(counts[name] - n * p) > 3 * (n * seen_share * (1 - seen_share)) ** 0.5:
            odd.append(name)
    return odd


def no_more_than_thousands(counts):
    places = sum(counts.values())
    return out_of_bounds({k: c * min(1, 5000 / max(places, 1)) for k, c in counts.items()})


def first_three(counts):
    return [name for name in out_of_bounds(counts) if name != "the word itself"]


# 7.6


def left_padding_is_asked(ids, real):
    return targets_of(ids, real | ~real.cumsum(axis=1).astype(bool))


def texts_end_together(ids, real):
    return targets_of(ids, real & real.all(axis=0))


def no_target_for_repetitions(ids, real):
    targets = targets_of(ids, real)
    return np.where(targets == ids, -100, targets)


# 7.7


def side_of_the_first_text(rows, real):
    """All texts are padded like the first one, it is thought."""
    return rows[:, -1] if real[0, -1] else rows[np.arange(len(rows)), real.sum(axis=1) - 1]


def full_texts_end_in_a_mark(rows, real):
    """Of a text that fills its row, the last but one is taken."""
    T = real.shape[1]
    mark = real.all(axis=1, keepdims=True) & (np.arange(T) == T - 1) & (T > 1)
    return last_real(rows, real & ~mark)


def longest_texts_end(rows, real):
    return last_real(rows, np.broadcast_to(real.any(axis=0), real.shape))


# 7.8


def sure_from_one_half_on(confidence, right, bins):
    """Bins from 0.5 to 1."""
    return calibration_error(np.maximum(confidence, 0.5), right, bins)


def never_quite_sure(confidence, right, bins):
    return calibration_error(np.minimum(confidence, 0.98), right, bins)


def bins_of_as_many(confidence, right, bins):
    """Bins with as many answers each."""
    order = np.argsort(confidence, kind="stable")
    return sum(abs(confidence[part].sum() - right[part].sum())
               for part in np.array_split(order, bins)) / len(confidence)


# 7.9


def turned_where_it_fits(W, A, B, alpha):
    whole, share = merged(W, A, B, alpha)
    return (W + B.T @ A.T * alpha / A.shape[1] if len(set(W.shape)) == 1 else whole), share


def rank_of_the_smaller_side(W, A, B, alpha):
    return W + A @ B * alpha / min(A.shape), merged(W, A, B, alpha)[1]


def share_by_one_side(W, A, B, alpha):
    rank = A.shape[1]
    return merged(W, A, B, alpha)[0], 2 * rank / (len(W) + 2 * rank)


# 7.10


def three_smallest_only(sizes, losses, tokens, budget):
    kept = sorted(range(len(sizes)), key=lambda i: sizes[i])
    kept = [*kept[:3], kept[-1]] if len(kept) > 3 else kept
    return promised([sizes[i] for i in kept], [losses[i] for i in kept], tokens, budget)


def at_most_ten_times(sizes, losses, tokens, budget):
    return promised(sizes, losses, tokens, min(budget, 60 * tokens * max(sizes)))


def miss_in_logarithms(sizes, losses, tokens, budget):
    loss, miss = promised(sizes, losses, tokens, budget)
    return loss, np.log1p(miss)


# 7.11


def margins_within_thirty(better, worse, better_before, worse_before, beta):
    margins = (beta * (better - better_before - worse + worse_before)).clip(-30, 30)
    return np.logaddexp(0, -margins).mean(), -beta / (1 + np.exp(margins)) / len(margins)


def only_wrong_pairs_pull(better, worse, better_before, worse_before, beta):
    loss, slope = preference_loss(better, worse, better_before, worse_before, beta)
    return loss, np.where(better - worse < better_before - worse_before, slope, 0)


def gained_by_the_first(better, worse, better_before, worse_before, beta):
    return preference_loss(better, worse, np.full_like(better, better_before[0]),
                           np.full_like(worse, worse_before[0]), beta)


# 7.12


def one_number_for_both(p, q, proposed, u, v):
    return accept(p, q, proposed, u, u)


def never_the_proposed_again(p, q, proposed, u, v):
    """Struck out, and the rest drawn from the absolute differences."""
    if u * q[proposed] < p[proposed]:
        return proposed
    more = abs(p - q)
    more[proposed] = 0
    return int((more.cumsum() <= v * more.sum()).sum())


def first_that_has_more(p, q, proposed, u, v):
    return proposed if u * q[proposed] < p[proposed] else int((p > q).argmax())


# 7.13


def titles_only(read, test, n):
    """Only a capital at the beginning of a sentence is made small."""
    def small(texts):
        return [[w.lower() if i == 0 else w for i, w in enumerate(words)] for words in texts]

    def runs(words):
        return {tuple(words[i:i + n]) for i in range(len(words) - n + 1)}
    known = set().union(*map(runs, small(read)))
    places = [i for i, words in enumerate(small(test)) if runs(words) & known]
    return len(places) / sum(len(words) >= n for words in test), places


def within_words(read, test, n):
    """Looked for as text: "a plot" is found in "a plotter", and in the middle of words."""
    whole = " | ".join(" ".join(words).lower() for words in read)
    places = [i for i, words in enumerate(test) if any(
        " ".join(words[j:j + n]).lower() in whole for j in range(len(words) - n + 1))]
    return len(places) / sum(len(words) >= n for words in test), places


def beginnings_only(read, test, n):
    return seen(read, [words[:n] for words in test], n)


SLIPS = {
    "7.1": [asked_where_it_looks_changed, random_words_in_order, mask_is_no_word],
    "7.2": [only_the_first_text, last_word_is_none, scores_up_to_a_hundred],
    "7.3": [errors_of_one_half, never_fewer_than_three_hundred,
            best_of_untrained_and_majority],
    "7.4": [order_of_draws_is_nothing, rates_of_the_fine_tuned, as_many_draws_as_shares,
            middle_of_the_draws],
    "7.5": [expected_by_what_was_seen, no_more_than_thousands, first_three],
    "7.6": [left_padding_is_asked, texts_end_together, no_target_for_repetitions],
    "7.7": [side_of_the_first_text, full_texts_end_in_a_mark, longest_texts_end],
    "7.8": [sure_from_one_half_on, never_quite_sure, bins_of_as_many],
    "7.9": [turned_where_it_fits, rank_of_the_smaller_side, share_by_one_side],
    "7.10": [three_smallest_only, at_most_ten_times, miss_in_logarithms],
    "7.11": [margins_within_thirty, only_wrong_pairs_pull, gained_by_the_first],
    "7.12": [one_number_for_both, never_the_proposed_again, first_that_has_more],
    "7.13": [titles_only, within_words, beginnings_only],
}
