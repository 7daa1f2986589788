"""The grammar of the corpus en_fr: clauses and sentences. `rows()` makes data/en_fr.tsv.
"""

from __future__ import annotations

import random
import zlib

from data.grammars.common import Pair, Row, compose, deal
from data.grammars.en_fr_phrases import (
    HE,
    NEGATIONS,
    SHE,
    I,
    Phrase,
    genitive,
    marked,
    noun_phrase,
    pronoun,
    spelled,
    verb_group,
)
from data.grammars.en_fr_words import (
    ADJECTIVES,
    NOUNS,
    PLACES,
    TIMES,
    VERBS,
    Noun,
    Verb,
    nouns_of,
)

SEED = 4
COLOURS = {"red", "green", "white", "black", "blue"}
STATES = ("tired", "happy", "ill", "hungry", "thirsty")
CLAUSE_TENSES = ("habit", "now", "past", "soon")
DEFINITE_ONLY = {"know", "open", "close", "wash", "help", "break"}
GENERIC = ("cheese", "soup", "coffee", "tea", "milk", "bread", "apple", "orange", "cake", "cat",
           "dog", "bird", "horse", "flower", "train", "boat", "book")
EMPTY = Pair((), (), frozenset())


def likely(rng: random.Random, share: float) -> bool:
    """True in this share of cases."""
    return rng.random() < share


def pick(rng: random.Random, weights: dict):
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


# ---- noun phrases

def adjectives_for(rng: random.Random, noun: Noun, share: float = 0.4) -> tuple[str, ...]:
    """None, one, or a short one and a colour."""
    if not noun.adjectives or not likely(rng, share):
        return ()
    first = rng.choice(noun.adjectives)
    colours = [name for name in noun.adjectives if name in COLOURS]
    if ADJECTIVES[first].before and colours and likely(rng, 0.25):
        return first, rng.choice(colours)
    return (first,)


def possessive(who: Phrase) -> str:
    """my, his, her or their."""
    if who.first:
        return "my"
    return "their" if who.plural else "his" if who.gender == "m" else "her"


def subject(rng: random.Random, kinds: tuple[str, ...], share: float = 0.4) -> Phrase:
    """A noun phrase, or now and then a pronoun, that can be the subject."""
    if "person" in kinds and likely(rng, 0.15):
        return pick(rng, {I: 2, HE: 1, SHE: 1})
    noun = rng.choice(nouns_of(*kinds))
    if "kin" in noun.kinds:
        return noun_phrase(noun, pick(rng, {"my": 2, "his": 1, "her": 1}),
                           adjectives=adjectives_for(rng, noun, share / 2))
    plural = noun.many != "-" and likely(rng, 0.42)
    weights = {"the": 10, "this": 2}
    weights |= {"some": 1, "two": 1, "three": 1, "many": 1} if plural else {"a": 2}
    if "own" in noun.kinds:
        weights |= {"my": 2, "his": 1, "her": 1}
    if "mass" in noun.kinds:
        weights = {"the": 5, "this": 1}
    return noun_phrase(noun, pick(rng, weights), plural=plural,
                       adjectives=adjectives_for(rng, noun, share))


def described(rng: random.Random, noun: Noun, who: Phrase, *, denied: bool = False,
              definite: bool = False) -> Phrase:
    """An object of a verb whose subject is `who`."""
    told = adjectives_for(rng, noun)
    if "kin" in noun.kinds:
        return noun_phrase(noun, possessive(who), adjectives=told)
    plural = noun.many != "-" and likely(rng, 0.4)
    weights = {"the": 5, "this": 1}
    if not definite and "mass" in noun.kinds:
        weights |= {"some": 3, "": 2}
    elif not definite:
        weights |= {"some": 3} if plural else {"a": 4}
        if plural and not denied:
            weights |= {"two": 1, "three": 1, "many": 1}
    if "own" in noun.kinds:
        weights |= {possessive(who): 3, "of": 2}
    chosen = pick(rng, weights)
    phrase = noun_phrase(noun, chosen, plural=plural, adjectives=told,
                         denied=denied and chosen in ("a", "some", ""))
    return genitive(owner(rng, who), phrase) if chosen == "of" else phrase


