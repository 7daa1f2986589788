"""Exercises of notebook 00: right answers of every style pass, typical slips are named."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import neural_networks as networks
from helpers.exercises import engine
from helpers.exercises.neural_networks import EXERCISES, layers, lower, runs, starts
from helpers.exercises.neural_networks.gates import CORNERS, TABLES
from helpers.exercises.neural_networks.order import order_fault
from helpers.neural_networks import confusions, convolution, neurons, small_engine
from helpers.neural_networks.small_engine import SmallNode

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # nan and inf, as wrong answers
RECORDS = {record.id: record for record in EXERCISES}
RIGHT = {id: record.solution for id, record in RECORDS.items()}


def drawn(id: str, number: int = 60) -> list[tuple]:
    """Return arguments as the check of an exercise draws them, and its examples."""
    rng = np.random.default_rng(6)
    return [*RECORDS[id].examples, *(RECORDS[id].cases(rng) for _ in range(number))]


# The references are torch's, the course's, or hold by themselves

def test_neurons_keep_their_rules_and_two_of_sixteen_tables_have_none():
    for gate, table in TABLES.items():
        neuron = RIGHT["0.1"](gate)
        share, _ = neurons.best_line(CORNERS, table)
        assert (neuron is None) == (share < 1)
        if neuron:
            assert tuple(neurons.perceptron(CORNERS, neuron[:2], neuron[2])) == table
    missed = [table for table in itertools.product((0, 1), repeat=4)
              if neurons.best_line(CORNERS, table)[0] < 1]
    assert missed == [TABLES["UNLIKE"], TABLES["ALIKE"]]


def test_a_number_times_itself_gets_twice_the_number():
    a, b = SmallNode(3.0), SmallNode(-2.0)
    small_engine.backward(RIGHT["0.2"](a, a))
    assert a.gradient == 6.0
    made, theirs = RIGHT["0.2"](a, b), small_engine.multiply(a, b)
    assert (made.value, made.made_of) == (theirs.value, theirs.made_of)


def test_one_step_is_torchs():
    for w, b, v, x, wanted, rate in drawn("0.3"):
        parameters = torch.tensor([w, b, v], dtype=torch.float64, requires_grad=True)
        loss = (parameters[2] * F.relu(parameters[0] * x + parameters[1]) - wanted) ** 2
        loss.backward()
        np.testing.assert_allclose(RIGHT["0.3"](w, b, v, x, wanted, rate),
                                   (parameters - rate * parameters.grad).detach(), atol=1e-9)


def test_the_step_on_paper():
    assert RIGHT["0.3"](1.0, 0.0, 2.0, 3.0, 5.0, 0.1) == pytest.approx((-0.2, -0.4, 1.4))


def report_of(kind: str, rate: float = 1e-2) -> dict:
    """The report of a run of the course's own experiment."""
    model, losses = confusions.train(kind, rate=rate)
    x, y, *_ = confusions.points()
    sizes = []
    for _ in range(2):
        if kind != "gradients kept" or not sizes:
            model.zero_grad()
        out = confusions.OUTPUTS.get(kind, confusions.OUTPUTS["logits"])(model(x[:50]))
        F.cross_entropy(out, y[:50]).backward()
        sizes.append(math.sqrt(sum(float((p.grad ** 2).sum()) for p in model.parameters())))
    _, right = confusions.judged(model, x, y)
    with torch.no_grad():
        hidden = model[:2](x[:1])[0].tolist()
    return {"classes": confusions.CLASSES, "losses": (losses[0], float(np.mean(losses[-10:]))),
            "right": right, "valid": [3.0, 1.0], "twice": tuple(sizes), "hidden": hidden}


@pytest.mark.parametrize(("kind", "rate", "name"), [
    ("logits", 1e-2, "healthy"), ("softmax first", 1e-2, "softmax twice"),
    ("gradients kept", 1e-2, "gradients add up"), ("equal start", 1e-2, "constant start"),
    ("logits", 3.0, "rate too high")])
def test_runs_that_were_really_made_are_told(kind, rate, name):
    assert RIGHT["0.4"](report_of(kind, rate)) == name


