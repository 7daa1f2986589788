"""The small pieces of the second sitting, each against an oracle or what its paper promises."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from small_transformers import SMALL, config_of
from torch import nn

from helpers import neural, rnn_lstm, training
from helpers import self_attention_masks as sa
from helpers import transformer as tf
from helpers.gradient_flow import influence

# smoothed labels


def test_smoothed_labels_by_hand_by_torch_and_their_floor():
    logits, target = torch.tensor([[4.0, 0, 0, 0]]), torch.tensor([0])
    right, wrong = 1 - 0.1 + 0.1 / 4, 0.1 / 4
    total = math.log(math.exp(4) + 3)
    by_hand = right * (total - 4) + 3 * wrong * total
    assert tf.smoothed_loss(logits, target).item() == pytest.approx(by_hand, abs=1e-6)
    assert by_hand == pytest.approx(0.353491, abs=1e-6)      # .3534904; in float32 .353491
    assert tf.smoothed_floor(4) == pytest.approx(0.348780, abs=5e-7)
    softened = torch.tensor([[right, wrong, wrong, wrong]]).log()
    assert tf.smoothed_loss(softened, target).item() == pytest.approx(tf.smoothed_floor(4))
    assert tf.smoothed_floor(4, 0.0) == 0


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_smoothed_loss_is_torchs_leaves_padding_out_and_takes_no_log_of_zero(share):
    torch.manual_seed(0)
    logits, targets = torch.randn(3, 5, 7) * 5, torch.randint(7, (3, 5))
    targets[1, 2:] = neural.NO_TARGET
    wanted = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), label_smoothing=share)
    assert tf.smoothed_loss(logits, targets, share).item() == pytest.approx(wanted.item(), abs=1e-5)
    sure = torch.tensor([[1000.0, -1000.0]], requires_grad=True)
    loss = tf.smoothed_loss(sure, torch.tensor([0]), share)
    loss.backward()
    assert loss.isfinite() and sure.grad.isfinite().all()
    for wrong in (-0.1, 1.0):
        with pytest.raises(ValueError, match="share="):
            tf.smoothed_loss(logits, targets, wrong)
    with pytest.raises(ValueError, match="every target is NO_TARGET"):
        tf.smoothed_loss(logits, torch.full((3, 5), neural.NO_TARGET), share)


# warm-up and AdamW


def test_the_rate_rises_to_its_peak_at_the_end_of_the_warm_up_and_falls_as_published():
    ours, published = tf.warmup_inverse_sqrt(400), tf.warmup_inverse_sqrt(400, d_model=512)
    factors = [ours(step, 4000) for step in range(4000)]
    assert factors.index(max(factors)) == 399 and max(factors) == 1
    assert factors[0] == pytest.approx(1 / 400) and factors[1599] == pytest.approx(0.5)
    for step in (1, 100, 400, 3000):
        paper = 512 ** -0.5 * min(step ** -0.5, step * 400 ** -1.5)
        assert published(step - 1, 4000) == pytest.approx(paper)
    with pytest.raises(ValueError, match="warmup=0"):
        tf.warmup_inverse_sqrt(0)


@pytest.mark.parametrize("tied", [True, False])
def test_each_parameter_is_in_one_group_and_only_matrices_are_decayed(tied):
    model = tf.Transformer(config_of("2019", tied=tied))
    decayed, free = tf.decayed_groups(model, 0.1)
    ids = [id(p) for group in (decayed, free) for p in group["params"]]
    assert sorted(ids) == sorted({id(p) for p in model.parameters()})
    names = {id(p): name for name, p in model.named_parameters()}
    left = {names[id(p)].split(".")[-1] for p in free["params"]}
    assert left == {"gain", "bias", "b_q", "b_k", "b_v", "b_o"}
    assert (decayed["weight_decay"], free["weight_decay"]) == (0.1, 0.0)
    model.embed.weight.requires_grad_(False)
    assert id(model.embed.weight) not in {id(p) for group in tf.decayed_groups(model, 0.1)
                                          for p in group["params"]}


def test_a_step_without_gradient_shrinks_matrices_and_leaves_gains():
    model = tf.Transformer(config_of("2019"))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer = tf.adamw(0.01, weight_decay=0.5)(model)
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    for name, parameter in model.named_parameters():
        factor = 1 - 0.01 * 0.5 if parameter.dim() > 1 else 1
        assert torch.allclose(parameter, before[name] * factor), name


def test_the_training_loop_takes_all_three():
    torch.manual_seed(0)
    model = tf.Transformer(config_of("2017"), fused=True)

    def draw(generator):
        start = torch.randint(13, (16, 1), generator=generator)
        ids = (start + torch.arange(9)) % 13                # each id is the one before plus one
        return ids[:, :-1], ids[:, 1:]
    history = training.train(
        model, draw, lambda model, batch: tf.smoothed_loss(model(batch[0]), batch[1]),
        steps=150, optimizer=tf.adamw(1e-2), schedule=tf.warmup_inverse_sqrt(30))
    assert history.losses[-1] < tf.smoothed_floor(13) + 0.1 < 2 < history.losses[0]
    ids, targets = draw(torch.Generator().manual_seed(9))
    assert (model(ids).argmax(-1) == targets).all()


# pictures


def test_patches_times_a_matrix_are_a_convolution_that_steps_over_the_picture():
    torch.manual_seed(0)
    pictures = torch.randn(2, 3, 8, 12, dtype=torch.float64)
    convolution = nn.Conv2d(3, 5, kernel_size=4, stride=4, dtype=torch.float64)
    patches = tf.patchify(pictures, 4)
    assert patches.shape == (2, 6, 48)
    ours = patches @ convolution.weight.flatten(1).T + convolution.bias
    theirs = convolution(pictures).flatten(2).transpose(1, 2)
    assert torch.allclose(ours, theirs, atol=1e-12)
    assert torch.equal(patches[0, 1, :4], pictures[0, 0, 0, 4:8])
    assert torch.equal(tf.unpatchify(patches, 3, 8, 12), pictures)


def test_patches_that_do_not_fill_a_picture_are_refused():
    for pictures, side in ((torch.zeros(1, 3, 8, 9), 4), (torch.zeros(1, 3, 9, 8), 4),
                           (torch.zeros(3, 8, 8), 4), (torch.zeros(1, 3, 8, 8), 0)):
        with pytest.raises(ValueError, match=f"patches of side {side}"):
            tf.patchify(pictures, side)
    for shape in ((1, 4, 47), (1, 5, 48), (1, 4, 12)):
        with pytest.raises(ValueError, match="do not fill a picture"):
            tf.unpatchify(torch.zeros(shape), 3, 8, 8)


def test_the_same_blocks_tell_upright_from_lying_bars_in_pictures():
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)

    def drawn(count):
        lying = torch.randint(2, (count,), generator=generator)
        pictures = 0.3 * torch.randn(count, 1, 6, 6, generator=generator)
        for picture, flat in zip(pictures, lying, strict=True):
            at = int(torch.randint(6, (1,), generator=generator))
            picture[0][(at, slice(None)) if flat else (slice(None), at)] += 2
        return tf.patchify(pictures, 2), lying
    config = tf.TransformerConfig(**{**SMALL, "causal": False, "positions": "learned",
                                     "max_len": 9})
    parts = nn.ModuleList([nn.Linear(4, 12), tf.Stack(config), nn.Linear(12, 2)])

    def logits(patches):
        return parts[2](parts[1](parts[0](patches))[0].mean(dim=1))
    optimizer = tf.adamw(1e-2)(parts)
    for _ in range(120):
        patches, lying = drawn(32)
        loss = F.cross_entropy(logits(patches), lying)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    patches, lying = drawn(200)
    assert (logits(patches).argmax(-1) == lying).float().mean() > 0.9


# long texts


def random_rows(T=9, d=6, e=4):
    generator = torch.Generator().manual_seed(0)
    return (torch.randn(T, width, generator=generator, dtype=torch.float64) * 2
            for width in (d, d, e))


def test_linear_attention_is_a_recurrent_network_with_a_state_that_does_not_grow():
    q, k, v = random_rows()
    whole, state = tf.linear_attention(q, k, v), None
    for t in range(len(q)):
        before = None if state is None else [part.clone() for part in state]
        context, after = tf.linear_attention_step(q[t], k[t], v[t], state)
        assert torch.allclose(context, whole[t], atol=1e-12)
        assert before is None or all(map(torch.equal, before, state))
        state = after
    assert [part.shape for part in state] == [(6, 4), (6,)]
    raised = (F.elu(k) + 1)[:, :, None] * v[:, None, :]                 # (T, d, d_v)
    sums, rounds = rnn_lstm.scan_parallel(torch.ones(9, 24, dtype=torch.float64), raised.flatten(1))
    assert torch.allclose(sums[-1].view(6, 4), state[0], atol=1e-12) and rounds == 4


def test_linear_attention_weighs_by_its_features_and_sees_no_future():
    q, k, v = random_rows()
    for t in (0, 4, 8):
        weights = torch.stack([(F.elu(q[t]) + 1) @ (F.elu(key) + 1) for key in k[:t + 1]])
        wanted = (weights / weights.sum()) @ v[:t + 1]
        assert torch.allclose(tf.linear_attention(q, k, v)[t], wanted, atol=1e-12)


def test_with_as_many_mixtures_as_keys_and_none_mixed_low_rank_attention_is_all_of_it():
    q, k, v = random_rows(9)
    full, weights = sa.scaled_dot_product_attention(q, k, v)
    context, mixed = tf.low_rank_attention(q, k, v, E=torch.eye(9, dtype=torch.float64))
    assert torch.allclose(context, full, atol=1e-6) and torch.allclose(mixed, weights, atol=1e-6)
    order = torch.eye(9, dtype=torch.float64)[torch.randperm(9)]
    assert torch.allclose(tf.low_rank_attention(q, k, v, E=order)[0], full, atol=1e-6)
    E = torch.randn(3, 9, dtype=torch.float64)
    context, mixed = tf.low_rank_attention(q[None], k[None], v[None], E=E)
    assert context.shape == (1, 9, 4) and mixed.shape == (1, 9, 3)
    assert (context - full).abs().max() > 1e-2
    with pytest.raises(ValueError, match="mixes 9 keys, there are 8"):
        tf.low_rank_attention(q, k[:8], v[:8], E=E)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_with_memory_a_token_reaches_as_many_segments_on_as_there_are_layers(n_layers):
    torch.manual_seed(0)
    stack = tf.Stack(config_of("today", n_layers=n_layers)).double()
    x, length = torch.randn(14, 12, dtype=torch.float64), 3     # segments 0 to 4, the last is short

    def reached(memory, at):
        slopes = influence(lambda rows: tf.in_segments(stack, rows[None], length,
                                                       memory=memory)[0], x, at)
        return [place for place in range(14) if slopes[place] > 0]
    for at in (12, 13):
        assert reached(True, at) == list(range((4 - n_layers) * length, at + 1))
        assert reached(False, at) == list(range(12, at + 1))


def test_one_segment_is_the_stack_itself_and_segments_without_memory_are_texts_of_their_own():
    torch.manual_seed(0)
    stack = tf.Stack(config_of("today")).double()
    x = torch.randn(2, 7, 12, dtype=torch.float64)
    assert torch.allclose(tf.in_segments(stack, x, 7), stack(x)[0], atol=1e-12)
    assert torch.allclose(tf.in_segments(stack, x, 4), stack(x)[0], atol=1e-12)   # 1 before is all
    apart = torch.cat([stack(x[:, :4])[0], stack(x[:, 4:])[0]], dim=1)
    assert torch.allclose(tf.in_segments(stack, x, 4, memory=False), apart, atol=1e-12)
    with pytest.raises(ValueError, match="length=0"):
        tf.in_segments(stack, x, 0)


# rank collapse


def test_difference_is_0_for_equal_rows_and_1_for_rows_around_0():
    assert tf.difference(torch.ones(4, 3)) == 0
    assert tf.difference(torch.tensor([[1.0, 0], [-1, 0]])) == 1
    assert tf.difference(torch.tensor([[3.0, 1], [3, -1]])) == pytest.approx(0.1 ** 0.5)


def test_without_a_way_past_rows_are_equal_after_four_layers_and_with_it_they_are_not():
    runs = {past: [tf.through_layers(12, residual=past, seed=seed) for seed in range(10)]
            for past in (True, False)}
    assert max(run[3] for run in runs[False]) < 1e-3        # equal to 1 in 1,000
    assert min(run[3] for run in runs[True]) > 0.5
    assert sorted(run[3] for run in runs[True])[4] > 0.66
    assert max(run[11] for run in runs[True]) < 0.2         # it slows the fall, it does not stop it
    middle = {name: sorted(tf.through_layers(4, residual=False, seed=seed, **how)[3]
                           for seed in range(5))[2]
              for name, how in (("sharp", {"scale": 3.0}), ("causal", {"causal": True}))}
    assert middle["sharp"] > 0.3 and middle["causal"] > 0.05
