"""Corpora: clean splits, honest data cards, a cache that heals, a source known exactly."""

from __future__ import annotations

import hashlib
import math
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import world_text

from helpers import corpora
from helpers.corpora import __main__ as command_line
from helpers.corpora import docstrings, files, frozen, python_docs, registry, sentences, written

ROOT = Path(__file__).parents[1]
CARDS = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
OFFLINE = ("markov", "python_docs")
BUILT_FROM = re.search(r"with numpy ([\d.]+), torch ([\d.]+) and matplotlib ([\d.]+) ", CARDS)


def counts(texts: list[str]) -> list[int]:
    """Sentences, words, characters."""
    return [len(texts), sum(len(text.split()) for text in texts), sum(map(len, texts))]


def card_row(corpus: str, split: str) -> list[int]:
    """The numbers that data/README.md states for one split."""
    card = CARDS.partition(f"\n## {corpus}\n")[2].partition("\n## ")[0]
    cells = re.search(rf"^\| {split} \| (.*) \|$", card, re.MULTILINE)[1].split(" | ")
    return [int(cell.replace(",", "")) for cell in cells]


# ---- the public door


@pytest.mark.parametrize("split", corpora.SPLITS)
@pytest.mark.parametrize("name", OFFLINE)
def test_every_offline_corpus_has_three_splits_of_text(name, split):
    texts = corpora.load(name, split)
    assert len(texts) > 50 and all(isinstance(text, str) and text.strip() for text in texts)


def test_an_unknown_corpus_or_split_is_an_error_that_lists_what_exists():
    with pytest.raises(ValueError, match="analogies, apple, .*markov, python_docs, reviews"):
        corpora.load("wikipedia")
    with pytest.raises(ValueError, match="train, valid, test"):
        corpora.load("markov", "dev")
    with pytest.raises(ValueError, match="analogies, apple, .*markov, python_docs, reviews"):
        corpora.describe("wikipedia")


@pytest.mark.parametrize("name", ["markov", "tiny_shakespeare"])
def test_only_python_docs_has_a_leaky_split(name):
    with pytest.raises(ValueError, match="python_docs"):
        corpora.load(name, leak=True)


@pytest.mark.parametrize("name", OFFLINE)
def test_the_printed_card_states_the_counts_of_the_data(name):
    card = corpora.describe(name)
    for split in corpora.SPLITS:
        row = next(line for line in card.splitlines() if line.split()[:1] == [split])
        assert [int(x.replace(",", "")) for x in row.split()[1:]] == counts(
            corpora.load(name, split)
        )


# ---- data/README.md


