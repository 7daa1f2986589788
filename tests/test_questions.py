"""Predict-first questions: the text, the buttons, the memory, and no hint before `settle`."""

import html
import json
import os
import re
import subprocess
import sys

import pytest

from helpers import progress, questions

TEXT = "One of four had <unk> & probability 0. Average surprisal?"
OPTIONS = {
    "a bit larger": "that would be so if log 0 were finite",
    "infinite": "one word is enough.",
    "<b>skipped</b>": "n would shrink",
}
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def fresh_session(tmp_path, monkeypatch):
    """A session in which no question was asked, with a learner's folder of its own."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    monkeypatch.setattr(questions, "_asked", {})


@pytest.fixture
def asked(capsys):
    """The question 1.2 after it was asked, with the output of asking taken away."""
    questions.ask("1.2", TEXT, OPTIONS)
    capsys.readouterr()
    return questions._asked["1.2"]


def buttons(question):
    return question.box.children[1:-1]


def status(question):
    """The words of the last line, which a screen reader is told of when they change."""
    region = question.box.children[-1].value
    found = re.fullmatch(r'<div role="status" aria-live="polite">([^<]*)</div>', region)
    return html.unescape(found[1])


def printed(capsys):
    return capsys.readouterr().out


def test_without_a_front_end_the_question_is_text_with_lettered_options(capsys):
    questions.ask("1.2", TEXT, OPTIONS)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Question 1.2: {TEXT}"
    assert lines[1:4] == ["  a) a bit larger", "  b) infinite", "  c) <b>skipped</b>"]
    assert 'questions.answer("1.2", "a")' in lines[4]


def test_the_output_is_one_bundle_of_widget_and_text_and_gives_no_feedback_away(asked):
    bundle = asked._repr_mimebundle_()
    assert set(bundle) == {WIDGET, "text/plain"}
    assert bundle["text/plain"] == repr(asked)
    assert not any(feedback in bundle["text/plain"] for feedback in OPTIONS.values())


def test_the_text_is_the_same_before_and_after_a_choice(asked):
    before = repr(asked)
    buttons(asked)[0].click()
    assert repr(asked) == before


def test_a_click_is_remembered_shown_and_not_judged(asked):
    buttons(asked)[0].click()
    assert status(asked) == "You said: a bit larger. Now run the next cell."
    assert buttons(asked)[0].description == "● a) a bit larger"
    assert buttons(asked)[1].description == "○ b) infinite"
    assert progress.answers() == {"1.2": "a bit larger"}
    buttons(asked)[1].click()
    assert [b.description[0] for b in buttons(asked)] == ["○", "●", "○"]
    assert ["course-chosen" in b._dom_classes for b in buttons(asked)] == [False, True, False]


def test_markup_is_escaped_where_it_would_be_read_as_html_and_only_there(asked):
    assert "&lt;unk&gt; &amp; probability" in asked.box.children[0].value
    assert buttons(asked)[2].description == "○ c) <b>skipped</b>"
    buttons(asked)[2].click()
    assert "&lt;b&gt;skipped&lt;/b&gt;" in asked.box.children[-1].value


def test_a_wrong_prediction_gets_its_feedback_and_that_of_the_right_option(asked, capsys):
    buttons(asked)[0].click()
    questions.settle("1.2", "infinite")
    assert capsys.readouterr().out == (
        "Question 1.2. You predicted: a bit larger. That would be so if log 0 were\n"
        "  finite.\n"
        "  The numbers say: infinite. One word is enough.\n"
    )


def test_a_right_prediction_gets_its_feedback_once(asked, capsys):
    buttons(asked)[1].click()
    questions.settle("1.2", "infinite")
    assert capsys.readouterr().out == (
        "Question 1.2. You predicted: infinite.\n  The numbers say: infinite. One word is enough.\n"
    )


def test_a_symbol_at_the_start_of_a_feedback_gets_no_capital(asked, capsys):
    questions.settle("1.2", "<b>skipped</b>")
    assert capsys.readouterr().out.endswith("say: <b>skipped</b>. n would shrink.\n")


def test_an_answer_of_an_earlier_session_is_shown_but_changes_no_output(capsys):
    progress.record("answer", "1.2", option="infinite")
    questions.ask("1.2", TEXT, OPTIONS)
    question = questions._asked["1.2"]
    assert status(question) == "In an earlier session you said: infinite. Choose again."
    assert "earlier" not in repr(question)
    capsys.readouterr()
    questions.settle("1.2", "infinite")
    assert capsys.readouterr().out == (
        "Question 1.2. You made no prediction this time.\n"
        "  The numbers say: infinite. One word is enough.\n"
    )


@pytest.mark.parametrize("choice", ["b", "B)", " b ", "infinite"])
def test_an_answer_can_be_typed_by_letter_or_in_words(asked, capsys, choice):
    questions.answer("1.2", choice)
    assert capsys.readouterr().out == "You said: infinite. Now run the next cell.\n"
    assert asked.chosen.key == "infinite"
    assert buttons(asked)[1].description.startswith("●")


def test_an_option_that_is_itself_a_letter_wins_over_the_letter_of_a_place(capsys):
    questions.ask("1.3", "Which?", {"b": "no", "a": "yes"})
    questions.answer("1.3", "a")
    assert questions._asked["1.3"].chosen.key == "a"


def test_asking_again_keeps_the_choice_of_this_session(asked):
    buttons(asked)[1].click()
    questions.ask("1.2", TEXT + " (mended)", OPTIONS)
    again = questions._asked["1.2"]
    assert again.chosen.key == "infinite"
    assert status(again).startswith("You said: infinite.")
    assert "(mended)" in repr(again)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: questions.settle("1.2", "larger"), "'larger'.*a bit larger.*infinite"),
        (lambda: questions.settle("1.z", "infinite"), "no question '1.z'.*1.a"),
        (lambda: questions.settle("9.9", "infinite"), "'9.9' is no id"),
        (lambda: questions.answer("1.2", "d"), "no option 'd'.*'a', 'b', 'c'"),
        (lambda: questions.answer("1.z", "a"), "no question '1.z'"),
        (lambda: questions.ask("1.2", TEXT, {"x": "1", "y": "2"}), "other options.*restart"),
        (lambda: questions.ask("1.3", TEXT, {"x": "1"}), "two to 26 options"),
        (lambda: questions.ask("1.3", TEXT), "two to 26 options"),
        (lambda: questions.ask("1.3", TEXT, {"x": "1", "y": ""}), "1.3: give .* a feedback"),
    ],
)
def test_a_misuse_is_a_value_error_in_words(asked, act, words):
    with pytest.raises(ValueError, match=words):
        act()
    assert {option.key: option.feedback for option in asked.options} == OPTIONS


def test_a_long_text_is_wrapped_for_readers_of_plain_text(asked):
    questions.ask("1.5", "word " * 60, {"long " * 40: "a", "b": "b"})
    lines = repr(questions._asked["1.5"]).splitlines()
    assert max(map(len, lines)) <= 88
    assert lines[1].startswith("  ")


# Questions that stand in a file

FILE = {"1.e": {"text": "One is 0. The mean?", "options": [
    {"key": "larger", "text": "a bit larger", "feedback": "log 0 is not finite"},
    {"key": "infinite", "text": "infinite", "feedback": "one word is enough."}]}}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """The file of questions of notebook 01, which holds 1.e alone."""
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    path = tmp_path / "language_models.questions.json"
    path.write_text(json.dumps(FILE), encoding="utf-8")
    return path


@pytest.fixture
def of_file(written, capsys):
    """The question 1.e after it was asked by its id alone."""
    questions.ask("1.e")
    capsys.readouterr()
    return questions._asked["1.e"]


def test_a_question_is_asked_by_its_id_alone_and_progress_keeps_the_key(of_file, capsys):
    lines = repr(of_file).splitlines()
    assert lines[:3] == ["Question 1.e: One is 0. The mean?", "  a) a bit larger", "  b) infinite"]
    buttons(of_file)[0].click()
    assert progress.answers() == {"1.e": "larger"}
    questions.settle("1.e", "infinite")
    assert printed(capsys) == (
        "Question 1.e. You predicted: a bit larger. Log 0 is not finite.\n"
        "  The numbers say: infinite. One word is enough.\n"
    )


@pytest.mark.parametrize("name", ["larger", "a bit larger", "a", "A)"])
def test_an_option_goes_by_key_text_and_letter(of_file, capsys, name):
    questions.answer("1.e", name)
    assert of_file.chosen.key == "larger"
    if len(name) > 2:
        questions.settle("1.e", name)
        assert "The numbers say: a bit larger." in printed(capsys)


def test_an_answer_that_was_kept_as_text_is_understood(written, capsys):
    for kept in ("a bit larger", "larger"):
        progress.record("answer", "1.e", option=kept)
        questions.ask("1.e")
        assert status(questions._asked["1.e"]) == (
            "In an earlier session you said: a bit larger. Choose again.")
    progress.record("answer", "1.e", option="an option that is gone")
    questions.ask("1.e")
    assert status(questions._asked["1.e"]) == "Choose, then run the next cell."


def test_an_older_copy_asks_with_its_own_text_and_settles_with_it(written, capsys):
    questions.ask("1.e", "The mean then?", {"a bit larger": "log 0", "infinite": "one word"})
    questions.answer("1.e", "a bit larger")
    questions.settle("1.e", "infinite")
    assert "You predicted: a bit larger. Log 0." in printed(capsys)
    assert progress.answers() == {"1.e": "a bit larger"}


def test_after_a_restart_a_question_is_settled_that_was_not_asked_again(written, capsys):
    questions.settle("1.e", "infinite")
    assert printed(capsys).startswith("Question 1.e. You made no prediction this time.")
    questions.ask("1.e")
    assert status(questions._asked["1.e"]) == "The numbers have spoken: infinite."


def test_what_is_chosen_after_the_reveal_is_no_prediction(of_file, capsys):
    questions.settle("1.e", "infinite")
    assert status(of_file) == "The numbers have spoken: infinite."
    buttons(of_file)[0].click()
    assert status(of_file) == (
        "The numbers have spoken: infinite. To 'a bit larger': Log 0 is not finite.")
    assert [button.description[0] for button in buttons(of_file)] == ["○", "○"]
    capsys.readouterr()
    questions.answer("1.e", "larger")
    assert "To 'a bit larger'" in printed(capsys)
    questions.ask("1.e")
    buttons(questions._asked["1.e"])[0].click()
    capsys.readouterr()
    questions.settle("1.e", "infinite")
    assert "You made no prediction" in printed(capsys)
    assert progress.answers() == {}


def test_a_prediction_stays_one_when_the_cells_are_run_again(of_file, capsys):
    buttons(of_file)[0].click()
    questions.settle("1.e", "infinite")
    buttons(of_file)[1].click()
    questions.ask("1.e")
    assert [b.description[0] for b in buttons(questions._asked["1.e"])] == ["●", "○"]
    capsys.readouterr()
    questions.settle("1.e", "infinite")
    assert "You predicted: a bit larger." in printed(capsys)


@pytest.mark.parametrize(("content", "words"), [
    (None, "questions of 01_language_models are missing.*pip install -e"),
    ("{", "language_models.questions.json cannot be read"),
    ("{}", "no question '1.e'"),
    ('{"1.e": {"options": []}}', '1.e in .* needs a "text"'),
    ('{"1.e": {"text": "?"}}', "needs a"),
    ('{"1.e": {"text": "?", "options": [{"key": "a", "text": "b"}]}}', "exactly"),
    ('{"1.e": {"text": "?", "options": [{"key": "a", "text": "b", "feedback": "c"}]}}',
     "1.e: give two to 26"),
])
def test_a_file_that_is_missing_or_damaged_is_told_in_words(written, content, words):
    if content is None:
        written.unlink()
    else:
        written.write_text(content)
    with pytest.raises(ValueError, match=words):
        questions.ask("1.e")
    assert questions._asked == {}


def test_the_course_has_its_questions_where_it_is_installed():
    questions.ask("s.1")
    assert "log(1)" in repr(questions._asked["s.1"])


KERNEL = """
import nbformat, nbclient
cells = ['from helpers import questions; questions.ask("1.2", "Which <b>?", {"x": "u", "y": "v"})',
         'questions.settle("1.2", "y")']
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
nbclient.NotebookClient(book, store_widget_state=False).execute()
asked, = book.cells[0].outputs
print(sorted(asked.data), asked.data["text/plain"].splitlines()[0])
print(book.cells[1].outputs[0].text)
"""


def test_in_a_kernel_without_a_front_end_a_question_is_one_output(tmp_path):
    environment = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    run = subprocess.run(
        [sys.executable, "-c", KERNEL], capture_output=True, text=True, env=environment,
        check=True, cwd=tmp_path,
    )
    assert run.stdout.splitlines() == [
        f"['{WIDGET}', 'text/plain'] Question 1.2: Which <b>?",
        "Question 1.2. You made no prediction this time.",
        "  The numbers say: y. v.",
        "",
    ]
