"""The engine of the exercises: what passes, what is said, what is stopped, what is printed."""

import functools
import io
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from helpers import progress
from helpers.exercises import _errors, _judging, _limit, _shapes, engine
from helpers.exercises._comparing import unchanged
from helpers.exercises.engine import Door, Exercise, Feedback, Mistake


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A learner's folder of its own."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))


@pytest.fixture
def short(monkeypatch):
    """A limit short enough for tests; it is CPU time, so that a busy machine changes nothing."""
    monkeypatch.setattr(_limit, "SECONDS", 0.2)


def halve(number):
    """Half of the number."""
    return number / 2


def negative_lost(number):
    return abs(number) / 2


def printing(number):
    print(number / 2)


MISTAKES = (
    Mistake(lambda number: number // 2, "// throws the rest away."),
    Mistake(negative_lost, "The sign is lost."),
    Mistake(printing, "Nothing comes back: return it."),
    Mistake(lambda number: str(number / 2), "That is a text."),
)


def exercise(**changes):
    fields = {
        "minutes": 5, "starred": True, "hints": ("half is less", "divide by 2"),
        "solution": halve, "examples": ((3,), (-4,)), "compare": engine.expect_number,
        "cases": lambda rng: (int(rng.integers(-99, 99)),), "mistakes": MISTAKES,
        "reread": "Halves", "moral": "Half of a half is a quarter.",
    }  # fmt: skip
    return Exercise("1.4", "Half of it", **(fields | changes))


def judged(answer, **changes):
    return engine.judge(exercise(**changes), answer)


def judged_by(check, answer):
    return _judging.judge(lambda answer, made: check(answer), answer)


# --- the record ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minutes": 0}, "minutes is 0"),
        ({"hints": ("one",)}, "hints"),
        ({"hints": "a text"}, "hints"),
        ({"hints": ("one", "")}, "hints"),
        ({"examples": ()}, "examples"),
        ({"examples": (3, 4)}, "examples"),
        ({"cases": None}, "cases"),
        ({"right": (halve,)}, "right holds one"),
        ({"mistakes": MISTAKES[:3]}, "mistakes"),
        ({"mistakes": (1, 2, 3, 4)}, "mistakes"),
        ({"reread": ""}, "must not be empty"),
    ],
)
def test_an_incomplete_exercise_is_refused_with_its_field_named(changes, words):
    with pytest.raises(ValueError, match=f"exercise '1.4': .*{words}"):
        exercise(**changes)


def test_a_mistake_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match="a mistake needs the sentence"):
        Mistake(halve, "")


def test_an_exercise_and_a_door_cannot_be_changed():
    for thing, name in [(exercise(), "title"), (Door((exercise(),)), "exercises")]:
        with pytest.raises(AttributeError):
            setattr(thing, name, "other")


def test_a_door_refuses_two_exercises_of_one_id():
    with pytest.raises(ValueError, match=r"ids must differ, but \['1.4'\]"):
        Door((exercise(), exercise()))


# --- comparing -----------------------------------------------------------------------------------


def feedback(compare, *arguments, **options):
    with pytest.raises(Feedback) as caught:
        compare(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "got",
    [0.25, np.float32(0.25), np.array(0.25), torch.tensor(0.25).requires_grad_(), Fraction(1, 4)],
)
def test_every_kind_of_number_is_a_number(got):
    engine.expect_number(got, 0.25, "p(2)")


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (0.5, "p(2) returned 0.5, expected 0.25"),
        (np.float64(0.5), "p(2) returned 0.5, expected 0.25"),
        (float("nan"), "p(2) returned nan (not a number), expected 0.25"),
        (float("inf"), "p(2) returned inf, expected 0.25"),
        (None, "p(2) returned None (is a `return` missing?), expected the number 0.25"),
        ("0.25", "p(2) returned the text '0.25', expected the number 0.25"),
        (True, "p(2) returned True (of type bool), expected the number 0.25"),
        (np.True_, "p(2) returned True (of type"),
        (np.array([0.25]), "of type ndarray, shape (1,)"),
        ([0.25], "p(2) returned [0.25] (of type list), expected the number 0.25"),
        (10**400, "(of type int), expected the number 0.25"),
        (0.25j, "(of type complex)"),
        (..., "Ellipsis (of type ellipsis)"),
    ],
)
def test_what_is_not_the_number_is_named(got, words):
    assert words in feedback(engine.expect_number, got, 0.25, "p(2)")


def test_infinity_and_not_a_number_can_be_expected():
    engine.expect_number(-np.inf, -np.inf, "x")
    engine.expect_number(np.nan, np.nan, "x")
    assert "the mean is 3, expected inf" in feedback(engine.expect_number, 3, np.inf, "the mean")


@pytest.mark.parametrize("value", [3, "a", [1, [2]], {"a": 1}, None, np.arange(3), {1}, True])
def test_equal_values_are_equal(value):
    engine.expect_equal(engine.fresh(value), value, "f()")