def test_each_kind_of_run_is_drawn_and_keeps_what_the_docstring_promises():
    seen = set()
    for (report,) in drawn("0.4", 300):
        seen.add(RIGHT["0.4"](report))
        first, last = report["losses"]
        rest = report["valid"][-1] - min(report["valid"])
        assert not abs(last - first) < 0.0999
        assert not 0.0101 < rest < 0.0999
        assert not 0.0101 < np.ptp(report["hidden"]) < 0.0999
        if report["right"] >= 0.8:
            assert not 2 / 3 < last / runs.bound_of(report["classes"]) < 1
    assert seen == set(runs.NAMES)


def test_gradients_of_a_batch_are_torchs_and_on_one_row_those_on_paper():
    for weights, x, ids in drawn("0.5"):
        w = {name: torch.tensor(part, requires_grad=True) for name, part in weights.items()}
        hidden = F.relu(torch.tensor(x) @ w["W_1"] + w["b_1"])
        F.cross_entropy(hidden @ w["W_2"] + w["b_2"], torch.tensor(ids)).backward()
        found = RIGHT["0.5"](weights, x, ids)
        for name, part in w.items():
            np.testing.assert_allclose(found[name], part.grad, atol=1e-12)
    example = networks.by_paper.first_example()
    found = RIGHT["0.5"](example.weights, example.x[None], np.array([0]))
    paper = networks.by_paper.backward(example.weights, example.x, example.y)
    for name in found:
        np.testing.assert_allclose(found[name], paper[name], atol=1e-12)
    np.testing.assert_allclose(found["b_2"], [-0.415809, 0.415809], atol=1e-6)


def test_chances_and_loss_are_torchs():
    for logits, ids in drawn("0.6"):
        chances, loss = RIGHT["0.6"](logits, ids)
        np.testing.assert_allclose(chances, torch.tensor(logits).softmax(dim=1), atol=1e-12)
        wanted = F.cross_entropy(torch.tensor(logits), torch.tensor(ids))
        assert loss == pytest.approx(wanted.item())


def test_the_way_is_that_of_torchs_adamw():
    for w, gradients, rate, decay in drawn("0.7"):
        moved = torch.tensor(w, requires_grad=True)
        optimizer = torch.optim.AdamW([moved], lr=rate, weight_decay=decay)
        for gradient in gradients:
            moved.grad = torch.tensor(gradient)
            optimizer.step()
        np.testing.assert_allclose(RIGHT["0.7"](w, gradients, rate, decay), moved.detach(),
                                   atol=1e-9)


@pytest.mark.parametrize(("start", "activation", "name"), [
    ("0.01", "relu", "too small"), ("1 / sqrt(n)", "relu", "too small"),
    ("sqrt(2 / n)", "relu", "kept"), ("1", "relu", "too large"), ("1 / sqrt(n)", "none", "kept"),
    ("sqrt(2 / n)", "none", "too large"), ("sqrt(2 / n)", "tanh", "kept"),
    ("1", "tanh", "too large"), ("0.01", "tanh", "too small")])
def test_starts_that_were_really_made_are_told(start, activation, name):
    sizes = np.array(networks.sizes_through_depth(start, activation=activation))
    assert RIGHT["0.8"](sizes, np.sqrt(sizes), activation) == name


def test_a_constant_start_makes_the_units_of_a_layer_alike():
    x = torch.randn(64, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    sizes, spreads = [], []
    for layer in range(6):
        x = torch.tanh(x @ torch.full((32, 32), 0.03, dtype=x.dtype)) if layer else x
        sizes.append(float((x ** 2).mean()))
        spreads.append(float((x.max(dim=1)[0] - x.min(dim=1)[0]).mean()))
    assert RIGHT["0.8"](np.array(sizes), np.array(spreads), "tanh") == "constant"


def test_starts_of_every_kind_are_drawn():
    seen = set()
    for sizes, spreads, activation in drawn("0.8", 200):
        seen.add(name := RIGHT["0.8"](sizes, spreads, activation))
        factor = (sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1))
        assert activation == "tanh" or not (0.701 < factor < 0.799 or 1.301 < factor < 1.499)
        assert name == "constant" or (spreads > 0.01 * np.sqrt(sizes)).all()
    assert seen == set(starts.NAMES)


