"""Decoding: five-word rows that can be checked on paper, and properties over random rows."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import decoding
from helpers import language_models as lm

FIVE = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
LOG_FIVE = np.log(FIVE)
SCORES = np.array([2.0, 1.0, 0.5, 0.0, -1.0])

scores = st.floats(-30, 30) | st.just(-np.inf)
rows = (
    st.lists(scores, min_size=1, max_size=8).filter(lambda r: max(r) > -np.inf).map(
        lambda r: decoding.log_softmax(np.array(r))
    )
)  # fmt: skip


def entropy(row):
    p = np.exp(row)
    return -(p[p > 0] * np.log(p[p > 0])).sum()


def kept(row):
    return np.flatnonzero(row > -np.inf).tolist()


# rows


def test_log_softmax_undoes_the_logarithm_and_does_not_overflow():
    np.testing.assert_allclose(np.exp(decoding.log_softmax(LOG_FIVE + 1000)), FIVE)
    np.testing.assert_allclose(decoding.log_softmax([0.0, -np.inf]), [0.0, -np.inf])
    assert decoding.log_sum_exp(np.array([-np.inf, -np.inf])) == -np.inf


BAD_ROWS = [
    ([], "at least one token"),
    ([[0.0]], r"shape \(1, 1\)"),
    ([np.nan, 0.0], "position 0 is NaN"),
    ([0.0, np.inf], r"position 1 is \+inf"),
    ([-np.inf, -np.inf], "every token is impossible"),
    (np.log([0.5, 0.4]), "sum to 0.9,"),
    (np.log([0.5, 0.50001]), "sum to 1.00001,"),
    (FIVE, "log_softmax"),
    ([1e6, 0.0], "not to 1"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_is_refused_in_words_by_every_function(row, reason):
    rng = np.random.default_rng(0)
    for function in (
        decoding.greedy,
        decoding.reshape,
        lambda r: decoding.sample(r, rng),
        lambda r: decoding.apply_temperature(r, 0),
        lambda r: decoding.keep_top_k(r, 1),
        lambda r: decoding.keep_top_p(r, 1.0),
    ):
        with pytest.raises(ValueError, match=reason):
            function(row)


def test_a_row_of_a_float32_model_is_good_enough():
    scores = np.random.default_rng(0).normal(size=50_000).astype(np.float32)
    shifted = scores - scores.max()
    row = shifted - np.log(np.exp(shifted).sum(dtype=np.float32))
    assert row.dtype == np.float32
    assert decoding.greedy(row) == int(scores.argmax())


# temperature


def test_entropy_rises_with_the_temperature():
    row = decoding.log_softmax(SCORES)
    found = [entropy(decoding.apply_temperature(row, t)) for t in (0.1, 1, 2, 10)]
    np.testing.assert_allclose(found, [0.001, 1.206, 1.491, 1.604], atol=5e-4)


def test_temperature_one_half_squares_the_probabilities():
    expected = FIVE**2 / (FIVE**2).sum()
    np.testing.assert_allclose(np.exp(decoding.apply_temperature(LOG_FIVE, 0.5)), expected)


def test_temperature_zero_gives_everything_to_the_first_of_the_most_likely():
    row = np.log([0.2, 0.4, 0.4])
    np.testing.assert_array_equal(decoding.apply_temperature(row, 0), [-np.inf, 0, -np.inf])


def test_a_tiny_temperature_is_finite_and_nearly_greedy():
    with np.errstate(all="raise"):
        row = decoding.apply_temperature(LOG_FIVE, 1e-310)
    np.testing.assert_array_equal(np.exp(row), [1, 0, 0, 0, 0])


@pytest.mark.parametrize("temperature", [-0.1, np.nan, np.inf])
def test_a_temperature_that_means_nothing_is_refused(temperature):
    with pytest.raises(ValueError, match=f"temperature={temperature}"):
        decoding.apply_temperature(LOG_FIVE, temperature)


# top-k and top-p


def test_top_k_keeps_the_k_most_likely_and_they_share_everything():
    np.testing.assert_allclose(
        np.exp(decoding.keep_top_k(LOG_FIVE[::-1], 2)), [0, 0, 0, 2 / 7, 5 / 7]
    )


def test_top_k_keeps_exactly_k_of_equals_the_first_ones():
    assert kept(decoding.keep_top_k(np.log([0.25] * 4), 3)) == [0, 1, 2]
    many = decoding.log_softmax(np.tile([1.0, 0.0], 500))
    assert kept(decoding.keep_top_k(many, 200)) == list(range(0, 400, 2))
    assert len(kept(decoding.keep_top_k(many, 700))) == 700
    assert kept(decoding.keep_top_k(many, 700))[-200:] == list(range(600, 1000, 2))


def test_top_k_above_the_vocabulary_keeps_all():
    np.testing.assert_array_equal(decoding.keep_top_k(LOG_FIVE, 99), LOG_FIVE)


@pytest.mark.parametrize("k", [0, -1, 2.5, None])
def test_a_k_that_is_no_count_is_refused(k):
    with pytest.raises(ValueError, match=f"k={k}"):
        decoding.keep_top_k(LOG_FIVE, k)


@pytest.mark.parametrize(("p", "n"), [(0.8, 3), (0.5, 1), (0.51, 2), (0.7, 2), (0.85, 3), (1, 5)])
def test_top_p_keeps_the_token_that_crosses_the_line(p, n):
    assert kept(decoding.keep_top_p(LOG_FIVE, p)) == list(range(n))


def test_top_p_of_the_known_scores_keeps_three_of_five():
    assert kept(decoding.keep_top_p(decoding.log_softmax(SCORES), 0.8)) == [0, 1, 2]


def test_top_p_reaches_a_line_that_rounding_would_miss():
    assert kept(decoding.keep_top_p(np.log([0.1, 0.7, 0.2]), 0.9)) == [1, 2]


@pytest.mark.parametrize("p", [0, -0.5, 1.01, np.nan])
def test_a_p_outside_its_range_is_refused(p):
    with pytest.raises(ValueError, match=f"p={p}"):
        decoding.keep_top_p(LOG_FIVE, p)


@given(rows, st.floats(0.01, 1))
def test_top_p_keeps_enough_and_not_one_token_more(row, p):
    ids = kept(decoding.keep_top_p(row, p))
    mass = np.exp(row)
    assert mass[ids].sum() >= p - 1e-9
    if len(ids) < (row > -np.inf).sum():
        assert mass[ids].sum() - mass[ids].min() < p


# all three


def test_temperature_comes_before_top_p():
    assert kept(decoding.reshape(LOG_FIVE, temperature=2, top_p=0.65)) == [0, 1, 2]
    assert kept(decoding.reshape(LOG_FIVE, top_p=0.65)) == [0, 1]


def test_top_k_comes_before_top_p():
    """Top-2 leaves .707 / (.707 + .447) = .61 for the first; of all five it has .34."""
    assert kept(decoding.reshape(LOG_FIVE, temperature=2, top_k=2, top_p=0.6)) == [0]


@given(rows)
def test_temperature_1_k_v_and_p_1_change_nothing(row):
    same = decoding.reshape(row, temperature=1.0, top_k=len(row), top_p=1.0)
    np.testing.assert_array_equal(same, row)
    assert same is not row


@given(rows, st.floats(0, 5), st.integers(1, 8), st.floats(0.01, 1))
def test_a_reshaped_row_is_a_row_and_the_impossible_stays_impossible(row, temperature, k, p):
    before = row.copy()
    new = decoding.reshape(row, temperature=temperature, top_k=k, top_p=p)
    assert np.exp(new).sum() == pytest.approx(1)
    assert set(kept(new)) <= set(kept(row))
    assert len(kept(new)) <= k
    assert new[row.argmax()] == new.max()
    np.testing.assert_array_equal(row, before)


# choosing


def test_greedy_takes_the_first_of_the_most_likely():
    assert decoding.greedy(np.log([0.2, 0.4, 0.4])) == 1


def test_sampled_frequencies_fit_the_probabilities():
    rng = np.random.default_rng(0)
    n = 10_000
    counts = np.bincount([decoding.sample(LOG_FIVE, rng) for _ in range(n)], minlength=5)
    chi_square = ((counts - n * FIVE) ** 2 / (n * FIVE)).sum()
    assert chi_square < 18.5  # 4 degrees of freedom: exceeded once in a thousand seeds


def test_an_impossible_token_is_never_sampled():
    rng = np.random.default_rng(0)
    row = np.log(np.array([0.5, 0.0, 0.5, 0.0]), where=[1, 0, 1, 0], out=np.full(4, -np.inf))
    assert {decoding.sample(row, rng) for _ in range(2000)} == {0, 2}


def test_the_same_seed_draws_the_same_tokens():
    first, second = (
        [decoding.sample(LOG_FIVE, rng) for _ in range(50)]
        for rng in (np.random.default_rng(7), np.random.default_rng(7))
    )
    assert first == second
    assert len(set(first)) > 1


def test_a_seed_instead_of_a_generator_is_refused():
    with pytest.raises(ValueError, match="default_rng"):
        decoding.sample(LOG_FIVE, 0)


# generating

WORDS = ["a", "b", "</s>"]


def counting_model(prefix):
    """After n tokens the text ends if n >= 4; before, "a" 90 % and "b" 10 %."""
    with np.errstate(divide="ignore"):
        return np.log([0.0, 0.0, 1.0] if len(prefix) >= 4 else [0.9, 0.1, 0.0])


def test_generate_returns_the_new_tokens_up_to_the_stop():
    prefix = ["b"]
    found = decoding.generate(counting_model, prefix, words=WORDS, temperature=0)
    assert found == ["a", "a", "a"]
    assert prefix == ["b"]


def test_generate_uses_top_k_top_p_and_the_seed():
    def run(seed, **how):
        rng = np.random.default_rng(seed)
        return decoding.generate(counting_model, [], words=WORDS, rng=rng, **how)

    assert {tuple(run(seed, top_k=1)) for seed in range(40)} == {("a",) * 4}
    assert {tuple(run(seed, top_p=0.9)) for seed in range(40)} == {("a",) * 4}
    assert len({tuple(run(seed)) for seed in range(40)}) > 1
    assert run(3, temperature=2.0) == run(3, temperature=2.0)


def test_generate_ends_at_max_tokens_and_can_do_without_a_stop():
    rng = np.random.default_rng(0)
    assert decoding.generate(counting_model, [], words=WORDS, rng=rng, max_tokens=0) == []
    assert len(decoding.generate(counting_model, [], words=WORDS, rng=rng, max_tokens=2)) == 2
    endless = decoding.generate(
        lambda prefix: np.log([0.5, 0.5]), [], words=["a", "b"], rng=rng, stop=None, max_tokens=9
    )
    assert len(endless) == 9


def test_generate_refuses_what_does_not_fit():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"shape \(3,\), but there are 2 words"):
        decoding.generate(counting_model, [], words=["a", "</s>"], rng=rng)
    with pytest.raises(ValueError, match="'</s>' is not in words"):
        decoding.generate(counting_model, [], words=["a", "b", "c"], rng=rng)
    with pytest.raises(ValueError, match="default_rng"):
        decoding.generate(counting_model, [], words=WORDS)
    with pytest.raises(ValueError, match="list of tokens"):
        decoding.generate(counting_model, "the cat", words=WORDS, rng=rng)


TOY = [text.split() for text in ("the cat sat", "the dog sat on the cat", "a cat ate", "the")]


@pytest.mark.parametrize("seed", range(5))
def test_without_a_stop_a_text_that_ends_is_followed_by_another(seed):
    model = lm.KneserNeyLM(3).fit(TOY)          # it refuses </s> in what it is asked about
    asked = []

    def next_log_probs(tokens):
        asked.append(list(tokens))
        return model.next_log_probs(tokens)

    found = decoding.generate(next_log_probs, ["the"], words=model.words, stop=None,
                              rng=np.random.default_rng(seed), max_tokens=30)
    assert len(found) == 30 and "</s>" in found
    text = ["the", *found]
    for place, tokens in enumerate(asked, start=1):
        read = text[:place]
        since = read[::-1].index("</s>") if "</s>" in read else place
        assert tokens == read[place - since:]


def test_a_prefix_may_hold_words_that_the_model_does_not_know_and_texts_that_have_ended():
    asked = []

    def next_log_probs(tokens):
        asked.append(list(tokens))
        return counting_model(tokens)

    decoding.generate(next_log_probs, ["x", "</s>", "y", "b"], words=WORDS, temperature=0,
                      stop="b", max_tokens=2)
    assert asked == [["y", "b"], ["y", "b", "a"]]


@pytest.mark.parametrize("seed", range(5))
def test_generate_draws_what_it_always_drew(seed):
    """The loop of the definition: ask, reshape, sample, until the stop comes."""
    rng = np.random.default_rng(seed)
    model = lm.KneserNeyLM(2).fit(TOY)
    text = ["the"]
    while len(text) < 13:
        row = decoding.reshape(model.next_log_probs(text), temperature=0.8, top_k=4)
        token = model.words[decoding.sample(row, rng)]
        if token == "</s>":
            break
        text.append(token)
    assert text[1:] == decoding.generate(
        model.next_log_probs, ["the"], words=model.words, rng=np.random.default_rng(seed),
        max_tokens=12, temperature=0.8, top_k=4)


# steps


def random_step(seed, size=4, digits=None):
    """A step whose row depends on everything read so far; its state is the tuple of ids."""
    def step(state, id):
        read = (*(state or ()), id)
        scores = np.random.default_rng([seed, *read]).normal(size=size)
        scores = scores if digits is None else scores.round(digits)     # so that some are equal
        scores[scores < -1.2] = -np.inf
        scores[0] = max(scores[0], -1.0)
        return read, decoding.log_softmax(scores)
    return step


def test_a_drawn_text_is_the_one_that_the_steps_give():
    step, rng = random_step(3), np.random.default_rng(5)
    state, row = step(None, 1)
    state, row = step(state, 2)
    expected = []
    while len(expected) < 8:
        expected.append(decoding.sample(decoding.reshape(row, temperature=0.5, top_p=0.9), rng))
        if expected[-1] == 0:
            expected.pop()
            break
        state, row = step(state, expected[-1])
    rng = np.random.default_rng(5)
    found = decoding.draw(step, [1, 2], rng=rng, stop=0, max_tokens=8, temperature=0.5, top_p=0.9)
    assert found == expected and len(found) > 1
    assert len(decoding.draw(step, 1, rng=rng, stop=None, max_tokens=9)) == 9
    assert decoding.draw(step, 1, stop=None, max_tokens=0) == []


def test_a_model_is_stepped_once_per_token():
    calls = []

    def step(state, id):
        calls.append(id)
        return None, LOG_FIVE

    assert decoding.draw(step, 4, stop=None, max_tokens=3, temperature=0) == [0, 0, 0]
    assert calls == [4, 0, 0]


def test_steps_over_words_draw_what_generate_draws():
    model = lm.KneserNeyLM(2).fit(TOY)
    step, end = decoding.text_step(model.next_log_probs, model.words), model.words.index("</s>")
    for stop in (None, "</s>"):
        words = decoding.generate(model.next_log_probs, [], words=model.words, stop=stop,
                                  rng=np.random.default_rng(1), max_tokens=20)
        ids = decoding.draw(step, end, stop=None if stop is None else end, max_tokens=20,
                            rng=np.random.default_rng(1))
        assert [model.words[i] for i in ids] == words
    state, _ = step(None, model.words.index("the"))
    step(state, end)
    assert state == ["the"]         # a state is not changed by the step that follows


NO_SUCH_ID = "the model knows no such id|but the row has the ids 0 to 3"


@pytest.mark.parametrize(("start", "said"), [
    *((start, "hand over the id") for start in ([], "1", 1.0, True, None, [[1]])),
    (-1, "-1: it must be a whole number, 0 or more"), ([0, 4], NO_SUCH_ID), (4, NO_SUCH_ID)])
@pytest.mark.parametrize("search", [decoding.draw, decoding.beam_search])
def test_a_start_that_is_no_id_is_refused(start, said, search):
    table = np.log(np.full((4, 4), 0.25))
    for step in (lambda state, id: (None, table[id]), lambda state, id: (None, table[0])):
        with pytest.raises(ValueError, match=f"start=.*({said})"):
            search(step, start, stop=None, max_tokens=2,
                   **({"width": 2} if search is decoding.beam_search else {"temperature": 0}))


@pytest.mark.parametrize(("change", "reason"), [
    ({"stop": 4}, "stop=4, but the row has the ids 0 to 3"), ({"stop": -1}, "stop=-1"),
    ({"stop": "x"}, "stop='x'"), ({"max_tokens": -1}, "max_tokens=-1"),
    ({"max_tokens": 2.0}, "max_tokens=2.0"),
])
def test_a_draw_refuses_what_makes_no_sense(change, reason):
    with pytest.raises(ValueError, match=reason):
        decoding.draw(random_step(0), 1, **{"stop": None, "temperature": 0, **change})


def test_steps_over_words_refuse_an_id_that_is_no_word():
    step = decoding.text_step(counting_model, WORDS)
    for i in (-1, 3):
        with pytest.raises(ValueError, match=f"id {i}: there are 3 words, 0 to 2"):
            step(None, i)
    with pytest.raises(ValueError, match=r"shape \(3,\), but there are 2 words"):
        decoding.text_step(counting_model, WORDS[:2])(None, 1)


# beams


def all_texts(step, start, size, max_tokens, stop):
    """Every text with its total, one by one: those that end with `stop`, and those cut off."""
    ended, cut = [], []
    for n in range(1, max_tokens + 1):
        for ids in itertools.product(range(size), repeat=n):
            if stop in ids[:-1] or (n < max_tokens and ids[-1] != stop):
                continue
            state, total, before = None, 0.0, start
            for i in ids:
                state, row = step(state, before)
                total, before = total + row[i], i
            if total > -np.inf:
                (ended if ids[-1] == stop else cut).append((ids, total))
    return ended, cut


@pytest.mark.parametrize("seed", range(50))
def test_a_wide_beam_finds_every_text_best_first(seed):
    penalty, stop = (0.0, 0.6, 1.0, 2.5)[seed % 4], None if seed % 5 == 4 else 0
    step = random_step(seed, size=3, digits=None if seed % 2 else 0)
    ended, cut = all_texts(step, 1, 3, 4, stop)
    found = decoding.beam_search(step, 1, width=200, length_penalty=penalty, max_tokens=4,
                                 stop=stop).hypotheses
    scored = [sorted(((total / ((5 + len(ids)) / 6) ** penalty, ids, total) for ids, total in side),
                     key=lambda text: -text[0]) for side in (ended, cut)]
    expected = scored[0] + scored[1]
    assert [h.score for h in found] == pytest.approx([score for score, _, _ in expected])
    texts = {(ids, round(total, 9)) for _, ids, total in expected}
    assert {((*h.ids, 0) if h.ended else h.ids, round(h.total, 9)) for h in found} == texts
    assert [h.ended for h in found] == [True] * len(ended) + [False] * len(cut)


@pytest.mark.parametrize("seed", range(30))
def test_a_beam_of_one_is_greedy(seed):
    step = random_step(seed, digits=seed % 3)
    greedy = decoding.draw(step, 1, stop=0, max_tokens=6, temperature=0)
    (found,) = decoding.beam_search(step, 1, width=1, max_tokens=6, stop=0,
                                    length_penalty=seed / 10).hypotheses
    assert list(found.ids) == greedy and found.ended == (len(greedy) < 6)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_every_depth_keeps_the_best_of_all_that_can_follow(seed, width):
    """Against a second search, in few lines, that never ends early."""
    penalty, step = seed % 4 / 2, random_step(seed)
    live, ended = [((), 0.0)], []
    for _ in range(7):
        grown = []
        for ids, total in live:
            state, row = step(None, 1)
            for i in ids:
                state, row = step(state, i)
            grown += [((*ids, i), total + float(row[i])) for i in range(4) if row[i] > -np.inf]
        kept = sorted(grown, key=lambda text: -text[1])[:width]
        ended += [text for text in kept if text[0][-1] == 0]
        live = [text for text in kept if text[0][-1] != 0]

    def score(text):
        return text[1] / ((5 + len(text[0])) / 6) ** penalty
    expected = (sorted(ended, key=score, reverse=True) + live)[:width]
    beam = decoding.beam_search(step, 1, width=width, length_penalty=penalty, max_tokens=7, stop=0)
    assert [h.ids for h in beam.hypotheses] == [
        ids[:-1] if ids[-1] == 0 else ids for ids, _ in expected]
    assert [h.score for h in beam.hypotheses] == pytest.approx([score(text) for text in expected])


def test_the_tree_holds_what_was_kept_and_what_was_dropped():
    rows = {(): [0.0, 0.6, 0.4], (1,): [0.35, 0.33, 0.32], (2,): [0.9, 0.1, 0.0]}

    def step(state, id):
        read = () if state is None else (*state, id)
        with np.errstate(divide="ignore"):
            return read, np.log(rows.get(read, [1.0, 0.0, 0.0]))

    beam = decoding.beam_search(step, 0, width=2, length_penalty=1.0, max_tokens=5, stop=0)
    shown = [(n.parent, n.id, n.depth, round(math.exp(n.total), 3), n.kept) for n in beam.nodes]
    assert shown == [
        (None, 0, 0, 1.0, True),
        (0, 1, 1, 0.6, True), (0, 2, 1, 0.4, True),             # the impossible 0 is no branch
        (2, 0, 2, 0.36, True), (1, 0, 2, 0.21, True),           # the greedy text is only second
        (1, 1, 2, 0.198, False), (1, 2, 2, 0.192, False), (2, 1, 2, 0.04, False),
    ]
    assert [(h.ids, h.node, h.ended) for h in beam.hypotheses] == [((2,), 3, True), ((1,), 4, True)]
    assert beam.hypotheses[0].total == pytest.approx(math.log(0.36))
    assert beam.hypotheses[0].score == pytest.approx(math.log(0.36) * 6 / 7)
    assert beam.path(3) == [0, 2, 3] and beam.path(0) == [0]
    assert beam.nodes[0] == decoding.Node(None, 0, 0, 0.0, 0.0, 0.0, True)
    node = beam.nodes[4]
    assert node.log_prob == pytest.approx(math.log(0.35)) and node.score == node.total / (7 / 6)
    assert decoding.draw(step, 0, stop=0, temperature=0) == [1]
    with pytest.raises(AttributeError):
        beam.nodes[0].kept = False


def test_every_node_but_the_root_comes_after_its_parent_which_was_kept():
    beam = decoding.beam_search(random_step(1), [2, 1], width=3, max_tokens=6, stop=0)
    assert (beam.nodes[0].id, beam.nodes[0].parent) == (1, None)
    for place, node in enumerate(beam.nodes[1:], start=1):
        above = beam.nodes[node.parent]
        assert node.parent < place and above.kept and above.id != 0 or node.parent == 0
        assert node.depth == above.depth + 1
        assert node.total == pytest.approx(above.total + node.log_prob)
    for depth in range(1, 7):
        level = [node for node in beam.nodes if node.depth == depth]
        assert [n.kept for n in level] == [rank < 3 for rank in range(len(level))]
        assert sorted((n.total for n in level), reverse=True) == [n.total for n in level]


def test_equals_are_ordered_by_their_parent_and_then_by_their_id():
    row = np.log(np.full(3, 1 / 3))
    beam = decoding.beam_search(lambda state, id: (None, row), 0, width=4, max_tokens=2, stop=None)
    assert [h.ids for h in beam.hypotheses] == [(0, 0), (0, 1), (0, 2), (1, 0)]


def test_a_search_ends_when_nothing_left_can_be_among_the_best():
    calls = []

    def step(state, id):
        calls.append(id)
        return None, np.log([0.9, 0.1])

    beam = decoding.beam_search(step, 1, width=2, max_tokens=50, stop=0)
    assert [h.ids for h in beam.hypotheses] == [(), (1,)]
    assert len(calls) == 2          # a third would cost more than both, however it went on
    decoding.beam_search(step, 1, width=2, max_tokens=50, stop=0, length_penalty=2.0)
    assert len(calls) > 5           # now a longer one might still be better


def test_the_length_penalty_prefers_the_longer_text():
    rows = {(1,): [0.5, 0.5], (1, 1): [0.1, 0.9]}

    def step(state, id):
        read = (*(state or ()), id)
        return read, np.log(rows.get(read, [0.999, 0.001]))

    best = {penalty: decoding.beam_search(step, 1, width=3, length_penalty=penalty, max_tokens=9,
                                          stop=0).hypotheses[0].ids for penalty in (0.0, 1.0)}
    assert best == {0.0: (), 1.0: (1, 1)}


def test_a_large_vocabulary_leaves_only_the_likeliest_branches_in_the_tree():
    row = decoding.log_softmax(np.random.default_rng(0).normal(size=300))
    beam = decoding.beam_search(lambda state, id: (None, row), 0, width=2, max_tokens=2, stop=None)
    assert [sum(n.depth == depth for n in beam.nodes) for depth in (1, 2)] == [50, 100]
    wide = decoding.beam_search(lambda state, id: (None, row), 0, width=90, max_tokens=1, stop=None)
    assert [h.ids[0] for h in wide.hypotheses] == np.argsort(-row)[:90].tolist()


@pytest.mark.parametrize(("change", "reason"), [
    ({"width": 0}, "width=0: it must be a whole number, 1 or more"), ({"width": 1.0}, "width=1.0"),
    ({"max_tokens": 0}, "max_tokens=0"), ({"stop": 3}, "stop=3, but the row has the ids 0 to 2"),
    ({"length_penalty": -0.1}, "length_penalty=-0.1"),
    ({"length_penalty": math.inf}, "length_penalty=inf"),
    ({"length_penalty": math.nan}, "length_penalty=nan"),
])
def test_a_beam_refuses_what_makes_no_sense(change, reason):
    with pytest.raises(ValueError, match=reason):
        decoding.beam_search(random_step(0, size=3), 1,
                             **{"width": 2, "max_tokens": 3, "stop": 0, **change})


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize(("row", "reason"), [
    ([math.nan, 0.0], "position 0 is NaN"), ([0.5, 0.5], "sum to 3.2974"),
    ([0.0, math.inf], r"position 1 is \+inf")])
def test_a_bad_row_stops_a_search(row, reason, later):
    def step(state, id):
        return 1, np.log([0.5, 0.5]) if later and state is None else np.array(row)

    with pytest.raises(ValueError, match=reason):
        decoding.beam_search(step, 1, width=2, max_tokens=3, stop=0)
