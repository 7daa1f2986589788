"""The sentences of the corpus en_fr without their last mark: clauses and ways to join them.

A relative clause follows "the", "a", "this" and numbers, as after "my" it would need commas.
"dit que" is never negated, as it would ask for the subjunctive.
"""

from __future__ import annotations

import random
from functools import partial

from data.grammars.common import Pair, compose
from data.grammars.en_fr_acts import act
from data.grammars.en_fr_nouns import NOUNS, QUALITIES, nouns_of
from data.grammars.en_fr_parts import likely, pick, side_by_side, subject, two_senses
from data.grammars.en_fr_phrases import Phrase, noun_phrase, pronoun, verb_group
from data.grammars.en_fr_states import (
    falls,
    quality,
    sense_is,
    state,
    there_is,
    thing_is,
    where_is,
)
from data.grammars.en_fr_verbs import FORMS, TIMES, VERBS

REASONS = {"tired": ("sleep",), "hungry": ("eat",), "thirsty": ("drink",), "happy": ("sing",
                                                                                   "dance")}
FAMILIES = ("bread cheese soup", "apple orange", "water milk coffee tea", "cat dog", "dog horse",
            "book newspaper letter", "car boat bike", "house garden")      # tea but not coffee
AND_YET = [pair.split() for pair in (                  # the third word: a negation
    "old clean", "small beautiful", "beautiful expensive", "old good", "old beautiful",
    "small heavy", "old expensive", "good expensive", "expensive good", "expensive beautiful",
    "beautiful expensive not", "good expensive not", "expensive good not",
    "expensive beautiful not", "big heavy not", "big clean not", "expensive clean not")]


def parts(rng: random.Random, tense: str) -> tuple[Phrase, Pair]:
    """Subject and predicate of a main clause in "habit", "now", "past" or "soon"."""
    is_ = tense in ("now", "past")
    kind = pick(rng, {"act": 5, "state": is_, "thing": 2 * is_, "sense": 2.5 * is_, "where": is_,
                      "modal": 5 * (tense == "now"), "fall": tense == "past"})
    made = {"state": state, "thing": thing_is, "sense": sense_is, "where": where_is,
            "fall": falls}.get(kind)
    if made:
        return made(rng, tense == "past")
    negation = pick(rng, {"": 7, "not": 3, "never": 1.2 * (tense in ("habit", "past")),
                          "no longer": tense == "habit"} if kind == "act" else {"": 3, "not": 1})
    kinds = ("person", "animal", "train") if kind == "act" and tense != "soon" else ("person",)
    who = subject(rng, *kinds, definite=bool(negation) or tense == "habit" or kind == "modal")
    if who.name == "train":
        tense, negation = "past" if tense == "habit" else tense, ""
    if kind == "modal":
        tense = "want" if who.first else rng.choice(("can", "must", "want"))
    return who, act(rng, who, tense, negation)


def clause(rng: random.Random, tense: str) -> Pair:
    """A main clause without its full stop; now and then with a relative clause."""
    who, what = parts(rng, tense)
    if tense == "habit" or not likely(rng, 0.2):
        return sentence(who, what)
    return side_by_side(relative(rng, who, what, "past" if tense == "past" else "now"), what)


def relative(rng: random.Random, who: Phrase, what: Pair, tense: str) -> Pair:
    """The girl who is singing, the dog that slept in the garden; or no relative clause."""
    alive = {"person", "animal"} & {*who.kinds}
    if who.pair.source[0] not in ("the", "a/an", "this", "these", "two") or not alive or (
            who.name == "bat"):
        return who.pair
    more = act(rng, who, tense, timed=True)
    if _verbs(more) & _verbs(what):
        return who.pair                              # not: the cat that is sleeping slept
    word = "who" if "person" in who.kinds else "that"
    return compose(f"{{h}} {word}|q {{c}}", "{h} qui|q {c}", h=who.pair, c=more)


def _verbs(said: Pair) -> set[str]:
    """The verbs that stand in a clause, "look for" among them."""
    return {base for base, forms in FORMS.items()
            if {form.split()[0] for form in forms[:4]} & {*said.source}}


