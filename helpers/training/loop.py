"""The training loop: draw a batch, measure the loss, go a small step against the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from helpers.session import progress_bar
from helpers.training.batches import moved
from helpers.training.history import History
from helpers.training.keeping import keep as keep_run
from helpers.training.keeping import kept_path, restore, uninterrupted
from helpers.training.run import Diverged, Plan, Run, begin
from helpers.training.schedules import constant

BAR = "{desc} |{bar}| {n_fmt} of {total_fmt} steps{postfix}, {remaining} left"


def _loop(run: Run, plan: Plan, draw: Callable, loss_fn: Callable, bar) -> None:
    history = run.history
    run.model.train()
    while not history.stopped:
        rate = _set_rates(run, plan)
        run.model.zero_grad()
        loss = _backward(run, plan, draw, loss_fn)              # mean nats per token
        norm = _clip_gradients(run, plan)                       # the norm before clipping
        loss, norm = _as_numbers(loss, norm, run, plan)
        run.optimizer.step()
        history.add(loss, norm, rate)
        if history.done % plan.every == 0 or history.done == plan.steps:
            _rest(run, plan)                                    # validate, decide, keep
        if plan.watch is not None:
            _watch(run, plan)
        _show(bar, history)


def _backward(run: Run, plan: Plan, draw: Callable, loss_fn: Callable) -> Tensor:
    """Add up the gradients of all micro-batches; return the mean of their losses."""
    losses = []
    for _ in range(plan.accumulate):
        loss = loss_fn(run.model, moved(draw(run.generator), plan.device))
        _check_loss(loss)
        (loss / plan.accumulate).backward()
        losses.append(loss.detach())
    return torch.stack(losses).mean()


def train(
    model: nn.Module,
    draw: Callable[[torch.Generator], object],
    loss_fn: Callable[[nn.Module, object], Tensor],
    *,
    steps: int,
    learning_rate: float | None = None,
    weight_decay: float = 0.0,
    optimizer: Callable[[nn.Module], torch.optim.Optimizer] | None = None,
    clip: float | None = 1.0,
    accumulate: int = 1,
    schedule: Callable[[int, int], float] | None = None,
    validate: Callable[[nn.Module], float] | None = None,
    every: int = 100,
    patience: int | None = None,
    watch: Callable[[nn.Module, History], object] | None = None,
    seed: int = 0,
    device: torch.device | str = "cpu",
    what: str = "training",
    keep: str | None = None,
    resume: bool = False,
) -> History:
    """Train `model` in place with Adam (AdamW if weight_decay > 0); return what happened.

    draw: draw(generator) -> batch; all its randomness comes from the torch.Generator. A batch is
        any nest of tensors in tuples, lists, dicts and dataclasses.
    loss_fn: loss_fn(model, batch) -> Tensor (), mean nats per token.
    learning_rate: 1e-3 if None.
    optimizer: optimizer(model) -> a torch optimizer, with groups of parameters where wanted; the
        learning rates and decays are then its own.
    clip: longest gradient allowed (norm over the parameters of all groups); None for any length.
    accumulate: so many batches are drawn for one step, which follows the mean of their losses.
    schedule: schedule(step, steps) -> factor on each group's learning rate; constant if None.
    validate: validate(model) -> nats per token, called in eval mode without gradients every
        `every` steps and after the last one; at the end the model holds its best weights.
    patience: stop after so many validations without a new best.
    watch: watch(model, history), called after every step as validate is, to look at the model or
        let it write; torch's random numbers are those of before afterwards.
    seed: of the generator and of dropout; torch's global generator is put back afterwards.
    device: where model and batches are moved; the generator stays on the CPU.
    what: the words in front of the bar.
    keep: a name; every `every` steps and at the end the run is kept under it. An earlier run of
        this name that is not gone on with gets another name.
    resume: go on where the kept run stopped, with the same numbers as if it had not stopped.

    The model is in eval mode afterwards. Ctrl-C ends the run early and raises nothing.
    Raises Diverged (a ValueError) if loss or gradient is not finite, ValueError for settings
    that make no sense, a loss without gradient, or a kept run that does not fit.
    """
    plan = Plan(steps, learning_rate, weight_decay, optimizer, clip, accumulate,
                schedule or constant, validate, every, patience, watch, seed, device, keep)
    if resume and keep is None:
        raise ValueError('resume=True needs keep="the name of the run"')
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        run = begin(model, plan)
        if resume:
            _go_on(run, plan)
        _guarded_loop(run, plan, draw, loss_fn, what)
    return run.history


def _go_on(run: Run, plan: Plan) -> None:
    if not kept_path(plan.keep).exists():
        print(f"There is no kept run {plan.keep!r} yet: starting at the beginning.")
        return
    restore(run, plan)
    history = run.history
    if history.stopped:
        print(f"The kept run {plan.keep!r} is over after step {history.done}: {history.stopped}.")
    else:
        print(f"Going on with {plan.keep!r} after step {history.done} of {plan.steps}.")


def _guarded_loop(run: Run, plan: Plan, draw: Callable, loss_fn: Callable, what: str) -> None:
    """The loop with its bar; however it ends, the model gets its best weights."""
    try:
        with progress_bar(range(plan.steps), what, initial=run.history.done,
                          bar_format=BAR) as bar, torch.enable_grad():
            _loop(run, plan, draw, loss_fn, bar)
    except KeyboardInterrupt:
        run.history.stopped = "interrupted"
        print(_after_interrupt(run, plan))
    finally:
        run.put_best_back()


def _rest(run: Run, plan: Plan) -> None:
    """A point of rest: measure the validation loss, decide whether to stop, keep the run."""
    if plan.validate is not None:
        run.model.eval()
        with torch.no_grad():
            loss = float(plan.validate(run.model))
        run.model.train()
        _must_be_finite(loss, "validation loss", run, plan)
        if run.history.add_validation(loss):
            run.best = {name: t.detach().clone() for name, t in run.model.state_dict().items()}
    run.history.stopped = plan.stop_reason(run.history)
    if plan.keep is not None:
        with uninterrupted():
            keep_run(run, plan)


def _watch(run: Run, plan: Plan) -> None:
    """Let the caller look at the model, or let it write; the training does not notice."""
    run.model.eval()
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        plan.watch(run.model, run.history)
    run.model.train()


def _set_rates(run: Run, plan: Plan) -> float:
    """Give each group its learning rate for the coming step; return the first one's."""
    step = run.history.done
    factor = plan.schedule(step, plan.steps)
    if not 0 <= factor < math.inf:
        raise ValueError(f"the schedule gave {factor} at step {step}: a factor is 0 or more")
    for group, rate in zip(run.optimizer.param_groups, run.base_rates, strict=True):
        group["lr"] = rate * factor
    return run.base_rates[0] * factor


