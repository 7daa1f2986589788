"""Clauses of the English-Chinese grammar that are paired: the same deed, done to several things."""

from __future__ import annotations

import random

from data.grammars import en_zh_clauses as clauses
from data.grammars import en_zh_things as things
from data.grammars.common import Pair, compose
from data.grammars.en_zh_people import Subject, another, pronoun
from data.grammars.en_zh_simple import known
from data.grammars.en_zh_words import ADJECTIVES

PARALLEL = (clauses.did, clauses.does, clauses.is_doing, clauses.will_do, things.gives,
            things.handles, things.moves)
QUALITIES = {one.zh for one in ADJECTIVES.values()} | {"好喝"}
WAYS = {"了", "没", "不", "从来", "会", "要", "想", "应该", "已经", "每天", "经常", "有时候",
        "正在"}


def paired(a: Pair, b: Pair) -> bool:
    """Whether the same is done in the same way to something else: ate an apple, ate two eggs."""
    (one, thing), (other, another_thing) = (
        next(key for key in sorted(pair.keys) if key[0] not in QUALITIES) for pair in (a, b))
    return (one == other and thing != another_thing
            and WAYS & {*a.target} == WAYS & {*b.target})


ELSEWHERE = {"公园", "花园", "车站", "饭馆", "学校", "图书馆", "教室", "办公室", "上海"}


def at_home(rng: random.Random, s: Subject) -> Pair:
    """What somebody was doing when another came home or in, so in no other place."""
    pair = clauses.is_doing(rng, s, was=True)
    while ELSEWHERE & {*pair.target}:
        pair = clauses.is_doing(rng, s, was=True)
    return pair


def in_step(rng: random.Random, rule, who: list[Subject]) -> list[Pair]:
    """A clause about each, all paired; begun anew now and then, as a deed has few things."""
    pairs = []
    while len(pairs) < len(who):
        pair = rule(rng, who[len(pairs)])
        if all(paired(other, pair) for other in pairs):
            pairs.append(pair)
        elif rng.random() < 0.01:
            pairs = []
    return pairs


def together(rng: random.Random, count: int = 2, rule=None, beside: tuple = ()) -> Pair:
    """Of two or three people, none of them beside, what each did: A , and B: A ， B."""
    who = [*beside]
    while len(who) < count + len(beside):
        who.append(another(rng, *who))
    pair, *pairs = in_step(rng, rule or rng.choice(PARALLEL), who[len(beside):])
    for other in pairs[:-1]:
        pair = compose("{a} ,|c {b}", "{a} ，|c {b}", a=pair, b=other)
    return compose("{a} ,|c and|c {b}", "{a} ，|c {b}", a=pair, b=pairs[-1])


def gainsaid(rng: random.Random) -> Pair:
    """The girl says that he bought a hat, but the boy says that he bought two shirts."""
    s = known(rng)
    named = [s]
    while len(named) < 3:
        one = another(rng, *named)
        named += [one] * (len(one.pair.source) > 1)
    _, x, y = named
    a, b = in_step(rng, rng.choice(PARALLEL), [s, pronoun(s.pronoun)])
    say, says = ("says" if one.person == "s" else "say" for one in (x, y))
    return compose(f"{{x}} {say}|v that {{a}} ,|c but|b {{y}} {says}|w that {{b}}",
                   "{x} 说|v {a} ，|c 但是|b {y} 说|w {b}", x=x.pair, y=y.pair, a=a, b=b)
