"""The widgets of notebook 00: numbers known by hand, then controls that change the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from cards import artists, covered, drawn_whole, moved

from helpers import progress, questions
from helpers.explorers import neural_networks as explorers
from helpers.explorers.neural_networks import graphs, learning
from helpers.explorers.neural_networks.boundary_drawing import _half, _lines
from helpers.explorers.picture import named
from helpers.neural_networks import neurons, small_engine

# ---- a boundary that is learnt


@pytest.mark.parametrize("activation", learning.ACTIVATIONS)
@pytest.mark.parametrize("width", [1, 3])
def test_an_update_is_one_of_torchs_gradient_descent(width, activation):
    x, y = learning.points_of("moons")
    start = learning._start(width, 5)
    weights = [torch.tensor(part, requires_grad=True) for part in start]
    bend = {"tanh": torch.tanh, "relu": torch.relu, "none": lambda z: z}[activation]
    trained = weights[:2] if width == 1 else weights
    optimiser = torch.optim.SGD(trained, lr=0.5)
    for _ in range(20):
        z = torch.tensor(x) @ weights[0] + weights[1]
        logits = (z if width == 1 else bend(z)) @ weights[2] + weights[3]
        optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(logits, torch.tensor(y, dtype=torch.double)).backward()
        optimiser.step()
    run = learning.trained(tuple(map(tuple, x.tolist())), tuple(y.tolist()), width, activation,
                           0.5, 5)
    for mine, theirs in zip(run.weights[2], weights, strict=True):
        assert np.allclose(mine, theirs.detach(), atol=1e-9)


@pytest.mark.parametrize("kind", learning.KINDS)
def test_points_lie_on_the_grain_of_the_sliders_and_in_the_plane(kind):
    places, classes = learning.points_of(kind)
    assert np.allclose(places / 0.05, np.round(places / 0.05))
    assert (places > (-0.9, -0.5)).all() and (places < (1.9, 1.5)).all()
    assert np.bincount(classes).min() >= 1 and len(np.unique(places, axis=0)) == len(places)
    if kind in neurons.TABLES:
        assert tuple(classes) == neurons.TABLES[kind]


def test_one_neuron_learns_and_and_or_and_never_xor():
    for seed in range(10):
        right = {kind: explorers.boundary_numbers(kind, 1, "tanh", 3.0, 1000, seed)["right"].sum()
                 for kind in learning.GATES}
        assert right["AND"] == right["OR"] == 4 and right["XOR"] <= 3
    straight = explorers.boundary_numbers("XOR", 8, "none", 0.3, 1000)
    assert straight["right"].sum() <= 3


def test_lines_and_the_boundary_are_where_the_numbers_say():
    numbers = explorers.boundary_numbers("circles", 4, "tanh", 1.0, 500)
    ends = _lines(numbers["lines"]).reshape(4, 3, 2)[:, :2]              # without the gaps
    for (w_1, w_2, b), line in zip(numbers["lines"], ends, strict=True):
        assert np.allclose(line @ (w_1, w_2) + b, 0, atol=1e-9)
    places = _half(numbers["shade"])
    places = places[~np.isnan(places).any(axis=1)]
    run = learning.trained(tuple(map(tuple, numbers["places"].tolist())),
                           tuple(numbers["classes"].tolist()), 4, "tanh", 1.0, 0)
    assert len(places) > 20
    assert np.abs(learning.said(run.weights[50], places, "tanh") - 0.5).max() < 0.05


def test_the_sentences_of_the_boundary_say_what_is_there():
    shown = explorers.decision_boundary()
    assert shown.caption == (
        "After 300 updates the loss is 0.19 nats, and 4 of 4 points are right. 2 hidden units with "
        "tanh; each thin line is where one of them is 0. From update 250 on all are right.")
    assert moved(shown, step=0)
    assert shown.caption.startswith("Before the first update the loss is 0.71 nats, and 2 of 4")
    assert moved(shown, width=1, step=1000)
    assert "0 of 4 points are right. One neuron draws one straight line. For XOR none has more " \
        "than 3 of 4. It says 1/2 everywhere, and so decides nothing." in shown.caption
    assert moved(shown, width=8, activation="none")
    assert "Without a bend 8 hidden units draw one straight line" in shown.caption
    shown.controls["rate"].value = 10.0
    assert "By update 10 the loss is beyond 1,000: the rate is too high." in shown.caption
    assert covered(shown) == []


def test_moving_the_boundary_makes_no_artists_and_covers_nothing():
    shown = explorers.decision_boundary()
    kept, drawn = artists(shown), drawn_whole(shown)
    for step in range(0, 300, 50):
        assert moved(shown, step=step)
    assert not drawn
    for values in ({"points": "spiral"}, {"width": 8}, {"rate": 3.0}, {"seed": 4},
                   {"activation": "relu"}, {"width": 1}):
        assert moved(shown, **values) and covered(shown) == [], values
    assert artists(shown) == kept


def test_a_point_that_is_moved_stays_and_the_network_learns_anew():
    shown = explorers.moving_points()
    assert shown.grip["names"] == ["x", "y"] and shown.grip["across"] == [-0.9, 1.9]
    assert shown.caption.startswith("Point 1 (0 wanted) is at (0.00, 0.00). After 1,000 updates")
    assert moved(shown, x=-0.5) and moved(shown, point=4)
    assert (shown.controls["x"].value, shown.controls["y"].value) == (1.0, 1.0)
    assert moved(shown, y=0.5) and "Point 4 (0 wanted) is at (1.00, 0.50)." in shown.caption
    assert shown.compute(**shown.values)["places"].tolist() == [[-0.5, 0], [0, 1], [1, 0],
                                                                [1, 0.5]]
    kept, drawn = artists(shown), drawn_whole(shown)
    for place in range(5):
        assert moved(shown, x=0.3 * place)
    assert artists(shown) == kept and not drawn
    assert explorers.moving_points().values["x"] == 0.0         # of another card
    shown = explorers.moving_points("spiral")
    assert moved(shown, point=40) and "Point 40 (1 wanted)" in shown.caption


@pytest.mark.parametrize("setting, said", [
    ({"width": 9}, "1 to 8 units"), ({"step": 1001}, "0 to 1,000 updates"),
    ({"activation": "sine"}, "one of none, relu, tanh"), ({"points": "dots"}, "there are AND, OR"),
    ({"places": np.zeros((3, 2))}, r"places \(3, 2\) for the 4 points of XOR")])
def test_what_the_boundary_cannot_be_is_said(setting, said):
    with pytest.raises(ValueError, match=said):
        explorers.boundary_numbers(**setting)


# ---- a backward pass


@pytest.mark.parametrize("name", graphs.GRAPHS)
def test_the_walks_leave_what_the_engine_leaves(name):
    for walk in graphs.WALKS:
        parts = graphs.GRAPHS[name]()
        if walk == graphs.TOO_EARLY:
            small_engine.backward_too_early(parts[-1].node)
        else:
            for _ in range(1 + (walk == graphs.AGAIN)):
                small_engine.backward(parts[-1].node)
        told = graphs.moments(graphs.GRAPHS[name](), walk)
        assert told[-1].gradients == tuple(part.node.gradient for part in parts)


@pytest.mark.parametrize("name", graphs.GRAPHS)
def test_every_value_is_that_of_its_formula(name):
    parts = graphs.GRAPHS[name]()
    known = {part.name: part.node.value for part in parts}
    for part in parts:
        if part.formula:
            code = part.formula.replace("·", "*").replace("tanh z", "np.tanh(z)")
            code = code.replace("relu p", "max(p, 0)")
            assert eval(code, {"np": np}, known) == part.node.value, part.name
    names = [part.name for part in parts]       # each below or right of what it is made of
    assert len(set(names)) == len(names) and parts[0].formula == ""


def test_the_steps_of_b_is_a_plus_a_on_paper():
    shown = explorers.backward_pass()
    assert shown.caption == "Step 4 of 7, backward: b gets 1 × 6 = 6 from c."
    for step, said in enumerate((
            "Step 0 of 7. Given: a = 3. Nothing is computed yet.",
            "Step 1 of 7, forward: b = a + a = 3 + 3 = 6. It grows by 1 per unit of a and by 1 "
            "once more.",
            "Step 2 of 7, forward: c = b · b = 6 · 6 = 36. It grows by 6 per unit of b and by 6 "
            "once more.",
            "Step 3 of 7, backward: c is the end; its gradient is 1: it grows by 1 per unit of "
            "itself.", "Step 4 of 7, backward: b gets 1 × 6 = 6 from c.",
            "Step 5 of 7, backward: b gets 1 × 6 = 6 from c, to the 6 it had: 12.",
            "Step 6 of 7, backward: a gets 12 × 1 = 12 from b.",
            "Step 7 of 7, backward: a gets 12 × 1 = 12 from b, to the 12 it had: 24. Done: where a "
            "grows a little, c grows 24 times as much.")):
        shown.controls["step"].value = step
        assert shown.caption == said
    assert moved(shown, walk=graphs.AGAIN, step=12)
    assert "Done, and wrong: a has 72, right is 24. (torch adds up in a only, and empties what " \
        "lies between: 48.)" in shown.caption
    assert moved(shown, walk=graphs.TOO_EARLY) and "does no harm" in shown.caption
    assert "There is no step 12." in shown.caption
    assert moved(shown, expression="a short way and a long one", step=10)
    assert "Done, and wrong: a has 20, right is 36." in shown.caption


def test_torch_run_twice_has_what_the_sentence_says_of_it():
    a = torch.tensor(3.0, requires_grad=True)
    b = a + a
    c = b * b
    c.backward(retain_graph=True)
    c.backward()
    assert a.grad == 48


def test_every_number_stands_in_the_picture_and_covers_nothing():
    for name in graphs.GRAPHS:
        shown = explorers.backward_pass(name, step=0)
        kept = artists(shown)
        for step in range(1, explorers.backward_numbers(name)["steps"] + 1):
            assert moved(shown, step=step) and covered(shown) == [], (name, step)
        assert artists(shown) == kept
        numbers = shown.compute(**shown.values)
        words = [text.get_text() for text in shown.figure.axes[0].texts]
        for part, gradient in zip(numbers["parts"], numbers["final"], strict=True):
            assert f"value {part.node.value:.3g}".replace("-", "−") in words
            assert f"gradient {gradient:.3g}".replace("-", "−") in words
        assert len(words) == 3 * len(numbers["parts"]) + len(numbers["edges"])


def test_a_step_back_draws_no_axes_and_thickens_one_edge():
    shown = explorers.backward_pass("one neuron with tanh", step=7)
    drawn = drawn_whole(shown)
    for step in range(8, 16):
        assert moved(shown, step=step)
        arrows = shown.figure.axes[0].patches[10:]
        assert sum(arrow.get_linewidth() == 3 for arrow in arrows) == 1
    assert not drawn


def test_what_cannot_be_walked_is_said():
    for setting, said in (({"expression": "a"}, "expressions are b = a"), ({"step": -1}, "begin"),
                          ({"walk": "up"}, "walks in order")):
        with pytest.raises(ValueError, match=said):
            explorers.backward_numbers(**setting)


# ---- ten questions


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))


def right_answers():
    return {one["id"]: one["right"] for one in explorers.self_test_numbers({})["questions"]}


def test_the_ten_questions_have_three_options_each_with_its_feedback():
    asked = explorers.self_test_numbers({})["questions"]
    assert [one["id"] for one in asked] == [f"0.test.{n}" for n in range(1, 11)]
    for one in asked:
        keys = [option["key"] for option in one["options"]]
        assert len(set(keys)) == 3 and one["right"] in keys and "unknown" not in keys
        assert all(option["feedback"] and option["text"] for option in one["options"])
        assert one["section"] in ("1", "2", "3", "4", "5", *"ABCDEFGHIJKL")
    places = [[option["key"] for option in one["options"]].index(one["right"]) for one in asked]
    assert max(map(places.count, range(3))) <= 5                # no letter gives it away


def test_what_to_read_is_what_was_not_known(at_home):
    test = explorers.self_test()
    right = right_answers()
    test.answers = {id: right[id] for id in list(right)[:3]}
    assert test.verdict == "3 of 10 answered."
    test.answers = right | {"0.test.3": "undoes", "0.test.4": "unknown", "0.test.9": "data"}
    assert test.verdict == "7 of 10 right. Read sections 3, 5 and F; the rest you know."
    test.answers = right | {"0.test.10": "score"}
    assert test.verdict == "9 of 10 right. Read section F; the rest you know."
    test.answers = right
    assert test.verdict == ("10 of 10 right. You know what the course leans on: go on with "
                            "notebook 01.")
    test.answers = dict.fromkeys(right, "unknown")
    assert test.verdict.startswith("0 of 10 right. Read this notebook from section 1 on")


def test_answers_are_kept_as_progress_and_told_the_next_time(at_home):
    test = explorers.self_test()
    assert test.earlier == ""
    first = dict(list(right_answers().items())[:1])
    test.answers = first
    assert progress.answers() == first and explorers.self_test().earlier == ""
    test.answers = right_answers() | {"0.test.2": "same"}
    assert len(progress.events()) == 10                         # each once
    assert explorers.self_test().earlier == (
        "Last time: 9 of 10 right. Read section C; the rest you know.")
    assert explorers.self_test().answers == {}


def test_an_answer_that_does_not_exist_is_refused(at_home):
    for answers in ({"0.test.1": "none"}, {"0.test.11": "slopes"}):
        with pytest.raises(ValueError, match="questions are 0.test.1"):
            explorers.self_test_numbers(answers)
    test = explorers.self_test()
    with pytest.raises(ValueError):
        test.answers = {"0.test.1": "none"}
    assert progress.events() == []


def test_where_no_kernel_runs_the_questions_stand_as_text(at_home):
    test = explorers.self_test()
    text = test._repr_mimebundle_()[0]["text/plain"]
    words = " ".join(text.split())
    for one in test.questions:
        assert one["text"] in words and all(o["text"] in words for o in one["options"])
    assert "Right: 1 a (section 3), 2 b (section C), 3 b (section 3)" in words
    assert max(map(len, text.splitlines())) <= 76
    assert questions.FOLDER.joinpath("neural_networks.self_test.json").exists()


def test_a_card_holds_its_picture_and_its_sentence_where_nothing_runs():
    for shown in (explorers.decision_boundary(), explorers.moving_points(),
                  explorers.backward_pass()):
        bundle, _ = shown._repr_mimebundle_()
        assert bundle["image/png"] and shown.caption in bundle["text/plain"]
    ring = named(explorers.decision_boundary().figure.axes[1], "_child2")
    assert ring.get_xdata() == [300]
