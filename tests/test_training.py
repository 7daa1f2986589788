"""The training loop and its kept runs: nothing is lost, nothing fits by luck."""

import hashlib
import io
import json
import math
import os
import random
import signal
import time
from collections import OrderedDict, defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from helpers import files, training
from helpers.training import keeping
from helpers.training.batches import moved
from helpers.training.keeping import kept_path


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A learner's folder of its own."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _no_bar_and_one_thread(monkeypatch):
    """Models this small only wait for a second thread, ten times longer on a busy machine."""
    monkeypatch.setenv("COURSE_BUILD", "1")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Guess(nn.Module):
    """One weight vector that is to become a target vector."""

    def __init__(self, start=(0.0, 0.0)):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(start))


def network(width=6, dropout=0.5):
    torch.manual_seed(7)
    return nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Dropout(dropout), nn.Linear(width, 4))


def draw(generator):
    x = torch.randn(5, 3, generator=generator)
    return x, (x.sum(1) > 0).long() + 2 * (x[:, 0] > 0).long()


def loss_fn(model, batch):
    x, y = batch
    return F.cross_entropy(model(x), y)


def validate(model):
    return loss_fn(model, draw(torch.Generator().manual_seed(99)))


def nothing(generator):
    return None


def distance(model, batch):
    return (model.w - torch.tensor([3.0, 4.0])).square().sum()


def script(values):
    """A validation that returns these values one after the other."""
    left = iter(values)
    return lambda model: next(left)


def interrupt_at(step, error=KeyboardInterrupt, loss=loss_fn):
    """A loss that raises in this step, counted from 1."""
    calls = []

    def broken(model, batch):
        calls.append(1)
        if len(calls) == step:
            raise error
        return loss(model, batch)

    return broken


