"""Attention, masks and positions against loops, torch's layers and what a formula promises."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers import self_attention_masks as sa
from helpers.neural import NeuralLM
from helpers.self_attention_masks import cost
from helpers.tokenizers import Vocabulary

WITHIN = {torch.float32: 1e-6, torch.float64: 1e-12}


def by_loop(q, k, v, mask):
    """Query by query, in numpy: the definition, with nothing for a query that may see nothing."""
    context, weights = np.zeros((len(q), v.shape[1])), np.zeros((len(q), len(k)))
    for i, query in enumerate(q):
        seen = np.flatnonzero(mask[i])
        if len(seen):
            e = np.array([query @ k[j] for j in seen]) / math.sqrt(q.shape[1])
            share = np.exp(e - e.max())
            weights[i, seen] = share / share.sum()
            context[i] = weights[i] @ v
    return context, weights


def masks(B, T, S):
    """Masks of all kinds that fit (B, T, S)."""
    generator = torch.Generator().manual_seed(T)
    ragged = torch.rand(B, T, S, generator=generator) < 0.5
    ragged[..., 0] = True
    kinds = {"none": None, "padding": sa.padding_mask([S] + [max(1, S - 2)] * (B - 1), S),
             "any": ragged, "one for all rows": ragged[0]}
    if T == S:
        kinds |= {"causal": sa.causal_mask(T), "window": sa.window_mask(T, 2),
                  "causal and padding": sa.causal_mask(T) & kinds["padding"]}
    return kinds


@settings(max_examples=40)
@given(st.integers(1, 6), st.integers(1, 7), st.integers(1, 5), st.integers(1, 4),
       st.integers(0, 999))
def test_attention_is_the_loop_and_torchs_function(T, S, d, e, seed):
    generator = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(*shape, generator=generator, dtype=torch.float64) * 5
               for shape in ((T, d), (S, d), (S, e)))
    mask = torch.rand(T, S, generator=generator) < 0.6
    context, weights = sa.scaled_dot_product_attention(q, k, v, mask)
    expected_context, expected_weights = by_loop(q.numpy(), k.numpy(), v.numpy(), mask.numpy())
    assert np.allclose(context, expected_context, atol=1e-12)
    assert np.allclose(weights, expected_weights, atol=1e-12)
    theirs = F.scaled_dot_product_attention(q[None], k[None], v[None], mask)[0]
    assert torch.allclose(context, theirs, atol=1e-12)


def test_scores_in_the_thousands_do_not_overflow():
    q = torch.full((1, 4), 1000.0)
    context, weights = sa.scaled_dot_product_attention(q, torch.stack([q[0], -q[0]]),
                                                       torch.eye(2))
    assert weights.tolist() == [[1, 0]] and context.tolist() == [[1, 0]]


def test_a_query_that_may_see_nothing_gets_nothing_and_gives_no_nan_gradient():
    q = torch.randn(3, 4, requires_grad=True)
    mask = torch.tensor([[True, False, True], [False] * 3, [True] * 3])
    context, weights = sa.scaled_dot_product_attention(q, q, q, mask)
    assert weights[1].tolist() == [0, 0, 0] and context[1].tolist() == [0] * 4
    context.square().sum().backward()
    assert q.grad.isfinite().all() and q.grad.abs().sum() > 0
    assert torch.allclose(context, F.scaled_dot_product_attention(q[None], q[None], q[None],
                                                                  mask)[0], atol=1e-6)


def copied(layer, dtype):
    """torch's own layer with our weights; its matrices are stored the other way round."""
    d = len(layer.W_q)
    theirs = nn.MultiheadAttention(d, layer.n_heads, bias=False, batch_first=True, dtype=dtype)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([layer.W_q.T, layer.W_k.T, layer.W_v.T]))
        theirs.out_proj.weight.copy_(layer.W_o.T)
    return theirs


@pytest.mark.parametrize("dtype", WITHIN)
@pytest.mark.parametrize(("B", "T", "S"), [(1, 7, 7), (3, 5, 5), (3, 4, 9), (1, 1, 3)])
@pytest.mark.parametrize("n_heads", [1, 3])
def test_multi_head_is_torchs_layer_with_these_weights(dtype, B, T, S, n_heads):
    torch.manual_seed(B + T)
    layer = sa.MultiHeadAttention(12, n_heads).to(dtype)
    theirs = copied(layer, dtype)
    x = torch.randn(B, T, 12, dtype=dtype, requires_grad=True)
    memory = None if T == S else torch.randn(B, S, 12, dtype=dtype)
    for kind, mask in masks(B, T, S).items():
        out, weights = layer(x, memory, mask)
        full = None if mask is None else mask if mask.dim() == 2 else mask.expand(B, T, S)
        other = x if memory is None else memory
        expected, expected_weights = theirs(
            x, other, other, average_attn_weights=False,
            attn_mask=None if full is None else sa.for_multihead(full, n_heads))
        assert torch.allclose(out, expected, atol=WITHIN[dtype], rtol=0), kind
        assert torch.allclose(weights, expected_weights, atol=WITHIN[dtype], rtol=0), kind
        ours, torchs = (torch.autograd.grad(value.square().sum(), x)[0]
                        for value in (out, expected))
        assert torch.allclose(ours, torchs, atol=20 * WITHIN[dtype], rtol=0), kind


