"""Cells against torch and against their equations; models, padding, BPTT by hand, scan, recall."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import rnn_lstm as r
from helpers import training
from helpers.tokenizers import Vocabulary

TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-12}
CELLS = {
    "rnn": (lambda: r.RNNCell(5, 7), lambda: nn.RNN(5, 7, batch_first=True)),
    "relu": (lambda: r.RNNCell(5, 7, activation="relu"),
             lambda: nn.RNN(5, 7, nonlinearity="relu", batch_first=True)),
    "gru": (lambda: r.GRUCell(5, 7, update_bias=1.0), lambda: nn.GRU(5, 7, batch_first=True)),
    "lstm": (lambda: r.LSTMCell(5, 7, forget_bias=1.0), lambda: nn.LSTM(5, 7, batch_first=True)),
}


def made(kind: str, dtype=torch.float64):
    """A cell with nothing at zero, and torch's layer with the same weights."""
    torch.manual_seed(0)
    cell, layer = CELLS[kind][0]().to(dtype), CELLS[kind][1]().to(dtype)
    with torch.no_grad():
        for weight in cell.parameters():
            weight += 0.1 * torch.randn_like(weight)
    layer.load_state_dict(r.torch_weights(cell))
    return cell, layer


# ---- cells


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("steps, batch", [(1, 1), (30, 3)])
@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_run_over_time_is_torchs_layer(kind, steps, batch, dtype):
    cell, layer = made(kind, dtype)
    x = torch.randn(batch, steps, 5, dtype=dtype)
    wanted, last = layer(x)
    last = last if isinstance(last, tuple) else (last,)
    for read in (r.run, r.run_fast):
        outputs, state = read(cell, x)
        assert (outputs - wanted).abs().max() <= TOLERANCE[dtype]
        for ours, theirs in zip(state, last, strict=True):
            assert (ours - theirs[0]).abs().max() <= TOLERANCE[dtype]


@pytest.mark.parametrize("kind", CELLS)
def test_the_gradients_of_all_weights_agree_with_torchs_layer(kind):
    cell, layer = made(kind)
    x = torch.randn(3, 12, 5, dtype=torch.float64)
    for read in (r.run, r.run_fast):
        cell.zero_grad()
        layer.zero_grad()
        read(cell, x)[0].square().sum().backward()
        layer(x)[0].square().sum().backward()
        assert torch.allclose(cell.W_xh.grad, layer.weight_ih_l0.grad, atol=1e-11)
        assert torch.allclose(cell.W_hh.grad, layer.weight_hh_l0.grad, atol=1e-11)
        assert torch.allclose(cell.b_h.grad, layer.bias_ih_l0.grad, atol=1e-11)


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_goes_on_from_a_given_state(kind):
    cell, _ = made(kind)
    x = torch.randn(2, 9, 5, dtype=torch.float64)
    whole, end = r.run(cell, x)
    for read in (r.run, r.run_fast):
        first, state = read(cell, x[:, :4])
        second, last = read(cell, x[:, 4:], state)
        assert torch.allclose(torch.cat([first, second], dim=1), whole, atol=1e-12)
        assert all(torch.allclose(a, b) for a, b in zip(last, end, strict=True))


def test_an_lstm_step_is_its_equations_gate_by_gate():
    cell, _ = made("lstm")
    x, h, c = (torch.randn(3, n, dtype=torch.float64) for n in (5, 7, 7))
    W, U, b = cell.W_xh.chunk(4), cell.W_hh.chunk(4), cell.b_h.chunk(4)
    i, f, g, o = (x @ W[k].T + h @ U[k].T + b[k] for k in range(4))
    new_c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    record = []
    new = cell.step(cell.inputs(x), (h, c), record)
    assert torch.allclose(new[1], new_c) and torch.allclose(
        new[0], torch.sigmoid(o) * torch.tanh(new_c))
    assert set(record[0]) == {"i", "f", "g", "o", "c", "h"}
    assert torch.allclose(record[0]["f"], torch.sigmoid(f))


def test_the_two_resets_of_a_gru_are_two_functions():
    torch.manual_seed(0)
    before = r.GRUCell(5, 7, reset="before").double()
    x, h = torch.randn(3, 5, dtype=torch.float64), torch.randn(3, 7, dtype=torch.float64)
    W, U, b = before.W_xh.chunk(3), before.W_hh.chunk(3), before.b_h.chunk(3)
    R, Z = (torch.sigmoid(x @ W[k].T + h @ U[k].T + b[k]) for k in (0, 1))
    candidate = torch.tanh(x @ W[2].T + (R * h) @ U[2].T + b[2])
    (new,) = before.step(before.inputs(x), (h,))
    assert torch.allclose(new, Z * h + (1 - Z) * candidate)
    after = r.GRUCell(5, 7, reset="after").double()
    after.load_state_dict(before.state_dict(), strict=False)
    assert (after.step(after.inputs(x), (h,))[0] - new).abs().max() > 0.01


