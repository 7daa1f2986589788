"""Neural networks: numbers by hand, gradients by trying, rules and layers against torch's."""

import ast
import inspect
import math
import statistics

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import neural_networks as nn
from helpers import training
from helpers.neural_networks import confusions, convolution, cost, depth, fitting, layers, neurons
from helpers.neural_networks import small_engine as small

CORNERS = np.array(neurons.CORNERS)
EXAMPLES = {"first": nn.by_paper.first_example(), "second": nn.by_paper.second_example()}


# ---- the engine, whole and small


def expression(a, b, tanh=lambda x: x.tanh(), relu=lambda x: x.relu()):
    """Uses every operation, a and b several times, a long way beside a short one."""
    c = a * b + a
    d = tanh(c * c - b) * 3
    return relu(d + c) + relu(-d - 9) + (2 - d) * a + d


@settings(max_examples=50)
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_the_engines_gradients_are_torchs(a, b):
    nodes = nn.Node(a), nn.Node(b)
    tensors = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (a, b)]
    mine, theirs = expression(*nodes), expression(*tensors)
    mine.backward()
    theirs.backward()
    assert mine.value == pytest.approx(theirs.item(), abs=1e-12)
    for node, tensor in zip(nodes, tensors, strict=True):
        assert node.grad == pytest.approx(tensor.grad.item(), abs=1e-10)


def test_every_gradient_of_the_engine_is_that_of_finite_differences():
    network = nn.TinyNetwork(3, seed=2)
    network.loss().backward()
    for weight in network.weights:
        losses = []
        for nudge in (1e-6, -1e-6):
            weight.value += nudge
            losses.append(network.loss().value)
            weight.value -= nudge
        assert weight.grad == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-6)


def test_a_value_used_twice_collects_both_gradients():
    a = nn.Node(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.grad, b.grad, a.grad) == (1, 2, 4)
    square = a * a
    a.grad = 0.0
    square.backward()
    assert a.grad == 2


def test_walking_twice_adds_the_same_again_in_inner_nodes_too_until_it_is_set_to_0():
    a = nn.Node(2.0)
    b = a * 3
    out = (b * b).tanh() + b
    out.backward()
    once = out.grad, b.grad, a.grad
    out.backward()
    assert (out.grad, b.grad, a.grad) == tuple(2 * g for g in once)
    out.zero_grad()
    assert (out.grad, b.grad, a.grad) == (0, 0, 0)
    out.backward()
    assert (out.grad, b.grad, a.grad) == once


def test_a_long_chain_and_many_ways_through_a_graph_are_walked():
    a = out = nn.Node(1.0)
    for _ in range(5000):
        out = out + 1
    out.backward()
    assert a.grad == 1
    b = out = nn.Node(1.0)
    for _ in range(60):
        out = out + out
    out.backward()
    assert b.grad == 2.0 ** 60


def test_relu_has_slope_0_at_0_as_in_torch():
    a = nn.Node(0.0)
    a.relu().backward()
    assert a.grad == 0 and repr(nn.Node(1.5)) == "Node(1.5, grad 0)"


def small_diamond():
    """out = b + d with d = 3 b: b is reached over a short way and a long one. d out / d a = 8."""
    a, two, three = (small.SmallNode(v) for v in (5.0, 2.0, 3.0))
    b = small.multiply(a, two)
    return a, small.add(b, small.multiply(b, three))


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_the_small_engine_is_equal_in_numbers_to_the_whole_one(x, y):
    ends = []
    for node, add, multiply in ((small.SmallNode, small.add, small.multiply),
                                (nn.Node, lambda a, b: a + b, lambda a, b: a * b)):
        a, b = node(x), node(y)
        c = add(multiply(a, b), a)
        ends.append((multiply(c, add(c, b)), a, b))
    small.backward(ends[0][0])
    ends[1][0].backward()
    assert ends[0][0].value == ends[1][0].value
    for mine, whole in zip(ends[0][1:], ends[1][1:], strict=True):
        assert mine.gradient == pytest.approx(whole.grad, abs=1e-9)


def test_the_order_of_the_walk_matters():
    a, out = small_diamond()
    small.backward(out)
    assert a.gradient == 8
    small.zero(out)
    small.backward_too_early(out)
    assert a.gradient == 2             # what came over the long way was never passed on
    a = small.SmallNode(1.0)
    chain = small.multiply(small.multiply(a, small.SmallNode(3.0)), small.SmallNode(4.0))
    small.backward_too_early(chain)
    assert a.gradient == 12


def test_the_small_engine_must_be_zeroed_inside_too():
    a = small.SmallNode(1.0)
    b = small.add(a, a)
    c = small.add(b, b)
    small.backward(c)
    assert (a.gradient, b.gradient) == (4, 2)
    small.backward(c)
    assert (a.gradient, b.gradient) == (12, 4)      # not 8: b passed on both walks' gradients
    small.zero(c)
    a.gradient = 0.0
    small.backward(c)
    assert (a.gradient, b.gradient) == (4, 2)


def test_the_three_functions_have_twelve_lines_at_most_and_the_engine_about_sixty():
    def lines(thing):
        tree = ast.parse(inspect.getsource(thing))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
        return len(ast.unparse(tree).replace("\n\n", "\n").splitlines())
    assert all(lines(f) <= 12 for f in (small.add, small.multiply, small.backward))
    assert lines(nn.Node) <= 60


def test_the_engine_learns_xor_from_each_of_five_starts():
    for seed in range(5):
        network = nn.TinyNetwork(3, seed=seed)
        losses = network.train()
        assert len(losses) == 500 and losses[-1] < 0.01 < losses[0]
        assert [round(network(x).value) for x in neurons.CORNERS] == [0, 1, 1, 0]
    assert nn.TinyNetwork(3, seed=4).train(50) == nn.TinyNetwork(3, seed=4).train(50)
    assert len(nn.TinyNetwork(5, activation="relu").weights) == 21
    for wrong in ({"width": 0}, {"activation": "step"}):
        with pytest.raises(ValueError, match="at least 1 hidden unit"):
            nn.TinyNetwork(**wrong)


