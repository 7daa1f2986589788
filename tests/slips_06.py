"""Wrong answers to the exercises of notebook 06, written by hand, for `slips.SLIPS`."""

from __future__ import annotations

import math

import numpy as np

from helpers.exercises.transformer.conversations import how_many_fit
from helpers.exercises.transformer.finding import which_slip
from helpers.exercises.transformer.keeping import next_with_cache
from helpers.exercises.transformer.norms import which_norm
from helpers.exercises.transformer.patches import to_patches
from helpers.exercises.transformer.recipe import rate, smoothed_loss
from helpers.exercises.transformer.reports import verdict
from helpers.exercises.transformer.rows import block, layer_norm
from helpers.exercises.transformer.sizes import numbers_by_part
from helpers.exercises.transformer.windows import tokens_reached, windows

# 6.1


def as_one_row(x, gain, bias, eps):
    """Texts of one token are taken for rows of their batch."""
    return layer_norm(x, gain, bias, eps) if x.shape[1] > 1 else layer_norm(
        x.swapaxes(0, 1), gain, bias, eps)[:, :1].repeat(len(x), axis=0)


def eps_where_needed(x, gain, bias, eps):
    away = x - x.mean(-1, keepdims=True)
    variance = (away ** 2).mean(-1, keepdims=True)
    return away / np.sqrt(np.where(variance == 0, eps, variance)) * gain + bias


def variance_of_all_tokens(x, gain, bias, eps):
    away = x - x.mean(-1, keepdims=True)
    return away / np.sqrt((away ** 2).mean() + eps) * gain + bias


# 6.2


def trial_of_one_part(x, attend, feed, norm_1, norm_2):
    return x if attend is None or feed is None else block(x, attend, feed, norm_1, norm_2)


def norm_of_each_sum_as_well(x, attend, feed, norm_1, norm_2):
    x = x if attend is None else x + attend(norm_1(x))
    return x if feed is None else norm_2(x) + feed(norm_2(x))


def added_into_the_rows_of_the_norm(x, attend, feed, norm_1, norm_2):
    for part, norm in ((attend, norm_1), (feed, norm_2)):
        if part is not None:
            rows = norm(x)
            rows += part(norm(x)) - rows + x
            x = rows
    return x


# 6.3


def pieces_of_the_output(d, d_ff, layers, V, tied):
    return numbers_by_part(d, d_ff, layers, V, tied) | {"embedding": V * d + (not tied) * V}


def wide_by_d_squared(d, d_ff, layers, V, tied):
    counts = numbers_by_part(d, d_ff, layers, V, tied)
    wider = {name: counts[name] * (4 if name in ("attention", "feed-forward", "embedding") else 2)
             for name in ("embedding", "attention", "feed-forward", "norms")}
    return counts | {"if wider": max(wider, key=wider.get)}


def more_words_only_if_tied(d, d_ff, layers, V, tied):
    counts = numbers_by_part(d, d_ff, layers, V, tied)
    return counts | {"if more words": numbers_by_part(d, d_ff, layers, V, True)["if more words"]}


# 6.4


def characters_of_the_model(report):
    return verdict(report | {"characters": report["characters"][:1] * 2})


def characters_of_the_rival(report):
    return verdict(report | {"characters": report["characters"][1:] * 2})


def whole_characters(report):
    return verdict(report | {"characters": tuple(max(round(c), 1) for c in report["characters"])})


def copy_by_ten_characters(report):
    said = verdict(report)
    return "may be true" if said == "copy" and report["longest"] < report["usual"] + 10 else said


# 6.5


def two_rows_at_most(sizes, out):
    return which_norm(sizes[:, :2], out[:2])


def only_larger_rows_are_off(sizes, out):
    return which_norm(np.maximum(sizes, 1), np.maximum(out, 1))


def most_rows(sizes, out):
    if (np.abs(sizes[1:] - 1) < 0.01).mean() > 0.5:
        return "post-norm"
    return "pre-norm" if (np.abs(out - 1) < 0.01).mean() > 0.5 else "pre-norm without the last norm"


# 6.6


def within_ten_warm_ups(step, warmup, peak):
    return rate(min(step, 2 * warmup + 1), warmup, peak)


def whole_peak_one_early(step, warmup, peak):
    return peak if step == warmup - 2 else rate(step, warmup, peak)


def rate_in_steps(step, warmup, peak):
    return round(rate(step, warmup, peak), 4)


# 6.7


def padding_is_the_id_zero(logits, targets, epsilon):
    return smoothed_loss(logits, np.maximum(targets, 0), epsilon)


def first_rows_are_real(logits, targets, epsilon):
    real = targets[targets != -100]
    return smoothed_loss(logits[:len(real)], real, epsilon)


def never_below_a_tenth(logits, targets, epsilon):
    return smoothed_loss(logits, targets, max(epsilon, 0.1))


