"""N-gram models against hand counts, a brute-force reference, and properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kneser_ney_reference import ReferenceKneserNey

from helpers import language_models as lm

TOY = [s.split() for s in (
    "the cat sat on the mat", "the dog sat on the cat", "a cat ate the fish", "the dog ate",
    "a dog sat", "the cat ate the fish on the mat", "a fish sat on a dog", "the mat",
)]
MAKERS = {
    "mle": lambda counts, n: lm.mle(counts, n),
    "add-0.3": lambda counts, n: lm.add_k(counts, n, 0.3),
    "interpolated": lambda counts, n: lm.interpolated(counts, n, 0.6),
    "kneser-ney": lambda counts, n: lm.kneser_ney(counts, n, modified=False),
    "modified kneser-ney": lambda counts, n: lm.kneser_ney(counts, n),
}
sentences_of = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8), min_size=1, max_size=30)


def test_counts_are_those_of_a_hand_count():
    counts = lm.NgramCounts(TOY, order=3)
    assert counts.count("the") == 10
    assert counts.count("the", "cat") == 3
    assert counts.count("<s>", "the") == 5
    assert counts.count("on", "the", "mat") == 2
    assert counts.count("the", "unicorn") == 0
    assert counts.count("cat", "</s>") == 1


def test_no_ngram_reaches_over_a_sentence_boundary():
    counts = lm.NgramCounts([["a"], ["b"]], order=3)
    assert counts.count("</s>", "<s>") == 0
    assert counts.count("a", "b") == 0


def test_maximum_likelihood_is_the_relative_frequency():
    model = lm.mle(lm.NgramCounts(TOY, 2), 2)
    row = np.exp(model.next_log_probs(["the"]))
    assert row[model.words.index("cat")] == pytest.approx(3 / 10)
    assert model.token_log_probs(["the"])[0] == pytest.approx(math.log(5 / 8))


def test_maximum_likelihood_says_minus_infinity_and_never_nan():
    model = lm.mle(lm.NgramCounts(TOY, 3), 3)
    for sentence in (["unicorn"], ["the", "fish", "cat"], ["mat", "dog", "a"]):
        log_probs = model.token_log_probs(sentence)
        assert -math.inf in log_probs
        assert not any(math.isnan(value) for value in log_probs)
    assert model.perplexity([["unicorn"]]) == math.inf


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("prefix", [[], ["the"], ["unicorn"], ["sat", "on"], ["a", "unicorn", "a"]])
def test_every_row_sums_to_one_and_agrees_with_the_scores(name, order, prefix):
    model = MAKERS[name](lm.NgramCounts(TOY, 4), order)
    row = np.exp(model.next_log_probs(prefix))
    unseen = name == "mle" and row.sum() == 0            # 0/0: stated as impossible everywhere
    assert unseen or row.sum() == pytest.approx(1, abs=1e-12)
    assert row[model.words.index("<s>")] == 0
    for word in ("cat", "<unk>"):
        scored = model.token_log_probs([*prefix, word])[len(prefix)]
        assert math.exp(scored) == pytest.approx(row[model.words.index(word)], abs=1e-15)


@pytest.mark.parametrize("sentence, place", [(["the"], 0), (["a", "cat", "sat"], 0), (
    ["the", "unicorn", "sat", "on"], 1), (["the", "cat", "sat", "on"], 3)])
def test_a_place_filled_with_each_word_has_the_score_of_the_sentence_with_it(sentence, place):
    model = lm.KneserNeyLM(3).fit(TOY)
    nats = model.fill_log_probs(sentence, place)
    for word, value in zip(model.words, nats, strict=True):
        filled = [*sentence[:place], word, *sentence[place + 1:]]
        assert value == (-math.inf if word in ("<s>", "</s>") else pytest.approx(
            sum(model.token_log_probs(filled)[:-1]), abs=1e-12))
    with pytest.raises(ValueError, match=f"place {len(sentence)} of {len(sentence)} words"):
        model.fill_log_probs(sentence, len(sentence))


@settings(max_examples=60)
@given(sentences_of, sentences_of, st.integers(1, 5))
def test_kneser_ney_equals_the_brute_force_reference(train, test, order):
    reference = ReferenceKneserNey(train, order)
    model = lm.KneserNeyLM(order).fit(train)
    for sentence in [*test[:5], ["a", "unknown", "b"]]:
        assert np.exp(model.token_log_probs(sentence)) == pytest.approx(
            reference.sentence(sentence), rel=1e-9)


def test_kneser_ney_equals_the_reference_where_discounts_are_estimated():
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(60)]
    weights = 1 / np.arange(1, 61)
    text = [list(rng.choice(words, size=9, p=weights / weights.sum())) for _ in range(120)]
    text = [[str(w) for w in s] for s in text]
    model = lm.KneserNeyLM(3).fit(text[:100])
    assert model.fallback_orders == []
    reference = ReferenceKneserNey(text[:100], 3)
    for sentence in text[100:]:
        assert np.exp(model.token_log_probs(sentence)) == pytest.approx(
            reference.sentence(sentence), rel=1e-10)


def test_discounts_follow_the_published_formula():
    # n1 = 4, n2 = 2, n3 = 1, n4 = 1: Y = 4 / 8, so 1 - 2 Y / 2, 2 - 3 Y / 2, 3 - 4 Y
    adjusted = np.array([1, 1, 1, 1, 2, 2, 3, 4], dtype=float)
    assert lm.discounts(adjusted) == pytest.approx((0.5, 1.25, 1.0))
    assert lm.discounts(adjusted, modified=False) == pytest.approx((0.5, 0.5, 0.5))
    assert lm.discounts(np.array([1.0, 1.0])) is None


def test_characters_fall_back_to_fixed_discounts_and_say_so():
    model = lm.KneserNeyLM(3).fit([list("banana"), list("bandana")])
    assert 1 in model.fallback_orders
    assert model.discounts[0] == (0.5, 1.0, 1.5)
    assert np.exp(model.next_log_probs(list("ban"))).sum() == pytest.approx(1)


@pytest.mark.parametrize("order", [1, 3, 5])
def test_a_text_of_sentences_shorter_than_the_order_still_gives_distributions(order):
    model = lm.KneserNeyLM(order).fit([[], ["a"], []])
    for prefix in ([], ["a"], ["b", "a", "b"]):
        assert np.exp(model.next_log_probs(prefix)).sum() == pytest.approx(1)
    reference = ReferenceKneserNey([[], ["a"], []], order)
    assert np.exp(model.token_log_probs(["a", "b"])) == pytest.approx(
        reference.sentence(["a", "b"]))


def test_one_discount_model_passes_on_what_it_takes():
    model = lm.KneserNeyLM(2, modified=False).fit(TOY)
    assert model.discounts[1] == (model.discounts[1][0],) * 3
    assert np.exp(model.next_log_probs(["the"])).sum() == pytest.approx(1)


def test_unk_in_the_text_is_the_unknown_word():
    model = lm.KneserNeyLM(2).fit([["a", "<unk>", "b"], ["a", "c"]])
    assert model.token_log_probs(["a", "never"]) == model.token_log_probs(["a", "<unk>"])
    assert model.unknown(["a", "never"]) == ["never"]


def test_leaving_out_unknown_words_keeps_their_place_in_the_history():
    model = lm.KneserNeyLM(2).fit(TOY)
    with_unknown = model.token_log_probs(["the", "unicorn", "cat"])
    kept = [with_unknown[0], with_unknown[2], with_unknown[3]]
    assert model.perplexity([["the", "unicorn", "cat"]], include_oov=False) == pytest.approx(
        math.exp(-sum(kept) / 3))


def test_an_empty_sentence_scores_its_end():
    assert len(lm.KneserNeyLM(3).fit(TOY).token_log_probs([])) == 1


@pytest.mark.parametrize("maker", MAKERS)
def test_perplexity_is_the_exponential_of_the_mean_surprisal(maker):
    model = MAKERS[maker](lm.NgramCounts(TOY, 3), 3)
    values = [value for sentence in TOY[:4] for value in model.token_log_probs(sentence)]
    assert model.perplexity(TOY[:4]) == pytest.approx(math.exp(-np.mean(values)))


def test_fitted_weights_beat_every_weight_of_a_grid():
    counts = lm.NgramCounts(TOY[:5], 2)
    weight, = lm.fit_weights(counts, 2, TOY[5:], rounds=200)
    best = lm.interpolated(counts, 2, [weight]).perplexity(TOY[5:])
    grid = [lm.interpolated(counts, 2, w).perplexity(TOY[5:]) for w in np.arange(0, 1, 0.05)]
    assert best <= min(grid) + 1e-9


def test_fitted_weights_of_three_orders_beat_every_pair_of_a_grid():
    counts = lm.NgramCounts(TOY[:5], 3)
    weights = lm.fit_weights(counts, 3, TOY[3:], rounds=500)
    best = lm.interpolated(counts, 3, weights).perplexity(TOY[3:])
    grid = [lm.interpolated(counts, 3, [a, b]).perplexity(TOY[3:])
            for a in np.arange(0, 1, 0.1) for b in np.arange(0, 1, 0.1)]
    assert best <= min(grid) + 1e-9


def test_fitting_never_makes_the_validation_text_less_likely():
    counts = lm.NgramCounts(TOY[:5], 3)
    perplexities = [
        lm.interpolated(counts, 3, lm.fit_weights(counts, 3, TOY[5:], rounds=r)).perplexity(TOY[5:])
        for r in range(6)
    ]
    assert all(b <= a + 1e-12 for a, b in zip(perplexities, perplexities[1:], strict=False))


def test_smaller_orders_come_from_the_same_counts():
    counts = lm.NgramCounts(TOY, 5)
    for modified in (True, False):
        small, fitted = lm.kneser_ney(counts, 2, modified), lm.KneserNeyLM(2, modified).fit(TOY)
        assert small.perplexity(TOY) == pytest.approx(fitted.perplexity(TOY))
        assert (small.order, small.discounts) == (fitted.order, fitted.discounts)
        assert small.discounts != lm.KneserNeyLM(2, not modified).fit(TOY).discounts


@pytest.mark.parametrize("bad, cure", [
    (lambda: lm.KneserNeyLM(0), "from 1 on"),
    (lambda: lm.KneserNeyLM(2).fit([]), "empty"),
    (lambda: lm.KneserNeyLM(2).fit([["a", "</s>"]]), "reserved"),
    (lambda: lm.KneserNeyLM(2).fit(TOY).token_log_probs(["<s>"]), "reserved"),
    (lambda: lm.KneserNeyLM(2).fit(TOY).next_log_probs(["</s>"]), "reserved"),
    (lambda: lm.kneser_ney(lm.NgramCounts(TOY, 2), 3), "counts up to order 2 for a .* order 3"),
    (lambda: lm.kneser_ney(lm.NgramCounts(TOY, 2), 0), "order=0: .* from 1 on"),
    (lambda: lm.KneserNeyLM(2).fit(TOY).perplexity([]), "no sentence"),
    (lambda: lm.mle(lm.NgramCounts(TOY, 2), 3), "counted up to order 2"),
    (lambda: lm.add_k(lm.NgramCounts(TOY, 2), 2, 0), "k > 0"),
    (lambda: lm.add_k(lm.NgramCounts(TOY, 2), 2, math.inf), "k=inf: add-k needs a finite"),
    (lambda: lm.add_k(lm.NgramCounts(TOY, 2), 2, math.nan), "k=nan"),
    (lambda: lm.interpolated(lm.NgramCounts(TOY, 2), 2, math.nan), "below 1"),
    (lambda: lm.fit_weights(lm.NgramCounts(TOY, 2), 2, TOY, rounds=-1), "rounds=-1"),
    (lambda: lm.interpolated(lm.NgramCounts(TOY, 3), 3, [0.5]), "2 numbers"),
    (lambda: lm.interpolated(lm.NgramCounts(TOY, 2), 2, 1.0), "below 1"),
    (lambda: lm.fit_weights(lm.NgramCounts(TOY, 2), 2, []), "validation"),
])
def test_bad_input_is_a_clear_error(bad, cure):
    with pytest.raises(ValueError, match=cure):
        bad()


@pytest.mark.parametrize("sentence", ["the cat", b"the cat", [1, 2], ["the", 2], ["the", None],
                                      [b"the"], np.array([3])])
def test_what_is_no_list_of_strings_is_refused_wherever_it_is_read_or_scored(sentence):
    model = lm.KneserNeyLM(2).fit(TOY)
    for ask in (model.token_log_probs, model.next_log_probs, lambda s: model.perplexity([s]),
                lambda s: lm.KneserNeyLM(2).fit([s]),
                lambda s: lm.fit_weights(lm.NgramCounts(TOY, 2), 2, [s])):
        with pytest.raises(ValueError, match="tokenizers.words|not their ids or bytes"):
            ask(sentence)
    if isinstance(sentence, str | bytes):
        with pytest.raises(ValueError, match="tokenizers.words"):
            model.unknown(sentence)


def test_one_sentence_in_place_of_many_and_a_word_in_place_of_words_are_refused():
    for ask in (lm.KneserNeyLM(2).fit, lm.KneserNeyLM(2).fit(TOY).perplexity):
        with pytest.raises(ValueError, match="got the str 'the'"):
            ask(["the", "cat"])
    with pytest.raises(ValueError, match="vocabulary='cat' is one str"):
        lm.NgramCounts(TOY, 2, vocabulary="cat")
    with pytest.raises(ValueError, match="are strings, got 7"):
        lm.NgramCounts(TOY, 2).count("the", 7)


def test_sentences_and_their_tokens_may_come_from_generators():
    model = lm.KneserNeyLM(np.int64(2)).fit(iter(s) for s in TOY)
    expected = lm.KneserNeyLM(2).fit(TOY)
    assert model.perplexity(iter(s) for s in TOY) == expected.perplexity(TOY)
    assert model.token_log_probs(iter(TOY[0])) == expected.token_log_probs(TOY[0])
    with pytest.raises(ValueError, match="reserved"):
        model.next_log_probs(iter(["the", "<s>"]))


# What was copied

READ = lm.as_read([["the", "cat", "sat"], ["a", "dog", "sat", "here"], ["then", "he", "sat"]])


@pytest.mark.parametrize("words, run", [
    ("the cat sat", "the cat sat"), ("a cat sat here", "cat sat"), ("dog sat the cat", "dog sat"),
    ("cat sat a dog sat", "a dog sat"), ("sat a dog", "a dog"), ("sat sat", "sat"),
    ("he cats", "he"), ("en he", "he"), ("zebra", ""), ("", "")])
def test_the_longest_run_that_stands_in_one_sentence_is_found(words, run):
    words = words.split()
    assert " ".join(words[lm.longest_copy(words, READ)]) == run
    assert lm.copied_words(words, READ) == len(run.split())


def test_the_copied_run_is_marked():
    assert lm.mark_copy(["one", "cat", "sat", "down"], READ) == "one [cat sat] down"
    assert lm.mark_copy(["zebra", "lion"], READ) == "zebra lion"


# Guesses, and what they cost

@pytest.mark.parametrize("line, places, wrong, now", [
    ("", (), (), ""),
    ("abc", (0, 0, 0), ("", "", ""), ""),
    ("axbc", (0,), ("",), "x"),                         # the rest of the group does not count
    ("ax bc", (0, 1, 0), ("", "x", ""), ""),
    ("x y z b", (3, 0), ("xyz", ""), ""),               # after three the letter is shown
    ("x x y", (), (), "xy"),                            # the same guess twice costs nothing
    ("abc_d e", (0, 0, 0, 0, 0), ("",) * 5, ""),        # nothing is left to guess
    ("A B", (0, 0), ("", ""), ""),
])
def test_a_line_of_guesses_is_played_from_left_to_right(line, places, wrong, now):
    assert lm.read_guesses("abc d", line) == lm.Guesses(places, wrong, now)


def test_guesses_cost_the_bits_that_are_known_by_hand():
    shares = {"a": 0.5, "b": 0.25, "c": 0.25}
    guesses = lm.read_guesses("ab", "a b")
    assert lm.guess_bits("ab", guesses, shares) == pytest.approx([2, math.log2(5 / 2)])
    shown = lm.read_guesses("a", "b x y")               # none right: 1/4, then a among a and c
    assert lm.guess_bits("a", shown, shares) == pytest.approx([2 - math.log2(0.5 / 0.75)])
    with pytest.raises(ValueError, match="'z' has no share"):
        lm.guess_bits("z", lm.read_guesses("z", "a b c"), shares)


def test_the_chances_of_all_letters_sum_to_1_whatever_was_guessed_before():
    shares = {"a": 0.4, "b": 0.3, "c": 0.15, "d": 0.1, " ": 0.05}
    total = 0.0
    for letter in shares:
        line = "a x b " + " ".join("bca")               # for the third letter: b, c, a in turn
        bits = lm.guess_bits(f"ab{letter}", lm.read_guesses(f"ab{letter}", line), shares)
        total += 2 ** -bits[2]
    assert total == pytest.approx(1)


# Unknown words

def test_the_share_of_unknown_words_counts_places_not_words_and_no_ends():
    model = lm.mle(lm.NgramCounts([["a", "b"]], 1), 1)
    assert model.unknown_share([["a", "x", "x", "b"], [], ["y"]]) == 3 / 5
    assert model.unknown_share([["<unk>", "a"]]) == 1 / 2
    assert lm.KneserNeyLM(2).fit([["a", "b"]]).unknown_share([["a", "x"]]) == 1 / 2
    with pytest.raises(ValueError, match="no token"):
        model.unknown_share([[]])
