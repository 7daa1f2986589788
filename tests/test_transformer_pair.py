"""Encoder and decoder together, the doors of a language model, and what it all costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_transformers import KINDS, WITHIN, V, close, config_of, model_of, shaken, some_ids
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import decoding, neural, tokenizers, training
from helpers import seq2seq_attention as s2s
from helpers import transformer as tf

PAIRS = (("the small cat", "le petit chat"), ("the cat", "le chat"),
         ("a big dog sleeps", "un gros chien dort"))


# encoder and decoder


def pair_of(kind="2017", dtype=torch.float64, *, fused=False, **changed):
    torch.manual_seed(0)
    return shaken(tf.EncoderDecoder(config_of(kind, **changed), 9, fused=fused)).to(dtype)


def sources(lengths=(7, 2, 5)):
    ids = torch.randint(9, (len(lengths), max(lengths)), generator=torch.Generator().manual_seed(1))
    return ids, torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]


@pytest.mark.parametrize("kind", KINDS)
def test_writing_with_a_cache_is_writing_without_for_sources_of_different_lengths(kind):
    for dtype in WITHIN:
        model = pair_of(kind, dtype)
        (source, mask), target = sources(), some_ids(3, 8)
        whole = model(source, target, mask)
        memory, state = model.encode(source, mask)
        for t in range(8):
            logits, state, weights = model.step(target[:, t], state, memory, mask)
            assert close(logits, whole[:, t], dtype)
            assert weights.shape == (3, 7)
            assert torch.allclose(weights.sum(dim=1), torch.ones(3, dtype=dtype))
            assert (weights[~mask] == 0).all()
        parts, state = [], model.encode(source, mask)[1]
        for piece in target.split([3, 5], dim=1):
            logits, state = model.read(piece, state)
            parts.append(logits)
        assert close(torch.cat(parts, dim=1), whole, dtype)


@pytest.mark.parametrize("kind", ["2017", "2019", "today"])
def test_the_padding_of_a_source_is_not_there_and_its_words_are(kind):
    model, (source, mask), target = pair_of(kind), sources(), some_ids(3, 6)
    whole = model(source, target, mask)
    for row, length in enumerate(mask.sum(dim=1).tolist()):
        alone = model(source[row:row + 1, :length], target[row:row + 1], mask[row:row + 1, :length])
        assert torch.allclose(alone[0], whole[row], atol=1e-12)
    other = torch.where(mask, source, (source + 1) % 9)
    assert torch.equal(model(other, target, mask), whole)
    for place in range(7):
        other = source.clone()
        other[0, place] = (other[0, place] + 1) % 9
        moved = (model(other, target, mask) - whole).abs().amax(dim=-1)
        assert (moved[0] > 1e-6).all() and (moved[1:] == 0).all()
        memories = (model.encode(ids, mask)[0][0] for ids in (source, other))
        assert ((next(memories) - next(memories)).abs().amax(dim=-1) > 1e-9).all()   # both ways


@pytest.mark.parametrize("kind", ["2017", "2019", "today", "window"])
def test_the_decoder_of_a_pair_sees_no_later_word(kind):
    model, (source, mask) = pair_of(kind, torch.float32), sources()

    def logits(ids):                    # leak_test also asks with three times as many rows
        copies = -(-len(ids) // len(source))
        return model(source.repeat(copies, 1)[:len(ids)], ids, mask.repeat(copies, 1)[:len(ids)])
    report = neural.leak_test(logits, some_ids(3, 7))
    assert report.clean, report


def test_a_fused_pair_is_the_written_one():
    model = pair_of()
    fused = tf.EncoderDecoder(model.config, 9, fused=True).double()
    fused.load_state_dict(model.state_dict())
    (source, mask), target = sources(), some_ids(3, 6)
    assert torch.allclose(fused(source, target, mask), model(source, target, mask), atol=1e-6)
    logits, _, weights = fused.step(target[:, 0], fused.encode(source, mask)[1], None, mask)
    assert weights is None and torch.allclose(logits, model(source, target, mask)[:, 0], atol=1e-6)


@pytest.mark.parametrize("mask, sentence", [
    (torch.ones(3, 6, dtype=torch.bool), r"mask \(3, 6\) of torch.bool for a source \(3, 7\)"),
    (torch.ones(3, 7), "of torch.float32"), (torch.zeros(3, 7, dtype=torch.bool), "real token"),
    (torch.tensor([[True, False, True, True, True, True, True]]).expand(3, -1), "on the right")])
def test_a_mask_of_the_source_that_does_not_fit_is_refused(mask, sentence):
    model = pair_of()
    with pytest.raises(ValueError, match=sentence):
        model(sources()[0], some_ids(3, 4), mask)


def test_one_embedding_for_both_is_one_tensor_and_needs_one_vocabulary():
    model = tf.EncoderDecoder(config_of("2017"), V, shared=True)
    assert model.embed is model.encoder.embed
    assert [name for name in model.state_dict() if "embed" in name] == ["encoder.embed.weight"]
    with pytest.raises(ValueError, match="source_size=9, vocab_size=13"):
        tf.EncoderDecoder(config_of("2017"), 9, shared=True)


@pytest.fixture(scope="module")
def translator():
    """A small pair that has learned three sentences."""
    words = tokenizers.Bilingual(*(
        tokenizers.Vocabulary.from_texts([pair[side] for pair in PAIRS], cut="blanks",
                                         marks=("<pad>", "<s>")) for side in (0, 1)))
    torch.manual_seed(0)
    model = tf.EncoderDecoder.of(source_size=len(words.source), vocab_size=len(words.target),
                                 d_model=16, n_heads=2, n_layers=1, **tf.RECIPES["today"])
    batch = s2s.batch_of(words, PAIRS)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(80):
        loss = s2s.translation_loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return s2s.Translator(model, words)


def test_it_serves_where_the_recurrent_pair_of_notebook_04_served(translator):
    for source, target in PAIRS:
        found = translator.translate(source)
        assert found.text == target and found.ended
        assert found.weights.shape == (len(found.target), len(found.source))
        assert found.weights.sum(axis=1) == pytest.approx(1, abs=1e-5)
        forced = translator.forced(source, target)
        assert forced.log_probs == pytest.approx(found.log_probs, abs=1e-5)
        best = translator.beam(source, 2).hypotheses[0]
        assert " ".join(translator.words(best.ids)) == target
    assert translator.translate_all([s for s, _ in PAIRS]) == [t for _, t in PAIRS]


def test_free_running_with_no_share_of_its_own_words_is_teacher_forcing(translator):
    batch = s2s.batch_of(translator.vocabularies, PAIRS)
    model = translator.model
    forced = model(batch.source, batch.read, batch.mask)
    assert torch.allclose(s2s.logits_reading_own(model, batch, 0.0), forced, atol=1e-5)


# the doors of a language model


LETTERS = tokenizers.Vocabulary("abcdefghijk")              # 13 ids
TEXT = "abckdefaghijjkbcadfegkhiabcjd"


class WithoutState(nn.Module):
    """The same network, and nothing is kept."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, ids):
        return self.network(ids)


