"""The widgets of notebook 06: numbers known by hand, then controls that change the picture."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from cards import artists, covered, drawn_whole, moved
from small_transformers import shaken

from helpers import neural, tokenizers
from helpers import transformer as tf
from helpers.explorers import transformer as explorers
from helpers.explorers.transformer.gradients import KINDS, STARTS, one_block
from helpers.explorers.transformer.page import _places
from helpers.explorers.transformer.sizes import ALONE, BOTH, OWN, PRESETS
from helpers.self_attention_masks import causal_mask

KNOWN = tokenizers.Vocabulary("abcdefgh>")
LETTERS = tokenizers.Vocabulary("abcdefghijklmnopqrstuvwxyz .")


def model_of(known=KNOWN, seed=0, recipe="2019", **settings):
    torch.manual_seed(seed)
    settings = {"d_model": 8, "n_heads": 2, "n_layers": 2, "max_len": 40} | settings
    return shaken(tf.Transformer.of(vocab_size=len(known), **{**tf.RECIPES[recipe], **settings}))


# ---- a forward pass, step by step


@pytest.mark.parametrize("recipe", tf.RECIPES)
def test_the_steps_are_the_model_and_each_follows_from_those_before(recipe):
    model = model_of(recipe=recipe)
    traced = explorers.trace_numbers(model, KNOWN, "dacafb>")
    with neural.reading(model):
        logits = model(torch.tensor([KNOWN.encode("dacafb>")]))[0]
    steps, x = traced["steps"], None
    by_stop = {step["stop"]: step["table"] for step in steps}
    assert np.allclose(by_stop["logits"], logits, atol=1e-5)
    assert np.allclose(by_stop["ids"] @ model.embed.weight.detach().numpy()
                       * (8 ** 0.5 if recipe == "2017" else 1), by_stop["rows"], atol=1e-6)
    for before, step in zip(steps, steps[1:], strict=False):
        if step["stop"] in ("places", "norm 1") and step["stop"] == "places":
            x = step["table"]
        if step["stop"].startswith("sum"):      # what was added, and x as it was
            assert np.allclose(step["table"], x + before["table"], atol=1e-5)
            x = step["table"]
        if traced["post"] and step["stop"].startswith("norm"):
            x = step["table"]
        if step["stop"] == "weights":
            assert np.allclose(step["table"].sum(axis=-1), 1, atol=1e-5)
            assert step["shape"] == (2, 7, 7)
    assert np.allclose(by_stop["probabilities"].sum(axis=1), 1, atol=1e-5)


def test_the_norms_stand_where_the_config_puts_them():
    pre, post = ([step["stop"] for step in explorers.trace_numbers(
        model_of(recipe=recipe, n_layers=1), KNOWN, "ab>")["steps"]] for recipe in ("2019", "2017"))
    assert pre == ["ids", "rows", "places", "norm 1", "weights", "attention", "sum 1", "norm 2",
                   "feed-forward", "sum 2", "last norm", "logits", "probabilities"]
    assert post == ["ids", "rows", "places", "weights", "attention", "sum 1", "norm 1",
                    "feed-forward", "sum 2", "norm 2", "logits", "probabilities"]


def test_the_first_sentence_of_the_stepper_and_those_of_other_steps():
    shown = explorers.forward_stepper(model_of(), KNOWN, "dacafb>")
    assert shown.caption == ("Step 1 of 20, ids: each token becomes a number, its place among 11 "
                             "tokens. “>” is number 10.")
    assert moved(shown, step=9)
    row = explorers.trace_numbers(model_of(), KNOWN, "dacafb>")["steps"][8]["table"][-1]
    assert "Step 9 of 20, block 1 of 2, feed-forward adds: each row for itself, from 8 to 32 " \
        "numbers, gelu, and back." in shown.caption
    assert f"has the length {np.linalg.norm(row):.2f}, beside" in shown.caption
    assert moved(shown, step=5, head=2) and "In head 2 “>” looks most at" in shown.caption
    assert moved(shown, step=20) and "Likeliest after “>”: “" in shown.caption


@pytest.mark.parametrize("d, within", [(8, 0.005001), (16, 0.05001)])
def test_every_number_of_a_small_model_is_written(d, within):
    model = model_of(d_model=d)
    with torch.no_grad():
        model.stack.blocks[0].feed_forward.W_2.weight.mul_(9)
    shown = explorers.forward_stepper(model, KNOWN, "dacafb>", step=10)
    table = shown.compute(**shown.values)["now"]["table"]
    cells = {text.get_label(): text.get_text() for text in shown.figure.axes[1].texts
             if text.get_visible()}
    written = [float(cells[f"cell {i}"].replace("−", "-")) for i in range(7 * d)]
    within = np.where(np.abs(table) < 10, within, 0.50001)
    assert (np.abs(np.reshape(written, (7, d)) - table) <= within).all() and covered(shown) == []


def test_stepping_makes_no_artists_draws_no_axes_and_covers_nothing():
    shown = explorers.forward_stepper(model_of(), KNOWN, "dacafb>")
    kept, drawn = artists(shown), drawn_whole(shown)
    for step in range(20, 1, -1):
        assert moved(shown, step=step) and covered(shown) == [], step
    assert artists(shown) == kept and not drawn
    wide = explorers.forward_stepper(model_of(LETTERS, d_model=32, n_layers=1), LETTERS,
                                     "a sentence of letters..")
    for step in range(2, 14):
        assert moved(wide, step=step) and covered(wide) == [], step


def test_what_cannot_be_traced_is_said():
    shown = explorers.forward_stepper(model_of(), KNOWN, "dac>")
    shown.controls["text"].value = "a" * 25
    assert "25 tokens: there is room for 1 to 24" in shown.error
    shown.controls["text"].value = ""
    assert "0 tokens" in shown.error
    assert moved(shown, text="z不$b>") and "Unknown, read as <unk>: z, 不, $." in shown.caption
    with pytest.raises(ValueError, match="says nothing of the next token"):
        explorers.trace_numbers(model_of(causal=False), KNOWN, "ab")
    traced = explorers.trace_numbers(model_of(), KNOWN, "ab")
    for step, head, said in ((0, 1, "step 0"), (21, 1, "step 21: there are 1 to 20"),
                             (5, 3, "head 3: there are 1 to 2")):
        with pytest.raises(ValueError, match=said):
            explorers.step_numbers(traced, step, head)


def test_a_model_with_one_head_has_no_slider_for_it():
    assert "head" not in explorers.forward_stepper(model_of(n_heads=1), KNOWN, "ab>").controls


# ---- writing


def lm_of(**settings):
    return neural.NeuralLM(model_of(LETTERS, max_len=30, **settings), LETTERS, context=30)


def test_the_writer_writes_what_the_adapter_writes_and_scores_it_as_the_adapter_does():
    lm = lm_of()
    written = explorers.written_numbers(lm, explorers.begun_numbers(lm, "the cat"), 15, 0.7, 0.9, 3)
    theirs = lm.write("the cat", rng=np.random.default_rng(3), max_tokens=15, temperature=0.7,
                      top_p=0.9)
    assert LETTERS.decode(written["ids"]) == theirs
    numbers = explorers.writer_numbers(lm, written)
    scored = lm.token_log_probs("the cat" + theirs)[7:7 + len(written["ids"])]
    assert np.allclose(numbers["bits"], -np.array(scored) / math.log(2), atol=1e-4)
    assert np.allclose(np.exp(written["rows"]).sum(axis=1), 1)
    assert len(written["rows"]) == len(written["ids"]) + 1


def test_the_same_settings_give_the_same_text_and_a_longer_one_begins_with_it():
    lm = lm_of()
    begun = explorers.begun_numbers(lm, "a")
    short, long = (explorers.written_numbers(lm, begun, length, seed=5) for length in (4, 9))
    assert long["ids"][:4] == short["ids"] and np.allclose(long["rows"][:5], short["rows"])


def test_surprisal_spread_and_what_the_cache_spares_are_those_of_paper():
    lm = lm_of()
    rows = np.log([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.5, 0.5, 1e-300]])
    rows = np.pad(rows, ((0, 0), (0, len(LETTERS) - 3)), constant_values=-np.inf)
    numbers = explorers.writer_numbers(lm, {"ids": [0, 2], "rows": rows, "before": [1, 5, 5],
                                            "temperature": 1.0, "top_p": 1.0, "ended": False})
    assert numbers["bits"] == pytest.approx([1, 3]) and numbers["mean"] == pytest.approx(2)
    assert numbers["alike"] == pytest.approx(2)
    assert (numbers["read"], numbers["again"]) == (5, 3 + 4 + 5)


def test_an_end_is_told_and_drawn():
    model = model_of(LETTERS, tied=False)
    with torch.no_grad():                   # after anything the end is certain
        model.out.weight.zero_()
        model.stack.last.gain.zero_()
        model.stack.last.bias.fill_(1.0)
        model.out.weight[LETTERS.end] = 5.0
    shown = explorers.writer(model, LETTERS, "the end")
    assert shown.caption.startswith("“the end” → “”: 0 tokens, then the end of the text. Likeliest "
                                    "there: “(end)” 1.00; ")


def test_the_first_sentence_of_the_writer_and_the_controls():
    shown = explorers.writer(model_of(LETTERS, max_len=128), LETTERS, "the", length=12,
                             temperature=0.0)
    written = shown.compute(**shown.values)
    assert shown.caption.startswith(f"“the” → “{written['text']} …”: 12 tokens at "
                                    f"{written['mean']:.2f} bits each. Likeliest next: “")
    assert "With the cache 16 tokens were read, without it " in shown.caption
    kept = artists(shown)
    for values in ({"length": 40}, {"temperature": 1.5}, {"seed": 4}, {"prompt": "a ñ dog"}):
        assert moved(shown, **values)
    assert artists(shown) == kept and "Unknown, read as <unk>: ñ." in shown.caption
    assert covered(shown) == []
    shown.controls["prompt"].value = "a" * 61
    assert "a beginning of 61 tokens: at most 60" in shown.error
    with pytest.raises(ValueError, match="length=101: 1 to 100"):
        explorers.written_numbers(lm_of(), {}, 101)


def test_a_page_breaks_its_lines_between_words():
    letters = list("one two three")
    places = _places(letters, letters, wide=1.6)
    lines = {}
    for letter, (_, line, _) in zip(letters, places, strict=True):
        lines[line] = lines.get(line, "") + letter
    assert [line.strip() for line in lines.values()] == ["one two", "three"]
    pieces = ["one", " two", " three"]
    assert [line for _, line, _ in _places(pieces, pieces, wide=1.6)] == [0, 0, 1]
    assert {line for _, line, _ in _places(["a"] * 40, ["a"] * 40, wide=1.2)} > {0, 1}


# ---- collapse


def test_the_rows_are_those_of_the_package_and_the_parts_are_what_they_say():
    for parts, past in (("...", False), ("x..", True)):
        numbers = explorers.collapse_numbers(5, parts, seed=2)
        assert np.allclose(numbers["left"][1:], tf.through_layers(12, residual=past, seed=2))
        assert tf.difference(torch.tensor(numbers["rows"])) == pytest.approx(numbers["left"][5])
    own, other = (torch.Generator().manual_seed(seed) for seed in (0, 1_000_000))
    x, W_q, W_k, W_v = (torch.randn(*shape, generator=own, dtype=torch.float64) / root
                        for *shape, root in ((5, 8, 1), *[(8, 8, 8 ** 0.5)] * 3))
    W_1, W_2 = (torch.randn(*shape, generator=other, dtype=torch.float64) / shape[0] ** 0.5
                for shape in ((8, 32), (32, 8)))
    for norm in (False, True):
        scaled = torch.nn.LayerNorm(8, elementwise_affine=False).double() if norm else lambda x: x
        h = scaled(x)
        y = x + torch.softmax(h @ W_q @ (h @ W_k).T / 8 ** 0.5, dim=1) @ (h @ W_v)
        y = y + (scaled(y) @ W_1).relu() @ W_2
        rows = tf.rows_through_layers(1, residual=True, feed_forward=True, norm=norm, T=5, d=8)
        assert torch.equal(rows[0], x)
        assert torch.allclose(rows[1], y / y.norm() * 40 ** 0.5, atol=1e-12)


def test_without_a_way_past_the_rows_become_equal_and_the_card_says_how_far():
    shown = explorers.collapse_explorer()
    assert shown.caption == (
        "After 4 layers of attention alone 1 in 830,000 of the 16 rows is difference between them; "
        "before the first it was 96%. Every token has the same row: no later layer can tell them "
        "apart.")
    kept, drawn = artists(shown), drawn_whole(shown)
    assert moved(shown, parts="x..")
    assert "attention with a way past 71% of the 16 rows" in shown.caption
    assert "Of attention alone it would be 1 in 830,000." in shown.caption
    assert moved(shown, parts="xxx")
    assert "with a way past, a norm and a feed-forward" in shown.caption
    assert moved(shown, layer=0) and shown.caption.startswith("Before the first layer 96%")
    assert moved(shown, layer=12, parts=".x.") and "nothing but rounding" in shown.caption
    assert artists(shown) == kept and not drawn and covered(shown) == []
    with pytest.raises(ValueError, match="a layer from 0 to 12"):
        explorers.collapse_numbers(13)


# ---- gradients


@pytest.mark.parametrize("kind", ["pre-norm", "post-norm"])
def test_a_block_of_the_gradient_card_is_a_block_of_the_package(kind):
    depth = 3
    model = model_of(n_layers=depth, recipe="2017" if kind == "post-norm" else "2019")
    x = torch.randn(1, 6, 8)
    block = model.stack.blocks[1]
    ours = one_block(block, x, causal_mask(6), kind, 1.0)
    assert torch.allclose(ours, block(x, causal_mask(6)[None])[0], atol=1e-6)
    for part in (block.attention, block.feed_forward):         # so the share may go into W
        for name, value in part.named_parameters():
            if name in ("b_o", "W_2.bias"):
                value.data.zero_()
    half = one_block(block, x, causal_mask(6), kind, 0.5)
    with torch.no_grad():
        for W in block.adding():
            W.mul_(0.5)
    assert torch.allclose(half, block(x, causal_mask(6)[None])[0], atol=1e-6)


def test_the_gradient_is_what_finite_differences_say():
    numbers = explorers.layers_numbers(2)
    from helpers.explorers.transformer import gradients
    model, x, targets = gradients._model(0)
    for W in model.stack.blocks[5].adding():        # each sum about as large as one number of it
        inputs = 32 if W.shape == (32, 32) else 128
        assert float(W.detach().std()) == pytest.approx(inputs ** -0.5, rel=0.1)

    def loss(x):
        for block in model.stack.blocks[:2]:
            x = one_block(block, x, causal_mask(16), "pre-norm", 0.5)
        return torch.nn.functional.cross_entropy(model.out(model.stack.last(x))[0], targets)
    with torch.no_grad():
        slopes = []
        for place in range(0, x.numel(), 37):
            step = torch.zeros_like(x).flatten()
            step[place] = 1e-5
            moved_by = step.view_as(x)
            slopes.append(float(loss(x + moved_by) - loss(x - moved_by)) / 2e-5)
    sampled = math.sqrt(np.mean(np.square(slopes)) * x.numel())
    assert sampled == pytest.approx(numbers["gradients"]["pre-norm"][0], rel=0.5)
    assert numbers["left"]["pre-norm"][0] == pytest.approx(tf.difference(x[0]))


def test_before_training_pre_and_post_norm_are_alike_and_no_way_past_makes_rows_equal():
    for start in STARTS:
        numbers = explorers.layers_numbers(24, start)
        ratios = {kind: g[0] / g[-1] for kind, g in numbers["gradients"].items()}
        assert 0.1 < ratios["pre-norm"] < 10 and 0.1 < ratios["post-norm"] < 10
        assert ratios[KINDS[3]] < 1e-3
        assert numbers["left"]["no way past"][-1] < 1e-5 < 0.3 < numbers["left"]["pre-norm"][-1]
    with pytest.raises(ValueError, match="depth=25"):
        explorers.layers_numbers(25)


def test_the_depth_slider_moves_curves_only():
    shown = explorers.gradient_layers()
    assert shown.caption.startswith("12 blocks before training. From top to bottom the gradient "
                                    "becomes 1.")
    assert "it neither vanishes nor explodes" in shown.caption
    kept, drawn = artists(shown), drawn_whole(shown)
    for depth in (2, 24, 6):
        assert moved(shown, depth=depth)
        assert np.isfinite(shown.figure.axes[0].lines[0].get_ydata()).sum() == depth + 1
    assert artists(shown) == kept and not drawn and covered(shown) == []
    assert moved(shown, start=STARTS[1])


def test_the_stored_runs_are_shown_as_they_are():
    def run(end, first):
        return {"curve": [0.2, 0.5, end], "gradients": {"0": [first, 1.0], "20": [0.1, 0.2],
                                                        "100": [1e-9, 0.3]}}
    stored = {"post-norm": {"0.01": [run(0.1, 1.0)] * 3,
                            "0.005": [run(1.0, 2.0), run(0.12, 3.0), run(0.99, 9.0)]}}
    shown = explorers.gradient_training(stored)
    assert shown.caption == (
        "Post-norm, rate 0.005: 2 of 3 seeds learn to copy (12%, 99%, 100% of the letters right at "
        "the end, guessing 12%). The gradient of the first block is 3 long before training, 0.1 "
        "after 20 updates and 1e-09 after 100.")
    kept = artists(shown)
    assert moved(shown, rate="0.01") and "0 of 3 seeds learn" in shown.caption
    assert artists(shown) == kept and covered(shown) == []
    with pytest.raises(ValueError, match="stored are post-norm, each at 0.01, 0.005"):
        explorers.training_numbers(stored, "pre-norm", "0.01")


# ---- sizes


def test_the_model_of_2017_has_its_known_number_of_parameters():
    numbers = explorers.sizes_numbers(512, 6, 37_000, 512, BOTH)
    assert numbers["total"] == 63_082_496
    assert numbers["total"] - numbers["parameters"]["embedding"] == 44_138_496
    assert explorers.sizes_explorer().caption == (
        "512 wide, 6 layers on each side: 63.1 million parameters, 40% of them in the "
        "feed-forward. In a text of 512 tokens each costs 72.4 million multiply-adds, 13% of them "
        "for scores and sums. At 2 bytes a number: weights 126 MB, cache, source and target, 12.6 "
        "MB.")


def test_the_sizes_are_those_of_a_model_that_is_built():
    numbers = explorers.sizes_numbers(64, 2, 99, 64, ALONE)
    model = tf.Transformer.of(vocab_size=99, d_model=64, n_heads=1, n_layers=2, max_len=64,
                              **tf.RECIPES["today"])
    assert numbers["total"] == sum(p.numel() for p in model.parameters())
    _, cache = model.read(torch.zeros(1, 64, dtype=torch.long))
    assert numbers["cache"] == cache.bytes / 2
    both = tf.EncoderDecoder(replace(model.config, **tf.RECIPES["2017"]), 99)
    source = torch.zeros(1, 64, dtype=torch.long)
    _, state = both.encode(source, torch.ones_like(source, dtype=torch.bool))
    _, state = both.read(source, state)
    assert explorers.sizes_numbers(64, 2, 99, 64, BOTH)["cache"] == state.bytes / 2


def test_a_known_model_sets_the_sliders_and_a_moved_slider_makes_it_none():
    shown = explorers.sizes_explorer()
    for name, settings in PRESETS.items():
        before = shown.answers
        shown.controls["preset"].value = name
        assert shown.answers - before <= 6          # once for each control
        assert {**settings, "preset": name} == shown.values and shown.error == ""
    assert "6.57 billion parameters" in shown.caption
    kept = artists(shown)
    assert moved(shown, layers=3) and shown.controls["preset"].value == OWN
    assert moved(shown, layers=32) and shown.controls["preset"].value == "one of 7 billion"
    assert moved(shown, width=64, vocabulary=99, layers=1) and "1 layer:" in shown.caption
    assert artists(shown) == kept and covered(shown) == []
    with pytest.raises(ValueError, match="a width is a multiple of 64"):
        explorers.sizes_numbers(100, 1, 99, 64, ALONE)
    with pytest.raises(ValueError, match="preset='GPT'"):
        explorers.sizes_explorer("GPT")


# ---- heads


def test_the_head_grid_shows_the_weights_of_the_model_and_what_comes_next():
    model = model_of(LETTERS)
    shown = explorers.head_grid(model, LETTERS, "the cat")
    weights = tf.weights_of(model, torch.tensor([LETTERS.encode("the cat")]))[0].numpy()
    assert np.allclose(shown.weights, weights, atol=1e-6) and shown.weights.shape == (2, 2, 7, 7)
    with neural.reading(model):
        odds = model(torch.tensor([LETTERS.encode("the cat")]))[0, -1].softmax(0)
    likely = explorers.grid_numbers(model, LETTERS, "the cat")["next"]
    assert [p for _, p in likely] == pytest.approx(odds.topk(3).values.tolist())
    shown.text = "x" * 41
    assert "This text cannot be read: 41 letters: this view has room for 1 to 40" in shown.error
