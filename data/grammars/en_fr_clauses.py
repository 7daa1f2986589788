"""Subjects and predicates of the corpus en_fr: who does what, how something is, where it is.

What is said must make sense: the tables say who can do what with what, and where. Further rules:
a subject with "a", "some", "two" or "many" stands in positive statements about one occasion only;
"a" and "some" after a negated verb become "de"; a relative clause follows "the", "a", "this" and
numbers, as after "my" it would need commas; "pense que" is never negated (it would ask for the
subjunctive), nor is a participle ever put behind its object (it would have to agree with it).
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_fr_nouns import (
    ADJECTIVES,
    FOLLOWING,
    NOUNS,
    QUALITIES,
    TWO_SENSES,
    Noun,
    listed,
    nouns_of,
)
from data.grammars.en_fr_phrases import (
    HE,
    NEGATIONS,
    SHE,
    I,
    Phrase,
    genitive,
    marked,
    noun_phrase,
    verb_group,
)
from data.grammars.en_fr_verbs import BANS, DUTIES, PLACES, SELDOM, VERBS, Verb

COLOURS = ("red", "white", "black")
PLAIN = {*COLOURS, "open", "closed", "empty"}         # not graded with "very"
STATES = ("tired", "happy", "ill", "hungry", "thirsty")
DEFINITE_ONLY = {"open", "close", "wait for", "break"}
LIKED = ("cheese", "soup", "coffee", "tea", "milk", "bread", "apple", "orange", "cat", "dog",
         "bird", "horse", "flower", "train", "boat", "book")
WHERE = {"arrive": ("at",), "go": ("to",), "come back": ("from",), "stay": ("at home",),
         "swim": ("in water", "near water"), "leave": (), "fall": (), "work": ("at", "at home"),
         "sleep": ("in", "under a tree"), "write": ("at home", "under a tree"),
         "eat": ("at home", "at home", "near", "under a tree"),
         "drink": ("at home", "at home", "near", "under a tree"),
         "read": ("at home", "at home", "near", "under a tree"), "run": ("in", "outside")}
AROUND = ("in", "in", "near", "behind", "in front of", "under a tree")
OUTSIDE = ("outside", "outside", "near", "behind", "in front of")
DEAR = ("car", "house", "boat", "horse", "bike", "table", "hat")     # bought one at a time
WILD = ("horse", "owl", "bird", "tree", "car", "bike")     # not in a kitchen
TOPICS = ("book", "train", "boat", "village", "island", "school", "hotel", "horse", "forest")
NOTHING = Pair((), (), frozenset())


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


# ---- who

def adjectives_for(rng: random.Random, noun: Noun, share: float = 0.4) -> tuple[str, ...]:
    """None, one, or a short one and a colour."""
    if not noun.adjectives or not likely(rng, share):
        return ()
    first = rng.choice(noun.adjectives)
    colours = [name for name in noun.adjectives if name in COLOURS]
    if ADJECTIVES[first].before and colours and likely(rng, 0.25):
        return first, rng.choice(colours)
    return (first,)


def fitting(told: tuple[str, ...], determiner: str) -> tuple[str, ...]:
    """Without "good" where it would be the right one: le bon livre."""
    return told if determiner in ("a", "some", "", "two", "many") else tuple(
        name for name in told if name != "good")


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
    told = fitting(adjectives_for(rng, noun, share), chosen)
    if chosen in ("the", "this") and "thing" in noun.kinds and "own" in noun.kinds and likely(
            rng, 0.3):
        return genitive(person(rng), noun_phrase(noun, "of", plural=plural, adjectives=told))
    return noun_phrase(noun, chosen, plural=plural, adjectives=told)


def person(rng: random.Random, apart_from: str = "") -> Phrase:
    """Somebody known: the teacher, my mother, the old woman."""
    noun = rng.choice([noun for noun in nouns_of("person") if noun.one != apart_from])
    kin = "kin" in noun.kinds
    plural = noun.many != "-" and not kin and likely(rng, 0.2)
    return noun_phrase(noun, "my" if kin else "the", plural=plural,
                       adjectives=() if kin else fitting(adjectives_for(rng, noun, 0.2), "the"))


def possessive(who: Phrase) -> str:
    """my, his, her or their."""
    if who.first:
        return "my"
    return "their" if who.plural else "his" if who.gender == "m" else "her"


# ---- what and where

def thing(rng: random.Random, noun: Noun, who: Phrase, verb: Verb, negation: str) -> Phrase:
    """The object of a verb whose subject is `who`."""
    told = () if "animal" in who.kinds and "drink" in noun.kinds else adjectives_for(rng, noun)
    spoiled = {"open": ("open",), "close": ("closed",), "write": ("old", "new", "red", "heavy")}
    told = tuple(name for name in told if name not in spoiled.get(verb.base, ()))
    own = possessive(who)
    if "kin" in noun.kinds:
        return noun_phrase(noun, own, adjectives=fitting(told, own))
    often = 0.0 if verb.base == "buy" and noun.one in DEAR else 0.85 if verb.base in ("buy", "have") and "fruit" in noun.kinds else 0.4
    plural = noun.many != "-" and likely(rng, often)
    weights = {"the": 5.0, "this": 1.0}
    if verb.base not in DEFINITE_ONLY:
        if "mass" in noun.kinds or plural:
            weights |= {"": 3.0} | ({} if negation in ("never", "no longer") else {"some": 3.0})
        else:
            weights |= {"a": 5.0}
        if plural and not negation:
            weights |= {"two": 1.5, "many": 1.5}
    if verb.base == "have":
        weights = {"some": 1} if negation and plural else {"two": 1, "many": 1} if plural else {
            "a": 1}
    elif "own" in noun.kinds and verb.base not in ("buy", "see"):
        weights |= {own: 3.0, "of": 2.0}
    chosen = pick(rng, weights)
    phrase = noun_phrase(noun, chosen, plural=plural, adjectives=fitting(told, chosen),
                         denied=bool(negation) and chosen in ("a", "some", ""))
    return genitive(person(rng, who.name), phrase) if chosen == "of" else phrase


def place(rng: random.Random, *ways: str, definite: bool = False) -> Pair:
    """Where: a preposition and a noun phrase."""
    english, french, nouns, indefinite = PLACES[rng.choice(ways)]
    noun = NOUNS[rng.choice(nouns.split())]
    chosen = pick(rng, {"the": 8, "this": 1, "a": 2 * (indefinite and not definite)})
    told = adjectives_for(rng, noun, 0 if english == "at|p" else 0.25)
    where = noun_phrase(noun, chosen, adjectives=fitting(told, chosen))
    return compose(f"{english} {{n}}", f"{french} {{n}}", n=where.pair)


def two_senses(rng: random.Random, line: list[str], *, determiner: str = "the") -> Phrase:
    """The magazine of the rifle, the magazine about the sea: what follows decides."""
    english, french, gender, tails, told, *_ = line
    noun = Noun(english, "-", french, "-", gender, ("thing",), listed(told))
    head = noun_phrase(noun, determiner,
                       adjectives=fitting(adjectives_for(rng, noun, 0.4), determiner))
    tail = compose(*FOLLOWING[rng.choice(listed(tails))])
    return head._replace(pair=side_by_side(head.pair, tail))


# ---- does what

def act(rng: random.Random, who: Phrase, tense: str, negation: str = "", timed: bool = False,
        verbs: tuple[str, ...] = (), bare: bool = False, what: tuple[str, ...] = ()) -> Pair:
    """The predicate of `who`: a verb with what belongs to it.

    timed: a time follows, so no "often". verbs: choose among these. bare: without a place.
    what: objects to choose among, if there is an object.
    """
    letter = {"habit": "h", "now": "n", "past": "p", "soon": "s"}.get(tense, "m")
    verbs = verbs or _usual(tense, negation, timed)
    verb = rng.choice([verb for verb in VERBS if letter in verb.tenses and verb.base in verbs
                       and {who.name, *who.kinds} & {*verb.who}
                       and not (who.first and not _fits_me(verb, tense))])
    verb = verb._replace(what=what) if what and verb.what else verb
    adverb = ""
    if tense == "habit" and not (negation or timed) and verb.base not in ("like", "have", "say"):
        adverb = pick(rng, {"": 3, "often": 1, "always": 1})
    group = verb_group(verb, who, tense, negation, adverb)
    return side_by_side(group, complement(rng, verb, who, negation, bare))


def _usual(tense: str, negation: str, timed: bool) -> set[str]:
    """The verbs that make sense here."""
    if tense == "must":
        return {*(BANS if negation else DUTIES)}
    if negation == "never":
        return {*SELDOM}
    odd = {"break"} if tense in ("can", "want") else set()
    odd |= {"like", "have", "say"} if timed else set()
    odd |= {"say"} if negation else set()
    odd |= {"arrive", "leave"} if tense == "habit" and not timed else set()
    return {verb.base for verb in VERBS} - odd


def _fits_me(verb: Verb, tense: str) -> bool:
    """Whether "je" has the form of "il", and no participle has to show who speaks."""
    if tense in ("habit", "now"):
        return verb.il.endswith("e")
    return not verb.etre if tense == "past" else tense in ("soon", "want")


def complement(rng: random.Random, verb: Verb, who: Phrase, negation: str,
               bare: bool = False) -> Pair:
    """What stands behind the verb."""
    special = {"like": liked, "say": reported, "talk": talk}.get(verb.base)
    if special:
        return special(rng, who)
    if verb.what:
        return with_object(rng, verb, who, negation, bare)
    if bare and verb.base not in ("go", "stay"):
        return NOTHING
    ways = around(verb, who)
    if verb.base == "play" and "child" in who.kinds and likely(rng, 0.25):
        return compose("the|d piano|n", "de|d le|d piano|n")
    if verb.base in ("sing", "work", "dance", "play", "swim") and likely(rng, 0.2):
        return compose("with|w {n}", "avec|w {n}", n=person(rng, who.name).pair)
    if verb.base in ("come back", "leave") and who.name != "train" and (
            not negation and likely(rng, 0.3)):
        noun = rng.choice(nouns_of("hat", "key", "book", "bike", "dog"))
        return compose("without|w {n}", "sans|w {n}",
                       n=noun_phrase(noun, possessive(who), plural=who.plural).pair)
    always = verb.base in ("go", "stay")
    return place(rng, *ways) if always or ways and likely(rng, 0.7) else NOTHING


def around(verb: Verb, who: Phrase) -> tuple[str, ...]:
    """Where one may do this."""
    if who.name == "train":
        return ("at the station",) if verb.base == "arrive" else ()
    if who.name in WILD:
        return OUTSIDE
    return WHERE.get(verb.base, AROUND)


def liked(rng: random.Random, who: Phrase) -> Pair:
    """likes apples: English has no article, French the definite one."""
    noun = NOUNS[rng.choice(LIKED)]
    what = noun_phrase(noun, "all", plural=noun.many != "-").pair
    return what._replace(keys=frozenset({("like", noun.one)}))


def reported(rng: random.Random, who: Phrase) -> Pair:
    """says that the cat is sleeping."""
    said = clause(rng, rng.choice(("now", "past")))
    while who.pair.source[-1] in said.source:
        said = clause(rng, rng.choice(("now", "past")))
    return compose("that|q {c}", "que/qu'|q {c}", c=said)


def talk(rng: random.Random, who: Phrase) -> Pair:
    """To whom, or about what."""
    if likely(rng, 0.5):
        return compose("to|t {w}", "à|t {w}", w=person(rng, who.name).pair)
    noun = NOUNS[rng.choice(TOPICS)]
    topic = noun_phrase(noun, pick(rng, {"the": 4, "this": 1}),
                        adjectives=adjectives_for(rng, noun, 0.3))
    return compose("about|t {w}", "de/d'|t {w}", w=topic.pair)


def with_object(rng: random.Random, verb: Verb, who: Phrase, negation: str, bare: bool) -> Pair:
    """The object, and for some verbs to whom or where."""
    senses = [line for line in TWO_SENSES if verb.base in listed(line[6])]
    noun = rng.choice([noun for noun in nouns_of(*verb.what) if noun.one != who.name])
    if senses and likely(rng, 0.2):
        determiner = "a" if verb.base in ("read", "buy") and not negation else "the"
        what = two_senses(rng, rng.choice(senses), determiner=determiner).pair
    else:
        what = thing(rng, noun, who, verb, negation).pair
        what = what._replace(keys=what.keys | {(verb.base, noun.one)})
    if verb.base == "give":
        return compose("{o} to|t {w}", "{o} à|t {w}", o=what, w=person(rng, who.name).pair)
    if verb.base in ("eat", "drink", "read", "write") and not bare and likely(rng, 0.35):
        return side_by_side(what, place(rng, *around(verb, who)))
    if verb.base == "buy" and not bare and "food" in noun.kinds and likely(rng, 0.25):
        return compose("{o} at|t the|d market|m", "{o} à|t le|d marché|m", o=what)
    return what


# ---- is how

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
    negation = pick(rng, {"": 6, "not": 2, "never": 0.4, "no longer": 0.8})
    kinds = ("person",) if name in ("happy", "ill") else ("person", "pet", "horse")
    who = subject(rng, *kinds, share=0.0 if name == "happy" else 0.2, definite=True)
    while who.first and (past or name not in ("hungry", "thirsty")) or (
            name in who.pair.source):
        who = subject(rng, *kinds, share=0.0, definite=True)
    return who, quality(rng, who, name, past, negation)


def thing_is(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """A thing or an animal has a quality, or is made of wood."""
    negation = pick(rng, {"": 6, "not": 2, "no longer": 0.5})
    if likely(rng, 0.1):
        who = subject(rng, "chair", "table", "box", "boat", "door", share=0.2, definite=True)
        left, right = be(who, past, negation if negation == "not" else "")
        return who, compose(f"{left} made|m of|m wood|w", f"{right} en|m bois|w")
    name = rng.choice(list(QUALITIES))
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
    while not (fit := [name for name in listed(line[5]) if name not in who.pair.source]):
        who = two_senses(rng, line)
    return who, quality(rng, who, rng.choice(fit), past, pick(rng, {"": 4, "not": 1}))


def bat(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """An animal or a thing: the verb tells."""
    animal = likely(rng, 0.5)
    french, kinds = ("chauve-souris", ("animal",)) if animal else ("batte", ("thing",))
    noun = Noun("bat", "-", french, "-", "f", kinds, ("old", "small", "black"))
    who = noun_phrase(noun, pick(rng, {"the": 4, "this": 1}),
                      adjectives=adjectives_for(rng, noun, 0.5))
    negation = pick(rng, {"": 4, "not": 1})
    if not animal and likely(rng, 0.6):
        left, right = be(who, past, "")
        return who, compose(f"{left} made|m of|m wood|w", f"{right} en|m bois|w")
    if animal and likely(rng, 0.6):
        return who, act(rng, who, "past" if past else "now", negation, verbs=("sleep",))
    name = rng.choice(("hungry", "thirsty", "tired") if animal else ("clean", "expensive"))
    return who, quality(rng, who, name, past, negation)


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


# ---- clauses

def parts(rng: random.Random, tense: str) -> tuple[Phrase, Pair]:
    """Subject and predicate of a main clause in "habit", "now", "past" or "soon"."""
    is_ = tense in ("now", "past")
    kind = pick(rng, {"act": 5, "state": is_, "thing": 2 * is_, "sense": 2.5 * is_, "where": is_,
                      "modal": 4 * (tense == "now"), "fall": tense == "past"})
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
    return side_by_side(relative(rng, who) if tense != "habit" and likely(rng, 0.2) else who.pair,
                        what)


def relative(rng: random.Random, who: Phrase) -> Pair:
    """The girl who is singing, the dog that slept in the garden; or no relative clause."""
    alive = {"person", "animal"} & {*who.kinds}
    if who.pair.source[0] not in ("the", "a/an", "this", "these", "two") or not alive or (
            who.name == "bat"):
        return who.pair
    what = act(rng, who, rng.choice(("now", "past")), timed=True)
    word = "who" if "person" in who.kinds else "that"
    return compose(f"{{h}} {word}|q {{c}}", "{h} qui|q {c}", h=who.pair, c=what)
