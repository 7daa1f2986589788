"""The map of words and the board of analogies: numbers known by hand, then controls that move."""

from __future__ import annotations

import base64
import io
import json
import math

import numpy as np
import pytest
from cards import artists, drawn_whole, moved
from hostile_tokens import HOSTILE
from matplotlib.image import imread
from overlaps import crowded

from helpers import plots
from helpers import word_vectors as wv
from helpers.attention_view.labels import visible
from helpers.explorers import word_vectors as explorers
from helpers.explorers.word_vectors.map import ordinal
from helpers.explorers.word_vectors.map_widget import STEPS, packed
from helpers.explorers.word_vectors.spelling import known

ANGLES = {"row": 0, "column": 10, "cells": 30, "left": 90, "right": 100}
LINE = np.array([[0, 0], [9, 0], [1, 0], [2, 0], [3, 0]])
CORNERS = wv.WordVectors(["one", "two", "three", "four", "five"], np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 1, 1], [-1, -1, 1.0]]))


def circle() -> wv.WordVectors:
    """Five words whose vectors point in known directions."""
    angles = np.deg2rad(list(ANGLES.values()))
    return wv.WordVectors(list(ANGLES), np.column_stack([np.cos(angles), np.sin(angles)]))


def many(count: int = 400, d: int = 8) -> tuple[wv.WordVectors, np.ndarray]:
    """Words with random vectors, and a plane of their first two numbers."""
    rows = np.random.default_rng(0).normal(size=(count, d))
    return wv.WordVectors([f"word{i}" for i in range(count)], rows), rows[:, :2]


def numbers_of(word: str = "row", **more) -> dict:
    """The map of the circle, two neighbours, the nearest one near."""
    return explorers.neighbour_numbers(circle(), word, LINE, **{"number": 2, "near": 1, **more})


# ---- the words


@pytest.mark.parametrize("typed", ["row", " row ", "Row", "ROW"])
def test_blanks_and_capitals_do_not_matter(typed):
    assert known(circle(), typed) == "row"


def test_an_unknown_word_is_said_with_words_that_are_written_like_it():
    with pytest.raises(ValueError, match="“colum” has no vector.*Written like it: “column”"):
        known(circle(), "colum")
    with pytest.raises(ValueError, match="No word is written like it"):
        known(circle(), "xyz")
    with pytest.raises(ValueError, match="type one"):
        known(circle(), "  ")


def test_a_word_of_unseen_letters_is_found_by_what_is_shown_of_it():
    vectors = wv.WordVectors(HOSTILE, np.eye(len(HOSTILE)))
    for word in HOSTILE:
        assert visible(known(vectors, visible(word))) == visible(word)


@pytest.mark.parametrize("number, said", [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"),
                                          (112, "112th"), (1203, "1,203rd")])
def test_places_in_a_row_are_said_as_one_says_them(number, said):
    assert ordinal(number) == said


# ---- the map


def test_the_neighbours_in_space_and_their_places_on_the_map_are_those_of_paper():
    numbers = numbers_of()
    assert numbers["words"] == ("column", "cells")
    assert np.allclose(numbers["cosines"], np.cos(np.deg2rad([10, 30])))
    assert numbers["ranks"].tolist() == [4, 1]          # the plane puts all others before column
    assert numbers["kept"].tolist() == [False, True]
    assert numbers_of(near=3)["kept"].tolist() == [False, True]
    assert numbers_of("cells")["words"] == ("column", "row")
    assert numbers_of("cells")["ranks"].tolist() == [4, 1]


def test_a_plane_that_is_the_space_keeps_every_neighbour():
    vectors, _ = many(d=2)
    numbers = explorers.neighbour_numbers(vectors, "word7", vectors.unit)
    assert numbers["kept"].all() and numbers["ranks"].tolist() == [1, 2, 3, 4, 5]


def test_the_sentence_names_the_neighbours_and_the_one_that_is_torn_farthest():
    vectors, plane = many()
    shown = explorers.neighbour_map(vectors, "word3", plane=plane)
    numbers = explorers.neighbour_numbers(vectors, "word3", plane)
    first = f"“{numbers['words'][0]}” ({numbers['cosines'][0]:.2f})"
    assert shown.caption.startswith(f"Nearest to “word3”: {first}, ")
    last = numbers["words"][int(numbers["ranks"].argmax())]
    assert shown.caption.endswith(f"; “{last}” is only its {ordinal(numbers['ranks'].max())}.")


