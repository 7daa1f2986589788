"""The phrases of the English-Chinese grammar: who, what, where, how many; what one can do where.

Every function takes the generator first and gives back a Pair whose links are those of en_zh.py.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from data.grammars.common import Pair, compose
from data.grammars.en_zh_words import (
    ADJECTIVES,
    COLOURS,
    KIN,
    NOUNS,
    NUMBERS,
    OBJECTIVE,
    OWNERS,
    PEOPLE,
    PLACES,
    PLURALS,
    PRONOUNS,
    SIZES,
    VERBS,
    Adjective,
    Noun,
    Place,
    Verb,
    mark,
)

NOTHING = Pair((), (), frozenset())
BE = {"i": "am", "s": "is", "p": "are"}
WAS = {"i": "was", "s": "was", "p": "were"}
HAVE = {"i": "have", "s": "has", "p": "have"}
DO = {"i": "do", "s": "does", "p": "do"}
MANY = {"cup": "cups", "glass": "glasses", "bowl": "bowls", "piece": "pieces", "pair": "pairs"}


class Subject(NamedTuple):
    """Who: the phrase; person i, s (he) or p (they); the pronoun that takes it up again."""

    pair: Pair
    person: str
    pronoun: str = ""


class Activity(NamedTuple):
    """A verb with what it may be done to and where, as names in NOUNS and PLACES."""

    verb: str
    nouns: tuple[str, ...]
    places: tuple[str, ...]


def names(text: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(name.strip() for name in text.split(","))


ACTIVITIES = [Activity(verb, names(nouns), names(places)) for verb, nouns, places in [
    ("eat", "apple, banana, egg, cake, bread",
     "the park, in the park, school, home, the station, in the garden, in the kitchen"),
    ("eat", "noodles, dumplings, fish, meat, egg",
     "home, the restaurant, school, in the kitchen"),
    ("drink", "tea, coffee, water, milk",
     "home, the office, the restaurant, in the garden, in the kitchen, the station"),
    ("drink", "soup", "home, the restaurant, in the kitchen"),
    ("read", "book, novel, newspaper, letter, story",
     "the library, home, the park, in the garden, in the classroom, in the room, the office"),
    ("write", "letter, story",
     "the library, home, in the room, the office, in the classroom"),
    ("buy", "apple, banana, egg, fish, cake, bread, meat, vegetables, flower",
     "the market, the shop"),
    ("buy", "hat, shirt, coat, shoes, umbrella, bag",
     "the market, the shop, in beijing, in shanghai, in paris"),
    ("buy", "book, novel, toy, cup, box, table, chair, phone, bike",
     "the shop, in shanghai, in beijing"),
    ("sell", "apple, egg, fish, vegetables, flower, toy, shoes, cake",
     "the market, in the park, the station"),
    ("see", "cat, dog, bird, rabbit", "the park, in the garden, the station, school"),
    ("see", "horse, car, bike, tree, flower", "the park, the station, the market"),
    ("watch", "movie", "home, school, in shanghai, in the classroom"),
    ("draw", "cat, dog, bird, rabbit, horse, fish, tree, flower, house, picture, car",
     "the park, in the classroom, home, in the garden, in the room, school"),
    ("sing", "song", "the park, school, home, in the garden, in the classroom"),
    ("make", "cake, soup, noodles", "home, in the kitchen, the restaurant"),
    ("make", "toy, box, chair, table", "home"),
    ("plant", "tree", "in the garden, in the park, school"),
    ("wash", "shirt, cup", "home"),
    ("find", "key, umbrella, phone, hat, bag, toy",
     "the park, in the garden, in the room, in the classroom, in the kitchen, the office"),
    ("meet", "friend, teacher, doctor, student, writer, child, driver",
     "the park, the station, the market, the shop, the library, the hospital, in paris"),
]]
ANSWERS_NOT = ("eat", "drink", "read", "write", "buy", "sell", "see", "watch")   # takes "not any"
WANTED = ("eat", "drink", "read", "write", "buy", "watch", "draw", "sing", "make", "plant")
ONGOING = ("eat", "drink", "read", "write", "watch", "draw", "sing", "make", "wash")
USUAL = ("eat", "drink", "read", "write", "buy", "sell", "draw", "sing", "make")
OF_TASTE = ("cat", "dog", "bird", "rabbit", "horse", "apple", "banana", "cake",
            "dumplings", "noodles", "fish", "meat", "tea", "coffee", "milk", "novel",
            "movie", "flower", "egg", "bread", "vegetables", "story", "soup")


LOOKS = "red yellow green blue black white big small new old long"
SUITS = {"draw": "red yellow green blue black white big small beautiful long",
         "write": "long interesting", "make": "big small delicious", "plant": "big small",
         "sing": "new famous", "wash": f"{LOOKS} dirty", "find": LOOKS,
         "see": f"{LOOKS} beautiful", "eat": f"{LOOKS} fresh delicious hot",
         "drink": "hot cold fresh delicious", "handle": LOOKS, "need": LOOKS,
         "gift": "red yellow green blue black white big small new beautiful",
         "read": "new old long interesting famous"}
FEW = {"write": 2, "watch": 2, "read": 2, "sing": 3, "make": 3, "drink": 3, "eat": 5}   # so many at most
FOOD = ("apple", "banana", "egg", "fish", "cake", "bread", "meat", "vegetables",
        "soup", "noodles", "flower", "dumplings", "tea", "coffee", "milk", "water")


def suited(noun: Noun, verb: str) -> Noun:
    """The noun with those adjectives only that make sense beside the verb."""
    kept = SUITS.get(verb, "").split()
    return noun._replace(adjectives=tuple(
        one for one in noun.adjectives if (one in kept if kept else one not in ("dirty", "clean", "old"))))


def describing(noun: Noun, adjectives: list[Adjective]) -> tuple[str, str, set]:
    """Templates of the adjectives before a noun, those with 的 first in Chinese; their keys."""
    english = " ".join(f"{one.en}|{letter}" for one, letter in zip(adjectives, "qr", strict=False))
    chinese = " ".join(mark(one.before, letter)
                       for one, letter in reversed([*zip(adjectives, "qr", strict=False)]))
    return english, chinese, {(one.zh, noun.zh) for one in adjectives}


def some_adjectives(rng: random.Random, noun: Noun, most: int = 2, de: bool = True) -> list:
    """None, one or two that fit; two are a size and a colour. Without de: those without 的."""
    fitting = [ADJECTIVES[name] for name in noun.adjectives if ADJECTIVES[name].before]
    if not de:
        fitting = [one for one in fitting if "的" not in one.before]
    if most == 0 or not fitting or rng.random() < 0.5:
        return []
    first = rng.choice(fitting)
    colours = [one for one in fitting if one.en in COLOURS]
    if most == 2 and first.en in SIZES and colours and rng.random() < 0.4:
        return [first, rng.choice(colours)]
    return [first]


def article(words: str) -> str:
    """The indefinite article before these words."""
    return "an" if words.lstrip()[0] in "aeiou" else "a"


def number_word(rng: random.Random, most: int = 7) -> tuple[str, str]:
    """A number; small ones are frequent."""
    numbers = [*NUMBERS.items()][:most]
    return rng.choices(numbers, [5, 5, 3, 3, 2, 2, 2][:most])[0]


def counted(rng: random.Random, noun: Noun, one: bool = False, most: int = 2,
            verb: str = "") -> Pair:
    """A number, 几, 一些 or 很多 of something, with adjectives; one: exactly one of it.

    verb: of what is done to it, as nobody watches ten movies in a morning.
    """
    english, chinese, keys = describing(noun, some_adjectives(rng, noun, most))
    if noun.measure == "-":
        number, zh = rng.choice([("some", "一些"), ("many", "很多")])
        return compose(f"{number}|a {english} {noun.en}|n", f"{zh}|a {chinese} {noun.zh}|n", keys)
    kind = "one" if one or not noun.plural and noun.of in ("", "pair") else rng.choice(
        ["one"] * 4 + ["number"] * 6 + ["few", "some", "many"] * (FEW.get(verb, 9) > 2))
    if noun.of:
        number, zh = ("a", "一") if kind == "one" else number_word(rng, min(4, FEW.get(verb, 4)))
        holder = noun.of if kind == "one" else MANY[noun.of]
        return compose(f"{number}|a {holder}|m of {english} {noun.en}|n",
                       f"{zh}|a {noun.measure}|m {chinese} {noun.zh}|n", keys)
    if kind in ("some", "many"):
        zh = {"some": "一些", "many": "很多"}[kind]
        return compose(f"{kind}|a {english} {noun.plural}|n", f"{zh}|a {chinese} {noun.zh}|n", keys)
    number, zh = {"one": (article(f"{english} {noun.en}"), "一"), "few": ("several", "几")}.get(
        kind) or number_word(rng, FEW.get(verb, 7))
    return compose(f"{number}|a {english} {noun.en if kind == 'one' else noun.plural}|n",
                   f"{zh}|a {noun.measure}|n {chinese} {noun.zh}|n", keys)


def this(rng: random.Random, noun: Noun, most: int = 1, plural: bool | None = None) -> Pair:
    """This, that, these or those; 这 and 那 take the measure word, 这些 and 那些 do not."""
    english, chinese, keys = describing(noun, some_adjectives(rng, noun, most))
    if noun.of == "pair" or noun.of and noun.en not in PLURALS:
        which, zh = rng.choice([("this", "这"), ("that", "那")])
        return compose(f"{which}|a {noun.of}|m of {english} {noun.en}|n",
                       f"{zh}|a {noun.measure}|m {chinese} {noun.zh}|n", keys)
    plural = noun.en in PLURALS or (
        bool(noun.plural) and (rng.random() < 0.3 if plural is None else plural))
    if plural:
        which, zh = rng.choice([("these", "这些"), ("those", "那些")])
        return compose(f"{which}|a {english} {noun.plural or noun.en}|n",
                       f"{zh}|a {chinese} {noun.zh}|n", keys)
    which, zh = rng.choice([("this", "这"), ("that", "那")])
    return compose(f"{which}|a {english} {noun.en}|n",
                   f"{zh}|a {noun.measure}|n {chinese} {noun.zh}|n", keys)


def bare(rng: random.Random, noun: Noun, most: int = 1) -> Pair:
    """Apples, tea: what one likes or eats in general, so not big or old ones; or a hat."""
    noun = noun._replace(adjectives=tuple(one for one in noun.adjectives
                                          if one not in SIZES or one == "new"))
    english, chinese, keys = describing(noun, some_adjectives(rng, noun, most))
    form = noun.plural or (noun.en if noun.of else f"{english} {noun.en}")
    if not noun.plural and not noun.of:
        return compose(f"{article(form)} {english} {noun.en}|n", f"{chinese} {noun.zh}|n", keys)
    return compose(f"{english} {form}|n", f"{chinese} {noun.zh}|n", keys)


def any_of(rng: random.Random, noun: Noun) -> Pair:
    """Any apples, any tea, a hat: what one did not buy. Bare in Chinese."""
    return compose("any {o}" if noun.plural or noun.of else "{o}", "{o}", o=bare(rng, noun, 0))


def one_of(rng: random.Random, noun: Noun, most: int = 1, many: bool = False) -> Pair:
    """What an ongoing or a denied action is about: (a) book, tea: without number and measure word.

    With an adjective it is a book, 一 本 有趣 的 书, as anywhere else. "a" alone has no match.
    many: several people do it, so books.
    """
    if not many or noun.of:
        described = counted(rng, noun, one=True, most=most)
        if described.keys and noun.measure != "-":
            return described
    if noun.of or many or rng.random() < 0.25:
        return bare(rng, noun, 0)
    return compose(f"{article(noun.en)} {noun.en}|n", f"{noun.zh}|n")


def the(rng: random.Random, noun: Noun, most: int = 1) -> Pair:
    """The cup: a definite thing, bare in Chinese."""
    english, chinese, keys = describing(noun, some_adjectives(rng, noun, most))
    return compose(f"the {english} {noun.en}|n", f"{chinese} {noun.zh}|n", keys)


def owned(rng: random.Random, noun: Noun, most: int = 1) -> Pair:
    """My cup, the teacher's cup; adjectives with 的 do not stand after the 的 of the owner."""
    english, chinese, keys = describing(noun, some_adjectives(rng, noun, most, de=False))
    if rng.random() < 0.3:
        who = NOUNS[rng.choice(("teacher", "doctor", "student", "boy", "girl", "child", "farmer"))]
        return compose(f"the {who.en}|w 's|d {english} {noun.en}|n",
                       f"{who.zh}|w 的|d {chinese} {noun.zh}|n", keys)
    owner, zh = rng.choice([*OWNERS.items()])
    return compose(f"{owner}|w {english} {noun.en}|n", f"{zh}|w 的|w {chinese} {noun.zh}|n", keys)


