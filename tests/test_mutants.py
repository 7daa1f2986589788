"""No wrong answer passes: each exercise is tried with mutants of its reference, and with slips.

`pytest -m slow tests/test_mutants.py` prints killed / differing for each exercise. What survives
without differing from the reference on any call of the oracle is listed as equivalent.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass, field

import meddlers
import mutants
import oracle
import pytest
from slips import SLIPS

from helpers.exercises import _limit, engine
from helpers.exercises._calling import WHOLE, calls
from helpers.exercises._examining import _Run

STEMS = ("neural_networks", "language_models", "rnn_lstm", "seq2seq_attention",
         "self_attention_masks", "word_vectors", "transformer", "pretraining")
RECORDS = [record for stem in STEMS
           for record in importlib.import_module(f"helpers.exercises.{stem}").EXERCISES
           if callable(record.solution)]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # wrong answers divide by 0
each_exercise = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)


@each_exercise
def test_every_mistake_shows_on_the_examples_and_no_two_look_alike(record):
    run = _Run(record, calls(record.solution, record.examples))
    seen = [run.outcomes(mistake.answer, []) for mistake in record.mistakes]
    for mistake, outcomes in zip(record.mistakes, seen, strict=True):
        assert run.first_difference(outcomes), mistake.sentence
    for i, one in enumerate(seen):
        for j, other in enumerate(seen[:i]):
            assert not all(map(lambda *two: run.comparison.agree(*two, WHOLE), one, other,
                               run.calls)), (record.mistakes[i].sentence, record.mistakes[j])


@each_exercise
def test_every_mistake_is_told_its_own_sentence_and_other_right_answers_pass(record):
    for answer in (record.solution, *record.right):
        assert engine.judge(record, answer).status == "passed", answer
    for mistake in record.mistakes:
        assert mistake.sentence in engine.judge(record, mistake.answer).message


@each_exercise
def test_a_stub_has_a_docstring_and_is_not_attempted(record):
    doc = inspect.getdoc(record.solution)
    assert doc
    stub = {}
    names = ", ".join(inspect.signature(record.solution).parameters)
    exec(f"def stub({names}):\n    '''{doc}'''\n    ...", stub)
    assert engine.judge(record, stub["stub"]).status == "not attempted"


@dataclass
class Row:
    """What became of the mutants of one exercise, by name."""

    id: str
    killed: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    equivalent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # though the oracle sees no difference


@pytest.fixture(scope="module")
def table() -> list[Row]:
    """The rows of all exercises."""
    return []


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A verdict of this test never depends on the clock: a mutant is cut by counting its loops."""
    for name in ("SECONDS", "IDLE", "LONGEST"):
        monkeypatch.setattr(_limit, name, 600.0)


def tried(record: engine.Exercise) -> Row:
    """Judge all mutants of an exercise."""
    calls, row = oracle.calls(record.id), Row(record.id)
    outcomes = oracle.reference(record.id, record.solution)
    found = [*mutants.rewritten(record.solution), *meddlers.wrapped(record.solution, calls)]
    for mutant in found:
        passed = engine.judge(record, mutant.make()).status == "passed"
        if oracle.differs(record.id, mutant.make(), outcomes):
            (row.survived if passed else row.killed).append(mutant.name)
        else:
            (row.equivalent if passed else row.refused).append(mutant.name)
    return row


@pytest.mark.slow
@each_exercise
def test_a_mutant_passes_only_if_it_does_the_same(record, table):
    row = tried(record)
    table.append(row)
    assert row.killed, f"{record.id}: no mutant at all"
    assert not row.survived, "pass, and differ from the reference:\n" + "\n".join(row.survived)
    assert not row.refused, ("refused, and the oracle sees no difference: let it draw more, in "
                             "oracle.py, or mend the check:\n" + "\n".join(row.refused))


