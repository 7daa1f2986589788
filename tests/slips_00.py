"""Wrong answers to the exercises of notebook 00, written by hand, for `slips.SLIPS`."""

from __future__ import annotations

import numpy as np

from helpers.exercises.neural_networks.batches import chances_and_loss, gradients
from helpers.exercises.neural_networks.gates import neuron_for
from helpers.exercises.neural_networks.layers import drop, which_norm
from helpers.exercises.neural_networks.lower import why_lower
from helpers.exercises.neural_networks.nodes import multiply
from helpers.exercises.neural_networks.order import backward_order
from helpers.exercises.neural_networks.pictures import through
from helpers.exercises.neural_networks.runs import which_run
from helpers.exercises.neural_networks.starts import which_start
from helpers.exercises.neural_networks.steps import one_step, walk
from helpers.neural_networks.small_engine import SmallNode

# 0.1


def just_not_enough(gate):
    return (-1, -1, 0.99) if gate == "NOT AND" else neuron_for(gate)


def impossible_is_no_word(gate):
    return "impossible" if gate == "UNLIKE" else neuron_for(gate)


def not_a_number(gate):
    return neuron_for(gate) or (float("nan"),) * 3


# 0.2


def zeros_are_left_out(a, b):
    return SmallNode(a.value * b.value, tuple(
        pair for pair in multiply(a, b).made_of if pair[1] != 0))


def square_by_value(a, b):
    return SmallNode(a.value * b.value, ((a, b.value),)) if a is b else multiply(a, b)


def whole_slopes(a, b):
    return SmallNode(a.value * b.value, ((a, round(b.value)), (b, round(a.value))))


# 0.3


def fires_at_zero(w, b, v, x, wanted, rate):
    if w * x + b == 0:
        d = -2 * wanted * v * rate
        return w - d * x, b - d, v
    return one_step(w, b, v, x, wanted, rate)


def silent_if_x_is(w, b, v, x, wanted, rate):
    return one_step(w, b, v, x, wanted, rate) if x > 0 else (w, b, one_step(
        w, b, v, x, wanted, rate)[2])


def never_beyond_the_wish(w, b, v, x, wanted, rate):
    new = one_step(w, b, v, x, wanted, rate)
    return tuple(max(-5.0, min(5.0, number)) for number in new)


# 0.4


def infinity_is_a_loss(report):
    first, last = report["losses"]
    return which_run(report | {"losses": (first, first - 1)}) if last == np.inf else which_run(
        report)


def neighbours_in_hidden(report):
    hidden = report["hidden"]
    if report["twice"][1] < 1.5 * report["twice"][0] and min(
            abs(a - b) for a, b in zip(hidden, hidden[1:], strict=False)) < 0.02:
        return "constant start"
    return which_run(report)


def nine_of_ten(report):
    return which_run(report | {"right": report["right"] * 0.8 / 0.9})


def last_three_epochs(report):
    return which_run(report | {"valid": report["valid"][-3:]})


# 0.5


def never_more_than_four_rows(weights, x, ids):
    return gradients(weights, x[:4], ids[:4])


def square_when_alone(weights, x, ids):
    found = gradients(weights, x, ids)
    return found | {"b_1": found["b_1"] * (1 if len(x) > 1 else 2)}


def two_classes(weights, x, ids):
    found = gradients(weights, x, ids)
    return found | {"b_2": np.where(np.arange(len(found["b_2"])) < 2, found["b_2"], 0)}


# 0.6


def floor_of_the_loss(logits, ids):
    p, loss = chances_and_loss(logits, ids)
    return p, min(loss, 700.0)


def chances_never_zero(logits, ids):
    p, loss = chances_and_loss(logits, ids)
    return np.maximum(p, 1e-5), loss


def ruled_out_is_minus_a_million(logits, ids):
    return chances_and_loss(np.where(np.isinf(logits), -1e3, logits), ids)


# 0.7


def three_updates_at_most(w, gradients, rate, decay):
    return walk(w, gradients[:3], rate, decay)


def silent_numbers_do_not_decay(w, gradients, rate, decay):
    moved = walk(w, gradients, rate, decay)
    return np.where(np.any([g != 0 for g in gradients], axis=0), moved, w) if gradients else moved


def mended_in_the_first_only(w, gradients, rate, decay):
    once = walk(w, gradients[:1], rate, decay)
    return walk(once, gradients[1:], rate, decay)


# 0.8