def test_an_open_update_gate_keeps_the_state_whatever_the_reset_says():
    for reset in ("before", "after"):
        cell, h = r.GRUCell(5, 7, reset=reset, update_bias=200.0), torch.randn(2, 7)
        with torch.no_grad():
            cell.b_h[:7] = -100.0
        assert torch.equal(cell.step(cell.inputs(torch.randn(2, 5)), (h,))[0], h)


def test_an_open_forget_gate_and_a_shut_input_gate_are_a_conveyor_belt():
    cell, c = r.LSTMCell(5, 7, forget_bias=200.0), torch.randn(2, 7)
    with torch.no_grad():
        cell.b_h[:7] = -200.0
    _, (_, last) = r.run(cell, torch.randn(2, 40, 5), (torch.zeros(2, 7), c))
    assert torch.equal(last, c)


def test_without_a_forget_gate_the_cell_state_grows_in_a_line():
    sizes = {}
    for forget_gate in (True, False):
        torch.manual_seed(0)
        record = []
        r.run(r.LSTMCell(1, 16, forget_gate=forget_gate), torch.ones(1, 400, 1), record=record)
        sizes[forget_gate] = record[0]["c"].abs().mean(dim=(0, 2)).tolist()
    assert sizes[False][399] / sizes[False][199] == pytest.approx(2, rel=0.05)
    assert sizes[True][399] < 1


def test_cells_cost_one_three_and_four_networks():
    count = {kind: sum(p.numel() for p in r.make_cell(kind, 5, 7).parameters()) for kind in r.CELLS}
    # torch has a second bias per gate: 98, 294, 392
    assert count == {"rnn": 91, "gru": 3 * 91 + 7, "lstm": 4 * 91}


def test_odd_cells_are_refused_in_words():
    with pytest.raises(ValueError, match="rnn, gru, lstm"):
        r.make_cell("elman", 2, 2)
    with pytest.raises(ValueError, match="tanh, relu, none"):
        r.RNNCell(2, 2, activation="gelu")
    with pytest.raises(ValueError, match="before"):
        r.GRUCell(2, 2, reset="middle")
    with pytest.raises(ValueError, match="at least 1"):
        r.LSTMCell(0, 2)
    with pytest.raises(ValueError, match="this cell reads 2"):
        r.run(r.RNNCell(2, 2), torch.zeros(1, 3, 5))
    for shape in ((3, 2), (1, 0, 2), (0, 3, 2)):
        with pytest.raises(ValueError, match="batch, time"):
            r.run(r.RNNCell(2, 2), torch.zeros(shape))
    for cell in (r.RNNCell(2, 2, activation="none"), r.GRUCell(2, 2, reset="before"),
                 r.LSTMCell(2, 2, forget_gate=False)):
        with pytest.raises(ValueError, match="use run"):
            r.run_fast(cell, torch.zeros(1, 3, 2))


# ---- both directions


def test_reversing_twice_gives_the_same_and_keeps_padding_in_place():
    x, lengths = torch.arange(12.0).reshape(2, 6, 1), torch.tensor([6, 2])
    turned = r.reverse_padded(x, lengths)
    assert turned[1, :, 0].tolist() == [7, 6, 8, 9, 10, 11]
    assert torch.equal(r.reverse_padded(turned, lengths), x)
    for wrong in ([6], [6, 7], [0, 2]):
        with pytest.raises(ValueError, match="each row needs one"):
            r.reverse_padded(x, torch.tensor(wrong))


@pytest.mark.parametrize("read", [r.run, r.run_fast])
def test_padding_changes_nothing_for_real_steps_and_the_future_is_seen(read):
    torch.manual_seed(0)
    left, right = r.LSTMCell(4, 6), r.LSTMCell(4, 6)
    x = torch.randn(2, 8, 4)
    both = r.run_both_ways(left, right, x, torch.tensor([8, 3]), read=read)
    alone = r.run_both_ways(left, right, x[1:, :3], read=read)
    assert torch.allclose(both[1, :3], alone[0], atol=1e-6)
    changed = x.clone()
    changed[0, 5] += 1
    other = r.run_both_ways(left, right, changed, torch.tensor([8, 3]), read=read)
    assert torch.equal(both[0, 4, :6], other[0, 4, :6])             # from the left: not a bit
    assert (both[0, 4, 6:] - other[0, 4, 6:]).abs().max() > 1e-4    # from the right: yes