def _check_loss(loss: object) -> None:
    if not isinstance(loss, Tensor):
        raise ValueError(f"loss_fn returned a {type(loss).__name__}: return a tensor, "
                         "without .item(), so that there is a gradient")
    if loss.dim() != 0:
        raise ValueError(f"loss_fn returned a tensor {tuple(loss.shape)}: "
                         "return one number, such as the mean over all tokens")
    if not loss.requires_grad:
        raise ValueError("the loss that loss_fn returned has no gradient: compute it from the "
                         "model's output, without detach() or torch.no_grad()")


def _clip_gradients(run: Run, plan: Plan) -> Tensor:
    """Shorten the gradient to plan.clip if it is longer; return its norm () before that."""
    parameters = [p for group in run.groups() for p in group]
    if all(p.grad is None for p in parameters):
        raise ValueError("no parameter of the model got a gradient: "
                         "does loss_fn use the model that it is handed?")
    return nn.utils.clip_grad_norm_(parameters, plan.clip or math.inf)


def _as_numbers(loss: Tensor, norm: Tensor, run: Run, plan: Plan) -> tuple[float, float]:
    """Both at once, as reading them waits for the device. Raises Diverged if one is not finite."""
    loss, norm = torch.stack([loss, norm.to(loss.device)]).tolist()
    _must_be_finite(loss, "loss", run, plan)
    _must_be_finite(norm, "norm of the gradient", run, plan)
    return loss, norm


def _must_be_finite(value: float, what: str, run: Run, plan: Plan) -> None:
    if math.isfinite(value):
        return
    history, rate = run.history, run.optimizer.param_groups[0]["lr"]
    step = history.done if what == "validation loss" else history.done + 1
    before = f"the last finite loss was {history.losses[-1]:.4g}" if history.losses else (
        "there was no finite loss before")
    clipping = "clip=1.0" if plan.clip is None else f"a clip smaller than {plan.clip:g}"
    history.stopped = "diverged"
    raise Diverged(
        f"the {what} is {value} at step {step}; {before}, the learning rate is {rate:g}. "
        f"Try a smaller learning rate or {clipping}, and look at the norm of the gradient "
        "in the steps before (history.gradient_norms of this error)", history)


def _show(bar, history: History) -> None:
    words = f"loss {history.losses[-1]:.3f}"
    if history.valid_losses:
        words += f", validation {history.valid_losses[-1]:.3f}"
    bar.set_postfix_str(words, refresh=False)
    bar.update()


def _after_interrupt(run: Run, plan: Plan) -> str:
    history = run.history
    holds = "the model holds the weights of its last step" if run.best is None else (
        f"the model holds its best weights (step {history.best_step}, "
        f"validation loss {history.best_loss:.3f})")
    if plan.keep is None:
        cure = 'to be able to go on another time, name the run with keep="..."'
    elif run.kept_step is None:
        first = min(plan.every, plan.steps)
        cure = f"nothing of this run is kept yet, the first time is after step {first}"
        if kept_path(plan.keep).exists():
            cure += f", and {plan.keep!r} is still an earlier run"
    else:
        cure = (f"{plan.keep!r} is kept up to step {run.kept_step}, "
                "the same call with resume=True goes on from there")
    return f"Interrupted after {history.done} of {plan.steps} steps: {holds}; {cure}."