def bind(left: Pair, word: str, mot: str, right: Pair) -> Pair:
    """Two clauses with a word, or several that are linked together, between them."""
    links = ["|".join((part, "k")) for part in word.split()]
    liens = ["|".join((part, "k")) for part in mot.split()]
    return compose(f"{{l}} {' '.join(links)} {{r}}", f"{{l}} {' '.join(liens)} {{r}}",
                   l=left, r=right)


def sentence(who: Phrase, what: Pair) -> Pair:
    """Subject and predicate."""
    return side_by_side(who.pair, what)


def timed(rng: random.Random, tense: str) -> Pair:
    """A clause with a time in front or at the end."""
    front = likely(rng, 0.5)
    fit = [time for time in TIMES if tense in time[2].split() and (front or time[3])]
    when = compose(*rng.choice(fit)[:2])
    negation = pick(rng, {"": 5, "not": tense != "habit"})
    who = subject(rng, "person", "person", "animal" if tense != "soon" else "person",
                  definite=bool(negation) or tense == "habit")
    said = sentence(who, act(rng, who, tense, negation, timed=True))
    return compose("{t} ,|k {c}", "{t} ,|k {c}", t=when, c=said) if front else side_by_side(
        said, when)


def where(rng: random.Random) -> Pair:
    """Where is the key?"""
    who = subject(rng, "person", "animal", "thing", "place", definite=True, pronouns=0.0)
    while who.pair.source[0] in ("this", "these"):
        who = subject(rng, "person", "animal", "thing", "place", definite=True, pronouns=0.0)
    if likely(rng, 0.15):
        who = two_senses(rng, ["key", "clé", "f", "to house,to door,to car,to church", "old"])
    are, sont = ("are", "sont") if who.plural else ("is", "est")
    return compose(f"where|w {are}|b {{w}}", f"où|w {sont}|b {{w}}", w=who.pair)


def because(rng: random.Random) -> Pair:
    """She is sleeping because she is tired."""
    reason = rng.choice(tuple(REASONS))
    kinds = ("person",) if reason == "happy" else ("person", "pet", "mouse")
    who = subject(rng, *kinds, pronouns=0.0, share=0.2)
    while reason in who.pair.source:
        who = subject(rng, *kinds, pronouns=0.0, share=0.0)
    tense = rng.choice(("now", "want")) if "person" in who.kinds and reason != "happy" else "now"
    he = pronoun(who)
    return bind(sentence(who, act(rng, who, tense, verbs=REASONS[reason])), "because",
                "parce que/qu'", sentence(he, quality(rng, he, reason, False)))


def weather(rng: random.Random) -> Pair:
    """When it rains, the dog stays in the house; he is closing the door because it is raining."""
    who = subject(rng, "person", "pet", definite=True)
    negation = pick(rng, {"": 1, "not": 1 - who.first})
    if who.first:
        verbs = ("stay",)
    elif "pet" in who.kinds:
        verbs = ("play", "run") if negation else ("stay",)
    else:
        verbs = ("swim", "dance", "go", "open") if negation else ("stay", "close")
    cold = likely(rng, 0.4)
    habit = likely(rng, 0.6)
    said = sentence(who, act(rng, who, "habit" if habit else "now", negation, timed=True,
                              verbs=verbs, bare=True, what=("door", "window")))
    if habit:
        it = (compose("it|i is|s cold|c", "il|i fait|s froid|c") if cold
              else compose("it|i rains|r", "il|i pleut|r"))
        if likely(rng, 0.5):
            return compose("when|w {i} ,|k {c}", "quand|w {i} ,|k {c}", i=it, c=said)
        return bind(said, "when", "quand", it)
    it = (compose("it|i is|s cold|c", "il|i fait|s froid|c") if cold
          else compose("it|i is|r raining|r", "il|i pleut|r"))
    return bind(said, "because", "parce que/qu'", it)