def owner(rng: random.Random, who: Phrase) -> Phrase:
    """The person of a genitive, not the subject itself."""
    noun = rng.choice([noun for noun in nouns_of("person") if noun.one != who.name])
    if "kin" in noun.kinds:
        return noun_phrase(noun, "my")
    return noun_phrase(noun, "the", adjectives=adjectives_for(rng, noun, 0.2))


def place(rng: random.Random, *ways: str) -> Pair:
    """Where: a preposition and a noun phrase."""
    english, french, nouns, indefinite = PLACES[rng.choice(ways)]
    noun = NOUNS[rng.choice(nouns.split())]
    weights = {"the": 8, "this": 1} | ({"a": 2} if indefinite else {})
    where = noun_phrase(noun, pick(rng, weights), adjectives=adjectives_for(rng, noun, 0.25))
    return compose(f"{english} {{n}}", f"{french} {{n}}", n=where.pair)


AROUND = ("in", "in", "near", "behind", "before", "under")


# ---- what one does

def can_do(verb: Verb, who: Phrase) -> bool:
    """Whether the verb takes this subject."""
    return bool({who.name, *who.kinds} & {*verb.who})


def act(rng: random.Random, who: Phrase, tense: str, negation: str | None = None) -> Pair:
    """The predicate of `who`: a verb with what belongs to it."""
    letter = {"habit": "h", "now": "n", "past": "p", "soon": "s"}.get(tense, "m")
    fit = [verb for verb in VERBS if letter in verb.tenses and can_do(verb, who)
           and not (who.first and not fits_me(verb, tense))]
    return do(rng, rng.choice(fit), who, tense, negation)


def fits_me(verb: Verb, tense: str) -> bool:
    """Whether "je" has the form of "il", and no participle that shows who speaks."""
    return not verb.etre if tense == "past" else tense != "habit" and tense != "now" or (
        verb.il.endswith("e"))


def do(rng: random.Random, verb: Verb, who: Phrase, tense: str,
       negation: str | None = None) -> Pair:
    """The predicate with this verb."""
    if negation is None:
        weights = {"": 7, "not": 3}
        weights |= {"never": 1} if tense in ("habit", "past") else {}
        weights |= {"no longer": 1} if tense == "habit" else {}
        negation = pick(rng, weights)
    adverb = ""
    if tense == "habit" and not negation and verb.base not in ("like", "know", "have", "say",
                                                               "think"):
        adverb = pick(rng, {"": 4, "often": 1, "always": 1})
    group = verb_group(verb, who, tense, negation, adverb)
    rest, keys = complement(rng, verb, who, bool(negation))
    return compose("{group} {rest}", "{group} {rest}", keys, group=group, rest=rest)


def complement(rng: random.Random, verb: Verb, who: Phrase, denied: bool) -> tuple[Pair, list]:
    """What stands behind the verb, and the combinations of verb and object."""
    where = {"arrive": ("at",), "go": ("to",), "come back": ("from",), "stay": ("in", "near"),
             "swim": ("water", "near"), "leave": ()}.get(verb.base)
    if verb.base == "like":
        noun = NOUNS[rng.choice(GENERIC)]
        liked = noun_phrase(noun, "all", plural=noun.many != "-")
        return liked.pair, [(verb.base, noun.one)]
    if verb.base in ("say", "think"):
        return compose("that|q {c}", "que/qu'|q {c}",
                       c=clause(rng, rng.choice(("now", "past", "soon")))), []
    if verb.base == "talk":
        return talk(rng, who), []
    if not verb.what:
        if where == () or where is None and (verb.base == "fall" or likely(rng, 0.3)):
            return EMPTY, []
        return place(rng, *(where or AROUND)), []
    noun = rng.choice([noun for noun in nouns_of(*verb.what) if noun.one != who.name])
    what = described(rng, noun, who, denied=denied, definite=verb.base in DEFINITE_ONLY)
    keys = [(verb.base, noun.one)]
    if verb.base in ("give", "show", "send"):
        whom = owner(rng, who)
        return compose("{o} to|t {w}", "{o} à|t {w}", o=what.pair, w=whom.pair), keys
    if verb.base in ("eat", "drink", "read", "write") and likely(rng, 0.4):
        return compose("{o} {p}", "{o} {p}", o=what.pair, p=place(rng, *AROUND)), keys
    return what.pair, keys


