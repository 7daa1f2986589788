"""The small experiments behind notebook 06: a sorter, norms, recipe, places, collapse."""

import math

import pytest
import torch
from small_transformers import model_of
from torch import nn

from helpers import neural, training
from helpers import transformer as tf
from helpers.transformer import collapse, norms, places, recipe, sorter


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


# the sorter

def test_lines_of_the_sorter_are_letters_a_mark_and_the_letters_in_order():
    ids, targets = sorter.lines(20, generator())
    for read, wanted in zip(ids.tolist(), targets.tolist(), strict=True):
        line = "".join(sorter.KNOWN.decode([i]) for i in [*read, wanted[-1]])
        letters, after = line.split(sorter.MARK)
        assert len(letters) == 6 and after == "".join(sorted(letters))
        assert wanted[:6] == [neural.NO_TARGET] * 6 and wanted[6:-1] == read[7:]
    assert set(ids[:, :6].flatten().tolist()) == set(sorter.KNOWN.encode(sorter.LETTERS))
    assert sorter.lines(2, generator(), 7)[0].shape == (2, 14)


class ByHand(nn.Module):
    """Sorts as it should, and keeps what it has read as its state."""

    def read(self, ids, state=None):
        read = ids if state is None else torch.cat([state, ids], dim=1)
        logits = torch.zeros(*ids.shape, len(sorter.KNOWN))
        for row, line in enumerate(read.tolist()):
            mark = line.index(sorter.KNOWN.encode(sorter.MARK)[0])
            logits[row, -1, sorted(line[:mark])[len(line) - mark - 1]] = 1.0
        return logits, read


class WrongAtTheEnd(ByHand):
    def read(self, ids, state=None):
        logits, state = super().read(ids, state)
        return logits.roll(int(state.shape[1] == 12), dims=2), state


def test_who_sorts_is_always_right_and_a_line_with_one_letter_wrong_is_wrong():
    assert sorter.right(ByHand(), number=50) == sorter.right(ByHand(), 7, number=50) == 1.0
    assert sorter.right(WrongAtTheEnd(), number=50) == 0.0


def test_a_line_of_ones_own_is_answered_step_by_step():
    torch.manual_seed(0)
    model = tf.Transformer.of(**sorter.config())
    written, chances, weights = sorter.answer(model, "h a h a b >")
    assert written == sorter.KNOWN.decode(chances.argmax(dim=1).tolist())
    assert chances.shape == (5, len(sorter.KNOWN)) and weights.shape == (1, 2, 10, 10)
    torch.testing.assert_close(chances.sum(dim=1), torch.ones(5))
    ids = sorter.KNOWN.encode("hahab>")
    with torch.no_grad():
        first = model(torch.tensor([ids]))[0, -1]
    torch.testing.assert_close(chances[0], first.softmax(dim=0))


@pytest.mark.parametrize("letters, message", [
    ("", "0 letters"), ("abcdefgh", "8 letters"), ("abz", "'z'"), ("a>b", "'>'")])
def test_what_the_sorter_cannot_read_is_refused_in_words(letters, message):
    with pytest.raises(ValueError, match=message):
        sorter.answer(tf.Transformer.of(**sorter.config()), letters)
    with pytest.raises(ValueError, match="'three blocks'"):
        sorter.config("three blocks")


def test_looks_tells_heads_that_find_the_next_letter_from_those_that_do_not(monkeypatch):
    ids, targets = sorter.lines(500, generator(98))
    weights = torch.zeros(500, 1, 2, 12, 12)
    for b, (read, wanted) in enumerate(zip(ids.tolist(), targets.tolist(), strict=True)):
        for t in range(6, 12):
            weights[b, 0, 0, t, read[:6].index(wanted[t])] = 1.0
            weights[b, 0, 1, t, t] = 1.0
    monkeypatch.setattr(sorter, "weights_of", lambda model, ids: weights)
    finder, own, everywhere = sorter.looks(None)
    assert finder == {"next": 1.0, "smaller": 0.0, "larger": 0.0, "written": 0.0}
    assert own == {"next": 0.0, "smaller": 0.0, "larger": 0.0, "written": 1.0}
    assert sum(everywhere.values()) == pytest.approx(1, abs=1e-6)
    assert everywhere["written"] == pytest.approx(sum(k / (6 + k) for k in range(1, 7)) / 6)