def weights(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def assert_same(model, other):
    mine, yours = model.state_dict(), other.state_dict()
    assert mine.keys() == yours.keys()
    assert all(torch.equal(mine[name], yours[name]) for name in mine)


# the loop


def test_training_finds_the_weights_that_the_loss_asks_for():
    model = Guess()
    history = training.train(model, nothing, distance, steps=400, learning_rate=0.05, clip=None)
    assert model.w.tolist() == pytest.approx([3.0, 4.0], abs=0.01)
    assert history.losses[0] == pytest.approx(25.0)
    assert history.losses[-1] < 1e-3
    assert history.stopped == "finished"


@pytest.mark.parametrize(("decay", "kind", "clip"), [
    (0.0, torch.optim.Adam, 0.1), (0.3, torch.optim.AdamW, 0.1), (0.0, torch.optim.Adam, None)])
def test_every_step_is_the_one_that_torch_makes_by_hand(decay, kind, clip):
    def loss(model, batch):
        return 10 * loss_fn(model, batch)       # so that the gradient is longer than 1

    model, mine = network(dropout=0.0), network(dropout=0.0)
    training.train(model, draw, loss, steps=7, learning_rate=0.02, weight_decay=decay,
                   clip=clip, schedule=training.warmup_cosine(2), seed=5)
    optimizer = kind(mine.parameters(), **({"weight_decay": decay} if decay else {}))
    generator = torch.Generator().manual_seed(5)
    for step in range(7):
        optimizer.param_groups[0]["lr"] = 0.02 * training.warmup_cosine(2)(step, 7)
        optimizer.zero_grad()
        loss(mine, draw(generator)).backward()
        if clip:
            nn.utils.clip_grad_norm_(mine.parameters(), clip)
        optimizer.step()
    assert_same(model, mine)


def test_training_works_inside_no_grad_too():
    with torch.no_grad():
        assert training.train(Guess(), nothing, distance, steps=2).done == 2


def test_the_history_has_one_entry_per_step_and_the_norm_before_clipping():
    history = training.train(Guess(), nothing, distance, steps=3, learning_rate=0.01, clip=0.001,
                             schedule=lambda step, steps: (step + 1) / steps)
    assert history.steps == [1, 2, 3] and len(history.losses) == 3
    assert history.gradient_norms[0] == pytest.approx(10.0)     # 2 * |(3, 4)|
    assert history.learning_rates == pytest.approx([0.01 / 3, 0.02 / 3, 0.01])


def test_a_history_survives_json():
    history = training.train(network(), draw, loss_fn, steps=4, validate=validate, every=2)
    again = training.History.from_dict(json.loads(json.dumps(history.to_dict())))
    assert again == history and again.valid_steps == [2, 4]
    with pytest.raises(ValueError, match="missing or too many are losses"):
        training.History.from_dict({k: v for k, v in history.to_dict().items() if k != "losses"})


def test_the_warm_up_rises_to_one_and_the_cosine_falls_from_there():
    schedule = training.warmup_cosine(4)
    factors = [schedule(step, 12) for step in range(12)]
    assert factors[:5] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert factors[8] == pytest.approx(0.5)             # half of the way down
    assert factors[4:] == sorted(factors[4:], reverse=True) and 0 < factors[-1] < 0.05
    assert training.warmup_cosine(0)(0, 5) == training.constant(3, 5) == 1.0
    with pytest.raises(ValueError, match="warmup=12 in a run of 12 steps"):
        training.warmup_cosine(12)(0, 12)
    with pytest.raises(ValueError, match="warmup=-1"):
        training.warmup_cosine(-1)


# optimizers, groups, micro-batches, devices


def two_groups(kind, **options):
    """A factory: weights and biases apart, the biases with a tenth of the rate."""
    def make(model):
        named = list(model.named_parameters())
        return kind([{"params": [p for name, p in named if "bias" not in name]},
                     {"params": [p for name, p in named if "bias" in name], "lr": 0.002}],
                    lr=0.02, **options)
    return make


def test_an_optimizer_with_groups_makes_the_steps_that_torch_makes_by_hand():
    def loss(model, batch):
        return 10 * loss_fn(model, batch)

    model, mine, schedule = network(dropout=0.0), network(dropout=0.0), training.warmup_cosine(2)
    make = two_groups(torch.optim.SGD, momentum=0.9)
    history = training.train(model, draw, loss, steps=7, optimizer=make, schedule=schedule, seed=5,
                             clip=0.5)
    optimizer, generator = make(mine), torch.Generator().manual_seed(5)
    for step in range(7):
        for group, rate in zip(optimizer.param_groups, (0.02, 0.002), strict=True):
            group["lr"] = rate * schedule(step, 7)
        optimizer.zero_grad()
        loss(mine, draw(generator)).backward()
        nn.utils.clip_grad_norm_(mine.parameters(), 0.5)
        optimizer.step()
    assert_same(model, mine)
    assert history.learning_rates == [0.02 * schedule(step, 7) for step in range(7)]


def test_clipping_counts_the_gradients_of_all_groups():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = (nn.Parameter(torch.zeros(1)) for _ in range(2))

    lengths = []
    model = Two()
    history = training.train(
        model, nothing, lambda m, _: 3 * m.a.sum() + 1732 * m.b.sum(), steps=1, clip=1.0,
        optimizer=lambda m: torch.optim.SGD([{"params": [m.a]}, {"params": [m.b]}], lr=1.0),
        watch=lambda m, _: lengths.append(math.hypot(m.a.grad, m.b.grad)))
    assert lengths == pytest.approx([1.0])
    assert history.gradient_norms == pytest.approx([math.hypot(3, 1732)])
    assert math.hypot(model.a.item(), model.b.item()) == pytest.approx(1.0)


def test_weights_that_no_group_holds_stay_and_collect_no_gradients():
    model, before, sizes = network(dropout=0.0), network(), []
    training.train(model, lambda g: draw(g.manual_seed(0)), loss_fn, steps=3, clip=None,
                   optimizer=lambda m: torch.optim.SGD(m[3].parameters(), lr=1e-9),
                   watch=lambda m, _: sizes.append(m[0].weight.grad.norm().item()))
    assert torch.equal(model[0].weight, before[0].weight)
    assert sizes == pytest.approx(sizes[:1] * 3, rel=1e-4)


def test_a_step_may_follow_the_mean_of_several_batches():
    model, mine, generator = network(dropout=0.0), network(dropout=0.0), torch.Generator()
    history = training.train(model, draw, loss_fn, steps=4, accumulate=3, seed=5,
                             optimizer=lambda m: torch.optim.SGD(m.parameters(), lr=0.1))
    generator.manual_seed(5)
    optimizer, losses = torch.optim.SGD(mine.parameters(), lr=0.1), []
    for _ in range(4):
        loss = sum(loss_fn(mine, draw(generator)) for _ in range(3)) / 3
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(mine.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    assert history.losses == pytest.approx(losses, rel=1e-5) and history.done == 4
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(tensor, mine.state_dict()[name])


def test_reading_loss_and_norm_waits_for_the_device_once_a_step(monkeypatch):
    calls = []
    for name in ("item", "tolist", "__float__", "__bool__", "__int__", "numpy"):
        original = getattr(torch.Tensor, name)
        monkeypatch.setattr(torch.Tensor, name, lambda *a, original=original, name=name: (
            calls.append(name), original(*a))[1])
    training.train(network(), draw, loss_fn, steps=5, accumulate=2,
                   optimizer=lambda m: torch.optim.SGD(m.parameters(), lr=0.1))
    assert calls == ["tolist"] * 5


Point = namedtuple("Point", "x y")


@dataclass
class Pair:
    x: object
    y: object = None


def test_every_tensor_of_a_nest_is_moved_and_nothing_else_changes():
    one = torch.ones(1)
    nest = {"a": (one, [one, "word"]), "b": Point(one, 3), "c": Pair(one, (one, None)),
            "d": OrderedDict(z=one), "e": defaultdict(list, k=[one]), "f": torch.Generator}
    new = moved(nest, "meta")
    tensors = [new["a"][0], new["a"][1][0], new["b"].x, new["c"].x, new["c"].y[0], new["d"]["z"],
               new["e"]["k"][0]]
    assert {t.device.type for t in tensors} == {"meta"}
    assert (new["a"][1][1], new["b"].y, new["c"].y[1], new["f"]) == (
        "word", 3, None, torch.Generator)
    for key, value in nest.items():
        assert type(new[key]) is type(value)
    assert type(new["a"][1]) is list and new["e"]["none"] == []
    assert nest["a"][1][0] is one and nest["d"]["z"] is one


def test_model_and_batches_go_to_the_device_that_was_asked_for():
    seen = []

    def loss(model, batch):
        seen.extend([model[0].weight.device.type, batch[0].device.type, batch[1].device.type])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        training.train(network(), draw, loss, steps=1, device="meta")
    assert seen == ["meta"] * 3


# watched


def test_watching_a_run_changes_nothing_of_it(capsys):
    seen = []

    def look(model, history):
        seen.append((history.done, model.training, torch.is_grad_enabled(), torch.rand(1).item(),
                     len(history.valid_losses)))
        model.eval()

    model, mine = network(), network()
    settings = {"steps": 6, "every": 2, "validate": validate}
    history = training.train(model, draw, loss_fn, watch=look, **settings)
    assert history == training.train(mine, draw, loss_fn, **settings)
    assert_same(model, mine)
    assert [entry[:3] for entry in seen] == [(step, False, False) for step in range(1, 7)]
    assert [entry[4] for entry in seen] == [0, 1, 1, 2, 2, 3]
    assert len({entry[3] for entry in seen}) == 6       # dropout used some in between


def test_ctrl_c_while_watching_ends_the_run_in_good_order():
    def stop(model, history):
        raise KeyboardInterrupt

    model = network()
    history = training.train(model, draw, loss_fn, steps=6, watch=stop)
    assert (history.done, history.stopped, model.training) == (1, "interrupted", False)


# randomness


def test_the_seed_decides_over_batches_and_dropout():
    runs = {}
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        torch.manual_seed(len(runs))
        model = network()                   # its own seed: the same weights each time
        torch.manual_seed(len(runs) + 50)   # what was drawn before must not matter
        runs[name] = training.train(model, draw, loss_fn, steps=3, seed=seed).losses
    assert runs["a"] == runs["b"] != runs["c"]


def test_the_callers_random_numbers_are_the_same_as_without_a_training():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    model = Guess()
    training.train(model, nothing, lambda m, b: distance(m, b) * torch.rand(()), steps=2)
    assert torch.equal(torch.rand(2), expected)
    torch.manual_seed(3)
    with pytest.raises(ZeroDivisionError):
        training.train(model, nothing, interrupt_at(1, ZeroDivisionError), steps=2)
    assert torch.equal(torch.rand(2), expected)


# validation


def test_validation_is_in_eval_mode_without_gradients_and_after_the_last_step():
    seen, modes = [], []

    def look(model):
        seen.append((model.training, torch.is_grad_enabled()))
        return 1.0

    def loss(model, batch):
        modes.append(model.training)
        return loss_fn(model, batch)

    model = network().eval()
    history = training.train(model, draw, loss, steps=5, validate=look, every=2)
    assert history.valid_steps == [2, 4, 5]
    assert seen == [(False, False)] * 3
    assert modes == [True] * 5
    assert not model.training


def test_the_model_holds_its_best_weights_at_the_end():
    model, after_four = network(), network()
    history = training.train(model, draw, loss_fn, steps=8, every=2,
                             validate=script([3.0, 1.0, 1.0, 2.0]))
    training.train(after_four, draw, loss_fn, steps=4)
    assert_same(model, after_four)
    assert (history.best_step, history.best_loss) == (4, 1.0)      # the first of equals
    assert history.valid_losses == [3.0, 1.0, 1.0, 2.0]


def test_without_validation_the_model_holds_its_last_weights():
    model, mine = network(), network()
    history = training.train(model, draw, loss_fn, steps=4)
    training.train(mine, draw, loss_fn, steps=4, validate=script([1.0]))
    assert_same(model, mine)
    assert history.best_step is history.best_loss is None


@pytest.mark.parametrize(("patience", "steps", "words"), [
    (1, 3, "no better validation loss for 1 evaluation"),
    (2, 6, "no better validation loss for 2 evaluations"),
    (3, 7, "finished")])
def test_patience_counts_validations_since_the_best_one(patience, steps, words):
    values = script([5.0, 4.0, 4.5, 3.0, 3.0, 3.5, 3.2])
    history = training.train(Guess(), nothing, distance, steps=7, every=1, patience=patience,
                             validate=values)
    assert (history.done, history.stopped) == (steps, words)


# stopped


def test_ctrl_c_keeps_the_best_model_and_the_history(capsys):
    model, mine = network(), network()
    history = training.train(model, draw, interrupt_at(8), steps=20, every=3,
                             validate=script([1.0, 2.0]))
    assert (history.done, history.stopped) == (7, "interrupted")
    training.train(mine, draw, loss_fn, steps=3)
    assert_same(model, mine)
    assert not model.training
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "after 7 of 20 steps: the model holds its best weights (step 3, validation" in printed
    assert 'keep="..."' in printed


def test_ctrl_c_says_what_is_kept_and_how_to_go_on(capsys):
    training.train(network(), draw, interrupt_at(8), steps=20, every=3, keep="run")
    assert "'run' is kept up to step 6, the same call with resume=True" in capsys.readouterr().out
    training.train(network(), draw, interrupt_at(2), steps=20, every=3, keep="run")
    printed = capsys.readouterr().out
    assert "nothing of this run is kept yet, the first time is after step 3" in printed
    assert "'run' is still an earlier run" in printed


def test_ctrl_c_during_validation_is_taken_too():
    def broken(model):
        raise KeyboardInterrupt

    model = network()
    history = training.train(model, draw, loss_fn, steps=9, every=3, validate=broken)
    assert (history.done, history.valid_losses, history.stopped) == (3, [], "interrupted")
    assert not model.training


def test_any_other_error_comes_through_with_the_best_weights_in_place():
    model, mine = network(), network()
    with pytest.raises(ZeroDivisionError):
        training.train(model, draw, interrupt_at(5, ZeroDivisionError), steps=9, every=2,
                       validate=script([1.0, 2.0]))
    training.train(mine, draw, loss_fn, steps=2)
    assert_same(model, mine)


def signal_at(step):
    """A loss during which, in this step, the system sends what Ctrl-C sends."""
    calls = []

    def loss(model, batch):
        calls.append(1)
        if len(calls) == step:
            signal.raise_signal(signal.SIGINT)
        return loss_fn(model, batch)

    return loss


@pytest.fixture
def interrupts():
    """Ctrl-C works: a shell that starts the tests in the background tells them to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_a_real_signal_ends_the_run_in_good_order():
    history = training.train(network(), draw, signal_at(12), steps=20, every=5, keep="run",
                             validate=lambda model: 1.0)
    assert (history.stopped, history.done) == ("interrupted", 11)
    assert len(keeping._read("run")["history"]["steps"]) == 10
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("interrupts")
def test_a_real_signal_waits_until_the_run_is_kept(monkeypatch):
    """torch.save that is stopped half-way raises what is no KeyboardInterrupt, or aborts."""
    save, done = torch.save, []

    def stopped(*arguments):
        signal.raise_signal(signal.SIGINT)
        save(*arguments)
        done.append(1)

    with monkeypatch.context() as patched:
        patched.setattr(torch, "save", stopped)
        history = training.train(network(), draw, loss_fn, steps=20, every=5, keep="run")
    assert done == [1] and (history.stopped, history.done) == ("interrupted", 5)
    assert len(keeping._read("run")["history"]["steps"]) == 5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_run_is_kept_in_a_thread_too():
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(training.train, network(), draw, loss_fn, steps=2, keep="run")
    assert run.result().stopped == "finished" and kept_path("run").is_file()


# resumed


SETTINGS = {"learning_rate": 0.05, "validate": validate, "every": 5, "keep": "run", "seed": 4,
            "weight_decay": 0.1}


def uninterrupted():
    model = network()
    return model, training.train(model, draw, loss_fn, steps=20, **{**SETTINGS, "keep": None})


def stranger():
    """A model as from a new kernel: other weights, and other things drawn before."""
    model = network()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(1.0)
    torch.rand(11)
    return model


def test_ten_steps_and_ten_more_are_twenty_steps_to_the_bit():
    expected, history = uninterrupted()
    training.train(network(), draw, loss_fn, steps=10, **SETTINGS)
    model = stranger()
    assert training.train(model, draw, loss_fn, steps=20, resume=True, **SETTINGS) == history
    assert_same(model, expected)


@pytest.mark.parametrize("make", [
    two_groups(torch.optim.SGD, momentum=0.9, nesterov=True), two_groups(torch.optim.SGD),
    two_groups(torch.optim.Adam, amsgrad=True), two_groups(torch.optim.NAdam),
    two_groups(torch.optim.RAdam), two_groups(torch.optim.RMSprop, momentum=0.5, centered=True),
    two_groups(torch.optim.Adagrad), two_groups(torch.optim.Adadelta),
    two_groups(torch.optim.Adamax), two_groups(torch.optim.Rprop), two_groups(torch.optim.ASGD),
    two_groups(torch.optim.Adafactor)])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_every_optimizer_goes_on_to_the_bit(make, kind):
    def loss(model, batch):
        return loss_fn(model, (batch[0].to(kind), batch[1]))

    settings = {"optimizer": make, "keep": "run", "schedule": training.warmup_cosine(3),
                "accumulate": 2}
    expected, model = network().to(kind), network().to(kind)
    history = training.train(expected, draw, loss, steps=12, **{**settings, "keep": None})
    training.train(network().to(kind), draw, interrupt_at(15, loss=loss), steps=12, every=5,
                   **settings)
    assert training.train(model, draw, loss, steps=12, resume=True, **settings) == history
    assert_same(model, expected)


def test_after_ctrl_c_and_resume_nothing_differs_from_an_uninterrupted_run(capsys):
    expected, history = uninterrupted()
    training.train(network(), draw, interrupt_at(14), steps=20, **SETTINGS)
    model = stranger()
    assert training.train(model, draw, loss_fn, steps=20, resume=True, **SETTINGS) == history
    assert_same(model, expected)
    assert "Going on with 'run' after step 10 of 20." in capsys.readouterr().out


def test_best_weights_from_before_the_stop_come_back_after_it():
    settings = {**SETTINGS, "validate": script([2.0, 1.0, 5.0, 6.0])}
    training.train(network(), draw, loss_fn, steps=10, **settings)
    model, mine = stranger(), network()
    history = training.train(model, draw, loss_fn, steps=20, resume=True, **settings)
    training.train(mine, draw, loss_fn, steps=10, **{**SETTINGS, "validate": None})
    assert history.best_step == 10
    assert_same(model, mine)


def test_a_run_gone_on_with_without_validation_ends_with_its_last_weights():
    training.train(network(), draw, loss_fn, steps=5, **SETTINGS)
    model, mine, settings = stranger(), network(), {**SETTINGS, "validate": None}
    training.train(model, draw, loss_fn, steps=10, resume=True, **settings)
    training.train(mine, draw, loss_fn, steps=10, **{**settings, "keep": None})
    assert_same(model, mine)


def test_a_run_that_is_over_is_not_gone_on_with_but_its_model_comes_back(capsys):
    expected, settings = network(), {**SETTINGS, "patience": 1}
    first = training.train(expected, draw, loss_fn, steps=20,
                           **{**settings, "validate": script([1.0, 2.0])})
    model = stranger()
    again = training.train(model, draw, interrupt_at(1), steps=20, resume=True, **settings)
    assert again == first and again.done == 10
    assert_same(model, expected)
    assert "is over after step 10: no better" in capsys.readouterr().out


def test_the_settings_of_the_second_call_hold():
    training.train(network(), draw, loss_fn, steps=5, keep="run", weight_decay=0.5)
    models = []
    for decay in (0.5, 0.25):
        kept = kept_path("run").read_bytes()
        models.append(network())
        history = training.train(models[-1], draw, loss_fn, steps=6, keep="run", resume=True,
                                 weight_decay=decay, learning_rate=0.3)
        kept_path("run").write_bytes(kept)
    assert history.learning_rates[4:] == [0.001, 0.3]
    assert not torch.equal(models[0][0].weight, models[1][0].weight)


def test_resume_without_a_kept_run_starts_at_the_beginning_and_says_so(capsys):
    expected, history = uninterrupted()
    model = network()
    assert training.train(model, draw, loss_fn, steps=20, resume=True, **SETTINGS) == history
    assert_same(model, expected)
    assert "no kept run 'run' yet: starting at the beginning" in capsys.readouterr().out


def test_a_kept_run_that_does_not_fit_is_refused_with_the_cure():
    def resume(model=None, **changes):
        return training.train(model or network(), draw, loss_fn, resume=True,
                              **{"steps": 20, **SETTINGS, **changes})

    training.train(network(), draw, loss_fn, steps=10, **SETTINGS)
    with pytest.raises(ValueError, match=r"0\.weight \(6, 3\).*0\.weight \(5, 3\).*resume=False"):
        resume(network(width=5))
    with pytest.raises(ValueError, match="missing.*resume=False"):
        resume(network().append(nn.Linear(4, 4)))
    frozen = network()
    frozen[0].weight.requires_grad_(False)
    with pytest.raises(ValueError, match="other parameters were trained"):
        resume(frozen)
    with pytest.raises(ValueError, match="has done 10 steps, this call asks for 9"):
        resume(steps=9)
    with pytest.raises(ValueError, match="has seed=4, this call has seed=5"):
        resume(seed=5)
    with pytest.raises(ValueError, match="in torch.float32, this code in torch.float64"):
        resume(network().double())
    kept = kept_path("run").read_bytes()
    other = {"weight_decay": 0.0, "learning_rate": None}
    with pytest.raises(ValueError, match="trained with AdamW, this call has SGD"):
        resume(optimizer=lambda m: torch.optim.SGD(m.parameters(), lr=0.1), **other)
    with pytest.raises(ValueError, match="or in other groups"):
        resume(optimizer=lambda m: torch.optim.AdamW(
            [{"params": m[0].parameters()}, {"params": m[3].parameters()}]), **other)
    half_frozen = network()
    half_frozen[0].weight.requires_grad_(False)
    with pytest.raises(ValueError, match="set requires_grad and optimizer as before"):
        resume(half_frozen, optimizer=lambda m: torch.optim.AdamW(m.parameters()), **other)
    assert kept_path("run").read_bytes() == kept and not kept_path("run.1").exists()


@pytest.mark.parametrize(("damage", "words"), [
    (lambda data: data[:len(data) // 2], "it is damaged: its sha256"),
    (lambda data: data + b" ", "it is damaged: its sha256"),
    (lambda data: b"", "it is no kept run, or other code"),
    (lambda data: b"words" * 100, "it is no kept run, or other code"),
    (lambda data: data[data.index(b"PK"):], "it is no kept run, or other code"),
])
def test_a_kept_run_that_cannot_be_used_is_refused_and_set_aside(damage, words, capsys):
    training.train(network(), draw, loss_fn, steps=5, **SETTINGS)
    damaged = damage(kept_path("run").read_bytes())
    kept_path("run").write_bytes(damaged)
    kept_path("run.1").write_bytes(b"another")
    model = network()
    with pytest.raises(ValueError, match=f"'run' cannot be gone on with: {words}.*run.2.pt; the s"):
        training.train(model, draw, loss_fn, steps=9, resume=True, **SETTINGS)
    assert_same(model, network())
    assert kept_path("run.2").read_bytes() == damaged
    assert kept_path("run.1").read_bytes() == b"another" and not kept_path("run").exists()
    assert training.train(model, draw, loss_fn, steps=9, resume=True, **SETTINGS).done == 9
    assert "no kept run 'run' yet: starting at the beginning" in capsys.readouterr().out


def test_a_single_flipped_bit_is_found_wherever_it_is():
    training.train(network(), draw, loss_fn, steps=5, **SETTINGS)
    data, rng, refused = kept_path("run").read_bytes(), random.Random(0), 0
    for bit in [*range(0, 800, 5), *(rng.randrange(8 * len(data)) for _ in range(150))]:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        kept_path("run").write_bytes(flipped)
        with pytest.raises(ValueError, match="'run' cannot be gone on with: it is"):
            keeping._read("run")
        refused += 1
        kept_path("run.1").unlink()
    assert refused == 310


def write_kept(contents):
    """A kept run as this code writes it, but for what it holds."""
    buffer = io.BytesIO()
    torch.save(contents, buffer)
    kept_path("run").parent.mkdir(parents=True, exist_ok=True)
    data = buffer.getvalue()
    kept_path("run").write_bytes(
        keeping.FORM + hashlib.sha256(data).hexdigest().encode() + b"\n" + data)


@pytest.mark.parametrize("change", [
    lambda kept: kept.pop("seed"), lambda kept: kept.update(more=1),
    lambda kept: kept["history"].pop("losses")])
def test_a_run_that_other_code_wrote_is_refused_in_words(change):
    training.train(network(), draw, loss_fn, steps=5, **SETTINGS)
    kept = keeping._read("run")
    write_kept(kept)
    assert keeping._read("run")["seed"] == 4
    change(kept)
    for contents, words in ((kept, "other code|missing or too many are losses"), ([1], "other c")):
        write_kept(contents)
        with pytest.raises(ValueError, match=words):
            training.train(network(), draw, loss_fn, steps=9, resume=True, **SETTINGS)


def test_a_kept_run_cannot_bring_code_with_it(home):
    class Bringer:
        def __reduce__(self):
            return Path.touch, (home / "was_here",)

    write_kept({**dict.fromkeys(keeping.PARTS), "model": Bringer()})
    with pytest.raises(ValueError, match="it holds what no run holds"):
        training.train(network(), draw, loss_fn, steps=9, resume=True, **SETTINGS)
    assert not (home / "was_here").exists()


def test_beginning_again_keeps_the_earlier_run_under_another_name(capsys):
    for seed in (1, 2, 3):
        training.train(network(), draw, loss_fn, steps=4, every=2, keep="run", seed=seed)
    assert capsys.readouterr().out.splitlines() == [
        "The earlier run 'run' is now 'run.1'.", "The earlier run 'run' is now 'run.2'."]
    assert [keeping._read(name)["seed"] for name in ("run.1", "run.2", "run")] == [1, 2, 3]
    history = training.train(network(), draw, loss_fn, steps=6, keep="run.1", resume=True, seed=1)
    assert history.done == 6
    assert "earlier" not in capsys.readouterr().out


def test_what_a_killed_process_left_behind_goes_at_the_next_keep(home, monkeypatch):
    seen, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (
        seen.extend(path.name for path in (home / "models").iterdir()), fsync(number)))
    training.train(network(), draw, loss_fn, steps=1, keep="run")
    (draft,) = seen
    others = [".run.pt.0e0a0b0c.draft", ".run.2.draft", "tmpabcd1234", "run.pt.abcd1234.draft"]
    of_runs_that_are_never_kept_again = [".run.2.pt.abcd1234.draft", ".x.json.abcd1234.draft"]
    for name in (draft, *others, *of_runs_that_are_never_kept_again):
        (home / "models" / name).write_bytes(b"half")
        if "0e0a" not in name:      # that one is young
            os.utime(home / "models" / name, (time.time() - 2 * files.OLD,) * 2)
    training.train(network(), draw, loss_fn, steps=2, keep="run", resume=True)
    assert {path.name for path in (home / "models").iterdir()} == {*others, "run.pt"}


def test_a_draft_that_another_process_renames_meanwhile_stops_nobody(home, monkeypatch):
    training.train(network(), draw, loss_fn, steps=1, keep="run")
    gone = home / "models" / ".other.pt.abcd1234.draft"
    listed = [*(home / "models").iterdir(), gone]
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter(listed))
    training.train(network(), draw, loss_fn, steps=2, keep="run", resume=True)
    assert len(keeping._read("run")["history"]["losses"]) == 2


def test_a_stop_while_writing_leaves_the_kept_run_of_before(monkeypatch, home):
    training.train(network(), draw, loss_fn, steps=5, **SETTINGS)
    before = kept_path("run").read_bytes()

    def stop(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    history = training.train(network(), draw, loss_fn, steps=20, resume=True, **SETTINGS)
    assert history.stopped == "interrupted"
    assert kept_path("run").read_bytes() == before
    assert [path.name for path in (home / "models").iterdir()] == ["run.pt"]


# diverged


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_no_number_stops_with_step_loss_rate_and_cure(bad):
    calls = []

    def loss(model, batch):
        calls.append(1)
        return loss_fn(model, batch) * (bad if len(calls) == 6 else 1)

    model, mine = network(), network()
    with pytest.raises(training.Diverged) as caught:
        training.train(model, draw, loss, steps=9, every=2, validate=script([1.0, 2.0]),
                       learning_rate=0.25, clip=None)
    words, history = str(caught.value), caught.value.history
    assert f"the loss is {bad} at step 6; the last finite loss was " in words
    assert f"{history.losses[4]:.4g}, the learning rate is 0.25" in words
    assert "smaller learning rate or clip=1.0" in words and "norm of the gradient" in words
    assert (history.done, history.stopped) == (5, "diverged")
    training.train(mine, draw, loss_fn, steps=2, learning_rate=0.25, clip=None)
    assert_same(model, mine)


def test_a_gradient_that_is_no_number_stops_before_it_reaches_the_weights():
    def loss(model, batch):
        return model.w.sqrt().sum()     # finite at 0, but its slope is not

    model = Guess()
    with pytest.raises(ValueError, match="norm of the gradient is inf at step 1; there was no fin"):
        training.train(model, nothing, loss, steps=3, clip=0.5)
    assert model.w.tolist() == [0.0, 0.0]


def test_a_validation_loss_that_is_no_number_stops_too():
    with pytest.raises(training.Diverged, match="validation loss is nan at step 4; .*than 1"):
        training.train(network(), draw, loss_fn, steps=9, every=2, validate=script([1, math.nan]))


# refused


@pytest.mark.parametrize(("change", "words"), [
    ({"steps": 0}, "steps=0: .* 1 or more"), ({"steps": 2.0}, "steps=2.0"),
    ({"accumulate": 0}, "accumulate=0"), ({"device": "gpu"}, "device='gpu' cannot be used here"),
    ({"optimizer": torch.optim.SGD([torch.ones(1)])}, "makes a SGD: hand over a function"),
    ({"optimizer": lambda model: None}, "makes a NoneType: hand over a function"),
    ({"optimizer": lambda model: torch.optim.SGD([*model.parameters(), torch.ones(2, 3)])},
     r"a tensor \(2, 3\) that is no parameter of the model"),
    ({"optimizer": torch.optim.SGD, "learning_rate": 0.1}, "give them in there"),
    ({"optimizer": torch.optim.SGD, "weight_decay": 0.1}, "give them in there"),
    ({"every": 0}, "every=0"), ({"seed": -1}, "seed=-1"),
    ({"learning_rate": 0}, "learning_rate=0: .* more than 0"),
    ({"learning_rate": math.nan}, "learning_rate=nan: .* more than 0"),
    ({"weight_decay": -1}, "weight_decay=-1"),
    ({"clip": 0}, "clip=0: .*None"), ({"clip": -1.0}, "clip=-1"),
    ({"patience": 2}, "patience=2 needs validate"),
    ({"patience": 0, "validate": validate}, "patience=0"),
    ({"keep": "../x"}, "the name '../x'"), ({"resume": True}, "resume=True needs keep"),
    ({"schedule": lambda step, steps: math.nan}, "schedule gave nan at step 0"),
])  # fmt: skip
def test_settings_that_make_no_sense_are_refused(change, words):
    model = network()
    with pytest.raises(ValueError, match=words):
        training.train(model, draw, loss_fn, **{"steps": 3, **change})
    assert_same(model, network())


@pytest.mark.parametrize(("loss", "words"), [
    (lambda model, batch: loss_fn(model, batch).item(), "returned a float"),
    (lambda model, batch: model(batch[0]).sum(1), r"returned a tensor \(5,\)"),
    (lambda model, batch: loss_fn(model, batch).detach(), "has no gradient"),
    (lambda model, batch: torch.ones((), requires_grad=True) * 2, "does loss_fn use the model"),
])
def test_a_loss_that_cannot_train_the_model_is_refused(loss, words):
    with pytest.raises(ValueError, match=words):
        training.train(network(), draw, loss, steps=3)


def test_a_model_with_nothing_to_train_is_refused():
    frozen = network().requires_grad_(False)
    for model in (nn.Tanh(), frozen):
        with pytest.raises(ValueError, match="no parameters that can be trained"):
            training.train(model, draw, loss_fn, steps=3)


# the bar


def test_the_bar_shows_losses_and_the_time_left_and_is_silent_while_building(capsys, monkeypatch):
    training.train(network(), draw, loss_fn, steps=4, every=2, validate=validate, what="reading")
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
    monkeypatch.delenv("COURSE_BUILD")
    shown, close = [], tqdm.close
    monkeypatch.setattr(tqdm, "close", lambda bar: (shown.append(str(bar)), close(bar)))
    history = training.train(network(), draw, interrupt_at(4), steps=4, every=2,
                             validate=validate, what="reading")
    captured = capsys.readouterr()
    assert "reading |" in captured.out and captured.err == ""
    assert shown[-1].startswith("reading |") and shown[-1].endswith(" left")
    words = f"loss {history.losses[-1]:.3f}, validation {history.best_loss:.3f}"
    assert f"3 of 4 steps, {words}, " in shown[-1]
