"""What one may do to what and where, in the English-Chinese grammar: the tables that keep sense."""

from __future__ import annotations

import random
from typing import NamedTuple

from data.grammars.common import Pair, compose
from data.grammars.en_zh_nouns import NOTHING, suited
from data.grammars.en_zh_times import PLACES, Place
from data.grammars.en_zh_words import NOUNS, VERBS, Noun, Verb, mark


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
    ("see", "horse, car, bike", "the park, the station, the market"),
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
    verb = VERBS[chosen.verb]
    if (verb.base, noun.en) == ("read", "story"):
        verb = verb._replace(zh="读")
    if (verb.base, noun.en) == ("drink", "soup"):
        verb = VERBS["eat"]._replace(zh=verb.zh)
    return verb, noun, chosen.places