@pytest.mark.parametrize(
    ("got", "wanted", "words"),
    [
        (["a", "b"], ["a", "c"], "f() returned ['a', 'b'], expected ['a', 'c']: at [1] it holds"),
        (["a"], ["a", "c"], "its length is 1, not 2"),
        (list(range(99)), [*range(98), 0], "at [98] it holds 98, not 0"),
        (("a",), ["a"], "(of type tuple), expected ['a']"),
        (True, 1, "f() returned True (of type bool), expected 1"),
        (1, True, "f() returned 1 (of type int), expected True"),
        ({"a": 1}, {"a": 2}, "at 'a' it holds 1, not 2"),
        ({"b": 1}, {"a": 1}, "missing {'a'}, too much {'b'}"),
        ({1, 2}, {1}, "too much {2}"),
        ("cat", "cut", "at [1] it holds 'a', not 'u'"),
        (np.arange(2), [0, 1], "ndarray, shape (2,)"),
        (np.ones(2), 1, "ndarray, shape (2,)"),
        (np.array([1, 2]), np.array([1, 3]), "f() returned array([1, 2]), expected array([1, 3])"),
        (None, [], "None (is a `return` missing?), expected []"),
    ],
)
def test_the_first_difference_is_named(got, wanted, words):
    assert words in feedback(engine.expect_equal, got, wanted, "f()")


@pytest.mark.parametrize("got", [[0.5, 1], (0.5, 1), np.array([0.5, 1]), torch.tensor([0.5, 1.0])])
def test_lists_arrays_and_tensors_of_the_same_numbers_are_close(got):
    engine.expect_close(got, [0.5, 1], "f()")


@pytest.mark.parametrize(
    ("got", "words"),
    [
        ([[1, 2], [3, 5]], "f() returned 5 at [1, 1], expected 4 (1 of 4 places differ)"),
        ([1, 2, 3, 4], "f() returned an array of shape (4,), expected (2, 2)"),
        ([[1, 2], [3, np.nan]], "nan at [1, 1], expected 4"),
        ([[1], [3, 4]], "(of type list), expected numbers of shape (2, 2)"),
        (["a", "b"], "expected numbers of shape (2, 2)"),
        ([None, 1], "expected numbers of shape (2, 2)"),
        (None, "None (is a `return` missing?)"),
        ((x for x in "ab"), "(of type generator)"),
        (np.ones((2, 2), dtype=bool), "expected numbers of shape (2, 2)"),
    ],
)
def test_shape_and_place_of_a_difference_are_named(got, words):
    assert words in feedback(engine.expect_close, got, [[1, 2], [3, 4]], "f()")


def test_a_mask_must_hold_bools():
    engine.expect_close([True, False], np.array([True, False]), "mask()")
    words = feedback(engine.expect_close, [1, 0], np.array([True, False]), "mask()")
    assert "expected True or False of shape (2,)" in words
    mask = np.array([True, False])
    ones = judged(lambda x: mask.astype(int), solution=lambda x: mask, compare=engine.expect_close)
    assert "expected True or False of shape (2,)" in ones.message


# --- untouched stubs -----------------------------------------------------------------------------


def dots(x): ...


def documented(x: int) -> int:
    """Only words."""
    ...


def passing(x):
    pass


class EmptyClass:
    """A class to be filled."""

    def __init__(self, size): ...

    def forward(self, x): ...


STUBS = [dots, documented, passing, lambda x: ..., EmptyClass, EmptyClass(3).forward, ...,
         {"a": 1, "b": ...}, [1, [2, ...]], (dots, halve)]  # fmt: skip


@pytest.mark.parametrize("stub", STUBS)
def test_a_stub_is_not_attempted(stub):
    assert judged(stub).status == "not attempted"


def constant(x):
    return 0


def empty_text(x):
    return ""


def raising(x):
    raise NotImplementedError


def generating(x):
    yield


def changing(x):
    x += 1


class HalfClass:
    def __init__(self, size): ...

    def forward(self, x):
        return x


@pytest.mark.parametrize(
    "answer",
    [constant, empty_text, raising, generating, changing, HalfClass, None, 0, {}, [], "...", len],
)
def test_a_wrong_answer_is_no_stub(answer):
    assert judged(answer).status == "failed"


# --- judging -------------------------------------------------------------------------------------


def test_the_reference_passes_and_every_mistake_gets_its_own_sentence():
    assert judged(halve).status == "passed"
    for mistake in MISTAKES:
        verdict = judged(mistake.answer)
        assert verdict.status == "failed"
        assert verdict.message.startswith(mistake.sentence + "\nhalve(")


def divides(number):
    return number / 0


def helps(number):
    return divides(number)


def recurses(number):
    return recurses(number)


def exits(number):
    sys.exit("bye")


def broken_words(number):
    class Odd(Exception):
        def __str__(self):
            raise ValueError("no words")

    raise Odd


