"""The leak test finds models that are broken on purpose, and leaves right ones alone."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from helpers import neural, rnn_lstm, training, transformer
from helpers import self_attention_masks as sa
from helpers.seq2seq_attention import Seq2Seq

V, D, T = 11, 8, 8
PAD = 0
CAUSAL = torch.ones(64, 64, dtype=torch.bool).tril()


def some_ids(rows: int = 3, length: int = T, seed: int = 0) -> Tensor:
    """Random ids without padding, at least two different ones."""
    ids = torch.randint(1, V, (rows, length), generator=torch.Generator().manual_seed(seed))
    ids[0, :2] = torch.tensor([1, 2])
    return ids


def padded(ids: Tensor, lengths: Tensor, side: str = "right") -> Tensor:
    """The first ids of each row, PAD after (or before) them."""
    rows = [row[:count] for row, count in zip(ids, lengths, strict=True)]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD,
                                     padding_side=side)


class Net(nn.Module):
    """Embedding and position, a middle part x (B, T, D) -> (B, T, D), a head."""

    def __init__(self, middle=None, **parts: nn.Module) -> None:
        super().__init__()
        self.embed, self.place, self.out = nn.Embedding(V, D), nn.Embedding(64, D), nn.Linear(D, V)
        self.parts = nn.ModuleDict(parts)
        self.middle, self.kept = middle, None

    def positions(self, ids: Tensor) -> Tensor:
        return torch.arange(ids.shape[1])

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embed(ids) + self.place(self.positions(ids))
        return self.out(x + self.middle(x, self.parts) if self.middle else x)


def attend(x: Tensor, mask: Tensor, keys: Tensor | None = None) -> Tensor:
    """Self-attention of x (B, T, D) with q = k = v = x, or other keys and values."""
    keys = x if keys is None else keys
    return F.scaled_dot_product_attention(x, keys, keys, attn_mask=mask)


def causal(x: Tensor, parts=None) -> Tensor:
    return attend(x, CAUSAL[:x.shape[1], :x.shape[1]])


def scores_of(x: Tensor) -> Tensor:
    return x @ x.transpose(1, 2) / math.sqrt(x.shape[-1])           # (B, T, T)


# right models


class Recurrent(nn.Module):
    """torch's own LSTM, with a head."""

    def __init__(self, both_ways: bool = False) -> None:
        super().__init__()
        self.embed = nn.Embedding(V, D)
        self.lstm = nn.LSTM(D, D, batch_first=True, bidirectional=both_ways)
        self.out = nn.Linear(2 * D if both_ways else D, V)

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.lstm(self.embed(ids))[0])


