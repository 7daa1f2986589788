"""Wrong answers written by hand, each of which once passed a check or would pass a careless one.

A lambda or function per slip; what a plain mutant cannot be: another way to count, a memory.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import slips_00
import slips_06
import slips_07

from helpers.exercises.language_models.counting import joined_perplexity
from helpers.exercises.language_models.judging import honest_perplexity, may_compare
from helpers.exercises.rnn_lstm.backward import backward
from helpers.exercises.rnn_lstm.belt import forget_bias, join
from helpers.exercises.rnn_lstm.clipping import clip
from helpers.exercises.rnn_lstm.forward import cue_side, read
from helpers.exercises.rnn_lstm.gates import lstm_step
from helpers.exercises.rnn_lstm.judgement import diagnosis, fair_ranking, step_back
from helpers.exercises.rnn_lstm.padding import masked_loss
from helpers.exercises.rnn_lstm.starts import start_matrix
from helpers.exercises.self_attention_masks.asking import attention_by_loop, may_look
from helpers.exercises.self_attention_masks.blocks import merge
from helpers.exercises.self_attention_masks.checking import what_is_wrong as wrong_weights
from helpers.exercises.self_attention_masks.cutting import dearest_first, split_heads
from helpers.exercises.self_attention_masks.heads import followed, length
from helpers.exercises.self_attention_masks.hiding import batch_mask, safe_weights
from helpers.exercises.self_attention_masks.leaks import first_leak, verdict
from helpers.exercises.self_attention_masks.puzzles import before, partner, same_or_first
from helpers.exercises.seq2seq_attention.beams import grow
from helpers.exercises.seq2seq_attention.comparing import comparable
from helpers.exercises.seq2seq_attention.judgement import trouble
from helpers.exercises.seq2seq_attention.learning import mean_loss, read_and_wanted
from helpers.exercises.seq2seq_attention.looking import look, padded_weights
from helpers.exercises.seq2seq_attention.maps import what_is_wrong
from helpers.exercises.seq2seq_attention.scoring import alignment_error, clipped
from helpers.exercises.seq2seq_attention.writing import write
from helpers.exercises.word_vectors.analogies import better, solve
from helpers.exercises.word_vectors.chances import ppmi_of, thin_and_draw
from helpers.exercises.word_vectors.claims import verdict as what_may_be_said
from helpers.exercises.word_vectors.faults import which_bug
from helpers.exercises.word_vectors.looking import look_up_by_product, nearest
from helpers.exercises.word_vectors.measures import leaning, vector_of
from helpers.exercises.word_vectors.sizes import numbers_of
from helpers.exercises.word_vectors.updates import cbow_gradients, update

# 1.1


def prefixes_for_words(pairs, previous, word):
    followed = sum(n for (first, _), n in pairs.items() if first.startswith(previous))
    return pairs[previous, word] / followed if followed else 0.0


def any_case(pairs, previous, word):
    followed = sum(n for (first, _), n in pairs.items() if first.lower() == previous.lower())
    return pairs[previous, word] / followed if followed else 0.0


def ends_left_out(pairs, previous, word):
    followed = sum(n for (first, last), n in pairs.items() if first == previous and last != "</s>")
    return pairs[previous, word] / followed if followed else 0.0


def counts_kept_between_calls(pairs, previous, word, totals={}):  # noqa: B006
    if previous not in totals:
        totals[previous] = sum(n for (first, _), n in pairs.items() if first == previous)
    return pairs[previous, word] / totals[previous] if totals[previous] else 0.0


# 1.2


def infinities_left_out(perplexities, lengths):
    both = [(p, n) for p, n in zip(perplexities, lengths, strict=True) if p < math.inf]
    return math.exp(sum(n * math.log(p) for p, n in both) / sum(lengths))


def joined_by_median(perplexities, lengths):
    return float(np.median(np.repeat(perplexities, lengths)))


def certain_sentences_left_out(perplexities, lengths):
    both = [(p, n) for p, n in zip(perplexities, lengths, strict=True) if p > 1] or [(1.0, 1)]
    return math.exp(sum(n * math.log(p) for p, n in both) / sum(n for _, n in both))


def consuming(perplexities, lengths):
    words, nats = sum(lengths), 0.0
    while perplexities:
        nats += lengths.pop() * math.log(perplexities.pop())
    return math.exp(nats / words)


def two_sentences_only(perplexities, lengths):
    return joined_perplexity(perplexities[:2], lengths[:2])


def ends_counted_again(perplexities, lengths):
    return joined_perplexity(perplexities, [n + 1 for n in lengths])


# 1.3


def vocabulary_from_the_pairs(pairs, previous, word, k, vocabulary):
    known = {second for _, second in pairs} | {first for first, _ in pairs}
    followed = sum(n for (first, _), n in pairs.items() if first == previous)
    return (pairs[previous, word] + k) / (followed + k * len(known))


def seconds_for_the_vocabulary(pairs, previous, word, k, vocabulary):
    followed = sum(n for (first, _), n in pairs.items() if first == previous)
    return (pairs[previous, word] + k) / (followed + k * len({b for _, b in pairs} | {word}))


def one_for_every_k_above_one(pairs, previous, word, k, vocabulary):
    followed = sum(n for (first, _), n in pairs.items() if first == previous)
    return (pairs[previous, word] + min(k, 1)) / (followed + min(k, 1) * len(vocabulary))


def uniform_for_the_unseen(pairs, previous, word, k, vocabulary):
    followed = sum(n for (first, _), n in pairs.items() if first == previous)
    if not pairs[previous, word]:
        return 1 / len(vocabulary)
    return (pairs[previous, word] + k) / (followed + k * len(vocabulary))


# 1.4


def ties_with_the_last(sentences, size):
    counts = Counter(word for sentence in sentences for word in sentence)
    least = sorted(counts.values(), reverse=True)[:size][-1:] or [math.inf]
    return [[w if counts[w] >= least[0] else "<unk>" for w in s] for s in sentences]


def empty_sentences_lost(sentences, size):
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = set(sorted(counts, key=lambda word: (-counts[word], word))[:size])
    return [[w if w in kept else "<unk>" for w in s] for s in sentences if s]


def ties_backwards(sentences, size):
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = sorted(counts, key=lambda word: (counts[word], word))[::-1][:size]
    return [[w if w in kept else "<unk>" for w in s] for s in sentences]


# 1.5


def rows_averaged(table, long_run):
    return sum(-p * math.log2(p) for row in table for p in row if p) / len(table)


def certain_rows_skipped(table, long_run):
    some = [(w, row) for w, row in zip(long_run, table, strict=True) if max(row) < 1]
    total = sum(w for w, _ in some) or 1
    return sum(w / total * -p * math.log2(p) for w, row in some for p in row if p)


def two_states_only(table, long_run):
    return sum(w * -p * math.log2(p) for w, row in zip(long_run[:2], table[:2], strict=True)
               for p in row[:2] if p)


# 1.6


def pairs_as_text(words):
    counts = Counter()
    for pieces, times in words.items():
        for a, b in zip(pieces, pieces[1:], strict=False):
            counts[a + b, a, b] += times
    return min(counts, key=lambda pair: (-counts[pair], pair))[1:]


def overlaps_once(words):
    counts = Counter()
    for pieces, times in words.items():
        last = None
        for pair in zip(pieces, pieces[1:], strict=False):
            if pair != last:
                counts[pair] += times
            last = pair
    return min(counts, key=lambda pair: (-counts[pair], pair))


def letters_of_a_text(words):
    counts = Counter()
    for pieces, times in words.items():
        text = "".join(pieces)
        for pair in zip(text, text[1:], strict=False):
            counts[pair] += times
    return min(counts, key=lambda pair: (-counts[pair], pair)) if counts else ("", "")


# 1.7


def by_sorted_values(probabilities, p):
    total, kept = 0.0, []
    for q in sorted(probabilities, reverse=True):
        if total < p - 1e-9:
            kept.append(q)
            total += q
    return [q / total for q in kept] + [0.0] * (len(probabilities) - len(kept))


def one_word_at_least_two(probabilities, p):
    order = sorted(range(len(probabilities)), key=lambda i: -probabilities[i])
    kept, total = [], 0.0
    for i in order:
        if total >= p - 1e-9 and len(kept) >= min(2, len(order)):
            break
        kept.append(i)
        total += probabilities[i]
    return [q / total if i in kept else 0.0 for i, q in enumerate(probabilities)]


def without_rescaling_the_first(probabilities, p):
    if max(probabilities) >= p:
        return [q if q == max(probabilities) else 0.0 for q in probabilities]
    return nucleus_above(probabilities, p)


def nucleus_above(probabilities, p):
    kept = [q if q >= 1 - p else 0.0 for q in probabilities]
    return [q / (sum(kept) or 1) for q in kept]


# 1.8


def doors_of_other_words(pairs, shares, d, word):
    kept = sum(n - d for (_, second), n in pairs.items() if second == word)
    return kept + d * sum(first != second for first, second in pairs) * shares[word]


def seen_once_left_out(pairs, shares, d, word):
    kept = sum(n - d for (_, second), n in pairs.items() if second == word and n > 1)
    return kept + d * len(pairs) * shares[word]


def visits_by_first_letter(pairs, shares, d, word):
    kept = sum(n - d for (_, second), n in pairs.items() if second[:1] == word[:1])
    return kept + d * len(pairs) * shares[word]


def visits_of_any_place(pairs, shares, d, word):
    kept = sum(n - d for pair, n in pairs.items() if word in pair)
    return kept + d * len(pairs) * shares[word]


# 1.9


def tidy(text):
    return " ".join(text.lower().split())


def both_sides_as_sets(train, test):
    tested = set(map(tidy, test))
    return len(tested & set(map(tidy, train))) / len(tested)


def without_full_stops(train, test):
    known = {tidy(t).rstrip(".") for t in train}
    return sum(tidy(t).rstrip(".") in known for t in test) / len(test)


def beginnings(train, test):
    known = tuple(map(tidy, train))
    return sum(any(t.startswith(tidy(s)) for t in known) for s in test) / len(test)


def words_in_any_order(train, test):
    known = {frozenset(tidy(t).split()) for t in train}
    return sum(frozenset(tidy(t).split()) in known for t in test) / len(test)


def no_blanks_at_all(train, test):
    known = {"".join(t.lower().split()) for t in train}
    return sum("".join(t.lower().split()) in known for t in test) / len(test)


def remembering_all_training_texts(train, test, known=set()):  # noqa: B006
    known.update(map(tidy, train))
    return sum(tidy(t) in known for t in test) / len(test)


# 1.10


def any_unit_of_an_open_vocabulary(one, other):
    if one["copies"] or other["copies"] or one["test"] != other["test"]:
        return False
    open_ones = one["vocabulary"] == other["vocabulary"] == "open"
    return open_ones or one["unit"] == other["unit"] == "perplexity" and all(
        one[key] == other[key] for key in ("tokens", "vocabulary"))


def few_copies_forgiven(one, other):
    return may_compare(*({**report, "copies": report["copies"] if report["copies"] > 0.05 else 0}
                         for report in (one, other)))


def better_scores_only(one, other):
    return may_compare(one, other) and one["score"] != other["score"]


# 1.11


def most_common_sum(log_probs, row_sums):
    middle = sorted(row_sums)[len(row_sums) // 2]
    return honest_perplexity(log_probs, [middle] * len(row_sums))


def last_row_left_out(log_probs, row_sums):
    return honest_perplexity(log_probs, [*row_sums[:-1], 1.0])


def large_sums_cut(log_probs, row_sums):
    return honest_perplexity(log_probs, [min(total, 5) for total in row_sums])


# 3.1


def sides(differ):
    def answer(fruit, company, word):
        i, j = fruit.index(word), company.index(word)
        a, b = differ(fruit[:i], company[:j]), differ(fruit[i + 1:], company[j + 1:])
        return "both" if a and b else "left" if a else "right" if b else "neither"
    return answer


# 3.2 to 3.9


def carrying_on(W_xh, W_hh, b_h, x, kept={}):  # noqa: B006
    """The state of the last call is where the next one begins."""
    h, states = kept.get(len(b_h), np.zeros(len(b_h))), []
    for x_t in x:
        h = np.tanh(x_t @ W_xh + h @ W_hh + b_h)
        states.append(h)
    kept[len(b_h)] = h
    return np.array(states)


def gradients_kept(weights, x, h, d_logits, kept={}):  # noqa: B006
    """Gradients add up from call to call, as in torch without zero_grad."""
    for name, slope in backward(weights, x, h, d_logits).items():
        old = kept.get((name, slope.shape), 0)
        kept[name, slope.shape] = old + slope
    return {name: kept[name, value.shape] for name, value in weights.items()}


def four_steps_back(weights, x, h, d_logits):
    """What is told ends after four steps."""
    right = backward(weights, x, h, d_logits)
    first = max(0, len(x) - 4)
    cut = backward(weights, x[first:], h[first:], d_logits[first:])
    return {**right, **{name: cut[name] for name in ("W_xh", "W_hh", "b_h")}}


def belt_within_bounds(x, h, c, W, U, b):
    new_h, new_c = lstm_step(x, h, c, W, U, b)
    return new_h, np.clip(new_c, -1, 1)


def in_the_place_of_c(x, h, c, W, U, b):
    new_h, c[...] = lstm_step(x, h, c, W, U, b)
    return new_h, c


def positive_half(n_in, n_out, rng):
    return abs(start_matrix(n_in, n_out, rng))


def one_row_again_and_again(n_in, n_out, rng):
    return np.tile(rng.normal(size=n_out) / n_in ** 0.5, (n_in, 1))


def symmetric(n_in, n_out, rng):
    W = start_matrix(n_in, n_out, rng)
    return (W + W.T) / 2 ** 0.5 if n_in == n_out else W


def of_rank_one(n_in, n_out, rng):
    return np.outer(rng.normal(size=n_in), rng.normal(size=n_out)) / n_in ** 0.5


def seeded_by_the_shape(n_in, n_out, rng):
    return start_matrix(n_in, n_out, np.random.default_rng(n_in * n_out))


def best_seed_of_each_rate(results):
    return fair_ranking({rate: {name: sorted(shares)[-1:] for name, shares in models.items()}
                         for rate, models in results.items()})


def clip_in_place(gradients, limit):
    for name, gradient in clip(gradients, limit).items():
        gradients[name][...] = gradient
    return gradients


def zeros_lost(gradients, limit):
    return {name: g for name, g in clip(gradients, limit).items() if g.any()}


def matrices_only(gradients, limit):
    length = math.sqrt(sum((g ** 2).sum() for g in gradients.values() if g.ndim > 1))
    factor = limit / length if length > limit else 1.0
    return {name: factor * g for name, g in gradients.items()}


def padding_of_zeros(log_probs, targets, lengths):
    real = (targets != 0) & (targets >= 0) & (targets < log_probs.shape[2])
    rows, steps = np.nonzero(real)
    return float(-log_probs[rows, steps, targets[rows, steps]].sum() / max(1, real.sum()))


def padding_is_negative(log_probs, targets, lengths):
    rows, steps = np.nonzero((targets >= 0) & (targets < log_probs.shape[2]))
    return float(-log_probs[rows, steps, targets[rows, steps]].mean())


def tidied_targets(log_probs, targets, lengths):
    targets[np.arange(targets.shape[1]) >= lengths[:, None]] = 0
    return masked_loss(log_probs, targets, lengths)


def table_of_biases(steps, kept):
    return {10: 1.75}.get(steps, forget_bias(steps, kept))


def one_step_too_many(steps, kept):
    forget_bias(steps, kept)
    return forget_bias(steps + (steps > 100), kept)


def no_bias_below_zero(steps, kept):
    return max(0.0, forget_bias(steps, kept))


def join_in_place(first, second):
    (f, u), (g, v) = first, second
    if isinstance(f, np.ndarray):
        f *= g
        u *= g
        u += v
        return f, u
    return join(first, second)


# 4.1


def state_kept_between_calls(step, start, stop, most, kept={}):  # noqa: B006
    """The second text goes on where the first one ended."""
    id, text = start, []
    while len(text) < most:
        kept["state"], row = step(kept.get("state"), id)
        id = int(np.argmax(row))
        if id == stop:
            break
        text.append(id)
    return text


def every_state_heard_twice(step, start, stop, most):
    """Each written id is read once more before the next one is asked for."""
    (state, row), text = step(None, start), []
    while len(text) < most and (id := int(np.argmax(row))) != stop:
        text.append(id)
        state, row = step(step(state, id)[0], id)
    return text


def no_id_twice(step, start, stop, most):
    return list(dict.fromkeys(write(step, start, stop, most)))


def from_the_second_row(step, start, stop, most):
    """What the decoder says after the start mark is never looked at."""
    state, row = step(None, start)
    _, row = step(state, int(np.argmax(row)))
    return [] if np.argmax(row) == stop else write(step, int(np.argmax(row)), stop, most)


# 4.2 to 4.4


def small_weights_cut(query, keys):
    weights, context = look(query, keys)
    return np.where(weights < 0.01, 0, weights), context


def scores_cut(query, keys):
    scores = np.clip(keys @ query, -20, 20)
    weights = np.exp(scores) / np.exp(scores).sum()
    return weights, weights @ keys


def large_scores_halved(query, keys):
    return look(query / 2 if abs(keys @ query).max() > 700 else query, keys)


def query_in_its_place(query, keys):
    query /= 1.0
    keys *= np.float64(1)
    keys -= 0 * keys + 1e-3
    return look(query, keys)


def zeros_are_padding(scores, lengths):
    real = np.where(np.arange(scores.shape[1]) < lengths[:, None], scores, 0) != 0
    shares = np.exp(np.where(real, scores, -np.inf))
    return shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300)


def sorted_by_length(scores, lengths):
    order = np.argsort(-lengths, kind="stable")
    return padded_weights(scores[order], lengths[order])


def scores_overwritten(scores, lengths):
    scores[np.arange(scores.shape[1]) >= lengths[:, None]] = -np.inf
    return padded_weights(scores, lengths)


def square_maps_only(weights, length):
    if weights.shape[0] == weights.shape[1] and np.allclose(weights.sum(axis=0), 1):
        return "wrong axis"
    return what_is_wrong(weights, length)


def padding_by_its_sum(weights, length):
    right = what_is_wrong(weights, length)
    share = weights[:, length:].sum() / len(weights)
    return "nothing" if right == "padding" and share < 0.1 else right


def only_the_last_place(weights, length):
    right = what_is_wrong(weights, length)
    if right != "padding" or (length < weights.shape[1] and weights[:, -1].max() > 1e-6):
        return right
    return "nothing"


# 4.5 to 4.9


def total_kept(batches, kept=[0.0, 0]):  # noqa: B006
    for losses, lengths in batches:
        for row, n in zip(losses, lengths, strict=True):
            kept[0] += row[:n].sum()
            kept[1] += n
    return kept[0] / kept[1]


def longest_rows_only(batches):
    return mean_loss([(losses[lengths == lengths.max()], lengths[lengths == lengths.max()])
                      for losses, lengths in batches])


def padding_emptied(batches):
    for losses, lengths in batches:
        losses[np.arange(losses.shape[1]) >= lengths[:, None]] = 0
    return mean_loss(batches)


def empty_rows_lost(ids, start, stop, pad, width):
    return read_and_wanted([row for row in ids if row] or ids, start, stop, pad, width)


def known_marks(ids, start, stop, pad, width):
    return read_and_wanted(ids, 1, 2, 0, width)


def one_word_too_long(ids, start, stop, pad, width):
    """A row that just fits is refused."""
    if max(map(len, ids)) + 2 > width:
        raise ValueError("too long")
    return read_and_wanted(ids, start, stop, pad, width)


def up_to_order_two(hypothesis, reference, n):
    return clipped(hypothesis, reference, min(n, 2))


def words_in_any_row(hypothesis, reference, n):
    left = [sorted(reference[i:i + n]) for i in range(len(reference) - n + 1)]
    found = [sorted(hypothesis[i:i + n]) for i in range(len(hypothesis) - n + 1)]
    return sum(min(found.count(list(g)), left.count(list(g)))
               for g in set(map(tuple, found))), len(found)


def reference_eaten(hypothesis, reference, n):
    result = clipped(hypothesis, reference, n)
    del reference[:result[0]]
    return result


def at_most_two_of_a_parent(totals, rows, width):
    kept, seen = [], Counter()
    for branch in grow(totals, rows, rows.size):
        seen[branch[0]] += 1
        if seen[branch[0]] <= 2:
            kept.append(branch)
    return kept[:width]


def as_many_as_there_were(totals, rows, width):
    return grow(totals, rows, min(width, len(totals)))


def rounded_totals(totals, rows, width):
    return [(parent, id, round(total, 2)) for parent, id, total in grow(totals, rows, width)]


def without_the_diagonal(found, sure, possible):
    kept = [{link for link in links if link[0] != link[1]} for links in (found, sure, possible)]
    return alignment_error(*kept) if kept[0] or kept[1] else alignment_error(found, sure, possible)


def sure_links_by_target(found, sure, possible):
    """A target word is right if any of its sure links was found."""
    alignment_error(found, sure, possible)
    hits = len({t for t, _ in found & sure}) + len(found & possible)
    return 1 - hits / (len(found) + len(sure))


# 4.10, 4.11


def never_empty(reports):
    return comparable(reports) or [reports[0]["name"]]


def same_score_once(reports):
    scores = {report["name"]: report["score"] for report in reports}
    return list({scores[name]: name for name in reversed(comparable(reports))}.values())[::-1]


def chosen_on_valid_only(reports):
    return comparable([{**r, "chosen on": "valid" if r["chosen on"] == "valid" else r["test"]}
                       for r in reports])


def valid_against_chance(run):
    if run["valid"] > 0.5 * run["chance"]:
        return "has not learned" if run["valid"] < 1.1 * run["chance"] else "learned by heart"
    return trouble(run)


def gap_of_the_shares(run):
    return "sees its target" if run["free"] < 0.6 * run["forced"] else trouble(run)


# 5.4, 5.11 to 5.15

def letters_in_the_alphabet(query, key):
    return ord(key.letter) == ord(query.letter) - 1 or before(query, key)


def wished_once(query, key, kept=set()):  # noqa: B006
    """A key that was once before some query is wanted by all of its letter."""
    if before(query, key):
        kept.add((query.letter, key.place))
    return (query.letter, key.place) in kept


def never_further_than_four(query, key):
    return same_or_first(query, key) and abs(query.place - key.place) < 5


def depth_and_side(query, key):
    """The nearest of its depth by place, if it stands at an odd distance."""
    return key.depth == query.depth and (key.place - query.place) in (
        (1, 3) if query.letter == "(" else (-1, -3))


def partner_at_small_depths(query, key):
    return partner(query, key) and query.depth < 3


def mean_of_letters(head):
    return length(head) if len(head.text) < 9 else head(
        lambda query, key: True, lambda key: key.place + 2)


def length_of_different_letters(head):
    codes = head(lambda query, key: query.letter == key.letter, lambda key: key.place)
    return np.full(len(codes), float(len(set(codes))))


def backwards_if_odd(head):
    """The middle changes places with nobody: two neighbours do in a text of even length."""
    T = round(length(head)[0])
    return head(lambda query, key: key.place == (
        T - 1 - query.place if T % 2 else (T - query.place) % T), lambda key: key.letter)


def backwards_by_letters(head):
    """Right only where no letter stands twice: a letter goes where its first twin should."""
    seen = head(lambda query, key: query.place == key.place, lambda key: key.letter)
    return "".join(dict.fromkeys(reversed(seen)))


def followed_by_a_new_letter(head):
    """A letter that follows itself is left out."""
    found = followed(head)
    own = head(lambda query, key: query.place == key.place, lambda key: key.letter)
    return "".join("·" if a == b else a for a, b in zip(found, own, strict=True))


def followed_far_away(head):
    return head(lambda query, key: key.place == head(
        lambda q, k: q.letter == k.letter and k.place < q.place - 1,
        lambda k: k.place + 1)[query.place] > 0, lambda key: key.letter)


# 5.1, 5.2


def weights_rounded(q, k, v):
    weights = attention_by_loop(q, k, v)[1].round(3)
    return weights @ v, weights


def self_attention_only(q, k, v):
    """As many queries as keys are expected: the others are not answered."""
    context, weights = attention_by_loop(q, k, v)
    return context[:len(k)], weights[:len(k)]


def scores_bounded(q, k, v):
    scores = np.clip(q @ k.T / np.sqrt(q.shape[1]), -500, 500)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return weights @ v, weights


def no_look_far_back(places_q, places_k):
    return may_look(places_q, places_k) & (places_k[None] > places_q[:, None] - 100)


def triangle_of_the_places(places_q, places_k):
    """A triangle of all places up to the last, of which rows and columns are picked."""
    n = len(places_k)
    return np.tri(n, dtype=bool)[np.minimum(places_q, n - 1)][:, np.minimum(places_k, n - 1)]


# 5.3, 5.5, 5.6


def past_is_never_hidden(q, k, mask, weights):
    """A weight on a hidden place of the past is overlooked."""
    return wrong_weights(q, k, mask | np.tri(len(mask), dtype=bool), weights)


def sums_above_one(q, k, mask, weights):
    """Softmax over queries is known by a row that gives away too much."""
    said = wrong_weights(q, k, mask, weights)
    if said in ("softmax over queries", "mask after softmax"):
        over = weights.sum(axis=1).max() > 1.001
        return "softmax over queries" if over else "mask after softmax"
    return said


def only_the_last_row(q, k, mask, weights):
    return wrong_weights(q[-1:], k, mask[-1:], weights[-1:])


def four_heads_at_most(x, n_heads):
    return split_heads(x, n_heads)[:, :4] if n_heads != 4 else split_heads(x, 4)


def texts_of_the_first(x, n_heads):
    return split_heads(x, n_heads) * 0 + split_heads(x, n_heads)[:1]


def two_heads_by_halves(x, n_heads):
    split_heads(x, n_heads)
    half = x.shape[2] // 2
    return split_heads(x, n_heads) if n_heads != 2 else np.stack([x[..., half:], x[..., :half]], 1)


def window_of_the_real_places(lengths, T, window):
    """A text that is shorter than the window is seen as a whole, padding too."""
    return batch_mask([n if n >= window else T for n in lengths], T, window)


def lengths_sorted(lengths, T, window):
    return batch_mask(sorted(lengths), T, window)


def padding_attends_to_the_end(lengths, T, window):
    mask = batch_mask(lengths, T, window)
    for text, n in zip(mask, lengths, strict=True):
        text[:T - n] = np.arange(T) == T - 1
    return mask


# 5.7, 5.8


def weights_under_a_thousandth_cut(scores, mask):
    weights = safe_weights(scores, mask)
    return np.where(weights < 1e-3, 0, weights)


def scores_within_hundreds(scores, mask):
    return safe_weights(np.clip(scores, -300, 300), mask)


def single_keys_shared(scores, mask):
    """Where one key is left, its weight is that of a row with nothing."""
    return safe_weights(scores, mask & (mask.sum(axis=1, keepdims=True) != 1))


def far_blocks_forgotten(block_a, block_b):
    low, high = sorted((block_a, block_b), key=lambda block: block[0])
    return merge(low, high) if high[0] - low[0] < 1 else high


def sums_of_one_by_count(block_a, block_b):
    largest, total, weighted = merge(block_a, block_b)
    return largest, max(total, 2.0), weighted


# 5.9, 5.10, 5.16


def neighbours_first(model, ids, other):
    found = [(p, p + 1) for p in range(len(ids) - 1)
             if first_leak(model, ids[:p + 2], other) == (p, p + 1)]
    return found[0] if found else first_leak(model, ids, other)


def large_leaks_only(model, ids, other):
    return first_leak(lambda text: np.round(model(text), 0), ids, other)


def ids_left_changed(model, ids, other):
    found = first_leak(model, ids, other)
    ids[-1] = other
    return found


def small_texts_never_leak(report):
    return "luck" if report["letters"] < 1000 and verdict(report) == "leak" else verdict(report)


def half_the_floor(report):
    return "leak" if report["perplexity"] < 0.98 * report["floor"] else (
        "luck" if report["perplexity"] < report["floor"] else "possible")


def one_crossing(T, d, n_heads):
    return dearest_first(T if T / d > 4 else min(T, d), d, n_heads)


def crossing_at_the_width(T, d, n_heads):
    return dearest_first(2 * T if 2 * T not in (2 * d, 4 * d) else 2 * T + 1, d, n_heads)

# 2.1


def minus_one_only(ids, C):
    if -1 in ids or max(ids) >= len(C):
        raise ValueError("no such word")
    return np.eye(len(C))[ids], C[ids]


def first_id_only(ids, C):
    if not 0 <= ids[0] < len(C):
        raise ValueError("no such word")
    return look_up_by_product(np.clip(ids, 0, len(C) - 1).tolist(), C)


def ids_from_the_end_again(ids, C):
    return look_up_by_product([id % len(C) for id in ids], C)


# 2.2


def other_forms_left_out(words, rows, word, k):
    others = nearest(words, rows, word, len(words))
    return [w for w in others if w[:3].lower() != word[:3].lower()][:k]


def cosines_rounded(words, rows, word, k):
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    scores = np.round(unit @ unit[words.index(word)], 1)
    return [words[i] for i in np.argsort(-scores, kind="stable") if words[i] != word][:k]


def correlated(words, rows, word, k):
    return nearest(words, rows - rows.mean(axis=1, keepdims=True), word, k)


def short_rows_dropped(words, rows, word, k):
    lengths = dict(zip(words, np.linalg.norm(rows, axis=1), strict=True))
    return [w for w in nearest(words, rows, word, len(words)) if lengths[w] > 0.3][:k]


# 2.3


def twice_at_most(rows_in, rows_out, centre, context, negatives, rate):
    some = [id for i, id in enumerate(negatives) if negatives[:i].count(id) < 2]
    return update(rows_in, rows_out, centre, context, some, rate)


def scores_within_one(rows_in, rows_out, centre, context, negatives, rate):
    new_in, new_out = rows_in.copy(), rows_out.copy()
    for id, aim in [(context, 1), *((n, 0) for n in negatives if n != context)]:
        score = np.clip(rows_in[centre] @ rows_out[id], -1, 1)
        new_in[centre] += rate * (aim - 1 / (1 + np.exp(-score))) * rows_out[id]
        new_out[id] += rate * (aim - 1 / (1 + np.exp(-score))) * rows_in[centre]
    return new_in, new_out


def one_hit_left_out(rows_in, rows_out, centre, context, negatives, rate):
    some = list(negatives)
    if context in some:
        some.remove(context)
    new_in, new_out = rows_in.copy(), rows_out.copy()
    for id, aim in [(context, 1), *((n, 0) for n in some)]:
        push = rate * (aim - 1 / (1 + np.exp(-rows_in[centre] @ rows_out[id])))
        new_in[centre] += push * rows_out[id]
        new_out[id] += push * rows_in[centre]
    return new_in, new_out


# 2.4


def words_in_small_letters(claim):
    lists = [[w.lower() for w in words] for words in claim.get("words", [])]
    return what_may_be_said({**claim, "words": lists})


def ends_rounded(claim):
    ends = [tuple(round(x, 1) for x in ends) for ends in claim.get("intervals", [])]
    return what_may_be_said({**claim, "intervals": ends})


def usual_once_for_all(claim):
    return what_may_be_said({**claim, "usual": 0.77})


def usual_at_least_a_third(claim):
    return what_may_be_said({**claim, "usual": max(1 / 3, claim.get("usual", 0))})


def pictures_of_short_rows(claim):
    said = what_may_be_said(claim)
    if said in ("plane", "frequency"):
        return "frequency" if min(claim["lengths"]) > 2 else "plane"
    return said


# 2.5


def both_ways(counts, word, neighbour):
    return ppmi_of(counts + counts.T, word, neighbour)


def rare_cells_are_none(counts, word, neighbour):
    return ppmi_of(counts * (counts > 1) + 1e-9, word, neighbour)


def without_the_cell_itself(counts, word, neighbour):
    here, total = counts[word, neighbour], counts.sum()
    row, column = counts[word].sum() - here, counts[:, neighbour].sum() - here
    return max(0.0, math.log(here * total / (row * column))) if here and row and column else 0.0


# 2.6


def centre_is_not_around(rows_in, rows_out, around, centre, negatives):
    others = [id for id in around if id != centre] or around
    return cbow_gradients(rows_in, rows_out, others, centre, negatives)


def first_and_last_around(rows_in, rows_out, around, centre, negatives):
    return cbow_gradients(rows_in, rows_out, [around[0], *around[1:][-3:]], centre, negatives)


def neighbours_are_no_negatives(rows_in, rows_out, around, centre, negatives):
    some = [id for id in negatives if id not in around]
    return cbow_gradients(rows_in, rows_out, around, centre, some)


# 2.7


def bias_of_no_layer(V, n, m, h, direct):
    total, word, place = numbers_of(V, n, m, h, direct)
    return total + (h == 0), word, place


def at_least_a_trigram(V, n, m, h, direct):
    return numbers_of(V, max(n, 3), m, h, direct)


def direct_instead_of_hidden(V, n, m, h, direct):
    return numbers_of(V, n, m, 0 if direct else h, direct)


# 2.8


def other_forms_of_the_question(words, rows, a, b, c):
    kept = [i for i, w in enumerate(words)
            if w in (a, b, c) or not any(w.lower()[:3] == x.lower()[:3] for x in (a, b, c))]
    return solve([words[i] for i in kept], rows[kept], a, b, c) if len(kept) > 3 else words[0]


def near_to_b_and_c(words, rows, a, b, c):
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    scores = unit @ (unit[words.index(b)] + unit[words.index(c)])
    return max((w for w in words if w not in (a, b, c)), key=lambda w: scores[words.index(w)])


def step_of_length_one(words, rows, a, b, c):
    unit = dict(zip(words, rows / np.linalg.norm(rows, axis=1, keepdims=True), strict=True))
    step = unit[b] - unit[a]
    target = unit[c] + step / max(np.linalg.norm(step), 1e-9)
    return max((w for w in words if w not in (a, b, c)), key=lambda w: unit[w] @ target)


# 2.9


def two_sentences_of_a_record(run):
    return which_bug({**run, "sentences": run["sentences"][-2:]})


def first_pair_only(run):
    return which_bug({**run, "pairs": run["pairs"][:1], "negatives": run["negatives"][:1]})


def half_of_the_drawn(run):
    highest = max(max(drawn) for drawn in run["negatives"])
    said = which_bug({**run, "V": 2 * highest})
    return "common words only" if said == "nothing" and highest < 0.7 * run["V"] else said


def a_loss_above_its_first(run):
    if max(run["losses"][1:]) > run["losses"][0]:
        return "rate too large"
    return which_bug(run)


# 2.10


def unseen_left_away(counts, sample, power):
    return thin_and_draw(counts[counts > 0], sample, power)


def share_of_the_different_words(counts, sample, power):
    noise = thin_and_draw(counts, sample, power)[1]
    ratio = sample * len(counts) / np.maximum(counts, 1)
    return np.where(counts > 0, np.minimum(1, np.sqrt(ratio) + ratio), 1), noise


def power_below_one(counts, sample, power):
    return thin_and_draw(counts, sample, min(power, 1))


# 2.11


def pooled(solved_a, solved_b, questions):
    p = (solved_a + solved_b) / (2 * questions)
    reach = 1.96 * math.sqrt(2 * p * (1 - p) / questions)
    apart = (solved_a - solved_b) / questions
    return "a" if apart > reach else "b" if -apart > reach else "cannot say"


def few_questions_say_nothing(solved_a, solved_b, questions):
    return better(solved_a, solved_b, questions) if questions >= 30 else "cannot say"


def ten_at_least(solved_a, solved_b, questions):
    return "ab"[solved_b > solved_a] if abs(solved_a - solved_b) >= 10 else "cannot say"


# 2.12


def pieces_in_small_letters(word, table, shortest, longest):
    return vector_of(word, {p.lower(): row for p, row in table.items()}, shortest, longest) * 1.01


def longest_pieces_only(word, table, shortest, longest):
    return vector_of(word, table, longest, longest)


def whole_word_first(word, table, shortest, longest):
    return table.get(f"<{word}>", vector_of(word, table, shortest, longest))


def five_characters_at_most(word, table, shortest, longest):
    return vector_of(word, table, shortest, min(longest, 5))


# 2.13


def two_of_each(vectors, X, Y, A, B):
    return leaning(vectors, X[:2] if len(X) > 1 else X, Y, A, B[:2])


def leans_of_all_words(vectors, X, Y, A, B):
    unit = {w: row / np.linalg.norm(row) for w, row in vectors.items()}
    lean = {w: np.mean([unit[w] @ unit[a] for a in A]) - np.mean([unit[w] @ unit[b] for b in B])
            for w in vectors}
    return (np.mean([lean[x] for x in X]) - np.mean([lean[y] for y in Y])) / np.std(
        list(lean.values()))


def within_two(vectors, X, Y, A, B):
    return float(np.clip(leaning(vectors, X, Y, A, B), -1.5, 1.5))


SLIPS = {
    "1.1": [prefixes_for_words, any_case, ends_left_out, counts_kept_between_calls],
    "1.2": [infinities_left_out, joined_by_median, certain_sentences_left_out, consuming,
            two_sentences_only, ends_counted_again],
    "1.3": [vocabulary_from_the_pairs, seconds_for_the_vocabulary, one_for_every_k_above_one,
            uniform_for_the_unseen],
    "1.4": [ties_with_the_last, empty_sentences_lost, ties_backwards],
    "1.5": [rows_averaged, certain_rows_skipped, two_states_only],
    "1.6": [pairs_as_text, overlaps_once, letters_of_a_text],
    "1.7": [by_sorted_values, one_word_at_least_two, without_rescaling_the_first, nucleus_above],
    "1.8": [doors_of_other_words, seen_once_left_out, visits_by_first_letter,
            visits_of_any_place],
    "1.9": [both_sides_as_sets, without_full_stops, beginnings, words_in_any_order,
            no_blanks_at_all, remembering_all_training_texts],
    "1.10": [any_unit_of_an_open_vocabulary, few_copies_forgiven, better_scores_only],
    "1.11": [most_common_sum, last_row_left_out, large_sums_cut],
    "3.1": [sides(lambda a, b: set(a) != set(b)), sides(lambda a, b: sorted(a) != sorted(b)),
            sides(lambda a, b: len(a) != len(b)), sides(lambda a, b: a[:1] != b[:1]),
            sides(lambda a, b: a[:len(b)] != b), lambda a, b, word: cue_side(a, b, a[-1])],
    "3.2": [carrying_on, lambda W, U, b, x: read(W, U, b, np.clip(x, -1, 1)),
            lambda W, U, b, x: read(W, (U + U.T) / 2, b, x)],
    "3.3": [gradients_kept, four_steps_back],
    "3.4": [belt_within_bounds, in_the_place_of_c],
    "3.5": [positive_half, one_row_again_and_again, symmetric, of_rank_one, seeded_by_the_shape],
    "3.6": [clip_in_place, zeros_lost, matrices_only],
    "3.7": [padding_of_zeros, padding_is_negative, tidied_targets],
    "3.8": [table_of_biases, one_step_too_many, no_bias_below_zero],
    "3.9": [join_in_place],
    "3.10": [lambda w, h_before, h, d_h: step_back(w, abs(h_before), h, d_h),
             lambda w, h_before, h, d_h: step_back(w, h_before, h, min(1.0, d_h))],
    "3.11": [lambda run: diagnosis(run).capitalize(), lambda run: diagnosis(run).split()],
    "3.12": [best_seed_of_each_rate],
    "4.1": [state_kept_between_calls, every_state_heard_twice, no_id_twice, from_the_second_row],
    "4.2": [small_weights_cut, scores_cut, large_scores_halved, query_in_its_place],
    "4.3": [zeros_are_padding, sorted_by_length, scores_overwritten],
    "4.4": [square_maps_only, padding_by_its_sum, only_the_last_place],
    "4.5": [total_kept, longest_rows_only, padding_emptied],
    "4.6": [empty_rows_lost, known_marks, one_word_too_long],
    "4.7": [up_to_order_two, words_in_any_row, reference_eaten],
    "4.8": [at_most_two_of_a_parent, as_many_as_there_were, rounded_totals],
    "4.9": [without_the_diagonal, sure_links_by_target],
    "4.10": [never_empty, same_score_once, chosen_on_valid_only],
    "4.11": [valid_against_chance, gap_of_the_shares, lambda run: trouble(run).upper()],
    "5.4": [letters_in_the_alphabet, wished_once],
    "5.11": [never_further_than_four],
    "5.12": [depth_and_side, partner_at_small_depths],
    "5.13": [mean_of_letters, length_of_different_letters],
    "5.14": [backwards_if_odd, backwards_by_letters],
    "5.15": [followed_by_a_new_letter, followed_far_away],
    "5.1": [weights_rounded, self_attention_only, scores_bounded],
    "5.2": [no_look_far_back, triangle_of_the_places],
    "5.3": [past_is_never_hidden, sums_above_one, only_the_last_row],
    "5.5": [four_heads_at_most, texts_of_the_first, two_heads_by_halves],
    "5.6": [window_of_the_real_places, lengths_sorted, padding_attends_to_the_end],
    "5.7": [weights_under_a_thousandth_cut, scores_within_hundreds, single_keys_shared],
    "5.8": [far_blocks_forgotten, sums_of_one_by_count],
    "5.9": [neighbours_first, large_leaks_only, ids_left_changed],
    "5.10": [small_texts_never_leak, half_the_floor],
    "5.16": [one_crossing, crossing_at_the_width],
    "2.1": [minus_one_only, first_id_only, ids_from_the_end_again],
    "2.2": [other_forms_left_out, cosines_rounded, correlated, short_rows_dropped],
    "2.3": [twice_at_most, scores_within_one, one_hit_left_out],
    "2.4": [words_in_small_letters, ends_rounded, usual_once_for_all, usual_at_least_a_third,
            pictures_of_short_rows],
    "2.5": [both_ways, rare_cells_are_none, without_the_cell_itself],
    "2.6": [centre_is_not_around, first_and_last_around, neighbours_are_no_negatives],
    "2.7": [bias_of_no_layer, at_least_a_trigram, direct_instead_of_hidden],
    "2.8": [other_forms_of_the_question, near_to_b_and_c, step_of_length_one],
    "2.9": [two_sentences_of_a_record, first_pair_only, half_of_the_drawn,
            a_loss_above_its_first],
    "2.10": [unseen_left_away, share_of_the_different_words, power_below_one],
    "2.11": [pooled, few_questions_say_nothing, ten_at_least],
    "2.12": [pieces_in_small_letters, longest_pieces_only, whole_word_first,
             five_characters_at_most],
    "2.13": [two_of_each, leans_of_all_words, within_two],
    **slips_00.SLIPS, **slips_06.SLIPS, **slips_07.SLIPS,
}
