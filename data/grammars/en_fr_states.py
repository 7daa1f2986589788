"""How and where something is in the corpus en_fr: most give a subject and a predicate."""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_fr_acts import act
from data.grammars.en_fr_nouns import (
    ADJECTIVES,
    NOUNS,
    QUALITIES,
    TWO_SENSES,
    Noun,
    listed,
    nouns_of,
)
from data.grammars.en_fr_parts import (
    AROUND,
    COLOURS,
    OUTSIDE,
    WILD,
    adjectives_for,
    likely,
    pick,
    place,
    subject,
    two_senses,
)
from data.grammars.en_fr_phrases import NEGATIONS, Phrase, marked, noun_phrase

PLAIN = {*COLOURS, "open", "closed", "empty"}         # not graded with "very"
STATES = ("tired", "happy", "ill", "hungry", "thirsty")


def be(who: Phrase, past: bool, negation: str, have: bool = False) -> tuple[str, str]:
    """Templates of is, are, was, were with negation; have: French says it with avoir."""
    english = "am" if who.first else ("were" if past else "are") if who.plural else (
        "was" if past else "is")
    one, many = ("avait", "avaient") if have and past else ("a", "ont") if have else (
        "était", "étaient") if past else ("est", "sont")
    french = f"{'ai' if who.first else many if who.plural else one}|b"
    if negation:
        return f"{english}|b {marked(negation, 'o')}", f"ne/n'|o {french} {NEGATIONS[negation]}|o"
    return f"{english}|b", french


def quality(rng: random.Random, who: Phrase, name: str, past: bool, negation: str = "") -> Pair:
    """is very tired, is not hungry."""
    noun = {"hungry": "faim", "thirsty": "soif"}.get(name)
    left, right = be(who, past, negation, bool(noun))
    very = name not in PLAIN and not negation and likely(rng, 0.25)
    form = noun or ADJECTIVES[name].forms[who.agreement].split("/")[0]
    keys = [] if name in STATES else [(name, who.name)]
    return compose(f"{left} {'very|d' if very else ''} {name}|q",
                   f"{right} {'très|d' if very else ''} {form}|q", keys)


