"""Who, in the English-Chinese grammar: subjects and receivers, all of them definite."""

from __future__ import annotations

import random
from typing import NamedTuple

from data.grammars.common import Pair, compose
from data.grammars.en_zh_words import PEOPLE, Verb

KIN = {"mother": "妈妈", "father": "爸爸", "grandmother": "奶奶", "grandfather": "爷爷"}
PRONOUNS = {"i": "我", "you": "你", "he": "他", "she": "她", "we": "我们", "they": "他们"}
OBJECTIVE = {"me": "我", "him": "他", "her": "她", "us": "我们", "them": "他们"}
OWNERS = {"my": "我", "your": "你", "his": "他", "her": "她", "our": "我们", "their": "他们"}
BE = {"i": "am", "s": "is", "p": "are"}
WAS = {"i": "was", "s": "was", "p": "were"}
HAVE = {"i": "have", "s": "has", "p": "have"}
DO = {"i": "do", "s": "does", "p": "do"}


class Subject(NamedTuple):
    """Who: the phrase; person i, s (he) or p (they); the pronoun that takes it up again."""

    pair: Pair
    person: str
    pronoun: str = ""


def pronoun(name: str) -> Subject:
    """I, you, he ... as the subject."""
    person = {"i": "i", "he": "s", "she": "s"}.get(name, "p")
    return Subject(compose(f"{name}|n", f"{PRONOUNS[name]}|n"), person, name)


def kin(rng: random.Random) -> Subject:
    """My mother: 我 妈妈."""
    (owner, zh), (who, chinese) = rng.choice([*OWNERS.items()]), rng.choice([*KIN.items()])
    return Subject(compose(f"{owner}|w {who}|n", f"{zh}|w {chinese}|n"), "s",
                   "she" if "mother" in who else "he")


def mine(rng: random.Random) -> Subject:
    """My friend: 我 的 朋友."""
    (owner, zh), name = rng.choice([*OWNERS.items()]), rng.choice(("friend", "neighbor"))
    return Subject(compose(f"{owner}|w {name}|n", f"{zh}|w 的|w {PEOPLE[name].zh}|n"), "s")


ACTORS = ("teacher", "doctor", "driver", "writer", "worker", "farmer", "student",
          "boy", "girl", "child")
CREW = ("teacher", "doctor", "worker", "farmer", "student", "boy", "girl", "child")


def people(rng: random.Random, gendered: bool = False) -> Subject:
    """Somebody definite. gendered: only those whose pronoun is plain from the noun."""
    kind = rng.choice(["pronoun"] * 5 + ["kin"] * 4 + ["the"] * 6 + ["these"] * 3 + ["that"] * 2 +
                      ["mine"] * 2 + ["two"] * 2)
    if kind == "pronoun":
        return pronoun(rng.choice([*PRONOUNS]))
    if kind == "kin":
        return kin(rng)
    if kind == "these":
        noun = PEOPLE[rng.choice(CREW)]
        return Subject(compose(f"the {noun.plural}|n", f"{noun.zh}|n 们|n"), "p",
                       "" if noun.en == "girl" else "they")
    if kind == "two":
        one, other = (PEOPLE[name] for name in rng.sample(ACTORS[:-1], 2))
        return Subject(compose(f"the {one.en}|n and|a the {other.en}|m",
                               f"{one.zh}|n 和|a {other.zh}|m"), "p",
                       "" if "girl" in (one.en, other.en) else "they")
    sexed = {"boy": "he", "girl": "she"}
    name = rng.choice([*sexed] if gendered else
                      ACTORS)
    noun, gender = PEOPLE[name], sexed.get(name, "")
    if kind == "mine" and not gendered:
        return mine(rng)
    if kind == "that":
        which, zh = rng.choice([("this", "这"), ("that", "那")])
        return Subject(compose(f"{which}|a {noun.en}|n", f"{zh}|a {noun.measure}|n {noun.zh}|n"),
                       "s", gender)
    return Subject(compose(f"the {noun.en}|n", f"{noun.zh}|n"), "s", gender)


def be(s: Subject, was: bool = False) -> str:
    """Am, is, are, was or were."""
    return (WAS if was else BE)[s.person]


def recipient(rng: random.Random, s: Subject, visit: bool = False) -> Pair:
    """Whom one gives, tells or helps: somebody definite, not the subject; visits: the family.

    Not her father if "her" could mean the subject.
    """
    bound = {"he": "his", "she": "her", "they": "their", **dict.fromkeys(("i", "you", "we"), "")}
    own = "" if "and" in s.pair.source else s.pronoun
    bound = bound.get(own, "his her their").split()
    kind = 0.5 if visit else rng.random()
    if kind < 0.35:
        taken = {"i": "me we us", "we": "me us", "he": "him", "she": "her", "they": "them"}
        word = rng.choice([one for one in OBJECTIVE
                           if one not in taken.get(s.pronoun, "").split()])
        return compose(f"{word}|n", f"{OBJECTIVE[word]}|n")
    other = kin(rng) if kind < 0.65 else people(rng)
    while other.pronoun in ("i", "you") or len(other.pair.source) == 1 or (
            {*other.pair.target} & {*s.pair.target} - {"的", "们"}) or (
            other.pair.source[0] in bound or
            s.person != "p" and other.pair.source[0] == "their"):
        other = kin(rng)
    return other.pair


def now(verb: Verb, person: str) -> str:
    """The English present."""
    return verb.s if person == "s" else verb.base


def another(rng: random.Random, *others: Subject) -> Subject:
    """Somebody else: shares no word with the others but my and 的."""
    taken = {word for s in others for word in s.pair.target}
    taken -= {"的", "们", "和", "这", "那", "个", "位"}
    s = people(rng)
    while taken & {*s.pair.target}:
        s = people(rng)
    return s