# ---- models


def test_a_language_model_is_the_same_fast_and_slow_and_in_pieces():
    torch.manual_seed(0)
    model = r.LanguageModel(11, 6, 8, n_layers=2, cell="gru").eval()
    ids = torch.randint(11, (3, 20))
    slow = model(ids)
    model.fast = True
    assert slow.shape == (3, 20, 11) and torch.allclose(model(ids), slow, atol=1e-6)
    first, states = model.read(ids[:, :7])
    assert torch.allclose(torch.cat([first, model.read(ids[:, 7:], states)[0]], 1), slow, atol=1e-6)


def test_a_language_model_loops_over_its_cell_unless_told_to_be_fast():
    looping = r.LanguageModel(5, 3, 4, cell="rnn", activation="none")
    ids = torch.tensor([[1, 2, 3]])
    assert looping(ids).shape == (1, 3, 5)              # torch has no layer like this cell
    with pytest.raises(ValueError, match="torch has no layer like this RNNCell"):
        r.LanguageModel(5, 3, 4, cell="rnn", activation="none", fast=True)(ids)


def test_a_record_changes_no_logit_and_holds_every_layer_and_step():
    model, record = r.LanguageModel(11, 6, 8, n_layers=2, fast=True), []
    ids = torch.randint(11, (2, 5))
    assert torch.allclose(model(ids), model(ids, record=record), atol=1e-6)
    assert [{part.shape for part in layer.values()} for layer in record] == [{(2, 5, 8)}] * 2
    assert record[1].keys() == {"i", "f", "g", "o", "c", "h"}


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_a_record_holds_the_state_after_each_step_side_by_side(kind):
    cell, x, record = r.make_cell(kind, 3, 4), torch.randn(2, 5, 3), ["before"]
    outputs, state = r.run(cell, x, record=record)
    assert len(record) == 2 and torch.equal(record[1]["h"], outputs)
    for name, part in zip(cell.parts, state, strict=True):
        assert torch.equal(record[1][name][:, -1], part)
    steps = []
    cell.step(cell.inputs(x)[:, 0], cell.start(2), steps)
    for name, gate in steps[0].items():
        assert torch.equal(record[1][name][:, 0], gate)


@pytest.mark.parametrize("read", [r.run, r.run_fast])
@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_a_state_of_another_batch_or_cell_is_refused(read, kind):
    cell, x = r.make_cell(kind, 3, 4), torch.randn(2, 5, 3)
    read(cell, x, cell.start(2))
    other = r.make_cell("rnn" if kind == "lstm" else "lstm", 3, 4)
    for state in (cell.start(1), cell.start(3), other.start(2), r.make_cell(kind, 3, 1).start(2)):
        with pytest.raises(ValueError, match=r"the state has the shapes .* of 2 need \[\(2, 4\)"):
            read(cell, x, state)


@pytest.mark.parametrize("lengths", [
    torch.tensor([[6], [2]]), torch.tensor([6.0, 2.0]), torch.tensor([6]), torch.tensor([6, 0]),
    torch.tensor([7, 2]), torch.tensor(6)])
def test_lengths_that_are_not_one_whole_number_a_row_are_refused(lengths):
    x, cells = torch.randn(2, 6, 3), [r.make_cell("lstm", 3, 4) for _ in range(2)]
    for ask in (lambda: r.reverse_padded(x, lengths),
                lambda: r.run_both_ways(*cells, x, lengths)):
        with pytest.raises(ValueError, match=r"for 2 rows of 6 steps: .* in the shape \(2,\)"):
            ask()


def test_later_tokens_do_not_change_earlier_logits():
    model, ids = r.LanguageModel(11, 6, 8), torch.randint(11, (1, 9))
    changed = ids.clone()
    changed[0, 6:] = (changed[0, 6:] + 1) % 11
    assert torch.equal(model(ids)[0, :6], model(changed)[0, :6])


def test_ids_out_of_the_vocabulary_are_refused_in_words():
    model = r.LanguageModel(11, 6, 8)
    for ids in (torch.tensor([[11]]), torch.tensor([[-1]])):
        with pytest.raises(ValueError, match="0 to 10"):
            model(ids)
    for ids in (torch.tensor([1, 2]), torch.zeros(1, 0, dtype=torch.long)):
        with pytest.raises(ValueError, match="batch, time"):
            model(ids)
    with pytest.raises(ValueError, match="nowhere"):
        r.Tagger(5, 4, 4, 2, looks="right")