def talk(rng: random.Random, who: Phrase) -> Pair:
    """To whom or about what."""
    if likely(rng, 0.5):
        return compose("to|t {w}", "à|t {w}", w=owner(rng, who).pair)
    noun = rng.choice(nouns_of("book", "train", "boat", "village", "island", "school", "hotel",
                               "horse", "river", "forest"))
    topic = noun_phrase(noun, pick(rng, {"the": 4, "this": 1}),
                        adjectives=adjectives_for(rng, noun, 0.3))
    return compose("about|t {w}", "de/d'|t {w}", w=topic.pair)


# ---- how something is

def be(who: Phrase, past: bool, negation: str, have: bool = False) -> tuple[str, str]:
    """Templates of is, are, was, were with negation; have: French says it with avoir."""
    english = ("was" if past else "am") if who.first else (
        ("were", "are") if who.plural else ("was", "is"))[not past]
    table = ({False: ("a", "ont", "ai"), True: ("avait", "avaient", "avais")} if have
             else {False: ("est", "sont", "suis"), True: ("était", "étaient", "étais")})[past]
    french = table[2 if who.first else who.plural] + "|b"
    if negation:
        return f"{english}|b {marked(negation, 'o')}", f"ne/n'|o {french} {NEGATIONS[negation]}|o"
    return f"{english}|b", french


def quality(rng: random.Random, who: Phrase, name: str, past: bool,
            negation: str | None = None) -> Pair:
    """is (very) tired, is not hungry, ..."""
    if negation is None:
        negation = pick(rng, {"": 6, "not": 2, "no longer": 0.6 if name in STATES else 0})
    hungry = {"hungry": "faim", "thirsty": "soif"}.get(name)
    left, right = be(who, past, negation, bool(hungry))
    graded = name not in COLOURS | {"open", "closed", "empty"}
    very = ("very|d ", "très|d ") if graded and not negation and likely(rng, 0.3) else ("", "")
    form = hungry or ADJECTIVES[name].forms[who.agreement]
    keys = [] if name in STATES or who.name in ("i", "he", "she") else [(name, who.name)]
    return compose(f"{left} {very[0]}{name}|q", f"{right} {very[1]}{form.split('/')[0]}|q", keys)