@pytest.mark.parametrize(
    ("answer", "start", "line"),
    [
        (divides, "halve(3) stopped with ZeroDivisionError: division by zero\nin line ",
         ": `return number / 0`"),
        (helps, "halve(3) stopped with ZeroDivisionError", "`return number / 0`"),
        (recurses, "halve(3) stopped with RecursionError: maximum recursion", "recurses"),
        (exits, "halve(3) stopped with SystemExit: bye", '`sys.exit("bye")`'),
        (broken_words, "halve(3) stopped with Odd\nin line ", "`raise Odd`"),
        (lambda a, b: 0, "halve(3) stopped with TypeError",
         "Does your function still take what it was given? (number)"),
        (5, "hand over the function itself, by its name and without ().", ""),
    ],
)  # fmt: skip
def test_an_exception_becomes_a_sentence_with_the_learners_line(answer, start, line):
    verdict = judged(answer)
    assert verdict.status == "failed"
    assert verdict.message.startswith(start)
    assert line in verdict.message


def test_a_library_that_stops_over_shapes_is_translated_with_the_learners_line_and_names():
    def multiplies(number):
        h, W = 0, np.ones((2, 3))
        return W @ h

    assert judged(multiplies).message.split("\n")[0].endswith(
        "the right side of `@` is one number, it must be an array. `@` is for arrays, `*` for a "
        "number.")
    assert judged(multiplies).message.endswith(
        "`return W @ h`, where W has the shape (2, 3), h is one number")


ONES, T = np.ones, torch.ones


@pytest.mark.parametrize(("work", "words"), [
    (lambda: 2 @ ONES(3), "the left side of `@` is one number"),
    (lambda: ONES((2, 3)) @ ONES(2), "on the left 3 numbers, on the right 2"),
    (lambda: T(2, 3) @ T(2, 2), "on the left 3 numbers, on the right 2"),
    (lambda: T(2, 3) @ T(2), "on the left 3 numbers, on the right 2"),
    (lambda: T(3) @ T(2), "on the left 3 numbers, on the right 2"),
    (lambda: np.dot(ONES((2, 3)), ONES((2, 3))), "np.dot of the shapes (2,3) and (2,3)"),
    (lambda: ONES((2, 3)) + ONES(2), "shapes (2,3) and (2,) do not fit"),
    (lambda: T(2, 3) + T(2), "sizes 3 and 2 do not fit"),
    (lambda: ONES((2, 3)).__setitem__(0, ONES(2)), "shape (2,) does not fit into a place"),
    (lambda: np.array([[1, 2], [3]]), "rows of an array have different lengths"),
    (lambda: np.vstack([ONES(2), ONES(3)]), "agree in every size but the one that grows"),
    (lambda: np.concatenate([ONES(2), ONES((2, 2))]), "same number of axes"),
    (lambda: np.stack([ONES(2), ONES(3)]), "arrays of one shape"),
    (lambda: ONES(3)[3], "no place 3 among 3: they are counted from 0 to 2"),
    (lambda: T(3)[3], "no place 3 among 3"),
    (lambda: ONES(3)[0, 1], "more indices in the brackets than"),
    (lambda: T(3)[0, 1], "more indices in the brackets than"),
    (lambda: ONES(6).reshape(4, 2), "6 numbers cannot fill the shape (4,2)"),
    (lambda: {}["no shape"], ""),
])
def test_what_numpy_and_torch_say_about_shapes_is_put_in_plain_words(work, words):
    with pytest.raises(Exception) as caught:  # noqa: B017, PT011
        work()
    said = _shapes.in_words(_errors.text(caught.value))
    assert words in said
    assert bool(said) == bool(words)


def test_code_without_a_known_source_gets_the_line_number_alone():
    names = {}
    exec("def f(number):\n    return missing", names)
    assert judged(names["f"]).message.endswith("name 'missing' is not defined\nin line 2")


def loops(number):
    while True:
        pass


def loops_and_catches(number):
    while True:
        try:
            loops(number)
        except Exception:
            number = 0


def loops_and_prints(number):
    while True:
        print("again and again")


def swallows_once(number):
    try:
        while True:
            pass
    except BaseException:
        while True:
            pass


@pytest.mark.parametrize("answer", [loops, loops_and_catches, loops_and_prints, swallows_once])
def test_an_endless_loop_is_stopped_and_its_thread_is_gone(short, answer):
    before = threading.active_count()
    verdict = judged(answer)
    assert verdict.status == "failed"
    assert verdict.message.startswith("halve(3) was stopped after 0.2 seconds.")
    assert "restart" not in verdict.message
    assert len(verdict.printed) <= _judging.PRINTED
    for thread in threading.enumerate()[before:]:
        thread.join(5)
    assert threading.active_count() == before


