"""The explorers of notebook 01, without a browser: numbers by hand, then controls moved."""

import math
import warnings

import numpy as np
import pytest

from helpers import corpora, metrics, plots
from helpers import language_models as lm
from helpers.explorers import language_models as explorers

TOY = [s.split() for s in (
    "the cat sat on the mat", "the dog sat on the cat", "a cat ate the fish", "the dog ate",
    "a dog sat", "the cat ate the fish on the mat", "a fish sat on a dog", "the mat",
)]
BY_HAND = lm.mle(lm.NgramCounts([["a", "b"], ["a", "c"], ["a", "b"], ["a", "d"]], 2), 2)
MODEL = lm.kneser_ney(lm.NgramCounts(TOY, 3), 3)


class Uniform:
    """Eight words and the end, all but `zebra` known, each token 3 bits."""

    def token_log_probs(self, tokens):
        return [-3 * math.log(2)] * (len(tokens) + 1)

    def unknown(self, tokens):
        return [token for token in tokens if token == "zebra"]


def heights(explorer):
    """How high the bars of the explorer's picture are."""
    return [bar.get_height() for bar in explorer.figure.axes[0].containers[0]]


def curves(explorer):
    """The points of each curve of the explorer's picture, by name."""
    return {line.get_label(): list(line.get_ydata()) for line in explorer.figure.axes[0].lines
            if not line.get_label().startswith("_")}


# Surprisal meter

def test_the_meter_shows_the_bits_that_are_known_by_hand():
    # p(a | start) = 1, p(b | a) = 1/2, p(d | a) = 1/4, p(end | ...) = 1
    assert explorers.surprisal_numbers(BY_HAND, "A b!")["bits"] == pytest.approx([0, 1, 0])
    numbers = explorers.surprisal_numbers(BY_HAND, "a d")
    assert numbers["bits"] == pytest.approx([0, 2, 0])
    assert numbers["tokens"] == ["a", "d", "(end)"]


def test_under_a_uniform_guess_among_8_every_word_costs_3_bits():
    meter = explorers.surprisal_meter({"uniform": Uniform()}, "any four words here")
    assert heights(meter) == pytest.approx([3] * 5)
    assert "3.0 bits" in meter.caption
    assert "Mean 3.0 bits: perplexity 8" in meter.caption


def test_the_meter_follows_the_sentence_and_the_model():
    meter = explorers.surprisal_meter({"by hand": BY_HAND, "uniform": Uniform()}, "a b")
    assert heights(meter) == pytest.approx([0, 1, 0])
    meter.controls["sentence"].value = "a d"
    assert heights(meter) == pytest.approx([0, 2, 0])
    assert "“d”, 2.0 bits" in meter.caption
    meter.controls["model"].value = "uniform"
    assert heights(meter) == pytest.approx([3, 3, 3])


def test_the_meter_names_the_unknown_words_and_hatches_their_bars():
    meter = explorers.surprisal_meter({"uniform": Uniform()}, "a zebra runs")
    hatched = [bool(bar.get_hatch()) for bar in meter.figure.axes[0].containers[0]]
    assert hatched == [False, True, False, False]
    assert "Unknown" in meter.caption
    assert "zebra" in meter.caption
    meter.controls["sentence"].value = "a lion runs"
    assert "Unknown" not in meter.caption


@pytest.mark.parametrize("sentence, share", [
    ("a lion runs", ""), ("a zebra runs", "33% of the words are unknown to the model"),
    ("zebra zebra runs", "67% of the words are"), ("zebra zebra zebra runs", "Warning: 75% of"),
    ("zebra", "Warning: 100% of the words are unknown to the model")])
def test_the_meter_says_the_share_of_unknown_words_and_warns_from_three_quarters_on(
        sentence, share):
    caption = explorers.surprisal_meter({"uniform": Uniform()}, sentence).caption
    assert share in caption and ("unknown to the model" in caption) is bool(share)
    assert caption.startswith("Warning") is share.startswith("Warning")
    assert ("hatched" in caption) is bool(share) and "perplexity 8." in caption