def test_dropout_keeps_the_mean_and_is_the_courses():
    x, draws = np.ones((400, 500)), np.random.default_rng(0).random((400, 500))
    for p in (0.1, 0.5, 0.8):
        assert RIGHT["0.9"](x, draws, p, True).mean() == pytest.approx(1, abs=0.03)
        theirs = networks.dropout(torch.tensor(x), p, generator=torch.Generator().manual_seed(0))
        assert set(np.unique(RIGHT["0.9"](x, draws, p, True))) == set(theirs.unique().tolist())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", layers.KINDS)
def test_torchs_norms_are_told_apart(name, seed):
    torch.manual_seed(seed)
    norm = (nn.LayerNorm(5) if name == "layer norm" else nn.BatchNorm1d(5)).double()
    with torch.no_grad():
        norm.weight.uniform_(0.3, 2)
        norm.bias.normal_()
        norm(torch.randn(20, 5, dtype=torch.float64) * 3 + 1)
    norm.train(name.endswith("training"))
    assert RIGHT["0.10"](lambda rows: norm(torch.tensor(rows)).detach().numpy(), 5) == name


def test_shapes_and_weights_are_torchs():
    for shape, plan in drawn("0.11"):
        channels, built = shape[0], []
        for kind, *numbers in plan:
            if kind == "conv":
                out, kernel, stride, padding = numbers
                built.append(nn.Conv2d(channels, out, kernel, stride, padding))
                channels = out
            else:
                built.append(nn.MaxPool2d(*numbers))
        model = nn.Sequential(*built)
        try:
            wanted = tuple(model(torch.zeros(1, *shape)).shape[1:])
        except RuntimeError:
            with pytest.raises(ValueError, match="has no place"):
                RIGHT["0.11"](shape, plan)
        else:
            count = sum(p.numel() for p in model.parameters())
            assert RIGHT["0.11"](shape, plan) == (wanted, count)


def test_what_lenet_learns_below_its_top():
    plan = [("conv", 6, 5, 1, 0), ("pool", 2), ("conv", 16, 5, 1, 0), ("pool", 2)]
    assert RIGHT["0.11"]((1, 32, 32), plan) == ((16, 5, 5), 2_572)
    assert sum(convolution.parameters_by_layer(convolution.lenet5()).values()) == 61_706


def test_the_steps_from_shown_to_valid_add_up_and_a_real_run_has_its_reason():
    told = confusions.three_losses(epochs=2)
    shown, after_eval, valid = (losses[-1] for losses in told.values())
    report = {"shown": shown, "after": after_eval + 0.8 * (shown - after_eval),
              "after, eval": after_eval, "valid": valid, "in both": 0}
    assert valid < shown                                    # dropout 0.5: no bug
    assert RIGHT["0.12"](report) == "dropout"
    assert {RIGHT["0.12"](*call) for call in drawn("0.12")} == set(lower.NAMES)


def test_a_walk_in_that_order_gives_every_node_its_gradient():
    rng = np.random.default_rng(0)
    for made_of, end in drawn("0.13"):
        order = RIGHT["0.13"](made_of, end)
        assert not order_fault(order, made_of, end)
        nodes = {}
        for name in order[::-1]:
            nodes[name] = SmallNode(0.0, tuple((nodes[source], float(rng.normal()))
                                               for source in made_of[name]))
        small_engine.backward(nodes[end])
        collected = dict.fromkeys(order, 0.0) | {end: 1.0}
        names = {id(node): name for name, node in nodes.items()}
        for name in order:
            for source, slope in nodes[name].made_of:
                collected[names[id(source)]] += slope * collected[name]
        assert collected == pytest.approx({name: nodes[name].gradient for name in order})


# Right answers, as learners write them

def neuron_with_ifs(gate):
    if gate == "NOT AND":
        return -3, -2, 4
    if gate == "NOT OR":
        return np.array([-1.0, -1.0, 0.0])
    if gate == "ONLY THE FIRST":
        return 1, -2, -1
    return None


def multiply_by_steps(a, b):
    pairs = []
    pairs.append((b, a.value))
    pairs.append((a, b.value))
    return SmallNode(a.value * b.value, tuple(pairs))


