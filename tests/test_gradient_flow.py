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


def test_odd_requests_are_refused_in_words():
    cell, x = network("rnn"), torch.randn(1, 5, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match="one number"):
        flow.over_time([cell], x, lambda h: h[:, -1])
    with pytest.raises(ValueError, match="depends on the states"):
        flow.over_time([cell], x, lambda h: torch.tensor(1.0))
    with pytest.raises(ValueError, match="one sequence"):
        flow.jacobians(cell, x.expand(2, -1, -1))
    with pytest.raises(ValueError, match="spectral, frobenius"):
        flow.product_norms(torch.eye(2)[None], "nuclear")
    with pytest.raises(ValueError, match="not negative"):
        flow.orthogonal(3, -1.0)


def test_an_orthogonal_matrix_stretches_every_direction_by_rho():
    matrix = flow.orthogonal(16, 1.3, seed=4).double()
    assert torch.allclose(matrix @ matrix.T, 1.69 * torch.eye(16, dtype=torch.float64), atol=1e-5)
    assert torch.equal(flow.orthogonal(5, 1.0), flow.orthogonal(5, 1.0))
