"""What every network shares: windows, the loss, and the adapter that scores and reads."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import decoding, metrics, neural, rnn_lstm, tokenizers

LETTERS = tokenizers.Vocabulary("ab")
MARKED = tokenizers.Vocabulary("ab", marks=("<pad>", "<s>"))


class Positions(nn.Module):
    """A causal network that can read 8 ids at once, and no state: the mean of what it read."""

    def __init__(self, vocab_size: int, most: int = 8) -> None:
        super().__init__()
        self.embed, self.place = nn.Embedding(vocab_size, 6), nn.Embedding(most, 6)
        self.out, self.lengths = nn.Linear(6, vocab_size), []

    def forward(self, ids):
        self.lengths.append(ids.shape[1])
        x = self.embed(ids) + self.place(torch.arange(ids.shape[1]))
        return self.out(x.cumsum(dim=1) / torch.arange(1, ids.shape[1] + 1)[:, None])


@pytest.fixture
def recurrent():
    """A random recurrent language model over a and b."""
    torch.manual_seed(0)
    return neural.NeuralLM(rnn_lstm.LanguageModel(4, 3, 5, dropout=0.5), LETTERS, batch=2)


@pytest.fixture
def windowed():
    """A random network with 8 places."""
    torch.manual_seed(0)
    return neural.NeuralLM(Positions(len(MARKED)), MARKED, context=8, batch=3)


# batches and the loss


def test_windows_shift_by_one_reach_the_end_and_are_seeded():
    draw = neural.windows(np.arange(10), 4, 64)
    ids, targets = draw(torch.Generator().manual_seed(0))
    assert torch.equal(targets, ids + 1) and targets.max() == 9 and ids.min() == 0
    assert torch.equal(ids, draw(torch.Generator().manual_seed(0))[0])
    with pytest.raises(ValueError, match="shorter windows"):
        neural.windows(np.arange(4), 4, 2)


def test_targets_without_an_answer_do_not_count(recurrent):
    torch.manual_seed(0)
    ids, targets = torch.randint(4, (3, 6)), torch.randint(4, (3, 6))
    wide = F.pad(ids, (0, 4)), F.pad(targets, (0, 4), value=neural.NO_TARGET)
    loss = neural.next_token_loss(recurrent.network.eval(), (ids, targets))
    assert loss == neural.next_token_loss(recurrent.network, wide)


def test_a_loss_over_another_shape_or_over_nothing_is_refused(recurrent):
    ids = torch.zeros(2, 6, dtype=torch.long)
    with pytest.raises(ValueError, match=r"ids \(2, 6\) and targets \(3, 4\)"):
        neural.next_token_loss(recurrent.network, (ids, ids.reshape(3, 4)))
    with pytest.raises(ValueError, match="every target is NO_TARGET"):
        neural.next_token_loss(recurrent.network, (ids, ids - 100))


@pytest.mark.parametrize("tokenizer", [LETTERS, MARKED])
def test_a_batch_of_texts_has_the_loss_of_its_texts_alone(tokenizer):
    torch.manual_seed(0)
    network, texts = rnn_lstm.LanguageModel(len(tokenizer), 3, 5), ["abba", "", "b"]
    ids, targets = neural.text_batch(tokenizer, texts)
    assert ids.shape == targets.shape == (3, 5) and (ids[:, 0] == tokenizer.start).all()
    assert (targets != neural.NO_TARGET).sum() == sum(len(text) + 1 for text in texts)
    scored = neural.NeuralLM(network, tokenizer).batch_log_probs(texts)
    mean = -np.mean([value for row in scored for value in row])
    loss = neural.next_token_loss(network, (ids, targets))
    assert loss.item() == pytest.approx(mean, abs=1e-6)


# scoring


def test_a_text_alone_scores_as_in_a_batch_and_step_by_step(recurrent):
    texts = ["abba", "", "a", "babababa"]
    for text, scored in zip(texts, recurrent.batch_log_probs(texts), strict=True):
        assert len(scored) == len(text) + 1
        assert scored == pytest.approx(recurrent.token_log_probs(text), abs=1e-6)
        ids, state, by_step = [*LETTERS.encode(text), LETTERS.end], None, []
        for place, before in enumerate([LETTERS.start, *ids[:-1]]):
            state, row = recurrent.step(state, before)
            by_step.append(row[ids[place]])
            assert row == pytest.approx(recurrent.next_log_probs(text[:place]), abs=1e-6)
        assert scored == pytest.approx(by_step, abs=1e-6)
    assert metrics.all_log_probs(recurrent, texts[:1])[0] == pytest.approx(
        recurrent.token_log_probs(texts[0]), abs=1e-6)


def test_all_short_texts_of_a_network_share_a_probability_below_one(recurrent):
    texts = ["", *"ab?", *(t + u for t in "ab?" for u in "ab?")]
    rows = dict(zip(texts, recurrent.batch_log_probs(texts), strict=True))
    ended = sum(np.exp(sum(row)) for row in rows.values())
    longer = sum(np.exp(sum(row[:2])) - np.exp(sum(row)) for t, row in rows.items() if len(t) == 2)
    assert ended + longer == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("length", [0, 1, 6, 7, 8, 9, 11, 12, 13, 40, 41])
def test_a_long_text_is_read_in_windows_and_each_token_scored_once(windowed, length):
    text = "abbab" * 10
    text = text[:length]
    row = [MARKED.start, *MARKED.encode(text), MARKED.end]
    pieces = windowed._pieces(0, text)
    scored = [p.targets[p.skip:] for p in pieces]
    assert sum(scored, []) == row[1:]                           # each once, in order
    assert all(len(p.inputs) <= 8 for p in pieces)
    assert all(p.skip + 1 > 4 for p in pieces[1:])              # half a context before each
    assert len(windowed.token_log_probs(text)) == length + 1


def test_windows_are_scored_with_what_stands_in_them(windowed):
    text = "abbabaabbbab"
    row = [MARKED.start, *MARKED.encode(text), MARKED.end]
    wanted, network = [], windowed.network
    for place in range(1, len(row)):
        first = 0 if place <= 8 else 4 if place <= 12 else 5
        logits = network(torch.tensor([row[first:place]]))[0, -1].double()
        wanted.append(torch.log_softmax(logits, 0)[row[place]].item())
    assert windowed.token_log_probs(text) == pytest.approx(wanted, abs=1e-6)
    batch = windowed.batch_log_probs(["a", text, "", text + "ab", text])
    assert batch[1] == pytest.approx(wanted, abs=1e-6) and batch[4] == batch[1]


def test_a_network_without_a_state_reads_its_last_places(windowed):
    state, text = None, "abbabaabbbab"
    for token_id in (MARKED.start, *MARKED.encode(text)):
        state, row = windowed.step(state, token_id)
    assert row == pytest.approx(windowed.next_log_probs(text), abs=1e-9)
    logits = windowed.network(torch.tensor([MARKED.encode(text)[-8:]]))[0, -1].double()
    assert row == pytest.approx(torch.log_softmax(logits, 0).detach().numpy(), abs=1e-6)
    assert max(windowed.network.lengths) == 8


@pytest.mark.parametrize("context", [2, 5, 8])
def test_a_network_with_a_state_and_a_context_begins_anew_with_half_of_it(context):
    torch.manual_seed(0)
    model = neural.NeuralLM(rnn_lstm.LanguageModel(4, 3, 5), LETTERS, context=context)
    ids, state, first = [LETTERS.start, *LETTERS.encode("abbabaabbbabab")], None, 0
    for place, token_id in enumerate(ids):
        before, (state, row) = state, model.step(state, token_id)
        first += context // 2 if place - first == context else 0
        logits = model.network(torch.tensor([ids[first:place + 1]]))[0, -1].double()
        assert row == pytest.approx(torch.log_softmax(logits, 0).detach().numpy(), abs=1e-6)
        assert (model.step(before, token_id)[1] == row).all()   # a state is never changed
    assert first >= context


def test_bits_per_character_of_a_network_charges_the_unknown_in_full(recurrent):
    assert recurrent.unknown("a-b") == ["-"]
    nats = -sum(recurrent.token_log_probs("a-b")) + np.log(metrics.UNICODE_CHARACTERS)
    assert metrics.bits_per_character(recurrent, ["a-b"]) == pytest.approx(
        metrics.bits(nats / 4), abs=1e-6)
    with pytest.raises(ValueError, match="at least one sentence"):
        metrics.bits_per_character(recurrent, [])


def test_bpe_and_words_are_scored_too():
    torch.manual_seed(0)
    for tokenizer in (tokenizers.BPE.train(["abab"] * 3, 2),
                      tokenizers.Vocabulary.from_texts(["ab b"], cut="words")):
        model = neural.NeuralLM(rnn_lstm.LanguageModel(len(tokenizer), 3, 5), tokenizer)
        assert len(model.token_log_probs("ab b")) == len(tokenizer.encode("ab b")) + 1
        assert len(model.words) == len(tokenizer) == len(model.next_log_probs("ab"))


# what is left behind


def test_the_mode_of_every_part_is_put_back(recurrent, windowed):
    for model in (recurrent, windowed):
        model.network.train()
        next(model.network.children()).eval()
        before = [part.training for part in model.network.modules()]
        model.token_log_probs("ab")
        model.next_log_probs("ab")
        model.step(None, LETTERS.start)
        assert [part.training for part in model.network.modules()] == before
        assert model.token_log_probs("ab") == model.token_log_probs("ab")     # no dropout


def test_the_mode_is_put_back_after_an_error_too(windowed):
    windowed.network.train()
    windowed.context = 20
    with pytest.raises(IndexError):
        windowed.token_log_probs("ab" * 10)
    assert windowed.network.training


def test_a_network_that_was_trained_further_gives_its_new_answers(recurrent):
    before = recurrent.next_log_probs("ab")
    with torch.no_grad():
        recurrent.network.out.bias[2] += 1.0
    assert abs(recurrent.next_log_probs("ab") - before).max() > 0.1


# writing


def test_writing_draws_from_the_model_and_stops_at_the_end(recurrent):
    texts = [recurrent.write("ab", rng=np.random.default_rng(seed)) for seed in range(40)]
    assert len({*texts}) > 10 and "" in texts and "</s>" not in "".join(texts)
    again = recurrent.write("ab", rng=np.random.default_rng(0))
    assert again == texts[0]
    likeliest = recurrent.write("ab", temperature=0, max_tokens=3)
    assert likeliest == recurrent.write("ab", temperature=0, max_tokens=3)


def test_a_beam_over_a_network_finds_what_its_scores_say(recurrent):
    tree = decoding.beam_search(recurrent.step, LETTERS.start, width=64, max_tokens=3,
                                stop=LETTERS.end)
    best = tree.hypotheses[0]
    texts = ["", *"ab?", *(t + u for t in "ab?" for u in "ab?")]
    scores = {text: sum(recurrent.token_log_probs(text)) for text in texts}
    text = LETTERS.decode(best.ids).replace("<unk>", "?")
    assert best.ended and best.total == pytest.approx(scores[text], abs=1e-6)
    assert text == max(scores, key=scores.get)


# what does not fit


def test_what_was_not_made_for_each_other_is_refused(windowed):
    with pytest.raises(ValueError, match="gives 7 logits, the tokenizer has 4 ids"):
        neural.NeuralLM(rnn_lstm.LanguageModel(7, 3, 5), LETTERS)
    with pytest.raises(ValueError, match="context=1"):
        neural.NeuralLM(windowed.network, MARKED, context=1)
    with pytest.raises(ValueError, match="one str .*a list of texts"):
        windowed.batch_log_probs("abab")