def step_with_names(w, b, v, x, wanted, rate):
    z = w * x + b
    h = max(0, z)
    out = v * h
    slope_out = 2 * (out - wanted)
    slope_v, slope_h = slope_out * h, slope_out * v
    slope_z = slope_h * (1 if z > 0 else 0)
    return [w - rate * slope_z * x, b - rate * slope_z, v - rate * slope_v]


def step_by_nudging(w, b, v, x, wanted, rate):
    """The gradient by trying."""
    def loss(w, b, v):
        return (v * max(w * x + b, 0.0) - wanted) ** 2
    if w * x + b <= 0:
        return w, b, v
    nudge, old = 1e-5, (w, b, v)
    slopes = [(loss(*(n + nudge * (i == k) for k, n in enumerate(old)))
               - loss(*(n - nudge * (i == k) for k, n in enumerate(old)))) / (2 * nudge)
              for i in range(3)]
    return tuple(round(n - rate * slope, 6) for n, slope in zip(old, slopes, strict=True))


def run_in_other_words(report):
    V, (first, last) = report["classes"], report["losses"]
    if report["twice"][1] / report["twice"][0] >= 1.9:
        return "gradients add up"
    if math.isnan(last) or last >= first:
        return "rate too high"
    if np.std(report["hidden"]) < 0.01:
        return "constant start"
    if report["right"] >= 0.8 and last >= math.log(1 + (V - 1) / math.e):
        return "softmax twice"
    if report["valid"][-1] - sorted(report["valid"])[0] >= 0.09:
        return "learning by heart"
    return "healthy"


def gradients_by_torch(weights, x, ids):
    w = {name: torch.tensor(part, requires_grad=True) for name, part in weights.items()}
    hidden = F.relu(torch.tensor(x) @ w["W_1"] + w["b_1"])
    F.cross_entropy(hidden @ w["W_2"] + w["b_2"], torch.tensor(ids)).backward()
    return {name: part.grad for name, part in w.items()}


def gradients_with_a_wish(weights, x, ids):
    N, V = len(x), len(weights["b_2"])
    wish = np.zeros((N, V))
    for i in range(N):
        wish[i, ids[i]] = 1
    z = x @ weights["W_1"] + weights["b_1"]
    a = z.clip(0)
    delta_2 = networks.softmax(a @ weights["W_2"] + weights["b_2"]) - wish
    delta_1 = (delta_2 @ weights["W_2"].T) * (a > 0)
    return {"W_2": a.T @ delta_2 / N, "b_2": delta_2.mean(axis=0), "W_1": x.T @ delta_1 / N,
            "b_1": delta_1.mean(axis=0)}


def loss_by_torch(logits, ids):
    return torch.tensor(logits).softmax(1), F.cross_entropy(torch.tensor(logits), torch.tensor(ids))


def walk_by_the_course(w, gradients, rate, decay):
    memory = None
    for gradient in gradients:
        w, memory = networks.adamw(w, gradient, memory, rate=rate, decay=decay)
    return w


def walk_by_torch(w, gradients, rate, decay):
    moved = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.AdamW([moved], lr=rate, weight_decay=decay)
    for gradient in gradients:
        moved.grad = torch.tensor(gradient)
        optimizer.step()
    return moved.detach()


def start_in_other_words(sizes, spreads, activation):
    alike = spreads / np.sqrt(sizes) < 0.001
    if alike[1:].all():
        return "constant"
    if activation == "tanh" and np.all(sizes[1:] > 0.9):
        return "too large"
    per_layer = np.exp(np.diff(np.log(sizes)).mean())
    return "too small" if per_layer <= 0.7 else "too large" if per_layer >= 1.5 else "kept"


def drop_by_hand(x, draws, p, training):
    if p < 0 or p >= 1:
        raise ValueError("p must be a share below 1")
    out = x.copy()
    if training:
        out = out / (1 - p)
        out[draws < p] = 0.0
    return out


def norm_by_columns(norm, d):
    """What each box makes of a row of zeros and ones in other company, and ten times as large."""
    rng = np.random.default_rng(3)
    row = rng.random(d)
    first = norm(np.vstack([row, rng.random((6, d))]))[0]
    second = norm(np.vstack([row, 9 * rng.random((6, d))]))[0]
    if not np.allclose(first, second):
        return "batch norm, training"
    ten = norm(np.vstack([10 * row, 10 * row]))[0]
    return "layer norm" if np.allclose(ten, first, atol=1e-6) else "batch norm, eval"