class Encoder(nn.Module):
    """nn.TransformerEncoder; padding is known by its id or told by lengths."""

    def __init__(self, *, looks_ahead: bool = False, dropout: float = 0.1) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(D, 2, 2 * D, dropout, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.embed, self.place, self.out = nn.Embedding(V, D), nn.Embedding(64, D), nn.Linear(D, V)
        self.looks_ahead = looks_ahead

    def forward(self, ids: Tensor, lengths: Tensor | None = None) -> Tensor:
        length = ids.shape[1]
        real = ids != PAD if lengths is None else torch.arange(length) < lengths[:, None]
        x = self.embed(ids) + self.place(torch.arange(length))
        mask = None if self.looks_ahead else ~CAUSAL[:length, :length]
        return self.out(self.layers(x, mask=mask, src_key_padding_mask=~real))


class ByLengths(Net):
    """Two heads under a mask that is causal, knows the lengths, and sees three places."""

    def __init__(self) -> None:
        super().__init__(attention=sa.MultiHeadAttention(D, 2))

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        x, length = self.embed(ids), ids.shape[1]
        mask = sa.window_mask(length, 3) & sa.padding_mask(lengths, length)
        return self.out(x + self.parts["attention"](x, mask=mask)[0])


class PaddedLeft(Net):
    """Causal attention that reads no padding; places are counted from the first real id."""

    def positions(self, ids: Tensor) -> Tensor:
        return ((ids != PAD).cumsum(dim=1) - 1).clamp(min=0)

    def forward(self, ids: Tensor) -> Tensor:
        x, own = self.embed(ids) + self.place(self.positions(ids)), torch.eye(ids.shape[1]).bool()
        mask = CAUSAL[:ids.shape[1], :ids.shape[1]] & (ids != PAD)[:, None] | own
        return self.out(x + attend(x, mask))


def causal_convolution(x: Tensor, parts: nn.ModuleDict) -> Tensor:
    return parts["conv"](F.pad(x.transpose(1, 2), (2, 0))).transpose(1, 2)


def running_mean(x: Tensor, parts: nn.ModuleDict) -> Tensor:
    return x.cumsum(dim=1) / torch.arange(1, x.shape[1] + 1)[:, None]


class Cached(Net):
    """Causal attention with `read`: its state is (keys so far)."""

    def forward(self, ids: Tensor) -> Tensor:
        return self.read(ids, None)[0]

    def read(self, ids: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        seen = 0 if state is None else state.shape[1]
        x = self.embed(ids) + self.place(self.first(seen) + torch.arange(ids.shape[1]))
        keys = x if state is None else torch.cat([state, x], dim=1)
        mask = CAUSAL[seen:seen + ids.shape[1], :keys.shape[1]]
        return self.out(x + attend(x, mask, keys)), keys

    def first(self, seen: int) -> int:
        return seen


RIGHT = {
    **{f"{cell} fast={fast}": lambda cell=cell, fast=fast: rnn_lstm.LanguageModel(
        V, D, D, cell=cell, n_layers=2, dropout=0.3, fast=fast)
       for cell in ("rnn", "gru", "lstm") for fast in (False, True)},
    **{f"AttentionLM, {layers} layers, fused={fused}": lambda layers=layers, fused=fused:
       sa.AttentionLM(V, D, 2, most=16, n_layers=layers, dropout=0.1, fused=fused)
       for layers in (1, 2) for fused in (False, True)},
    **{f"Transformer of {name}, fused={fused}": lambda recipe=recipe, fused=fused:
       transformer.Transformer(transformer.TransformerConfig(
           V, D, 2, max_len=16, dropout=0.1, **recipe), fused=fused)
       for name, recipe in transformer.RECIPES.items() for fused in (False, True)},
    "Transformer with a window and shared keys": lambda: transformer.Transformer.of(
        vocab_size=V, d_model=D, n_heads=2, n_kept=1, window=3, max_len=None),
    "torch's LSTM": Recurrent,
    "causal attention": lambda: Net(causal),
    "two causal layers": lambda: Net(lambda x, parts: causal(x + causal(x))),
    "causal convolution": lambda: Net(causal_convolution, conv=nn.Conv1d(D, D, 3)),
    "mean of what was read": lambda: Net(running_mean),
    "nn.TransformerEncoder": Encoder,
    "cached keys": Cached,
    "no context": Net,
}
RIGHT_SIDE, LEFT_SIDE, TOLD = "padding", "padding on the left", "lengths"


PADDED = {
    "recurrent, not told": (RIGHT["lstm fast=True"], RIGHT_SIDE, True),
    "causal attention, not told": (RIGHT["causal attention"], RIGHT_SIDE, True),
    "nn.TransformerEncoder by id": (Encoder, RIGHT_SIDE, True),
    "nn.TransformerEncoder by lengths": (Encoder, TOLD, True),
    "nn.TransformerEncoder both ways": (lambda: Encoder(looks_ahead=True), TOLD, False),
    "combined masks": (ByLengths, TOLD, True),
    "Transformer, not told": (RIGHT["Transformer of 2017, fused=False"], RIGHT_SIDE, True),
    **{f"Transformer of {name}, causal={causal}": (
        lambda recipe=recipe, causal=causal: transformer.Transformer.of(
            vocab_size=V, d_model=D, n_heads=2, causal=causal, **recipe), TOLD, causal)
       for name, recipe in transformer.RECIPES.items() for causal in (True, False)},
    "padding on the left": (PaddedLeft, LEFT_SIDE, True),
    **{f"tagger, {looks}": (lambda looks=looks: rnn_lstm.Tagger(V, D, D, 3, looks=looks), TOLD,
                            looks != "both") for looks in ("nowhere", "left", "both")},
}


# models that are broken on purpose: how, and the kind of leak that must be found


def off_by_one(x, parts):
    return attend(x, torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril(1))


def inverted(x, parts):
    mask = ~CAUSAL[:x.shape[1], :x.shape[1]]
    weights = scores_of(x).masked_fill(~mask, -1e9).softmax(dim=-1)     # as torch's True = ignore
    return weights @ x


def rows_masked_by_columns(x, parts):
    return attend(x, CAUSAL[:x.shape[1], :x.shape[1]].T)


def masked_after_softmax(x, parts):
    return (scores_of(x).softmax(dim=-1) * CAUSAL[:x.shape[1], :x.shape[1]]) @ x


def softmax_over_queries(x, parts):
    scores = scores_of(x).masked_fill(~CAUSAL[:x.shape[1], :x.shape[1]], -torch.inf)
    return scores.softmax(dim=1) @ x


def weakly_masked(x, parts):
    return scores_of(x).masked_fill(~CAUSAL[:x.shape[1], :x.shape[1]], -5).softmax(dim=-1) @ x


def batch_statistics(x, parts):
    return causal(parts["norm"](x.flatten(0, 1)).view_as(x))


def only_one_row(x, parts):
    return causal(x)[:1].expand(len(x), -1, -1)


def attends_over_the_batch(x, parts):
    return attend(x.transpose(0, 1), None).transpose(0, 1)      # (T, B, D), batch_first forgotten


class FromTheEnd(Net):
    """Positions are counted backwards: place 0 has the number T - 1."""

    def positions(self, ids):
        return torch.arange(ids.shape[1]).flip(0)


class Dropping(Net):
    """Switches itself to training in each call, so that dropout stays on."""

    def forward(self, ids):
        self.train()
        return self.parts["drop"](super().forward(ids))


class LaterTargets(Net):
    """What it reads was rolled the wrong way: the next id in place of the one before."""

    def forward(self, ids):
        return super().forward(ids.roll(-1, dims=1))


class Normalised(Net):
    """Subtracts the largest logit of the whole text, not of each place."""

    def forward(self, ids):
        logits = super().forward(ids)
        return logits - logits.amax(dim=(1, 2), keepdim=True)


class Stale(Net):
    """Computes keys anew only when the shape is another one than last time."""

    def forward(self, ids):
        x = self.embed(ids)
        if self.kept is None or self.kept.shape != x.shape:
            self.kept = x
        return self.out(x + attend(x, CAUSAL[:ids.shape[1], :ids.shape[1]], self.kept))


class Remembering(Net):
    """Starts where the last call stopped."""

    def forward(self, ids):
        x = self.embed(ids)
        x = x + (0 if self.kept is None else self.kept)
        self.kept = x[:1, -1:]
        return self.out(x)


class Counting(Net):
    """Each call moves a buffer."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, ids):
        self.calls += 1
        return super().forward(ids) + 0.01 * self.calls


class PaddingMask(Net):
    """Attention both ways; the scores of padding are raised by one (E-52)."""

    def forward(self, ids):
        x = self.embed(ids) + self.place(self.positions(ids))
        scores = scores_of(x) + (ids == PAD)[:, None].float()
        return self.out(x + scores.softmax(dim=-1) @ x)


class PaddedQueries(PaddingMask):
    """Masks the rows of padding and not its columns; the lengths are told."""

    def forward(self, ids, lengths):
        x = self.embed(ids)
        real = (torch.arange(ids.shape[1]) < lengths[:, None])[:, :, None]
        return self.out(x + (scores_of(x).softmax(dim=-1) * real) @ x)


class SumOverPadding(Net):
    """Divides by the width of the batch: padding is zero, yet it counts."""

    def forward(self, ids, lengths):
        x = self.embed(ids) * (torch.arange(ids.shape[1]) < lengths[:, None])[:, :, None]
        return self.out(x + x.mean(dim=1, keepdim=True))


class CountsPadding(PaddedLeft):
    """Places are counted from the first column, where the padding is."""

    def positions(self, ids):
        return torch.arange(ids.shape[1])


class FirstAgain(Cached):
    """A cache whose places begin at zero again with every piece."""

    def first(self, seen):
        return 0


BROKEN = {
    "Transformer that looks ahead": (
        lambda: transformer.Transformer.of(vocab_size=V, d_model=D, n_heads=2, causal=False),
        "future"),
    "AttentionLM without mask": (
        lambda: sa.AttentionLM(V, D, 2, most=16, causal=False), "future"),
    "no mask": (lambda: Net(lambda x, parts: attend(x, None)), "future"),
    "mask inverted": (lambda: Net(inverted), "future"),
    "mask one off": (lambda: Net(off_by_one), "future"),
    "mask of -5 only": (lambda: Net(weakly_masked), "future"),
    "rows and columns of the mask exchanged": (lambda: Net(rows_masked_by_columns), "future"),
    "mask after softmax": (lambda: Net(masked_after_softmax), "future"),
    "softmax over queries": (lambda: Net(softmax_over_queries), "future"),
    "second layer without mask": (
        lambda: Net(lambda x, parts: attend(x + causal(x), None)), "future"),
    "batch statistics over time": (
        lambda: Net(batch_statistics, norm=nn.BatchNorm1d(D)), "future"),
    "mean and deviation over time": (
        lambda: Net(lambda x, parts: F.layer_norm(x.transpose(1, 2), (x.shape[1],))
                    .transpose(1, 2)), "future"),
    "mean of the text added": (lambda: Net(lambda x, parts: x.mean(1, keepdim=True)), "future"),
    "largest of the text": (lambda: Net(lambda x, parts: x.amax(1, keepdim=True)), "future"),
    "positions from the end": (lambda: FromTheEnd(causal), "future"),
    "two directions": (lambda: Recurrent(both_ways=True), "future"),
    "symmetric convolution": (
        lambda: Net(lambda x, parts: parts["conv"](x.transpose(1, 2)).transpose(1, 2),
                    conv=nn.Conv1d(D, D, 3, padding=1)), "future"),
    "rolled the wrong way": (lambda: LaterTargets(causal), "future"),
    "largest logit of the text": (lambda: Normalised(causal), "future"),
    "sorted by time": (lambda: Net(lambda x, parts: x.sort(dim=1).values), "future"),
    "dropout left on": (lambda: Dropping(causal, drop=nn.Dropout(0.1)), "chance"),
    "F.dropout without training=": (
        lambda: Net(lambda x, parts: F.dropout(causal(x), 0.1)), "chance"),
    "noise": (lambda: Net(lambda x, parts: 0.01 * torch.randn_like(x)), "chance"),
    "stale cache": (lambda: Stale(), "memory"),
    "state kept between calls": (lambda: Remembering(), "memory"),
    "a buffer that counts": (lambda: Counting(), "memory"),
    "one row for all": (lambda: Net(only_one_row), "rows"),
    "mean over the batch": (lambda: Net(lambda x, parts: x.mean(0, keepdim=True)), "rows"),
    "batch_first forgotten": (lambda: Net(attends_over_the_batch), "rows"),
    "padding seen by attention": (lambda: Net(causal), "padding", LEFT_SIDE),
    "padding read by a network with a state": (Recurrent, "padding", LEFT_SIDE),
    "padding on the left, positions from the left": (
        lambda: CountsPadding(), "padding", LEFT_SIDE),
    "padding mask of +1": (lambda: PaddingMask(), "padding", RIGHT_SIDE),
    "padding mask over queries": (lambda: PaddedQueries(), "padding", TOLD),
    "padding counted in a mean": (lambda: SumOverPadding(), "padding", TOLD),
    "places begin again in a cache": (FirstAgain, "parts"),
}


def asked(model, ids, how="", **options):
    """leak_test with a padded batch, if the padding is told in some way."""
    lengths = torch.arange(len(ids)) % max(ids.shape[1] - 2, 1) + 2
    lengths[-1] = ids.shape[1]
    if how == TOLD:
        return neural.leak_test(model, ids, lengths=lengths, **options)
    if how:
        ids = padded(ids, lengths, "left" if how == LEFT_SIDE else "right")
        options["padding"] = PAD
    return neural.leak_test(model, ids, **options)


def build(make, seed: int, dtype=torch.float32):
    torch.manual_seed(seed)
    return make().to(dtype)


SEEDS = (0, 1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", RIGHT)
def test_right_models_pass(name, dtype):
    for seed, (rows, length) in zip(SEEDS, [(1, 2), (3, 7)], strict=True):
        report = asked(build(RIGHT[name], seed, dtype), some_ids(rows, length, seed), seed=seed)
        assert report.clean, report


@pytest.mark.parametrize("name", PADDED)
def test_right_models_pass_with_padding(name):
    make, how, looks_back = PADDED[name]
    for seed in SEEDS:
        report = asked(build(make, seed), some_ids(3, 5 + seed, seed), how, causal=looks_back)
        assert report.clean, report


@pytest.mark.parametrize("name", ["stories_lstm", "python_docs_lstm"])
def test_trained_language_models_of_the_course_pass(name):
    model, tokenizer = training.load_checkpoint(name, rnn_lstm.LanguageModel)
    texts = ["Once there was a fox.", "The array is sorted."]
    ids = torch.from_numpy(tokenizer.batch(texts, start=True, end=True)[0])[:, :12]
    report = neural.leak_test(model, ids)
    assert report.clean and report.change < 1e-4, report


@pytest.mark.parametrize("context", ["last", "dot"])
def test_translators_of_the_course_pass_on_both_sides(context):
    torch.manual_seed(0)
    model = Seq2Seq(V, V, D, D, context=context).eval()
    source = some_ids(1)

    def writes(ids: Tensor) -> Tensor:
        asked = source.expand(len(ids), -1)
        return model(asked, ids, torch.ones_like(asked, dtype=torch.bool))

    def reads(ids: Tensor, lengths: Tensor) -> Tensor:
        return model.encoder(ids, torch.arange(ids.shape[1]) < lengths[:, None])

    for report in (neural.leak_test(writes, some_ids()),
                   asked(reads, some_ids(), TOLD, causal=False)):
        assert report.clean, report


@pytest.mark.parametrize("name", BROKEN)
def test_broken_models_are_found_by_kind(name):
    make, kind, *how = BROKEN[name]
    for seed in SEEDS:
        report = asked(build(make, seed), some_ids(3, 6 + seed, seed), *how,
                       causal=not {RIGHT_SIDE, TOLD} & set(how))
        assert report.kind == kind and not report.clean, report


def test_a_single_row_is_enough_where_there_is_no_padding():
    for name, (make, kind, *how) in BROKEN.items():
        if not how:
            assert asked(build(make, 0), some_ids(1)).kind == kind, name


class Mixing(nn.Module):
    """logits at place i = sum over j of M_ij times a random row of the id at place j."""

    def __init__(self, mixing: Tensor) -> None:
        super().__init__()
        self.mixing, self.table = mixing, torch.randn(V, V, dtype=torch.float64)

    def forward(self, ids: Tensor) -> Tensor:
        return self.mixing[:ids.shape[1], :ids.shape[1]] @ self.table[ids]


@settings(max_examples=15, deadline=None)
@given(st.data(), st.integers(2, 9), st.integers(1, 3), st.integers(0, 10_000))
def test_one_entry_above_the_diagonal_is_named(data, length, rows, seed):
    torch.manual_seed(seed)
    mixing = torch.randn(length, length, dtype=torch.float64).tril()
    ids = some_ids(rows, length, seed)
    assert neural.leak_test(Mixing(mixing), ids).clean
    place = data.draw(st.integers(0, length - 2), label="place")
    source = data.draw(st.integers(place + 1, length - 1), label="source")
    size = data.draw(st.sampled_from([1e-3, -0.1, 1.0]), label="size")
    mixing[place, source] = size
    report = neural.leak_test(Mixing(mixing), ids)
    assert (report.kind, report.place, report.source) == ("future", place, source)
    assert 0 < report.change <= 20 * abs(size)


def test_the_first_of_several_leaks_is_named_and_said():
    torch.manual_seed(0)
    mixing = torch.eye(T, dtype=torch.float64)
    mixing[5, 6] = mixing[3, 5] = mixing[3, 7] = 1.0
    report = neural.leak_test(Mixing(mixing), some_ids())
    assert (report.place, report.source) == (3, 5)
    assert str(report).startswith("the logits at place 3 of row 0 changed by ")
    assert str(report).endswith("when place 5 was changed: the model sees the future")
    mixing[3, 5] = mixing[3, 7] = mixing[5, 6] = 0.0
    assert str(neural.leak_test(Mixing(mixing), some_ids())) == (
        "no leak found: what had to stay changed by 0 at most")


def test_a_leak_only_while_training_is_found_and_said():
    model = build(BROKEN["batch statistics over time"][0], 0).eval()
    report = neural.leak_test(model, some_ids())
    assert "in training mode" in str(report)
    assert neural.leak_test(lambda ids: model(ids), some_ids()).clean
    dropping = nn.Sequential(model, nn.Dropout(0.1))
    assert "in training mode" in str(neural.leak_test(dropping, some_ids()))


def test_dropout_of_a_function_is_found_unless_it_is_in_eval_mode():
    model = build(Encoder, 0)
    report = neural.leak_test(lambda ids: model(ids), some_ids())
    assert report.kind == "chance" and "model.eval()" in str(report)
    model.eval()
    assert neural.leak_test(lambda ids: model(ids), some_ids()).clean


def test_a_state_that_read_changes_in_place_is_found():
    class Appending(Cached):
        def read(self, ids, state):
            state = [] if state is None else state
            logits, keys = super().read(ids, torch.cat(state, dim=1) if state else None)
            state[:] = [keys]
            return logits, state

    torch.manual_seed(0)
    assert neural.leak_test(Appending(), some_ids()).kind == "parts"


@pytest.mark.parametrize("fails", [False, True])
def test_mode_buffers_and_random_numbers_are_put_back(fails):
    class Failing(Net):
        def forward(self, ids):
            if fails and not torch.equal(ids, first):
                raise KeyError("mine")
            return super().forward(ids)

    first = some_ids()
    torch.manual_seed(0)
    model = Failing(batch_statistics, norm=nn.BatchNorm1d(D), other=nn.Dropout()).train()
    model.parts["other"].eval()
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    modes, state = [m.training for m in model.modules()], torch.get_rng_state()
    if fails:
        with pytest.raises(KeyError, match="mine") as caught:
            neural.leak_test(model, first)
        assert "ids of the shape (3, 8)" in caught.value.__notes__[0]
    else:
        assert neural.leak_test(model, first).kind == "future"
    assert [m.training for m in model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(kept[name], value) for name, value in model.state_dict().items())


def test_padding_that_is_harmless_by_its_id_alone_is_found():
    def mean(ids: Tensor, lengths: Tensor) -> Tensor:
        x = model.embed(ids)                                    # the row of PAD is zero
        return model.out(x + x.sum(dim=1, keepdim=True) / lengths[:, None, None])

    model, lengths = build(Net, 0), torch.tensor([8, 3, 5])
    model.embed.weight.data[PAD] = 0.0
    ids = padded(some_ids(), lengths)
    report = neural.leak_test(mean, ids, lengths=lengths, causal=False)
    assert (report.kind, report.row, report.source) == ("padding", 1, 3)
    assert neural.leak_test(lambda ids: mean(ids, (ids != PAD).sum(1)), ids, padding=PAD,
                            causal=False).clean


def test_the_first_row_and_place_that_notice_are_named():
    model = build(Net, 0)
    late = (torch.arange(T) >= 2)[:, None]
    report = neural.leak_test(
        lambda ids: model(ids) + late[:ids.shape[1]] * model(ids).mean(dim=0), some_ids())
    assert (report.kind, report.row, report.place, report.source) == ("rows", 0, 2, None)


def test_an_answer_that_becomes_nan_has_changed():
    model = build(Net, 0)
    report = neural.leak_test(
        lambda ids: model(ids) * (1.0 if ids.shape[1] == T else torch.nan), some_ids())
    assert report.kind == "future" and math.isnan(report.change)


def test_every_real_id_is_exchanged_for_another_one_of_the_batch():
    seen, model = [], build(Net, 0)

    def recording(ids: Tensor) -> Tensor:
        seen.append(ids)
        return model(ids)

    ids = padded(some_ids(), torch.tensor([8, 3, 5]))
    neural.leak_test(recording, ids, padding=PAD)
    other, real = seen[0], ids != PAD
    assert torch.equal(seen[1], ids) and torch.equal(other != ids, real)
    assert set(other[real].tolist()) <= set(ids[real].tolist())


def test_the_seed_chooses_the_other_texts_and_nothing_else_does():
    reports = [neural.leak_test(build(BROKEN["no mask"][0], 0), some_ids(), seed=seed).change
               for seed in (0, 0, 1)]
    assert reports[0] == reports[1] != reports[2]


def test_minus_infinity_and_a_masked_word_are_no_trouble():
    for low in (-torch.inf, -1e9):
        for middle, clean in ((causal, True), (BROKEN["no mask"][0]().middle, False)):
            torch.manual_seed(0)
            model = Net(middle)
            hidden = torch.zeros(V).index_fill(0, torch.tensor([PAD]), low)
            report = neural.leak_test(lambda ids, m=model, h=hidden: m(ids) + h, some_ids())
            assert report.clean == clean, report


def test_what_cannot_be_tested_is_refused_with_the_cure():
    torch.manual_seed(0)
    model, ids, lengths = Net(causal), some_ids(), torch.tensor([2, 3, 8])
    for bad in (ids[0], ids[:, :1], ids[:0], ids.float()):
        with pytest.raises(ValueError, match=r"give whole numbers \(B, T\)"):
            neural.leak_test(model, bad)
    with pytest.raises(ValueError, match="every id is 3: give at least two"):
        neural.leak_test(model, torch.full((2, 4), 3))
    with pytest.raises(ValueError, match="one of the two"):
        neural.leak_test(model, ids, lengths=lengths, padding=PAD)
    for wrong in (lengths[:2], lengths + 1):
        with pytest.raises(ValueError, match="one for each row, T at most"):
            neural.leak_test(model, ids, lengths=wrong)
    with pytest.raises(ValueError, match="nothing but padding"):
        neural.leak_test(model, ids, lengths=lengths - 2)
    with pytest.raises(ValueError, match="no row has padding"):
        neural.leak_test(model, ids, padding=PAD)
    with pytest.raises(ValueError, match=r"\(3, 8\) the model gives a tuple.*model\(ids\)\[0\]"):
        neural.leak_test(lambda ids: (model(ids), None), ids)
    with pytest.raises(ValueError, match=r"gives a Tensor \(3, 11\)"):
        neural.leak_test(lambda ids: model(ids)[:, -1], ids)
    with pytest.raises(ValueError, match="weights that are not zero"):
        neural.leak_test(lambda ids: 0 * model(ids), ids)


def test_an_empty_row_of_a_mask_is_named():
    torch.manual_seed(0)
    with pytest.raises(ValueError, match="NaN in the logits at place 0 of row 0: look for a mask"):
        neural.leak_test(Net(lambda x, parts: (
            scores_of(x).masked_fill(CAUSAL[:x.shape[1], :x.shape[1]].T, -torch.inf)
            .softmax(dim=-1) @ x)), some_ids())