def thing_is(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """A thing or an animal and a quality of it."""
    noun = rng.choice([noun for noun in NOUNS.values()
                       if "person" not in noun.kinds and noun.adjectives])
    names = [name for name in noun.adjectives if name not in ("new", "little")]
    who = subject(rng, (noun.one,), share=0.0)
    if not names:
        return who, quality(rng, who, "old", past)
    name = rng.choice(names)
    return who, quality(rng, who, name, past)


def where_is(rng: random.Random, past: bool) -> tuple[Phrase, Pair]:
    """The key is on the table."""
    noun = rng.choice(nouns_of("key", "letter", "book", "hat", "glass", "plate", "lamp", "box",
                               "newspaper", "flower", "egg", "apple", "orange", "cake"))
    who = subject(rng, (noun.one,))
    left, right = be(who, past, pick(rng, {"": 5, "not": 2, "no longer": 0.5}))
    ways = ("on", "below", "inside") if noun.one != "box" else ("below", "inside")
    where = place(rng, *ways)
    while noun.one in where.source:
        where = place(rng, *ways)
    return who, compose(f"{left} {{w}}", f"{right} {{w}}", w=where)


def there_is(rng: random.Random) -> Pair:
    """There is a cat in the garden."""
    noun = rng.choice([n for n in nouns_of("animal", "tree", "flower", "chair", "table", "bike",
                                           "box", "car", "child", "woman", "man")
                       if "kin" not in n.kinds])
    plural = noun.many != "-" and likely(rng, 0.5)
    where = place(rng, *AROUND)
    told = adjectives_for(rng, noun, 0.4)
    if likely(rng, 0.25):
        what = noun_phrase(noun, "a" if not plural else "", plural=plural, adjectives=told,
                           denied=True).pair
        bare = compose("no|o {n}", "{n}", n=what._replace(
            source=what.source[1:] if not plural else what.source,
            links=frozenset((i - (not plural), j) for i, j in what.links if plural or i)))
        return compose(f"there|t {'are' if plural else 'is'}|b {{n}} {{w}}",
                       "il|t ne/n'|o y|t a|b pas|o {n} {w}", n=bare, w=where)
    det = pick(rng, {"some": 1, "two": 2, "three": 2, "many": 2}) if plural else "a"
    what = noun_phrase(noun, det, plural=plural, adjectives=told).pair
    return compose(f"there|t {'are' if plural else 'is'}|b {{n}} {{w}}", "il|t y|t a|b {n} {w}",
                   n=what, w=where)


# ---- clauses

def clause(rng: random.Random, tense: str, negation: str | None = None) -> Pair:
    """A main clause without its full stop."""
    who, what = parts(rng, tense, negation)
    return compose("{w} {d}", "{w} {d}", w=who, d=what)


def parts(rng: random.Random, tense: str, negation: str | None = None) -> tuple[Pair, Pair]:
    """Subject and predicate of a main clause."""
    kind = pick(rng, {"act": 6, "state": 1.5, "thing": 2 if tense in ("now", "past") else 0,
                      "where": 1 if tense in ("now", "past") else 0,
                      "modal": 2 if tense == "now" else 0})
    if kind == "thing":
        who, what = thing_is(rng, tense == "past")
    elif kind == "where":
        who, what = where_is(rng, tense == "past")
    elif kind == "state" and tense in ("now", "past"):
        who = subject(rng, ("person",), 0.15)
        while who.first:
            who = subject(rng, ("person",), 0.15)
        what = quality(rng, who, rng.choice(STATES), tense == "past")
    elif kind == "modal":
        who = subject(rng, ("person", "pet"))
        what = act(rng, who, rng.choice(("can", "must", "want")), negation)
    else:
        who = subject(rng, ("person", "person", "animal") if tense != "soon" else ("person",))
        what = act(rng, who, tense, negation)
    return with_clause(rng, who), what


def with_clause(rng: random.Random, who: Phrase) -> Pair:
    """Now and then a relative clause behind the subject."""
    if who.name in ("i", "he", "she") or not likely(rng, 0.12):
        return who.pair
    if "person" in who.kinds or "animal" in who.kinds:
        what = act(rng, who, rng.choice(("now", "past")), "")
        word = "who" if "person" in who.kinds else "that"
        return compose(f"{{h}} {word}|q {{c}}", "{h} qui|q {c}", h=who.pair, c=what)
    return who.pair


def when(rng: random.Random, tense: str, front: bool) -> Pair | None:
    """A time that goes with the tense."""
    fit = [time for time in TIMES if tense in time[2].split() and (front or time[3])]
    return compose(*rng.choice(fit)[:2]) if fit else None


def timed(rng: random.Random, tense: str) -> Pair:
    """A clause with a time in front or at the end."""
    front = likely(rng, 0.5)
    time = when(rng, tense, front)
    if front:
        return compose("{t} ,|k {c}", "{t} ,|k {c}", t=time, c=clause(rng, tense))
    who = subject(rng, ("person",))
    what = act(rng, who, tense, "")
    return compose("{w} {d} {t}", "{w} {d} {t}", w=who.pair, d=what, t=time)


def because(rng: random.Random) -> Pair:
    """She is not working because she is tired."""
    who = subject(rng, ("person",))
    while who.first:
        who = subject(rng, ("person",))
    reason = rng.choice(("tired", "hungry", "thirsty", "happy"))
    verbs = {"tired": ("sleep",), "hungry": ("eat",), "thirsty": ("drink",),
             "happy": ("sing", "dance")}[reason]
    verb = rng.choice([verb for verb in VERBS if verb.base in verbs and can_do(verb, who)])
    what = do(rng, verb, who, rng.choice(("now", "want") if reason != "happy" else ("now",)), "")
    he = pronoun(who)
    return compose("{w} {d} because|c {h} {q}", "{w} {d} parce|c que/qu'|c {h} {q}", w=who.pair,
                   d=what, h=he.pair, q=quality(rng, he, reason, False, ""))


def but(rng: random.Random) -> Pair:
    """The girl likes coffee but she does not like tea."""
    who = subject(rng, ("person",))
    verb = rng.choice([verb for verb in VERBS if verb.base in ("like", "eat", "drink", "read",
                                                               "have", "know", "buy", "sell")
                       and "h" in verb.tenses and can_do(verb, who)
                       and not (who.first and not fits_me(verb, "habit"))])
    other = pronoun(who) if who.name not in ("i", "he", "she") else who
    return compose("{w} {d} but|c {o} {e}", "{w} {d} mais|c {o} {e}", w=who.pair, o=other.pair,
                   d=do(rng, verb, who, "habit", ""), e=do(rng, verb, who, "habit", "not"))


def joined(rng: random.Random, count: int) -> Pair:
    """Clauses of one tense, joined by commas and a last "and"."""
    tense = rng.choice(CLAUSE_TENSES)
    found = clause(rng, tense)
    for i in range(1, count):
        link = ("and|c", "et|c") if i == count - 1 else (",|c", ",|c")
        found = compose(f"{{a}} {link[0]} {{b}}", f"{{a}} {link[1]} {{b}}", a=found,
                        b=clause(rng, tense))
    return found


def draw(rng: random.Random, long: bool) -> Pair:
    """A random sentence; a long one is made of more clauses."""
    kind = pick(rng, {"clause": 6, "timed": 3, "there": 1, "because": 1, "but": 1, "joined": 2})
    if long:
        kind = "joined"
    made = {"clause": lambda: clause(rng, rng.choice(CLAUSE_TENSES)),
            "timed": lambda: timed(rng, rng.choice(CLAUSE_TENSES)),
            "there": lambda: there_is(rng), "because": lambda: because(rng),
            "but": lambda: but(rng),
            "joined": lambda: joined(rng, rng.choice((3, 4, 5) if long else (2, 2, 3)))}[kind]()
    return spelled(compose("{s} .|e", "{s} .|e", s=made))


def held(key: tuple[str, str]) -> bool:
    """Whether a combination is kept out of training: about one in fifteen, by its letters."""
    return zlib.crc32(" ".join(key).encode()) % 15 == 0


def alike() -> dict[str, list[str]]:
    """For a noun in French those of the same gender and number that could stand there."""
    found: dict[str, list[str]] = {}
    for group in (("thing",), ("food",), ("drink",), ("place",), ("child", "adult"), ("animal",)):
        for form in ("un", "des"):
            for gender in "mf":
                words = [getattr(noun, form) for noun in nouns_of(*group)
                         if noun.gender == gender and getattr(noun, form) != "-"
                         and "kin" not in noun.kinds
                         and getattr(noun, form)[0] not in "aeiouéèêîôœh"]
                found |= {word: [other for other in words if other != word] for word in words}
    return found


def rows() -> list[Row]:
    """All rows of data/en_fr.tsv."""
    return deal(draw, held, alike(), SEED)