def when_back(rng: random.Random) -> Pair:
    """When my mother comes back, the children sing."""
    who = subject(rng, "kin", "teacher", "doctor", "neighbour", definite=True, share=0.1,
                  pronouns=0.0)
    while who.pair.source[0] in ("this", "these"):
        who = subject(rng, "kin", "teacher", "doctor", definite=True, pronouns=0.0)
    verb = rng.choice([verb for verb in VERBS if verb.base in ("come back", "arrive")
                       and "h" in verb.tenses])
    others = subject(rng, "person", "pet", definite=True, pronouns=0.0)
    while others.name == who.name:
        others = subject(rng, "person", "pet", definite=True, pronouns=0.0)
    first = sentence(who, verb_group(verb, who, "habit"))
    verbs = ("sing", "eat", "drink", "read", "play", "sleep", "close", "open")
    then = sentence(others, act(rng, others, "habit", timed=True, verbs=verbs))
    return compose("when|w {a} ,|k {b}", "quand|w {a} ,|k {b}", a=first, b=then)


def then(rng: random.Random, joined: bool = False) -> Pair:
    """The girl closed the window, then she left. joined: within a longer sentence."""
    who = subject(rng, "person", pronouns=0.0)
    first = act(rng, who, "past", timed=True, verbs=("eat", "drink", "read", "write", "open",
                                                     "arrive", "play", "buy"))
    he = pronoun(who)
    later = ("leave", "come back", "go", "sleep", "close", "drink", "dance")
    second = act(rng, he, "past", timed=True, verbs=later)
    while {*first.source} & {*second.source} & {*NOUNS}:
        second = act(rng, he, "past", timed=True, verbs=later)
    if not joined and likely(rng, 0.5):
        return bind(sentence(who, first), "and", "et", sentence(he, second))
    return compose("{a} ,|k then|t {b}", "{a} ,|k puis|t {b}", a=sentence(who, first),
                   b=sentence(he, second))


def but(rng: random.Random) -> Pair:
    """The girl likes coffee but she does not like tea."""
    who = subject(rng, "person", definite=True, share=0.2)
    base = rng.choice(("like", "eat", "drink", "read", "have", "buy"))
    if who.first and base not in ("like", "eat", "buy"):
        base = "like"
    verb = next(verb for verb in VERBS if verb.base == base and "h" in verb.tenses)
    choices = nouns_of(*verb.what) or [NOUNS[name] for name in (
        "coffee", "tea", "milk", "soup", "cheese", "cat", "dog", "horse", "apple", "orange")]
    one, other = rng.sample(choices, 2)
    while not any({one.one, other.one} <= {*family.split()} for family in FAMILIES):
        one, other = rng.sample(choices, 2)
    group = verb_group(verb, who, "habit")
    he = who if who.name in ("i", "he", "she") else pronoun(who)
    told = []
    for noun, denied in ((one, False), (other, True)):
        name = "all" if base == "like" else "a" if base == "have" else ""
        plural = noun.many != "-" and base != "have"
        what = noun_phrase(noun, name, plural=plural, denied=denied and base != "like")
        told.append(what.pair._replace(keys=frozenset({(base, noun.one)})))
    return bind(side_by_side(who.pair, group, told[0]), "but", "mais",
                side_by_side(he.pair, verb_group(verb, he, "habit", "not"), told[1]))


def thing_but(rng: random.Random) -> Pair:
    """The car is old but it is clean: "it" agrees with what it stands for."""
    name, other, *negation = rng.choice(AND_YET)
    noun = NOUNS[rng.choice(sorted({*QUALITIES[name]} & {*QUALITIES[other]}))]
    determiner = pick(rng, {"the": 5, "this": 1, "my": "own" in noun.kinds})
    who = noun_phrase(noun, determiner, plural=noun.many != "-" and likely(rng, 0.5))
    it, past = pronoun(who), likely(rng, 0.25)
    return bind(sentence(who, quality(rng, who, name, past)), "but", "mais",
                sentence(it, quality(rng, it, other, past, "".join(negation))))