@pytest.mark.parametrize("heldout, share", [
    (TOY[:3], ""), ([["the", "cat", "zebra", "sat"]], "25% of the held-out words are unknown"),
    ([["zebra"] * 3 + ["cat"]], "Warning: 75% of the held-out words")])
def test_the_order_explorer_says_the_share_of_unknown_words(heldout, share):
    shown = explorers.order_explorer(explorers.order_grid(
        {"one": (TOY[:6], TOY[5:7], heldout)}, amounts=(6,)))
    assert share in shown.caption and ("unknown" in shown.caption) is bool(share)


def test_infinite_surprisal_is_said_in_words_and_names_the_word():
    meter = explorers.surprisal_meter({"by hand": BY_HAND}, "a b")
    meter.controls["sentence"].value = "b a"           # both begin where they never begin
    assert meter.error == ""
    assert "Probability 0" in meter.caption
    assert "infinite" in meter.caption
    assert "b" in meter.caption.split(":")[1]
    assert np.isfinite(heights(meter)).all()


@pytest.mark.parametrize("nothing", ["", "   ", "?!...", "<>"])
def test_a_line_without_a_word_is_answered_in_words(nothing):
    meter = explorers.surprisal_meter({"by hand": BY_HAND}, "a b")
    picture = meter.picture.value
    meter.controls["sentence"].value = nothing
    assert "no word in this line" in meter.error
    assert meter.picture.value == picture


@pytest.mark.parametrize("typed", ["<s>", "</s> a", "<unk>", "$a$ $", "<b>a</b>", "(end)"])
def test_marks_and_signs_that_a_learner_types_do_no_harm(typed):
    meter = explorers.surprisal_meter({"kneser-ney": MODEL}, "the cat")
    meter.controls["sentence"].value = typed
    assert meter.error == ""
    assert np.isfinite(heights(meter)).all()


# Order explorer

@pytest.fixture(scope="module")
def grid():
    """A grid over two splits and two amounts of the toy text."""
    splits = {"clean": (TOY[:6], TOY[5:7], TOY[6:]), "leaky": (TOY[:6], TOY[:2], TOY[:3])}
    return explorers.order_grid(splits, amounts=(3, 6))


def test_the_grid_has_a_cell_for_every_split_amount_and_smoothing(grid):
    assert set(grid) == {(split, amount, smoothing) for split in ("clean", "leaky")
                         for amount in (3, 6) for smoothing in explorers.SMOOTHINGS}
    for cell in grid.values():
        assert set(cell) == {"training text", "held-out text", "unknown"}
        assert {len(cell[text]) for text in ("training text", "held-out text")} == {
            len(explorers.ORDERS)}


@pytest.mark.parametrize("amount", [3, 6])
@pytest.mark.parametrize("smoothing, make", [
    ("add-one", lambda counts, n: lm.add_k(counts, n, 1.0)),
    ("fixed weights", lambda counts, n: lm.interpolated(counts, n, [0.6] * (n - 1))),
    ("fitted weights", lambda counts, n: lm.interpolated(
        counts, n, lm.fit_weights(counts, n, TOY[5:7]))),
    ("Kneser-Ney", lambda counts, n: lm.kneser_ney(counts, n)),
])
def test_the_grid_holds_what_models_counted_one_by_one_say(grid, amount, smoothing, make):
    models = [make(lm.NgramCounts(TOY[:amount], n), n) for n in explorers.ORDERS]
    cell = grid["clean", amount, smoothing]
    assert cell["held-out text"] == pytest.approx([m.perplexity(TOY[6:]) for m in models])
    assert cell["training text"] == pytest.approx([m.perplexity(TOY[:amount]) for m in models])


def test_the_order_explorer_draws_both_splits_and_the_training_text(grid):
    shown = explorers.order_explorer(grid)
    for controls, key in (({}, (6, "fixed weights")), ({"smoothing": "add-one"}, (6, "add-one")),
                          ({"amount": 3}, (3, "add-one"))):
        picture = shown.picture.value
        for name, value in controls.items():
            shown.controls[name].value = value
        clean, leaky = grid["clean", *key], grid["leaky", *key]
        assert curves(shown) == {"held-out text, clean": clean["held-out text"],
                                 "held-out text, leaky": leaky["held-out text"],
                                 "training text, its first 500 sentences": clean["training text"]}
        assert (shown.picture.value != picture) == bool(controls)