def definite(rng: random.Random, noun: Noun, most: int = 1) -> Pair:
    """The, this or somebody's thing: what 把 takes."""
    rules = [the, the, this_one] + [owned] * (noun.en not in FOOD)
    return rng.choice(rules)(rng, suited(noun, "handle"), most)


def this_one(rng: random.Random, noun: Noun, most: int = 1) -> Pair:
    """This or that, not these."""
    return this(rng, noun, most, plural=False)


def pronoun(name: str) -> Subject:
    """I, you, he ... as the subject."""
    person = {"i": "i", "he": "s", "she": "s"}.get(name, "p")
    return Subject(compose(f"{name}|n", f"{PRONOUNS[name]}|n"), person, name)


def kin(rng: random.Random) -> Subject:
    """My mother: 我 妈妈; but 我们 的 妈妈, where the owner is several."""
    (owner, zh), (who, chinese) = rng.choice([*OWNERS.items()]), rng.choice([*KIN.items()])
    of = "的|w" if "们" in zh else ""
    return Subject(compose(f"{owner}|w {who}|n", f"{zh}|w {of} {chinese}|n"), "s",
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
    """Whom one gives, tells or helps: somebody definite, not the subject; visits: the family."""
    kind = 0.5 if visit else rng.random()
    if kind < 0.35:
        taken = {"i": "me we us", "we": "me us", "he": "him", "she": "her", "they": "them"}
        word = rng.choice([one for one in OBJECTIVE
                           if one not in taken.get(s.pronoun, "").split()])
        return compose(f"{word}|n", f"{OBJECTIVE[word]}|n")
    other = kin(rng) if kind < 0.65 else people(rng)
    while other.pronoun in ("i", "you") or len(other.pair.source) == 1 or (
            {*other.pair.target} & {*s.pair.target} - {"的", "们"}):
        other = kin(rng)
    return other.pair


# forms, Chinese verb, its object, where, the forms in use beside the first
HOBBIES = [
    ("swim", "swims", "swimming", "游泳", "", ("school",), "now", "ing"),
    ("run", "runs", "running", "跑步", "", ("in the park", "school", "the park"), "now"),
    ("dance", "dances", "dancing", "跳舞", "", ("in the park", "school", "home"), "now", "ing"),
    ("play", "plays", "playing", "踢", "football 足球", ("school", "the park"), "now", "ing"),
    ("play", "plays", "playing", "打", "basketball 篮球", ("school", "in the park"), "now", "ing"),
    ("work", "works", "working", "工作", "", ("home", "the hospital", "the office", "in beijing"),
     "now", "ing"),
    ("sleep", "", "", "睡觉", "", ("home", "in the room")),
    ("rest", "", "", "休息", "", ("home", "in the room", "in the garden"))]


def hobby(rng: random.Random, form: str, person: str = "p") -> tuple[Pair, tuple[str, ...]]:
    """A verb that needs no object, or a game, and where; form: base, ing or now (of the person)."""
    base, s, ing, zh, game, places, *_ = rng.choice([
        one for one in HOBBIES if form in ("base", *one[6:])])
    word = {"base": base, "ing": ing, "now": s if person == "s" else base}[form]
    english, chinese = game.split() if game else ("", "")
    return compose(f"{word}|v {mark(english, 'o')}", f"{zh}|v {mark(chinese, 'o')}"), places


def where(place: Place) -> Pair:
    """In the garden: 在 花园 里; "in" is linked to 在 and to 里."""
    return compose(f"{place.preposition}|p {mark_last(place.en)}",
                   f"在|p {place.zh}|x {mark(place.after, 'p')}")


def mark_last(en: str) -> str:
    """The article of a place has no match; its noun has the letter x."""
    return f"the {en[4:]}|x" if en.startswith("the ") else f"{en}|x"


def maybe_where(rng: random.Random, places: tuple[str, ...], chance: float = 0.5) -> Pair:
    """One of the places, or nothing."""
    return where(PLACES[rng.choice(places)]) if rng.random() < chance else NOTHING


def activity(rng: random.Random, verbs: tuple[str, ...] = (),
             many: bool = False) -> tuple[Verb, Noun, tuple]:
    """A verb, what it is done to, and where that may be; of these verbs, or of all.

    many: only what can be said in general, such as apples or tea.
    """
    chosen = rng.choice([one for one in ACTIVITIES if not verbs or one.verb in verbs])
    noun = suited(NOUNS[rng.choice([name for name in chosen.nouns if not many or NOUNS[name].plural
                                    or NOUNS[name].of])], chosen.verb)
    return VERBS[chosen.verb], noun, chosen.places


def now(verb: Verb, person: str) -> str:
    """The English present."""
    return verb.s if person == "s" else verb.base