# the norm

def test_lines_of_the_copy_are_read_twice_and_asked_for_once():
    ids, targets = norms.lines(10, generator())
    assert ids.shape == targets.shape == (10, 16)
    assert torch.equal(targets[:, 8:], ids[:, :8]) and (ids[:, 8] == norms.BAR).all()
    assert torch.equal(ids[:, 9:], ids[:, :7]) and (targets[:, :8] == neural.NO_TARGET).all()


def test_who_repeats_the_letter_eight_before_copies_all():
    def repeater(shift):
        class Copier(nn.Module):
            def forward(self, ids):
                return nn.functional.one_hot(ids.roll(shift, dims=1), norms.LETTERS + 1).float()
        return Copier()
    assert norms.right(repeater(8)) == 1.0 and norms.right(repeater(5)) < 0.2


def test_the_kinds_differ_in_the_norm_and_in_the_start_only():
    ours, theirs = (norms.build(f"post-norm{start}", seed=1) for start in ("", norms.OF_TORCH))
    assert [p.shape for p in ours.parameters()] == [p.shape for p in theirs.parameters()]
    assert norms.build("pre-norm").config.pre_norm and not ours.config.pre_norm
    with pytest.raises(ValueError, match="'no norm'"):
        norms.config("no norm")


def test_torchs_start_is_that_of_torchs_own_layer():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(64, 4, 128, 0.0, batch_first=True)
    block = norms.build("post-norm" + norms.OF_TORCH).stack.blocks[0]
    theirs = {"W_q": layer.self_attn.in_proj_weight[:64], "W_o": layer.self_attn.out_proj.weight,
              "W_1": layer.linear1.weight, "W_2": layer.linear2.weight, "b_1": layer.linear1.bias,
              "b_2": layer.linear2.bias, "b_q": layer.self_attn.in_proj_bias}
    ours = {"W_q": block.attention.W_q, "W_o": block.attention.W_o, "b_q": block.attention.b_q,
            "W_1": block.feed_forward.W_1.weight, "W_2": block.feed_forward.W_2.weight,
            "b_1": block.feed_forward.W_1.bias, "b_2": block.feed_forward.W_2.bias}
    for name, W in theirs.items():
        assert ours[name].std().item() == pytest.approx(W.std().item(), rel=0.25), name
        assert float(ours[name].abs().max()) == pytest.approx(float(W.abs().max()), rel=0.1), name


def test_the_gradient_of_a_block_is_that_of_all_its_weights():
    model = norms.build("pre-norm")
    batch = norms.lines(64, generator(98))
    with torch.no_grad():                                   # as `watch` is called
        found = norms.gradients(model)
    neural.next_token_loss(model, batch).backward()
    for length, block in zip(found, model.stack.blocks, strict=True):
        squares = sum(float(p.grad.square().sum()) for p in block.parameters())
        assert length == pytest.approx(math.sqrt(squares), rel=1e-4)
    assert len(found) == norms.LAYERS


def test_the_warm_up_rises_in_a_line_and_stays():
    rises = norms.warm_up(100)
    assert [rises(step, 250) for step in (0, 49, 99, 249)] == pytest.approx([0.01, 0.5, 1, 1])


# the recipe

def test_without_a_way_past_a_block_gives_what_its_parts_make_alone():
    block = recipe.build("no way past", fused=False).stack.blocks[0]
    x = torch.randn(2, 5, recipe.D, generator=generator())
    out, _ = block(x)
    attended, _ = block.attention(block.norm_1(x))
    torch.testing.assert_close(out, block.feed_forward(block.norm_2(attended)))