def test_what_waits_for_nothing_is_left_behind_and_said(monkeypatch):
    monkeypatch.setattr(_limit, "IDLE", 0.1)
    monkeypatch.setattr(_limit, "STRIKES", 2)
    gate = threading.Event()

    def blocks(number):
        gate.wait()

    verdict = judged(blocks)
    gate.set()
    assert verdict.message.endswith("It still runs: restart the kernel.")


def test_a_strike_at_the_very_end_of_a_check_harms_nobody(monkeypatch):
    """Limits around the time the check takes: struck or not, a verdict and no stray exception."""
    monkeypatch.setattr(_limit, "SECONDS", 0.002)
    monkeypatch.setattr(_limit, "POLL", 0.0005)
    stray = []
    monkeypatch.setattr(threading, "excepthook", stray.append)

    def busy(answer):
        for _ in range(answer):
            pass

    verdicts = [judged_by(busy, size) for size in [*range(0, 200_000, 1000), 10**8]]
    assert {verdict.status for verdict in verdicts[:-1]} <= {"passed", "failed"}
    assert "stopped after" in verdicts[-1].message
    assert stray == []
    assert not _limit._watched


@pytest.mark.parametrize("place", ["Watch.wait", "Watch.strike", "threading.Thread.start"])
def test_an_interrupt_at_any_moment_is_a_message(monkeypatch, capsys, door, place):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    gate = threading.Event()

    def loops_until_the_gate(number):
        while not gate.is_set():
            pass

    monkeypatch.setattr(f"helpers.exercises._limit.{place}", interrupt)
    monkeypatch.setattr(_limit, "SECONDS", 0.05)
    door.check("1.4", loops_until_the_gate)      # nobody strikes it here: it must end by itself
    gate.set()
    assert "check was interrupted." in capsys.readouterr().out


def test_an_interrupt_of_mine_is_none_of_the_answers_faults(monkeypatch, capsys, door):
    def interrupt(watch):
        raise KeyboardInterrupt

    monkeypatch.setattr(_limit.Watch, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        door.mine("1.4", halve)
    assert capsys.readouterr().out == ""


def slow_module(folder, name):
    """A module that takes longer to import than any limit, and notices when it is interrupted."""
    (folder / f"{name}.py").write_text(
        "import time\n"
        "begun = time.thread_time()\n"
        "while time.thread_time() < begun + 0.3: pass\n"
        "whole = True\n"
    )


@pytest.mark.parametrize("how", ["import slow_one", "importlib.import_module('slow_one')"])
def test_an_import_is_neither_counted_nor_interrupted(tmp_path, monkeypatch, how):
    monkeypatch.setattr(_limit, "SECONDS", 0.1)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "slow_one", raising=False)
    slow_module(tmp_path, "slow_one")
    names = {}
    exec(f"import importlib\ndef f(number):\n    {how}\n    return number / 2", names)
    assert judged(names["f"]).status == "passed"
    del sys.modules["slow_one"]
    exec(f"import importlib\ndef f(number):\n    {how}\n    while True: pass", names)
    assert "was stopped after" in judged(names["f"]).message
    assert sys.modules["slow_one"].whole


@pytest.mark.slow
def test_the_first_import_of_torch_inside_an_answer_leaves_torch_whole(tmp_path):
    code = """
import sys
from helpers.exercises import _limit, language_models as exercises
_limit.SECONDS = 0.2
right = exercises.EXERCISES[1].solution
def joined_perplexity(perplexities, lengths):
    import torch
    return torch.tensor(right(perplexities, lengths)).item()
assert "torch" not in sys.modules
exercises.check("1.2", joined_perplexity)
import torch
print(torch.ones(2) @ torch.ones(2), torch.nn.Linear(2, 2)(torch.ones(2)).shape)
"""
    environment = {**os.environ, "COURSE_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, text=True,
                          encoding="utf-8", capture_output=True)
    assert done.stdout.startswith("✔"), done.stdout + done.stderr
    assert done.stdout.endswith("tensor(2.) torch.Size([2])\n")


def test_the_random_numbers_of_the_notebook_stay_where_they_were():
    def seeds(number):
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        return number / 2

    def states():
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()

    torch.manual_seed(0)
    before = states()
    assert judged(seeds).status == "passed"
    assert states() == before


def test_what_an_answer_says_of_itself_runs_inside_the_limit(short, capsys, door):
    class Hostile:
        def __getattr__(self, name):
            while True:
                pass

        def __repr__(self):
            while True:
                pass

    door.check("1.4", Hostile())
    assert "was stopped after 0.2 seconds" in capsys.readouterr().out
    assert judged(lambda number: Hostile()).status == "failed"


def test_judging_works_from_another_thread(short):
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.extend(map(judged, [halve, loops])))
    thread.start()
    thread.join()
    assert [verdict.status for verdict in verdicts] == ["passed", "failed"]


