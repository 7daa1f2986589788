"""The widgets of notebook 03: numbers known by hand, then controls that change the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import metrics, neural
from helpers import rnn_lstm as r
from helpers.explorers import core
from helpers.explorers import rnn_lstm as explorers
from helpers.explorers.rnn_lstm import machine
from helpers.tokenizers import Vocabulary


def moved(shown: core.Explorer, name: str, value) -> bool:
    """Set a control; tell whether picture and caption followed without a complaint."""
    before = shown.picture.value, shown.caption
    shown.controls[name].value = value
    assert shown.error == ""
    return shown.picture.value != before[0] and shown.caption != before[1]


# ---- gradient flow


@pytest.mark.parametrize("rho", [0.9, 1.1])
def test_the_signal_of_a_linear_network_lies_on_the_line(rho):
    numbers = explorers.flow_numbers("RNN", 30, rho, activation="none (linear)")
    assert np.allclose(numbers["signal"], numbers["line"], rtol=1e-3)
    assert np.allclose(numbers["norms"][30], numbers["line"], rtol=1e-3)
    assert np.isnan(numbers["norms"][0, 1]) and numbers["gate"] is None


def test_tanh_only_takes_away_and_an_open_gate_lets_the_signal_through():
    tanh = explorers.flow_numbers("RNN", 50, 0.9)
    assert (tanh["signal"] <= tanh["line"] * 1.001).all() and tanh["signal"][0] < tanh["line"][0]
    shut, open_ = (explorers.flow_numbers("LSTM", 50, 0.9, gate_bias=b) for b in (0.0, 5.0))
    assert open_["signal"][0] > 1000 * shut["signal"][0]
    assert shut["gate"] == pytest.approx(0.5, abs=0.05) and open_["gate"] > 0.98


def test_clipping_moves_the_curve_and_keeps_its_shape():
    free, clipped = (explorers.flow_numbers("RNN", 50, 1.3, clip=c) for c in (0.0, 0.5))
    assert free["factor"] == 1.0
    assert clipped["factor"] == pytest.approx(0.5 / clipped["weights"])
    assert np.array_equal(free["signal"], clipped["signal"])


def test_every_control_of_gradient_flow_changes_picture_and_words():
    shown = explorers.gradient_flow()
    assert "5.2e-03" in shown.caption
    for name, value in (("length", 30), ("rho", 1.2), ("activation", "none (linear)"),
                        ("clip", 1.0), ("cell", "LSTM"), ("gate_bias", 3.0), ("cell", "GRU")):
        assert moved(shown, name, value), name
    left, right = shown.figure.axes[:2]
    assert left.get_ylabel() and right.get_xlabel() and left.get_yscale() == "log"
    assert right.images[0].norm.vmin == -right.images[0].norm.vmax
    with pytest.raises(ValueError, match="RNN, GRU, LSTM"):
        explorers.flow_numbers("transformer", 10, 0.9)


def test_a_picture_reached_by_moving_is_the_picture_of_its_setting():
    shown = explorers.gradient_flow()
    for name, value in (("clip", 1.0), ("length", 31), ("clip", 0.0), ("cell", "GRU")):
        shown.controls[name].value = value
    assert shown.picture.value == explorers.gradient_flow(cell="GRU", length=31).picture.value


def test_a_signal_off_the_scale_is_still_drawn_inside_the_picture():
    shown = explorers.gradient_flow(cell="GRU", length=80, rho=0.5)
    low, high = shown.figure.axes[0].get_ylim()
    drawn = shown.figure.axes[0].lines[0].get_ydata()
    assert np.isfinite(drawn).all() and drawn.max() <= 10 * high and low <= 1 <= high


# ---- machine


def test_losses_are_the_cross_entropy_and_later_inputs_have_no_influence():
    models = machine.snapshot_numbers()
    numbers = explorers.machine_numbers(3, models[8], 8)
    x = F.one_hot(torch.tensor(machine.INPUTS), 7).float()
    wanted = F.cross_entropy(models[8](x), torch.tensor(machine.TARGETS)).item()
    assert numbers["losses"].mean() == pytest.approx(wanted, rel=1e-5)
    assert (numbers["influence"][3:] == 0).all() and (numbers["influence"][:3] > 0).all()


def test_training_takes_the_loss_from_log_seven_to_almost_nothing():
    models = machine.snapshot_numbers()
    fresh, done = (explorers.machine_numbers(1, models[n]) for n in (0, 100))
    assert abs(fresh["losses"].mean() - np.log(7)) < 0.35
    assert done["losses"].mean() < 0.01 and done["all"] == "achine"


def test_every_control_of_the_machine_changes_picture_and_words():
    shown = explorers.loss_per_step()
    assert moved(shown, "step", 6) and "Later" not in shown.caption
    assert moved(shown, "updates", 0) and "After 0 updates" in shown.caption
    with pytest.raises(ValueError, match="1 to 6"):
        explorers.machine_numbers(7, machine.snapshot_numbers()[0])


# ---- unrolled network


def test_the_unrolled_states_are_those_of_the_network_by_hand():
    numbers = explorers.unroll_numbers(3, "hello")
    weights = r.by_hand.start_weights(4, 3, 4, rng=np.random.default_rng(0))
    x = np.eye(4)[["ehlo".index(letter) for letter in "hello"]]
    assert np.allclose(numbers["h"], r.by_hand.forward(weights, x)[1])
    assert numbers["probabilities"].sum(axis=1) == pytest.approx(np.ones(5))
    assert numbers["weights"] == sum(w.size for w in weights.values())


def test_a_wiped_state_depends_on_its_letter_only():
    kept, wiped = (explorers.unroll_numbers(5, "hello", wipe=w)["h"] for w in (False, True))
    assert np.allclose(wiped[3], wiped[4]) and not np.allclose(kept[3], kept[4])


def test_every_control_of_the_stepper_changes_picture_and_words():
    shown = explorers.unroll_stepper()
    for name, value in (("step", 0), ("step", 5), ("wipe", True), ("text", "a$<b>é漢")):
        assert moved(shown, name, value), name
    shown.controls["text"].value = "a"
    assert "room for 2 to 8" in shown.error
    shown.controls["text"].value = "machines!"
    assert "9 letters" in shown.error


# ---- gates


@pytest.fixture(scope="module")
def reader():
    torch.manual_seed(0)
    vocabulary = Vocabulary("abc .")
    return r.LanguageModel(len(vocabulary), 6, 12, forget_bias=1.0, fast=True), vocabulary


def test_gates_are_those_of_the_cell_and_bits_those_of_the_model(reader):
    model, vocabulary = reader
    numbers = explorers.gate_numbers(model, vocabulary, "ab c", units=12, order="unit number")
    record = []
    model(torch.tensor([[vocabulary.start, *vocabulary.encode("ab c")]]), record=record)
    wanted = record[0]["f"][0, 1:].T.detach()
    assert np.allclose(numbers["values"], wanted)
    scored = neural.NeuralLM(model, vocabulary).token_log_probs("ab c")[:-1]
    assert numbers["bits"] == pytest.approx([-metrics.bits(p) for p in scored], abs=1e-5)
    busiest = explorers.gate_numbers(model, vocabulary, "ab c", units=3)
    assert busiest["rows"][0] == numbers["values"].std(axis=1).argmax()


def test_every_control_of_the_gate_viewer_changes_the_picture(reader):
    shown = explorers.gate_viewer(*reader, "abc. cab")
    for name, value in (("part", "cell state, tanh(c)"), ("text", "a <b>漢$"),
                        ("part", "hidden state")):
        assert moved(shown, name, value), name
    assert "Unknown, read as <unk>: $, <, >, 漢" in shown.caption
    for name, value in (("order", "unit number"), ("units", 8)):
        before = shown.picture.value
        shown.controls[name].value = value
        assert shown.picture.value != before
    for text, complaint in (("", "0 characters"), ("a" * 61, "61 characters")):
        shown.controls["text"].value = text
        assert complaint in shown.error


def test_a_model_without_gates_is_refused_in_words(reader):
    model = r.LanguageModel(len(reader[1]), 6, 12, cell="rnn")
    with pytest.raises(ValueError, match="cell='lstm'"):
        explorers.gate_numbers(model, reader[1], "abc")


def test_steps_are_one_click_each():
    buttons = core.steps("step", [("first", 1), ("second", 2)], value=2)
    assert (buttons.value, buttons.sent) == (2, 1)
    buttons.receive(0)                              # the first button is clicked
    assert buttons.value == 1