@pytest.mark.parametrize("dtype", WITHIN)
def test_the_fused_path_gives_the_same_context_for_all_masks_empty_rows_too(dtype):
    torch.manual_seed(0)
    layer = sa.MultiHeadAttention(8, 2).to(dtype)
    x = torch.randn(2, 6, 8, dtype=dtype)
    empty = sa.causal_mask(6)
    empty[2] = False
    for kind, mask in {**masks(2, 6, 6), "an empty row": empty}.items():
        layer.fused = False
        written, _ = layer(x, mask=mask)
        layer.fused = True
        fused, weights = layer(x, mask=mask)
        assert weights is None
        assert torch.allclose(written, fused, atol=1e-6, rtol=0), kind
    with pytest.raises(ValueError, match="no weights to record"):
        layer(x, record=[])


def test_dropout_falls_on_weights_in_training_only_and_keeps_their_mean():
    torch.manual_seed(0)
    layer = sa.MultiHeadAttention(8, 2, dropout=0.25)
    x = torch.randn(2, 5, 8)
    usual = layer.eval()(x)[1]
    drawn = torch.stack([layer.train()(x)[1] for _ in range(3000)])
    assert torch.allclose(usual.sum(dim=-1), torch.ones(2, 2, 5))
    assert (drawn == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)
    assert torch.allclose(drawn.mean(dim=0), usual, atol=0.03)
    assert drawn.sum(dim=-1).std() > 0.1


def test_what_a_layer_refuses():
    for width, heads in ((10, 3), (8, 0), (0, 1)):
        with pytest.raises(ValueError, match="multiple of the number of heads"):
            sa.MultiHeadAttention(width, heads)
    layer, x = sa.MultiHeadAttention(8, 2), torch.zeros(2, 5, 8)
    for wrong in (torch.ones(5, 5), torch.ones(4, 4, dtype=torch.bool),
                  torch.ones(3, 5, 5, dtype=torch.bool), torch.ones(5, dtype=torch.bool),
                  torch.ones(2, 1, 5, 5, dtype=torch.bool)):
        with pytest.raises(ValueError, match="2 rows, 5 queries and 5 keys"):
            layer(x, mask=wrong)


def test_masks_by_hand():
    assert sa.causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True] * 3]
    assert sa.window_mask(4, 2).int().tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0],
                                                   [0, 0, 1, 1]]
    assert sa.window_mask(4, 9).equal(sa.causal_mask(4))
    assert sa.padding_mask([3, 1], 3).int().tolist() == [[[1, 1, 1]], [[1, 0, 0]]]
    both = sa.causal_mask(3) & sa.padding_mask(torch.tensor([3, 1]), 3)
    assert both.shape == (2, 3, 3) and both[1].int().tolist() == [[1, 0, 0]] * 3


@pytest.mark.parametrize(("build", "told"), [
    (lambda: sa.causal_mask(0), "at least 1"),
    (lambda: sa.window_mask(3, 0), "width=0"),
    (lambda: sa.padding_mask([2, 0], 3), "nothing to attend to"),
    (lambda: sa.padding_mask([4], 3), "each is 1 to 3"),
    (lambda: sa.padding_mask([1.0], 3), "whole number"),
    (lambda: sa.padding_mask([], 3), "one whole number per text"),
    (lambda: sa.check_mask(torch.ones(2, 2)), "True = may attend"),
    (lambda: sa.check_mask(torch.tensor([[[True, False], [False, False]]])), "row 0, 1"),
    (lambda: sa.for_multihead(torch.zeros(2, 2, dtype=torch.bool), 1), "row 0"),
])
def test_a_mask_that_makes_no_sense_is_refused_where_it_is_built(build, told):
    with pytest.raises(ValueError, match=told):
        build()


def test_padding_is_not_noticed_whatever_stands_there():
    torch.manual_seed(0)
    layer, x = sa.MultiHeadAttention(8, 2).double(), torch.randn(2, 6, 8, dtype=torch.float64)
    other = x.clone()
    other[1, 4:] = 1e6
    mask = sa.padding_mask([6, 4], 6)
    ours, theirs = layer(x, mask=mask)[0], layer(other, mask=mask)[0]
    assert ours[0].equal(theirs[0]) and ours[1, :4].equal(theirs[1, :4])
    assert layer(x[1:, :4])[0][0].allclose(ours[1, :4], atol=1e-12)     # as if it were alone


