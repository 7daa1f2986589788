"""Who does what in the corpus en_fr: a verb with its object, with whom and where.

The tables say who can do what with what. "a" and "some" after a negated verb become "de"; no
participle stands behind its object, as it would have to agree with it.
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_fr_nouns import NOUNS, TWO_SENSES, Noun, listed, nouns_of
from data.grammars.en_fr_parts import (
    AROUND,
    OUTSIDE,
    WILD,
    adjectives_for,
    fitting,
    likely,
    person,
    pick,
    place,
    possessive,
    side_by_side,
    two_senses,
)
from data.grammars.en_fr_phrases import Phrase, genitive, noun_phrase, verb_group
from data.grammars.en_fr_verbs import BANS, DUTIES, SELDOM, VERBS, Verb

DEFINITE_ONLY = {"open", "close", "wait for", "break"}
LIKED = ("cheese", "soup", "coffee", "tea", "milk", "bread", "apple", "orange", "cat", "dog",
         "bird", "horse", "flower", "train", "boat", "book")
WHERE = {"arrive": ("at",), "go": ("to",), "come back": ("from",), "stay": ("at home",),
         "swim": ("in water", "near water"), "leave": (), "fall": (), "work": ("at", "at home"),
         "sleep": ("asleep", "under a tree"), "write": ("at home", "under a tree"),
         "eat": ("at home", "at home", "near", "under a tree"),
         "drink": ("at home", "at home", "near", "under a tree"),
         "read": ("at home", "at home", "near", "under a tree"), "run": ("in", "outside")}
DEAR = ("car", "house", "boat", "horse", "bike", "table", "hat")     # bought one at a time
TOPICS = ("book", "train", "boat", "village", "island", "school", "hotel", "horse", "forest")
NOTHING = Pair((), (), frozenset())


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
    if tense == "habit" and not (negation or timed) and verb.base not in ("like", "have"):
        adverb = pick(rng, {"": 3, "often": 1})
    group = verb_group(verb, who, tense, negation, adverb)
    verb = verb._replace(tenses=letter)              # the one that it stands in
    return side_by_side(group, complement(rng, verb, who, negation, bare))


def _usual(tense: str, negation: str, timed: bool) -> set[str]:
    """The verbs that make sense here."""
    if tense == "must":
        return {*(BANS if negation else DUTIES)}
    if negation == "never":
        return {*SELDOM}
    odd = {"break", "wait for"} if tense in ("can", "want") else set()
    odd |= {"look for"} if tense == "can" else set()
    odd |= {"like", "have"} if timed else set()
    odd |= {"break"} if timed and tense == "soon" else set()
    odd |= {"arrive", "leave"} if tense == "habit" and not timed else set()
    return {verb.base for verb in VERBS} - odd - {"say"}


def _fits_me(verb: Verb, tense: str) -> bool:
    """Whether "je" has the form of "il", and no participle has to show who speaks."""
    if tense in ("habit", "now"):
        return verb.il.endswith("e")
    return not verb.etre if tense == "past" else tense in ("soon", "want")


def complement(rng: random.Random, verb: Verb, who: Phrase, negation: str,
               bare: bool = False) -> Pair:
    """What stands behind the verb."""
    special = {"like": liked, "talk": talk}.get(verb.base)
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


def talk(rng: random.Random, who: Phrase) -> Pair:
    """To whom, or about what."""
    if likely(rng, 0.5):
        return compose("to|t {w}", "à|t {w}", w=person(rng, who.name).pair)
    noun = NOUNS[rng.choice(TOPICS)]
    topic = noun_phrase(noun, pick(rng, {"the": 4, "this": 1}),
                        adjectives=fitting(adjectives_for(rng, noun, 0.3), "the", noun))
    return compose("about|t {w}", "de/d'|t {w}", w=topic.pair)


def with_object(rng: random.Random, verb: Verb, who: Phrase, negation: str, bare: bool) -> Pair:
    """The object, and for some verbs to whom or where."""
    senses = [line for line in TWO_SENSES if verb.base in listed(line[6])]
    noun = rng.choice([noun for noun in nouns_of(*verb.what) if noun.one != who.name])
    if senses and likely(rng, 0.2):
        determiner = "a" if verb.base in ("read", "buy") and not negation else "the"
        what = two_senses(rng, rng.choice(senses), determiner=determiner).pair
        bare = True                                  # "the sea in the garden" would go together
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


def thing(rng: random.Random, noun: Noun, who: Phrase, verb: Verb, negation: str) -> Phrase:
    """The object of a verb whose subject is `who`."""
    told = () if "animal" in who.kinds and "drink" in noun.kinds else adjectives_for(rng, noun)
    spoiled = {"open": ("open", "closed"), "close": ("closed",), "buy": ("hot", "cold", "empty"),
               "write": ("old", "new", "red", "heavy")}
    told = tuple(name for name in told if name not in spoiled.get(verb.base, ()))
    if "kin" in noun.kinds:
        return noun_phrase(noun, possessive(who), adjectives=fitting(told, "my", noun))
    often = 0.85 if verb.base == "buy" and "fruit" in noun.kinds else 0.4
    if verb.base == "buy" and noun.one in DEAR:
        often = 0.0
    often = 1.0 if verb.tenses == "h" and _loose(verb, noun) else often
    plural = noun.many != "-" and likely(rng, often)
    chosen = pick(rng, _determiners(noun, who, verb, negation, plural))
    plural |= chosen == "their" and noun.many != "-"     # each of them has one
    told = () if negation and chosen == "a" else told
    phrase = noun_phrase(noun, chosen, plural=plural, adjectives=fitting(told, chosen, noun),
                         denied=bool(negation) and chosen in ("a", "some", ""))
    return genitive(person(rng, who.name, alone=True), phrase) if chosen == "of" else phrase


def _loose(verb: Verb, noun: Noun) -> bool:
    """Whether a habit is about any such things: eats apples, but reads the newspaper."""
    return verb.base not in DEFINITE_ONLY | {"have"} and noun.one != "newspaper"


def _determiners(noun: Noun, who: Phrase, verb: Verb, negation: str, plural: bool) -> dict:
    """Weights of the determiners that the object of this verb may have."""
    if verb.base == "have":
        return {"some": 1} if negation and plural else {"two": 1, "many": 1} if plural else {"a": 1}
    habit = verb.tenses == "h"
    if habit and _loose(verb, noun):
        return {"": 1}
    weights = {"the": 5, "this": verb.base != "write" and not habit}
    if habit and noun.one == "newspaper":
        return weights
    if verb.base not in DEFINITE_ONLY:
        if "mass" in noun.kinds or plural:
            weights |= {"": 3 * (verb.base in ("eat", "drink", "buy", "read", "write")),
                        "some": 3 * (negation not in ("never", "no longer"))}
        else:
            weights |= {"a": 5 * (not negation or verb.tenses != "s")}
        if plural and not negation:
            weights |= {"two": 1.5, "many": 1.5}
    if "own" in noun.kinds and verb.base not in ("buy", "see", "write"):
        weights |= {possessive(who): 3, "of": 2}
    return weights