# ---- one neuron


@pytest.mark.parametrize(("weights", "threshold", "table"), [
    ((1, 1), 2, "AND"), ((1, 1), 1, "OR"), ((-1, -1), -1, "NOT AND")])
def test_a_threshold_makes_and_or_and_not_and(weights, threshold, table):
    told = tuple(neurons.threshold_unit(x, weights, threshold) for x in neurons.CORNERS)
    assert told == neurons.TABLES[table]
    assert tuple(neurons.perceptron(CORNERS, np.array(weights), -threshold)) == told


def test_not_is_a_unit_with_a_negative_weight_and_each_input_needs_a_weight():
    assert [neurons.threshold_unit((x,), (-1,), 0) for x in (0, 1)] == [1, 0]
    with pytest.raises(ValueError, match="2 inputs, 1 weights"):
        neurons.threshold_unit((0, 1), (1,), 0)


@pytest.mark.parametrize("name", ["AND", "OR", "NOT AND"])
def test_the_perceptron_learns_what_a_line_separates_in_finitely_many_updates(name):
    y = np.array(neurons.TABLES[name])
    for seed in range(20):
        found = neurons.learn(CORNERS, y, seed=seed)
        assert found.converged and found.updates == len(found.steps) - 1 < 60
        assert (neurons.perceptron(CORNERS, found.w, found.b) == y).all()
        w, b = found.steps[-1]
        assert np.array_equal(w, found.w) and b == found.b


def test_the_perceptron_converges_on_points_that_a_plane_parts_with_a_margin():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 5))
    side = x @ np.array([1.0, -2, 0.5, 0, 1])
    x, y = x[np.abs(side) > 0.5], (side[np.abs(side) > 0.5] > 0).astype(int)
    assert neurons.learn(x, y, rounds=500).converged


def test_one_update_is_the_rule():
    found = neurons.learn(np.array([[2.0, -1.0]]), np.array([1]), seed=3)
    (w, b), *later = found.steps
    if neurons.perceptron(np.array([2.0, -1.0]), w, b) == 0:
        assert np.allclose(later[0][0], w + [2, -1]) and later[0][1] == b + 1
    one = neurons.learn(np.array([[2.0, -1.0]]), np.array([0]), seed=3)
    both = [len(run.steps) > 1 for run in (found, one)]
    assert sum(both) == 1              # the start is right for one of the two labels
    moved = (found if both[0] else one).steps
    sign = 1 if both[0] else -1
    assert np.allclose(moved[1][0] - moved[0][0], sign * np.array([2, -1]))
    assert moved[1][1] - moved[0][1] == pytest.approx(sign)


def test_no_line_does_xor_and_the_rule_never_ends():
    share, line = neurons.best_line(CORNERS, neurons.TABLES["XOR"])
    assert share == 0.75
    assert (neurons.perceptron(CORNERS, np.array(line[:2]), line[2])
            == neurons.TABLES["XOR"]).mean() == 0.75
    assert neurons.best_line(CORNERS, neurons.TABLES["AND"])[0] == 1
    for seed in range(20):
        found = neurons.learn(CORNERS, np.array(neurons.TABLES["XOR"]), seed=seed)
        assert not found.converged and found.updates > 100
        assert all((neurons.perceptron(CORNERS, w, b) == neurons.TABLES["XOR"]).sum() < 4
                   for w, b in found.steps)
    with pytest.raises(ValueError, match="a label, 0 or 1"):
        neurons.learn(CORNERS, np.array([-1, 1, 1, -1]))


def test_two_hidden_units_set_by_hand_do_xor_exactly():
    assert neurons.xor_by_hand(CORNERS).tolist() == [0, 1, 1, 0]


def test_slopes_of_the_activations_are_those_of_finite_differences():
    z = np.array([-3.0, -0.7, 0.2, 1.0, 4.0])
    for name, (function, slope) in neurons.ACTIVATIONS.items():
        tried = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
        assert np.abs(slope(z) - tried).max() < 1e-6, name
    wide = np.linspace(-5, 5, 10_001)
    assert neurons.ACTIVATIONS["sigmoid"][1](wide).max() == pytest.approx(0.25, abs=1e-12)
    assert neurons.ACTIVATIONS["tanh"][1](wide).max() == pytest.approx(1, abs=1e-12)
    assert neurons.ACTIVATIONS["step"][0](np.array([-1e-9, 0.0, 1.0])).tolist() == [0, 1, 1]
    assert neurons.ACTIVATIONS["sigmoid"][0](np.array([-1000.0, 1000.0])).tolist() == [0, 1]


# ---- the network on paper


def test_the_first_example_is_the_corrected_one():
    example = EXAMPLES["first"]
    found = nn.by_paper.forward(example.weights, example.x)
    assert np.allclose(found["z_1"], (0.68, 0.84, 1.72, 1.16), atol=1e-12)
    assert np.array_equal(found["a_1"], found["z_1"])
    assert np.allclose(found["z_2"], (2.972, 2.632), atol=1e-12)
    assert np.allclose(found["p"], (0.584191, 0.415809), atol=1e-6)
    gradient = nn.by_paper.backward(example.weights, example.x, example.y)
    assert np.allclose(gradient["delta_2"], (-0.415809, 0.415809), atol=1e-6)
    assert np.allclose(gradient["delta_1"], -0.041581, atol=1e-6)
    squared = nn.by_paper.backward(example.weights, example.x, example.y, loss="squared error")
    assert np.allclose(squared["delta_2"], (-0.202010, 0.202010), atol=1e-6)
    assert np.allclose(squared["delta_1"], -0.020201, atol=1e-6)