def which(rng: random.Random) -> Pair:
    """The letter that the girl is writing is long."""
    base, names, said = rng.choice((
        ("read", ("book", "letter"), ("old", "beautiful")),
        ("eat", ("apple", "orange", "soup", "bread", "cheese"), ("good",)),
        ("drink", ("tea", "coffee", "milk", "water"), ("hot", "cold")),
        ("look for", ("box", "hat", "bike", "key"), ("small", "old", "red")),
        ("buy", ("car", "house", "table", "book", "hat", "boat"), ("expensive", "old"))))
    pairs = [(name, quality_) for name in names for quality_ in said if name in QUALITIES[quality_]]
    name, how = rng.choice(pairs)
    noun = NOUNS[name]
    verb = next(verb for verb in VERBS if verb.base == base and name in
                {n.one for n in nouns_of(*verb.what)} and "n" in verb.tenses)
    plural = noun.many != "-" and base != "write" and likely(rng, 0.4)
    what = noun_phrase(noun, "the", plural=plural)
    who = subject(rng, "person", definite=True, share=0.15, pronouns=0.25)
    while who.first:
        who = subject(rng, "person", definite=True, share=0.15, pronouns=0.25)
    group = verb_group(verb, who, "now")
    group = group._replace(keys=frozenset({(base, name)}))
    head = compose("{h} that|q {w} {v}", "{h} que/qu'|q {w} {v}", h=what.pair, w=who.pair, v=group)
    return side_by_side(head, quality(rng, what, how, False, pick(rng, {"": 4, "not": 1})))


def moved(rng: random.Random) -> Pair:
    """The girls came back from the market yesterday: the participle agrees."""
    who = subject(rng, "person", share=0.15, pronouns=0.0)
    negation = pick(rng, {"": 4, "not": 1}) if who.pair.source[0] in ("the", "this", "my") else ""
    said = sentence(who, act(rng, who, "past", negation, timed=True,
                             verbs=("arrive", "go", "come back", "leave")))
    fit = [time for time in TIMES if "past" in time[2]]
    return side_by_side(said, compose(*rng.choice(fit)[:2])) if likely(rng, 0.5) else said


def says(rng: random.Random) -> Pair:
    """The doctor says that the child is ill."""
    who = subject(rng, "person", definite=True, share=0.15, pronouns=0.0)
    said = clause(rng, rng.choice(("now", "past")))
    others = {"his", "her", "their"} - {"" if who.plural else "his" if who.gender == "m" else "her"}
    while who.pair.source[-1] in said.source or others & {*said.source}:
        said = clause(rng, rng.choice(("now", "past")))
    verb = next(verb for verb in VERBS if verb.base == "say")
    return bind(sentence(who, verb_group(verb, who, "habit")), "that", "que/qu'", said)


def short(rng: random.Random) -> Pair:
    """The cat sleeps."""
    tense = rng.choice(("habit", "now", "past"))
    who = subject(rng, "person", "animal", share=0.1, definite=tense == "habit")
    verbs = ("sleep", "sing", "work", "dance", "play", "run", "swim") + (
        ("arrive", "come back", "leave") if tense == "past" and not who.first else ())
    if who.name == "owl":
        verbs = ("sleep",)
    return sentence(who, act(rng, who, tense, timed=True, bare=True, verbs=verbs))


def joined(rng: random.Random, tense: str, count: int) -> Pair:
    """Clauses of one tense, joined by commas and a last "and"."""
    more = {"now": (because, thing_but, there_is, which), "habit": (but, says),
            "past": (partial(then, joined=True),), "soon": ()}[tense]
    found = [rng.choice(more)(rng) if count > 2 and more and likely(rng, 0.3)
             else clause(rng, tense) for _ in range(count)]
    while any(pair.source[0] in ("he", "she") for pair in found[1:]) or any(
            {"say", "says"} & {*pair.source} for pair in found[:-1]):
        found = [clause(rng, tense) for _ in range(count)]
    made = found[0]
    for other in found[1:-1]:
        made = bind(made, ",", ",", other)
    return bind(made, "and", "et", found[-1])
