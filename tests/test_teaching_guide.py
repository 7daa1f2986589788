"""The guide names only what there is, its plans take 90 minutes, and the decks keep them."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import build_slides
import deck_cells
import nbformat
import pytest

from helpers import course

ROOT = Path(__file__).resolve().parents[1]
TEACHING = ROOT / "teaching"
READY = [notebook for notebook in course.NOTEBOOKS if notebook.ready]
PLAN = ("minutes", "section", "what happens", "widget", "ask")
HOME = ("exercise", "minutes", "why")
PARTS = ["Understood before", "90 minutes", "Three questions to discuss", "Homework",
         "What usually goes wrong"]
LESSON, EARLY_OR_LATE = 90, 2         # minutes
SPOKEN = {3: "three", 5: "five", 6: "six", 8: "eight", 10: "ten"}
WORDS = (450, 850)

each_guide = pytest.mark.parametrize("notebook", READY, ids=lambda notebook: notebook.name)


def guide_of(notebook: course.Notebook) -> str:
    """The text of one notebook's guide."""
    return (TEACHING / f"{notebook.name}.md").read_text(encoding="utf-8")


def part(text: str, heading: str) -> str:
    """What stands below one `## ` heading."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str, heads: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of the table with these heads."""
    lines = text.splitlines()
    first = lines.index(f"| {' | '.join(heads)} |") + 2
    table = lines[first:]
    end = next((i for i, line in enumerate(table) if not line.startswith("|")), len(table))
    return [dict(zip(heads, map(str.strip, line.strip("|").split("|")), strict=True))
            for line in table[:end]]


def plan_of(text: str) -> list[dict[str, str]]:
    return rows(part(text, "90 minutes"), PLAN)


def cells(notebook: course.Notebook) -> list:
    return nbformat.read(ROOT / "notebooks" / f"{notebook.name}.ipynb", as_version=4).cells


def headings(notebook: course.Notebook) -> list[str]:
    """The headings, and "Pause" where the notebook has its mark."""
    return ["Pause" if line.startswith("**Pause here.**") else line.lstrip("# ")
            for cell in cells(notebook) if cell.cell_type == "markdown"
            for line in cell.source.splitlines() if line.startswith(("#", "**Pause here.**"))]


def settled(notebook: course.Notebook) -> dict[str, str]:
    """Question id -> the key of the option that the notebook's own numbers have found."""
    file = ROOT / "helpers" / "exercises" / f"{notebook.stem}.questions.json"
    printed = " ".join(" ".join(output.text for cell in cells(notebook) if cell.cell_type == "code"
                                for output in cell.outputs if "text" in output).split())
    found = {}
    for id, question in json.loads(file.read_text(encoding="utf-8")).items():
        said = re.search(rf"Question {re.escape(id)}\..*?The numbers say: (.*)", printed)
        fits = [option for option in question["options"] if said[1].startswith(option["text"])]
        found[id] = max(fits, key=lambda option: len(option["text"]))["key"]
    return found


def deck_of(notebook: course.Notebook) -> list[build_slides.Slide]:
    return build_slides.read_deck(build_slides.SOURCES / f"{notebook.name}.md")


def exercises(notebook: course.Notebook) -> dict:
    records = importlib.import_module(f"helpers.exercises.{notebook.stem}").EXERCISES
    return {record.id: record for record in records}


