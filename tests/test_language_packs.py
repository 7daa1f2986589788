"""Pairs out of JupyterLab's language packs: nothing lost on the way, no near duplicate held out."""

from __future__ import annotations

import gettext
import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from helpers import corpora, tokenizers
from helpers.corpora import __main__ as commands
from helpers.corpora import docstrings, frozen, language_packs, near_duplicates, python_docs

CARDS = (Path(__file__).parents[1] / "data" / "README.md").read_text(encoding="utf-8")
NAMES = {"jupyter_fr": "fr_FR", "jupyter_zh": "zh_CN"}
OF_THE_CARD = re.search(r"counts with version (\S+) of both packages", CARDS)[1]
HERE = {python_docs.version(language_packs.package(language)) for language in NAMES.values()}
each = pytest.mark.parametrize("name", NAMES)
of_the_card = pytest.mark.skipif({OF_THE_CARD} != HERE,
                                 reason="other versions of the packages than the card is for")


def everything(name: str) -> dict[str, list[tuple[str, str]]]:
    return {split: corpora.pairs(name, split) for split in corpora.SPLITS}


def near(texts: list[str]) -> set[tuple]:
    return {key for text in texts
            for key in near_duplicates.keys(near_duplicates.only_letters(text))}


# ---- what is read


@each
def test_the_messages_are_those_that_gettext_translates(name):
    language = NAMES[name]
    package = docstrings.package_folder(language_packs.package(language))
    seen = 0
    for file in sorted(package.rglob("*.mo")):
        with file.open("rb") as opened:
            catalogue = gettext.GNUTranslations(opened)
        entries = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        for key, forms in entries.items():
            context, _, message = key.rpartition("\x04")
            said = (catalogue.pgettext(context, message) if context
                    else catalogue.gettext(message))
            assert not message or said == forms[0]
            seen += bool(message)
    assert seen == len(list(language_packs.messages(language))) > 3000


@each
def test_pairs_are_tokens_between_blanks_that_a_vocabulary_gives_back(name):
    for pairs in everything(name).values():
        texts = [text for pair in pairs for text in pair]
        vocabulary = tokenizers.Vocabulary.from_texts(texts, cut="blanks")
        for text in texts:
            assert text == text.lower() and " ".join(text.split()) == text
            assert vocabulary.decode(vocabulary.encode(text)) == text
    if name == "jupyter_zh":
        tokens = {token for _, target in corpora.pairs(name) for token in target.split()}
        assert all(len(t) == 1 for t in tokens if re.search("[\u4e00-\u9fff]", t))


@each
def test_what_is_left_out_is_not_there(name):
    for pairs in everything(name).values():
        for source, target in pairs:
            assert re.search(r"[^\W\d_]", source) and re.search(r"[^\W\d_]", target)
            assert near_duplicates.only_letters(source) != near_duplicates.only_letters(target)
            assert not re.search(r"[{}<>`\\]|://|\* \*", source + target)
            assert Counter(re.findall(r"%\d", source)) == Counter(re.findall(r"%\d", target))


@pytest.mark.parametrize("message, translation, fit", [
    ("Open file", "Ouvrir", True), ("Open %1", "Ouvrir %1", True), ("Run `code`", "Lancer", True),
    ("Markdown", "markdown :", False), ("%1 / %2", "%1 sur %2", False), ("100 %", "cent", False),
    ("Open %1", "Ouvrir", False), ("Open it", "Ouvrir %1", False), ("Open", "", False),
    ("Set {a}", "Mettre", False), ("<b>Set</b>", "Mettre", False), ("src/**/x", "les x", False),
    ("see http://a.b", "voir", False), ("see", "voir http://a.b", False),
    ("word " * 40, "mot", True), ("word " * 41, "mot", False),
])
def test_what_is_a_pair(message, translation, fit):
    assert language_packs.is_pair(message, translation) is fit


def written_pack(folder: Path, entries: dict[str, list[str]], name: str = "xx_YY") -> None:
    place = folder / f"jupyterlab_language_pack_{name}" / "locale" / name / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place.parents[2] / "__init__.py").write_text('raise RuntimeError("imported")')
    (place / "lab.json").write_text(json.dumps({"": {"domain": "lab"}} | entries))


