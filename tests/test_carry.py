"""Work goes home in one file and comes back: nothing is lost, nothing foreign comes in."""

import io
import json
import zipfile

import copies
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import progress
from helpers.explorers.carrying import Carrying
from helpers.progress import __main__ as command
from helpers.progress import carry

NAME = "01_language_models.ipynb"


def edition(path, text):
    """Write the course's notebook: one heading, one code cell that was run."""
    outputs = [new_output("stream", name="stdout", text=text)]
    ran = new_code_cell(text, id="code", outputs=outputs)
    cells = [new_markdown_cell("# Topic", id="head"), ran]
    nbformat.write(new_notebook(cells=cells), path)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """machine(name) makes a course and goes there: its my/, its learner's folder."""
    def go(name, at_work=True):
        root = tmp_path / name
        if not root.exists():
            (root / "notebooks").mkdir(parents=True)
            edition(root / "notebooks" / NAME, "first")
            copies.deliver(root / "notebooks", root / "my")
        monkeypatch.setenv("COURSE_HOME", str(root / "home"))
        monkeypatch.setattr(carry, "ROOT", root)
        monkeypatch.delenv("COURSE_MY", raising=False)
        monkeypatch.setattr(progress, "_unsaved", {})
        monkeypatch.chdir(root / "my" if at_work else tmp_path)
        return root / "my"

    return go


def change(path, text, **more):
    nb = nbformat.read(path, as_version=4)
    nb.cells[1].update(source=text, **more)
    nbformat.write(nb, path)


def source(path):
    return nbformat.read(path, as_version=4).cells[1].source


def backups(my):
    return sorted((my / "backup").glob("*")) if (my / "backup").exists() else []


def record_at(monkeypatch, *steps):
    """Record (second, id, option) as answers given in that second."""
    for second, id, option in steps:
        class Clock(progress.datetime):
            @classmethod
            def now(cls, zone, second=second):
                return progress.datetime(2026, 1, 1, 0, 0, second, tzinfo=zone)

        with monkeypatch.context() as patch:
            patch.setattr(progress, "datetime", Clock)
            progress.record("answer", id, option=option)


# there and back


def test_progress_and_a_changed_notebook_come_back_on_another_machine(machine):
    my = machine("class")
    change(my / NAME, "my work")
    progress.record("attempt", "1.4", passed=True, source="é 的 \ud800")
    parcel = carry.take_home()[0].read_bytes()
    other = machine("home")
    said = carry.unpack(parcel)
    assert source(other / NAME) == "my work" and progress.passed() == {"1.4"}
    assert progress.attempts("1.4")[0]["source"] == "é 的 \ud800"
    assert said.startswith("1 new step of progress and 1 notebook (01_language_models) came back.")
    assert backups(other) == []                     # only an untouched copy was in the way


def test_the_second_time_nothing_is_new(machine):
    my = machine("class")
    change(my / NAME, "my work")
    progress.record("attempt", "1.4", passed=True)
    before = (my / NAME).read_bytes(), (progress.home() / "progress.jsonl").read_bytes()
    for _ in range(2):
        said = carry.unpack(carry.pack()[0])
        assert said == "0 new steps of progress and 0 notebooks came back."
    assert ((my / NAME).read_bytes(), (progress.home() / "progress.jsonl").read_bytes()) == before
    assert backups(my) == []


def test_what_was_only_delivered_or_only_run_stays_where_it_is(machine):
    my = machine("class")
    assert carry.pack()[1] == "0 steps of progress and 0 changed notebooks."
    change(my / NAME, "first", outputs=[new_output("stream", text="mine")])
    assert carry.pack()[1].endswith("0 changed notebooks.")
    edition(my / NAME, "first")                     # as in a clone: without a stamp
    assert carry.pack()[1].endswith("0 changed notebooks.")


def test_a_notebook_of_ones_own_goes_along_and_a_broken_one_is_named(machine):
    my = machine("class")
    edition(my / "Versuch 2 é.ipynb", "1 + 1")
    (my / "broken.ipynb").write_text("{")
    parcel, said = carry.pack()
    assert said == ("0 steps of progress and 1 changed notebook (Versuch 2 é). "
                    "Left out, as it is no whole notebook: broken.ipynb.")
    other = machine("home")
    carry.unpack(parcel)
    assert source(other / "Versuch 2 é.ipynb") == "1 + 1"


def test_a_notebook_of_ones_own_goes_along_or_is_named_whatever_it_is_called(machine):
    my = machine("class")
    for folder in ("sub", "backup", ".ipynb_checkpoints"):
        (my / folder).mkdir()
    taken = "(copy) 05.ipynb", "_scratch.ipynb"
    for name in (*taken, "notes 12:30.ipynb", "sub/homework.ipynb", "backup/old.ipynb",
                 ".ipynb_checkpoints/x.ipynb"):
        edition(my / name, "1 + 1")
    parcel, said = carry.pack()
    assert said == ("0 steps of progress and 2 changed notebooks ((copy) 05, _scratch). Left out: "
                    "notes 12:30.ipynb, sub/homework.ipynb; only notebooks that lie in my/ itself, "
                    "with no colon in their name, are taken.")
    other = machine("home")
    carry.unpack(parcel)
    assert [source(other / name) for name in taken] == ["1 + 1"] * 2