@pytest.mark.slow
def test_the_table_of_mutants(table, capsys):
    lines = [f"{row.id}  {len(row.killed):5} / {len(row.killed) + len(row.survived):5} killed"
             f"   {len(row.equivalent):3} equivalent" for row in table]
    killed, survived = (sum(len(getattr(row, kind)) for row in table)
                        for kind in ("killed", "survived"))
    lines += [f"all  {killed:5} / {killed + survived:5} killed", ""]
    lines += [f"{row.id} equivalent: {name}" for row in table for name in row.equivalent]
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert killed


@each_exercise
def test_a_slip_written_by_hand_is_refused_and_is_one(record):
    outcomes = oracle.reference(record.id, record.solution)
    assert SLIPS[record.id]
    for slip in SLIPS[record.id]:
        assert oracle.differs(record.id, slip, outcomes), f"{slip.__name__} is no slip"
        assert engine.judge(record, slip).status == "failed", f"{slip.__name__} passes"


@each_exercise
def test_the_oracle_agrees_with_every_right_answer_and_every_known_mistake(record):
    outcomes = oracle.reference(record.id, record.solution)
    for answer in (record.solution, *record.right):
        assert not oracle.differs(record.id, answer, outcomes), answer
    for mistake in record.mistakes:
        assert oracle.differs(record.id, mistake.answer, outcomes), mistake.sentence


# The tester can fail

def total(values: list[float], start: float) -> float:
    """The sum of the values, and `start`."""
    result = start
    i = 0
    while i < len(values):
        result += values[i]
        i += 1
    return result


def names_of(found: list[mutants.Mutant]) -> list[str]:
    """The names of mutants."""
    return [mutant.name for mutant in found]


def test_a_mutant_that_never_ends_is_cut_without_a_clock():
    endless = next(mutant for mutant in mutants.rewritten(total)
                   if ": i += 1 -> pass" in mutant.name)
    with pytest.raises(mutants.TooLong):
        endless.make()([1.0, 2.0], 0.0)
    assert endless.make()([], 3.0) == 3.0


def test_operators_comparisons_constants_statements_and_variables_are_changed():
    names = names_of(mutants.rewritten(total))
    for piece in ("i < len(values) -> i <= len(values)", "1 -> 2", "0 -> 1", "values[i] -> values",
                  "result += values[i] -> result = values[i]", "result += values[i] -> pass",
                  "start -> values", "return result -> return -result", "while True"):
        assert any(piece in name for name in names), piece
    assert len(set(names)) == len(names)


def test_frozen_and_changed_arguments_are_among_the_mutants():
    made = {mutant.name: mutant.make for mutant in meddlers.wrapped(total, [([2.0, 1.0], 5.0)])}
    frozen = made["`start` of the first call for ever"]()
    assert [frozen([1.0], 5.0), frozen([1.0], 7.0)] == [6.0, 6.0]
    piling = made["`values` piles up"]()
    assert [piling([1.0], 0.0), piling([2.0], 0.0)] == [1.0, 3.0]
    values = [2.0, 1.0]
    assert made["`values` is sorted afterwards"]()(values, 0.0) == 3.0
    assert values == [1.0, 2.0]
    assert made["`values` without its last"]()([2.0, 1.0], 0.0) == 2.0


def test_a_careless_check_lets_mutants_survive(monkeypatch):
    monkeypatch.setitem(oracle.CALLS, "9.9", lambda rng: (rng.normal(size=3).tolist(), 1.0))
    mistakes = (engine.Mistake(lambda values, start: None, "Nothing came back."),) * 4
    record = engine.Exercise(
        "9.9", "Add up", minutes=1, starred=False, hints=("a", "b"), reread="x", solution=total,
        examples=(([1.0], 0.0),), cases=lambda rng: ([1.0], 0.0), mistakes=mistakes)
    row = tried(record)
    assert "`values` is sorted afterwards" in row.survived
    assert any(": i += 1 -> pass" in name for name in row.killed)