def scores_within_hundred(logits, targets, epsilon):
    return smoothed_loss(np.clip(logits, -100, 100), targets, epsilon)


# 6.8


def last_row_only(q, k, v, cache):
    rows, cache = next_with_cache(q, k, v, cache)
    return rows[-1:], cache


def four_keys_back(q, k, v, cache):
    rows, new = next_with_cache(q, k, v, cache and tuple(part[-4:] for part in cache))
    return rows, next_with_cache(q, k, v, cache)[1]


def cache_within_five(q, k, v, cache):
    rows, (keys, values) = next_with_cache(q, k, v, cache)
    return rows, (keys[-5:], values[-5:])


# 6.9


def head_width_by_all_heads(model, tokens, shared, memory):
    d = model["heads"] * model["width"]
    return how_many_fit(model | {"width": d // model["kept"]}, tokens, shared, memory)


def weights_of_four_bytes(model, tokens, shared, memory):
    own, _ = how_many_fit(model, tokens, shared, memory)
    return own, how_many_fit(model, tokens, shared,
                             memory + model["weights"] * (model["bytes"] - 4))[1]


def shared_is_one_of_them(model, tokens, shared, memory):
    own, n = how_many_fit(model, tokens, shared, memory)
    return own, n + 1 if shared else n


# 6.10


def last_on_the_grid_if_it_scores_more(length, context, stride):
    found = windows(length, context, stride)
    if len(found) > 2:
        start = (len(found) - 1) * stride
        found[-1] = (start, length - 1, found[-1][2])
    return found


def one_window_too_many(length, context, stride):
    found = windows(length, context, stride)
    last = length - 1 - context
    if last > 0 and last % stride == 0:
        found.append((last, length - 1, length))
    return found


def halves(length, context, stride):
    return windows(length, context, stride) and windows(length, context, (context + 1) // 2)


# 6.11


def square_pictures(pictures, side):
    rows = to_patches(pictures, side)
    columns = pictures.shape[1] // side
    order = np.arange(rows.shape[1]).reshape(columns, -1).T.ravel()
    return rows[:, order] if pictures.shape[1] != pictures.shape[2] else rows


def three_colours_at_most(pictures, side):
    return to_patches(pictures[..., :2], side)


def area_comes_out_even(pictures, side):
    height, width = pictures.shape[1:3]
    if height * width % side ** 2:
        raise ValueError(f"{height} by {width} pixels, patches of {side ** 2}")
    return to_patches(pictures[:, :height // side * side, :width // side * side], side)


# 6.12


def edge_belongs_to_the_piece_before(place, layers, size, kind):
    if kind in ("segments", "memory") and place and place % size == 0:
        return tokens_reached(place - 1, layers, size, kind) + 1
    return tokens_reached(place, layers, size, kind)


def four_layers_at_most(place, layers, size, kind):
    return tokens_reached(place, min(layers, 4), size, kind)


def memory_without_its_own(place, layers, size, kind):
    reached = tokens_reached(place, layers, size, kind)
    return min(reached, layers * size) if kind == "memory" else reached


# 6.13


def last_token_only(record):
    return which_slip({name: rows[-1:] for name, rows in record.items()} | {
        "out": record["out"][-1:] + 0.5 * (len(record["x"]) > 1)})


def by_the_size_of_the_end(record):
    if math.isclose(float((record["out"] ** 2).mean()), 1, abs_tol=0.3):
        return "norm after the sum"
    return which_slip(record)


def second_norm_by_its_mean(record):
    said = which_slip(record)
    near = np.abs(record["norm_2"] - record["norm_1"]).mean() < 0.8
    return "second norm of the first x" if said == "nothing" and near else said


SLIPS = {
    "6.1": [as_one_row, eps_where_needed, variance_of_all_tokens],
    "6.2": [trial_of_one_part, norm_of_each_sum_as_well, added_into_the_rows_of_the_norm],
    "6.3": [pieces_of_the_output, wide_by_d_squared, more_words_only_if_tied],
    "6.4": [characters_of_the_model, characters_of_the_rival, whole_characters,
            copy_by_ten_characters],
    "6.5": [two_rows_at_most, only_larger_rows_are_off, most_rows],
    "6.6": [within_ten_warm_ups, whole_peak_one_early, rate_in_steps],
    "6.7": [padding_is_the_id_zero, first_rows_are_real, never_below_a_tenth,
            scores_within_hundred],
    "6.8": [last_row_only, four_keys_back, cache_within_five],
    "6.9": [head_width_by_all_heads, weights_of_four_bytes, shared_is_one_of_them],
    "6.10": [last_on_the_grid_if_it_scores_more, one_window_too_many, halves],
    "6.11": [square_pictures, three_colours_at_most, area_comes_out_even],
    "6.12": [edge_belongs_to_the_piece_before, four_layers_at_most, memory_without_its_own],
    "6.13": [last_token_only, by_the_size_of_the_end, second_norm_by_its_mean],
}