@each_guide
def test_a_guide_has_its_parts_in_order_and_a_readable_length(notebook):
    text = guide_of(notebook)
    assert text.startswith(f"# {notebook.number} · {notebook.title}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == PARTS
    assert WORDS[0] <= len(re.findall(r"[\w’'-]+", text)) <= WORDS[1]


@each_guide
def test_the_plan_takes_ninety_minutes_along_the_headings_of_the_notebook(notebook):
    plan, known = plan_of(guide_of(notebook)), headings(notebook)
    assert sum(int(row["minutes"]) for row in plan) == LESSON
    places = []
    for row in plan:
        fits = [i for i, heading in enumerate(known)
                if heading == row["section"] or heading.startswith(f"{row['section']} ·")]
        assert fits, f"{row['section']!r} is no heading"
        places.append(fits[0])
    assert places == sorted(places), "the plan leaves the order of the notebook"


@each_guide
def test_each_widget_of_the_plan_stands_in_the_section_that_it_is_named_for(notebook):
    explorers = importlib.import_module(f"helpers.explorers.{notebook.stem}")
    sources = "\n".join(cell.source for cell in cells(notebook))
    for row in plan_of(guide_of(notebook)):
        for name in re.findall(r"`(\w+)`", row["widget"]):
            assert callable(getattr(explorers, name))
            section = sources.partition(f"{row['section']}\n")[2]
            own = re.split(r"^#{1,2} ", section, maxsplit=1, flags=re.MULTILINE)[0]
            assert f"explorers.{name}(" in own, f"{name} is not in {row['section']}"


@each_guide
def test_each_question_of_the_plan_is_told_with_the_answer_that_the_numbers_give(notebook):
    found, asked = settled(notebook), []
    for row in plan_of(guide_of(notebook)):
        for id, key in re.findall(r"`(\d\.[a-z])` → `([^`]+)`", row["ask"]):
            assert found[id] == key, id
            asked.append(id)
        assert len(re.findall(r"\d\.[a-z]\b", row["ask"])) == row["ask"].count("→")
    assert len(asked) == len(set(asked)) >= 4


@each_guide
def test_every_starred_exercise_is_done_in_class_or_at_home_and_minutes_are_those_of_the_notebook(
        notebook):
    text, known = guide_of(notebook), exercises(notebook)
    in_class = {id: row for row in plan_of(text) for id in re.findall(r"★ (\d\.\d+)", row["ask"])}
    home = rows(part(text, "Homework"), HOME)
    at_home = [re.match(r"(★ )?(\d\.\d+)", row["exercise"])[2] for row in home]
    assert len(at_home) == len(set(at_home)) >= 3
    starred = {id for id, record in known.items() if record.starred}
    assert starred <= {*in_class, *at_home} and not in_class.keys() & set(at_home)
    for id, row in in_class.items():
        assert row["section"] == f"Exercise {id} ★"
        assert int(row["minutes"]) >= known[id].minutes
    for id, row in zip(at_home, home, strict=True):
        assert row["exercise"] == f"{'★ ' * known[id].starred}{id} {known[id].title}"
        assert int(row["minutes"]) == known[id].minutes


# The decks keep the plans

def in_time(notebook: course.Notebook) -> list[dict]:
    """The rows of the plan, each with the minutes at which it "begins" and "ends"."""
    rows_, minute = [], 0
    for row in plan_of(guide_of(notebook)):
        rows_.append(row | {"begins": minute, "ends": minute + int(row["minutes"])})
        minute = rows_[-1]["ends"]
    return rows_


def has_slides(row: dict) -> bool:
    """Tell whether slides are shown in it; else a note announces it, and then it has its time."""
    return not row["section"].startswith(("Exercise", "Bridge", "Pause"))


def announced(slide: build_slides.Slide) -> list[str]:
    """How a guide's plan names what the notes of a slide announce."""
    return [*(f"Exercise {id} ★" for id in re.findall(r"Exercise (\d\.\d+) now", slide.notes)),
            *(["Bridge"] if "The bridge now" in slide.notes else []),
            *(["Pause"] if "Pause here" in slide.notes else [])]


def cell_shown(book: deck_cells.Notebook, slide: build_slides.Slide) -> int | None:
    """The place of the notebook's cell that a slide shows; None if it shows none."""
    named = build_slides.REFERENCE.search(slide.body)
    kind, key = named.groups() if named else ("exercises", "")
    if kind == "question":
        return next(place for place, cell in enumerate(book.cells)
                    if f'questions.ask("{key}")' in deck_cells.text(cell))
    if kind in ("exercises", "live"):
        return None
    return book.find(key.split(" | ")[0].strip())


def sections_shown(notebook: course.Notebook, slides: list, plan: list[dict]) -> list[str | None]:
    """For each slide the row of the plan from whose section it shows something, or None."""
    book = deck_cells.notebook(notebook.name)
    lines = {place: deck_cells.text(cell).split("\n") for place, cell in enumerate(book.cells)
             if cell["cell_type"] == "markdown"}
    begins = {row["section"]: next(place for place, said in lines.items() for line in said
                                   if re.match(rf"#+ {re.escape(row['section'])}( ·|$)", line))
              for row in filter(has_slides, plan)}
    shown = [begins.get(slide.title, cell_shown(book, slide)) for slide in slides]
    return [None if place is None else max(
        (section for section in begins if begins[section] <= place), key=begins.get)
        for place in shown]


@each_guide
def test_a_deck_reaches_each_section_when_the_plan_of_its_guide_does(notebook):
    slides, plan = deck_of(notebook), in_time(notebook)
    shown, last = sections_shown(notebook, slides, plan), -1
    for row in filter(has_slides, plan):
        first = shown.index(row["section"])         # those before it may lead over, by a formula
        assert any(abs(slide.minute - row["begins"]) <= EARLY_OR_LATE
                   for slide in slides[last + 1:first + 1]), row["section"]
        last = max(n for n, section in enumerate(shown) if section == row["section"])
        assert first <= last < len(slides) - 1


@each_guide
def test_what_a_note_announces_has_its_minutes_before_the_next_slide_and_all_of_it_is(notebook):
    slides, told = deck_of(notebook), []
    plan = {row["section"].partition(" ·")[0]: row for row in in_time(notebook)
            if not has_slides(row)}
    for slide, following in zip(slides, slides[1:], strict=False):
        for name in announced(slide):
            row, minutes = plan[name], int(plan[name]["minutes"])
            assert following.minute - slide.minute >= minutes, name
            assert following.minute <= row["ends"] + EARLY_OR_LATE, name
            assert name == "Pause" or f"now, {SPOKEN[minutes]} minutes" in slide.notes, name
            told.append(name)
    assert sorted(told) == sorted(plan)


@each_guide
def test_the_last_slide_of_a_deck_sets_the_homework_of_its_guide(notebook):
    text, notes = guide_of(notebook), deck_of(notebook)[-1].notes
    home = [re.search(r"\d\.\d+", row["exercise"])[0]
            for row in rows(part(text, "Homework"), HOME)]
    assert re.findall(r"\d\.\d+", notes.partition("Homework: ")[2]) == home


@each_guide
def test_three_questions_each_have_a_good_answer_and_two_wrong_ones(notebook):
    asked = re.split(r"^### ", part(guide_of(notebook), "Three questions to discuss"),
                     flags=re.MULTILINE)[1:]
    assert len(asked) == 3
    for text in asked:
        assert text.splitlines()[0].endswith("?")
        assert text.count("**A good answer:**") == 1
        assert len(re.findall(r"^- \*“.+”\* \w", text, re.MULTILINE)) == 2


@each_guide
def test_a_section_an_exercise_or_a_question_that_is_named_exists(notebook):
    text = guide_of(notebook)
    for name, number in re.findall(r"\bsection (\w)\b(?: of (\d\d))?", text):
        other = course.find(number) if number else notebook
        assert any(heading.startswith(f"{name} · ") for heading in headings(other)), name
    for id in re.findall(r"[Ee]xercise (\d\.\d+)", text):
        assert id in exercises(course.of_id(id)), id


@pytest.mark.parametrize("path", sorted(TEACHING.glob("*.md")), ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_first_page_leads_to_the_guide_of_every_notebook_that_is_ready():
    text = (TEACHING / "README.md").read_text(encoding="utf-8")
    for notebook in READY:
        assert f"]({notebook.name}.md)" in text