def test_each_kind_leaves_out_what_it_says_and_nothing_else():
    whole = recipe.build(recipe.WHOLE)
    names = dict(whole.named_parameters())
    same = recipe.build("start the same at any depth")
    for name, W in same.named_parameters():
        factor = (2 * recipe.LAYERS) ** 0.5 if name.endswith(("W_o", "W_2.weight")) else 1.0
        torch.testing.assert_close(W, factor * names[name], msg=name)
    without = recipe.build("no norm")
    assert {name for name in names if "norm" not in name and "last" not in name} == {
        name for name, _ in without.named_parameters()}
    x = torch.randn(2, 3, recipe.D, generator=generator())
    block = recipe.build("no feed-forward", fused=False).stack.blocks[1]
    torch.testing.assert_close(block(x)[0], x + block.attention(block.norm_1(x))[0])
    assert recipe.build("two matrices for words").out is not None and whole.out is None
    with pytest.raises(ValueError, match="'no luck'"):
        recipe.build("no luck")


def test_training_takes_the_optimizer_the_loss_and_the_clipping_of_its_kind(monkeypatch):
    seen = {}
    monkeypatch.setattr(training, "train", lambda model, draw, loss, **how: seen.update(
        how, loss=loss(model, draw(generator())), plain=neural.next_token_loss(
            model, draw(generator())), groups=how["optimizer"](model).param_groups))

    def told(kind):
        recipe.train(kind)
        return {"decay": seen["groups"][0]["weight_decay"], "clip": seen["clip"],
                "first": seen["schedule"](0, 300) < 0.1, "soft": seen["loss"] != seen["plain"]}
    whole = told(recipe.WHOLE)
    assert whole == {"decay": recipe.DECAY, "clip": 1.0, "first": True, "soft": False}
    for kind, other in {"no decay": {"decay": 0.0}, "no clipping": {"clip": None},
                        "no warm-up": {"first": False}, "labels softened": {"soft": True}}.items():
        assert told(kind) == {**whole, **other}, kind


def test_bits_of_a_model_that_knows_nothing_are_those_of_its_vocabulary():
    class Nobody(nn.Module):
        def forward(self, ids):
            return torch.zeros(*ids.shape, len(recipe.vocabulary()))
    assert recipe.bits(Nobody()) == pytest.approx(math.log2(len(recipe.vocabulary())), abs=1e-4)


def test_bits_are_of_the_next_character_whose_knower_needs_none(monkeypatch):
    class OneMore(nn.Module):
        def forward(self, ids):
            return 50.0 * nn.functional.one_hot(ids + 1, 101)
    monkeypatch.setattr(recipe, "stream", lambda split: torch.arange(100))
    assert recipe.bits(OneMore()) == pytest.approx(0, abs=1e-6)


def test_a_run_that_diverges_is_told_and_not_raised(monkeypatch):
    def burst(*_, **__):
        raise training.Diverged("the loss is nan", training.History())
    monkeypatch.setattr(recipe, "train", burst)
    told = recipe.told("no norm", rate=1.0, seed=0)
    assert told["bits"] is None and told["diverged"] == 0


# places

def test_bits_by_place_are_those_of_the_whole_text_place_by_place():
    torch.manual_seed(0)
    model = tf.Transformer(places.config("rotary"))
    found = places.bits_by_place(model, number=50)
    batch = neural.windows(places.stream("valid"), places.LONG, 50)(generator(99))
    with torch.no_grad():
        whole = float(neural.next_token_loss(model, batch)) / math.log(2)
    assert found.shape == (128,) and float(found.mean()) == pytest.approx(whole, abs=1e-4)
    first = batch[0][:, :1], batch[1][:, :1]
    with torch.no_grad():
        one = float(neural.next_token_loss(model, first)) / math.log(2)
    assert float(found[0]) == pytest.approx(one, abs=1e-4)


def test_the_short_sighted_model_has_the_same_weights_and_forgets_what_is_far():
    torch.manual_seed(0)
    model = tf.Transformer(places.config("rotary"))
    short = places.short_sighted(model, window=4)
    ids = torch.randint(9, (1, 12), generator=generator())
    torch.testing.assert_close(short(ids)[:, :4], model(ids)[:, :4])
    assert (short(ids)[:, -1] - model(ids)[:, -1]).abs().max() > 1e-4
    seen = tf.weights_of(tf.Transformer(short.config), ids)[0]
    assert not seen.tril(-4).any()