def through_with_floor(shape, layers):
    C, H, W = shape
    total = 0
    for layer in layers:
        if layer[0] == "pool":
            H, W = math.floor(H / layer[1]), math.floor(W / layer[1])
        else:
            _, out, k, s, p = layer
            H, W = (math.floor((n + 2 * p - k) / s + 1) for n in (H, W))
            total += k * k * C * out + out
            C = out
        if H < 1 or W < 1:
            raise ValueError(f"{layer} has no place")
    return (C, H, W), total


def reason_by_sorting(report):
    if report["shown"] <= report["valid"]:
        return "nothing to explain"
    if report["in both"]:
        return "leak"
    steps = [(report["shown"] - report["after"], "epoch"),
             (report["after"] - report["after, eval"], "dropout"),
             (report["after, eval"] - report["valid"], "easier data")]
    return sorted(steps)[-1][1]


def order_by_waiting(made_of, end):
    """Takes, again and again, a node that nobody who is needed still waits to hand on to."""
    needed, waiting = {end}, [end]
    for name in waiting:
        for source in made_of[name]:
            if source not in needed:
                needed.add(source)
                waiting.append(source)
    order = []
    while needed:
        ready = next(name for name in sorted(needed)
                     if not any(name in made_of[user] for user in needed))
        order.append(ready)
        needed.remove(ready)
    return order


ACCEPTED = [
    *(("0.1", answer) for answer in (
        neuron_with_ifs, lambda gate: neurons.best_line(CORNERS, TABLES[gate])[1]
        if neurons.best_line(CORNERS, TABLES[gate])[0] == 1 else None,
        lambda gate: None if "LIKE" in gate else list(RIGHT["0.1"](gate)))),
    *(("0.2", answer) for answer in (
        multiply_by_steps, small_engine.multiply,
        lambda a, b: SmallNode(float(a.value * b.value), [[a, b.value], [b, a.value]]))),
    *(("0.3", answer) for answer in (
        step_with_names, step_by_nudging, lambda *given: np.array(RIGHT["0.3"](*given)))),
    *(("0.4", answer) for answer in (
        run_in_other_words, lambda report: np.str_(RIGHT["0.4"](report)),
        lambda report: RIGHT["0.4"](report | {"hidden": sorted(report["hidden"])}))),
    *(("0.5", answer) for answer in (
        gradients_by_torch, gradients_with_a_wish,
        lambda *given: {name: part.tolist() for name, part in RIGHT["0.5"](*given).items()})),
    *(("0.6", answer) for answer in (
        loss_by_torch, lambda logits, ids: (
            networks.softmax(logits),
            -networks.log_softmax(logits)[np.arange(len(ids)), ids].mean()),
        lambda *given: [part.tolist() for part in RIGHT["0.6"](*given)])),
    *(("0.7", answer) for answer in (
        walk_by_the_course, walk_by_torch, lambda *given: list(RIGHT["0.7"](*given)))),
    *(("0.8", answer) for answer in (
        start_in_other_words, lambda *given: np.str_(RIGHT["0.8"](*given)),
        lambda sizes, spreads, activation: RIGHT["0.8"](9 * sizes, 3 * spreads, activation)
        if activation != "tanh" else RIGHT["0.8"](sizes, spreads, activation))),
    *(("0.9", answer) for answer in (
        drop_by_hand, lambda *given: torch.tensor(RIGHT["0.9"](*given)),
        lambda x, draws, p, training: RIGHT["0.9"](x, draws, p, True) if training
        else RIGHT["0.9"](x, 0 * draws, p, False))),
    *(("0.10", answer) for answer in (
        norm_by_columns, lambda *given: np.str_(RIGHT["0.10"](*given)),
        lambda norm, d: RIGHT["0.10"](lambda rows: norm(rows + 0.5), d))),
    *(("0.11", answer) for answer in (
        through_with_floor, lambda *given: RIGHT["0.11"](*given),
        lambda shape, layers: RIGHT["0.11"](shape, [("pool", 1), *layers, ("pool", 1)]))),
    *(("0.12", answer) for answer in (
        reason_by_sorting, lambda report: np.str_(RIGHT["0.12"](report)),
        lambda report: RIGHT["0.12"]({name: 2 * part for name, part in report.items()}))),
    *(("0.13", answer) for answer in (
        order_by_waiting, lambda *given: tuple(RIGHT["0.13"](*given)),
        lambda made_of, end: RIGHT["0.13"](
            {name: parts[::-1] for name, parts in made_of.items()}, end))),
]