def test_a_tagger_sees_what_its_name_says():
    torch.manual_seed(0)
    one, other = torch.tensor([[1, 2, 3, 4]]), torch.tensor([[1, 2, 3, 5]])
    earlier = torch.tensor([[6, 2, 3, 4]])
    for looks, right, left in (("nowhere", 0, 0), ("left", 0, 1), ("both", 1, 1)):
        model = r.Tagger(7, 4, 6, 2, looks=looks)
        assert (model(one)[0, 1] != model(other)[0, 1]).any().item() == bool(right)
        assert (model(one)[0, 1] != model(earlier)[0, 1]).any().item() == bool(left)


# ---- by hand


def problem(steps: int = 7):
    rng = np.random.default_rng(0)
    weights = r.by_hand.start_weights(3, 5, 4, rng=rng)
    return weights, rng.normal(size=(steps, 3)), rng.integers(4, size=steps)


def loss_by_hand(weights, x, targets) -> float:
    return r.by_hand.mean_cross_entropy(r.by_hand.forward(weights, x)[0], targets)[0]


def test_forward_by_hand_is_the_cell():
    weights, x, _ = problem()
    cell = r.RNNCell(3, 5).double()
    with torch.no_grad():
        for own, name in ((cell.W_xh, "W_xh"), (cell.W_hh, "W_hh"), (cell.b_h, "b_h")):
            own.copy_(torch.tensor(weights[name].T))
    outputs, _ = r.run(cell, torch.tensor(x)[None])
    assert np.abs(outputs[0].detach().numpy() - r.by_hand.forward(weights, x)[1][1:]).max() < 1e-12


@pytest.mark.parametrize("steps", [1, 7])
def test_backward_by_hand_agrees_with_tiny_nudges_of_every_number(steps):
    weights, x, targets = problem(steps)
    logits, h = r.by_hand.forward(weights, x)
    slopes = r.by_hand.backward(weights, x, h, r.by_hand.mean_cross_entropy(logits, targets)[1])
    for name, values in {**weights, "x": x}.items():
        for place in np.ndindex(values.shape):
            kept, found = values[place], []
            for nudge in (1e-5, -1e-5):
                values[place] = kept + nudge
                found.append(loss_by_hand(weights, x, targets))
            values[place] = kept
            assert abs((found[0] - found[1]) / 2e-5 - slopes[name][place]) < 1e-8


@pytest.mark.parametrize("piece", [None, 3])
def test_backward_by_hand_is_autograd_also_with_cuts(piece):
    weights, x, targets = problem()
    logits, h = r.by_hand.forward(weights, x)
    _, d_logits = r.by_hand.mean_cross_entropy(logits, targets)
    slopes = r.by_hand.backward(weights, x, h, d_logits, truncate=piece)
    in_torch = {k: torch.tensor(v, requires_grad=True) for k, v in {**weights, "x": x}.items()}
    state, rows = torch.zeros(5, dtype=torch.float64), []
    for t in range(len(x)):
        state = state.detach() if piece and t % piece == 0 else state
        state = torch.tanh(in_torch["x"][t] @ in_torch["W_xh"] + state @ in_torch["W_hh"]
                           + in_torch["b_h"])
        rows.append(state @ in_torch["W_hy"] + in_torch["b_y"])
    F.cross_entropy(torch.stack(rows), torch.tensor(targets)).backward()
    for name, weight in in_torch.items():
        assert np.abs(weight.grad.numpy() - slopes[name]).max() < 1e-12


def test_truncation_stops_the_error_exactly_at_the_cut():
    weights, x, _ = problem(12)
    d_logits = np.zeros((12, 4))
    d_logits[-1] = 1
    h = r.by_hand.forward(weights, x)[1]
    for piece in (3, 4, 6):
        reach = np.abs(r.by_hand.backward(weights, x, h, d_logits, truncate=piece)["x"]).sum(axis=1)
        assert (reach[:12 - piece] == 0).all() and (reach[12 - piece:] > 0).all()
    with pytest.raises(ValueError, match="at least 1 step"):
        r.by_hand.backward(weights, x, h, d_logits, truncate=0)


def test_a_start_keeps_the_size_of_what_passes_through():
    weights = r.by_hand.start_weights(300, 200, 9, rng=np.random.default_rng(0))
    assert weights["W_xh"].std() * math.sqrt(300) == pytest.approx(1, rel=0.02)
    assert weights["W_hy"].std() * math.sqrt(200) == pytest.approx(1, rel=0.05)
    with pytest.raises(ValueError, match="at least one step"):
        r.by_hand.forward(weights, np.zeros((0, 300)))


# ---- scan and recall