def talkative(kind, **changed):
    """A model whose texts are not all alike: its words differ, and so do its logits."""
    model = model_of(kind, tied=False, **changed)
    with torch.no_grad():
        model.embed.weight.normal_()
        model.out.weight.mul_(3)
    return model


@pytest.mark.parametrize("kind", ["today", "2017", "2019", "none, pre-norm", "shared keys"])
def test_writing_with_the_cache_writes_what_is_written_without(kind):
    network = talkative(kind, max_len=64)
    with_cache = neural.NeuralLM(network, LETTERS, context=64)
    without = neural.NeuralLM(WithoutState(network), LETTERS, context=64)
    texts = set()
    for seed in range(5):
        how = {"max_tokens": 50, "temperature": 0 if seed == 0 else 1.5}
        written = [writer.write("abc", rng=np.random.default_rng(seed), **how)
                   for writer in (with_cache, without)]
        assert written[0] == written[1]
        texts.add(written[0])
    assert len({pair for text in texts for pair in zip(text, text[1:], strict=False)}) > 9


def test_beam_search_with_the_cache_finds_the_same_tree():
    network = talkative("today")
    trees = [decoding.beam_search(neural.NeuralLM(net, LETTERS, context=20).step, LETTERS.start,
                                  width=3, max_tokens=8, stop=LETTERS.end)
             for net in (network, WithoutState(network))]
    first, second = ([h.ids for h in tree.hypotheses] for tree in trees)
    assert first == second
    assert [n.total for n in trees[0].nodes] == pytest.approx([n.total for n in trees[1].nodes],
                                                              abs=1e-4)


