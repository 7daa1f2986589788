"""The texts written for this course: what their cards promise, and what a damaged file says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from helpers import corpora, tokenizers
from helpers.corpora import written

CARDS = (Path(__file__).parents[1] / "data" / "README.md").read_text(encoding="utf-8")
NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|none|neither|nor|cannot|without)\b|n't")
NAMES = ("stories", "reviews", "apple")


@pytest.mark.parametrize("split", corpora.SPLITS)
@pytest.mark.parametrize("name", NAMES)
def test_the_card_counts_right(name, split):
    card = CARDS.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    stated = re.search(rf"^\| {split} \| (.*) \|$", card, re.MULTILINE)[1].split(" | ")
    texts = corpora.load(name, split)
    counted = [len(texts), sum(len(text.split()) for text in texts), sum(map(len, texts))]
    assert [int(cell.replace(",", "")) for cell in stated] == counted


@pytest.mark.parametrize("name", NAMES)
def test_splits_share_no_text_and_no_text_stands_twice(name):
    texts = [text for split in corpora.SPLITS for text in corpora.load(name, split)]
    assert max(Counter(text.lower() for text in texts).values()) == 1


def test_stories_are_long_enough_and_plain():
    stories = [text for split in corpora.SPLITS for text in corpora.load("stories", split)]
    assert sum(len(text) + 1 for text in stories) >= 120_000 and len(stories) >= 100
    assert all(text.isascii() and text[-1] in '.!?"' and len(text) > 800 for text in stories)
    assert all(text.count('"') % 2 == 0 for text in stories)


def test_reviews_are_balanced_in_every_split_and_domain():
    for split in corpora.SPLITS:
        rows = corpora.labelled("reviews", split)
        counts = Counter((row["domain"], row["label"]) for row in rows)
        assert len(counts) == 6 and len(set(counts.values())) == 1


def test_not_and_but_tell_nothing_about_the_label():
    rows = [row for split in corpora.SPLITS for row in corpora.labelled("reviews", split)]
    assert len(rows) >= 600
    for word in (NEGATION, re.compile(r"\bbut\b|\byet\b")):
        shares = [sum(bool(word.search(row["text"].lower())) for row in rows
                      if row["label"] == label) / (len(rows) / 2)
                  for label in ("positive", "negative")]
        assert abs(shares[0] - shares[1]) < 0.03 and min(shares) > 0.15


def test_every_pair_differs_on_the_side_that_its_cue_names():
    for split in corpora.SPLITS:
        rows = corpora.labelled("apple", split)
        for one, other in zip(rows[::2], rows[1::2], strict=True):
            assert (one["word"], one["cue"]) == (other["word"], other["cue"])
            assert one["sense"] != other["sense"]
            sides = []
            for row in (one, other):
                words = tokenizers.words(row["text"])
                place = words.index(row["word"])
                assert words.count(row["word"]) == 1
                sides.append((words[:place], words[place:]))
            same = 0 if one["cue"] == "right" else 1
            assert sides[0][same] == sides[1][same] and sides[0][1 - same] != sides[1][1 - same]


def test_apple_has_six_words_of_two_senses():
    rows = [row for split in corpora.SPLITS for row in corpora.labelled("apple", split)]
    senses = {word: Counter(r["sense"] for r in rows if r["word"] == word)
              for word in {row["word"] for row in rows}}
    assert len(senses) == 6 and sum(senses["apple"].values()) >= 200
    assert all(len(set(counts.values())) == 1 and len(counts) == 2 for counts in senses.values())


def test_analogies_are_pairs_of_ten_kinds_and_no_word_stands_twice_in_one():
    rows = corpora.analogies()
    kinds = Counter(row["kind"] for row in rows)
    assert len(kinds) == 10 and min(kinds.values()) >= 14 and set(rows[0]) == {"kind", "a", "b"}
    for kind in kinds:
        words = [row[side] for row in rows if row["kind"] == kind for side in "ab"]
        assert len(set(words)) == len(words) and all(re.fullmatch("[a-z]+", w) for w in words)
    with pytest.raises(ValueError, match=r"use analogies\(\)"):
        corpora.load("analogies")


def test_forms_of_words_keep_the_rules_of_spelling():
    ends = {"plural": "s|es|ies|ices", "comparative": "r|er|ier", "ing": "ing",
            "third person": "s|es|ies", "adverb": "ly|y|ally", "doer": "r|er"}
    odd = {"do does", "have has", "axis axes"}
    for row in corpora.analogies():
        if row["kind"] in ends and f"{row['a']} {row['b']}" not in odd:
            stem = row["a"][:-2] if row["a"][-2:] in ("ix", "ex") else row["a"].rstrip("ey")
            assert re.fullmatch(f"{stem}[a-z]?(?:{ends[row['kind']]})", row["b"]), row
    written_so = {f"{row['a']} {row['b']}" for row in corpora.analogies()}
    assert {"paris france", "choose chosen", "valid invalid", "fft ifft"} <= written_so


def test_the_card_of_the_analogies_counts_right():
    card = CARDS.partition("\n## analogies\n")[2].partition("\n## ")[0]
    rows = [f"{row['a']} {row['b']}" for row in corpora.analogies()]
    stated = re.search(r"^\| all \| (.*) \|$", card, re.MULTILINE)[1].replace(",", "").split(" | ")
    assert list(map(int, stated)) == [len(rows), 2 * len(rows), sum(map(len, rows))]
    assert f"{len(rows)}       {2 * len(rows)}" in corpora.describe("analogies")


def test_labels_are_only_where_there_are_labels():
    with pytest.raises(ValueError, match="reviews, apple"):
        corpora.labelled("stories")
    with pytest.raises(ValueError, match="train, valid, test"):
        corpora.labelled("reviews", "dev")


@pytest.mark.parametrize("damage, complaint", [
    (lambda text: text[:-20], "does not end with a line break: the file is cut"),
    (lambda text: "\n".join(text.split("\n")[:-3]) + "\n", "whole groups of 6"),
    (lambda text: text.replace("\tpositive\t", "\t", 1), "2 columns"),
    (lambda text: text.split("\n", 1)[1], "does not begin with domain"),
])
def test_a_damaged_file_is_told_in_words_with_the_cure(tmp_path, monkeypatch, damage, complaint):
    whole = (written.DATA / "reviews.tsv").read_text(encoding="utf-8")
    (tmp_path / "reviews.tsv").write_text(damage(whole), encoding="utf-8")
    monkeypatch.setattr(written, "DATA", tmp_path)
    with pytest.raises(ValueError, match=complaint) as error:
        corpora.load("reviews")
    assert "git checkout data/reviews.tsv" in str(error.value)