def test_heads_read_all_of_a_row_and_their_number_costs_nothing():
    layer = sa.MultiHeadAttention(64, 8).double()
    x = torch.randn(1, 4, 64, dtype=torch.float64, requires_grad=True)
    q, k, v = (sa.split_heads(x @ W, 8) for W in (layer.W_q, layer.W_k, layer.W_v))
    head = sa.scaled_dot_product_attention(q, k, v)[0][:, 0]
    assert (torch.autograd.grad(head.sum(), x)[0].abs().amax(dim=(0, 1)) > 0).all()
    counts = {sum(p.numel() for p in sa.MultiHeadAttention(64, h).parameters()) for h in (1, 8)}
    assert counts == {4 * 64 * 64}


def test_heads_are_strips_of_columns_and_come_together_again():
    x = torch.arange(24).view(1, 3, 8)
    heads = sa.split_heads(x, 2)
    assert heads[0, 1].tolist() == x[0, :, 4:].tolist()
    assert sa.merge_heads(heads).equal(x)


def test_shuffled_words_get_the_same_answers():
    torch.manual_seed(0)
    layer, x = sa.MultiHeadAttention(8, 2).double(), torch.randn(1, 6, 8, dtype=torch.float64)
    order = torch.randperm(6)
    assert torch.allclose(layer(x[:, order])[0], layer(x)[0][:, order], atol=1e-12)


def test_self_is_the_favourite_one_time_in_n_with_random_matrices():
    torch.manual_seed(0)
    hits = []
    for _ in range(400):
        x = torch.randn(10, 16)
        q, k = (x @ (torch.randn(16, 16) / 4) for _ in "qk")
        weights = sa.scaled_dot_product_attention(q, k, x)[1]
        hits.append((weights.argmax(dim=1) == torch.arange(10)).float().mean().item())
    assert np.mean(hits) == pytest.approx(0.1, abs=0.02)


def test_sinusoidal_rows_are_pairs_of_sin_and_cos():
    rows = sa.sinusoidal(50, 6)
    for t, i in ((0, 0), (7, 1), (49, 2)):
        angle = t / 10_000 ** (2 * i / 6)
        assert rows[t, 2 * i:2 * i + 2].tolist() == pytest.approx(
            [math.sin(angle), math.cos(angle)], abs=1e-6)
    assert sa.sinusoidal(4, 5).shape == (4, 5)
    assert sa.sinusoidal(4, 5)[:, 4].equal(sa.sinusoidal(4, 6)[:, 4])
    with pytest.raises(ValueError, match="at least 1"):
        sa.sinusoidal(0, 4)


@settings(max_examples=30)
@given(st.integers(0, 5000), st.integers(1, 5), st.integers(0, 99))
def test_rotary_scores_depend_on_the_distance_alone(shift, half, seed):
    generator = torch.Generator().manual_seed(seed)
    q, k = torch.randn(2, 7, 2 * half, generator=generator, dtype=torch.float64)
    here, there = (sa.rotate(q, p) @ sa.rotate(k, p).T
                   for p in (torch.arange(7), torch.arange(7) + shift))
    assert torch.allclose(here, there, atol=1e-12 * max(1, shift), rtol=0)
    assert torch.allclose(sa.rotate(q, torch.arange(7)).norm(dim=1), q.norm(dim=1), atol=1e-12)


def test_rotation_turns_the_first_pair_by_one_radian_a_place():
    turned = sa.rotate(torch.tensor([[1.0, 0, 1, 0]]), torch.tensor([2]))
    assert turned[0].tolist() == pytest.approx(
        [math.cos(2), math.sin(2), math.cos(0.02), math.sin(0.02)], abs=1e-6)
    with pytest.raises(ValueError, match="must be even"):
        sa.rotate(torch.zeros(2, 3), torch.arange(2))


def test_learned_positions_end():
    rows = sa.LearnedPositions(5, 4)
    assert rows(5).shape == (5, 4)
    with pytest.raises(ValueError, match="6 tokens, and learned positions for 5"):
        rows(6)


def test_the_bias_grows_with_the_distance_and_by_head():
    bias = sa.distance_bias(4, 8)
    assert bias[0, 3].tolist() == [-1.5, -1.0, -0.5, 0]          # the first slope is 1/2
    assert bias[7, 0, 3].item() == pytest.approx(-3 / 256)
    assert (bias.diagonal(dim1=1, dim2=2) == 0).all()


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(1, 20), st.integers(1, 25), st.booleans(),
       st.integers(0, 999))