def test_one_step_of_the_first_example_is_the_corrected_one():
    weights, x, y = EXAMPLES["first"].weights, EXAMPLES["first"].x, EXAMPLES["first"].y
    assert nn.by_paper.loss_of(weights, x, y) == pytest.approx(0.537528, abs=1e-6)
    new = nn.by_paper.step(weights, nn.by_paper.backward(weights, x, y), 0.1)
    assert nn.by_paper.loss_of(new, x, y) == pytest.approx(0.345315, abs=1e-6)
    assert np.allclose(new["W_2"].T, [[.328275, .534928, .771519, .948234],
                                      [.171725, .365072, .528481, .751766]], atol=1e-6)
    assert np.allclose(new["b_2"], (.141581, .158419), atol=1e-6)
    moved = np.array([.004158, .002079, .001247])
    assert np.allclose(new["W_1"] - weights["W_1"], moved[:, None], atol=1e-6)
    assert np.allclose(new["b_1"] - weights["b_1"], .004158, atol=1e-6)


def test_the_second_example_has_whole_numbers_a_silent_unit_and_four_different_deltas():
    example = EXAMPLES["second"]
    found = nn.by_paper.forward(example.weights, example.x)
    assert found["z_1"].tolist() == [1, -2, 1, 2] and found["a_1"].tolist() == [1, 0, 1, 2]
    assert found["z_2"].tolist() == [1, 0]
    p = 1 / (1 + math.exp(-1))
    gradient = nn.by_paper.backward(example.weights, example.x, example.y)
    assert np.allclose(gradient["delta_2"], (p, -p))
    assert np.allclose(gradient["delta_1"], (2 * p, 0, -p, -2 * p))
    assert len(set(gradient["delta_1"].round(9))) == 4
    assert not gradient["W_1"][:, 1].any()          # a silent unit learns nothing from this point


@pytest.mark.parametrize("loss", nn.losses.LOSSES)
@pytest.mark.parametrize("name", EXAMPLES)
def test_backward_on_paper_is_autograd_and_finite_differences(name, loss):
    example = EXAMPLES[name]
    assert nn.by_paper.check(example, loss=loss) < 1e-9
    tensors = {key: torch.tensor(w, requires_grad=True) for key, w in example.weights.items()}
    x, y = torch.tensor(example.x), torch.tensor(example.y)
    z_1 = x @ tensors["W_1"] + tensors["b_1"]
    z_2 = z_1.relu() @ tensors["W_2"] + tensors["b_2"]
    value = F.cross_entropy(z_2, y) if loss == "cross-entropy" else (
        ((z_2.softmax(dim=0) - y) ** 2).sum() / 2)
    value.backward()
    assert nn.by_paper.loss_of(example.weights, example.x, example.y, loss=loss) == pytest.approx(
        value.item(), abs=1e-12)
    gradient = nn.by_paper.backward(example.weights, example.x, example.y, loss=loss)
    for key, tensor in tensors.items():
        assert np.allclose(gradient[key], tensor.grad, atol=1e-12)


def test_the_shortcut_for_activations_of_one_number_is_wrong_for_softmax():
    example = EXAMPLES["first"]
    p = nn.by_paper.forward(example.weights, example.x)["p"]
    shortcut = (p - example.y) * p * (1 - p)
    right = nn.by_paper.backward(example.weights, example.x, example.y,
                                 loss="squared error")["delta_2"]
    assert np.allclose(shortcut, (-0.101005, 0.101005), atol=1e-6)
    assert np.allclose(2 * shortcut, right)         # for two classes it is half of it


def test_without_an_activation_two_layers_are_one_matrix():
    weights = EXAMPLES["second"].weights
    x = np.random.default_rng(0).normal(size=(50, 3))
    one = weights["W_1"] @ weights["W_2"]
    shift = weights["b_1"] @ weights["W_2"] + weights["b_2"]
    assert np.allclose(nn.by_paper.forward(weights, x, activation="none")["z_2"], x @ one + shift,
                       atol=1e-12)
    assert np.abs(nn.by_paper.forward(weights, x)["z_2"] - x @ one - shift).max() > 1


def test_a_later_layer_changes_nothing_before_it_and_x_must_fit():
    example = EXAMPLES["second"]
    other = {**example.weights, "W_2": example.weights["W_2"] * 2}
    before, after = (nn.by_paper.forward(w, example.x) for w in (example.weights, other))
    assert np.array_equal(before["a_1"], after["a_1"]) and before["p"][0] != after["p"][0]
    with pytest.raises(ValueError, match=r"\(4,\), W_1 \(3, 4\): x needs 3"):
        nn.by_paper.forward(example.weights, np.ones(4))


def test_finite_differences_leave_the_array_alone():
    w = np.arange(6.0).reshape(2, 3)
    assert np.allclose(nn.by_paper.finite_differences(lambda v: (v ** 3).sum(), w), 3 * w ** 2,
                       atol=1e-6)
    assert np.array_equal(w, np.arange(6.0).reshape(2, 3))


# ---- softmax and losses


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.floats(-100, 100))
def test_softmax_sums_to_1_and_forgets_a_constant(z, constant):
    z = np.array(z)
    p = nn.softmax(z)
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert np.abs(nn.softmax(z + constant) - p).max() < 1e-12
    assert np.allclose(p, torch.tensor(z).softmax(dim=0), atol=1e-12)
    assert np.allclose(nn.log_softmax(z), torch.tensor(z).log_softmax(dim=0), atol=1e-10)


def test_softmax_and_its_logarithm_are_stable_and_work_on_rows():
    z = np.array([[1e4, 0.0, -1e4], [0.0, 0, 0]])
    assert nn.softmax(z)[0].tolist() == [1, 0, 0] and np.allclose(nn.softmax(z)[1], 1 / 3)
    assert nn.log_softmax(z)[0].tolist() == [0, -1e4, -2e4]


def test_slopes_of_softmax_are_those_of_finite_differences():
    z = np.array([0.3, -1.0, 2.0])
    slopes = nn.losses.softmax_slopes(nn.softmax(z))
    for i in range(3):
        tried = nn.by_paper.finite_differences(lambda v, i=i: nn.softmax(v)[i], z)
        assert np.allclose(slopes[i], tried, atol=1e-9)
    assert np.abs(slopes.sum(axis=1)).max() < 1e-15