@pytest.mark.parametrize("kept, said", [
    ([True] * 5, "All 5 are among its 20 nearest on the map."),
    ([True] + [False] * 4,
     "1 of these 5 is among its 20 nearest on the map; “e” is only its 90th."),
    ([False] * 5, "None of these 5 is among its 20 nearest on the map; “e” is only its 90th."),
])
def test_the_sentence_counts_in_words(kept, said):
    ranks = np.array([1, 2, 3, 4, 5]) if all(kept) else np.array([19, 50, 60, 70, 90])
    figure = plots.blank()
    sentence = explorers.draw_neighbours(figure, {
        "word": "x", "place": 23, "words": tuple("abcde"), "cosines": np.linspace(0.9, -0.1, 5),
        "places": np.arange(5), "ranks": ranks, "kept": np.array(kept), "near": 20,
        "plane": np.random.default_rng(0).normal(size=(24, 2))}, [*"abcdefghijklmnopqrstuvwx"],
        np.arange(24))
    assert sentence.endswith(said) and "“e” (−0.10)" in sentence


def test_what_does_not_fit_is_an_error_in_words():
    vectors, plane = many()
    with pytest.raises(ValueError, match=r"plane \(400, 3\) for 400 words"):
        explorers.neighbour_map(vectors, "word1", plane=np.zeros((400, 3)))
    with pytest.raises(ValueError, match="3 counts for 400 words"):
        explorers.neighbour_map(vectors, "word1", plane=plane, counts=[1, 2, 3])
    with pytest.raises(ValueError, match="5 words: the 20 nearest on the map would be all"):
        explorers.neighbour_map(circle(), "row", plane=LINE)
    with pytest.raises(ValueError, match="“nothing” has no vector"):
        explorers.neighbour_map(vectors, "nothing", plane=plane)
    with pytest.raises(ValueError, match="“b” has a vector of zeros"):
        explorers.neighbour_numbers(wv.WordVectors("abc", np.diag([1.0, 0, 1])), "b",
                                    np.eye(3)[:, :2], number=1, near=1)


def test_another_word_is_followed_and_an_unknown_one_is_said_and_changes_nothing():
    vectors, plane = many()
    shown = explorers.neighbour_map(vectors, "word3", plane=plane)
    shown.controls["word"].value = " Word8 "
    assert shown.error == "" and shown.found["place"] == 8
    assert shown.caption.startswith("Nearest to “word8”")
    before = shown.caption, shown.found
    shown.controls["word"].value = "wort8"
    assert "“wort8” has no vector" in shown.error and "“word8”" in shown.error
    assert (shown.caption, shown.found) == before and shown.culprit == "word"


def test_the_page_gets_the_places_and_who_is_named_first():
    vectors, plane = many()
    counts = np.arange(400)
    shown = explorers.neighbour_map(vectors, "word3", plane=plane, counts=counts)
    order = np.frombuffer(shown.order, "<u4")
    assert order[0] == 399 and sorted(order) == list(range(400))
    steps = np.frombuffer(shown.points, "<u2").reshape(400, 2) / STEPS
    span = np.ptp(plane, axis=0).max()
    assert np.allclose(steps[:, 0] * span, plane[:, 0] - plane[:, 0].min(), atol=1e-4 * span)
    assert np.allclose(steps[:, 1] * span, plane[:, 1].max() - plane[:, 1], atol=1e-4 * span)
    assert shown.names[7] == "word7" and max(shown.spread) == 1


def test_a_plane_of_one_place_is_packed_too():
    points, spread = packed(np.ones((3, 2)))
    assert set(points) == {0} and spread == [0, 0]


def test_the_whole_map_of_a_real_vocabulary_is_less_than_400_kilobytes():
    vectors, plane = many(5300, 100)
    state = explorers.neighbour_map(vectors, "word3", plane=plane).get_state()
    size = sum(len(value) if isinstance(value, bytes) else len(json.dumps(value, default=str))
               for value in state.values())
    assert size < 400_000