def test_the_order_explorer_names_the_best_orders_and_keeps_all_held_out_points_in_sight(grid):
    shown = explorers.order_explorer(grid)
    for smoothing in explorers.SMOOTHINGS:
        shown.controls["smoothing"].value = smoothing
        axes, best = shown.figure.axes[0], []
        for split in ("clean", "leaky"):
            values = grid[split, 6, smoothing]["held-out text"]
            best.append(1 + values.index(min(values)))
            assert (f"held-out text, {split}: best at order {best[-1]} with {min(values):,.0f}, "
                    f"order 5 has {values[4]:,.0f}") in shown.caption
            assert axes.get_ylim()[0] == 0 and max(values) < axes.get_ylim()[1]
        assert axes.get_yscale() == "linear"
        assert f"best order {best[0]} (clean), {best[1]} (leaky)" in axes.get_title()


def test_the_order_explorer_writes_held_out_values_above_their_points_where_there_is_room():
    clean, leaky = [1000, 500, 400, 410, 1420.4], [950, 300, 395, 100, 86]
    grid = {(split, 6, "fixed weights"): {"held-out text": values, "training text": [50] * 5,
                                             "unknown": 0.0}
            for split, values in (("clean", clean), ("leaky", leaky))}
    axes = explorers.order_explorer(grid).figure.axes[0]
    written = {text.get_text(): text.get_position() for text in axes.texts if text.get_text()}
    points = {"1,000": (1, 1000), "500": (2, 500), "300": (2, 300), "400": (3, 400),
              "410": (4, 410), "100": (4, 100), "1,420": (5, 1420.4), "86": (5, 86)}
    assert written.keys() == points.keys()      # 950 and 395 would stand on the point above
    for value, (order, height) in points.items():
        assert written[value][0] == order
        assert height < written[value][1] < height + 0.05 * axes.get_ylim()[1]


# Rows before and after

def test_three_ways_to_give_stand_side_by_side_before_and_after():
    ways = {"one": [0.5, 0.5, 0.0], "two": [0.4, 0.3, 0.3]}
    figure = explorers.giving_figure(["a", "b", "c"], [1.0, 0.0, 0.0], ways)
    assert [axes.get_title() or axes.title.get_text() for axes in figure.axes] == ["one", "two"]
    for axes, after in zip(figure.axes, ways.values(), strict=True):
        before, smoothed = ([bar.get_width() for bar in bars] for bars in axes.containers)
        assert (before, smoothed) == ([1.0, 0.0, 0.0], after)
        assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b", "c"]


# The guessing game

SHARES = {"a": 0.5, "b": 0.25, "c": 0.125, " ": 0.125}


class Even:
    """Every letter 2 bits."""

    def token_log_probs(self, tokens):
        return [-2 * math.log(2)] * (len(tokens) + 1)


def play(line, text="ab abcab"):
    return explorers.game_numbers([text], {"even": Even()}, SHARES, line, given=2)


def test_before_the_first_guess_the_game_shows_the_beginning_alone():
    numbers = play("")
    assert (numbers["shown"], numbers["letters"], numbers["left"]) == ("ab", 0, 3)
    assert set(numbers["bits"].values()) == {0.0}


def test_letters_found_are_shown_and_reader_and_model_pay_for_the_same_ones():
    numbers = play("_a c b")                            # found, found, wrong, found
    assert (numbers["shown"], numbers["letters"], numbers["left"]) == ("ab ab", 3, 3)
    assert numbers["places"] == [2, 1, 0, 0]
    # chances 1/4, 2/5, 1/6
    assert numbers["bits"]["you"] == pytest.approx(math.log2(4 * 5 / 2 * 6) / 3)
    assert numbers["bits"]["even"] == pytest.approx(2)


def test_the_models_numbers_are_those_of_the_letters_after_the_beginning():
    model = lm.kneser_ney(lm.NgramCounts([list("ab abcab"), list("abc")], 3), 3)
    numbers = explorers.game_numbers(["ab abcab"], {"it": model}, SHARES, "_abcab", given=2)
    log_probs = model.token_log_probs(list("ab abcab"))[2:8]
    assert numbers["bits"]["it"] == pytest.approx(-metrics.bits(np.mean(log_probs)))


