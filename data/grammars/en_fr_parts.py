"""Who and where in the corpus en_fr: subjects, persons, places, words of two senses.

A subject with "a", "some", "two" or "many" stands in positive statements about one occasion only:
the callers ask for a definite one elsewhere.
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_fr_nouns import ADJECTIVES, FOLLOWING, NOUNS, Noun, listed, nouns_of
from data.grammars.en_fr_phrases import HE, SHE, I, Phrase, genitive, noun_phrase
from data.grammars.en_fr_verbs import PLACES

COLOURS = ("red", "white", "black")
AROUND = ("in", "in", "near", "behind", "in front of", "under a tree")
OUTSIDE = ("outside", "outside", "near", "behind", "in front of")
WILD = ("horse", "owl", "bird", "tree", "car", "bike")     # not in a kitchen


def likely(rng: random.Random, share: float) -> bool:
    """True in this share of cases."""
    return rng.random() < share


def pick(rng: random.Random, weights: dict):
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def side_by_side(*parts: Pair) -> Pair:
    """Parts in the same order on both sides."""
    named = {f"p{i}": part for i, part in enumerate(parts)}
    template = " ".join(f"{{{name}}}" for name in named)
    return compose(template, template, **named)


def adjectives_for(rng: random.Random, noun: Noun, share: float = 0.4) -> tuple[str, ...]:
    """None, one, or a short one and a colour."""
    if not noun.adjectives or not likely(rng, share):
        return ()
    first = rng.choice(noun.adjectives)
    colours = [name for name in noun.adjectives if name in COLOURS]
    if ADJECTIVES[first].before and colours and likely(rng, 0.25):
        return first, rng.choice(colours)
    return (first,)


def fitting(told: tuple[str, ...], determiner: str, noun: Noun) -> tuple[str, ...]:
    """Without what would mean something else, or doubtful French.

    "le bon livre" is the right book; "des petites filles" is heard beside "de petites filles".
    """
    spoiled = () if determiner in ("a", "some", "", "two", "many") else ("good",)
    if determiner in ("some", "") and noun.one in ("girl", "boy"):
        spoiled = ("little", "young")
    return tuple(name for name in told if name not in spoiled)


def subject(rng: random.Random, *kinds: str, share: float = 0.35, definite: bool = False,
            pronouns: float = 0.12) -> Phrase:
    """A noun phrase, or now and then a pronoun, that can be the subject."""
    if "person" in kinds and likely(rng, pronouns):
        return pick(rng, {I: 2, HE: 1, SHE: 1})
    noun = rng.choice(nouns_of(*kinds))
    plural = noun.many != "-" and likely(rng, 0.45)
    if "kin" in noun.kinds:
        weights = {"my": 2, "his": 1, "her": 1}
    elif "mass" in noun.kinds:
        weights = {"the": 5, "this": 1}
    else:
        weights = {"the": 8, "this": 2} | ({"my": 2, "his": 1, "her": 1} if "own" in noun.kinds
                                           else {})
        if not definite:
            weights |= {"some": 2, "two": 1, "many": 1} if plural else {"a": 3}
    chosen = pick(rng, weights)
    told = fitting(adjectives_for(rng, noun, share), chosen, noun)
    if chosen in ("the", "this") and "thing" in noun.kinds and "own" in noun.kinds and likely(
            rng, 0.3):
        head = noun_phrase(noun, "of", plural=plural, adjectives=told)
        return genitive(person(rng, alone=True), head)
    return noun_phrase(noun, chosen, plural=plural, adjectives=told)


def person(rng: random.Random, apart_from: str = "", alone: bool = False) -> Phrase:
    """Somebody known: the teacher, my mother, the old women. alone: never many."""
    noun = rng.choice([noun for noun in nouns_of("person") if noun.one != apart_from])
    kin = "kin" in noun.kinds
    plural = noun.many != "-" and not (kin or alone) and likely(rng, 0.2)
    return noun_phrase(noun, "my" if kin else "the", plural=plural,
                       adjectives=() if kin else fitting(adjectives_for(rng, noun, 0.2), "the",
                                                           noun))


def possessive(who: Phrase) -> str:
    """my, his, her or their."""
    if who.first:
        return "my"
    return "their" if who.plural else "his" if who.gender == "m" else "her"


def place(rng: random.Random, *ways: str, definite: bool = False) -> Pair:
    """Where: a preposition and a noun phrase."""
    english, french, nouns, indefinite = PLACES[rng.choice(ways)]
    noun = NOUNS[rng.choice(nouns.split())]
    chosen = pick(rng, {"the": 8, "this": not french.startswith("à"),
                        "a": 2 * (indefinite and not definite)})
    told = adjectives_for(rng, noun, 0 if english == "at|p" else 0.25)
    where = noun_phrase(noun, chosen, adjectives=fitting(told, chosen, noun))
    return compose(f"{english} {{n}}", f"{french} {{n}}", n=where.pair)


def two_senses(rng: random.Random, line: list[str], *, determiner: str = "the") -> Phrase:
    """The magazine of the rifle, the magazine about the sea: what follows decides."""
    english, french, gender, tails, told, *_ = line
    noun = Noun(english, "-", french, "-", gender, ("thing",), listed(told))
    determiner = "a" if french == "touche" else determiner        # a piano has many
    head = noun_phrase(noun, determiner,
                       adjectives=fitting(adjectives_for(rng, noun, 0.4), determiner, noun))
    tail = compose(*FOLLOWING[rng.choice(listed(tails))])
    return head._replace(pair=side_by_side(head.pair, tail)._replace(keys=frozenset()))