def test_cross_entropy_is_log_softmax_and_nll_and_log_softmax_twice_changes_nothing():
    z = torch.randn(6, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = torch.tensor([0, 4, 2, 1, 1, 3])
    assert F.cross_entropy(z, y) == F.nll_loss(z.log_softmax(dim=1), y)
    once = nn.log_softmax(z.numpy())
    assert np.allclose(nn.log_softmax(once), once, atol=1e-14)
    assert np.abs(nn.softmax(nn.softmax(z.numpy())) - nn.softmax(z.numpy())).max() > 0.1
    mine = np.mean([nn.cross_entropy(p, np.eye(5)[k])
                    for p, k in zip(nn.softmax(z.numpy()), y.tolist(), strict=True)])
    assert mine == pytest.approx(F.cross_entropy(z, y).item(), abs=1e-12)


def test_a_sure_and_wrong_network_learns_from_cross_entropy_and_hardly_from_squared_error():
    p, y = nn.softmax(np.array([0.0, 12.0])), np.array([1.0, 0.0])
    by_name = {name: np.abs(slope(p, y)).max() for name, (_, slope) in nn.losses.LOSSES.items()}
    assert by_name["cross-entropy"] > 0.999 and by_name["squared error"] < 1e-4


# ---- rules


TORCHS = {"SGD": lambda w: torch.optim.SGD([w], lr=0.01),
          "momentum": lambda w: torch.optim.SGD([w], lr=0.01, momentum=0.9),
          "Adam": lambda w: torch.optim.Adam([w], lr=0.01),
          "AdamW": lambda w: torch.optim.AdamW([w], lr=0.01)}


@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("name", nn.RULES)
def test_a_rule_is_torchs_optimiser_over_a_thousand_steps(name, dtype, within):
    g = torch.Generator().manual_seed(0)
    start, A = (torch.randn(5, n, generator=g, dtype=dtype) for n in (3, 5))
    theirs, mine, memory = start.clone().requires_grad_(), start, None
    optimizer = TORCHS[name](theirs)
    for _ in range(1000):
        optimizer.zero_grad()
        ((A @ theirs).tanh() ** 2).sum().backward()
        mine, memory = nn.RULES[name](mine, theirs.grad.clone(), memory, rate=0.01)
        optimizer.step()
        assert float((mine - theirs.detach()).abs().max()) < within
    assert (mine - start).abs().max() > 0.1


def test_a_rule_changes_none_of_its_arguments_and_knows_arrays():
    w, gradient, memory = np.ones(2), np.array([3.0, -1.0]), None
    for name, rule in nn.RULES.items():
        for _ in range(3):
            kept = [np.copy(part) for part in memory] if isinstance(memory, tuple) else memory
            _, later = rule(w, gradient, memory, rate=0.1)
            if isinstance(memory, tuple):
                assert all(np.array_equal(a, b) for a, b in zip(kept, memory, strict=True)), name
            memory = later
        assert w.tolist() == [1, 1] and gradient.tolist() == [3, -1]
        memory = None


def test_adams_first_step_is_as_long_as_the_rate_for_any_gradient():
    for size in (1e-4, 3.0, 1e5):
        w, _ = nn.adam(1.0, size, rate=0.1)
        assert w == pytest.approx(1 - 0.1 * size / (size + 1e-8), abs=1e-12)


def test_decay_shrinks_a_weight_without_gradient_in_adamw_alone():
    assert nn.adamw(2.0, 0.0, rate=0.1, decay=0.5)[0] == pytest.approx(1.9)
    assert nn.adam(2.0, 0.0, rate=0.1)[0] == 2


def test_clipping_shortens_and_keeps_the_direction():
    gradient = np.array([3.0, -4.0])
    assert np.allclose(nn.clipped(gradient, 1.0), (0.6, -0.8))
    assert nn.clipped(gradient, 6.0) is gradient
    theirs = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
    theirs.grad = torch.tensor(gradient)
    torch.nn.utils.clip_grad_norm_([theirs], 2.0)
    assert np.allclose(nn.clipped(gradient, 2.0), theirs.grad, atol=1e-5)


def test_the_valley_is_raced_through_and_sgd_flies_out_above_its_limit():
    w = np.array([-4.0, 1.0])
    assert np.allclose(nn.optimisers.valley_gradient(w), nn.by_paper.finite_differences(
        nn.optimisers.valley, w), atol=1e-6)
    ways = {name: nn.race(name, rate=0.07) for name in nn.RULES}
    for way in ways.values():
        assert way.shape == (61, 2) and way[0].tolist() == [-4, 1]
        assert nn.optimisers.valley(way[-1]) < nn.optimisers.valley(way[0]) / 50
    sgd = nn.race("SGD", rate=0.07, steps=10)
    assert np.allclose(sgd[10], (-4 * 0.93 ** 10, (1 - 25 * 0.07) ** 10))
    sizes = [nn.optimisers.valley(nn.race("SGD", rate=r)[-1]) for r in (0.079, 0.081)]
    assert sizes[0] < 20.5 and sizes[1] > 20.5
    with pytest.raises(ValueError, match="there are SGD, momentum, Adam, AdamW"):
        nn.race("adam", rate=0.1)


# ---- layers


def test_a_start_keeps_the_size_of_activations_or_does_not():
    after = {(start, act): nn.sizes_through_depth(start, activation=act)[-1]
             for start in nn.STARTS for act in layers.ACTIVATIONS}
    assert 0.5 < after["sqrt(2 / n)", "relu"] < 2 and 0.5 < after["1 / sqrt(n)", "none"] < 2
    assert after["1 / sqrt(n)", "relu"] == pytest.approx(2.0 ** -20, rel=0.5)
    assert after["0.01", "relu"] < 1e-30 and after["1", "relu"] > 1e30
    assert after["1", "tanh"] > 0.9                 # every unit saturated
    told = nn.sizes_through_depth("1", depth=3)
    assert len(told) == 4 and told[0] == pytest.approx(1, abs=0.02)
    assert told[1] == pytest.approx(256 / 2, rel=0.1)
    with pytest.raises(ValueError, match="there are 0.01, 1 / sqrt"):
        nn.sizes_through_depth("0.1")


def test_dropout_is_torchs_keeps_the_mean_and_is_off_in_eval():
    x = torch.randn(40, 50, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(3)
    theirs = F.dropout(x, 0.4)
    torch.manual_seed(3)
    mine = nn.dropout(x, 0.4)
    assert torch.equal(mine == 0, theirs == 0) and torch.allclose(mine, theirs)
    assert float((mine == 0).float().mean()) == pytest.approx(0.4, abs=0.04)
    many = nn.dropout(torch.ones(100_000), 0.5, generator=torch.Generator().manual_seed(0))
    assert set(many.unique().tolist()) == {0, 2} and float(many.mean()) == pytest.approx(
        1, abs=0.02)
    assert nn.dropout(x, 0.4, training=False) is x and torch.equal(nn.dropout(x, 0.0), x)
    with pytest.raises(ValueError, match="p=1"):
        nn.dropout(x, 1)


def test_layer_norm_is_torchs_and_a_row_does_not_see_the_others():
    g = torch.Generator().manual_seed(0)
    x, gain, shift = torch.randn(4, 6, generator=g) * 3 + 5, torch.randn(6, generator=g), (
        torch.randn(6, generator=g))
    mine = nn.layer_norm(x, gain, shift)
    assert torch.allclose(mine, F.layer_norm(x, (6,), gain, shift), atol=1e-6)
    assert torch.allclose(nn.layer_norm(x[:1], gain, shift), mine[:1], atol=1e-6)
    assert nn.layer_norm(x[None], gain, shift).shape == (1, 4, 6)


def test_batch_norm_is_torchs_in_both_modes_over_several_batches():
    g = torch.Generator().manual_seed(0)
    theirs = torch.nn.BatchNorm1d(6)
    with torch.no_grad():
        theirs.weight.normal_(generator=g)
        theirs.bias.normal_(generator=g)
    running = torch.zeros(6), torch.ones(6)
    for _ in range(5):
        x = torch.randn(7, 6, generator=g) * 2 + 3
        mine, running = nn.batch_norm(x, theirs.weight, theirs.bias, running)
        assert torch.allclose(mine, theirs(x), atol=1e-5)
        assert torch.allclose(running[0], theirs.running_mean, atol=1e-6)
        assert torch.allclose(running[1], theirs.running_var, atol=1e-5)
    theirs.eval()
    x = torch.randn(1, 6, generator=g)
    mine, after = nn.batch_norm(x, theirs.weight, theirs.bias, running, training=False)
    assert torch.allclose(mine, theirs(x), atol=1e-5) and after is running
    with pytest.raises(ValueError, match="one row has no variance"):
        nn.batch_norm(x, theirs.weight, theirs.bias, running)


def test_batch_norm_looks_at_columns_and_layer_norm_at_rows():
    x = torch.randn(8, 5, generator=torch.Generator().manual_seed(1)) * 4 + 2
    one, nothing = torch.ones(5), torch.zeros(5)
    by_column, _ = nn.batch_norm(x, one, nothing, (nothing, one))
    by_row = nn.layer_norm(x, one, nothing)
    assert by_column.mean(dim=0).abs().max() < 1e-5 < by_column.mean(dim=1).abs().max()
    assert by_row.mean(dim=1).abs().max() < 1e-5 < by_row.mean(dim=0).abs().max()


def test_a_way_around_a_branch_of_zeros_is_the_identity():
    x = torch.randn(4, 6, requires_grad=True)
    out = nn.residual(x, lambda h: torch.relu(h @ torch.zeros(6, 6)))
    assert torch.equal(out, x)
    assert torch.equal(torch.autograd.functional.jacobian(
        lambda v: nn.residual(v, lambda h: torch.relu(h @ torch.zeros(6, 6))), x[0]),
        torch.eye(6))
    assert torch.equal(nn.residual(x, lambda h: 2 * h), x + 2 * x)
    with pytest.raises(ValueError, match=r"made \(4, 3\) of x \(4, 6\)"):
        nn.residual(x, lambda h: h[:, :3])


# ---- depth


def test_a_block_is_its_formula_and_with_a_branch_of_zeros_the_identity():
    torch.manual_seed(0)
    x = torch.randn(9, 6)
    for normalised in (True, False):
        plain = depth.Block(6, residual=False, normalised=normalised)
        around = depth.Block(6, residual=True, normalised=normalised)
        around.load_state_dict(plain.state_dict())
        z = x @ plain.linear.weight.T + plain.linear.bias
        z = (z - z.mean(dim=0)) / (z.var(dim=0, correction=0) + 1e-5).sqrt() if normalised else z
        assert torch.allclose(plain(x), z.relu(), atol=1e-5)
        assert torch.allclose(around(x), x + z.relu(), atol=1e-5)
        for p in around.linear.parameters():
            torch.nn.init.zeros_(p)
        assert torch.equal(around(x), x)


def test_the_task_of_the_depth_study_is_fixed_and_a_kind_is_checked():
    x, y = depth.points()
    assert x.shape == (512, 8) and float(y.var()) == pytest.approx(1.36, abs=0.01)
    assert len(depth.KINDS) == 12 and len(depth.build("16 residual blocks, no norm")) == 18
    assert not any(isinstance(m, torch.nn.BatchNorm1d)
                   for m in depth.build("4 plain blocks, no norm").modules())
    with pytest.raises(ValueError, match="'4 plain blocks, BatchNorm'"):
        depth.build("5 plain blocks, BatchNorm")


def table(what="loss"):
    """{(depth, way, norm): {rate: [value per seed]}} of the stored depth study."""
    found = {}
    for kind, rates in training.load_results("depth").items():
        blocks, way, _, *norm = kind.replace(",", "").split()
        found[int(blocks), way, " ".join(norm)] = {
            float(rate): [run[what] for run in runs] for rate, runs in rates.items()}
    return found


def test_the_depth_table_is_whole_and_of_todays_code():
    assert training.changed_since("depth") == [], "run `make checkpoints ARGS=depth`"
    stored = training.load_results("depth")
    assert stored.keys() == set(depth.KINDS)
    for rates in stored.values():
        assert rates.keys() == {f"{rate:g}" for rate in depth.RATES}
        assert all(len(runs) == len(depth.SEEDS) for runs in rates.values())
        assert all(len(run["curve"]) == 25 and run["done"] == depth.UPDATES
                   for runs in rates.values() for run in runs)


def test_with_batchnorm_forty_plain_blocks_train_badly_and_forty_residual_ones_well():
    losses = table()
    plain, around = losses[40, "plain", "BatchNorm"], losses[40, "residual", "BatchNorm"]
    assert min(min(runs) for runs in plain.values()) > 0.4
    assert min(plain[2e-3]) > 0.7
    assert max(around[2e-3] + around[6e-3]) < 0.05
    for rate in depth.RATES:                        # each rate, each seed
        assert all(p > 3 * r for p, r in zip(plain[rate], around[rate], strict=True))


def test_at_depth_four_plain_is_better_at_each_rate_and_seed():
    losses = table()
    for norm in depth.NORMS:
        for rate in depth.RATES:
            pairs = zip(losses[4, "plain", norm][rate], losses[4, "residual", norm][rate],
                        strict=True)
            assert all(p < r for p, r in pairs)


def test_without_normalisation_it_flips():
    losses = table()
    plain, around = losses[40, "plain", "no norm"], losses[40, "residual", "no norm"]
    for rate in depth.RATES:
        assert max(plain[rate]) < 0.1 and min(around[rate]) > 1e4


def test_the_plain_normalised_network_starts_with_an_exploding_gradient():
    first, last = table("first"), table("last")
    ratio = {way: statistics.median(
        a / b for a, b in zip(first[40, way, "BatchNorm"][2e-3], last[40, way, "BatchNorm"][2e-3],
                              strict=True)) for way in depth.WAYS}
    assert ratio["plain"] > 1000 and ratio["residual"] < 30


def test_a_cheap_cell_of_the_depth_table_is_trained_again():
    told = depth.told("4 plain blocks, BatchNorm", rate=2e-3, seed=0)
    stored = training.load_results("depth")["4 plain blocks, BatchNorm"]["0.002"][0]
    assert told["curve"][:5] == pytest.approx(stored["curve"][:5], rel=0.01)
    assert told["loss"] < 0.005 and stored["loss"] < 0.005
    assert told["first"] == pytest.approx(stored["first"], rel=0.01)


@pytest.mark.slow
def test_one_more_cell_of_the_depth_table_is_trained_again():
    for kind, low, high in (("40 plain blocks, BatchNorm", 0.5, 1.2),
                            ("40 residual blocks, BatchNorm", 0.0, 0.05)):
        told = depth.told(kind, rate=2e-3, seed=1)
        assert low <= told["loss"] < high
        assert low <= training.load_results("depth")[kind]["0.002"][1]["loss"] < high


# ---- convolution


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_convolution_by_hand_is_torchs(stride, padding):
    rng = np.random.default_rng(0)
    x, kernel, bias = rng.normal(size=(3, 8, 9)), rng.normal(size=(5, 3, 3, 3)), rng.normal(size=5)
    mine = convolution.convolve(x, kernel, bias, stride=stride, padding=padding)
    theirs = F.conv2d(torch.tensor(x)[None], torch.tensor(kernel), torch.tensor(bias),
                      stride=stride, padding=padding)[0]
    assert mine.shape == theirs.shape and np.allclose(mine, theirs, atol=1e-12)
    assert mine.shape[1] == convolution.output_size(8, 3, stride=stride, padding=padding)


def test_what_does_not_fit_under_a_kernel_is_refused():
    with pytest.raises(ValueError, match="2 channels, kernel .* reads 3"):
        convolution.convolve(np.ones((2, 4, 4)), np.ones((1, 3, 3, 3)))
    with pytest.raises(ValueError, match="no place on 2 numbers"):
        convolution.convolve(np.ones((1, 2, 4)), np.ones((1, 1, 3, 3)))
    assert convolution.output_size(3, 3) == 1


@pytest.mark.parametrize("size", [2, 3])
def test_max_pooling_is_torchs_also_where_a_rest_is_left_over(size):
    x = np.random.default_rng(0).normal(size=(2, 7, 8))
    assert np.array_equal(convolution.max_pool(x, size), F.max_pool2d(torch.tensor(x), size))


def test_the_receptive_field_is_what_the_gradient_reaches():
    for k in (1, 2, 3, 5):
        seen = convolution.seen_by_centre(k)
        assert convolution.receptive_field([(3, 1)] * k) == 2 * k + 1 == seen.any(axis=0).sum()
        assert seen.sum() == (2 * k + 1) ** 2
    strided = [(3, 2), (3, 1), (2, 2), (3, 1)]
    x = torch.zeros(1, 1, 60, requires_grad=True)
    out = x
    for kernel, stride in strided:
        out = F.conv1d(out, torch.ones(1, 1, kernel), stride=stride)
    out[0, 0, 3].backward()
    assert int((x.grad != 0).sum()) == convolution.receptive_field(strided)
    assert convolution.seen_by_centre(2, kernel=5).sum() == 81
    with pytest.raises(ValueError, match="33 pixels in a row, the picture has 31"):
        convolution.seen_by_centre(16)


def test_lenet5_has_61706_weights_and_reads_pictures_of_32_by_32():
    model = convolution.lenet5()
    counts = convolution.parameters_by_layer(model)
    assert list(counts.values()) == [156, 2416, 48_120, 10_164, 850]
    assert sum(counts.values()) == 61_706 and list(counts)[0] == "Conv2d 1 -> 6"
    assert model(torch.zeros(3, 1, 32, 32)).shape == (3, 10)


def test_a_bottleneck_saves_nine_tenths_of_the_multiplications_and_1_x_1_is_linear():
    direct, through = convolution.bottleneck()
    assert direct == 28 * 28 * 25 * 192 * 32 == 120_422_400
    assert through == 28 * 28 * (192 * 16 + 25 * 16 * 32) == 12_443_648
    x, layer = torch.randn(1, 4, 5, 6), torch.nn.Conv2d(4, 7, 1)
    assert torch.allclose(F.linear(x.movedim(1, -1), layer.weight[:, :, 0, 0], layer.bias),
                          layer(x).movedim(1, -1), atol=1e-6)
    counted = cost.work(lambda: x[0].flatten(1).T @ layer.weight[:, :, 0, 0].T)["products"]
    assert counted == 2 * convolution.multiplications(4, 7, 1, places=30)


def test_a_convolution_takes_any_length():
    assert convolution.lengths_out() == [5, 17, 100] and convolution.lengths_out([1]) == [1]


# ---- where the work goes


@pytest.mark.parametrize("kind", cost.KINDS)
@pytest.mark.parametrize("d", [16, 256])
def test_counted_products_are_the_formula_and_nearly_all_of_the_arithmetic(kind, d):
    found = cost.work(cost.example(kind, d))
    assert found["products"] == cost.formula(kind, d)
    assert found["products"] / sum(found.values()) > 0.9


def test_what_is_no_product_is_counted_by_the_numbers_it_writes_and_views_by_none():
    x = torch.ones(4, 6)
    assert cost.work(lambda: (x.T.reshape(6, 4) + 1).tanh()) == {"products": 0, "rest": 48}
    assert cost.work(cost.example("RNN step", 8, rows=3))["rest"] == 3 * 3 * 8
    with pytest.raises(ValueError, match="two layers, RNN step, attention"):
        cost.example("LSTM", 8)


def test_the_share_of_time_is_a_share():
    assert 0 < cost.time_share(cost.example("two layers", 64), times=3) < 1
    assert cost.time_share(lambda: torch.ones(100).tanh(), times=2) == 0


# ---- what goes wrong without an error message


def best(kind):
    """{rate: [run per seed]} at the rate with the least mean nats."""
    rates = training.load_results("confusions")[kind]
    return min(rates.values(), key=lambda runs: sum(run["nats"] for run in runs))


def test_the_table_of_confusions_is_whole_and_of_todays_code():
    assert training.changed_since("confusions") == [], "run `make checkpoints ARGS=confusions`"
    stored = training.load_results("confusions")
    assert stored.keys() == set(confusions.KINDS)
    assert all(len(rates[f"{rate:g}"]) == 3 for rates in stored.values()
               for rate in confusions.RATES)


def pairs_of(kind):
    """(right run, run of this kind) at each rate and seed."""
    stored = training.load_results("confusions")
    return [pair for rate in stored[kind]
            for pair in zip(stored["logits"][rate], stored[kind][rate], strict=True)]


def test_softmax_before_cross_entropy_works_and_learns_worse_at_each_ones_best_rate():
    right, twice = best("logits"), best("softmax first")
    assert min(run["right"] for run in twice) > 0.6         # chance is 1 in 30
    assert statistics.mean(run["nats"] for run in twice) > 0.3 + statistics.mean(
        run["nats"] for run in right)
    pairs = pairs_of("softmax first")
    assert all(wrong["nats"] > fine["nats"] + 0.03 for fine, wrong in pairs)
    for at_rate in (pairs[:3], pairs[3:6], pairs[6:]):
        assert sum(fine["right"] - wrong["right"] for fine, wrong in at_rate) / 3 > 0.02


def test_softmax_before_cross_entropy_has_a_floor_that_no_answer_is_sure_enough_to_pass():
    floor = confusions.floor_of_softmax_twice()
    assert floor == pytest.approx(math.log(1 + 29 / math.e), abs=1e-6)
    assert all(min(wrong["curve"]) > floor for _, wrong in pairs_of("softmax first"))
    sure = torch.eye(30).mul(1000).softmax(dim=1)
    assert F.cross_entropy(sure, torch.arange(30)).item() == pytest.approx(floor, abs=1e-6)


def test_log_softmax_before_cross_entropy_changes_nothing():
    for right, twice in pairs_of("log-softmax first"):
        assert twice["curve"] == pytest.approx(right["curve"], abs=1e-3)
        assert twice["nats"] == pytest.approx(right["nats"], abs=1e-3)


def test_gradients_that_are_kept_spoil_a_run_at_each_rate():
    assert all(kept["nats"] > 2 * right["nats"] and kept["right"] < right["right"] - 0.05
               for right, kept in pairs_of("gradients kept"))


def test_units_that_start_equal_stay_equal():
    model, losses = confusions.train("equal start", rate=3e-3)
    assert losses[0] == pytest.approx(math.log(30), abs=1e-6)
    spread = (model[0].weight.max(dim=0).values - model[0].weight.min(dim=0).values).max()
    assert spread < 1e-5 < model[0].weight.abs().max() / 1000       # but for rounding
    assert all(run["right"] < 0.25 for _, run in pairs_of("equal start"))
    with pytest.raises(ValueError, match="there are logits, softmax first"):
        confusions.train("softmax")


def test_a_cell_of_the_table_of_confusions_is_trained_again():
    told = confusions.told("logits", rate=1e-2, seed=1)
    stored = training.load_results("confusions")["logits"]["0.01"][1]
    assert told["nats"] == pytest.approx(stored["nats"], abs=0.03)
    assert told["curve"][:5] == pytest.approx(stored["curve"][:5], abs=0.01)


def test_the_first_loss_is_log_v_for_a_modest_start_and_a_bad_start_costs_updates():
    runs = {scale: confusions.first_losses(scale) for scale in (0, 1, 10)}
    assert runs[0][0] == pytest.approx(math.log(30), abs=1e-6)
    assert runs[1][0] == pytest.approx(math.log(30), abs=0.3) and runs[10][0] > 8
    when = {scale: next(i for i, loss in enumerate(run) if loss < 0.6)
            for scale, run in runs.items()}
    assert when[0] <= when[1] < when[10] - 20


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_validation_loss_lies_under_the_bar_with_dropout_and_early_on_and_not_otherwise(seed):
    told = confusions.three_losses(0.5, seed=seed)
    bar, after, other = told.values()
    assert len(bar) == 20 and all(o < b for o, b in zip(other, bar, strict=True))
    assert all(a < o for a, o in zip(after, other, strict=True))
    bar, after, other = confusions.three_losses(0.0, seed=seed).values()
    assert other[0] < bar[0] and other[-1] > bar[-1]
    assert after[0] < bar[0]


def test_the_experiments_leave_torchs_random_numbers_alone_and_are_seeded():
    before = torch.get_rng_state()
    first = confusions.three_losses(0.5, epochs=1)
    assert first == confusions.three_losses(0.5, epochs=1)
    fitting.network(1, 2, 1)
    fitting.clouds("ring")
    confusions.train()
    assert torch.equal(torch.get_rng_state(), before)


def test_judging_puts_the_mode_back():
    model, (x, y, *_) = confusions.network(0, dropout=0.5), confusions.points()
    assert confusions.judged(model, x, y) == confusions.judged(model, x, y) and model.training
    model.eval()
    confusions.judged(model, x, y)
    assert not model.training


def test_a_second_backward_is_refused_and_has_two_cures():
    assert "a second time" in confusions.backward_twice()
    assert confusions.backward_twice("keep the graph") == 36
    assert confusions.backward_twice("compute again") == 18
    with pytest.raises(ValueError, match="there are none, keep the graph"):
        confusions.backward_twice("retain")


# ---- curves and points


def test_one_hidden_unit_does_not_make_a_wave_and_32_do():
    errors = {width: fitting.fit_wave(width)[1] for width in (1, 32)}
    assert errors[32] < 1e-2 and errors[1] > 10 * errors[32] and errors[1] > 0.05


def test_a_built_network_goes_through_its_places_and_comes_nearer_with_its_width():
    x = np.linspace(0, 1, 2001)
    errors = [np.abs(fitting.built_to_fit(x, w) - fitting.bump(x)).max() for w in (4, 16, 64)]
    assert errors[0] > errors[1] > errors[2] and errors[2] < 0.005
    places = np.linspace(0, 1, 17)
    assert np.allclose(fitting.built_to_fit(places, 16), fitting.bump(places), atol=1e-12)
    between = fitting.built_to_fit(x, 16, np.sin)
    assert np.allclose(between, np.interp(x, places, np.sin(places)), atol=1e-12)
    with pytest.raises(ValueError, match="at least 1 hidden unit"):
        fitting.built_to_fit(x, 0)


@pytest.mark.parametrize(("kind", "line_enough"), [("two clouds", True), ("XOR", False),
                                                   ("ring", False)])
def test_a_hidden_layer_parts_clouds_that_no_line_parts(kind, line_enough):
    x, y = fitting.clouds(kind)
    assert x.shape == (200, 2) and y.tolist().count(1) == 100
    shares = {}
    for activation in ("none", "tanh"):
        model = fitting.network(2, 8, 2, activation=activation)
        training.train(model, lambda _: (x, y), lambda m, b: F.cross_entropy(m(b[0]), b[1]),
                       steps=300, learning_rate=0.03)
        shares[activation] = fitting.share_right(model, x, y)
    assert shares["tanh"] > 0.97
    assert (shares["none"] > 0.97) == line_enough and (line_enough or shares["none"] < 0.8)
    p = fitting.boundary(model, per_axis=7)
    assert p.shape == (7, 7) and p.min() >= 0 and p.max() <= 1
    with torch.no_grad():
        corner = model(torch.tensor([[2.5, -2.5]])).softmax(dim=1)[0, 1]
    assert p[0, -1] == pytest.approx(float(corner), abs=1e-5)


def test_a_network_of_no_width_and_unknown_clouds_are_refused():
    with pytest.raises(ValueError, match="one of tanh, relu, none"):
        fitting.network(2, 3, 2, activation="step")
    with pytest.raises(ValueError, match="there are two clouds, XOR, ring"):
        fitting.clouds("moons")
    one = fitting.network(2, 3, 2, seed=5)[0].weight
    torch.rand(1)
    assert torch.equal(one, fitting.network(2, 3, 2, seed=5)[0].weight)
    assert not torch.equal(one, fitting.network(2, 3, 2, seed=6)[0].weight)


# ---- history


def test_the_cards_stand_in_order_with_the_right_dates():
    cards = nn.history.CARDS
    years = {card.name: card.year for card in cards}
    assert nn.history.out_of_order(list(cards)) == []
    assert len(years) == len(cards)
    right = {"the threshold neuron": 1943, "the perceptron": 1957,
             "reverse-mode differentiation": 1970, "backpropagation becomes known": 1986,
             "a network reads zip codes": 1989, "the LSTM": 1997, "LeNet-5": 1998,
             "the forget gate": 1999, "AlexNet": 2012, "VGG": 2014, "GoogLeNet": 2014,
             "attention in translation": 2014, "ResNet": 2015, "the Transformer": 2017,
             "BERT": 2018}
    assert {name: years[name] for name in right} == right
    layers_of = {card.name: card.layers for card in cards if card.layers}
    assert layers_of == {"LeNet-5": 5, "AlexNet": 8, "VGG": 19, "GoogLeNet": 22, "ResNet": 152}
    before_bert = ("word2vec", "ELMo", "GPT")
    names = [card.name for card in cards]
    assert all(names.index(name) < names.index("BERT") for name in before_bert)


@given(st.integers(2, 12), st.integers(0, 999))
def test_shuffled_cards_are_out_of_order_and_can_be_sorted(number, seed):
    cards = nn.history.shuffled(number, seed=seed)
    assert len({card.year for card in cards}) == number == len(cards)
    assert nn.history.out_of_order(cards)
    assert nn.history.out_of_order(sorted(cards, key=lambda card: card.year)) == []


def test_more_cards_than_years_are_refused():
    with pytest.raises(ValueError, match="one per year"):
        nn.history.shuffled(1)
    with pytest.raises(ValueError, match="99 cards"):
        nn.history.shuffled(99)