@pytest.mark.parametrize(("id", "answer"), ACCEPTED)
def test_a_right_answer_passes_however_it_is_written(id, answer):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "passed", verdict.message


# Wrong answers, as learners write them, and what they are told

def step_in_place(w, b, v, x, wanted, rate):
    h = max(0.0, w * x + b)
    v = v - rate * 2 * (v * h - wanted) * h
    if h > 0:
        d = 2 * (v * h - wanted) * v
        w, b = w - rate * d * x, b - rate * d
    return w, b, v


def step_with_wanted_first(w, b, v, x, wanted, rate):
    h = max(0.0, w * x + b)
    d = 2 * (wanted - v * h)
    gate = h > 0
    return w - rate * d * v * x * gate, b - rate * d * v * gate, v - rate * d * h


def run_by_the_loss_alone(report):
    bound = math.log(1 + (report["classes"] - 1) / math.e)
    said = RIGHT["0.4"](report | {"right": 0.0})
    return "softmax twice" if said in ("healthy", "learning by heart") and (
        report["losses"][1] >= bound) else said


def gradients_summed(weights, x, ids):
    return {name: part * len(x) for name, part in RIGHT["0.5"](weights, x, ids).items()}


def loss_by_the_book(logits, ids):
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return p, -np.mean(np.log(p[range(len(ids)), ids]))


def walk_from_zero(w, gradients, rate, decay):
    m = v = 0
    for t, g in enumerate(gradients):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - rate * decay * w
        w = w - rate * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    return w + 0


def walk_in_place(w, gradients, rate, decay):
    for g in gradients:
        w -= rate * g
    return w


def norm_by_two_rows(norm, d):
    row = np.arange(d) * 1.0
    if not np.allclose(norm(np.stack([row, row + 1]))[0], norm(np.stack([row, row + 7]))[0]):
        return "batch norm, training"
    return "layer norm" if np.allclose(*norm(np.stack([row, 2 * row]))) else "batch norm, eval"


