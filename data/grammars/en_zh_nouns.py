"""Noun phrases of the English-Chinese grammar: how many, which one, whose, of what kind.

A number, 几, 这 and 那 take the measure word of the noun; 一些, 很多, 这些 and 那些 do not. In
Chinese a colour, which has 的, stands before a short adjective such as 大, which has none.
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_zh_people import OWNERS
from data.grammars.en_zh_words import (
    ADJECTIVES,
    COLOURS,
    NOUNS,
    NUMBERS,
    PLURALS,
    SIZES,
    Adjective,
    Noun,
    fit,
    mark,
)

NOTHING = Pair((), (), frozenset())
MANY = {"cup": "cups", "glass": "glasses", "bowl": "bowls", "piece": "pieces", "pair": "pairs"}
LOOKS = "red yellow green blue black white big small new old long"
SUITS = {"draw": "red yellow green blue black white big small beautiful long",
         "write": "long interesting", "make": "big small delicious", "plant": "big small",
         "sing": "new famous", "wash": f"{LOOKS} dirty", "find": LOOKS,
         "see": f"{LOOKS} beautiful", "eat": f"{LOOKS} fresh delicious hot",
         "drink": "hot cold fresh", "handle": LOOKS.removesuffix(" long"), "need": LOOKS,
         "gift": "red yellow green blue black white big small new beautiful",
         "read": "new old long interesting famous"}
# so many at most at a time
FEW = {"write": 2, "watch": 2, "read": 2, "sing": 3, "make": 3, "drink": 3, "eat": 5}
FOOD = ("apple", "banana", "egg", "fish", "cake", "bread", "meat", "vegetables",
        "soup", "noodles", "flower", "dumplings", "tea", "coffee", "milk", "water")


def suited(noun: Noun, verb: str) -> Noun:
    """The noun with those adjectives only that make sense beside the verb."""
    kept = SUITS.get(verb, "").split()
    return noun._replace(adjectives=tuple(
        one for one in noun.adjectives
        if (one in kept if kept else one not in ("dirty", "clean", "old"))))


def describing(noun: Noun, adjectives: list[Adjective]) -> tuple[str, str, set]:
    """Templates of the adjectives before a noun, those with 的 first in Chinese; their keys."""
    adjectives = [fit(one, noun) for one in adjectives]
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
    if kind == "some" and noun.measure in ("只", "匹"):     # 几 只 狗, not 一些 狗
        kind = "few"
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


def owned(rng: random.Random, noun: Noun, most: int = 1, several: bool = True) -> Pair:
    """My cup, the teacher's cup; adjectives with 的 do not stand after the 的 of the owner.

    Not several: no "their", as there is nobody in the sentence whom it could mean.
    """
    english, chinese, keys = describing(noun, some_adjectives(rng, noun, most, de=False))
    if rng.random() < 0.3:
        who = NOUNS[rng.choice(("teacher", "doctor", "student", "boy", "girl", "child", "farmer"))]
        return compose(f"the {who.en}|w 's|d {english} {noun.en}|n",
                       f"{who.zh}|w 的|d {chinese} {noun.zh}|n", keys)
    owner, zh = rng.choice([one for one in OWNERS.items() if several or one[0] != "their"])
    return compose(f"{owner}|w {english} {noun.en}|n", f"{zh}|w 的|w {chinese} {noun.zh}|n", keys)


def definite(rng: random.Random, noun: Noun, several: bool = True, own: bool = True) -> Pair:
    """The, this or (own) somebody's thing: what 把 takes. With an adjective: this or somebody's."""
    noun, kind = suited(noun, "handle"), rng.choice(["the", "the", "this", "owned"])
    if kind == "the" or kind == "owned" and (noun.en in FOOD or not own):
        return the(rng, noun, 0)
    return this_one(rng, noun) if kind == "this" else owned(rng, noun, several=several)


def this_one(rng: random.Random, noun: Noun, most: int = 1) -> Pair:
    """This or that, not these."""
    return this(rng, noun, most, plural=False)