def test_the_still_picture_is_that_of_the_chosen_word_and_stands_beside_the_card():
    vectors, plane = many()
    shown = explorers.neighbour_map(vectors, "word3", plane=plane)
    first = shown._repr_mimebundle_()[0]
    assert first["text/plain"] == f"[word: word3] {shown.caption}"
    shown.controls["word"].value = "word8"
    second = shown._repr_mimebundle_()[0]
    images = [imread(io.BytesIO(base64.b64decode(bundle["image/png"])))
              for bundle in (first, second)]
    assert images[0].shape == (610, 1650, 4) and (images[0] != images[1]).any()
    assert shown.image == b""                   # the page draws the map itself


def test_three_words_later_the_same_artists_show_lines_names_and_bars():
    vectors, plane = many()
    shown, made = explorers.neighbour_map(vectors, "word3", plane=plane), set()
    for word in ("word3", "word8", "word9", "word1"):
        shown.controls["word"].value = word
        numbers = shown.numbers
        shown.draw(shown.figure, numbers)
        made = made or artists(shown)
        assert artists(shown) == made
        left, right = shown.figure.axes
        for line, place, kept in zip(left.lines[1:6], numbers["places"], numbers["kept"],
                                     strict=True):
            assert np.allclose(line.get_xydata(), plane[[numbers["place"], place]])
            assert (line.get_linestyle() == "-") == kept
        widths = [bar.get_width() for bar in right.containers[0]]
        assert np.allclose(widths, numbers["cosines"])
        assert [text.get_text() for text in left.texts[:6]] == [*numbers["words"], word]
        texts = [text for text in left.texts if text.get_visible() and text.get_text()]
        assert crowded(shown.figure, texts, apart=5) == []
        assert right.get_title() == "Nearest in space"         # not cut


# ---- the board of analogies


def test_the_board_of_three_corners_is_that_of_paper():
    numbers = explorers.analogy_numbers(CORNERS, "one", "two", "three")
    corners = numbers["corners"] * numbers["unit"]
    side, up = math.sqrt(2), math.sqrt(1.5)             # of b - a; of c over the line through a, b
    assert np.allclose(corners, [(-1.5 * side, -up), (-0.5 * side, -up), (-side, 0)])
    assert numbers["answer"] == ("four", pytest.approx(1))
    assert numbers["words"][0] == "four" and numbers["shares"].tolist() == [1, 1]
    assert np.allclose(numbers["cosines"][:3], [1, 1 / math.sqrt(3), 1 / math.sqrt(3)])
    short = 1 / math.sqrt(3) - 1                        # the answer is as long as 1, the target not
    assert np.allclose(numbers["answer_at"] * numbers["unit"], [short * side, short / up])


def test_the_board_finds_what_the_vectors_find():
    vectors, _ = many()
    for leave_out in (True, False):
        numbers = explorers.analogy_numbers(vectors, "word1", "word2", "word3",
                                            leave_out=leave_out)
        word, cosine = vectors.analogy("word1", "word2", "word3", 1, leave_out=leave_out)[0]
        assert numbers["answer"] == (word, pytest.approx(cosine))


def test_the_target_moved_back_to_c_is_c():
    x, y = explorers.analogy_numbers(CORNERS, "one", "two", "three")["corners"][2]
    numbers = explorers.analogy_numbers(CORNERS, "one", "two", "three", x=x, y=y, leave_out=False)
    assert numbers["answer"] == ("three", pytest.approx(1))
    assert np.allclose(numbers["shares"], [0, 1])
    x, y = explorers.analogy_numbers(CORNERS, "one", "two", "three")["corners"][1]
    numbers = explorers.analogy_numbers(CORNERS, "one", "two", "three", x=x, y=y, leave_out=False)
    assert numbers["answer"] == ("two", pytest.approx(1))
    assert np.allclose(numbers["shares"], [1, 0])


def test_the_words_of_a_question_stay_on_the_board():
    vectors, _ = many()
    for a, b, c in np.random.default_rng(1).permutation(399).reshape(-1, 3)[:60]:
        numbers = explorers.analogy_numbers(vectors, *(f"word{i}" for i in (a, b, c)))
        low, high = numbers["corners"].min(axis=0), numbers["corners"].max(axis=0)
        assert (low >= (-1.3001, -0.7001)).all() and (high <= (0.6001, 0.2001)).all()