NAMED = [
    ("0.1", lambda gate: (1, 1, -1.5), "That is AND"),
    ("0.1", lambda gate: (1, 1, -0.5) if gate == "UNLIKE" else RIGHT["0.1"](gate),
     "Three of the four places are right"),
    ("0.1", lambda gate: (-1, -1) if gate == "NOT AND" else None, "expected three numbers"),
    ("0.1", lambda gate: None if gate == "NOT AND" else RIGHT["0.1"](gate),
     "there is a neuron for this rule"),
    ("0.2", lambda a, b: SmallNode(a.value * b.value, ((a, a.value), (b, b.value))),
     "The other's".lower()),
    ("0.2", lambda a, b: a.value * b.value, "expected a node"),
    ("0.2", lambda a, b: SmallNode(a.value * b.value, tuple({a: b.value, b: a.value}.items())),
     "pairs in a tuple, not a dict"),
    ("0.2", lambda a, b: SmallNode(a.value * b.value, (a, b)), "expected pairs"),
    ("0.3", step_in_place, "v moved first"),
    ("0.3", step_with_wanted_first, "you went uphill"),
    ("0.3", lambda w, b, v, x, wanted, rate: RIGHT["0.3"](w, b, v, x, wanted, rate / 2),
     "the 2 is missing"),
    ("0.4", run_by_the_loss_alone, "alone proves nothing"),
    ("0.4", lambda report: RIGHT["0.4"](report | {"valid": report["valid"][::len(
        report["valid"]) - 1]}), "You compared with the first epoch"),
    ("0.4", lambda report: "overfitting", "must be one of"),
    ("0.5", gradients_summed, "divide by N"),
    ("0.5", lambda weights, x, ids: RIGHT["0.5"](weights, x, ids)["W_1"], "expected a dict"),
    ("0.5", lambda weights, x, ids: {name: -part for name, part in RIGHT["0.5"](
        weights, x, ids).items()}, "All signs are turned round"),
    ("0.6", loss_by_the_book, "Take the largest logit of each row off first"),
    ("0.6", lambda logits, ids: RIGHT["0.6"](logits, ids)[1], "expected the parts"),
    ("0.6", lambda logits, ids: (RIGHT["0.6"](logits, ids)[0], -np.log(
        RIGHT["0.6"](logits, ids)[0][range(len(ids)), ids] + 1e-9).mean()), "puts a ceiling"),
    ("0.7", walk_from_zero, "t is 0 in your first update"),
    ("0.7", walk_in_place, "changed `w`"),
    ("0.7", lambda w, gradients, rate, decay: RIGHT["0.7"](w, gradients, rate, 0.0),
     "The decay is missing"),
    ("0.8", lambda sizes, spreads, activation: RIGHT["0.8"](sizes, spreads, "relu"),
     "it has nowhere to grow"),
    ("0.8", lambda sizes, spreads, activation: RIGHT["0.8"](sizes, 0 * spreads + 1e5, activation),
     "That is a constant start"),
    ("0.8", lambda sizes, spreads, activation: "exploding", "must be one of"),
    ("0.9", lambda x, draws, p, training: np.where(draws < p, 0, x), "does not grow"),
    ("0.9", lambda x, draws, p, training: RIGHT["0.9"](x, draws, p, True),
     "You drop in a test as well"),
    ("0.9", lambda x, draws, p, training: RIGHT["0.9"](x, draws, min(max(p, 0), 0.999), training),
     "Refuse it"),
    ("0.10", norm_by_two_rows, "Give it two neighbours or more"),
    ("0.10", lambda norm, d: norm(np.zeros((1, d))), "takes (N, 3)"),
    ("0.10", lambda norm, d: "batch norm", "must be one of"),
    ("0.11", lambda shape, layers: (RIGHT["0.11"](shape, layers)[0], sum(
        layer[1] * layer[2] ** 2 + layer[1] for layer in layers if layer[0] == "conv")),
     "reads all channels"),
    ("0.11", lambda shape, layers: (RIGHT["0.11"](shape, layers)[0][::-1],
                                    RIGHT["0.11"](shape, layers)[1]), "expected"),
    ("0.11", lambda shape, layers: RIGHT["0.11"](shape, layers)[0], "expected the parts"),
    ("0.12", lambda report: "leak" if report["in both"] else RIGHT["0.12"](report),
     "there is nothing to explain"),
    ("0.12", lambda report: RIGHT["0.12"](report | {"in both": 0}), "known by heart"),
    ("0.12", lambda report: "bug", "must be one of"),
    ("0.13", lambda made_of, end: RIGHT["0.13"](made_of, end)[::-1], "the way forward"),
    ("0.13", lambda made_of, end: set(RIGHT["0.13"](made_of, end)), "expected a list of names"),
    ("0.13", lambda made_of, end: [*RIGHT["0.13"](made_of, end), "g"], "'g'"),
]


@pytest.mark.parametrize(("id", "answer", "said"), NAMED)
def test_a_wrong_answer_is_told_what_is_wrong(id, answer, said):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "failed"
    assert said in verdict.message, verdict.message


@pytest.mark.parametrize(("id", "name"), [
    ("0.4", "softmax twice"), ("0.8", "kept"), ("0.10", "layer norm"), ("0.12", "leak")])
def test_a_judgement_is_not_given_away_by_its_check(id, name):
    message = engine.judge(RECORDS[id], lambda *given: name).message
    assert f"is not '{name}'" in message
    assert "expected" not in message


def test_an_order_that_differs_from_the_courses_passes():
    made_of = {"a": [], "b": [], "c": ["a", "b"]}
    assert not order_fault(["c", "b", "a"], made_of, "c")
    assert not order_fault(["c", "a", "b"], made_of, "c")
    assert "comes before" in order_fault(["a", "c", "b"], made_of, "c")


def test_ids_stand_in_order_and_the_starred_ones_take_35_minutes_at_most():
    assert [record.id for record in EXERCISES] == [f"0.{n}" for n in range(1, 14)]
    starred = [record for record in EXERCISES if record.starred]
    assert [record.id for record in starred] == ["0.1", "0.2", "0.3", "0.4"]
    assert sum(record.minutes for record in starred) <= 35
