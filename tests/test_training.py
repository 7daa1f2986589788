"""The training loop and its kept runs: nothing is lost, nothing fits by luck."""

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from helpers import training
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


@pytest.mark.skipif(os.name != "posix", reason="a signal to a process by its number")
def test_a_real_signal_ends_the_run_in_good_order(home):
    code = """
import torch, sys
from helpers import training
def wait(model, batch):
    print("step", flush=True)
    return model.weight.square().sum()
history = training.train(torch.nn.Linear(2, 2), lambda g: None, wait, steps=10**9,
                         every=5, keep="run", validate=lambda m: 1.0)
print(history.stopped, history.done > 9)
"""
    root = Path(__file__).parents[1]
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"})
    for _ in range(12):
        assert process.stdout.readline() == "step\n"
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert rest.splitlines()[-1] == "interrupted True"
    assert kept_path("run").parent == home / "models" and kept_path("run").is_file()


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


@pytest.mark.parametrize("damage", [
    lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"words" * 100])
def test_a_damaged_kept_run_is_refused_with_the_cure(damage):
    training.train(network(), draw, loss_fn, steps=5, **SETTINGS)
    kept_path("run").write_bytes(damage(kept_path("run").read_bytes()))
    model = network()
    with pytest.raises(ValueError, match="run.pt is cut off or no kept run.*delete it"):
        training.train(model, draw, loss_fn, steps=9, resume=True, **SETTINGS)
    assert_same(model, network())


def test_a_kept_run_cannot_bring_code_with_it(home):
    class Bringer:
        def __reduce__(self):
            return Path.touch, (home / "was_here",)

    kept_path("run").parent.mkdir(parents=True)
    torch.save({"history": training.History().to_dict(), "model": Bringer()}, kept_path("run"))
    with pytest.raises(ValueError, match="no kept run"):
        training.train(network(), draw, loss_fn, steps=9, resume=True, **SETTINGS)
    assert not (home / "was_here").exists()


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
    ({"every": 0}, "every=0"), ({"seed": -1}, "seed=-1"),
    ({"learning_rate": 0}, "learning_rate=0"), ({"learning_rate": math.nan}, "learning_rate=nan"),
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
