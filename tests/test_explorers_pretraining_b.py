"""Widgets of notebook 07, second half: numbers known by hand, then controls that change them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from cards import artists, covered, drawn_whole, moved

from helpers import metrics, plots, training
from helpers.explorers import pretraining as explorers
from helpers.explorers.pretraining import scores as score_module
from helpers.explorers.pretraining.layers import SHUFFLED
from helpers.explorers.pretraining.preference import ANSWERS, BEFORE
from helpers.explorers.pretraining.scaling import COMMON, OWN
from helpers.explorers.pretraining.scores import ALL, BEST, TOLD
from helpers.explorers.pretraining.speculative import LARGE
from helpers.pretraining import dpo, label_curves, speculative, tasks
from helpers.pretraining.scaling import fit_power_law, predictions

KN = "Kneser-Ney features"


# ---- label curves


def cell(share, seeds=10):
    """Shares right around a mean: half of them a hundredth above, half below."""
    return {"right": [share + (0.01 if i % 2 else -0.01) for i in range(seeds - seeds % 2)]}


def curves_table():
    """Two tasks, the second one unfinished, and the first one known by hand."""
    first = {"fine-tuned": (0.7, 0.8, 0.9, 0.95), "frozen": (0.6, 0.7, 0.8, 0.9),
             "from scratch": (0.5, 0.6, 0.7, 0.85), "bag of words": (0.5, 0.55, 0.6, 0.65),
             KN: (0.8, 0.85, 0.9, 0.9)}
    table = {"word class": {way: {str(n): cell(share, 4 if way in ("bag of words", KN) else 10)
                                  for n, share in zip(label_curves.LABELS, shares, strict=True)}
                            for way, shares in first.items()}}
    table["library"] = {"bag of words": {"16": cell(0.4, 4), "64": cell(0.5, 4)},
                        "fine-tuned": {"16": cell(0.5)}, "from scratch": {"64": cell(0.45)}}
    return table


def test_the_gain_is_that_of_the_table_and_so_many_labels_it_is_worth():
    measured = explorers.task_points(curves_table(), "word class")
    numbers = explorers.curve_numbers(measured, "word class", 64, "bag of words")
    assert numbers["gain"] == pytest.approx((0.2, 0.2, 0.2))
    assert numbers["gain"] == label_curves.gain(curves_table(), "word class", 64, "fine-tuned",
                                                "from scratch")
    assert list(numbers["curves"]) == ["fine-tuned", "frozen", "from scratch", "bag of words"]
    assert numbers["curves"]["frozen"] == pytest.approx((0.6, 0.7, 0.8, 0.9))
    low, high = numbers["bands"]["fine-tuned"]
    assert (low <= numbers["curves"]["fine-tuned"]).all() and (high - low < 0.02).all()
    # .8 lies two thirds of the way from .7 to .85, in logarithms between 256 and 1,024
    assert numbers["needed"] == pytest.approx(256 * 4 ** (2 / 3))
    assert numbers["ways"][KN][0] == pytest.approx(0.85) and numbers["guessing"] == 0.5


@pytest.mark.parametrize(("share", "needed"), [
    (0.5, 16), (0.3, 16), (0.6, 64), (0.55, 32), (0.85, 1024), (0.8501, math.inf)])
def test_labels_needed_lie_on_the_curve(share, needed):
    assert explorers.labels_needed((0.5, 0.6, 0.7, 0.85), share) == pytest.approx(needed)


def test_what_is_not_measured_is_not_guessed():
    nan = math.nan
    assert math.isnan(explorers.labels_needed((0.5, 0.6, 0.7, 0.8), nan))
    assert math.isnan(explorers.labels_needed((0.5, nan, 0.7, 0.8), 0.65))
    assert explorers.labels_needed((0.5, 0.6, nan, nan), 0.55) == pytest.approx(32)


def test_the_explorer_of_label_curves_follows_and_says_the_gain():
    shown = explorers.label_curves(curves_table())
    assert shown.caption == (
        "“word class”, 64 labels: fine-tuned 80.0% right, from scratch 60.0%, a gain of 20.0 "
        "points (95 % interval 20.0 to 20.0). From scratch as much would need about 650 labels. "
        "Bag of words: 55.0%.")
    assert moved(shown, labels=16) and "from scratch 50.0%" in shown.caption
    kept, drawn = artists(shown), drawn_whole(shown)
    for labels in (64, 256, 1024):
        assert moved(shown, labels=labels)
        assert list(shown.figure.axes[0].lines[-1].get_xdata()) == [labels] * 2
    assert artists(shown) == kept and not drawn and covered(shown) == []
    assert "more than 1,024 labels" in shown.caption
    assert moved(shown, reference=KN) and "Kneser-Ney features: 90.0%." in shown.caption


def test_an_unfinished_table_is_shown_as_far_as_it_goes():
    shown = explorers.label_curves(curves_table(), "library", 16)
    assert shown.caption == ("“library”, 16 labels: from scratch not measured. Bag of words: "
                             "40.0%.")
    assert moved(shown, labels=64) and "fine-tuned not measured." in shown.caption
    assert moved(shown, labels=1024) and "fine-tuned and from scratch not" in shown.caption
    shown.controls["reference"].value = KN
    assert "was not tried on “library”: choose bag of words." in shown.error
    assert set(shown.controls["task"].options) == {"word class", "library"}
    with pytest.raises(ValueError, match="task='apple': stored are word class, library"):
        explorers.task_points(curves_table(), "apple")
    with pytest.raises(ValueError, match="17 labels: tried were 16, 64, 256, 1024"):
        explorers.curve_numbers(explorers.task_points(curves_table(), "library"), "library", 17,
                                "bag of words")


def test_who_guesses_is_right_one_time_in_so_many_classes():
    from helpers.explorers.pretraining.curves import CLASSES
    assert set(CLASSES) == set(tasks.NAMES) and CLASSES["library"] == len(tasks.PACKAGES)


def test_the_stored_label_curves_can_be_shown_with_every_reference():
    table = training.load_results("label_curves")
    for task, ways in table.items():
        shown = explorers.label_curves(table, task)
        for way in set(shown.controls["reference"].options) & set(ways):
            shown.controls["reference"].value = way
            assert shown.error == "" and covered(shown) == [], (task, way)
    figure, words = explorers.label_curves_figure(table)
    assert len(figure.axes) == 2 and words.startswith("“word class”, 64 labels: fine-tuned")


# ---- the score table


def score_rows():
    return [{"notebook": notebook, "model": model, "bits_per_character": bits,
             "stored_numbers": numbers, "budget": budget}
            for notebook, model, bits, numbers, budget in (
                ("06", "characters, Transformer", 1.7189, 799_744, "shipped checkpoint, 10 min"),
                ("01", "characters, Kneser-Ney order 7", 1.6254, 1_150_295, "in this notebook: 1"),
                ("03", "characters, LSTM 512 mixed with Kneser-Ney order 7", 1.5734, 2_389_114,
                 "shipped checkpoint, 65 minutes"),
                ("01", "characters, Kneser-Ney order 1", 4.5537, 100, "in this notebook: 1"))]


SOURCE = [{"notebook": "01", "model": "counting, order 1", "kind": "counting", "times": 3.1,
           "low": 3.1, "high": 3.1, "in_notebook": True},
          {"notebook": "05", "model": "a layer, no mask", "kind": "attention", "times": 0.4,
           "low": 0.39, "high": 0.41, "in_notebook": False}]


def test_rows_are_sorted_and_know_their_kind_and_budget():
    numbers = explorers.score_numbers(score_rows())
    assert [(row["kind"], row["in_notebook"]) for row in numbers["rows"]] == [
        ("mixture", False), ("counting", True), ("attention", False), ("counting", True)]
    assert [row["notebook"] for row in explorers.score_numbers(score_rows(), order=TOLD)["rows"]
            ] == ["01", "01", "03", "06"]
    assert numbers["best"]["counting"]["model"] == "characters, Kneser-Ney order 7"
    for wrong, said in (({"yours": -1}, "0.0 to 5.0"), ({"which": "some"}, "best seven"),
                        ({"order": "?"}, "notebook by notebook")):
        with pytest.raises(ValueError, match=said):
            explorers.score_numbers(score_rows(), **wrong)
    with pytest.raises(ValueError, match="score table is empty"):
        explorers.score_numbers([])
    with pytest.raises(ValueError, match="'oracle': its name holds none of mixed"):
        score_module.kind_of("oracle")


def test_intervals_come_from_the_stored_table_where_the_score_is_the_same():
    table = {"rows": {"counting": {"bits": 1.6254, "low": 1.6, "high": 1.7},
                      "trained beforehand": {"bits": 1.8, "low": 1.7, "high": 1.9}}}
    rows = explorers.with_intervals(score_rows(), table)
    assert [row.get("low") for row in rows] == [None, 1.6, None, None]
    own = [{**score_rows()[1], "low": 1.61, "high": 1.62}]
    assert explorers.with_intervals(own, table)[0]["low"] == 1.61


def test_the_figure_of_the_course_says_who_is_best_and_who_cheats():
    shown = explorers.score_explorer(score_rows(), SOURCE)
    assert shown.caption == (
        "4 models on text they have not read, from 4.55 bits per character (Kneser-Ney 1) to 1.57 "
        "(LSTM 512 + Kneser-Ney 7). Best of each kind: mixture 1.57, counting 1.63, attention "
        "1.72. Under the floor of markov (0.40 of it) is only the layer without a mask: it sees "
        "the future.")
    notes = [text.get_text() for text in shown.figure.axes[0].texts]
    assert notes == ["1.57 · 2.4 M", "1.63 · 1.2 M", "1.72 · 800 k", "4.55 · 100"]
    assert moved(shown, yours=2.0) and "2.0 bits per letter of 27 signs" in shown.caption
    kept, drawn = artists(shown), drawn_whole(shown)
    for yours in (2.5, 3.0, 3.5):
        assert moved(shown, yours=yours)
    assert artists(shown) == kept and not drawn and covered(shown) == []
    shown.controls["which"].value = BEST
    assert shown.error == "" and covered(shown) == []


def test_the_scores_and_sources_that_are_stored_can_be_shown():
    rows = explorers.with_intervals(metrics.scores(), training.load_results("docs_scores"))
    assert sum("low" in row for row in rows) >= 6
    source = explorers.markov_rows(training.load_results("leak"),
                                   training.load_results("markov_transformer"))
    times = {row["model"]: row["times"] for row in source}
    assert all(value > 1 for name, value in times.items() if "no mask" not in name)
    assert times["a layer, no mask"] < 0.5 and times["counting, order 3"] < 1.02
    for which in (ALL, BEST):
        for yours in (0.0, 1.6):
            figure, words = explorers.score_figure(rows, source, which=which, yours=yours)
            assert f"{len(rows)} models" in words and covered(_Seen(figure)) == []


class _Seen:
    """A figure that stays, as `covered` asks for it."""

    def __init__(self, figure):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        self.figure = figure
        FigureCanvasAgg(figure).draw()


def test_bands_lie_where_they_are_told_and_stop_where_nothing_is():
    axes, x = plots.panels(plots.blank())[0], [1, 2, 3]
    plots.draw_curves(axes, x, {"a": [1, 2, 3]}, title="t", xlabel="x", ylabel="y")
    band = np.array([[0.5, 1.5, math.nan], [1.5, 2.5, math.nan]])
    plots.draw_bands(axes, x, [band])
    kept = set(axes.get_children())
    plots.draw_bands(axes, x, [band + 1])
    assert set(axes.get_children()) == kept and len(axes.collections) == 1
    corners = axes.collections[0].get_paths()[0].vertices
    assert {(1.0, 1.5), (1.0, 2.5), (2.0, 2.5), (2.0, 3.5)} <= set(map(tuple, corners))
    assert corners[:, 0].max() == 2


def test_dots_show_their_values_intervals_and_kinds():
    axes = plots.panels(plots.blank())[0]
    how = {"title": "t", "xlabel": "x", "xlim": (0, 5)}
    plots.draw_dots(axes, ["a", "b"], [1.0, math.nan], intervals=[(0.5, 2), (math.nan,) * 2],
                    kinds=["", "new"], order=["old", "new"], hollow=[False, True],
                    notes=["1", "–"], level=(3.0, "$floor"), **how)
    bar, dot, _, second, level = axes.lines
    assert list(bar.get_xdata()) == [0.5, 2] and list(dot.get_xdata()) == [1.0]
    assert dot.get_color() == plots.INK and second.get_color() == plots.ORANGE
    assert second.get_markerfacecolor() == "white" and list(level.get_xdata()) == [3.0, 3.0]
    kept = set(axes.get_children())
    plots.draw_dots(axes, ["a", "b"], [2.0, 1.0], level=(2.0, "other"), **how)
    assert set(axes.get_children()) == kept and list(dot.get_xdata()) == [2.0]
    for wrong, said in (({"kinds": ["", "third"], "order": ["a"]}, "at most 4 kinds"),
                        ({"notes": ["x"]}, "1 notes"), ({"hollow": [True] * 3}, "3 hollow")):
        with pytest.raises(ValueError, match=said):
            plots.draw_dots(axes, ["a", "b"], [1.0, 2.0], **wrong, **how)


# ---- scaling


def scaling_table(exponent=-0.1, bend=0.0):
    """An exact power law at the best rate; the largest misses it by `bend` nats."""
    table = {}
    for place, size in enumerate((100, 1000, 10_000, 100_000, 1_000_000, 10_000_000)):
        loss = 5 * size ** exponent + (bend if place == 5 else 0)
        best = 0.5 / 4 ** place
        table[f"{place} x 1"] = {
            f"{rate:g}": {str(seed): {"nats": loss + (0 if rate == best else 0.3), "numbers": size}
                          for seed in (0, 1)} for rate in (best, 0.005 if place < 5 else best / 2)}
    return table


def test_an_exact_law_is_found_and_promises_the_largest():
    numbers = explorers.scaling_numbers(scaling_table(), 4)
    assert numbers["law"].exponent == pytest.approx(-0.1) and numbers["law"].r2 == pytest.approx(1)
    assert numbers["promised"] == pytest.approx(numbers["measured"]) == 5 * 1e7 ** -0.1
    assert numbers["less"] == pytest.approx([0] * 6) and numbers["rates"][0] == 0.5
    near = explorers.scaling_numbers(scaling_table(), 4, COMMON)
    assert near["rates"][:5] == [0.005] * 5 and near["measured"] == numbers["measured"]
    assert near["less"][0] == pytest.approx(0.3 - (near["law"].predict(100) - 5 * 100 ** -0.1))


def test_the_interval_is_that_of_laws_on_seeds_drawn_at_random():
    table = scaling_table()
    for place, kind in enumerate(table):
        table[kind][f"{0.5 / 4 ** place:g}"]["1"]["nats"] *= 0.97
    numbers = explorers.scaling_numbers(table, 5)
    theirs = predictions(numbers["sizes"][:5], numbers["losses"][:5], 1e7, rounds=200)
    assert (numbers["low"], numbers["high"]) == pytest.approx(
        tuple(np.quantile(theirs, [0.025, 0.975])))
    law = fit_power_law(numbers["sizes"][:5], [np.mean(x) for x in numbers["losses"][:5]])
    assert numbers["promised"] == pytest.approx(law.predict(1e7))


def test_the_scaling_plot_says_what_was_promised_and_measured():
    shown = explorers.scaling_plot(scaling_table(bend=0.1))
    assert shown.caption.startswith("Fitted on the 5 smallest, each at its own best rate")
    assert shown.caption.endswith("(95 % of other seeds' laws: 0.998 to 0.998). Measured: 1.098, "
                                  "off by +0.100, worse than promised.")
    assert "exponent −0.100, R² 1.000. Promised for 10,000,000 numbers: 0.998" in shown.caption
    kept, drawn = artists(shown), drawn_whole(shown)
    assert moved(shown, fitted=3) and moved(shown, fitted=4)
    assert artists(shown) == kept and not drawn and covered(shown) == []
    assert moved(shown, rates=COMMON) and "nearly one rate" in shown.caption
    better = explorers.scaling_plot(scaling_table(bend=-0.1))
    assert "off by −0.100, better than promised" in better.caption


def test_a_law_needs_three_sizes_and_one_to_be_tested_on():
    table = scaling_table()
    for fitted, rates in ((2, OWN), (6, OWN), (4, "any")):
        with pytest.raises(ValueError, match=f"{fitted} of 6 sizes"):
            explorers.scaling_numbers(table, fitted, rates)
    with pytest.raises(ValueError, match="3 sizes are stored"):
        explorers.scaling_plot(dict(list(table.items())[:3]))
    four = explorers.scaling_plot(dict(list(table.items())[:4]))
    assert "Fitted on the 3 smallest" in four.caption


# ---- layers


def layers_table():
    def told(layers):
        return {"layers": layers, "shuffled": [0.5, 0.48, 0.49], "by heart": [0.7, 0.8, 0.9],
                "majority": 0.5, "labels": 256}
    return {"word class": {"trained": {"0": told([0.5, 0.7, 0.8]), "1": told([0.5, 0.9, 0.9])},
                           "untrained": {"0": told([0.5, 0.55, 0.56])}},
            "plural": {"trained": {"0": told([0.9, 0.8, 0.7])}},
            "senses": {"trained": {"0": told([0.5, 0.51, 0.5])}}, "library": {"untrained": {}}}


def test_layers_are_means_over_seeds_with_their_range():
    numbers = explorers.layers_numbers(layers_table(), "word class", SHUFFLED)
    assert numbers["curves"]["trained"] == pytest.approx((0.5, 0.8, 0.85))
    assert numbers["bands"]["trained"] == pytest.approx(np.array([(0.5, 0.7, 0.8),
                                                                  (0.5, 0.9, 0.9)]))
    assert numbers["tasks"] == ["word class", "senses", "plural"]
    assert numbers["all"] == pytest.approx(np.array([(0.5, 0.48, 0.49)] * 3))
    for task, shown in (("library", "trained"), ("plural", "all")):
        with pytest.raises(ValueError, match="stored are word class, senses, plural; cells can"):
            explorers.layers_numbers(layers_table(), task, shown)


def test_the_plot_of_layers_says_where_a_task_is_read_best():
    shown = explorers.layers_plot(layers_table())
    assert shown.caption == (
        "“word class”, 256 labels: a line over the trained rows is right on 50.0% before any "
        "layer, 80.0% after 1, 85.0% after 2. Majority 50.0%, labels shuffled 50.0% at best, "
        "untrained 56.0%. Best read after layer 2. In the table: trained, 50% to 90%.")
    kept, drawn = artists(shown), drawn_whole(shown)
    assert moved(shown, task="plural") and "Best read before any layer." in shown.caption
    assert moved(shown, task="senses") and "No layer tells more than the majority" in shown.caption
    assert artists(shown) == kept and not drawn and covered(shown) == []
    assert moved(shown, cells=SHUFFLED) and "shuffled labels, 48% to 50%" in shown.caption
    assert moved(shown, cells="untrained") and covered(shown) == []


# ---- preferences


def test_preferences_end_where_the_loss_over_all_pairs_is_least():
    numbers = explorers.preference_numbers(1.0, 0.5, 0.5)
    odds = np.array(BEFORE) * np.exp(np.array([2.0, 1.0, 0.0]))
    assert numbers["after"] == pytest.approx(odds / odds.sum())
    assert numbers["gained"] == pytest.approx((0.25, float(numbers["after"] @ [1, 0.5, 0])))
    assert numbers["wins"] == pytest.approx(1 / (1 + math.exp(-1)))
    before, rewards = torch.tensor(BEFORE).log().double(), torch.tensor([1.0, 0.5, 0.0]).double()
    best = torch.tensor(numbers["after"]).log()
    least = dpo.expected_loss(best, before, rewards, beta=0.5)
    for seed in range(5):
        other = best + 0.1 * torch.randn(3, generator=torch.Generator().manual_seed(seed))
        assert dpo.expected_loss(other, before, rewards, beta=0.5) >= least
    with pytest.raises(ValueError, match="beta=0: it must be above 0"):
        explorers.preference_numbers(0, 0, 0)


def test_the_explorer_of_preferences_follows():
    shown = explorers.preference_explorer()
    assert shown.caption.startswith(f"Best liked: “{ANSWERS[0]}”, from 10.0% to 19.9% at beta 1.")
    kept, drawn = artists(shown), drawn_whole(shown)
    assert moved(shown, first=-1.0) and moved(shown, beta=0.1) and moved(shown, second=-1.0)
    assert artists(shown) == kept and not drawn and covered(shown) == []
    assert moved(shown, first=0.0, second=0.0) and "liked alike" in shown.caption
    assert moved(shown, first=1.0, second=1.0)
    assert f"“{ANSWERS[0]}” and “{ANSWERS[1]}”" in shown.caption


# ---- proposals


@pytest.mark.parametrize("apart", [0.0, 0.3, 1.0])
def test_what_is_written_has_the_odds_of_the_large_model(apart):
    numbers = explorers.speculative_numbers(apart, 4, 0.1)
    assert numbers["exact"] == pytest.approx(LARGE)
    rng = np.random.default_rng(0)
    drawn = [speculative.accept(LARGE, numbers["small"],
                                int(rng.choice(5, p=numbers["small"])), rng) for _ in range(4000)]
    assert np.mean([kept for _, kept in drawn]) == pytest.approx(numbers["kept"], abs=0.03)
    assert np.bincount([token for token, _ in drawn], minlength=5) / 4000 == pytest.approx(
        LARGE, abs=0.03)


def test_tokens_per_look_are_those_of_the_rounds_that_are_written():
    numbers = explorers.speculative_numbers(0.5, 3, 0.2)
    rng = np.random.default_rng(1)
    made = [len(speculative.one_round(lambda _: LARGE, lambda _: numbers["small"], [], 3, rng)[0])
            for _ in range(3000)]
    assert np.mean(made) == pytest.approx(numbers["tokens"][2], abs=0.06)
    assert numbers["faster"][2] == pytest.approx(numbers["tokens"][2] / 1.6)
    same = explorers.speculative_numbers(0.0, 8, 0.0)
    assert same["tokens"] == pytest.approx(range(2, 10)) and same["kept"] == pytest.approx(1)
    for wrong in ((1.1, 1, 0), (0, 0, 0), (0, 9, 0), (0, 1, -0.1)):
        with pytest.raises(ValueError, match="0 to 1, 1 to 8 tokens"):
            explorers.speculative_numbers(*wrong)


def test_the_explorer_of_proposals_follows():
    shown = explorers.speculative_explorer()
    assert shown.caption == (
        "84% of the proposals are kept. With 4 tokens proposed at once, a look of the large model "
        "gives 3.60 tokens; at a cost of 10% for each proposal that is 2.57 times as fast as the "
        "large model alone. The odds of what is written stay the large model's own.")
    kept, drawn = artists(shown), drawn_whole(shown)
    assert moved(shown, apart=1.0) and moved(shown, ahead=8) and moved(shown, cost=0.5)
    assert "a loss" in shown.caption and moved(shown, ahead=1) and "1 token " in shown.caption
    assert artists(shown) == kept and not drawn and covered(shown) == []
