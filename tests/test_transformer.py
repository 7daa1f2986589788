"""The Transformer is torch's, layer by layer, and reads in pieces as it reads at once."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from small_transformers import (
    KINDS,
    POSITIONS,
    SMALL,
    WITHIN,
    V,
    close,
    config_of,
    model_of,
    shaken,
    some_ids,
)
from torch import nn

from helpers import self_attention_masks as sa
from helpers import tokenizers, training
from helpers import transformer as tf
from helpers.gradient_flow import influence

# the config


@pytest.mark.parametrize("changed, sentence", [
    ({"d_model": 10, "n_heads": 4}, "d_model=10 cannot be cut into n_heads=4"),
    ({"n_heads": 4, "n_kept": 3}, "n_heads=4 cannot share n_kept=3"),
    ({"n_heads": 2, "n_kept": 4}, "n_heads=2 cannot share n_kept=4"),
    ({"d_model": 9, "n_heads": 3, "positions": "rotary"}, "9 / 3 = 3 is odd"),
    ({"positions": "learned", "max_len": None}, "max_len=None"),
    ({"window": 3, "causal": False}, "window=3 looks back, and causal=False"),
    ({"window": 21}, "window=21 is longer than a text may be, max_len=20"),
    ({"positions": "rotry"}, "positions='rotry': there are 'sinusoidal', 'learned', 'rotary'"),
    ({"norm": "batch"}, "norm='batch': there are 'layer', 'rms'"),
    ({"activation": "tanh"}, "activation='tanh': there are 'relu'"),
    ({"vocab_size": 1}, "vocab_size=1: it must be a whole number, 2 or more"),
    ({"n_layers": 0}, "n_layers=0"), ({"d_model": 12.0}, "d_model=12.0"),
    ({"n_heads": True}, "n_heads=True"), ({"window": 0}, "window=0"), ({"d_ff": 0}, "d_ff=0"),
    ({"dropout": 1.0}, "dropout=1.0"), ({"pre_norm": "yes"}, "pre_norm='yes'"),
])
def test_a_config_refuses_what_makes_no_sense(changed, sentence):
    with pytest.raises(ValueError, match=sentence):
        tf.TransformerConfig(**{**SMALL, **changed})


def test_a_config_cannot_be_changed_and_is_plain_json():
    config = config_of()
    with pytest.raises(AttributeError):
        config.d_model = 3
    assert tf.TransformerConfig(**asdict(config)) == config
    assert tf.Transformer.of(**asdict(config)).config == config


# the parts


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("dtype", WITHIN)
def test_the_norms_are_torchs_per_token_and_blind_to_the_size_of_a_token(dtype, fused):
    torch.manual_seed(0)
    x = torch.randn(3, 5, 8, dtype=dtype) * 7 + 3
    for ours, theirs in ((tf.LayerNorm(8, fused=fused), nn.LayerNorm(8)),
                         (tf.LayerNorm(8, bias=False, fused=fused), nn.LayerNorm(8, bias=False)),
                         (tf.RMSNorm(8, fused=fused), nn.RMSNorm(8, eps=1e-5))):
        shaken(ours).to(dtype)
        theirs.to(dtype).weight.data.copy_(ours.gain)
        if getattr(ours, "bias", None) is not None:
            theirs.bias.data.copy_(ours.bias)
        assert close(ours(x), theirs(x), dtype)
        assert close(ours(x), ours(1000 * x), torch.float32, 10)
        assert close(ours(x)[1:2, 2:3], ours(x[1:2, 2:3]), dtype)
    plain = tf.LayerNorm(8, fused=fused).to(dtype)(x)
    assert close(plain.mean(-1), torch.zeros(3, 5, dtype=dtype), torch.float32)
    assert close(plain.var(-1, correction=0), torch.ones(3, 5, dtype=dtype), torch.float32)
    size = tf.RMSNorm(8, fused=fused).to(dtype)(x).square().mean(-1)
    assert close(size, torch.ones(3, 5, dtype=dtype), torch.float32)


def test_the_feed_forward_is_its_formula_and_swiglu_has_as_many_numbers():
    torch.manual_seed(0)
    x, forms = torch.randn(2, 3, 24), {"relu": F.relu, "gelu": F.gelu,
                                       "squared relu": lambda h: F.relu(h) ** 2}
    counts = {}
    for name in (*forms, "swiglu"):
        part = tf.FeedForward(config_of(d_model=24, activation=name, bias=False))
        counts[name] = sum(p.numel() for p in part.parameters())
        W_1, W_2 = part.W_1.weight.T, part.W_2.weight.T
        h = (forms[name](x @ W_1) if name in forms
             else (x @ W_1) * torch.sigmoid(x @ W_1) * (x @ part.W_3.weight.T))
        assert torch.allclose(part(x), h @ W_2, atol=1e-6)
        order = [2, 0, 1]
        assert torch.allclose(part(x[:, order]), part(x)[:, order], atol=1e-6)
    assert len(set(counts.values())) == 1


def test_turns_are_the_rotation_of_notebook_05_and_scores_know_distances_only():
    torch.manual_seed(0)
    places, x = torch.tensor([[0, 3, 7, 50, 1000]]), torch.randn(2, 3, 5, 6, dtype=torch.float64)
    turns = tf.turns_at(places, 6, torch.float64)
    assert torch.allclose(tf.turn(x, turns), sa.rotate(x, places[0]), atol=1e-12)
    one, other = torch.randn(2, 1, 1, 1, 6, dtype=torch.float64)

    def score(i, j):
        q, k = (tf.turn(row, tf.turns_at(torch.tensor([[place]]), 6, torch.float64))
                for row, place in ((one, i), (other, j)))
        return (q * k).sum().item()
    assert score(9, 4) == pytest.approx(score(109, 104), abs=1e-12)
    assert abs(score(9, 4) - score(9, 5)) > 1e-3


def test_attention_with_all_heads_kept_and_no_bias_is_that_of_notebook_05():
    torch.manual_seed(0)
    ours = tf.Attention(config_of(bias=False))
    theirs = sa.MultiHeadAttention(12, 2)
    theirs.load_state_dict(ours.state_dict())
    x, memory, mask = torch.randn(2, 5, 12), torch.randn(2, 4, 12), sa.causal_mask(5)
    for mine, wanted in ((ours(x, mask=mask), theirs(x, mask=mask)),
                         (ours(x, memory), theirs(x, memory))):
        assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(mine, wanted, strict=True))


def test_shared_keys_are_all_keys_with_copied_columns():
    shared = shaken(tf.Attention(config_of("shared keys"))).double()
    full = tf.Attention(config_of("shared keys", n_kept=6)).double()
    with torch.no_grad():
        for name, value in shared.named_parameters():
            if name[-1] in "kv":                    # columns of 2 heads -> of 6, each three times
                heads = value.unflatten(-1, (2, 2)).repeat_interleave(3, dim=-2)
                value = heads.flatten(-2)
            getattr(full, name).copy_(value)
    x = torch.randn(2, 5, 12, dtype=torch.float64)
    assert torch.allclose(shared(x, mask=sa.causal_mask(5))[0], full(x, mask=sa.causal_mask(5))[0],
                          atol=1e-12)


# torch's own layers


def masks(B, T, S):
    """Masks of all kinds for (B, T, S), as bool, True = may attend."""
    generator = torch.Generator().manual_seed(T * 10 + S)
    ragged = torch.rand(B, T, S, generator=generator) < 0.5
    ragged[..., 0] = True
    padding = sa.padding_mask([S] + [max(1, S - 2)] * (B - 1), S)
    kinds = {"none": None, "padding": padding, "any": ragged, "one for all": ragged[0]}
    if T == S:
        kinds |= {"causal": sa.causal_mask(T), "window": sa.window_mask(T, 2),
                  "causal and padding": sa.causal_mask(T) & padding}
    return kinds


def for_torch(mask, B, T, S, heads):
    if mask is None:
        return None
    return sa.for_multihead(mask if mask.dim() == 2 else mask.expand(B, T, S), heads)


@pytest.mark.parametrize("pre_norm", [True, False])
@pytest.mark.parametrize("dtype", WITHIN)
@pytest.mark.parametrize("B", [1, 3])
def test_a_block_is_torchs_encoder_layer_with_these_weights(B, dtype, pre_norm):
    for T in range(1, 10):
        how = {"bias": T % 3 != 0, "activation": "gelu" if T % 2 else "relu"}
        torch.manual_seed(T)
        block = shaken(tf.Block(config_of("2017", pre_norm=pre_norm, **how))).to(dtype)
        theirs = tf.torch_layer(block)
        x = torch.randn(B, T, 12, dtype=dtype, requires_grad=True)
        for kind, mask in masks(B, T, T).items():
            out, _ = block(x, mask)
            wanted = theirs(x, src_mask=for_torch(mask, B, T, T, 2))
            assert close(out, wanted, dtype), (T, kind)
            slopes = [torch.autograd.grad(value.square().sum(), x)[0] for value in (out, wanted)]
            assert close(*slopes, dtype, 50), (T, kind)
            if kind == "padding":
                wanted = theirs(x, src_key_padding_mask=~mask[:, 0])
                assert close(out, wanted, dtype)


@pytest.mark.parametrize("pre_norm", [True, False])
@pytest.mark.parametrize("dtype", WITHIN)
@pytest.mark.parametrize("B", [1, 3])
def test_a_block_with_a_source_is_torchs_decoder_layer_with_these_weights(B, dtype, pre_norm):
    for T in range(1, 10):
        S = 1 + (T * 4) % 9
        how = {"bias": T % 3 != 0, "activation": "gelu" if T % 2 else "relu"}
        torch.manual_seed(T)
        block = tf.Block(config_of("2017", pre_norm=pre_norm, **how), cross=True)
        block = shaken(block).to(dtype)
        theirs = tf.torch_layer(block)
        x = torch.randn(B, T, 12, dtype=dtype, requires_grad=True)
        memory = torch.randn(B, S, 12, dtype=dtype)
        for kind, mask in masks(B, T, T).items():
            for source_kind in ("none", "padding", "any"):
                source_mask = masks(B, T, S)[source_kind]
                out, _ = block(x, mask, source=block.cross.keys_values(memory),
                               source_mask=source_mask)
                wanted = theirs(x, memory, tgt_mask=for_torch(mask, B, T, T, 2),
                                memory_mask=for_torch(source_mask, B, T, S, 2))
                assert close(out, wanted, dtype), (T, kind, source_kind)


def test_a_query_that_may_see_nothing_gets_the_bias_alone_as_in_torchs_layer():
    block = shaken(tf.Block(config_of("2019"))).double()
    x, mask = torch.randn(1, 4, 12, dtype=torch.float64), sa.causal_mask(4)
    mask[2] = False
    record = []
    out, _ = block(x, mask, record=record)
    assert out.isfinite().all() and record[0]["weights"][0, :, 2].eq(0).all()
    assert torch.allclose(record[0]["attention"][0, 2], block.attention.b_o)
    layer = tf.torch_layer(block)
    assert torch.allclose(out, layer(x, src_mask=~mask), atol=1e-12)
    asked = layer.self_attn(x, x, x, attn_mask=~mask)       # with weights torch divides 0 by 0
    assert asked[0][0, 2].isnan().all() and asked[0][0, 3].isfinite().all()


def test_what_torch_does_not_have_is_refused():
    for kind, word in (("rms with bias", "RMSNorm"), ("squared relu", "squared relu"),
                       ("shared keys", "n_kept")):
        with pytest.raises(ValueError, match=word):
            tf.torch_layer(tf.Block(config_of(kind)))


@pytest.mark.parametrize("kind", ["2017", "2019"])
def test_a_whole_model_is_torchs_encoder_between_two_tables(kind):
    model = model_of(kind, torch.float64, n_layers=3)
    layers = [tf.torch_layer(block) for block in model.stack.blocks]
    ids, T = some_ids(), 9
    x = model.embed(ids) * (12 ** 0.5 if kind == "2017" else 1)
    x = x + (sa.sinusoidal(T, 12).double() if kind == "2017" else model.stack.positions.rows[:T])
    for layer in layers:
        x = layer(x, src_mask=~sa.causal_mask(T))
    if kind == "2019":
        x = F.layer_norm(x, (12,), model.stack.last.gain, model.stack.last.bias)
    assert torch.allclose(model(ids), x @ model.embed.weight.T, atol=1e-12)


# fused


@pytest.mark.parametrize("kind", KINDS)
def test_the_fused_model_is_the_written_one_and_makes_no_weights(kind):
    model = model_of(kind, torch.float64)
    fused = tf.Transformer(model.config, fused=True).double()
    fused.load_state_dict(model.state_dict())
    for lengths in (None, torch.tensor([9, 1, 4])):
        written, kernel = model(some_ids(), lengths), fused(some_ids(), lengths)
        assert torch.allclose(written, kernel, atol=1e-6, rtol=0)
    with pytest.raises(ValueError, match="no weights to record"):
        fused(some_ids(), record=[])


# masks


@pytest.mark.parametrize("T", [1, 2, 9])
def test_masks_from_places_are_those_of_notebook_05(T):
    lengths = torch.tensor([T, 1, max(1, T - 2)])
    places = torch.arange(T)[None]
    keys = places.where(places < lengths[:, None], -1)
    padding = sa.padding_mask(lengths, T)
    assert torch.equal(tf.who_sees(places, places)[0], sa.causal_mask(T))
    assert torch.equal(tf.who_sees(places, places, window=2)[0], sa.window_mask(T, 2))
    assert torch.equal(tf.who_sees(places, keys), sa.causal_mask(T) & padding)
    assert torch.equal(tf.who_sees(places, keys, causal=False), padding)


def test_who_depends_on_whom_in_each_family():
    x = torch.randn(5, 12)

    def reach(**changed):
        stack = tf.Stack(config_of("2019", n_layers=1, **changed))
        return np.stack([influence(lambda rows: stack(rows[None])[0][0], x, at) > 0
                         for at in range(5)])
    assert reach().tolist() == sa.causal_mask(5).tolist()
    assert reach(causal=False).all()
    assert reach(window=2).tolist() == sa.window_mask(5, 2).tolist()


def test_without_positions_and_mask_an_order_is_not_seen_and_with_positions_it_is():
    order = torch.tensor([3, 0, 4, 1, 2])
    for positions in POSITIONS:
        stack = tf.Stack(config_of("2019", positions=positions, causal=False)).double()
        x = torch.randn(1, 5, 12, dtype=torch.float64)
        gap = (stack(x)[0][:, order] - stack(x[:, order])[0]).abs().max()
        assert gap < 1e-12 if positions == "none" else gap > 1e-2


# reading on


@pytest.mark.parametrize("dtype", WITHIN)
@pytest.mark.parametrize("kind", KINDS)
def test_reading_in_pieces_is_reading_at_once(kind, dtype):
    model = model_of(kind, dtype)
    ids = some_ids(3, 20)                                   # up to the last place there is
    for rows in (ids, ids[:1]):
        whole = model(rows)
        for sizes in ([1] * 20, [7, 1, 12], [20]):
            state, logits = None, []
            for piece in rows.split(sizes, dim=1):
                row, state = model.read(piece, state)
                logits.append(row)
            assert close(torch.cat(logits, dim=1), whole, dtype), sizes


@pytest.mark.parametrize("dtype", WITHIN)
@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_different_lengths_read_on_as_each_does_alone(kind, dtype):
    model = model_of(kind, dtype)
    texts = [some_ids(1, n, seed=n)[0] for n in (9, 5, 6)]
    pieces = [[4, 1, 0, 4], [1, 3, 1, 0], [2, 0, 3, 1]]     # how much of each text, piece by piece
    state, found = None, [[] for _ in texts]
    begun = [0, 0, 0]
    for round_ in range(4):
        lengths = torch.tensor([counts[round_] for counts in pieces])
        ids = torch.full((3, max(int(lengths.max()), 1) + 1), V - 1)        # more padding than due
        for row, (text, start) in enumerate(zip(texts, begun, strict=True)):
            ids[row, :lengths[row]] = text[start:start + lengths[row]]
        logits, state = model.read(ids, state, lengths)
        assert logits.isfinite().all()
        for row, count in enumerate(lengths.tolist()):
            found[row].append(logits[row, :count])
            begun[row] += count
    for text, rows in zip(texts, found, strict=True):
        assert close(torch.cat(rows), model(text[None])[0], dtype)


def test_padding_in_one_piece_is_not_there():
    for kind in ("today", "2017", "2019", "window"):
        for causal in (True, False):
            model = model_of(kind, torch.float64, causal=causal,
                             window=3 if kind == "window" and causal else None)
            ids, lengths = some_ids(), torch.tensor([9, 1, 4])
            logits = model(ids, lengths)
            for row, length in enumerate(lengths.tolist()):
                alone = model(ids[row:row + 1, :length])[0]
                assert torch.allclose(logits[row, :length], alone, atol=1e-12)


@pytest.mark.parametrize("positions", POSITIONS)
def test_a_full_context_is_refused_at_once_and_in_pieces_and_its_last_place_is_not(positions):
    model = model_of("2019", positions=positions)
    model(some_ids(1, 20))
    with pytest.raises(ValueError, match=r"a text of 21 tokens, and max_len=20.*context=20"):
        model(some_ids(1, 21))
    state = model.read(some_ids(2, 19), lengths=torch.tensor([19, 3]))[1]
    state = model.read(some_ids(2, 1), state)[1]
    with pytest.raises(ValueError, match="a text of 21 tokens"):
        model.read(some_ids(2, 1), state)
    model.read(some_ids(2, 5), state, torch.tensor([0, 5]))      # the other text has room


@pytest.mark.parametrize("positions", ["rotary", "none", "sinusoidal"])
def test_a_window_slides_for_ever_and_keeps_what_can_be_seen(positions):
    model = model_of("window", torch.float64, max_len=None, positions=positions)
    ids, state, logits = some_ids(1, 60), None, []
    for token in ids.split(1, dim=1):
        row, state = model.read(token, state)
        logits.append(row)
        assert state.places.shape[1] <= 2
    assert torch.allclose(torch.cat(logits, dim=1), model(ids), atol=1e-12)
    far = ids.clone()
    far[:, 30] = (far[:, 30] + 1) % V                       # 2 layers, each 2 tokens back: 4 in all
    changed = (model(far) - model(ids)).abs().amax(dim=-1)[0] > 1e-9
    assert changed.nonzero().flatten().tolist() == [30, 31, 32, 33, 34]


def test_places_beyond_those_of_training_are_there_if_the_config_says_so():
    for positions in ("rotary", "sinusoidal", "none"):
        model = model_of("2019", positions=positions)
        wider = tf.Transformer(replace(model.config, max_len=None))
        wider.load_state_dict(model.state_dict())
        assert torch.equal(wider(some_ids(1, 20)), model(some_ids(1, 20)))
        assert wider(some_ids(1, 40)).isfinite().all()


def test_a_state_of_other_texts_lengths_that_do_not_fit_and_strange_ids_are_refused():
    model = model_of()
    state = model.read(some_ids(3, 4))[1]
    with pytest.raises(ValueError, match="the state is one of 3 texts, the ids are 2"):
        model.read(some_ids(2, 1), state)
    for lengths in ([4, 4], [0, 4, 4], [5, 4, 4], [1.0, 2.0, 3.0]):
        with pytest.raises(ValueError, match="for 3 texts of 4 tokens"):
            model(some_ids(3, 4), torch.tensor(lengths))
    for ids, sentence in ((torch.tensor([[V]]), f"ids from {V} to {V}"),
                          (torch.tensor([[-1]]), "the model knows 0 to 12"),
                          (torch.tensor([1, 2]), r"shape \(2,\)"),
                          (torch.zeros(2, 0, dtype=torch.long), "not empty")):
        with pytest.raises(ValueError, match=sentence):
            model(ids)
    both_ways = model_of("2019", causal=False)
    state = both_ways.read(some_ids(1, 3))[1]
    with pytest.raises(ValueError, match="causal=False looks ahead"):
        both_ways.read(some_ids(1, 1), state)


# looking inside


@pytest.mark.parametrize("kind", ["today", "2017", "window"])
def test_a_record_holds_the_spine_of_every_block(kind):
    model, ids, record = model_of(kind, torch.float64), some_ids(), []
    logits = model(ids, record=record)
    assert torch.equal(logits, model(ids)) and len(record) == 2
    for layer, block in zip(record, model.stack.blocks, strict=True):
        assert layer["weights"].shape == (3, 2, 9, 9)
        assert torch.allclose(layer["weights"].sum(-1), torch.ones(3, 2, 9, dtype=torch.float64))
        for name, before, norm in (("norm_1", "x", block.norm_1),
                                   ("norm_2", "after_attention", block.norm_2)):
            wanted = norm(layer[before]) if block.pre_norm else layer[before]
            assert torch.allclose(layer[name], wanted)
        between = layer["x"] + layer["attention"]
        after = between if block.pre_norm else block.norm_1(between)
        assert torch.allclose(layer["after_attention"], after)
        between = after + layer["feed_forward"]
        assert torch.allclose(layer["out"], between if block.pre_norm else block.norm_2(between))
        assert torch.allclose(layer["feed_forward"], block.feed_forward(layer["norm_2"]))
    assert torch.equal(record[1]["x"], record[0]["out"])
    last = model.stack.last(record[1]["out"])
    assert torch.allclose(logits, last @ model.embed.weight.T, atol=1e-12)


def test_weights_of_a_model_are_those_of_its_record_without_dropout():
    model, ids, record = model_of("today", dropout=0.5), some_ids(), []
    weights = tf.weights_of(model, ids)
    assert weights.shape == (3, 2, 2, 9, 9) and model.training
    model.eval()(ids, record=record)
    assert all(torch.equal(weights[:, i], layer["weights"]) for i, layer in enumerate(record))


def test_dropout_falls_in_training_only():
    model = model_of("2019", dropout=0.5)
    assert not torch.equal(model(some_ids()), model(some_ids()))
    model.eval()
    assert torch.equal(model(some_ids()), model(some_ids()))
    block = tf.Block(config_of("2019", dropout=0.999999), fused=True)
    x = torch.randn(2, 5, 12)
    assert torch.equal(block(x)[0], x)                      # what a part adds can all be dropped


# tied rows


def test_tied_rows_are_one_tensor_trained_from_both_ends_and_stored_once(tmp_path):
    vocabulary = tokenizers.Vocabulary("abcdefgh")
    config = {"vocab_size": len(vocabulary), "d_model": 64, "n_heads": 2, "n_layers": 1}
    sizes = {}
    for tied in (True, False):
        model = tf.Transformer.of(**config, tied=tied)
        sizes[tied] = sum(t.numel() for t in model.state_dict().values())
        assert ("out.weight" in model.state_dict()) is not tied
        training.save_checkpoint("small", model, tokenizer=vocabulary, minutes=0.0, half=True,
                                 config={**config, "tied": tied}, history=training.History(),
                                 folder=tmp_path)
        loaded, _ = training.load_checkpoint("small", tf.Transformer.of, folder=tmp_path)
        ids = torch.tensor([[2, 3, 4]])
        assert torch.allclose(loaded(ids), model(ids), atol=2e-2)
        with torch.no_grad():
            loaded.embed.weight[7] += torch.randn(64)       # an id that is not read
        moved = (loaded(ids) - model(ids)).abs().amax(dim=(0, 1)) > 0.1
        assert moved.nonzero().flatten().tolist() == ([7] if tied else [])
    assert sizes[False] - sizes[True] == len(vocabulary) * 64
