"""Pretraining: hidden words are drawn as told, no class is lost, nobody sees what is asked."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import neural, transformer
from helpers import pretraining as pt
from helpers.pretraining import masking, objectives

V, WORDS = 40, torch.arange(5, 40)
MASK = 4


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ids_of(rows: int = 3, length: int = 9, seed: int = 0) -> torch.Tensor:
    return torch.randint(5, V, (rows, length), generator=generator(seed))


def small_config(**changed) -> transformer.TransformerConfig:
    torch.manual_seed(0)
    return transformer.TransformerConfig(**{"vocab_size": V, "d_model": 16, "n_heads": 2,
                                            "n_layers": 2, "max_len": 12, **changed})


def shaken(model: nn.Module) -> nn.Module:
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.3 * torch.randn(p.shape, generator=generator(1)))
    return model.eval()


def small_masked() -> pt.MaskedLM:
    return shaken(pt.MaskedLM(small_config(causal=False, positions="learned")))


# hidden words


def test_fifteen_in_a_hundred_are_chosen_and_eight_one_one_of_ten_become_what():
    ids = ids_of(500, 200)
    may = torch.rand(ids.shape, generator=generator(5)) < 0.8
    counts = masking.count_fates(pt.hide(ids, may, mask_id=MASK, words=WORDS,
                                         generator=generator()), may)
    n = int(may.sum())
    chosen = n - counts["left alone"]
    for seen, share, of in ((chosen, 0.15, n), (counts["mask"], 0.8, chosen),
                            (counts["random word"], 0.1, chosen),
                            (counts["the word itself"], 0.1, chosen)):
        sigma = (share * (1 - share) / of) ** 0.5
        assert abs(seen / of - share) < 3.5 * sigma
    assert sum(counts.values()) == n


def test_what_is_read_is_told_by_the_fate_and_asked_for_is_what_stood_there():
    ids, may = ids_of(50, 40), ids_of(50, 40, seed=2) > 8
    hidden = pt.hide(ids, may, mask_id=MASK, words=WORDS, generator=generator())
    chosen = hidden.fate > 0
    assert torch.equal(chosen, hidden.targets != neural.NO_TARGET)
    assert torch.equal(hidden.targets[chosen], ids[chosen])
    assert not (chosen & ~may).any()
    assert (hidden.inputs[hidden.fate == 1] == MASK).all()
    untouched = (hidden.fate == 0) | (hidden.fate == 3)
    assert torch.equal(hidden.inputs[untouched], ids[untouched])
    drawn = hidden.inputs[hidden.fate == 2]
    assert torch.isin(drawn, WORDS).all() and (drawn != ids[hidden.fate == 2]).float().mean() > 0.8


def test_the_same_seed_hides_the_same_words_and_another_one_others():
    ids = ids_of(20, 20)
    a, b, c = (pt.hide(ids, ids > 0, mask_id=MASK, words=WORDS, generator=generator(seed))
               for seed in (3, 3, 4))
    assert torch.equal(a.inputs, b.inputs) and torch.equal(a.targets, b.targets)
    assert not torch.equal(a.targets, c.targets)


def test_one_place_is_chosen_where_chance_would_choose_none():
    for seed in range(30):
        hidden = pt.hide(ids_of(1, 3), torch.tensor([[False, True, True]]), mask_id=MASK,
                         words=WORDS, generator=generator(seed), share=1e-6)
        assert int((hidden.fate > 0).sum()) == 1 and hidden.fate[0, 0] == 0


@pytest.mark.parametrize("may, share, sentence", [
    (torch.zeros(3, 9, dtype=torch.bool), 0.15, "True at one place at least"),
    (torch.ones(3, 8, dtype=torch.bool), 0.15, "of the same shape"),
    (torch.ones(3, 9), 0.15, "torch.float32"),
    (torch.ones(3, 9, dtype=torch.bool), 0.0, "share=0.0")])
def test_nothing_to_hide_is_said(may, share, sentence):
    with pytest.raises(ValueError, match=sentence):
        pt.hide(ids_of(), may, mask_id=MASK, words=WORDS, generator=generator(), share=share)


def test_the_loss_leaves_out_what_is_not_asked_and_no_class():
    logits = torch.randn(2, 5, V, generator=generator())
    for word in range(V):
        targets = torch.full((2, 5), neural.NO_TARGET)
        targets[1, 3] = word
        wanted = -logits[1, 3].log_softmax(-1)[word]
        assert torch.allclose(pt.loss_at(logits, targets), wanted)


def test_an_ignored_number_that_is_a_word_would_swallow_it_and_is_refused():
    logits, targets = torch.randn(6, V), torch.tensor([0, 0, 7, 8, 9, 10])
    swallowed = F.cross_entropy(logits, targets, ignore_index=0)
    assert torch.allclose(swallowed, F.cross_entropy(logits[2:], targets[2:]))
    with pytest.raises(ValueError, match="ignore=0 is one of the 40 ids"):
        pt.loss_at(logits, targets, ignore=0)
    with pytest.raises(ValueError, match="no place is asked for"):
        pt.loss_at(logits, torch.full((6,), -100))
    with pytest.raises(ValueError, match="targets from -1 to 10"):
        pt.loss_at(logits, torch.tensor([-1, 0, 7, 8, 9, 10]))


# objectives


def test_labels_are_shifted_once_and_padding_is_no_target():
    ids, real = torch.tensor([[5, 6, 7, 8], [9, 10, 0, 0]]), torch.tensor([[1] * 4, [1, 1, 0, 0]])
    assert pt.shifted(ids, real.bool()).tolist() == [[6, 7, 8, -100], [10, -100, -100, -100]]
    twice = pt.shifted(pt.shifted(ids, real.bool()))
    assert twice[0].tolist() == [7, 8, -100, -100]           # the token after the next one


def test_one_network_under_three_masks_is_notebook_06s_decoder_and_encoder():
    ids = ids_of()
    for positions in ("rotary", "learned", "sinusoidal", "none"):
        model = shaken(transformer.Transformer(small_config(positions=positions)))
        both = shaken(transformer.Transformer(small_config(positions=positions, causal=False)))
        left = pt.causal(ids)
        assert torch.allclose(pt.logits_under(model, ids, left.mask), model(ids), atol=1e-5)
        everything = pt.masked(ids, mask_id=MASK, words=WORDS, generator=generator())
        assert torch.allclose(pt.logits_under(both, ids, everything.mask), both(ids), atol=1e-5)


def test_a_prefix_is_read_both_ways_and_what_follows_it_is_not_seen():
    ids, given = ids_of(2, 8), (3, 5)
    made = pt.prefix(ids, given)
    model = shaken(transformer.Transformer(small_config()))
    before = pt.logits_under(model, ids, made.mask)
    for row, many in enumerate(given):
        assert (made.targets[row, :many - 1] == neural.NO_TARGET).all()
        assert torch.equal(made.targets[row, many - 1:-1], ids[row, many:])
        for t in range(8):
            other = ids.clone()
            other[row, t] = 5 + (other[row, t] - 4) % 35
            moved = (pt.logits_under(model, other, made.mask) - before)[row].abs().amax(-1) > 1e-5
            assert moved.tolist() == [q >= t or (q < many and t < many) for q in range(8)]
    with pytest.raises(ValueError, match="from 1 to 7"):
        pt.prefix(ids, (0, 5))


def test_no_objective_sees_padding_and_no_row_is_empty():
    ids = ids_of(2, 6)
    real = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    for made in (pt.causal(ids, real), pt.prefix(ids, (2, 2), real),
                 pt.masked(ids, real, mask_id=MASK, words=WORDS, generator=generator())):
        assert made.mask.any(dim=-1).all()
        assert not made.mask[1, :4, 4:].any()
        assert (made.targets[1, 4:] == neural.NO_TARGET).all()
    on_the_left = pt.causal(ids, real.flip(1)).mask
    assert on_the_left.any(dim=-1).all() and not on_the_left[1, 2:, :2].any()


def test_only_the_targets_of_a_masked_batch_touch_the_loss():
    made = pt.masked(ids_of(4, 9), mask_id=MASK, words=WORDS, generator=generator())
    logits = torch.randn(4, 9, V, requires_grad=True)
    pt.loss_at(logits, made.targets).backward()
    assert torch.equal(logits.grad.abs().sum(-1) > 0, made.targets != neural.NO_TARGET)


def test_denoising_tells_the_spans_in_their_order_and_nothing_is_lost():
    source, target = pt.denoising(list("abcdefg"), [(1, 3), (4, 6)], ["<1>", "<2>", "<3>"])
    assert source == ["a", "<1>", "d", "<2>", "g"]
    assert target == ["<1>", "b", "c", "<2>", "e", "f", "<3>"]
    for seed in range(60):
        length = 2 + seed
        spans = objectives.cut_spans(length, generator(seed))
        ids, marks = list(range(length)), [f"<{i}>" for i in range(len(spans) + 1)]
        source, target = pt.denoising(ids, spans, marks)
        told, span = {}, None
        for token in target:
            if isinstance(token, str):
                span = told.setdefault(token, [])
            else:
                span.append(token)
        again = [w for token in source for w in (told[token] if isinstance(token, str)
                                                 else [token])]
        assert again == ids
        cut = sum(end - first for first, end in spans)
        assert cut == min(max(round(0.15 * length), 1), length - 1)
    with pytest.raises(ValueError, match="in order"):
        pt.denoising([1, 2, 3], [(1, 3), (2, 3)], "abc")
    with pytest.raises(ValueError, match="2 sentinels for 2 spans"):
        pt.denoising([1, 2, 3], [(0, 1), (2, 3)], "ab")


# the encoder and its head


def test_the_masked_model_sees_both_sides_and_no_padding():
    model, ids = small_masked(), ids_of(2, 8)
    lengths = torch.tensor([8, 5])
    report = neural.leak_test(lambda *given: model(*given), ids, lengths=lengths, causal=False)
    assert report.clean, report
    before, other = model(ids), ids.clone()
    other[:, 7] = 5 + (other[:, 7] - 4) % 35
    assert (model(other) - before).abs()[:, :7].amax(-1).min() > 1e-4
    with pytest.raises(ValueError, match="causal=True sees the left side only"):
        pt.MaskedLM(small_config())


def test_the_loss_on_chosen_rows_is_the_loss_on_all_logits():
    model, ids = small_masked(), ids_of(3, 9)
    lengths, real = torch.tensor([9, 6, 7]), torch.arange(9) < torch.tensor([[9], [6], [7]])
    hidden = pt.hide(ids, real, mask_id=MASK, words=WORDS, generator=generator())
    ours = pt.masked_loss(model, (hidden.inputs, hidden.targets, lengths))
    assert torch.allclose(ours, pt.loss_at(model(hidden.inputs, lengths), hidden.targets))
    with pytest.raises(ValueError, match="no place is asked for"):
        pt.masked_loss(model, (ids, torch.full_like(ids, -100), lengths))


def test_the_last_real_row_of_a_causal_model_is_the_same_with_padding_on_either_side():
    model = shaken(transformer.Transformer(small_config()))

    def row_of(ids, real):
        moved, lengths = pt.to_the_right(ids, real)
        rows = model.stack(model.embed(moved), lengths)[0]
        return pt.last_real(rows, torch.arange(moved.shape[1]) < lengths[:, None])
    texts = [ids_of(1, length, seed=length)[0] for length in (3, 6, 1)]
    alone = torch.cat([row_of(t[None], torch.ones(1, len(t), dtype=torch.bool)) for t in texts])
    for left in (False, True):
        ids, real = torch.full((3, 6), 3), torch.zeros(3, 6, dtype=torch.bool)
        for row, text in enumerate(texts):
            where = slice(6 - len(text), 6) if left else slice(0, len(text))
            ids[row, where], real[row, where] = text, True
        assert torch.allclose(row_of(ids, real), alone, atol=1e-5)
        assert not torch.allclose(model.stack(model.embed(ids))[0][:, -1], alone, atol=1e-3)
    with pytest.raises(ValueError, match="row 0: padding stands"):
        pt.to_the_right(ids[:1], torch.tensor([[True, False, True, True, True, True]]))


def test_the_first_token_of_a_causal_model_knows_nothing_of_the_rest():
    model, ids = shaken(transformer.Transformer(small_config())), ids_of(2, 6)
    other = ids.clone()
    other[:, 1:] = ids_of(2, 5, seed=9)
    first, second = (model.stack(model.embed(x))[0] for x in (ids, other))
    assert torch.allclose(first[:, 0], second[:, 0], atol=1e-6)
    assert (first[:, -1] - second[:, -1]).abs().max() > 1e-2


def test_pooling_takes_real_rows_only_on_either_side():
    rows = torch.randn(2, 4, 3, generator=generator())
    real = torch.tensor([[True, True, False, False], [False, True, True, True]])
    assert torch.allclose(pt.mean_real(rows, real),
                          torch.stack([rows[0, :2].mean(0), rows[1, 1:].mean(0)]))
    assert torch.equal(pt.last_real(rows, real), torch.stack([rows[0, 1], rows[1, 3]]))
    for pool in (pt.mean_real, pt.last_real):
        with pytest.raises(ValueError, match="a real token in each row"):
            pool(rows, torch.zeros(2, 4, dtype=torch.bool))


def test_a_classifier_starts_undecided_and_reads_the_row_that_it_was_told_to():
    ids, lengths, places = ids_of(3, 7), torch.tensor([7, 4, 5]), torch.tensor([2, 0, 4])
    encoder = small_masked()
    rows = encoder.rows(ids, lengths)
    for pool, wanted in (("place", rows[torch.arange(3), places]),
                         ("last", rows[torch.arange(3), lengths - 1])):
        model = pt.Classifier(encoder, 2, pool=pool)
        assert torch.equal(model(ids, lengths, places), torch.zeros(3, 2))
        assert torch.allclose(model.pooled(ids, lengths, places), wanted, atol=1e-6)
    with pytest.raises(ValueError, match="pool='first'"):
        pt.Classifier(encoder, 2, pool="first")


# two directions


def two(joint: bool, layers: int) -> pt.TwoDirections:
    torch.manual_seed(0)
    return pt.TwoDirections(V, 6, 6, n_layers=layers, joint=joint)


@pytest.mark.parametrize("joint, layers, leaks", [(False, 1, False), (False, 2, False),
                                                  (True, 1, False), (True, 2, True)])
def test_two_models_of_two_layers_do_not_see_the_word_and_a_joint_one_does(joint, layers, leaks):
    moved = pt.sees_itself(two(joint, layers), ids_of(2, 7))
    assert ((moved > 1e-4).all() if leaks else (moved == 0).all()), moved


def test_each_direction_tells_a_word_from_its_own_side():
    model, ids = two(False, 2), ids_of(1, 6)
    left, right = model(ids)
    for t in range(6):
        other = ids.clone()
        other[0, t] = 5 + (other[0, t] - 4) % 35
        for (before, after), expected in (((left, model(other)[0]), range(t + 1, 6)),
                                          ((right, model(other)[1]), range(t))):
            moved = (after - before)[0].abs().amax(-1) > 1e-6
            assert moved.nonzero().flatten().tolist() == list(expected)


def test_the_loss_of_two_directions_is_that_of_two_language_models():
    model, ids = two(False, 1), ids_of(2, 5)
    left, right = (logits.log_softmax(-1).gather(2, ids[:, :, None]).mean()
                   for logits in model(ids))
    assert torch.allclose(pt.two_sided_loss(model, ids), -(left + right) / 2)


def test_an_unmasked_encoder_sees_the_word_that_it_tells_and_a_masked_one_cannot():
    model, ids = small_masked(), ids_of(2, 6)
    assert (pt.sees_itself(model, ids, tells=lambda given: model(given)) > 1e-3).all()

    def one_hidden_at_a_time(given):
        rows = []
        for t in range(given.shape[1]):
            hidden = given.clone()
            hidden[:, t] = MASK
            rows.append(model(hidden)[:, t])
        return torch.stack(rows, dim=1)
    assert (pt.sees_itself(model, ids, tells=one_hidden_at_a_time) == 0).all()


def test_layers_are_weighed_and_the_weights_sum_to_one():
    vectors, weigh = two(False, 2).vectors(ids_of(2, 5)), pt.WeighedLayers(3)
    assert vectors.shape == (3, 2, 5, 12)
    assert torch.allclose(weigh(vectors), vectors.mean(0), atol=1e-6)
    weigh.scores.data = torch.tensor([0.0, 50.0, 0.0])
    weigh.gamma.data.fill_(2.0)
    assert torch.allclose(weigh(vectors), 2 * vectors[1], atol=1e-5)
    assert torch.isclose(weigh.shares.sum(), torch.tensor(1.0))