@pytest.mark.parametrize("context", [2, 7, 8])
@pytest.mark.parametrize("kind", ["2019", "2017", "today"])
def test_a_long_text_is_scored_in_windows_first_and_last_token_right(kind, context):
    network = model_of(kind, torch.float64, max_len=context)
    model = neural.NeuralLM(network, LETTERS, context=context)
    row = [LETTERS.start, *LETTERS.encode(TEXT), LETTERS.end]
    count, half = len(row) - 1, context // 2
    firsts = [*range(0, count - context, half), count - context]
    wanted = []
    for target in range(1, count + 1):          # the first window that reads up to before it
        first = next(f for f in firsts if f + context >= target)
        logits = network(torch.tensor([row[first:target]]))[0, -1]
        wanted.append(logits.log_softmax(-1)[row[target]].item())
        assert first == 0 or target - first > half or first == firsts[-1]
    assert model.token_log_probs(TEXT) == pytest.approx(wanted, abs=1e-9)
    assert model.batch_log_probs(["a", TEXT])[1] == pytest.approx(wanted, abs=1e-9)
    whole = model_of(kind, torch.float64, max_len=context).state_dict()
    if kind != "2019":                          # where nothing is cut, nothing is to be seen
        wider = tf.Transformer(config_of(kind, max_len=64)).double()
        wider.load_state_dict(whole)
        in_one = neural.NeuralLM(wider, LETTERS, context=64).token_log_probs(TEXT)
        assert in_one[:context] == pytest.approx(wanted[:context], abs=1e-9)
        assert abs(in_one[context] - wanted[context]) > 1e-6


@pytest.mark.parametrize("context", [2, 7, 8])
def test_writing_on_beyond_a_full_context_reads_the_windows_of_a_long_text(context):
    network = model_of("2019", torch.float64, max_len=context)
    model = neural.NeuralLM(network, LETTERS, context=context)
    row, half = [LETTERS.start, *LETTERS.encode(TEXT)], context // 2
    state, first, calls = None, 0, []
    for place, token in enumerate(row):
        before, (state, found) = state, model.step(state, token)
        first += half if place - first == context else 0
        wanted = network(torch.tensor([row[first:place + 1]]))[0, -1].log_softmax(-1)
        assert found == pytest.approx(wanted.detach().numpy(), abs=1e-9)
        assert model.step(before, token)[1] == pytest.approx(found, abs=1e-12)
        calls.append(first)
    assert calls[-1] > context                  # the context was full more than once
    windowed = model.token_log_probs(TEXT)
    assert len(model.write("abc", rng=np.random.default_rng(0), max_tokens=40)) >= 0
    assert len(windowed) == len(TEXT) + 1


def test_without_a_context_a_text_that_is_too_long_says_what_to_do():
    model = neural.NeuralLM(model_of("2019"), LETTERS)
    with pytest.raises(ValueError, match="context=20"):
        model.token_log_probs(TEXT)