def state(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """Somebody is tired."""
    name = rng.choice(STATES)
    negation = pick(rng, {"": 6, "not": 2, "never": 0.4 * (not past), "no longer": 0.8})
    kinds = ("person",) if name in ("happy", "ill") else ("person", "pet", "horse")
    who = subject(rng, *kinds, share=0.0 if name == "happy" else 0.2, definite=True)
    while who.first and (past or name not in ("hungry", "thirsty")) or (
            name in who.pair.source):
        who = subject(rng, *kinds, share=0.0, definite=True)
    return who, quality(rng, who, name, past, negation)


def thing_is(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """A thing or an animal has a quality, or is made of wood."""
    negation = pick(rng, {"": 6, "not": 2, "no longer": 0.5})
    if not past and likely(rng, 0.2):
        who = subject(rng, "chair", "table", "box", "boat", "door", share=0.2, definite=True)
        left, right = be(who, past, negation if negation == "not" else "")
        return who, compose(f"{left} made|m of|m wood|w", f"{right} en|m bois|w")
    # few nouns are heavy or closed: more often, so that no form stays rare
    name = rng.choice([*QUALITIES, "heavy", "heavy", "open", "closed", "closed"])
    noun = NOUNS[rng.choice(QUALITIES[name])]
    if name not in ("open", "closed", "empty", "clean"):
        negation = "not" if negation else ""
    known = noun._replace(adjectives=() if name in COLOURS else tuple(
        other for other in noun.adjectives if other in COLOURS))
    determiner = pick(rng, {"the": 6, "this": 1} | ({"my": 1, "his": 1, "her": 1}
                                                    if "own" in noun.kinds else {}))
    plural = noun.many != "-" and likely(rng, 0.45)
    who = noun_phrase(known, determiner, plural=plural, adjectives=adjectives_for(rng, known, 0.2))
    return who, quality(rng, who, name, past, negation)


def sense_is(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """The key of the piano is black; the old bat is made of wood."""
    if likely(rng, 0.25):
        return bat(rng, past)
    line = rng.choice(TWO_SENSES)
    who = two_senses(rng, line)
    while not (fit := [name for name in listed(line[5]) if name not in who.pair.source
                       and not (name in COLOURS and {*COLOURS} & {*who.pair.source})]):
        who = two_senses(rng, line)
    return who, quality(rng, who, rng.choice(fit), past, pick(rng, {"": 4, "not": 1}))


def bat(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """An animal or a thing: the verb tells."""
    animal = past or likely(rng, 0.4)
    french, kinds = ("chauve-souris", ("animal",)) if animal else ("batte", ("thing",))
    noun = Noun("bat", "-", french, "-", "f", kinds,
                ("old", "small", "black") if animal else ("old", "small", "black", "new"))
    who = noun_phrase(noun, pick(rng, {"the": 4, "this": 1}),
                      adjectives=adjectives_for(rng, noun, 0.5))
    negation = pick(rng, {"": 4, "not": 1})
    if not animal:
        left, right = be(who, past, negation)
        return who, compose(f"{left} made|m of|m wood|w", f"{right} en|m bois|w")
    if animal and likely(rng, 0.6):
        return who, act(rng, who, "past" if past else "now", negation, verbs=("sleep",))
    return who, quality(rng, who, rng.choice(("hungry", "thirsty", "tired")), past, negation)


def falls(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """The plates fell."""
    who = subject(rng, "child", "glass", "plate", "book", "hat", "box", "key", "apple", "egg",
                  definite=True, pronouns=0.0)
    return who, act(rng, who, "past", pick(rng, {"": 3, "not": 1}), verbs=("fall",))


def where_is(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """The key is on the table; the girl is in the garden."""
    alive = likely(rng, 0.5)
    negation = pick(rng, {"": 5, "not": 2, "no longer": 0.6})
    if alive:
        who = subject(rng, "person", "animal", definite=True, pronouns=0.0)
    else:
        who = subject(rng, "key", "letter", "book", "hat", "glass", "plate", "box", "newspaper",
                      "flower", "egg", "apple", "orange", definite=True)
    ways = ("on", "under", "inside") if not alive else OUTSIDE if who.name in WILD else AROUND
    where = place(rng, *ways)
    while who.name in where.source:
        where = place(rng, "inside")
    left, right = be(who, past, negation)
    return who, compose(f"{left} {{w}}", f"{right} {{w}}", w=where)


def there_is(rng: random.Random) -> Pair:
    """There is a cat in the garden; there is no cat in the garden."""
    noun = rng.choice([noun for noun in nouns_of(
        "animal", "tree", "flower", "chair", "table", "bike", "box", "car", "child", "adult")
        if "kin" not in noun.kinds])
    ways = OUTSIDE if noun.one in WILD else AROUND
    denied, told = likely(rng, 0.3), adjectives_for(rng, noun)
    plural = noun.many != "-" and (denied or likely(rng, 0.5))
    where = place(rng, *ways, definite=denied)
    while noun.one in where.source:
        where = place(rng, *ways, definite=denied)
    is_ = "are" if plural else "is"
    if denied:
        what = noun_phrase(noun, "", plural=plural, adjectives=told, denied=True)
        return compose(f"there|t {is_}|b no|o {{n}} {{w}}", "il|t ne/n'|o y|t a|b pas|o {n} {w}",
                       n=what.pair, w=where)
    chosen = pick(rng, {"some": 1, "two": 2, "many": 2}) if plural else "a"
    what = noun_phrase(noun, chosen, plural=plural, adjectives=told)
    return compose(f"there|t {is_}|b {{n}} {{w}}", "il|t y|t a|b {n} {w}", n=what.pair, w=where)