def test_contexts_forms_and_repetitions_become_one_pair(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    written_pack(tmp_path, {
        "menu\x04Close": ["Fermer"], "Close": ["Clore"], "a\x04close": ["Clore"],
        "%1 file": ["%1 fichier", "%1 fichiers"], "Save\n it": ["L’ami"]})
    rows = [row[1:] for row in language_packs.all_rows("xx_YY")]
    assert sorted(rows) == [("%1 file", "%1 fichier"), ("close", "clore"), ("save it", "l' ami")]


def test_a_pack_that_is_missing_or_empty_is_an_error_that_names_the_cure(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match="'jupyterlab_language_pack_zz_ZZ' is not installed here: "
                                         "pip install jupyterlab_language_pack_zz_ZZ"):
        language_packs.rows("zz_ZZ", "train")
    (tmp_path / "jupyterlab_language_pack_xx_XX").mkdir()
    (tmp_path / "jupyterlab_language_pack_xx_XX" / "__init__.py").touch()
    with pytest.raises(ValueError, match="holds no catalogue: pip install --force-reinstall"):
        language_packs.rows("xx_XX", "train")


# ---- splits


@each
def test_no_message_has_a_near_duplicate_in_another_split(name):
    keys = [near([source for source, _ in pairs]) for pairs in everything(name).values()]
    assert not (keys[0] & keys[1] or keys[0] & keys[2] or keys[1] & keys[2])


@each
def test_every_message_stands_once_and_in_the_right_share(name):
    splits = everything(name)
    count = Counter(source for pairs in splits.values() for source, _ in pairs)
    assert max(count.values()) == 1
    for split, share in (("train", 0.8), ("valid", 0.1), ("test", 0.1)):
        assert len(splits[split]) / len(count) == pytest.approx(share, abs=0.03)


def test_a_message_has_the_same_split_in_both_languages():
    french, chinese = ({source: split for split, pairs in everything(name).items()
                        for source, _ in pairs} for name in NAMES)
    both = french.keys() & chinese.keys()
    assert len(both) > 2500 and all(french[source] == chinese[source] for source in both)


@pytest.mark.parametrize("one, other, together", [
    ("open file", "Open, file 2!", True), ("open the file", "open file", True),
    ("open the file", "open a file", True), ("open the file", "the file open", True),
    ("open the %1", "open the 2", True),
    ("open file", "open folder", False), ("open", "open file", False),
    ("open the file", "close a file", False), ("open all files", "open files now please", False),
])
def test_what_is_a_near_duplicate(one, other, together):
    assert bool(near([one]) & near([other])) is together is (
        near_duplicates.groups([one, other]) == [sorted([one, other])])


def test_groups_hang_together_by_their_members_and_do_not_depend_on_the_order():
    chain = ["a b c", "a b x", "a y x", "z y x"]
    others = ["one", "quite another text", "two"]
    assert near_duplicates.groups(chain + others) == [chain, *([text] for text in others)]
    mixed = random.Random(1).sample(chain + others, 7)
    assert near_duplicates.deal(mixed) == near_duplicates.deal(chain + others)
    assert len({near_duplicates.deal(chain)[text] for text in chain}) == 1


# ---- what is said of it


@of_the_card
@each
def test_these_are_the_texts_that_the_numbers_were_made_on(name, monkeypatch, capsys):
    monkeypatch.setattr(frozen, "_checked", {})
    assert corpora.pairs(name, "test") and corpora.changed() == []
    assert capsys.readouterr().out == ""


@each
def test_another_version_is_said_in_words(name, monkeypatch, capsys):
    monkeypatch.setattr(frozen, "_checked", {})
    monkeypatch.setattr(language_packs, "fingerprint", lambda language: "another")
    assert corpora.pairs(name, "test") and corpora.changed() == [name]
    assert f"here {language_packs.package(NAMES[name])} 4." in capsys.readouterr().out


@of_the_card
@each
def test_the_card_counts_right(name):
    card = CARDS.partition("\n## jupyter_fr, jupyter_zh\n")[2].partition(f"\n| {name} | pairs |")[2]
    for split, pairs in everything(name).items():
        stated = re.search(rf"^\| {split} \| (.*) \|$", card, re.MULTILINE)[1].split(" | ")
        counted = [len(pairs), *(sum(len(pair[i].split()) for pair in pairs) for i in (0, 1))]
        assert [int(cell.replace(",", "")) for cell in stated] == counted


@of_the_card
@each
def test_the_card_says_how_many_near_duplicates_a_plain_deal_would_leave(name):
    sources = [source for pairs in everything(name).values() for source, _ in pairs]
    train = near([text for text in sources if python_docs.split_of(text) == "train"])
    held_out = [text for text in sources if python_docs.split_of(text) != "train"]
    leaks = sum(bool(near([text]) & train) for text in held_out)
    assert f"{leaks} of {len(held_out)}" in CARDS
    train = {target for _, target in corpora.pairs(name)}
    again = sum(target in train for _, target in corpora.pairs(name, "test"))
    tests = len(corpora.pairs(name, "test"))
    said = f"Of the {tests} translations in test {again} stand in train", f"{again} of {tests}"
    assert any(words in CARDS for words in said)


@of_the_card
@each
def test_the_card_adds_up(name):
    table = CARDS.partition("left out | jupyter_fr")[2]
    rows = re.findall(r"^\| [^|]* \| (\d+) \| (\d+) \|$", table, re.MULTILINE)[:6]
    left_out = sum(int(row[list(NAMES).index(name)]) for row in rows)
    messages = len(list(language_packs.messages(NAMES[name])))
    assert messages == 3464 and messages - left_out == sum(map(len, everything(name).values()))


def test_the_command_line_counts_pairs_too(capsys):
    assert commands.main(["jupyter_fr", "markov"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^jupyter_fr: 2,\d{3} sentences, 3\d,\d{3} words", told, re.MULTILINE)
    assert "markov: 960 sentences" in told


@each
def test_the_printed_card_names_licence_and_counts(name):
    card = corpora.describe(name)
    assert "BSD 3-clause" in card and "near duplicates" in card
    for split, pairs in everything(name).items():
        assert re.search(rf"^{split} +{len(pairs):,} ", card, re.MULTILINE)
    with pytest.raises(ValueError, match=f"use pairs\\('{name}', 'train'\\)"):
        corpora.load(name)