def test_the_card_of_every_shipped_file_has_its_sha256():
    stated = dict(re.findall(r"^\| `([\w.]+)` \| `([0-9a-f]{64})` \|$", CARDS, re.MULTILINE))
    data = ROOT / "data"
    shipped = {path.name for path in data.glob("*") if path.is_file()}
    assert stated.keys() == shipped - {"README.md", "scores.json"}
    for name, digest in stated.items():
        assert hashlib.sha256((data / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("split", corpora.SPLITS)
def test_the_card_of_markov_counts_right(split):
    assert card_row("markov", split) == counts(corpora.load("markov", split))


@pytest.mark.skipif(
    BUILT_FROM.groups() != tuple(map(python_docs.version, python_docs.PACKAGES)),
    reason="other versions of the packages than the card was written for",
)
@pytest.mark.parametrize("split", corpora.SPLITS)
def test_the_card_of_python_docs_counts_right_within_two_per_cent(split):
    stated = card_row("python_docs", split)
    assert stated == pytest.approx(counts(corpora.load("python_docs", split)), rel=0.02)


def test_the_card_of_markov_states_the_entropies():
    source = corpora.markov_source()
    for length, row in enumerate(["nothing", "the last word", "the last two words.*"]):
        bits, nats = re.search(rf"^\| {row} \| ([\d.]+) \| ([\d.]+) \|$", CARDS, re.M).groups()
        assert float(nats) == pytest.approx(source.conditional_entropy(length), abs=5e-5)
        assert float(bits) == pytest.approx(float(nats) / math.log(2), abs=1e-4)


# ---- python_docs


def test_no_sentence_stands_in_two_splits_or_twice_in_one():
    seen = Counter(
        " ".join(text.casefold().split())
        for split in corpora.SPLITS
        for text in corpora.load("python_docs", split)
    )
    assert set(seen.values()) == {1}


def test_the_leaky_split_shares_sentences_between_train_and_test():
    train = set(corpora.load("python_docs", "train", leak=True))
    test = corpora.load("python_docs", "test", leak=True)
    assert 0.1 < sum(text in train for text in test) / len(test) < 0.5


def test_the_leaky_split_holds_every_sentence_and_every_repetition():
    leaky = [t for split in corpora.SPLITS for t in corpora.load("python_docs", split, leak=True)]
    clean = [text for split in corpora.SPLITS for text in corpora.load("python_docs", split)]
    assert len(leaky) > len(clean)
    assert {text.casefold() for text in leaky} == {text.casefold() for text in clean}
    assert leaky == [
        t for split in corpora.SPLITS for t in corpora.load("python_docs", split, leak=True)
    ]


def test_every_sentence_fulfils_the_filter():
    for split in corpora.SPLITS:
        assert all(map(sentences.is_prose, corpora.load("python_docs", split)))


def test_load_gives_the_sentences_as_they_were_built():
    rows = python_docs._read(python_docs.build())
    built = [row.sentence for row in rows if row.split == "valid" and row.first]
    assert corpora.load("python_docs", "valid") == built
    assert any(text != text.lower() for text in built)
    name, path = next(
        f for f in docstrings.source_files("numpy") if f[0].endswith("fromnumeric.py")
    )
    found = {s for d in docstrings.docstrings(path.read_bytes()) for s in sentences.sentences(d)}
    assert found <= {row.sentence for row in rows} and python_docs.split_of(name)


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-40],
        lambda raw: raw.replace(b"truth", b"trash"),
        lambda raw: b"",
        lambda raw: b"{}\n",
    ],
    ids=["truncated", "altered", "empty", "no checksum"],
)
def test_a_damaged_cache_is_noticed_and_built_again(damage, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(python_docs, "_collect", lambda: [("train", "The truth is out there.")])
    assert corpora.load("python_docs") == ["The truth is out there."]
    sound = python_docs.path().read_bytes()
    python_docs.path().write_bytes(damage(sound))
    assert corpora.load("python_docs") == ["The truth is out there."]
    assert "damaged, so it is built again" in capsys.readouterr().err
    assert python_docs.path().read_bytes() == sound
    assert sorted(tmp_path.glob("*")) == sorted(tmp_path.glob("python_docs-*"))


def test_a_second_build_leaves_the_cache_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    collected = iter([[("train", "It is built once.")]])
    monkeypatch.setattr(python_docs, "_collect", lambda: next(collected))
    corpora.build("python_docs")
    corpora.build("python_docs")
    assert corpora.load("python_docs") == ["It is built once."]


def test_two_processes_that_build_at_once_do_not_hurt_each_other(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    code = (
        "from helpers import corpora; from helpers.corpora import python_docs\n"
        "python_docs._collect = lambda: [('test', f'Line {i} is here.') for i in range(20000)]\n"
        "print(len(corpora.load('python_docs', 'test')))"
    )
    command = [sys.executable, "-c", code]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[0].split()[-1] for process in both] == [b"20000"] * 2


def test_a_cache_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file"))
    with pytest.raises(OSError, match="COURSE_CACHE"):
        corpora.load("python_docs")


def test_a_repeated_sentence_belongs_to_train_first_then_to_valid():
    found = [("test", "Same."), ("valid", "SAME."), ("train", "same."), ("train", "same.")]
    assert [row.first for row in python_docs.mark_repetitions(found)] == [False, False, True, False]
    assert [row.first for row in python_docs.mark_repetitions(found[:2])] == [False, True]


def test_the_split_of_a_file_depends_on_its_name_alone():
    names = [f"torch/nn/file_{i}.py" for i in range(3000)]
    shares = Counter(map(python_docs.split_of, names))
    assert shares["train"] / 3000 == pytest.approx(0.8, abs=0.04)
    assert shares["valid"] / 3000 == pytest.approx(0.1, abs=0.03)
    assert python_docs.split_of("torch/_torch_docs.py") == "train"


def test_a_package_on_another_path_is_found_without_being_imported(tmp_path, monkeypatch):
    package = tmp_path / "faraway"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text('raise RuntimeError("imported")')
    (package / "tests" / "test_it.py").write_text('"""A test is no documentation."""')
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [name for name, _ in docstrings.source_files("faraway")] == ["faraway/__init__.py"]
    with pytest.raises(ValueError, match="pip install nowhere_at_all"):
        docstrings.source_files("nowhere_at_all")


def test_source_files_come_in_the_order_of_their_names_with_forward_slashes():
    names = [name for name, _ in docstrings.source_files("numpy")]
    assert names == sorted(names) and "numpy/lib/__init__.py" in names
    assert not any("/tests/" in name or "\\" in name for name in names)


# ---- the learner's own text


def test_a_text_file_becomes_sentences_as_written(tmp_path):
    file = tmp_path / "mine.txt"
    file.write_bytes("\ufeffÇa va?\r\nYes, it\r\n does.\r\n\r\nA title\r\n\r\nEnd.".encode())
    assert corpora.from_file(file) == ["Ça va?", "Yes, it does.", "A title", "End."]
    assert corpora.from_file(str(file)) == corpora.from_file(file)


def test_how_many_sentences_were_found_is_said(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("One ends. Two ends.\nThree", encoding="utf-8")
    assert len(corpora.from_file(tmp_path / "mine.txt")) == 3
    assert capsys.readouterr().out == "mine.txt: 3 sentences, 5 words between blanks.\n"
    (tmp_path / "mine.txt").write_text("One", encoding="utf-8")
    corpora.from_file(tmp_path / "mine.txt")
    assert capsys.readouterr().out == "mine.txt: 1 sentence, 1 word between blanks.\n"


def test_one_item_a_line_when_asked(tmp_path, capsys):
    file = tmp_path / "poem.txt"
    file.write_bytes(b"A line. It goes  on\rThe next\r\n\n \t\nThe last")
    assert corpora.from_file(file, by_line=True) == ["A line. It goes on", "The next", "The last"]
    assert "poem.txt: 3 lines, 9 words" in capsys.readouterr().out
    file.write_bytes(b" \n\n")
    with pytest.raises(ValueError, match="is empty"):
        corpora.from_file(file, by_line=True)


def test_a_text_is_read_in_nfc_with_its_marks_and_its_own_full_stops(tmp_path):
    file = tmp_path / "world.txt"
    file.write_bytes("Un e\u0301te\u0301. हिन्दी भाषा है। वह है। ما هذا؟ بخير".encode())
    assert corpora.from_file(file) == [
        "Un été.", "हिन्दी भाषा है।", "वह है।", "ما هذا؟", "بخير"]


@pytest.mark.parametrize("encoding, mark", [
    ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_a_mark_at_the_beginning_says_how_to_read_a_file(encoding, mark, tmp_path):
    (tmp_path / "mine.txt").write_bytes(mark + "Ça va? 好。".encode(encoding))
    assert corpora.from_file(tmp_path / "mine.txt") == ["Ça va?", "好。"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_and_a_device_are_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for file in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match="is a pipe or a device.* save what comes out"):
            corpora.from_file(file)


def test_a_file_of_200_mb_is_refused_in_words_and_not_read(tmp_path, monkeypatch):
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(200_000_000)                      # a hole: takes no room on the disk
    with pytest.raises(ValueError, match="has 200 MB; at most 20 MB .*save a part of it"):
        corpora.from_file(tmp_path / "large.txt")
    monkeypatch.setattr(files, "MOST_BYTES", 4)
    (tmp_path / "small.txt").write_bytes(b"abcd")
    assert corpora.from_file(tmp_path / "small.txt") == ["abcd"]
    (tmp_path / "small.txt").write_bytes(b"abcde")
    with pytest.raises(ValueError, match="save a part"):
        corpora.from_file(tmp_path / "small.txt")


@given(st.lists(world_text, max_size=4))
def test_from_file_loses_nothing_but_white_space(texts):
    whole = "\n\n".join(texts)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "mine.txt")
        file.write_text(whole, encoding="utf-8", newline="")
        for by_line in (False, True):
            try:
                found = corpora.from_file(file, by_line=by_line)
            except ValueError as error:
                assert re.search("is empty|is not plain text", str(error))
            else:
                kept = unicodedata.normalize("NFC", whole.removeprefix("\ufeff"))
                assert "".join("".join(found).split()) == "".join(kept.split())
                assert all(item == " ".join(item.split()) for item in found)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        ("Ça".encode("latin-1"), "byte 0 is 0xc7"),
        (b"abc\xff", "byte 3 is 0xff"),
        (b"ab\0c", "byte 2 is 0"),
        ("text".encode("utf-16-le"), "byte 1 is 0, .*UTF-16 without its mark"),
        ("text".encode("utf-16-be"), "byte 0 is 0, .*UTF-16 without its mark"),
        ("привет".encode("utf-16-le"), "byte 1 is 4, .*UTF-16 without its mark"),
        ("中文".encode("utf-16-le"), "not in UTF-8: .*it may be in .*UTF-16"),
        (b"\xff\xfea", "not in UTF-16: byte 2 is 0x61"),
    ],
)
def test_a_file_that_is_no_text_is_an_error_that_says_why(content, message, tmp_path):
    file = tmp_path / "mine.txt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        corpora.from_file(file)
    assert "mine.txt" in str(error.value)


def test_a_missing_file_and_a_folder_are_errors_that_say_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file .*nothing.txt"):
        corpora.from_file(tmp_path / "nothing.txt")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        corpora.from_file(tmp_path)


# frozen texts


@pytest.fixture
def unread(monkeypatch):
    """A session in which no corpus was read yet."""
    monkeypatch.setattr(frozen, "_checked", {})


def test_the_texts_here_are_those_that_the_numbers_were_made_on(unread, capsys):
    for name in ("python_docs", "markov", "stories", "reviews", "apple"):
        corpora.load(name, "test")
    corpora.analogies()
    assert corpora.changed() == [] and capsys.readouterr().out == ""


def test_another_text_is_said_in_words_once(unread, monkeypatch, capsys):
    monkeypatch.setattr(python_docs, "fingerprint", lambda: "another")
    for _ in range(2):
        assert corpora.load("python_docs", "test")
    said = capsys.readouterr().out
    assert said.count("is not the text that the numbers") == 1 and "numpy 2." in said
    assert "stored models work as before" in said and corpora.changed() == ["python_docs"]


def test_one_letter_more_in_a_written_text_is_said(unread, monkeypatch, tmp_path, capsys):
    text = (written.DATA / "apple.tsv").read_text(encoding="utf-8")
    monkeypatch.setattr(written, "DATA", tmp_path)
    (tmp_path / "apple.tsv").write_bytes(text.replace("\n", "\r\n").encode())
    corpora.labelled("apple")
    assert corpora.changed() == []                      # Windows' line ends are no other text
    frozen._checked.clear()
    (tmp_path / "apple.tsv").write_bytes(text.replace("apple", "apples", 1).encode())
    corpora.labelled("apple")
    assert "git checkout data/apple.tsv" in capsys.readouterr().out
    assert corpora.changed() == ["apple"]


def test_the_command_line_counts_what_it_built_and_says_how_it_is_used(capsys):
    assert command_line.main(["markov"]) == 0
    n_sentences, n_words, n_characters = map(sum, zip(*(
        counts(corpora.load("markov", split)) for split in corpora.SPLITS), strict=True))
    assert capsys.readouterr().out == (f"markov: {n_sentences:,} sentences, {n_words:,} words, "
                                       f"{n_characters:,} characters\n")
    assert command_line.main([]) == 2
    assert capsys.readouterr().out.startswith(
        "usage: python -m helpers.corpora NAME   with analogies")
    assert command_line.main(["nothing"]) == 1
    told = capsys.readouterr()
    assert told.out == "" and "'nothing'" in told.err


# pairs


def test_pairs_are_read_split_and_kept_apart_from_texts(monkeypatch, tmp_path):
    lines = ["source\ttarget", *(f"word {i}\tmot {i}" for i in range(10))]
    (tmp_path / "words.tsv").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(written, "DATA", tmp_path)
    words = corpora.Corpus("words", "words: a trial", "", file="words.tsv",
                           columns=("source", "target"), dealt=registry.FIVE)
    monkeypatch.setitem(registry.CORPORA, "words", words)
    assert corpora.pairs("words", "test") == [("word 4", "mot 4"), ("word 9", "mot 9")]
    assert len(corpora.pairs("words")) == 6
    assert "test             2         8          24" in corpora.describe("words")
    with pytest.raises(ValueError, match="holds pairs of texts: use pairs"):
        corpora.load("words")
    with pytest.raises(ValueError, match="'apple' has no pairs: .*, words have"):
        corpora.pairs("apple")
    with pytest.raises(ValueError, match="split 'dev'"):
        corpora.pairs("words", "dev")