def test_work_comes_back_into_a_folder_that_is_not_there_yet(machine, monkeypatch):
    change(machine("class") / NAME, "my work")
    parcel, _ = carry.pack()
    new = machine("home", at_work=False).parent / "not" / "there"
    monkeypatch.setenv("COURSE_MY", str(new))
    carry.unpack(parcel)
    assert source(new / NAME) == "my work"


@pytest.mark.parametrize("text, outputs", [
    ("their work", []), ("first", [new_output("stream", text="my output")])])
def test_work_that_is_in_the_way_is_kept_with_its_date(machine, text, outputs):
    change(machine("class") / NAME, "my work")
    parcel, _ = carry.pack()
    other = machine("home")
    change(other / NAME, text, outputs=outputs)
    before = (other / NAME).read_bytes()
    said = carry.unpack(parcel)
    kept, = backups(other)
    assert kept.read_bytes() == before and f"my/backup/{kept.name}" in said
    assert source(other / NAME) == "my work"


def test_a_broken_file_that_is_in_the_way_is_kept_too(machine):
    change(machine("class") / NAME, "my work")
    parcel, _ = carry.pack()
    other = machine("home")
    (other / NAME).write_bytes(b"half a notebook")
    carry.unpack(parcel)
    assert backups(other)[0].read_bytes() == b"half a notebook"


def test_what_came_back_still_follows_the_course(machine, capsys):
    change(machine("class") / NAME, "my work")
    parcel, _ = carry.pack()
    other = machine("home")
    carry.unpack(parcel)
    copies.deliver(other.parent / "notebooks", other)
    assert capsys.readouterr().out == ""
    edition(other.parent / "notebooks" / NAME, "second")
    copies.deliver(other.parent / "notebooks", other)
    assert "make reset NB=01" in capsys.readouterr().out


# progress of two machines


def test_events_of_two_machines_are_joined_by_time_and_the_last_answer_counts(
        machine, monkeypatch):
    machine("class")
    record_at(monkeypatch, (1, "1.a", "early"), (5, "1.b", "late"))
    parcel, _ = carry.pack()
    machine("home")
    record_at(monkeypatch, (3, "1.b", "between"), (3, "1.a", "last"))
    carry.unpack(parcel)
    order = [event["option"] for event in progress.events()]
    assert order == ["early", "between", "last", "late"]
    assert progress.answers() == {"1.a": "last", "1.b": "late"}


def test_own_lines_keep_their_order_and_damaged_ones_their_place(machine, monkeypatch):
    machine("class")
    record_at(monkeypatch, (2, "1.a", "theirs"))
    parcel, _ = carry.pack()
    machine("home")
    record_at(monkeypatch, (9, "1.a", "a wrong clock"), (1, "1.a", "mine"))
    path = progress.home() / "progress.jsonl"
    own = path.read_bytes().replace(b"\n", b"\n\xff half\n", 1)
    path.write_bytes(own)
    carry.unpack(parcel)
    lines = path.read_bytes().splitlines()
    assert [line for line in lines if b"theirs" not in line] == own.splitlines()
    assert b"theirs" in lines[0]


def test_events_that_could_not_be_written_go_home_and_come_back_once(machine):
    my = machine("class")
    progress.home().write_text("in the way")
    progress.record("attempt", "1.1", passed=True)
    parcel, said = carry.pack()
    assert said.startswith("1 step ")
    progress.home().unlink()
    assert carry.unpack(parcel).startswith("0 new steps")
    assert progress.passed() == {"1.1"} and my.is_dir()


# what is refused, and leaves everything as it was


def parcel_with(change_files=None, **manifest):
    """A file of this course, changed by hand."""
    with zipfile.ZipFile(io.BytesIO(carry.pack()[0])) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(files[carry.MANIFEST]) | manifest
    files = {**files, carry.MANIFEST: json.dumps(told).encode(), **(change_files or {})}
    return zipped(files.items())


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