def test_the_game_says_where_the_text_stands():
    game = explorers.guessing_game(["ab abcab abcab", "cc aa"], {"even": Even()}, SHARES)
    game.controls["line"].value = "x"
    assert game.error == ""
    assert "2 guesses left (not: x). No letter guessed yet." in game.caption


def test_the_game_draws_a_bar_for_the_reader_and_each_model_and_marks_the_readers():
    game = explorers.guessing_game(["a" * 12 + "bc"], {"even": Even()}, SHARES, line="b")
    axes, = game.figure.axes
    assert heights(game) == pytest.approx([2, 2])
    assert axes.get_ylabel() == "bits per letter" and "1 letter" in axes.get_title()
    mine, other = axes.containers[0]
    assert mine.get_hatch() and not other.get_hatch()
    game.controls["line"].value = "bcc"
    assert heights(game) == pytest.approx([(2 + math.log2(5 / 2)) / 2, 2])  # chances 1/4, 2/5


def test_the_game_ends_and_another_text_can_be_chosen():
    texts = ["a" * 12 + "bc", "a" * 12 + "b" * 30]
    game = explorers.guessing_game(texts, {"even": Even()}, SHARES, line="bcc")
    assert "the end" in game.caption
    assert "2 × first" in game.caption
    assert "few letters" in game.caption
    game.controls["text"].value = 1
    assert "the end" not in game.caption
    game.controls["line"].value = "b" * 30
    assert "95 % interval" in game.caption
    assert "a" * 12 + "b" * 30 in game.caption


# Sampler

def drawn(**changed):
    """The sampler's numbers for the toy model, one setting changed or more."""
    how = {"prefix": "the", "temperature": 1.0, "top_p": 1.0, "top_k": 0, "seed": 0, **changed}
    return explorers.sampler_numbers(MODEL, **how)


def test_with_nothing_reshaped_the_sampler_shows_the_models_own_distribution():
    numbers = drawn()
    row = np.exp(MODEL.next_log_probs(["the"]))
    assert numbers["before"] == pytest.approx(sorted(row, reverse=True)[:10])
    names = ["</s>" if word == "(end)" else word for word in numbers["words"]]
    assert [row[MODEL.words.index(word)] for word in names] == pytest.approx(numbers["before"])
    assert numbers["after"] == pytest.approx(numbers["before"])
    assert numbers["kept"] == len(MODEL.words) - 1                    # all but <s>


def test_at_temperature_0_everything_goes_to_the_likeliest_word():
    numbers = drawn(temperature=0.0)
    assert list(numbers["after"]) == [1] + [0] * 9
    assert numbers["kept"] == 1
    assert numbers["text"].split()[:1] == numbers["words"][:1]
    assert {drawn(temperature=0.0, seed=seed)["text"] for seed in range(5)} == {numbers["text"]}


def test_a_temperature_of_one_half_squares_the_odds():
    before, after = (drawn(temperature=0.5)[name] for name in ("before", "after"))
    assert after[0] / after[1] == pytest.approx((before[0] / before[1]) ** 2)


def test_a_draw_number_gives_the_same_text_again_and_others_give_others():
    assert drawn(seed=3)["text"] == drawn(seed=3)["text"]
    assert len({drawn(seed=seed)["text"] for seed in range(8)}) > 3


def test_top_k_and_top_p_keep_as_many_words_as_they_say():
    assert drawn(top_k=3)["kept"] == 3
    assert drawn(top_k=50)["kept"] == len(MODEL.words) - 1
    mass = np.cumsum(sorted(np.exp(MODEL.next_log_probs(["the"])), reverse=True))
    assert drawn(top_p=0.5)["kept"] == 1 + int((mass < 0.5).sum())
    assert drawn(top_p=0.5)["after"].sum() == pytest.approx(1)


