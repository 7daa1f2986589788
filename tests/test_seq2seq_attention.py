"""Encoder and decoder, attention between them, and the translator on top."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from helpers import decoding, neural, tokenizers
from helpers import seq2seq_attention as s2s

KINDS = (*s2s.FIXED, *s2s.SCORES)
PAIRS = [("the cat sleeps .", "le chat dort ."), ("she reads .", "elle lit ."),
         ("the small cat does not sleep .", "le petit chat ne dort pas ."), ("no .", "non .")]


def vocabularies() -> tokenizers.Bilingual:
    sides = zip(*PAIRS, strict=True)
    return tokenizers.Bilingual(*(tokenizers.Vocabulary.from_texts(
        texts, cut="blanks", marks=("<pad>", "<s>")) for texts in sides))


def small_model(kind: str = "dot", seed: int = 0, **how) -> s2s.Seq2Seq:
    known = vocabularies()
    torch.manual_seed(seed)
    return s2s.Seq2Seq(len(known.source), len(known), 5, 6, context=kind, **how)


def by_hand(model: s2s.Seq2Seq, source: torch.Tensor, target: torch.Tensor) -> tuple:
    """One sentence without padding, in plain loops: (logits (T, V), weights (T, S) or None)."""
    left, right, words = model.encoder.from_left, model.encoder.from_right, len(source)
    x = model.encoder.embed(source)

    def reads(cell, order):
        (h,), states = cell.start(1), {}
        for j in order:
            (h,) = cell.step(cell.inputs(x[j][None]), (h,))
            states[j] = h[0]
        return states

    from_left, from_right = reads(left, range(words)), reads(right, reversed(range(words)))
    memory = [torch.cat([from_left[j], from_right[j]]) for j in range(words)]
    end = torch.cat([from_left[words - 1], from_right[0]])
    s, rows, looked = torch.tanh(model.bridge(end)), [], []
    for y in target:
        context = model.context
        if isinstance(context, s2s.FixedContext):
            c = sum(memory) / words if context.how == "mean_mapped" else end
            c = c if context.W_c is None else torch.tanh(c @ context.W_c)
        else:
            scores = [score_by_hand(context.score, s, h) for h in memory]
            total = sum(torch.exp(e) for e in scores)
            weights = [torch.exp(e) / total for e in scores]
            c = sum(w * h for w, h in zip(weights, memory, strict=True))
            looked.append(torch.stack(weights))
        (s,) = model.cell.step(model.cell.inputs(torch.cat([model.embed(y), c])[None]), (s[None],))
        s = s[0]
        rows.append(model.out(torch.cat([s, c])))
    return torch.stack(rows), torch.stack(looked) if looked else None


def score_by_hand(score: nn.Module, s: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
    if isinstance(score, s2s.DotScore):
        return sum(a * b for a, b in zip(s, h, strict=True))
    if isinstance(score, s2s.GeneralScore):
        return (s @ score.W_a) @ h
    return (torch.tanh(s @ score.W_s + h @ score.W_h) @ score.v)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_with_padding_is_a_plain_loop_over_each_sentence_alone(kind):
    model, batch = small_model(kind), s2s.batch_of(vocabularies(), PAIRS)
    record: list = []
    logits = model(batch.source, batch.read, batch.mask, record=record)
    for row in range(len(PAIRS)):
        words, steps = int(batch.mask[row].sum()), int((batch.wanted[row] >= 0).sum())
        alone, weights = by_hand(model, batch.source[row, :words], batch.read[row, :steps])
        torch.testing.assert_close(logits[row, :steps], alone, atol=1e-6, rtol=1e-5)
        if kind in s2s.SCORES:
            torch.testing.assert_close(record[0][row, 0, :steps, :words], weights, atol=1e-6,
                                       rtol=1e-5)
            assert not record[0][row, 0, :, words:].any()       # padding is not looked at
    assert (kind in s2s.SCORES) == bool(record)


def test_the_record_has_one_layer_and_one_head_and_its_rows_sum_to_one():
    model, batch, record = small_model(), s2s.batch_of(vocabularies(), PAIRS), []
    model(batch.source, batch.read, batch.mask, record=record)
    weights = record[0]
    assert weights.shape == (4, 1, batch.read.shape[1], batch.source.shape[1])
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(weights.shape[:-1]))


@pytest.mark.parametrize("kind", ["last", "mean_mapped", "dot", "general", "additive"])
def test_gradients_are_those_of_finite_differences(kind):
    known = vocabularies()
    model = small_model(kind).double()
    batch = s2s.batch_of(known, PAIRS[:2])
    s2s.translation_loss(model, batch).backward()
    rng = np.random.default_rng(0)
    for name, weight in model.named_parameters():
        place = tuple(int(rng.integers(n)) for n in weight.shape)
        if name.endswith("embed.weight"):
            place = (3, place[1])
        sides = []
        for change in (1e-5, -1e-5):
            with torch.no_grad():
                weight[place] += change
                sides.append(s2s.translation_loss(model, batch).item())
                weight[place] -= change
        assert weight.grad[place].item() == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=1e-7)


def test_the_variants_that_are_compared_have_equally_many_weights():
    def count(kind):
        return sum(p.numel() for p in s2s.Seq2Seq(50, 60, 64, 128, context=kind).parameters())
    assert count("last") == count("dot")
    assert count("last_mapped") == count("mean_mapped") == count("general")
    assert count("additive") - count("general") == 64


def test_additive_attention_has_the_same_weights_for_five_and_for_fifty_source_tokens():
    score = s2s.AdditiveScore(8)
    assert sum(p.numel() for p in score.parameters()) == 4 * (8 + 8 + 1)
    for words in (5, 50):
        assert score(torch.randn(2, 8), torch.randn(2, words, 8)).shape == (2, words)


def test_more_padding_changes_neither_logits_nor_loss():
    model, known = small_model("additive"), vocabularies()
    batch = s2s.batch_of(known, PAIRS)
    wide = s2s.Batch(*(nn.functional.pad(part, (0, 3), value=fill) for part, fill in zip(
        batch, (known.source.pad, False, known.target.pad, neural.NO_TARGET), strict=True)))
    before = model(batch.source, batch.read, batch.mask)
    after = model(wide.source, wide.read, wide.mask)[:, :before.shape[1]]
    torch.testing.assert_close(before, after)
    torch.testing.assert_close(s2s.translation_loss(model, batch),
                               s2s.translation_loss(model, wide))


def test_some_rows_of_a_batch_are_cut_to_the_longest_of_them_and_no_further():
    known = vocabularies()
    whole = s2s.batch_of(known, PAIRS)
    few = s2s.rows_of(whole, torch.tensor([1, 3, 1]))
    alone = s2s.batch_of(known, [PAIRS[1], PAIRS[3], PAIRS[1]])
    assert all(torch.equal(one, two) for one, two in zip(few, alone, strict=True))
    all_rows = s2s.rows_of(whole, torch.arange(4))
    assert all(torch.equal(one, two) for one, two in zip(all_rows, whole, strict=True))


def test_the_order_of_the_rows_does_not_matter():
    model, known = small_model(), vocabularies()
    order = [2, 0, 3, 1]
    batch, turned = (s2s.batch_of(known, rows) for rows in (PAIRS, [PAIRS[i] for i in order]))
    torch.testing.assert_close(model(batch.source, batch.read, batch.mask)[order],
                               model(turned.source, turned.read, turned.mask))


def test_what_is_written_later_does_not_reach_back():
    model, batch = small_model(), s2s.batch_of(vocabularies(), PAIRS[2:3])
    other = batch.read.clone()
    other[:, 3] = 4
    one, two = (model(batch.source, read, batch.mask)[0] for read in (batch.read, other))
    assert torch.equal(one[:3], two[:3]) and not torch.allclose(one[3], two[3])


def test_reading_own_words_is_teacher_forcing_at_zero_and_greedy_at_one():
    known = vocabularies()
    model = small_model().eval()
    batch = s2s.batch_of(known, PAIRS[:1])
    torch.testing.assert_close(s2s.logits_reading_own(model, batch, 0.0),
                               model(batch.source, batch.read, batch.mask))
    own = s2s.logits_reading_own(model, batch, 1.0).argmax(dim=2)[0].tolist()
    found = s2s.Translator(model, known).translate(PAIRS[0][0], max_tokens=len(own))
    assert known.target.encode(" ".join(found.target[:len(found.target) - found.ended])) == \
        own[:len(found.target) - found.ended]
    with pytest.raises(ValueError, match="from 0 to 1"):
        s2s.logits_reading_own(model, batch, 1.5)


def trained(kind: str = "dot", steps: int = 120) -> s2s.Translator:
    known, model = vocabularies(), small_model(kind)
    batch, optimizer = s2s.batch_of(known, PAIRS), torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(steps):
        optimizer.zero_grad()
        s2s.translation_loss(model, batch).backward()
        optimizer.step()
    return s2s.Translator(model, known)


@pytest.mark.parametrize("kind", ["last", "dot"])
def test_a_trained_model_translates_alone_in_a_batch_and_by_beam_alike(kind):
    translator = trained(kind)
    texts = [source for source, _ in PAIRS]
    alone = [translator.translate(text) for text in texts]
    assert [found.text for found in alone] == [target for _, target in PAIRS]
    assert translator.translate_all(texts) == [found.text for found in alone]
    assert translator.translate_all(texts, batch=3) == [found.text for found in alone]
    greedy = translator.beam(texts[0], 1)
    assert translator.words(greedy.hypotheses[0].ids) == alone[0].target[:-1]
    assert alone[0].ended and alone[0].target[-1] == tokenizers.END
    assert greedy.hypotheses[0].total == pytest.approx(sum(alone[0].log_probs))


def test_a_wide_beam_finds_the_likeliest_translation_there_is():
    translator = trained(steps=5)
    step, end = translator.step("no ."), translator.vocabularies.target.end
    best = -np.inf
    ids = range(len(translator.vocabularies.target))
    for length in range(3):
        for text in itertools.product(ids, repeat=length):
            if end in text:
                continue
            (state, row), total = step(None, translator.vocabularies.target.start), 0.0
            for token in text:
                total += row[token]
                state, row = step(state, token)
            best = max(best, total + row[end])
    beam = translator.beam("no .", len(ids) ** 2, max_tokens=3)
    assert max(h.total for h in beam.hypotheses if h.ended) == pytest.approx(best)


def test_forcing_the_right_translation_gives_the_models_own_numbers():
    translator = trained()
    own = translator.translate(PAIRS[2][0])
    forced = translator.forced(PAIRS[2][0], own.text)
    assert forced.target == own.target
    assert np.allclose(forced.log_probs, own.log_probs)
    assert np.array_equal(forced.weights, own.weights)
    assert forced.weights.shape == (len(own.target), len(own.source))
    with pytest.raises(ValueError, match="cannot write ours"):
        translator.forced(PAIRS[0][0], "le ours dort .")


def test_a_translation_is_cut_off_where_it_does_not_end():
    found = s2s.Translator(small_model(), vocabularies()).translate("no .", max_tokens=2)
    assert len(found.target) <= 2 and found.weights.shape == (len(found.target), 2)


def test_a_typed_sentence_is_cut_into_known_tokens_and_unknown_ones_get_near_words():
    translator = trained()
    assert translator.prepare("The cat, sleeps!") == ["the", "cat", ",", "sleeps", "!"]
    assert translator.prepare("Anna’s cat doesn't") == ["anna", "'s", "cat", "does", "not"]
    assert translator.unknown(["the", "cats", "zzz"]) == {"cats": ["cat"], "zzz": []}
    for text in ("", "   ", "...", "?!"):
        with pytest.raises(ValueError, match="no word"):
            translator.prepare(text)


def test_the_mode_of_the_model_is_put_back():
    translator = trained()
    translator.model.train()
    translator.translate("no .")
    translator.translate_all(["no ."])
    assert translator.model.training and translator.model.encoder.training


def test_mistakes_at_the_door_are_said_in_words():
    known, model = vocabularies(), small_model()
    batch = s2s.batch_of(known, PAIRS)
    for mask, words in ((batch.mask.long(), "bool"), (batch.mask[:, :-1], "True = real token"),
                        (batch.mask & False, "row 0"), (batch.mask.flip(1), "on the left")):
        with pytest.raises(ValueError, match=words):
            model(batch.source, batch.read, mask)
    for source, read, words in ((batch.source + 99, batch.read, "source ids from .* was it made"),
                                (batch.source, batch.read - 9, "target ids"),
                                (batch.source[0], batch.read, "batch, time")):
        with pytest.raises(ValueError, match=words):
            model(source, read, batch.mask)
    with pytest.raises(ValueError, match="there are last, "):
        small_model("sharp")
    with pytest.raises(ValueError, match="even number"):
        s2s.Seq2Seq(9, 9, 4, 5)
    with pytest.raises(ValueError, match="not made for each other"):
        s2s.Translator(s2s.Seq2Seq(9, 9, 4, 4), known)
    with pytest.raises(ValueError, match="empty"):
        s2s.batch_of(known, [("", "le .")])


def test_one_reader_from_the_left_knows_nothing_of_later_words_but_two_do():
    for both, differs in ((False, False), (True, True)):
        model = small_model(both_ways=both)
        source = torch.tensor([[4, 5, 6, 7]])
        mask = torch.ones_like(source, dtype=torch.bool)
        later = source.clone()
        later[0, 3] = 8
        one, two = (model.encoder(ids, mask)[0, 1] for ids in (source, later))
        assert torch.allclose(one, two) != differs


def test_both_vocabularies_travel_as_json_and_a_checkpoint_gives_them_back(tmp_path):
    from helpers import training
    known, model = vocabularies(), small_model()
    assert tokenizers.from_json(known.to_json()) == known
    config = {"source_size": len(known.source), "vocab_size": len(known), "d_embed": 5,
              "d_hidden": 6, "context": "dot"}
    history = training.train(model, s2s.batches(known, PAIRS, 3), s2s.translation_loss, steps=2)
    training.save_checkpoint("both", model, tokenizer=known, config=config, history=history,
                             minutes=0, folder=tmp_path)
    again, stored = training.load_checkpoint("both", s2s.Seq2Seq, folder=tmp_path)
    assert stored == known
    assert s2s.Translator(again, stored).translate("no .") is not None
    with pytest.raises(ValueError, match="no target in this JSON"):
        tokenizers.from_json('{"kind": "source and target", "source": "{}"}')


def test_a_step_never_changes_the_state_it_was_handed():
    translator = trained()
    step = translator.step("no .")
    state, row = step(None, translator.vocabularies.target.start)
    first = step(state, 5)[1]
    step(state, 6)
    assert np.array_equal(step(state, 5)[1], first)
    assert decoding.greedy(row) == translator.vocabularies.target.encode("non")[0]
