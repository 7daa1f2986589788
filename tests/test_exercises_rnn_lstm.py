"""The exercises of notebook 03: right answers of every style pass, typical slips are named."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from helpers.exercises import engine
from helpers.exercises.rnn_lstm import EXERCISES

RECORDS = {record.id: record for record in EXERCISES}


def verdict(id: str, answer: object) -> engine.Verdict:
    """Return what the check of an exercise says of an answer."""
    return engine.judge(RECORDS[id], answer)


def read_by_torch(W_xh, W_hh, b_h, x):
    network = torch.nn.RNN(len(W_xh), len(b_h))  # in float32
    with torch.no_grad():
        for name, value in (("weight_ih_l0", W_xh), ("weight_hh_l0", W_hh), ("bias_ih_l0", b_h),
                            ("bias_hh_l0", 0 * b_h)):
            getattr(network, name).copy_(torch.tensor(value.T))
        return network(torch.tensor(x, dtype=torch.float32))[0]


def test_the_loop_may_be_torch_in_single_precision():
    assert verdict("3.2", read_by_torch).status == "passed"


@pytest.mark.parametrize("draws", range(0, 150, 7))
def test_a_start_may_be_drawn_from_any_place_of_the_generator(draws):
    def start_later(n_in, n_out, rng):
        rng.normal(size=draws)
        return rng.normal(size=(n_in, n_out)) / np.sqrt(n_in)

    def start_by_columns(n_in, n_out, rng):
        rng.normal(size=draws)
        return rng.normal(0, n_in ** -0.5, size=(n_out, n_in)).T

    for answer in (start_later, start_by_columns):
        assert verdict("3.5", answer).status == "passed", verdict("3.5", answer).message


def test_a_state_that_is_one_number_is_named_with_the_cure():
    def read(W_xh, W_hh, b_h, x):
        h, states = 0, []
        for x_t in x:
            h = np.tanh(x_t @ W_xh + h @ W_hh + b_h)
            states.append(h)
        return np.array(states)

    message = verdict("3.2", read).message
    assert "make it np.zeros(len(b_h))" in message
    assert "h is one number" in message
    assert "gufunc" not in message


def test_a_turned_product_says_which_shapes_met():
    def lstm_step(x, h, c, W, U, b):
        z = {k: W[k] @ x + U[k] @ h + b[k] for k in "ifgo"}
        return h, z["i"]

    message = verdict("3.4", lstm_step).message
    assert "must be as long" in message
    assert "core dimension" not in message


def test_a_mistake_in_one_gradient_is_named_though_another_is_wrong_too():
    def backward(weights, x, h, d_logits):
        right = RECORDS["3.3"].solution(weights, x, h, d_logits)
        return {**right, "b_h": -right["b_h"], "W_hh": 7 * right["W_hh"]}

    assert "The gradient for b_h is right but for the sign." in verdict("3.3", backward).message


def test_a_gate_and_an_output_may_be_wrong_and_a_function_is_no_pair():
    def lstm_step(x, h, c, W, U, b):
        i, f, g, o = (1 / (1 + np.exp(-(x @ W[k] + h @ U[k] + b[k]))) for k in "ifgo")
        return o * np.tanh(f * c + i * g), f * c + i * g

    assert "g is no gate" in verdict("3.4", lstm_step).message
    assert "You returned a function" in verdict("3.9", lambda first, second: abs).message
