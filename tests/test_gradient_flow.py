"""Gradient flow against closed forms and brute force."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from helpers import gradient_flow as flow
from helpers import rnn_lstm as r

KINDS = ("rnn", "gru", "lstm")


def direction_loss(h: torch.Tensor) -> torch.Tensor:
    """A fixed direction of the last h, mean over the batch."""
    return (h[:, -1] @ torch.arange(1.0, h.shape[2] + 1).to(h)).mean()


def network(kind: str, d_in: int = 3) -> r.Cell:
    torch.manual_seed(0)
    return r.make_cell(kind, d_in, 4).double()


@pytest.mark.parametrize("rho", [0.9, 1.0, 1.1])
def test_a_linear_network_follows_rho_to_the_number_of_steps(rho):
    cell = r.RNNCell(3, 8, activation="none").double()
    with torch.no_grad():
        cell.W_hh.copy_(flow.orthogonal(8, rho).double())
    x = torch.randn(1, 50, 3, dtype=torch.float64)
    norms = flow.over_time([cell], x, direction_loss)[0]
    back = np.arange(50, -1, -1.0)
    assert np.allclose(norms / norms[-1], rho ** back, rtol=1e-5)
    steps = flow.jacobians(cell, x)
    for kind in flow.NORMS:
        assert np.allclose(flow.product_norms(steps, kind)[50], rho ** back, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_flow_is_what_a_nudge_of_the_state_does_to_the_loss(kind):
    cell, x = network(kind), torch.randn(1, 6, 3, dtype=torch.float64)
    norms = flow.over_time([cell], x, direction_loss)[0]
    for t in range(7):
        state = r.run(cell, x[:, :t])[1] if t else cell.start(1)
        slope = []
        for part in range(len(state)):
            for unit in range(4):
                found = []
                for nudge in (1e-6, -1e-6):
                    moved = [p.detach().clone() for p in state]
                    moved[part][0, unit] += nudge
                    h = r.run(cell, x[:, t:], tuple(moved))[0] if t < 6 else moved[0][:, None]
                    found.append(direction_loss(h).item())
                slope.append((found[0] - found[1]) / 2e-6)
        assert np.linalg.norm(slope) == pytest.approx(norms[t], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_jacobians_and_their_products_are_those_of_autograd(kind):
    cell, x = network(kind), torch.randn(1, 5, 3, dtype=torch.float64)
    sizes = [4] * len(cell.parts)

    def from_to(first: int, last: int):
        def walk(flat):
            return torch.cat(r.run(cell, x[:, first:last], flat[None].split(sizes, dim=1))[1], 1)[0]
        state = r.run(cell, x[:, :first])[1] if first else cell.start(1)
        return torch.autograd.functional.jacobian(walk, torch.cat(state, dim=1)[0].detach())
    steps = flow.jacobians(cell, x)
    for t in range(5):
        assert torch.allclose(steps[t], from_to(t, t + 1), atol=1e-12)
    norms = flow.product_norms(steps, "spectral")
    for s, t in ((0, 5), (1, 4), (2, 3)):
        wanted = torch.linalg.matrix_norm(from_to(s, t), ord=2)
        assert norms[t, s] == pytest.approx(float(wanted), rel=1e-9)
    assert np.allclose(np.diag(norms), 1) and np.isnan(norms[0, 1])
    rough = flow.product_norms(steps)
    seen = ~np.isnan(norms)
    assert (rough[seen] <= norms[seen] + 1e-12).all()


def test_equal_rows_in_a_batch_change_nothing():
    cell, x = network("lstm"), torch.randn(1, 6, 3, dtype=torch.float64)
    alone = flow.over_time([cell], x, direction_loss)
    assert np.allclose(flow.over_time([cell], x.expand(5, -1, -1), direction_loss), alone)


def test_every_layer_of_a_stack_is_followed():
    below, above = network("gru"), network("lstm", d_in=4)
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    norms = flow.over_time([below, above], x, direction_loss)
    assert norms.shape == (2, 7) and (norms > 0).all()
    # the last state of the lower layer reaches the loss through one step of the upper one only
    inner = r.run(below, x)[0].detach().requires_grad_()
    direction_loss(r.run(above, inner)[0]).backward()
    assert norms[0, -1] == pytest.approx(2 * float(inner.grad[:, -1].norm(dim=1).mean()))


def test_a_loss_at_an_early_step_says_nothing_about_later_states():
    cell, x = network("rnn"), torch.randn(1, 6, 3, dtype=torch.float64)
    norms = flow.over_time([cell], x, lambda h: h[:, 2].sum(dim=1).mean())[0]
    assert (norms[4:] == 0).all() and (norms[:4] > 0).all()


def test_over_depth_is_the_product_of_what_the_layers_do():
    layers = [lambda a: 3 * a, lambda a: -2 * a]
    x = torch.ones(4, 2)
    norms = flow.over_depth(layers, x, lambda a: a.sum(dim=1).mean())
    assert np.allclose(norms, np.sqrt(2) * np.array([6, 2, 1]))


@pytest.mark.parametrize("layer", [nn.RNN(3, 4), nn.GRU(3, 4), nn.LSTM(3, 4)])
def test_torchs_layers_are_refused_because_the_picture_would_lie(layer):
    x = torch.randn(1, 5, 3)
    for ask in (lambda: flow.over_time([layer], x, direction_loss),
                lambda: flow.jacobians(layer, x),
                lambda: flow.over_depth([layer], x, direction_loss)):
        with pytest.raises(TypeError, match="keeps its state to itself"):
            ask()
    # and indeed: the gradient for the outputs is zero but at the last step
    outputs = layer(x.transpose(0, 1))[0]
    outputs.retain_grad()
    outputs[-1].sum().backward()
    assert (outputs.grad[:-1] == 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_influence_is_the_norm_of_the_jacobian_and_zero_for_what_comes_later(kind):
    cell, x = network(kind), torch.randn(6, 3, dtype=torch.float64)

    def read(given):
        return r.run(cell, given[None])[0][0]
    found = flow.influence(read, x, 3)
    jacobian = torch.autograd.functional.jacobian(lambda given: read(given)[3], x)
    assert found == pytest.approx(jacobian.norm(dim=(0, 2)).numpy())
    assert found.shape == (6,) and (found[:4] > 0).all() and (found[4:] == 0).all()
    assert cell.W_xh.grad is None and not x.requires_grad


def test_each_row_of_a_batch_has_an_influence_of_its_own():
    cell, x = network("lstm"), torch.randn(4, 6, 3, dtype=torch.float64)

    def read(given):
        return r.run(cell, given)[0]
    together = flow.influence(read, x, 2)
    assert together.shape == (4, 6)
    for row, alone in zip(together, x, strict=True):
        assert row == pytest.approx(flow.influence(lambda g: read(g[None])[0], alone, 2))


def attention(x, mask):
    """Softmax attention of x (..., T, d) to itself; mask (T, T), True = may attend."""
    scores = (x @ x.transpose(-2, -1)).masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=-1) @ x


def test_a_mask_lets_exactly_nothing_through_and_the_smallest_leak_is_seen():
    x, mask = torch.randn(2, 5, 4), torch.ones(5, 5, dtype=torch.bool).tril()
    for at in range(5):
        found = flow.influence(lambda given: attention(given, mask), x, at)
        assert (found[:, at + 1:] == 0).all() and (found[:, :at + 1] > 0).all()
    leak = flow.influence(lambda given: given + 1e-30 * given.flip(1), x, 0)
    assert leak[:, 4] == pytest.approx(2e-30) and (leak[:, 1:4] == 0).all()


def test_one_number_per_place_is_an_output_too_and_the_place_may_be_far_from_the_input():
    x = torch.tensor([[3.0, 4.0], [1.0, 1.0]])
    assert flow.influence(lambda g: torch.stack([g.sum(), g[0].square().sum(), g[1, 0]]), x, 1) == (
        pytest.approx([10.0, 0.0]))
    with torch.no_grad():
        assert flow.influence(lambda g: 2 * g, x, 1) == pytest.approx([0.0, 8 ** 0.5])


@pytest.mark.parametrize(("function", "x", "at", "words"), [
    (nn.Embedding(9, 3), torch.tensor([[1, 2]]), 0, r"x is torch.int64 \(1, 2\)"),
    (lambda x: x, torch.ones(3), 0, r"torch.float32 \(3,\)"),
    (lambda x: x, torch.ones(3, 2), 3, "at=3: there are 3 outputs, 0 to 2"),
    (lambda x: x, torch.ones(2, 3, 2), -1, "at=-1: there are 3 outputs"),
    (lambda x: x.sum(), torch.ones(3, 2), 0, r"shape \(\) for x \(3, 2\)"),
    (lambda x: x.sum(dim=(1, 2)), torch.ones(2, 3, 2), 0, r"shape \(2,\) for x \(2, 3, 2\)"),
    (lambda x: x.detach(), torch.ones(3, 2), 0, "not computed from x"),
])
def test_an_influence_of_nothing_is_refused(function, x, at, words):
    with pytest.raises(ValueError, match=words):
        flow.influence(function, x, at)


def test_a_loss_that_is_a_sum_over_the_batch_is_refused():
    cell, x = network("gru"), torch.randn(3, 6, 3, dtype=torch.float64)

    def summed(h):
        return h[:, -1].square().sum()
    for ask in (lambda loss_of: flow.over_time([cell], x, loss_of),
                lambda loss_of: flow.over_depth([torch.tanh], x, loss_of)):
        with pytest.raises(ValueError, match="when every row is there twice: it is a sum"):
            ask(summed)
        ask(lambda h: summed(h) / len(h))
        ask(lambda h: 0 * summed(h))            # a sum of nothing is a mean of nothing
        ask(lambda h: (h[:, -1] - torch.ones(3, h.shape[2])).square().mean())     # own targets
    flow.over_time([cell], x[:1], summed)       # of one row, sum and mean are the same


def test_asking_the_loss_twice_leaves_the_random_numbers_as_they_were():
    cell, x = network("rnn"), torch.randn(3, 6, 3, dtype=torch.float64)
    torch.manual_seed(5)
    flow.over_time([cell], x, lambda h: torch.dropout(h, 0.5, True).mean())
    after = torch.rand(3)
    torch.manual_seed(5)
    torch.dropout(torch.ones(3, 6, 4, dtype=torch.float64), 0.5, True)
    assert torch.equal(torch.rand(3), after)


def test_odd_requests_are_refused_in_words():
    cell, x = network("rnn"), torch.randn(1, 5, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match="one number"):
        flow.over_time([cell], x, lambda h: h[:, -1])
    with pytest.raises(ValueError, match="depends on the states"):
        flow.over_time([cell], x, lambda h: torch.tensor(1.0))
    with pytest.raises(ValueError, match=r"x has the shape .*one sequence"):
        flow.jacobians(cell, x.expand(2, -1, -1))
    with pytest.raises(ValueError, match=r"state has the shapes \[\(2, 4\)\]"):
        flow.jacobians(cell, x, cell.start(2))
    with pytest.raises(ValueError, match=r"x has the shape \(5, 3\): give \(B, T, d_in\)"):
        flow.over_time([cell], x[0], direction_loss)
    for bad in (torch.eye(2), torch.ones(3, 2, 3)):
        with pytest.raises(ValueError, match="one square matrix for each step"):
            flow.product_norms(bad)
    with pytest.raises(ValueError, match="rho=nan"):
        flow.orthogonal(3, float("nan"))
    with pytest.raises(ValueError, match="spectral, frobenius"):
        flow.product_norms(torch.eye(2)[None], "nuclear")
    with pytest.raises(ValueError, match="not negative"):
        flow.orthogonal(3, -1.0)


def test_an_orthogonal_matrix_stretches_every_direction_by_rho():
    matrix = flow.orthogonal(16, 1.3, seed=4).double()
    assert torch.allclose(matrix @ matrix.T, 1.69 * torch.eye(16, dtype=torch.float64), atol=1e-5)
    assert torch.equal(flow.orthogonal(5, 1.0), flow.orthogonal(5, 1.0))


def test_the_parts_of_an_lstm_state_make_up_the_whole():
    torch.manual_seed(0)
    cell, x = r.LSTMCell(3, 4), torch.randn(1, 6, 3)
    norms = {part: flow.over_time([cell], x, lambda h: h[:, -1].sum(dim=1).mean(), part=part)[0]
             for part in (None, "h", "c")}
    assert np.allclose(norms[None] ** 2, norms["h"] ** 2 + norms["c"] ** 2)
    assert norms["c"][-1] == 0 < norms["c"][-2]
