"""Clauses of the English-Chinese grammar that compare, and those about skill and experience.

Comparisons: 比, 没有, 跟 ... 一样. Skill: 会, and 得 after the verb. Experience: 过.
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_zh_deeds import mark_last, names
from data.grammars.en_zh_nouns import bare, the, this
from data.grammars.en_zh_people import ACTORS, DO, HAVE, Subject, kin
from data.grammars.en_zh_times import CITIES, PLACES
from data.grammars.en_zh_words import ADJECTIVES, NOUNS, PEOPLE, PLURALS, Adjective, Noun, fit, mark

FACTS = [row.split() for row in """\
novel interesting story
banana cheap apple
banana delicious apple
apple expensive banana
cake expensive bread
cake delicious bread
meat expensive vegetables
fish expensive egg
fish delicious meat
horse big dog
horse big rabbit
dog big rabbit
dog big cat
cat big bird
dog clever rabbit
horse clever rabbit
coffee expensive tea
noodles cheap meat
noodles cheap dumplings
dumplings delicious noodles
car expensive toy
tree big flower
movie interesting novel""".splitlines()]
SORTS = [(names(nouns), adjectives.split()) for nouns, adjectives in [
    ("apple, banana", "expensive cheap delicious big"),
    ("dog, cat, rabbit, horse", "big clever"),
    ("coat, shirt, hat", "expensive cheap beautiful"),
    ("coffee, tea", "delicious"),
    ("book", "interesting expensive cheap"), ("novel", "interesting expensive famous cheap"),
    ("table, chair, bed", "big expensive cheap"), ("box, bag", "big")]]
ALONE = ("car", "bike", "phone", "house", "movie", "umbrella", "flower", "tree", "cup")


def compares(rng: random.Random, s: Subject) -> Pair:
    """Bigger than: 比 ... 大, much 得 多; not as big as: 没有 ... 大; as big as: 跟 ... 一样 大."""
    kind = rng.choice(["kinds", "this", "this", "alone", "kin", "people"])
    if kind == "kinds":
        left, one, right = rng.choice(FACTS)
        return fact(rng, NOUNS[left], NOUNS[right], fit(ADJECTIVES[one], NOUNS[left]))
    if kind in ("kin", "people"):
        x, y = (the(rng, PEOPLE[name], 0) for name in rng.sample(ACTORS, 2))
        if kind == "kin":
            x, y = kin(rng).pair, kin(rng).pair
            while x.target[-1] == y.target[-1] or x.source[0] == y.source[0]:
                y = kin(rng).pair
        one = ADJECTIVES[rng.choice(["tall"] if kind == "kin" else ["tall", "clever"])]
        return comparison(rng, x, y, "is", one, set())
    if kind == "alone":
        left = right = NOUNS[rng.choice(ALONE)]
        adjectives = [one for one in left.adjectives if ADJECTIVES[one].comparative]
    else:
        group, adjectives = rng.choice(SORTS)
        left, right = (NOUNS[rng.choice(group)] for _ in "xy")
    one = fit(ADJECTIVES[rng.choice(adjectives)], left)
    x, y = this(rng, left, 0, False), this(rng, right, 0, False)
    while x.source[0] == y.source[0]:         # this one and that one
        y = this(rng, right, 0, False)
    return comparison(rng, x, y, "is", one, {(one.zh, left.zh), (one.zh, right.zh)})


def fact(rng: random.Random, left: Noun, right: Noun, one: Adjective) -> Pair:
    """Dogs are bigger than cats; cats are not as big as dogs."""
    less = rng.random() < 0.4 or one.en == "clever"
    if less:
        left, right = right, left
    verb = "are" if left.plural or left.en in PLURALS else "is"
    return comparison(rng, bare(rng, left, 0), bare(rng, right, 0), verb, one,
                      {(one.zh, left.zh), (one.zh, right.zh)},
                      ("less",) if less else ("more", "much"))


def comparison(rng: random.Random, x: Pair, y: Pair, verb: str, one: Adjective, keys: set,
               ways: tuple[str, ...] = ("more", "more", "much", "less", "same")) -> Pair:
    """One of these ways to compare x and y; nobody is called more clever."""
    ways = [way for way in ways if one.en != "clever" or way in ("less", "same")]
    more = " ".join(one.comparative.split()[:-1] + [f"{one.comparative.split()[-1]}|j"])
    english, chinese = {
        "more": (f"{verb} {more} than|k {{y}}", f"比|k {{y}} {one.zh}|j"),
        "much": (f"{verb} much|m {more} than|k {{y}}", f"比|k {{y}} {one.zh}|j 得|m 多|m"),
        "less": (f"{verb} not|n as {one.en}|j as {{y}}", f"没有|n {{y}} {one.zh}|j"),
        "same": (f"{verb} as|a {one.en}|j as|k {{y}}", f"跟|k {{y}} 一样|a {one.zh}|j"),
    }[rng.choice(ways)]
    return compose(f"{{x}} {english}", f"{{x}} {chinese}", keys, x=x, y=y)


WELL = [("run", "runs", "跑", "fast"), ("swim", "swims", "游", "fast"),
        ("write", "writes", "写字 写", "slowly fast well"),
        ("sing", "sings", "唱", "well"), ("dance", "dances", "跳舞 跳", "well"),
        ("draw", "draws", "画", "well")]
HOW = {"fast": "快", "slowly": "慢", "well": "好"}


def how_well(rng: random.Random, s: Subject) -> Pair:
    """Runs fast: 跑 得 很 快; dances well: 跳舞 跳 得 很 好; very: 非常; does not: 不."""
    base, third, zh, ways = rng.choice(WELL)
    way, zh = rng.choice(ways.split()), mark(zh, "v")
    verb = third if s.person == "s" else base
    english, chinese = rng.choice([
        (f"{verb}|v {way}|w", f"{zh} 得|w 很|w {HOW[way]}|w"),
        (f"{verb}|v very|y {way}|w", f"{zh} 得|w 非常|y {HOW[way]}|w"),
        (f"{DO[s.person]} not|n {base}|v {way}|w", f"{zh} 得|w 不|n {HOW[way]}|w")])
    return compose(f"{{s}} {english}", f"{{s}} {chinese}", s=s.pair)


SKILLS = [("swim|v", "游泳|v"), ("dance|v", "跳舞|v"), ("make|v noodles|o", "做|v 面条|o"),
          ("play|v football|o", "踢|v 足球|o"), ("play|v basketball|o", "打|v 篮球|o"),
                    ("ride|v a bike|o", "骑|v 自行车|o")]


def is_able(rng: random.Random, s: Subject) -> Pair:
    """A skill: 会, not able: 不 会."""
    english, chinese = rng.choice(SKILLS)
    no = rng.random() < 0.3
    return compose(f"{{s}} can|c {'not|n' * no} {english}", f"{{s}} {'不|n' * no} 会|c {chinese}",
                   s=s.pair)


def has_done(rng: random.Random, s: Subject) -> Pair:
    """Has seen this movie: 看 过; never: 从来 没; has been to Paris three times: 三 次."""
    verb = HAVE[s.person]
    never = rng.choice([0, 0, 1, 2])
    english, chinese = [(f"{verb}|h", ""), (f"{verb}|h never|n", "从来|n 没|n"),
                        (f"{verb}|h not|n", "没|n")][never]
    if rng.random() < 0.5:
        city = PLACES[rng.choice(CITIES)]
        number, zh = rng.choice([("three", "三"), ("four", "四"), ("many", "很多")])
        times = "" if never or rng.random() < 0.4 else f"{number}|m times|t"
        return compose(f"{{s}} {english} been|v to {mark_last(city.en)} {times}",
                       f"{{s}} {chinese} 去|v 过|h {city.zh}|x {f'{zh}|m 次|t' if times else ''}",
                       s=s.pair)
    done, zh, nouns = rng.choice([("seen", "看", "movie"), ("read", "看", "novel book"),
                                  ("read", "读", "story")])
    noun = NOUNS[rng.choice(nouns.split())]
    return compose(f"{{s}} {english} {done}|v {{o}}", f"{{s}} {chinese} {zh}|v 过|h {{o}}",
                   {(zh, noun.zh)}, s=s.pair, o=this(rng, noun, 1, False))