# a block that adds nothing

def test_a_block_that_is_silent_leaves_everything_as_it_is_and_lets_all_gradients_through():
    block = model_of("2019", torch.float64).stack.blocks[0]         # biases shaken, too
    x = torch.randn(1, 3, 12, dtype=torch.float64, generator=generator())
    assert not torch.equal(block(x)[0], x)
    assert torch.equal(collapse.silence(block)(x)[0], x)
    slopes = torch.autograd.functional.jacobian(lambda rows: block(rows)[0], x).view(36, 36)
    assert torch.equal(slopes, torch.eye(36, dtype=torch.float64))


def test_a_silent_block_that_reads_a_source_does_not_listen_to_it():
    block = tf.Block(tf.TransformerConfig(9, 12, 2), cross=True)
    nn.init.ones_(block.cross.b_o)
    x, source = torch.randn(2, 1, 5, 12, generator=generator())
    kept = block.cross.keys_values(source)
    assert torch.equal(collapse.silence(block)(x, source=kept)[0], x)


# collapse

def test_rows_become_equal_without_a_way_past_and_later_with_sharper_or_causal_looks():
    after = {name: collapse.over_seeds(name) for name in collapse.SETTINGS}
    fourth = {name: layers[3] for name, layers in after.items()}
    assert fourth["attention alone"][2] < 1e-3
    assert fourth["with a way past"][0] > 0.5
    assert fourth["alone, W_q and W_k doubled"][1] > 0.3 and fourth["alone, causal"][0] > 0.05
    assert max(after["alone, W_q and W_k doubled"][11][2], after["attention alone"][11][2]) < 1e-3
    assert after["with a way past"][11][2] < 0.2
    for low, middle, high in after["alone, causal"]:
        assert low <= middle <= high
    with pytest.raises(ValueError, match="'none'"):
        collapse.over_seeds("none")


# what is stored

STUDIES = {"sorter": sorter, "norms": norms, "recipe": recipe, "places": places}


@pytest.mark.parametrize("name", STUDIES)
def test_the_stored_tables_are_whole_and_made_by_this_code_and_data(name):
    study, table = STUDIES[name], training.load_results(name)
    assert {kind: {rate: len(runs) for rate, runs in rows.items()} for kind, rows in table.items()
            } == {kind: {f"{rate:g}": len(study.SEEDS) for rate in study.RATES}
                  for kind in study.KINDS}
    assert training.changed_since(name) == []


def test_the_shipped_sorter_sorts_lines_nobody_has_seen():
    model, known = training.load_checkpoint("sorter", tf.Transformer.of)
    assert known == sorter.KNOWN
    assert sorter.right(model) > 0.99
    assert sorter.answer(model, "d a c a f b")[0] == "aabcdf"


@pytest.mark.slow
def test_one_stored_sorter_comes_back():
    stored = training.load_results("sorter")["one block"]["0.01"][1]
    again = sorter.told("one block", rate=1e-2, seed=1)
    for length, share in stored["right"].items():
        assert again["right"][length] == pytest.approx(share, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pre-norm", "post-norm", "post-norm, warm-up"])
def test_one_stored_copy_comes_back(kind):
    stored = training.load_results("norms")[kind]["0.005"][1]
    again = norms.told(kind, rate=5e-3, seed=1)
    assert again["right"] == pytest.approx(stored["right"], abs=0.05)
    assert again["gradients"]["0"] == pytest.approx(stored["gradients"]["0"], rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [recipe.WHOLE, "no norm"])
def test_one_stored_recipe_comes_back(kind):
    stored = training.load_results("recipe")[kind]["0.01"][0]
    assert recipe.told(kind, rate=1e-2, seed=0)["bits"] == pytest.approx(stored["bits"], abs=0.05)


@pytest.mark.slow
def test_one_stored_model_read_beyond_its_length_comes_back():
    stored = training.load_results("places")["rotary"]["0.01"][2]
    again = places.told("rotary", rate=1e-2, seed=2)
    for part in ("known", "twice", "fourfold", "short_sighted"):
        assert again[part] == pytest.approx(stored[part], abs=0.15)