def test_the_board_says_the_answer_what_was_left_out_and_where_the_target_went():
    rows = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1.6], [0, 1, 0]])
    vectors = wv.WordVectors(["row", "rows", "column", "columns", "the"], rows)
    shown = explorers.analogy_board(vectors, "row", "rows", "column")
    first = explorers.analogy_numbers(vectors, "row", "rows", "column")["answer"][1]
    assert shown.caption == (f"“row” is to “rows” as “column” is to: “columns” ({first:.2f}). "
                             "No word of the question is nearer.")
    assert moved(shown, x=0.2)
    assert shown.caption.startswith("Target moved to “row” + 1.") and "“columns” (" in shown.caption
    assert moved(shown, x=-0.9, y=-0.6)
    assert "a word of the question, left out." in shown.caption
    assert moved(shown, leave_out=False)
    assert shown.caption.endswith("a word of the question.")


def test_a_new_question_puts_the_target_back():
    vectors, _ = many()
    shown = explorers.analogy_board(vectors, "word1", "word2", "word3")
    assert moved(shown, x=0.3) and "Target moved" in shown.caption
    shown.controls["c"].value = "word9"
    assert shown.controls["x"].value == 0
    assert shown.caption.startswith("“word1” is to “word2” as “word9” is to: ")


def test_a_question_that_cannot_be_asked_is_said_below_its_field():
    vectors, _ = many()
    shown = explorers.analogy_board(vectors, "word1", "word2", "word3")
    assert moved(shown, x=0.3)
    for name, typed, words in (("c", "word", "“word” has no vector"),
                               ("c", "word1", "lie on one line and span no plane"),
                               ("c", "word2", "lie on one line")):
        shown.controls[name].value = typed
        assert words in shown.error and shown.culprit == name
    shown.controls["c"].value = "word4"
    assert shown.error == ""
    with pytest.raises(ValueError, match="“nobody” has no vector"):
        explorers.analogy_board(vectors, "nobody", "word2", "word3")


def test_a_drag_moves_kept_artists_and_draws_nothing_else():
    vectors, _ = many()
    shown = explorers.analogy_board(vectors, "word1", "word2", "word3")
    before, whole = artists(shown), drawn_whole(shown)
    for x, y in ((0.3, 0.1), (-0.6, -0.4), (-1.2, -0.7)):
        shown.controls["x"].value = x
        shown.controls["y"].value = y
        target = shown.figure.axes[0].lines[-1].get_xydata()[0]
        assert np.allclose(target, (x, y)) and f"{x:.2f}" not in shown.error
    assert artists(shown) == before and whole == []
    assert shown.grip["names"] == ["x", "y"]
    sliders = [next(one for one in shown.spec if one["name"] == name) for name in "xy"]
    for slider, limits in zip(sliders, (shown.grip["across"], shown.grip["up"]), strict=True):
        assert limits[0] <= slider["min"] < slider["max"] <= limits[1]


def test_no_word_on_the_board_covers_another():
    vectors, _ = many()
    shown = explorers.analogy_board(vectors, "word1", "word2", "word3")
    for question in (("word1", "word2", "word3"), ("word9", "word8", "word7")):
        for name, word in zip("abc", question, strict=True):
            shown.controls[name].value = word
        corner = explorers.analogy_numbers(vectors, *question)["corners"][0]
        for x, y in ((0, 0), (-0.5, -0.3), (0.8, 0.35), (-1.5, -0.85), corner + (0, 0.05)):
            shown.controls["x"].value, shown.controls["y"].value = x, y
            texts = [text for axes in shown.figure.axes for text in (*axes.texts, axes.title)
                     if text.get_visible() and text.get_text()]
            assert crowded(shown.figure, texts, apart=4) == []


def test_hostile_words_are_drawn_and_said():
    vectors = wv.WordVectors(HOSTILE, np.random.default_rng(0).normal(size=(len(HOSTILE), 6)))
    shown = explorers.neighbour_map(vectors, HOSTILE[7], plane=vectors.rows[:, :2])
    board = explorers.analogy_board(vectors, *HOSTILE[6:9])
    for word in HOSTILE:
        shown.controls["word"].value = visible(word)
        board.controls["a"].value = visible(word)
        shown.draw(shown.figure, shown.numbers)
        assert shown.error == "" and shown.numbers["word"] in HOSTILE
        assert board.error == "" or "lie on one line" in board.error
    assert "image/png" in shown._repr_mimebundle_()[0]
