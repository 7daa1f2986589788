"""The pairs that a grammar makes: rebuilt byte for byte, splits, links, damaged files."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import make_pairs
import pytest

from data.grammars import common
from data.grammars.en_fr_phrases import spelled
from helpers import corpora
from helpers.corpora import written

SPLITS = ("train", "valid", "test", "unseen", "long", "wrong_word")
LEAST = {"train": 6000, "valid": 400, "test": 400, "unseen": 300, "long": 300, "wrong_word": 200}
each = pytest.mark.parametrize("name", make_pairs.NAMES)


@cache
def pairs(name: str, split: str) -> list[tuple[list[str], list[str]]]:
    """The words of both sides of every pair of a split."""
    return [(source.split(), target.split()) for source, target in corpora.pairs(name, split)]


# ---- what holds for every grammar

@each
def test_the_file_is_rebuilt_byte_for_byte(name):
    assert (written.DATA / f"{name}.tsv").read_bytes() == make_pairs.content(name).encode()


@each
def test_every_split_has_its_size_and_an_unknown_one_names_them(name):
    for split in SPLITS:
        assert len(pairs(name, split)) >= LEAST[split]
    with pytest.raises(ValueError, match="'dev': there are train, valid, test, unseen, long, wro"):
        corpora.pairs(name, "dev")


@each
def test_no_source_stands_twice(name):
    sources = Counter(" ".join(source) for split in SPLITS for source, _ in pairs(name, split))
    assert max(sources.values()) == 1


@each
def test_the_vocabulary_is_small_and_every_word_stands_often_in_train(name):
    for side in (0, 1):
        words = Counter(word for pair in pairs(name, "train") for word in pair[side])
        assert 250 <= len(words) <= 400 and min(words.values()) >= 15
        others = {word for split in SPLITS for pair in pairs(name, split) for word in pair[side]}
        assert others == words.keys()


@each
def test_train_has_many_lengths_and_long_is_longer(name):
    lengths = Counter(len(source) for source, _ in pairs(name, "train"))
    assert min(lengths) >= 4 and max(lengths) <= 14
    assert all(lengths[length] >= 0.03 * sum(lengths.values()) for length in range(4, 15))
    assert sum(lengths[length] for length in range(10, 15)) >= 0.4 * sum(lengths.values())
    assert {len(source) for source, _ in pairs(name, "long")} == {*range(15, 33)}


@each
def test_links_lie_within_the_sentence_and_every_target_word_has_one(name):
    for split in SPLITS:
        for (source, target), links in zip(
                pairs(name, split), corpora.alignments(name, split), strict=True):
            comma = {t for t, word in enumerate(target) if word == "，" and "," not in source}
            assert {row for row, _ in links} | comma == {*range(len(target))}
            assert {column for _, column in links} <= {*range(len(source))}


@each
def test_a_wrong_word_differs_stands_in_the_first_half_and_is_known(name):
    known = {word for _, target in pairs(name, "train") for word in target}
    wrong = corpora.wrong_words(name)
    assert len(wrong) == len(pairs(name, "wrong_word"))
    for (place, word), (_, target) in zip(wrong, pairs(name, "wrong_word"), strict=True):
        assert place < len(target) / 2 and word != target[place] and word in known


@each
def test_the_card_counts_pairs_and_says_how_long_they_are(name):
    card = (written.DATA / "README.md").read_text(encoding="utf-8")
    card = card.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    for split in SPLITS:
        told = re.search(rf"^\| {split} \| (.*) \|$", card, re.MULTILINE)[1].split(" | ")
        sides = [sum(len(pair[side]) for pair in pairs(name, split)) for side in (0, 1)]
        assert [int(cell.replace(",", "")) for cell in told] == [len(pairs(name, split)), *sides]
    assert f"{'wrong_word':11}" in corpora.describe(name)


# ---- the parts

def test_parts_keep_their_links_wherever_they_stand():
    noun = common.compose("cat|n", "chat|n")
    pair = common.compose("the|d {n} does not|o sleep|v", "le|d {n} ne|o dort|v pas|o", n=noun)
    assert pair.source == ("the", "cat", "does", "not", "sleep")
    assert pair.links == {(0, 0), (1, 1), (3, 2), (3, 4), (4, 3)}
    swapped = common.compose("a|a {n}", "{n} b|a", n=noun)
    assert swapped.links == {(0, 1), (1, 0)}


def test_a_contraction_keeps_the_links_of_both_words():
    pair = common.compose("of|a the|b village|c", "de/d'|a le/l'|b village|c")
    assert spelled(pair).target == ("du", "village")
    assert spelled(pair).links == {(0, 0), (1, 0), (2, 1)}
    pair = common.compose("of|a the|b island|c", "de/d'|a la/l'|b île|c")
    assert spelled(pair).target == ("de", "l'", "île")


def test_a_source_with_two_translations_is_refused():
    texts = iter([("a", "b"), ("a", "c")])
    draw = common._steady(lambda rng, long: common.Pair(*((text,) for text in next(texts)),
                                                        frozenset()))
    draw(None, False)
    with pytest.raises(ValueError, match="'a' has two translations: 'b' and 'c'"):
        draw(None, False)


# ---- a damaged file

@pytest.mark.parametrize("damage, complaint", [
    (lambda text: text[:-20], "does not end with a line break: the file is cut"),
    (lambda text: text[:text.index("\nlong\t") + 1], "holds the splits train, valid, test, unseen"),
    (lambda text: text.replace("\t0-0 ", "\t0-99 ", 1), "lies outside"),
    (lambda text: text.replace("\t0-0 ", "\t00 ", 1), "not of the form"),
    (lambda text: text.replace("split\t", "part\t", 1), "does not begin with split"),
])
def test_a_damaged_file_is_told_in_words_with_the_cure(tmp_path, monkeypatch, damage, complaint):
    whole = (written.DATA / "en_fr.tsv").read_text(encoding="utf-8")
    (tmp_path / "en_fr.tsv").write_text(damage(whole), encoding="utf-8")
    monkeypatch.setattr(written, "DATA", tmp_path)
    with pytest.raises(ValueError, match=complaint) as error:
        corpora.alignments("en_fr")
    assert "git checkout data/en_fr.tsv" in str(error.value)


def test_a_wrong_word_outside_its_sentence_is_refused():
    item = {"target": "le chat dort .", "wrong": "4:chien"}
    with pytest.raises(ValueError, match="4:chien"):
        written.wrong_word(item, "en_fr.tsv")
    assert written.wrong_word(item | {"wrong": "1:chien"}, "en_fr.tsv") == (1, "chien")


def test_only_corpora_with_links_have_alignments():
    with pytest.raises(ValueError, match="'apple' has no alignments: en_fr"):
        corpora.alignments("apple")
    with pytest.raises(ValueError, match="'apple' has no wrong words: en_fr"):
        corpora.wrong_words("apple")