def test_the_sampler_follows_every_one_of_its_controls():
    shown = explorers.sampler(MODEL, "the")
    for name, value in (("prefix", "sat on"), ("temperature", 2.0), ("top_p", 0.7), ("top_k", 2),
                        ("seed", 7)):
        before = (shown.picture.value, shown.caption)
        shown.controls[name].value = value
        assert (shown.picture.value, shown.caption) != before, name
        assert shown.error == ""
    assert shown.compute(**shown.values)["kept"] == 2


def test_the_picture_of_the_sampler_shows_its_numbers():
    shown = explorers.sampler(MODEL, "the")
    shown.controls["temperature"].value = 0.5
    before, after = ([bar.get_width() for bar in bars]
                     for bars in shown.figure.axes[0].containers)
    numbers = drawn(temperature=0.5)
    assert before == pytest.approx(numbers["before"])
    assert after == pytest.approx(numbers["after"])


@pytest.mark.parametrize("typed, meant", [
    ("<s>", ["s"]), ("</s> the", ["s", "the"]), ("<unk>", ["unk"]), ("unicorn", ["unicorn"]),
    ("...", []), ("", []), ("  THE  ", ["the"]), ("$the$", ["the"]),
])
def test_whatever_is_typed_as_a_beginning_is_taken_as_its_words(typed, meant):
    shown = explorers.sampler(MODEL, "the cat")
    shown.controls["prefix"].value = typed
    assert shown.error == ""
    first = shown.figure.axes[0].containers[0][0].get_width()
    assert first == pytest.approx(np.exp(MODEL.next_log_probs(meant)).max())


def test_a_beginning_after_which_nothing_is_possible_is_answered_in_words():
    shown = explorers.sampler(BY_HAND, "a")
    picture = shown.picture.value
    shown.controls["prefix"].value = "unicorn"
    assert "cannot be shown: every token is impossible" in shown.error
    assert shown.picture.value == picture
    shown.controls["prefix"].value = "a"
    assert (shown.error, shown.picture.value) == ("", picture)


# Entropy floor

@pytest.fixture(scope="module")
def source():
    """The course's own source."""
    return corpora.markov_source()


@pytest.fixture(scope="module")
def floor(source):
    """The explorer of the entropy floor."""
    return explorers.entropy_floor(source)


def brute_force_bits(source, stream):
    """Expected bits per word of an add-0.1 bigram model, by loops over the table.

    The chain's long run is found by walking it, the model by counting pairs.
    """
    words, V = source.words, len(source.words)
    pairs = np.full((V, V), 1 / V**2)
    for _ in range(2000):
        pairs = np.einsum("ab,abc->bc", pairs, source.table)
    followed = list(zip(["<s>", *stream], [*stream, "</s>"], strict=True))
    size = len(set(stream)) + 2                                     # with <unk> and </s>
    total = 0.0
    for a in range(V):
        for b, word in enumerate(words):
            seen = sum(first == word for first, _ in followed)
            for c, following in enumerate(words):
                p = (followed.count((word, following)) + 0.1) / (seen + 0.1 * size)
                total -= pairs[a, b] * source.table[a, b, c] * math.log2(p)
    return total


@pytest.mark.parametrize("amount", [50, 400])
def test_the_expected_bits_of_order_2_are_those_of_a_brute_force_sum(source, amount):
    stream = source.sample(amount, seed=4)
    assert set(stream) == set(source.words)
    model = explorers.floor_model(stream, 2)
    assert explorers.expected_bits(source, model, 2) == pytest.approx(
        brute_force_bits(source, stream), rel=1e-9)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_curve_is_the_exact_expectation_at_every_amount(source, floor, order):
    floor.controls["order"].value = order
    stream = source.sample(explorers.AMOUNTS[-1], seed=0)

    def bits(amount):
        model = lm.add_k(lm.NgramCounts([stream[:amount]], order), order, 0.1)
        columns = [model.words.index(word) for word in source.words]
        return metrics.expected_cross_entropy(
            source, lambda seen: np.exp(model.next_log_probs(["<unk>", *seen]))[columns],
            order - 1) / math.log(2)
    curve = curves(floor)["the model, exact expectation"]
    assert curve[1:] == pytest.approx([bits(amount) for amount in explorers.AMOUNTS[1:]])


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_no_curve_gets_under_the_floor_and_all_of_it_is_in_the_picture(source, floor, order):
    floor.controls["order"].value = order
    low, high = floor.figure.axes[0].get_ylim()
    lowest = metrics.bits(source.entropy_rate())
    curve = curves(floor)["the model, exact expectation"]
    assert low < lowest < min(curve)
    assert max(curve) < high