# what it costs


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_what_the_formula_says(kind):
    config = config_of(kind)
    assert sum(tf.parameters(config).values()) == counted(tf.Transformer(config))
    block = tf.Block(config, cross=True)
    parts = tf.block_parameters(config, cross=True)
    assert parts["attention"] == counted(block.attention) == counted(block.cross) == parts["cross"]
    assert parts["feed_forward"] == counted(block.feed_forward)
    assert sum(parts.values()) == counted(block)
    for shared, size in ((False, 9), (True, V)):
        pair = tf.EncoderDecoder(config, size, shared=shared)
        assert sum(tf.both_parameters(config, size, shared=shared).values()) == counted(pair)


def counted(module):
    return sum(p.numel() for p in module.parameters())


def test_the_model_of_2017_has_as_many_parameters_as_they_say():
    config = tf.TransformerConfig(37_000, 512, 8, 6, max_len=None, **tf.RECIPES["2017"])
    encoder, decoder = (sum(tf.block_parameters(config, cross=cross).values())
                        for cross in (False, True))
    assert (encoder, decoder, 6 * (encoder + decoder)) == (3_152_384, 4_204_032, 44_138_496)
    with torch.device("meta"):
        model = tf.EncoderDecoder(config, 37_000, shared=True)
        theirs = nn.TransformerEncoderLayer(512, 8), nn.TransformerDecoderLayer(512, 8)
    assert counted(model) == 63_082_496 == sum(
        tf.both_parameters(config, 37_000, shared=True).values())
    assert counted(theirs[0]) == encoder and counted(theirs[1]) == decoder
    share = tf.block_parameters(config)["feed_forward"] / encoder
    assert share == pytest.approx(0.666, abs=5e-4)


def flops(function):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        function()
    return counter.get_total_flops()


@pytest.mark.parametrize(("B", "T"), [(1, 1), (3, 9)])
@pytest.mark.parametrize("kind", KINDS)
def test_multiplications_are_what_torch_counts(kind, B, T):
    config, ids = config_of(kind, window=None), some_ids(B, T)
    model, pair = tf.Transformer(config), tf.EncoderDecoder(config, 9)
    assert 2 * sum(tf.multiply_adds(config, T, batch=B).values()) == flops(lambda: model(ids))
    state = model.read(some_ids(B, 5))[1]
    assert 2 * sum(tf.multiply_adds(config, T, before=5, batch=B).values()) == flops(
        lambda: model.read(ids, state))
    source, mask = sources([7] * B)
    assert 2 * sum(tf.both_multiply_adds(config, 7, T, batch=B).values()) == flops(
        lambda: pair(source, ids, mask))


@pytest.mark.parametrize("dtype", WITHIN)
@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_of_a_cache_are_what_the_formula_says(kind, dtype):
    model = model_of(kind, dtype)
    for B, T in ((1, 1), (3, 9)):
        state = model.read(some_ids(B, T))[1]
        assert state.bytes == tf.cache_bytes(model.config, T, batch=B, size=dtype.itemsize)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no graphics card here")
def test_a_graphics_card_gives_the_same_logits_and_can_train():
    for kind in KINDS:
        model, pair = model_of(kind), pair_of(kind, torch.float32)
        ids, lengths, (source, mask) = some_ids(), torch.tensor([9, 1, 4]), sources()
        logits, both = model(ids, lengths), pair(source, ids, mask)
        model, pair = model.cuda(), pair.cuda()
        assert torch.allclose(model(ids.cuda(), lengths.cuda()).cpu(), logits, atol=1e-3)
        assert torch.allclose(pair(source.cuda(), ids.cuda(), mask.cuda()).cpu(), both, atol=1e-3)
        training.train(model, lambda generator: (some_ids(), some_ids(seed=1)),
                       neural.next_token_loss, steps=2, device="cuda")
