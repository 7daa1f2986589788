"""The widgets of notebook 03: numbers known by hand, then controls that change the picture."""

from __future__ import annotations

import re

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


def test_the_words_at_the_pairs_of_steps_say_that_the_gradient_walks_back():
    curve, pairs = explorers.gradient_flow().figure.axes[:2]
    assert curve.get_xlabel() == "step s" and "dh_s" in curve.get_ylabel()
    assert pairs.get_xlabel() == "reaches step s"
    assert pairs.get_ylabel() == "gradient at step t" and "back" in pairs.get_title()


def test_for_a_fading_gradient_the_bottom_row_of_the_pairs_is_nearly_the_curve():
    numbers = explorers.flow_numbers("RNN", 50, 0.9)
    assert np.allclose(numbers["norms"][50] / numbers["signal"], 1, atol=0.1)


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


@pytest.mark.parametrize("name, values", [("rho", (1.2, 0.7, 1.0)), ("length", (30, 31, 60))])
def test_moves_of_gradient_flow_make_no_artists_and_a_drag_of_rho_draws_only_what_moves(
        name, values):
    shown = explorers.gradient_flow()
    kept = set(map(id, shown.figure.findobj()))
    for value in values[:1 + (name == "length")]:
        moved(shown, name, value)
    drawn, full = [], shown.picture.canvas.draw
    shown.picture.canvas.draw = lambda: (drawn.append(1), full())
    for value in values:
        assert moved(shown, name, value) or value == values[0]
    assert bool(drawn) is (name == "length")
    assert {id(a) for axes in shown.figure.axes for a in axes.get_children()} <= kept


def test_all_of_it_and_what_is_not_defined_look_different():
    shown = explorers.gradient_flow()
    right = shown.figure.axes[1]
    norms = right.images[0].get_array()
    assert norms.mask[0, 1] and not norms.mask[1, 1] and right.patches[0].get_hatch()
    assert right.patches[0].get_path().contains_point((30, 10))
    assert not right.patches[0].get_path().contains_point((10, 30))
    assert any("nothing" in text.get_text() for text in right.texts)


# ---- machine


def test_losses_are_the_cross_entropy_and_later_inputs_have_no_influence():
    weights = machine.snapshot_numbers()[8]
    numbers = explorers.machine_numbers(3, weights, 8)
    logits = torch.tensor(r.by_hand.forward(weights, machine.X)[0])
    wanted = F.cross_entropy(logits, torch.tensor(machine.TARGETS)).item()
    assert numbers["losses"].mean() == pytest.approx(wanted, rel=1e-9)
    leaves = {name: torch.tensor(weight) for name, weight in weights.items()}

    def third(x: torch.Tensor) -> torch.Tensor:
        h = torch.zeros(machine.D_HIDDEN, dtype=torch.float64)
        for row in x[:3]:
            h = torch.tanh(row @ leaves["W_xh"] + h @ leaves["W_hh"] + leaves["b_h"])
        return h @ leaves["W_hy"]
    jacobian = torch.autograd.functional.jacobian(third, torch.tensor(machine.X))   # (7, 6, 7)
    assert np.allclose(numbers["influence"], jacobian.square().sum(dim=(0, 2)).sqrt())
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


# ---- belt


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("forget", [0.0, 0.3, 1.0])
def test_what_is_left_of_each_step_adds_up_to_the_state(cell, forget):
    for step in range(7):
        numbers = explorers.belt_numbers(step, forget, 0.7, 0.5, cell)
        assert np.nansum(numbers["left"]) == pytest.approx(numbers["state"][step])
        assert np.isnan(numbers["left"][step:]).all()


def test_the_belt_is_the_cell_with_gates_that_stay():
    numbers = explorers.belt_numbers(6, 0.25, 0.5, 0.75)
    cell = r.LSTMCell(1, 1).double()
    with torch.no_grad():
        cell.W_xh[:], cell.W_hh[:] = 0.0, 0.0
        cell.W_xh[2] = 1.0
        for k, gate in ((0, 0.5), (1, 0.25), (3, 0.75)):
            cell.b_h[k] = np.log(gate / (1 - gate))
    x = torch.tensor(np.arctanh([0.8, 0, 0, -0.6, 0, 0.4]))[None, :, None]
    outputs, (_, c) = r.run(cell, x)
    assert c.item() == pytest.approx(numbers["state"][6])
    assert np.allclose(outputs[0, :, 0].detach(), numbers["shown"][1:])


def test_every_control_of_the_belt_changes_picture_and_words():
    shown = explorers.belt()
    for name, value in (("step", 4), ("forget", 0.9), ("write", 0.5), ("show", 0.2),
                        ("cell", "GRU")):
        assert moved(shown, name, value), name
    with pytest.raises(ValueError, match="LSTM, GRU, 0 to 6"):
        explorers.belt_numbers(7)


# ---- stored results


def test_the_recall_table_has_every_rate_and_each_cell_at_its_best():
    shown = explorers.recall_table("80", "0.01")
    assert "2 with RNN, 0 with LSTM bias 0" in shown.caption
    assert moved(shown, "rate", "0.001") and "0 with RNN" in shown.caption
    assert moved(shown, "distance", "20")
    best = explorers.recall_numbers("80", "best of the three")
    for rate in ("0.01", "0.003", "0.001"):
        assert (best["shares"].mean(axis=1)
                >= explorers.recall_numbers("80", rate)["shares"].mean(axis=1)).all()


def test_the_four_runs_share_one_scale_and_their_names_stand_once():
    figure = explorers.four_runs_figure()
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    assert sum(axes.get_legend() is not None for axes in figure.axes) == 1


def test_the_two_ways_are_the_parts_of_the_whole_gradient():
    ways, whole = explorers.two_ways(3.0), explorers.flow_numbers("LSTM", 50, 0.9, gate_bias=3.0)
    together = np.sqrt(ways["for c"][:-1] ** 2 + ways["for h"][:-1] ** 2)
    assert np.allclose(together, whole["signal"][:-1], rtol=1e-4)


# ---- unrolled network


def test_the_unrolled_states_are_those_of_the_network_by_hand():
    numbers = explorers.unroll_numbers(3, "hello")
    weights = r.by_hand.start_weights(4, 3, 4, rng=np.random.default_rng(0))
    x = np.eye(4)[["ehlo".index(letter) for letter in "hello"]]
    assert np.allclose(numbers["h"], r.by_hand.forward(weights, x)[1])
    assert numbers["probabilities"].sum(axis=1) == pytest.approx(np.ones(5))
    assert numbers["weights"] == sum(w.size for w in weights.values())


def test_the_words_at_the_stepper_count_what_they_name():
    words = explorers.unroll_stepper("hello").caption
    assert "4 different letters" in words and "same 40 numbers" in words
    counted = words.split("W_xh ")[-1].split(".")[0]
    products = re.findall(r"(\d+)·(\d+)", counted)
    biases = re.findall(r"b_[hy] (\d+)", counted)
    assert sum(int(a) * int(b) for a, b in products) + sum(map(int, biases)) == 40


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