REFUSED = {
    "half a file": (lambda: carry.pack()[0][:-200], "cut off"),
    "nothing": (lambda: b"", "cut off"),
    "a picture": (lambda: b"\x89PNG" * 1000, "cut off"),
    "a flipped bit": (lambda: flipped(carry.pack()[0]), "cut off"),
    "a notebook": (lambda: b'{"cells": []}', "cut off"),
    "another zip": (lambda: zipped([("notes.txt", "x")]), "'notes.txt'"),
    "an empty zip": (lambda: zipped([]), "something else"),
    "no JSON": (lambda: parcel_with({carry.MANIFEST: b"["}), "something else"),
    "a list": (lambda: parcel_with({carry.MANIFEST: b"[]"}), "something else"),
    "another course": (lambda: parcel_with(course="knitting"), "of the course 'knitting'"),
    "a newer form": (lambda: parcel_with(form=2), "newer edition"),
    "changed inside": (lambda: parcel_with({NAME: b"{}"}), "not whole"),
    "one more": (lambda: parcel_with({"more.ipynb": b"{}"}), "not whole"),
    "one less": (lambda: parcel_with(files={carry.EVENTS: "0", "gone.ipynb": "0"}), "not whole"),
    "the folder above": (lambda: parcel_with({"../x.ipynb": b"{}"}), r"'\.\./x"),
    "the root": (lambda: parcel_with({"/tmp/x.ipynb": b"{}"}), "'/tmp/x"),
    "a folder": (lambda: parcel_with({"a/x.ipynb": b"{}"}), "'a/x"),
    "Windows": (lambda: parcel_with({"..\\x.ipynb": b"{}"}), "no file of this course"),
    "a drive": (lambda: parcel_with({"C:x.ipynb": b"{}"}), "no file of this course"),
    "hidden": (lambda: parcel_with({".x.ipynb": b"{}"}), "no file of this course"),
    "a module": (lambda: parcel_with({"numpy.py": b""}), "'numpy.py'"),
    "twice": (lambda: zipped([(NAME, b"{}")] * 2), "twice"),
}


def flipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        place = archive.getinfo(NAME).header_offset + 120
    return data[:place] + bytes([data[place] ^ 255]) + data[place + 1:]


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_not_whole_or_not_ours_is_refused_in_a_sentence(machine, case):
    make, words = REFUSED[case]
    my = machine("class")
    change(my / NAME, "my work")
    progress.record("attempt", "1.1", passed=True)
    data = make()
    other = machine("home")
    before = {path: path.read_bytes() for path in other.parent.parent.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match=words) as refusal:
        carry.unpack(data)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 220
    assert before == {p: p.read_bytes() for p in other.parent.parent.rglob("*") if p.is_file()}


def test_every_cut_of_a_file_is_refused(machine):
    change(machine("class") / NAME, "my work")
    data, _ = carry.pack()
    machine("home")
    for end in range(0, len(data), 7):
        with pytest.raises(ValueError):
            carry.unpack(data[:end])


def test_what_would_become_too_large_is_refused_before_it_is_unpacked(machine, monkeypatch):
    machine("class")
    monkeypatch.setattr(carry, "MOST", 100)
    with pytest.raises(ValueError, match="more than 0 MB"):
        carry.unpack(parcel_with({"large.ipynb": b" " * 101}))


def test_damaged_progress_or_a_broken_notebook_in_a_whole_file_is_refused(machine):
    my = machine("class")
    for name, data, words in ((carry.EVENTS, b"[1]\n", "progress"), (NAME, b"{", "no whole")):
        files = {carry.EVENTS: b"", name: data}
        with pytest.raises(ValueError, match=words):
            carry.unpack(carry._zipped(files))
    assert source(my / NAME) == "first" and progress.events() == []


# the ways to ask for it


def test_the_command_line_takes_home_and_brings_back(machine, capsys, tmp_path):
    my = machine("class", at_work=False)
    change(my / NAME, "my work")
    (my / "broken.ipynb").write_text("{")
    assert command.main(["take-home"]) == 0
    shown = capsys.readouterr()
    assert "1 changed notebook" in shown.err and "broken.ipynb" in shown.err
    path = shown.out.strip()
    assert path.startswith(str(my / "my-work-")) and path.endswith(".zip")
    machine("home", at_work=False)
    assert command.main(["bring-back", path]) == 0
    assert "1 notebook (01_language_models) came back" in capsys.readouterr().out
    for odd in (str(tmp_path / "none.zip"), __file__):
        assert command.main(["bring-back", odd]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_away_from_the_notebooks_they_are_looked_for_where_course_my_says(machine, monkeypatch):
    my = machine("class", at_work=False)
    assert carry.my_folder() == my
    monkeypatch.setenv("COURSE_MY", "~/notebooks")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(my))
    assert carry.my_folder() == my / "notebooks"


def ask(card, monkeypatch, wish, *buffers):
    sent = []
    monkeypatch.setattr(card, "send", lambda content, buffers=None: sent.append((content, buffers)))
    card._handle_custom_msg(wish, list(buffers))
    return sent


def test_the_card_hands_out_a_file_and_takes_it_back_in_pieces(machine, monkeypatch):
    my, card = machine("class"), Carrying()
    change(my / NAME, "my work")
    (content, (data,)), = ask(card, monkeypatch, {"do": "take"})
    assert content["name"].startswith("my-work-") and "1 changed notebook" in card.said
    other = machine("home")
    for start in range(0, len(data), 500):
        assert source(other / NAME) == "first"
        wish = {"do": "piece", "first": start == 0, "last": start + 500 >= len(data)}
        ask(card, monkeypatch, wish, memoryview(data)[start:start + 500])
    assert source(other / NAME) == "my work" and (card.error, card.answers) == ("", 2)
    ask(card, monkeypatch, {"do": "piece", "first": True, "last": True}, b"half")
    assert card.error.startswith("Nothing was changed. This file was cut off")
    assert card.said == ""


def test_the_card_reads_well_where_nothing_runs():
    assert "python -m helpers.progress" in Carrying()._repr_mimebundle_()[0]["text/plain"]