def test_blocks_give_the_full_softmax(T, S, block, causal, seed):
    generator = torch.Generator().manual_seed(seed)
    S = T if causal else S
    q, k, v = (torch.randn(2, n, 3, generator=generator, dtype=torch.float64) * 6
               for n in (T, S, S))
    mask = sa.causal_mask(T) if causal else None
    full, _ = sa.scaled_dot_product_attention(q, k, v, mask)
    assert torch.allclose(sa.blockwise_attention(q, k, v, block=block, causal=causal), full,
                          atol=1e-12)


def test_blocks_that_make_no_sense_and_the_bytes_that_they_save():
    q = torch.zeros(3, 2)
    for how in ({"block": 0}, {"block": 2, "causal": True}):
        with pytest.raises(ValueError, match="3 queries, 4 keys"):
            sa.blockwise_attention(q, torch.zeros(4, 2), torch.zeros(4, 2), **how)
    assert sa.score_bytes(512, 512) == 2 ** 20
    assert sa.score_bytes(512, 512, block=128) == 2 ** 18
    assert sa.score_bytes(512, 64, block=128) == 512 * 64 * 4


def test_multiplications_by_formula_are_those_that_are_done():
    T, d = 6, 8
    rows, square = np.ones((T, d)), np.ones((d, d))
    counted = sum(a.shape[0] * a.shape[1] * b.shape[1]
                  for a, b in 4 * [(rows, square)] + [(rows, rows.T), (np.ones((T, T)), rows)])
    assert sum(cost.attention_multiplications(T, d).values()) == counted
    assert cost.feed_forward_multiplications(T, d) == 2 * T * d * 4 * d
    assert cost.rnn_multiplications(T, d, gates=4) == T * 4 * (d * d + d * d)
    assert cost.rnn_multiplications(T, d) == T * 2 * d * d
    parts = cost.attention_multiplications(6 * d, d)
    assert parts["scores"] + parts["sum"] == parts["projections"] + (
        cost.feed_forward_multiplications(6 * d, d))
    assert cost.weights_bytes(32768) == 4 * 2 ** 30


def test_growth_is_the_exponent():
    assert cost.growth([1, 2, 4, 8], [3, 12, 48, 192]) == pytest.approx(2)
    for lengths, costs in (([1], [1]), ([1, 2], [1]), ([1, 2], [0, 1])):
        with pytest.raises(ValueError, match="two or more of each"):
            cost.growth(lengths, costs)


def test_a_language_model_of_attention_reads_scores_and_refuses():
    torch.manual_seed(0)
    letters = Vocabulary("abcd")
    model = sa.AttentionLM(len(letters), 8, 2, most=16, n_layers=2)
    ids = torch.randint(4, (3, 10))
    record = []
    assert model(ids, record=record).shape == (3, 10, len(letters))
    assert [w.shape for w in record] == [(3, 2, 10, 10)] * 2
    assert sa.weights_of(model, ids).shape == (3, 2, 2, 10, 10)
    assert all((w.triu(1) == 0).all() for w in record)
    changed = ids.clone()
    changed[:, 6] = (ids[:, 6] + 1) % 4
    assert model(ids)[:, :6].equal(model(changed)[:, :6])
    leaky = sa.AttentionLM(len(letters), 8, 2, most=16, causal=False)
    assert not leaky(ids)[:, :6].equal(leaky(changed)[:, :6])
    one = sa.AttentionLM(len(letters), 8, 2, most=16)
    x = one.embed(ids) + one.positions.rows[:10]
    assert one(ids).equal(one.out(x + one.layers[0](x, mask=sa.causal_mask(10))[0]))
    long = "abcd" * 20
    assert len(NeuralLM(model, letters, context=16).token_log_probs(long)) == 81
    for wrong, told in ((torch.randint(4, (1, 17)), "17 tokens"), (ids[0], "batch, time"),
                        (ids + 90, f"knows 0 to {len(letters) - 1}; was it made for another")):
        with pytest.raises(ValueError, match=told):
            model(wrong)
    with pytest.raises(ValueError, match="at least 2 and 1"):
        sa.AttentionLM(4, 8, 2, most=8, n_layers=0)


def test_the_fused_model_is_the_written_one():
    torch.manual_seed(0)
    written = sa.AttentionLM(9, 16, 4, most=12, n_layers=2)
    fused = sa.AttentionLM(9, 16, 4, most=12, n_layers=2, fused=True)
    fused.load_state_dict(written.state_dict())
    ids = torch.randint(9, (2, 12))
    assert torch.allclose(written(ids), fused(ids), atol=1e-5)