def four_layers_only(sizes, spreads, activation):
    return which_start(sizes[:5], spreads[:5], activation)


def small_is_constant(sizes, spreads, activation):
    return "constant" if spreads[-1] < 1e-5 else which_start(sizes, spreads, activation)


def every_bend_has_ends(sizes, spreads, activation):
    return which_start(sizes, spreads, "none" if activation == "none" else "tanh")


# 0.9


def half_at_most(x, draws, p, training):
    return drop(x, draws, min(p, 0.5) if 0 <= p < 1 else p, training)


def p_is_checked_in_training(x, draws, p, training):
    return drop(x, draws, p if training else 0.5, training)


def flown_numbers_are_zero(x, draws, p, training):
    return drop(np.nan_to_num(x, posinf=0, neginf=0), draws, p, training)


# 0.10


def by_the_mean_of_a_row(norm, d):
    out = norm(np.random.default_rng(0).normal(size=(5, d)))
    if np.abs(out.mean(axis=1)).max() < 1e-6:
        return "layer norm"
    return "batch norm, training" if np.abs(out.mean(axis=0)).max() < 1e-6 else "batch norm, eval"


def two_rows(norm, d):
    row = np.arange(d) + 1.0
    one, two = (norm(np.vstack([row, row + n]))[0] for n in (1, 5))
    return "batch norm, training" if np.abs(one - two).max() > 1e-4 else "layer norm" if (
        which_norm(norm, d) == "layer norm") else "batch norm, eval"


def shift_for_scale(norm, d):
    said, row = which_norm(norm, d), np.arange(d) + 1.0
    same = np.allclose(norm(np.vstack([row, row + 1]))[0], row, atol=0.5)
    return "layer norm" if same else said


# 0.11


def square_pictures(shape, layers):
    return through((shape[0], shape[1], shape[1]), layers)


def two_layers_of_biases(shape, layers):
    end, weights = through(shape, layers)
    return end, weights - sum(layer[1] for layer in layers[2:] if layer[0] == "conv")


def pools_that_fit(shape, layers):
    kept = [layer for layer in layers if layer[0] == "conv" or layer[1] <= min(shape[1:])]
    return through(shape, kept)


def padding_below_the_kernel(shape, layers):
    if any(layer[0] == "conv" and layer[4] >= layer[2] for layer in layers):
        raise ValueError("so much padding")
    return through(shape, layers)


# 0.12


def leak_of_five(report):
    return why_lower(report | {"in both": report["in both"] // 5})


def a_hair_lower(report):
    return "nothing to explain" if report["valid"] > report["shown"] - 0.05 else why_lower(report)


def ups_count_half(report):
    said = why_lower(report)
    if said in ("epoch", "dropout") and report["after, eval"] - report["valid"] > 0.05:
        return "easier data"
    return said


# 0.13


def once_for_each_user(made_of, end):
    order = backward_order(made_of, end)
    return order + order[-1:] if made_of[end].count(order[-1]) > 1 else order


def two_deep(made_of, end):
    near = {end, *made_of[end], *(s for source in made_of[end] for s in made_of[source])}
    return [name for name in backward_order(made_of, end) if name in near]


def last_first(made_of, end):
    order = [end]
    for name in order:
        order += [source for source in made_of[name][::-1] if source not in order]
    return order


SLIPS = {
    "0.1": [just_not_enough, impossible_is_no_word, not_a_number],
    "0.2": [zeros_are_left_out, square_by_value, whole_slopes],
    "0.3": [fires_at_zero, silent_if_x_is, never_beyond_the_wish],
    "0.4": [infinity_is_a_loss, neighbours_in_hidden, nine_of_ten, last_three_epochs],
    "0.5": [never_more_than_four_rows, square_when_alone, two_classes],
    "0.6": [floor_of_the_loss, chances_never_zero, ruled_out_is_minus_a_million],
    "0.7": [three_updates_at_most, silent_numbers_do_not_decay, mended_in_the_first_only],
    "0.8": [four_layers_only, small_is_constant, every_bend_has_ends],
    "0.9": [half_at_most, p_is_checked_in_training, flown_numbers_are_zero],
    "0.10": [by_the_mean_of_a_row, two_rows, shift_for_scale],
    "0.11": [square_pictures, two_layers_of_biases, pools_that_fit, padding_below_the_kernel],
    "0.12": [leak_of_five, a_hair_lower, ups_count_half],
    "0.13": [once_for_each_user, two_deep, last_first],
}