def test_prints_of_the_learner_do_not_reach_the_screen(capsys):
    def chatty(number):
        print("seen", number)
        print("careful", file=sys.stderr)
        sys.stdout.close()
        return number

    verdict = judged(chatty)
    assert verdict.printed.startswith("seen 3\n")
    assert capsys.readouterr() == ("", "")


def test_numpys_error_settings_hold_inside_the_check():
    def logarithm(answer):
        engine.expect_number(np.log(np.array([0.0]))[0], -np.inf, "log(0)")

    with np.errstate(divide="raise"):
        assert "FloatingPointError" in judged_by(logarithm, 0).message


def test_fresh_protects_what_the_check_holds():
    given = [[1, 2]]
    engine.fresh(given)[0].clear()
    assert given == [[1, 2]]


# --- examining: which mistake it is --------------------------------------------------------------


def power(base, exponent):
    """Reference of a second exercise: three examples, several mistakes, an exception."""
    if base == 0 and exponent < 0:
        raise ValueError("0 has no inverse")
    return base ** exponent


POWER = {
    "solution": power, "examples": ((2, 3), (2, -1), (3, 2), (0, -1)),
    "cases": lambda rng: (int(rng.integers(1, 9)), int(rng.integers(-3, 9))),
    "mistakes": (
        Mistake(lambda base, exponent: base * exponent, "That is the product."),
        Mistake(lambda base, exponent: exponent ** base, "The other way round."),
        Mistake(lambda base, exponent: base ** abs(exponent), "The sign of the exponent is lost."),
        Mistake(lambda base, exponent: 8, "It is not always 8."),
        Mistake(lambda base, exponent: base ** exponent, "0 ** -1 does not exist: ValueError."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", POWER["mistakes"], ids=lambda mistake: mistake.sentence)
def test_a_mistake_is_told_from_those_that_look_like_it_at_first(mistake):
    assert judged(mistake.answer, **POWER).message.startswith(mistake.sentence)


def test_a_mistake_is_named_in_an_answer_with_a_second_fault():
    def product_and_worse(base, exponent):
        return base * exponent if base else "no"

    message = judged(product_and_worse, **POWER).message
    assert message.startswith("That is the product.\npower(2, 3) returned 6, expected 8")


def test_a_mistake_that_another_call_speaks_against_is_not_named():
    def six_at_first(base, exponent):
        return 6 if exponent == 3 else power(base, exponent)

    assert judged(six_at_first, **POWER).message == "power(2, 3) returned 6, expected 8"


def raises(error):
    def answer(base, exponent):
        if base == 0:
            raise error
        return base ** exponent

    return answer


@pytest.mark.parametrize(("answer", "words"), [
    (raises(ValueError("none")), ""),
    (raises(UnicodeError("a kind of ValueError")), ""),
    (raises(ValueError), "power(0, -1) raised ValueError without a word."),
    (raises(KeyError("a")), "power(0, -1) stopped with KeyError: 'a'. Say in words why: raise "
                            'ValueError("0 has no inverse")'),
    (lambda base, exponent: base ** exponent if base else 0,
     'power(0, -1) returned 0. There is no answer to that: raise ValueError("0 has no inverse")'),
])
def test_what_must_be_refused_must_be_refused_with_words(answer, words):
    verdict = judged(answer, **POWER)
    assert verdict.message.startswith(words)
    assert verdict.status == ("failed" if words else "passed")


def test_an_argument_that_is_changed_is_named():
    def total(numbers):
        return sum(numbers)

    def sorting(numbers):
        numbers.sort()
        return sum(numbers)

    shop = {"solution": total, "examples": (([1, 2],), ([2, 1],)),
            "cases": lambda rng: (rng.integers(9, size=3).tolist(),)}
    assert judged(total, **shop).status == "passed"
    assert judged(sorting, **shop).message.startswith("total([2, 1]) changed `numbers`.")
    own = Mistake(sorting, "Use sorted(): .sort() changes what you were given.")
    assert judged(sorting, **shop, mistakes=(own, *MISTAKES)).message.startswith("Use sorted()")


@pytest.mark.parametrize(("value", "change"), [
    ({"a": 1}, lambda v: v.update(b=0)),
    (Counter("a"), lambda v: v.update({"b": 0})),
    ([[1], [2]], lambda v: v[1].append(3)),
    (([1],), lambda v: v[0].clear()),
    ({1}, lambda v: v.add(2)),
    (np.zeros(3), lambda v: v.__setitem__(1, 1)),
    ({"W": np.zeros(3)}, lambda v: v["W"].__iadd__(1)),
    (torch.zeros(3), lambda v: v.add_(1)),
    (np.array([0.0, np.nan]), lambda v: v.__setitem__(0, -0.5)),
    ([0.5, float("nan")], lambda v: v.__setitem__(1, 0.5)),
])
def test_every_change_of_an_argument_is_seen(value, change):
    given = engine.fresh(value)
    assert unchanged(given, value)
    change(given)
    assert not unchanged(given, value)


def test_a_generator_may_move_on():
    given = np.random.default_rng(0)
    given.random()
    assert unchanged(given, np.random.default_rng(0))


def remembers():
    known = {}
    return lambda number: known.setdefault(number // 10, number / 2)


def first_only():
    first = []
    return lambda number: (first.append(number), first[0] / 2)[1] if number > 9 else number / 2


@pytest.mark.parametrize("make", [
    remembers, first_only, lambda: lambda number: number / 2 + (number % 7 == 6)])
def test_what_is_right_on_the_examples_only_fails_a_random_call(make):
    verdict = judged(make())
    assert verdict.status == "failed"
    assert "halve(3)" not in verdict.message
    assert "halve(-4)" not in verdict.message


def test_the_random_calls_are_the_same_each_time():
    seen = []

    def notes(number):
        seen.append(number)
        return number / 2

    judged(notes)
    first, seen[:] = list(seen), []
    judged(notes)
    assert seen == first
    assert len(set(first)) > 10


def both(x):
    """Reference with a dict of arrays."""
    return {"W": np.outer(x, x), "b": x + 1}


DICT = {
    "solution": both, "examples": ((np.array([1.0, 2.0]),),), "compare": engine.expect_close,
    "cases": lambda rng: (rng.normal(size=3).round(2),),
    "mistakes": (
        Mistake(lambda x: {**both(x), "W": 2 * both(x)["W"]}, "W is twice as large."),
        Mistake(lambda x: {**both(x), "b": x}, "The 1 is missing in b."),
        Mistake(lambda x: x, "Return a dict."),
        Mistake(lambda x: {"W": both(x)["W"]}, "Where is b?"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "parts", "start"), [
    (DICT["mistakes"][0].answer, (), 'W is twice as large.\nboth(x)["W"] is 2 at [0, 0], expected'),
    (lambda x: {"W": 2 * both(x)["W"], "b": x}, (), "W is twice as large."),
    (lambda x: {"W": 2 * both(x)["W"], "b": x}, ("b",), "The 1 is missing in b."),
    (lambda x: {"W": 2 * both(x)["W"], "b": None}, (), "W is twice as large."),
    (DICT["mistakes"][2].answer, (), "Return a dict."),
    (DICT["mistakes"][3].answer, (), "Where is b?\nboth(x): your result lacks 'b'. Expected"),
    (lambda x: {**both(x), "c": 1}, (), "both(x): your result has too much: 'c'. Expected"),
    (lambda x: print(x), (),
     "both(x) returned None (is a `return` missing?), expected a dict with 'W', 'b'"),
])
def test_a_dict_is_looked_at_part_by_part(answer, parts, start):
    assert judged(answer, **DICT, parts=parts).message.startswith(start)


def test_a_tuple_has_parts_where_they_are_named():
    fields = {"solution": lambda x: (x, x + 1), "examples": ((1,),), "parts": ("h", "c"),
              "cases": lambda rng: (int(rng.integers(9)),), "compare": engine.expect_number}
    assert judged(lambda x: [x, x + 1], **fields).status == "passed"
    assert ": its c is 1, expected 2" in judged(lambda x: (x, x), **fields).message
    assert "expected the parts 'h', 'c'" in judged(lambda x: (x, x, x), **fields).message


def test_a_check_of_its_own_speaks_after_the_mistakes_and_before_the_numbers():
    def refuse(answer):
        raise Feedback("no.")

    assert judged(halve, check=refuse).message == "no."
    assert judged(constant, check=refuse).message == "no."
    assert judged(negative_lost, check=refuse).message.startswith("The sign is lost.")


def test_a_value_is_compared_without_telling_the_right_one():
    value = {"solution": {"a", "b"}, "mistakes": tuple(
        Mistake({letter}, f"{letter} is not alone.") for letter in "abcd")}
    assert judged({"a", "b"}, **value).status == "passed"
    assert judged({"c"}, **value).message == "c is not alone."
    assert judged({"a", "c"}, **value).message == "that is not it yet."


def test_long_arguments_stand_below_the_call():
    words = [f"word {n}" for n in range(99)]
    fields = {"solution": lambda words, most: len(words), "examples": ((words, 3),),
              "cases": lambda rng: ([], 0)}
    said = judged(lambda words, most: 0, **fields).message.split("\n")
    assert "(words, 3) returned 0, expected 99" in said[0]
    assert said[1].startswith("where words = ['word 0', 'word 1'")
    assert len(said[1]) < 350


# --- going on with the learner's own -------------------------------------------------------------


def test_a_right_answer_is_really_called(door, capsys):
    called = []

    def mine(number):
        called.append(number)
        return number / 2

    use = door.mine("1.4", mine)
    called.clear()
    assert use(5) == 2.5
    assert use(number=7) == 3.5
    assert called == [5, 7]
    assert capsys.readouterr().out == ""
    assert progress.events() == []


@pytest.mark.parametrize(("answer", "said"), [
    (documented, "is not written"), (negative_lost, "does not pass its check"),
    (3, "does not pass its check"),
])
def test_what_does_not_pass_now_is_not_used(door, capsys, answer, said):
    progress.record("attempt", "1.4", passed=True, source="under an older check")
    assert door.mine("1.4", answer)(3) == 1.5
    line = f"Your answer to 1.4 {said} yet: the course's halve is used.\n"
    assert capsys.readouterr().out == line


def test_an_answer_that_fails_where_it_is_used_is_replaced_and_that_is_said_once(door, capsys):
    called = []

    def fails_later(number):
        called.append(number)
        return number / 2 if number < 1000 else number / 0

    use = door.mine("1.4", fails_later)
    called.clear()
    assert [use(1), use(3000), use(4000)] == [0.5, 1500, 2000]
    assert called == [1, 3000]
    assert capsys.readouterr().out == ("Your answer to 1.4 stopped with ZeroDivisionError: "
                                       "division by zero: from here on the course's halve is "
                                       "used.\n")


def test_an_answer_that_is_too_slow_where_it_is_used_is_replaced(door, capsys, short):
    def slow_later(number):
        while number > 1000:
            pass
        return number / 2

    use = door.mine("1.4", slow_later)
    assert [use(1), use(3000), use(4000)] == [0.5, 1500, 2000]
    assert capsys.readouterr().out.count("took more than 0.2 seconds: from here on") == 1


def test_an_answer_that_refuses_what_the_reference_refuses_stays_in_use(capsys):
    called = []

    def mine(base, exponent):
        called.append(base)
        return power(base, exponent)

    use = Door((exercise(**POWER),)).mine("1.4", mine)
    with pytest.raises(ValueError, match="no inverse"):
        use(0, -1)
    called.clear()
    assert use(2, 3) == 8
    assert called == [2]
    assert capsys.readouterr().out == ""


def test_an_answer_may_call_itself_by_its_name_in_the_notebook(door):
    names = {"depth": 0}
    exec("def half(n):\n    return half(n - 2) + 1 if n > 9 else n / 2", names)
    names["half"] = door.mine("1.4", names["half"])
    assert names["half"](99) == 49.5


def test_what_stands_in_for_an_answer_does_not_pass_for_it(door, capsys):
    for answer, said in ((negative_lost, "✘"), (documented, "…"), (3, "✘"), (halve, "✔")):
        number_halved = door.mine("1.4", answer)
        capsys.readouterr()
        door.check("1.4", number_halved)
        assert capsys.readouterr().out.startswith(said)
        door.mine("1.4", number_halved)
        assert bool(capsys.readouterr().out) == (said != "✔")


def test_an_answer_is_used_in_the_thread_that_calls_it(door):
    with torch.no_grad():
        use = door.mine("1.4", lambda number: number / 2)
        assert not use(torch.ones(1, requires_grad=True)).requires_grad


# --- the door ------------------------------------------------------------------------------------


@pytest.fixture
def door():
    """A door with one exercise and nothing attempted."""
    return Door((exercise(),))


def test_a_right_answer_prints_a_tick_and_what_it_means(door, capsys):
    door.check("1.4", halve)
    assert capsys.readouterr().out == "✔ 1.4 Half of it: right.\nHalf of a half is a quarter.\n"
    (attempt,) = progress.attempts("1.4")
    assert attempt["passed"] is True
    assert attempt["source"].startswith("def halve(number):")


def test_after_two_failed_checks_the_paragraph_and_the_hint_are_named(door, capsys):
    door.check("1.4", constant)
    first = capsys.readouterr().out
    assert first == "✘ 1.4 Half of it: halve(3) returned 0, expected 1.5\n"
    door.check("1.4", constant)
    assert capsys.readouterr().out == (
        first + 'Read again: Halves\nA hint: exercises.hint("1.4")\n'
    )


def test_what_the_learner_printed_is_shown_with_a_failure(door, capsys):
    door.check("1.4", printing)
    assert "\nYour code printed: 1.5\n" in capsys.readouterr().out


def test_an_untouched_stub_prints_one_line_whatever_was_done_before(door, capsys):
    door.check("1.4", documented)
    untouched = capsys.readouterr().out
    assert untouched == "… 1.4 Half of it: not attempted yet.\n"
    assert progress.events() == []
    door.check("1.4", constant)
    door.check("1.4", constant)
    capsys.readouterr()
    door.check("1.4", documented)
    assert capsys.readouterr().out == untouched
    assert len(progress.attempts("1.4")) == 2


def test_hints_come_one_by_one_then_all_with_the_way_to_the_solution(door, capsys):
    for _ in range(3):
        door.hint("1.4")
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: half is less",
        "Still to come: 1.",
        "Hint 2 of 2: divide by 2",
        'One answer: exercises.solution("1.4")',
        "Hint 1: half is less",
        "Hint 2: divide by 2",
        'One answer: exercises.solution("1.4")',
    ]


def test_a_solution_is_printed_ready_to_paste_and_noted(door, capsys):
    door.solution("1.4")
    names = {}
    exec(capsys.readouterr().out, names)
    assert judged(names["halve"]).status == "passed"
    assert [event["kind"] for event in progress.events()] == ["solution"]


@pytest.mark.parametrize(
    ("solution", "printed"),
    [({"best": "Kneser-Ney"}, "{'best': 'Kneser-Ney'}\n"), (HalfClass, "class HalfClass:\n")],
)
def test_a_solution_may_be_a_value_or_a_class(capsys, solution, printed):
    Door((exercise(solution=solution),)).solution("1.4")
    assert capsys.readouterr().out.startswith(printed)


@pytest.mark.parametrize("use", ["check", "hint", "solution"])
@pytest.mark.parametrize("id", ["1.5", 1.5, None, "\ud800"])
def test_an_unknown_id_is_answered_with_the_known_ones(door, capsys, use, id):
    arguments = (id, halve) if use == "check" else (id,)
    getattr(door, use)(*arguments)
    said = capsys.readouterr().out
    assert said.startswith("There is no exercise ")
    assert '"1.4"' in said
    assert progress.events() == []


def test_the_board_shows_the_best_that_was_ever_reached(door):
    row = ("1.4", "Half of it", True, 5)
    assert door.board() == [(*row, "not attempted")]
    door.check("1.4", constant)
    assert door.board() == [(*row, "failed")]
    door.check("1.4", halve)
    door.check("1.4", constant)
    assert door.board() == [(*row, "passed")]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_screen_that_lacks_a_letter_gets_an_escape_instead(door, monkeypatch, encoding):
    screen = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", screen)
    door.check("1.4", lambda number: "\ud800 的 ✔")
    screen.flush()
    assert b"1.4 Half of it: halve(3) returned the text" in screen.buffer.getvalue()


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("a text", "'a text'"),
        (functools.lru_cache(halve), "def halve"),
        (HalfClass, "class HalfClass"),
        ("y" * 200_000, "'yyyy"),
    ],
)
def test_the_source_of_an_attempt_is_kept(door, answer, kept):
    door.check("1.4", answer)
    (attempt,) = progress.attempts("1.4")
    assert attempt["source"].startswith(kept)
    assert len(attempt["source"]) <= _judging.SOURCE


def test_the_door_works_where_progress_cannot_be_saved(door, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    door.check("1.4", constant)
    door.check("1.4", constant)
    said = capsys.readouterr().out
    assert said.count("cannot be saved") == 1
    assert "Read again: Halves" in said


# --- the picture of a failed answer --------------------------------------------------------------


def pictured(picture):
    """A door whose exercise draws a failed answer so."""
    return Door((exercise(picture=picture),))


def as_figure(answer):
    return Figure(figsize=(1, 1)), f"Yours makes {answer(3)} of <3>."


def test_a_failed_answer_is_drawn_below_what_is_said_and_no_other_is(capsys):
    door = pictured(as_figure)
    door.check("1.4", constant)
    assert capsys.readouterr().out == (
        "✘ 1.4 Half of it: halve(3) returned 0, expected 1.5\nYours makes 0 of <3>.\n")
    for answer in (halve, documented):
        door.check("1.4", answer)
        assert "Yours makes" not in capsys.readouterr().out


def test_a_picture_is_shown_with_its_sentence_as_its_text_alternative(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", lambda: "a kernel")
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    pictured(as_figure).check("1.4", constant)
    (data,) = shown
    assert data["text/plain"] == "Yours makes 0 of <3>."
    assert 'alt="Yours makes 0 of &lt;3&gt;."' in data["text/html"]
    assert 'src="data:image/png;base64,iVBOR' in data["text/html"]
    assert capsys.readouterr().out.endswith("Yours makes 0 of <3>.\n")


def broken_picture(answer):
    raise ZeroDivisionError


def endless_picture(answer):
    while True:
        pass


@pytest.mark.parametrize("picture", [broken_picture, endless_picture, lambda answer: None])
def test_a_picture_that_fails_or_never_ends_leaves_the_feedback_as_it_is(picture, short, capsys):
    pictured(picture).check("1.4", constant)
    assert capsys.readouterr().out == "✘ 1.4 Half of it: halve(3) returned 0, expected 1.5\n"


def test_a_figure_that_cannot_be_written_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr("IPython.get_ipython", lambda: "a kernel")
    pictured(lambda answer: ("no figure", "A sentence.")).check("1.4", constant)
    assert capsys.readouterr().out.endswith("A sentence.\n")


def test_an_answer_that_had_to_be_stopped_is_not_run_again_for_its_picture(short, capsys):
    calls = []
    pictured(calls.append).check("1.4", endless_picture)
    assert "was stopped after 0.2 seconds" in capsys.readouterr().out
    assert calls == []