def test_with_text_enough_only_the_order_that_sees_two_words_comes_near_the_floor(floor):
    lowest, last = floor.compute(**floor.values)["floor"], {}
    for order in (1, 2, 3):
        floor.controls["order"].value = order
        last[order] = curves(floor)["the model, exact expectation"][-1]
    assert last[3] < lowest + 0.02
    assert min(last[1], last[2]) > lowest + 0.5


def test_the_true_table_on_a_sample_lies_now_above_and_now_below_the_floor(source, floor):
    floor.controls["test_words"].value = 100
    sides, low_high = set(), floor.figure.axes[0].get_ylim()
    for seed in range(6):
        floor.controls["seed"].value = seed
        text = source.sample(100, seed=1000 + seed)
        p = [source.next_probs(text[i - 2:i])[source.words.index(text[i])] for i in range(2, 100)]
        bits = -np.log2(p).mean()
        level, = (y for name, y in curves(floor).items() if "true table" in name)
        assert level == pytest.approx([bits] * len(level))
        assert low_high[0] < bits < low_high[1]
        side = "above" if bits > metrics.bits(source.entropy_rate()) else "below"
        assert f"{side} the floor" in floor.caption
        sides.add(side)
    assert sides == {"above", "below"}


def test_a_longer_sample_lies_closer_to_the_floor(source):
    def distance(n):
        drawn = [explorers.floor_numbers(source, {1: []}, 1, n, seed) for seed in range(6)]
        return np.mean([abs(numbers["sampled"] - numbers["floor"]) for numbers in drawn])
    assert distance(5000) < distance(100) / 2


def test_the_sampler_names_unknown_words_and_a_sentence_that_ends_at_once():
    shown = explorers.sampler(MODEL, "the cat")
    assert "Unknown" not in shown.caption
    shown.controls["prefix"].value = "<s> unicorn"
    assert "Unknown, read as <unk>: s, unicorn" in shown.caption
    shown.controls["prefix"].value = "on the mat"
    shown.controls["temperature"].value = 0.0
    assert "ends at once" in shown.caption


def test_a_line_of_too_many_words_for_bars_is_answered_in_words():
    meter = explorers.surprisal_meter({"kneser-ney": MODEL}, "the cat")
    meter.controls["sentence"].value = "the " * 200
    assert "200 words in one line" in meter.error


@pytest.mark.parametrize("make, name, values", [
    (lambda: explorers.sampler(MODEL, "the"), "temperature", (0.5, 1.5, 2.0, 0.0)),
    (lambda: explorers.entropy_floor(corpora.markov_source()), "seed", (1, 2, 3, 4)),
], ids=["sampler", "floor"])
def test_a_drag_makes_no_artists_and_draws_only_what_moves(make, name, values):
    shown = make()
    kept = set(map(id, shown.figure.axes[0].get_children()))
    drawn = []
    shown.picture.canvas.draw = lambda: drawn.append(1)
    for value in values:
        before = shown.picture.value
        shown.controls[name].value = value
        assert shown.picture.value != before
    assert not drawn
    assert set(map(id, shown.figure.axes[0].get_children())) == kept


@pytest.mark.parametrize("word", ["中文", "مرحبا", "😀", "\x07", "$x$", "<b>", "w" * 5000])
def test_a_learners_text_ends_in_no_box_and_no_warning(word):
    shown = explorers.sampler(MODEL, "the"), explorers.surprisal_meter({"kn": MODEL}, "the")
    with warnings.catch_warnings():
        warnings.simplefilter("error")              # a missing glyph is a warning
        shown[0].controls["prefix"].value = f"the {word}"
        shown[1].controls["sentence"].value = f"the {word}"
    for explorer in shown:
        assert explorer.error == ""
        assert ("“·”" in explorer.caption) is (plots.MARK in plots.readable(word.strip("\x07😀")))
