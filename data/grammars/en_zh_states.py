"""Clauses of the English-Chinese grammar about how people and things are, and where.

An adjective as the predicate takes 很 and no 是; colours and "new" are 是 ... 的. A relative clause
stands before its noun, with 的; 了 only in that of who bought this.
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_zh_clauses import is_doing, lives, maybe
from data.grammars.en_zh_deeds import activity, mark_last, where
from data.grammars.en_zh_nouns import FOOD, NOTHING, bare, counted, owned, suited, the, this
from data.grammars.en_zh_people import ACTORS, CREW, HAVE, KIN, Subject, be, kin, mine
from data.grammars.en_zh_times import NEAR, PAST, PLACES
from data.grammars.en_zh_words import (
    ADJECTIVES,
    COLOURS,
    MASSES,
    MOODS,
    NOUNS,
    PEOPLE,
    PLURALS,
    SIZES,
    THINGS,
    VERBS,
    Adjective,
    Noun,
    fit,
    mark,
)


def being(one: Adjective, verb: str, how: str = "") -> tuple[str, str]:
    """Templates of "is (very, not, too) red"; no 很 beside 非常, 太 and 不."""
    if one.predicate == "是":
        denied = how == "not"
        return (f"{verb}|b {'not|n' * denied} {one.en}|j",
                f"{'不|n' * denied} 是|b {one.zh}|j 的|j")
    return {"very": (f"{verb} very|y {one.en}|j", f"非常|y {one.zh}|j"),
            "not": (f"{verb} not|n {one.en}|j", f"不|n {one.zh}|j"),
            "too": (f"{verb} too|t {one.en}|j", f"太|t {one.zh}|j 了|t"),
            }.get(how, (f"{verb}|b {one.en}|j", f"很|b {one.zh}|j"))


MADE = [("bought", "买", "book novel hat shirt coat shoes umbrella bag phone car bike "
         "apple cake fish bread vegetables table chair flower toy"),
        ("wrote", "写", "letter story"), ("drew", "画", "picture"), ("sang", "唱", "song"),
        ("made", "做", "cake noodles soup box toy"), ("found", "找到", "key umbrella hat")]


def which(rng: random.Random, s: Subject) -> tuple[Pair, Noun]:
    """The book that she bought yesterday: 她 昨天 买 的 书."""
    past, zh, nouns = rng.choice(MADE)
    noun = NOUNS[rng.choice(nouns.split())]
    pair = compose(f"the {noun.en}|n that|d {{s}} {past}|v {{t}}",
                   f"{{s}} {{t}} {zh}|v 的|d {noun.zh}|n", {(zh, noun.zh)}, s=s.pair,
                   t=maybe(rng, NEAR if zh in "做唱画" else PAST, 0.6))
    return pair, noun


def who(rng: random.Random) -> Subject:
    """The girl who likes cats: 喜欢 猫 的 女孩; who bought that hat: 买 了 那 顶 帽子 的."""
    name = rng.choice([one for one in ACTORS if one != "child"])
    several = name in CREW and rng.random() < 0.3
    noun, person = PEOPLE[name], "p" if several else "s"
    silent = Subject(NOTHING, person)
    kind = rng.choice(["likes", "lives", "doing", "sells", "bought"] + ["has"] * (not several))
    if kind == "bought":
        verb, thing, _ = activity(rng, ("buy",))
        clause = compose(f"{verb.past}|v {{o}} {{t}}", f"{{t}} {verb.zh}|v 了|v {{o}}",
                         {(verb.zh, thing.zh)}, o=this(rng, thing, 0), t=maybe(rng, PAST))
    elif kind == "sells":
        verb, thing, places = activity(rng, ("sell",))
        clause = compose(f"{verb.s if person == 's' else verb.base}|v {{o}} {{p}}",
                         f"{{p}} {verb.zh}|v {{o}}", {(verb.zh, thing.zh)}, o=bare(rng, thing, 0),
                         p=where(PLACES[rng.choice(places)]))
    elif kind == "likes":
        thing = NOUNS[rng.choice(
            ("cat", "dog", "horse", "bird", "novel", "movie", "tea", "coffee"))]
        like = VERBS["like"].s if person == "s" else "like"
        clause = compose(f"{like}|v {{o}}", "喜欢|v {o}", {("喜欢", thing.zh)},
                         o=bare(rng, thing, 0))
    elif kind == "has":
        thing = NOUNS[rng.choice(("cat", "dog", "horse", "rabbit", "car", "bike"))]
        clause = compose(f"{HAVE[person]}|v {{o}}", "有|v {o}", {("有", thing.zh)},
                         o=counted(rng, thing, most=0))
    else:
        clause = {"lives": lives, "doing": is_doing}[kind](rng, silent)
    form, them = (noun.plural, "们|n") if several else (noun.en, "")
    pair = compose(f"the {form}|n who|d {{c}}", f"{{c}} 的|d {noun.zh}|n {them}", c=clause)
    return Subject(pair, person, {"boy": "he", "girl": "she"}.get(name, "they" if several else ""))


STAGE = ("dirty", "clean", "hot", "cold", "delicious", "fresh", "sweet")
LASTING = ("expensive", "cheap", "beautiful", "interesting", "famous")
TOO = ("big", "small", "expensive", "hot", "cold", "old", "dirty")


def thing_is(rng: random.Random, s: Subject) -> Pair:
    """This car is red: 是 红色 的; the soup is hot: 很 热; very 非常, too 太 ... 了, not 不."""
    kind = rng.choice(["this", "this", "owned", "which", "the"])
    pair, noun = which(rng, s) if kind == "which" else (NOTHING, rng.choice(
        [*THINGS.values(), *MASSES.values()] if kind == "this" else [*THINGS.values()]))
    if kind == "the":
        noun = rng.choice([one for one in NOUNS.values() if {*one.adjectives} & {*STAGE}
                           and one.en not in ("dog", "cat", "rabbit", "fish")])
    options = [one for one in noun.adjectives if (kind != "the" or one in STAGE) and (
        kind != "which" or one not in ("dirty", "clean", "hot", "cold", "new"))]
    one, several = fit(ADJECTIVES[rng.choice(options)], noun), noun.en in PLURALS
    if kind == "this":
        most = 1 if one.en in LASTING else 0
        pair, several = this_or_these(rng, noun, most)
    elif kind == "owned":
        pair = owned(rng, noun, 0) if noun.en not in FOOD else the(rng, noun, 0)
    elif kind == "the":
        pair = the(rng, noun, 0)
    how = rng.choice(["", "", "very", "not"] + ["too"] * (one.en in TOO))
    english, chinese = being(one, "are" if several else "is", how)
    return compose(f"{{o}} {english}", f"{{o}} {chinese}", {(one.zh, noun.zh)}, o=pair)


def this_or_these(rng: random.Random, noun: Noun, most: int) -> tuple[Pair, bool]:
    """This or these, and whether it is several; adjectives before the noun: colours and sizes."""
    kept = tuple(one for one in noun.adjectives if one in COLOURS or one in SIZES)
    pair = this(rng, noun._replace(adjectives=kept), most)
    return pair, pair.source[0] in ("these", "those")


def person_is(rng: random.Random, s: Subject) -> Pair:
    """He is tired: 他 很 累; was tired yesterday: 昨天 很 累."""
    if rng.random() < 0.45:
        one, how = ADJECTIVES[rng.choice(MOODS)], rng.choice(["", "", "very", "not"])
        was = rng.random() < 0.4
        english, chinese = being(one, be(s, was), how)
        time = rng.choice(PAST[:6]) if was else maybe(rng, [
            compose("now|a", "现在|a"), compose("today|a", "今天|a")], 0.4)
        return compose(f"{{s}} {english} {{t}}", f"{{s}} {{t}} {chinese}", s=s.pair, t=time)
    one = ADJECTIVES[rng.choice(["tall", "clever", "kind", "kind", "clever"])]
    if s.pronoun in ("i", "we"):
        one = ADJECTIVES["tall"]
    if "and" in s.pair.source:
        s = kin(rng)
    if set(s.pair.target) & {*KIN.values()}:
        one = ADJECTIVES[rng.choice(["kind", "clever"])]
    english, chinese = being(one, be(s), rng.choice(["", "very"]))
    return compose(f"{{s}} {english}", f"{{s}} {chinese}", s=s.pair)


MATERIALS = [("wood", "木头", "table chair bed door house box toy"),
             ("paper", "纸", "box bag umbrella toy flower")]


def made_of(rng: random.Random, s: Subject) -> Pair:
    """This table is made of wood: 这 张 桌子 是 木头 做 的."""
    stuff, zh, nouns = rng.choice(MATERIALS)
    noun = NOUNS[rng.choice(nouns.split())]
    pair, several = this_or_these(rng, noun, 1)
    return compose(f"{{o}} {'are' if several else 'is'}|b made|m of {stuff}|x",
                   f"{{o}} 是|b {zh}|x 做|m 的|m", {(zh, noun.zh)}, o=pair)


SPOTS = [("on", "the table", "桌子", "上", "book cup newspaper letter phone hat bag apple key"),
         ("under", "the table", "桌子", "下面", "cat dog box bag umbrella rabbit"),
         ("on", "the bed", "床", "上", "cat book shirt coat bag toy"),
         ("under", "the bed", "床", "下面", "cat box shoes toy rabbit"),
         ("on", "the chair", "椅子", "上", "hat coat bag cat newspaper"),
         ("in", "the box", "盒子", "里", "apple egg toy letter cake"),
         ("in", "the bag", "包", "里", "book banana key umbrella novel"),
         ("in", "the garden", "花园", "里", "tree cat dog bird flower rabbit"),
         ("in", "the room", "房间", "里", "bed table chair picture"),
         ("in", "the kitchen", "厨房", "里", "table chair cup cat egg"),
         ("behind", "the house", "房子", "后面", "tree car bike horse dog"),
         ("behind", "the school", "学校", "后面", "tree house car"),
         ("in", "the classroom", "教室", "里", "table chair picture"),
         ("in", "the park", "公园", "里", "tree bird dog flower horse")]


def there_is(rng: random.Random, s: Subject) -> Pair:
    """There are two cups on the table: 桌子 上 有 两 个 杯子; there are no cups: 没有."""
    preposition, place, zh, after, nouns = rng.choice(SPOTS)
    none = rng.random() < 0.15
    noun = NOUNS[rng.choice([one for one in nouns.split() if one in NOUNS and (
        not none or NOUNS[one].plural)])]
    spot = compose(f"{preposition}|p {mark_last(place)}", f"{zh}|x {after}|p")
    if none:
        return compose("there are|h no|h {o} {p}", "{p} 没有|h {o}",
                       {("有", noun.zh)}, p=spot, o=bare(rng, noun, 0))
    o = counted(rng, suited(noun, "see"), most=1)
    first = o.source[0]
    verb = "is" if first in ("a", "an") else "are"
    return compose(f"there {verb}|h {{o}} {{p}}", "{p} 有|h {o}", {("有", noun.zh)}, p=spot, o=o)


def is_at(rng: random.Random, s: Subject) -> Pair:
    """My cup is on the table: 在 桌子 上; my father is not at home: 不 在 家."""
    if rng.random() < 0.5:
        preposition, place, zh, after, nouns = rng.choice(SPOTS[:7])
        noun = NOUNS[rng.choice(nouns.split())]
        owner = rng.choice([the, owned]) if noun.en not in FOOD else the
        o, verb = owner(rng, noun, 1), "are" if noun.en in PLURALS else "is"
        return compose(f"{{o}} {verb}|b {preposition}|p {mark_last(place)}",
                       f"{{o}} 在|bp {zh}|x {after}|p", {("在", noun.zh)}, o=o)
    place = PLACES[rng.choice(
        [one for one in PLACES if one not in ("the market", "in the library")])]
    there = f"{place.preposition}|p {mark_last(place.en)}"
    place = place._replace(after="") if place.zh == "家" else place
    was = rng.random() < 0.4
    time = rng.choice(PAST[:6]) if was else maybe(rng, [compose("now|a", "现在|a")], 0.5)
    denied = rng.random() < 0.3
    return compose(f"{{s}} {be(s, was)}|b {'not|n' * denied} {there} {{t}}",
                   f"{{s}} {{t}} {'不|n' * denied} 在|bp {place.zh}|x {mark(place.after, 'p')}",
                   s=s.pair, t=time)


JOBS = ("teacher", "doctor", "driver", "writer", "worker", "farmer")


def is_a(rng: random.Random, s: Subject) -> Pair:
    """My father is a doctor: 是 医生; a famous writer: 一 位 有名 的 作家; not: 不 是."""
    noun = PEOPLE[rng.choice(JOBS)]
    if len(s.pair.source) > 1:
        s = kin(rng) if rng.random() < 0.7 else mine(rng)
    if s.person == "p" and s.pronoun != "you":
        noun = PEOPLE[rng.choice(("teacher", "doctor", "worker", "farmer", "student"))]
        o = compose(f"{noun.plural}|n", f"{noun.zh}|n")
    else:
        o = counted(rng, noun, one=True)
        o = o if o.keys else compose(f"a {noun.en}|n", f"{noun.zh}|n")
    denied = rng.random() < 0.2 and not o.keys
    return compose(f"{{s}} {be(s)}|b {'not|n' * denied} {{o}}",
                   f"{{s}} {'不|n' * denied} 是|b {{o}}",
                   s=s.pair, o=o)


WORN = ("shirt", "coat", "shoes", "hat")


def wears(rng: random.Random, s: Subject) -> Pair:
    """Is wearing a red skirt: 穿 着 一 条 红色 的 裙子; a hat: 戴 着."""
    noun, s = NOUNS[rng.choice(WORN)], kin(rng) if s.person == "p" else s
    zh, o = "戴" if noun.en == "hat" else "穿", NOTHING
    while not o.keys:
        o = counted(rng, suited(noun, "see"), one=True)
    return compose(f"{{s}} {be(s)}|b wearing|v {{o}}", f"{{s}} {zh}|v 着|b {{o}}", {(zh, noun.zh)},
                   s=s.pair, o=o)
