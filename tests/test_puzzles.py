"""The puzzles of notebook 05: references against other definitions, answers of other styles."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import self_attention_masks as sa
from helpers.exercises import engine
from helpers.exercises.self_attention_masks import _maps
from helpers.exercises.self_attention_masks.heads import BACKWARDS, FOLLOWED, LENGTH
from helpers.exercises.self_attention_masks.puzzles import BEFORE, PARTNER, SAME

RECORDS = {record.id: record for record in (BEFORE, SAME, PARTNER, LENGTH, BACKWARDS, FOLLOWED)}
RIGHT = {id: record.solution for id, record in RECORDS.items()}


def verdict(id: str, answer: object) -> engine.Verdict:
    """Return what the check of an exercise says of an answer."""
    return engine.judge(RECORDS[id], answer)


def letter(key):
    return key.letter


# The references do what their tasks say, told in another way

def test_the_letter_before_moves_a_text_one_place_on():
    assert sa.Head("banana")(RIGHT["5.4"], letter) == "bbanan"
    assert sa.Head("x")(RIGHT["5.4"], letter) == "x"


def test_a_mark_at_the_first_place_counts_each_letter():
    text = "^banana"
    share = sa.Head(text)(RIGHT["5.11"], lambda key: key.place == 0)
    assert (1 / share - 1).round(9).tolist() == [0, 1, 3, 2, 3, 2, 3]


def all_balanced(pairs: int) -> set[str]:
    """Every text of so many pairs of brackets."""
    if pairs == 0:
        return {""}
    return {f"({a}){b}" for inner in range(pairs) for a in all_balanced(inner)
            for b in all_balanced(pairs - 1 - inner)}


def test_every_bracket_of_every_short_text_wants_the_one_that_a_stack_gives_it():
    texts = [text for pairs in range(1, 6) for text in sorted(all_balanced(pairs))]
    assert len(texts) == 1 + 2 + 5 + 14 + 42
    for text in texts:
        wanted, opened = np.zeros((len(text),) * 2, dtype=bool), []
        for place, one in enumerate(text):
            if one == "(":
                opened.append(place)
            else:
                wanted[place, opened[-1]] = wanted[opened.pop(), place] = True
        np.testing.assert_array_equal(sa.select(sa.brackets(text), RIGHT["5.12"]), wanted)


@pytest.mark.parametrize("text", ["a", "on", "oak", "noel", "abcdefghijkl", "ab" * 20])
def test_heads_know_how_long_a_text_is_and_turn_it(text):
    for length in (RIGHT["5.13"], *LENGTH.right):
        np.testing.assert_allclose(length(sa.Head(text)), len(text))
    for backwards in (RIGHT["5.14"], *BACKWARDS.right):
        assert backwards(sa.Head(text)) == text[::-1]


def test_what_came_next_the_last_time_is_what_a_search_finds():
    rng = np.random.default_rng(7)
    for _ in range(60):
        text = "".join(rng.permutation([*"abcdef"] * 2)[:rng.integers(1, 13)])
        found = [text[text.find(one) + 1] if text.find(one) < place else "·"
                 for place, one in enumerate(text)]
        for answer in (RIGHT["5.15"], *FOLLOWED.right):
            assert answer(sa.Head(text)) == "".join(found)


def test_no_wish_about_two_tokens_alone_can_say_what_came_next():
    texts = ("abcb", "bacb")
    (query, key), same_pair = [(sa.tokens(text)[3], sa.tokens(text)[2]) for text in texts]
    assert (query, key) == same_pair
    assert [bool(_maps.last_map(RIGHT["5.15"], text)[3, 2]) for text in texts] == [True, False]


# Right and wrong answers, as learners write them

def before_with_if(query, key):
    wanted = query.place
    if query.place > 0:
        wanted = wanted - 1
    return key.place == wanted


def before_in_a_list(query, key):
    return key.place in [0 if query.place == 0 else query.place - 1]


def before_in_numpy(query, key):
    return np.equal(key.place, np.maximum(0, query.place - 1))


def same_by_any(query, key):
    return any([key.letter == query.letter, key.place == 0])


def same_by_not(query, key):
    return not (key.place and key.letter != query.letter)


def same_in_a_set(query, key):
    return key.letter in {query.letter} or key.place < 1


def partner_by_cases(query, key):
    if key.depth != query.depth:
        return False
    if query.letter == "(":
        return key.number == query.number + 1
    return query.number == key.number + 1


def partner_by_bits(query, key):
    return query.number ^ 1 == key.number and query.depth == key.depth


def partner_by_sides(query, key):
    opening, closing = (query, key) if query.letter == "(" else (key, query)
    return (closing.number - opening.number == 1 and opening.letter == "("
            and opening.depth == closing.depth)


def length_by_loop(head):
    def wants(query, key):
        return True

    def value(key):
        return 1.0 if key.place == 0 else 0.0

    return [round(1 / share) for share in head(wants, value)]


def length_by_the_last(head):
    """Who wants only later places and finds none is the last."""
    later = head(lambda query, key: key.place > query.place, lambda key: 1)
    return head(lambda query, key: later[key.place] == 0, lambda key: key.place + 1)


def length_minus(head):
    return head(lambda q, k: True, lambda k: k.place == 0) ** -1


def backwards_with_a_function(head):
    T = length_by_loop(head)

    def wants(query, key):
        return query.place + key.place + 1 == T[0]

    return head(wants, letter)


def backwards_by_what_is_left(head):
    later = length_by_the_last(head) - 1 - head(lambda q, k: q.place == k.place, lambda k: k.place)
    return head(lambda query, key: later[key.place] == query.place, letter)


def backwards_rounded(head):
    T = np.rint(1 / head(lambda query, key: True, lambda key: float(key.place == 0))).astype(int)
    return "".join(head(lambda q, k: k.place == T[k.place] - q.place - 1, letter))


def followed_by_the_next(head):
    """The first head reads the next letter; the second reads it at the twin."""
    after = head(lambda query, key: key.place == query.place + 1, letter)
    return head(lambda query, key: key.letter == query.letter and key.place < query.place,
                lambda key: after[key.place])


def followed_by_places(head):
    twin = head(lambda q, k: k.letter == q.letter and k.place < q.place, lambda k: k.place)
    known = head(lambda q, k: k.letter == q.letter and k.place < q.place, lambda k: 1)
    return head(lambda q, k: bool(known[q.place]) and k.place == twin[q.place] + 1, letter)


def followed_in_loops(head):
    before = head(lambda q, k: k.place == q.place - 1, letter)

    def wants(query, key):
        if key.place > query.place:
            return False
        return before[key.place] == query.letter

    return head(wants, letter)


@pytest.mark.parametrize("id, answers", [
    ("5.4", (before_with_if, before_in_a_list, before_in_numpy)),
    ("5.11", (same_by_any, same_by_not, same_in_a_set)),
    ("5.12", (partner_by_cases, partner_by_bits, partner_by_sides)),
    ("5.13", (length_by_loop, length_by_the_last, length_minus)),
    ("5.14", (backwards_with_a_function, backwards_by_what_is_left, backwards_rounded)),
    ("5.15", (followed_by_the_next, followed_by_places, followed_in_loops))])
def test_right_answers_of_every_style_pass(id, answers):
    for answer in answers:
        assert verdict(id, answer).status == "passed", verdict(id, answer).message


@pytest.mark.parametrize("id, answer, words", [
    ("5.4", lambda query, key: print(), "must be True or False"),
    ("5.4", lambda query, key: key.position == 0, "no 'position'; it knows letter"),
    ("5.4", lambda query, key: key == query - 1, "TypeError"),
    ("5.11", lambda query, key: key.letter == query.letter or key.letter == 0, "not place 0"),
    ("5.11", lambda query, key: query.letter, "True or False"),
    ("5.11", lambda query, key: key.place == 0 or "yes", "True or False"),
    ("5.12", lambda query, key: key.place == query.place + 1, "expected"),
    ("5.12", lambda query, key: key.depth == query.depth - 1, "expected"),
    ("5.12", lambda query, key: query.number == key.number - 1, "expected"),
    ("5.13", lambda head: head(lambda query, key: True, letter), "no mean"),
    ("5.13", lambda head: head(True, 1), "TypeError"),
    ("5.13", lambda head: 6, "shape"),
    ("5.14", lambda head: head(lambda query, key: True, letter), "no mean"),
    ("5.14", lambda head: head[::-1], "TypeError"),
    ("5.14", lambda head: print(), "expected a text of 5 letters"),
    ("5.15", lambda head: head(lambda q, k: q.letter == k.letter, letter), "expected '···bc'"),
    ("5.15", lambda head: head(lambda q, k: k.place > q.place, letter), "no mean"),
    ("5.15", lambda head: "···bc", "expected")])
def test_wrong_answers_of_every_style_are_told_what_is_wrong(id, answer, words):
    told = verdict(id, answer)
    assert told.status == "failed"
    assert words in told.message, told.message


# A failed answer is drawn

def drawn(id: str, answer: object) -> tuple | None:
    """Return the picture of a failed answer."""
    return engine.picture_of(RECORDS[id], answer, verdict(id, answer))


@pytest.mark.parametrize("id, answer, words", [
    ("5.4", lambda query, key: key.place == query.place - 1,
     'In "banana" the b at place 0 should want the b at 0. Yours wants nothing. 1 of 6 rows '
     "differs."),
    ("5.11", lambda query, key: query.place == 0,
     'In "^banana" the ^ at place 0 should want the ^ at 0. Yours wants every key. 7 of 7 rows '
     "differ."),
    ("5.12", lambda query, key: key.depth == query.depth,
     'In "(()())()" the ( at place 0 should want the ) at 5. Yours wants the keys at 0, 5, 6 and '
     "7. 8 of 8 rows differ."),
    ("5.14", lambda head: head(lambda query, key: key.place == 0, letter),
     'In "stone" the s at place 0 should want the e at 4. Yours wants the s at 0. 4 of 5 rows '
     "differ."),
    ("5.15", lambda head: head(lambda query, key: key.place > query.place, letter),
     'In "abcab" the a at place 0 should want nothing. Yours wants the keys at 1, 2, 3 and 4. '
     "5 of 5 rows differ.")])
def test_the_sentence_of_a_picture_names_the_first_query_that_wants_something_else(
        id, answer, words):
    figure, sentence = drawn(id, answer)
    assert sentence == words
    assert len(figure.axes) == 2
    assert figure.get_size_inches()[1] * figure.dpi < 300


def test_a_right_answer_and_one_that_looks_at_the_right_keys_have_no_picture():
    for id, right in RIGHT.items():
        assert drawn(id, right) is None
    assert drawn("5.13", lambda head: head(lambda query, key: True, lambda key: 1)) is None


@pytest.mark.parametrize("answer", [lambda head: print(), lambda head: head(None, None),
                                    lambda head: 1 / 0, lambda: 3, None])
def test_an_answer_that_used_no_head_or_broke_before_has_no_picture(answer):
    assert drawn("5.13", answer) is None


def test_every_mistake_of_a_wish_has_its_picture():
    for id in ("5.4", "5.11", "5.12"):
        for mistake in RECORDS[id].mistakes:
            yes_or_no = isinstance(mistake.answer(*RECORDS[id].examples[-1]), (bool, np.bool_))
            assert (drawn(id, mistake.answer) is not None) == yes_or_no, mistake.sentence
