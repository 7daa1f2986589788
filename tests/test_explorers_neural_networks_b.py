"""Widgets of notebook 00 on depth, optimisers and kernels: known numbers, then moved controls."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from cards import artists, covered, drawn_whole, moved

from helpers import gradient_flow
from helpers import neural_networks as networks
from helpers.explorers import neural_networks as explorers
from helpers.explorers.neural_networks import depth, kernel, race

# ---- depth


def test_what_arrives_at_two_layers_is_what_paper_says():
    """d loss / d a_1 = W_2^T of (1 - a_2 ** 2) times the direction, row by row."""
    numbers = explorers.flow_numbers(2, start="1")
    x, direction, (first, second, *_) = depth._drawn(0)
    a = torch.tanh(x @ first)
    b = torch.tanh(a @ second)
    arriving = ((1 - b ** 2) * direction) @ second.T
    ratio = float(arriving.norm(dim=1).mean() / direction.norm())
    assert numbers["gradients"]["plain"] == pytest.approx([ratio, 1.0])
    sizes = [float((rows ** 2).mean()) ** 0.5 for rows in (a, b)]
    assert numbers["rows"]["plain"] == pytest.approx(sizes)
    past = numbers["gradients"]["residual"][0] * float(direction.norm())
    a = x + a
    b = torch.tanh(a @ second)
    other = direction + ((1 - b ** 2) * direction) @ second.T      # the way around adds itself
    assert past == pytest.approx(float(other.norm(dim=1).mean()))


@pytest.mark.parametrize("kind, way", [("normalised", "plain"),
                                       ("residual and normalised", "residual")])
def test_a_layer_is_the_block_whose_training_is_stored(kind, way):
    x, direction, matrices = depth._drawn(0)
    blocks = [networks.depth.Block(32, residual=way == "residual", normalised=True).double()
              for _ in range(6)]
    for block, W in zip(blocks, matrices, strict=False):
        block.linear.weight.data, block.linear.bias.data = 0.25 * W.T, torch.zeros(32).double()
    norms = gradient_flow.over_depth(blocks, x, lambda top: (top @ direction).mean())[1:]
    numbers = explorers.flow_numbers(6, kind, "relu", "sqrt(2 / n)")    # sqrt(2 / 32) = 0.25
    assert numbers["gradients"][kind] == pytest.approx(norms / norms[-1])


def test_the_two_norms_are_the_package_s_and_a_normalised_stack_does_not_mind_the_spread():
    z = depth._drawn(0)[0]
    assert torch.allclose(depth.normalised(z, "LayerNorm"),
                          torch.nn.functional.layer_norm(z, (32,)))
    assert depth.normalised(z, "") is z
    for norm in depth.NORMS:
        small, large = (explorers.flow_numbers(12, "normalised", start=start, norm=norm)
                        for start in ("1 / sqrt(n)", "1"))
        assert small["gradients"]["normalised"] == pytest.approx(large["gradients"]["normalised"],
                                                                 rel=0.01)


def test_a_small_start_starves_the_first_layer_and_a_way_past_or_a_norm_feeds_it():
    shown = explorers.depth_flow()
    assert shown.caption == (
        "Before training, 20 layers, plain, tanh, start 0.01: the first layer gets 2·10⁻²⁴ of the "
        "gradient that the last one gets (residual 0.99, normalised 2.5, residual and normalised "
        "1.8); rows of size 1 come out with size 10⁻²⁵. Whether a stack learns is not said by this "
        "alone: see after training.")
    assert moved(shown, depth=40, start="1 / sqrt(n)")
    first = explorers.flow_numbers(40, start="1 / sqrt(n)")["gradients"]
    assert all(0.05 < values[0] < 100 for values in first.values())
    assert moved(shown, activation="sigmoid", norm="LayerNorm", kind="normalised")
    assert "normalised with LayerNorm, sigmoid, start 1 / sqrt(n)" in shown.caption


def test_what_was_learned_is_the_median_of_the_stored_runs_at_the_best_rate():
    runs = {"0.1": [{"loss": loss, "first": 6.0, "last": 2.0} for loss in (5.0, 1.0, 3.0)],
            "0.2": [{"loss": loss, "first": 6.0, "last": 2.0} for loss in (0.1, 4.0, 9.0)]}
    assert depth._best(runs) == (3.0, "0.1", 3.0)
    numbers = explorers.learned_numbers(20, "normalised")
    assert numbers["depths"][numbers["at"]] == 16
    losses = {kind: values[-1] for kind, values in numbers["losses"].items()}
    assert losses["residual and normalised"] < 0.001 < 0.5 < losses["normalised"] < 1.2
    assert losses["plain"] < 0.05 and losses["residual"] > 1e4      # without a norm it flips


def test_the_card_shows_what_was_learned_and_says_what_is_not_stored():
    shown = explorers.depth_flow(moment=depth.AFTER)
    assert shown.caption == (
        "16 blocks (stored, nearest to 20), plain, relu, start sqrt(2 / n): loss 0.0011 after 250 "
        "updates of Adam at 0.006, the best of three rates. At 40 blocks, each at its best, with "
        "BatchNorm the plain stack is at 0.69, the residual one at 5·10⁻⁶; without a norm it "
        "flips: 0.0087 and 1,200,000. Guessing the mean: 1.36.")
    kept = artists(shown)
    assert moved(shown, depth=40) and moved(shown, kind="residual")
    assert "40 blocks, residual, relu, start sqrt(2 / n): loss 1,200,000" in shown.caption
    assert artists(shown) == kept and covered(shown) == []
    shown.controls["norm"].value = "LayerNorm"
    assert "choose BatchNorm to see what was learned" in shown.error
    assert shown.culprit == "norm"
    assert moved(shown, norm="BatchNorm", moment=depth.BEFORE)


def test_dragging_the_depth_makes_no_artists_and_covers_nothing():
    shown = explorers.depth_flow()
    kept, drawn = artists(shown), drawn_whole(shown)
    for layers in (2, 11, 40):
        assert moved(shown, depth=layers)
    assert moved(shown, start="1") and moved(shown, kind="residual")
    assert artists(shown) == kept and not drawn and covered(shown) == []
    for wrong in ({"depth": 41}, {"depth": 1}, {"kind": "deep"}, {"start": "2"}, {"norm": "no"},
                  {"activation": "none"}):
        with pytest.raises(ValueError, match="there are"):
            explorers.flow_numbers(**({"depth": 20} | wrong))


# ---- the race


@pytest.mark.parametrize("rule", ["SGD", "momentum", "Adam"])
def test_a_walk_in_the_package_s_valley_is_the_package_s_race(rule):
    slope = networks.optimisers.valley_gradient
    ours = race.walk(rule, slope, (-4.0, 1.0), rate=0.05, steps=30)
    assert np.allclose(ours, networks.race(rule, rate=0.05, steps=30))


@pytest.mark.parametrize("valley", race.VALLEYS)
def test_a_slope_is_what_finite_differences_say_and_the_floors_are_level_and_0_high(valley):
    place = race.VALLEYS[valley]
    for w in np.random.default_rng(0).normal(size=(5, 2)):
        for number, step in enumerate(1e-6 * np.eye(2)):
            slope = (place.height(w + step) - place.height(w - step)) / 2e-6
            assert place.slope(w)[number] == pytest.approx(slope, abs=1e-4)
    for floor in np.array(place.floors):
        assert place.height(floor) == 0 and not place.slope(floor).any()


def test_steps_of_sgd_are_those_of_paper():
    """In the round valley each step of rate 0.1 leaves 0.9 of the way to the floor."""
    numbers = explorers.race_numbers("round", 0.1, 3)
    assert numbers["ways"]["SGD"][3] == pytest.approx([1 - 4 * 0.9 ** 3, 1 + 0.9 ** 3])
    assert numbers["heights"]["SGD"][3] == pytest.approx(8.5 * 0.9 ** 6)
    assert numbers["ways"]["Adam"][1] == pytest.approx([-2.9, 1.9])     # a rate long, each way
    narrow = explorers.race_numbers("narrow", 0.1, 2)
    assert narrow["ways"]["SGD"][1] == pytest.approx([-2.6, 2 - 3])    # 0.1 times 30 too far
    assert "SGD" in explorers.race_numbers("narrow", 0.1, 20)["gone"]
    assert "SGD" not in explorers.race_numbers("narrow", 0.03, 100)["gone"]


def test_best_means_lowest_of_all_rates_at_this_step():
    best = explorers.race_numbers("curved", race.BEST, 40)
    each = [explorers.race_numbers("curved", rate, 40)["heights"] for rate in race.RATES]
    for rule in networks.RULES:
        assert best["heights"][rule][40] == min(heights[rule][40] for heights in each)
    assert best["heights"][best["lowest"]][40] == min(h[40] for h in best["heights"].values())


def test_the_card_says_who_is_lowest_and_who_has_flown_out():
    shown = explorers.optimiser_race()
    assert shown.caption == (
        "Narrow valley, 1:30, rate 0.03, after 60 steps: momentum is lowest, 0.011 above the "
        "floor; SGD 0.21, AdamW 2.1, Adam 2.7. Nobody has flown out. All began 23 above it. AdamW "
        "is drawn towards (0, 0) as well: decay 0.1.")
    assert moved(shown, step=0)
    assert shown.caption == "Narrow valley, 1:30, rate 0.03: all four start 23 above the floor."
    assert moved(shown, step=50, rate=1.0)
    assert "Flown out: SGD at step 1, momentum at step 1." in shown.caption
    left = shown.figure.axes[0]
    assert not left.lines[1].get_visible() and left.lines[5].get_visible()
    assert moved(shown, rate=race.BEST) and "each at its best of 7 rates" in shown.caption
    for valley in ("saddle", "curved", "round"):
        assert moved(shown, valley=valley) and covered(shown) == [], valley


def test_racing_makes_no_artists_and_draws_no_axes():
    shown = explorers.optimiser_race()
    kept, drawn = artists(shown), drawn_whole(shown)
    for step in (0, 1, 30, 100):
        assert moved(shown, step=step)
    assert moved(shown, rate=0.1) and moved(shown, rate=race.BEST)
    assert artists(shown) == kept and not drawn
    for wrong in (("deep", 0.1, 3), ("round", 0.2, 3), ("round", 0.1, 101)):
        with pytest.raises(ValueError, match="valleys are round, narrow, curved, saddle"):
            explorers.race_numbers(*wrong)


# ---- the kernel


@pytest.mark.parametrize("stride, padding", kernel.LAYOUTS)
@pytest.mark.parametrize("name", kernel.KERNELS)
def test_the_output_is_torch_s(name, stride, padding):
    numbers = explorers.kernel_numbers("square", name, stride=stride, padding=padding)
    x, W = (torch.tensor(each)[None, None] for each in (
        explorers.kernel_numbers("square")["x"], numbers["kernel"]))
    theirs = torch.nn.functional.conv2d(x, W, stride=stride, padding=padding)[0, 0]
    assert np.allclose(numbers["out"], theirs)
    n = len(theirs)
    assert n == {(1, 0): 6, (1, 1): 8, (2, 0): 3, (2, 1): 4}[stride, padding]
    last = explorers.kernel_numbers("square", name, n - 1, n - 1, stride, padding)
    assert last["sum"] == pytest.approx(float(theirs[-1, -1]))


def test_nine_products_are_those_of_paper():
    numbers = explorers.kernel_numbers("cross", "edge", 0, 1)
    assert numbers["under"].tolist() == [[0, 0, 1]] * 3
    assert numbers["products"].tolist() == [[0, 0, 1]] * 3 and numbers["sum"] == 3
    assert explorers.kernel_numbers("one point", "horizontal edge", 3, 2)["sum"] == -1
    assert explorers.kernel_numbers("one point", "blur", 1, 1)["sum"] == pytest.approx(1 / 9)


def test_your_own_nine_numbers_are_read_and_what_is_wrong_with_them_is_said_below_them():
    written = kernel.nine_numbers("0, −1 0; 1/2 5 -1 0 1e-1 0").tolist()
    assert written == [[0, -1, 0], [0.5, 5, -1], [0, 0.1, 0]]
    shown = explorers.kernel_slide(row=2, column=3)
    assert moved(shown, nine="0 0 0  0 7 0  0 0 0")
    assert shown.controls["kernel"].value == kernel.OWN
    assert "the products that are not 0 are 7, together 7." in shown.caption
    shown.controls["kernel"].value = "blur"
    for wrong, said in (("1 2 3", "3 numbers: a kernel of 3 x 3 needs nine"),
                        ("a " * 9, "nine numbers such as"), ("1/0 " * 9, "nine numbers such as"),
                        ("inf " * 9, "nine numbers such as"), ("100 " * 9, "-99 to 99")):
        shown.controls["nine"].value = wrong
        assert said in shown.error and shown.culprit == "nine", wrong
    assert moved(shown, kernel="sharpen")


def test_the_card_says_the_sum_and_the_size_and_fills_the_output_up_to_the_place():
    shown = explorers.kernel_slide()
    assert shown.caption == (
        "Row 0, column 0 of the output: all nine products are 0, and so is their sum. The same "
        "number comes out at 12 of 36 places; the output runs from −3 to 3. Its size: (8 − 3) + 1 "
        "= 6 each way.")
    assert moved(shown, row=1, column=2)
    filled = [text for text in shown.figure.axes[2].texts if text.get_visible()]
    assert [text.get_text() for text in filled] == ["0", "3", "3", "−3", "−3", "0", "0", "2", "2"]
    assert "are 1 + 1 + (−1) + 1, together 2." in shown.caption
    assert moved(shown, layout=(2, 1), row=7)
    assert shown.caption.startswith("Row 3, column 2 of the output, 2 by 2 squares a step: ")
    assert shown.caption.endswith("Its size: (8 + 2 · 1 − 3) // 2 + 1 = 4 each way.")


def test_sliding_makes_no_artists_draws_no_axes_and_covers_nothing():
    shown = explorers.kernel_slide()
    kept, drawn = artists(shown), drawn_whole(shown)
    for place in ((0, 1), (2, 3), (5, 5)):
        assert moved(shown, row=place[0], column=place[1])
    assert moved(shown, kernel="sharpen")
    assert artists(shown) == kept and not drawn and covered(shown) == []
    assert moved(shown, layout=(1, 1), kernel="blur", row=7, column=7) and covered(shown) == []
    for layout in ((1, 1), (2, 1)):
        assert moved(shown, layout=layout, nine=f"99 -99 88.5 1 1 1 1 1/9 {layout[0]}")
        assert covered(shown) == [], layout
    for wrong, said in ((("cross", "edge", 6, 0), "row 6, column 0: the output has 6 rows"),
                        (("cat",), "picture='cat'"), (("cross", "soft"), "kernel='soft'")):
        with pytest.raises(ValueError, match=said):
            explorers.kernel_numbers(*wrong)