@pytest.mark.parametrize("steps", [1, 2, 5, 64, 100])
def test_a_parallel_scan_is_the_loop_in_fewer_rounds(steps):
    torch.manual_seed(0)
    f, u = torch.rand(steps, 3).double(), torch.randn(steps, 3).double()
    at_once, rounds = r.scan_parallel(f, u)
    assert torch.allclose(at_once, r.scan_loop(f, u), atol=1e-12)
    assert rounds == math.ceil(math.log2(steps))
    with pytest.raises(ValueError, match="same shape"):
        r.scan_loop(f, u[:, :2])


def test_what_keeps_the_state_is_the_gate_or_the_spectral_radius():
    before = r.recall.train({"kind": "lstm", "forget_bias": 3.0}, 9, rate=1e-2, seed=0, steps=1)
    assert before["kept"][0] == pytest.approx(1 / (1 + math.exp(-3)), abs=0.02)
    torch.manual_seed(0)
    fresh = r.make_cell("rnn", 5, 32)
    radius = torch.linalg.eigvals(fresh.W_hh).abs().max().item()
    assert r.mean_gate(fresh, torch.zeros(1, 2, 5)) is None
    plain = r.recall.train({"kind": "rnn"}, 9, rate=1e-2, seed=0, steps=1)
    assert plain["kept"] == [pytest.approx(radius)] and radius < 1
    assert plain["signal"][0] < before["signal"][0]


def test_the_recall_task_asks_for_the_first_letter_and_is_seeded():
    x, answers = r.recall.batch_of(6, torch.Generator().manual_seed(0))
    assert x.shape == (64, 6, 5) and torch.equal(x[:, 0].argmax(dim=1), answers)
    assert (x[:, 1:].argmax(dim=2) == 4).all()
    runs = [r.recall.train({"kind": "gru"}, 3, rate=1e-2, seed=1, steps=21) for _ in range(2)]
    assert runs[0] == runs[1] and len(runs[0]["right"]) == 21
    assert len(runs[0]["signal"]) == len(runs[0]["kept"]) == 2
    with pytest.raises(ValueError, match="one step"):
        r.recall.batch_of(0, torch.Generator())


# ---- stored runs, and what a reader may see


@pytest.mark.parametrize("name", ["recall", "runs", "taggers"])
def test_a_stored_table_was_made_by_the_code_of_today(name):
    assert training.changed_since(name) == [], f"run `make checkpoints ARGS={name}`"


def test_the_recall_table_is_whole():
    right = training.load_results("recall")["right"]
    for rate in r.recall.RATES:
        for distance in r.recall.DISTANCES:
            cells = right[f"{rate:g}"][str(distance)]
            assert cells.keys() == r.recall.SETTINGS.keys()
            assert all(len(shares) == len(r.recall.SEEDS) for shares in cells.values())


@pytest.mark.slow
def test_one_more_cell_of_the_recall_table_is_trained_again():
    told = r.recall.train(r.recall.SETTINGS["LSTM, bias 5"], 80, rate=1e-3, seed=1)
    stored = training.load_results("recall")["right"]["0.001"]["80"]["LSTM, bias 5"][1]
    assert np.mean(told["right"][-20:]) == pytest.approx(stored, abs=0.1)


@pytest.mark.slow
def test_a_run_with_too_little_text_learns_it_by_heart_again():
    told, stored = r.runs.curves(**r.runs.FOUR["D"]), training.load_results("runs")["four"]["D"]
    assert told["valid"][-1] > told["valid"][0] - 0.5 and told["train"][-1] < 0.6
    assert told["train"][-1] == pytest.approx(stored["train"][-1], abs=0.2)


def test_a_network_that_may_see_k_characters_does_not_notice_the_one_before():
    known = Vocabulary.from_texts(["abcab"])
    torch.manual_seed(0)
    model = r.LanguageModel(len(known), 4, 6, dropout=0.5)
    one, other = (r.bits_seeing(model, known, [(text, 4)], 3) for text in ("abcab", "bbcab"))
    assert one == other != r.bits_seeing(model, known, [("bbcab", 4)], 4)
    asked = r.places(["abc" * 9, "ab"], 5, 10, seed=1)
    assert len(set(asked)) == 10 and all(i >= 5 for _, i in asked)
    with pytest.raises(ValueError, match="fewer characters"):
        r.bits_seeing(model, known, [("abc", 2)], 3)
    with pytest.raises(ValueError, match="not 99"):
        r.places(["abcdef"], 2, 99)


def test_the_tagger_that_looks_nowhere_is_right_half_of_the_time():
    assert r.train_tagger("nowhere", 0, steps=1) == (0.5, 0.5)
