"""Clauses of the English-Chinese grammar about what happens to things: 把, 被 and 给.

把 takes a definite thing before a verb with its result; 被 is the passive. What one did not wash,
repair or sell has no result in English, so none in Chinese, and no 把: 没 洗 衬衫.
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_zh_clauses import maybe
from data.grammars.en_zh_deeds import mark_last
from data.grammars.en_zh_nouns import NOTHING, counted, definite, suited, the
from data.grammars.en_zh_people import HAVE, Subject, kin, recipient
from data.grammars.en_zh_times import FUTURE, NEAR, PAST, PLACES
from data.grammars.en_zh_words import NOUNS, mark

RESULTS = [row.split(", ") for row in """\
wash, washed, washed, , 洗, 干净, shirt shoes cup car
eat, ate, eaten, up, 吃, 完, apple cake bread banana noodles egg meat
drink, drank, drunk, up, 喝, 完, tea milk coffee
sell, sold, sold, , 卖, 掉, car bike house horse phone table bed
throw, threw, thrown, away, 扔, 掉, letter newspaper hat shoes box toy chair umbrella bag
repair, repaired, repaired, , 修, 好, car bike phone chair table umbrella door window
open, opened, opened, , 打开, , door window box bag umbrella
close, closed, closed, , 关, 上, door window box
take, took, taken, away, 拿, 走, book key umbrella bag box toy newspaper chair
lose, lost, lost, , 弄, 丢, key umbrella phone hat book bag""".splitlines()]
UNWANTED = ("lose",)
BRIEF = ("open", "close", "take", "eat", "drink", "wash")     # of which one does not say: weeks ago


def handles(rng: random.Random, s: Subject) -> Pair:
    """Closed the door: 把 门 关 上 了; 已经, 会, 想, 应该; did not: 没 关 门, 没 把 ... 扔 掉."""
    base, past, done, particle, zh, result, nouns = rng.choice(RESULTS)
    noun = NOUNS[rng.choice(nouns.split())]
    kind = rng.choice(["past"] * 3 + ["already", "already", "did_not", "will", "want", "should"])
    kind = "past" if base in UNWANTED or kind == "already" and base == "drink" else kind
    third = "s" if s.person == "s" else ""
    english, chinese, times = {
        "past": (f"{{s}} {past}|v", "把|v", NEAR if base in BRIEF else PAST),
        "already": (f"{{s}} {HAVE[s.person]}|h already|a {done}|v", "已经|a 把|v", []),
        "did_not": (f"{{s}} did not|n {base}|v", "没|n 把|v", NEAR),
        "will": (f"{{s}} will|w {base}|v", "会|w 把|v", FUTURE),
        "want": (f"{{s}} want{third}|w to {base}|v", "想|w 把|v", FUTURE),
        "should": (f"{{s}} should|w {base}|v", "应该|w 把|v", [])}[kind]
    up = mark(particle, "u")
    ending = {"past": "了|v", "already": "了|h"}.get(kind, "")
    order = f"{{o}} {up}" if base == "take" else f"{up} {{o}}"
    done_to = f"{chinese} {{o}} {zh}|v {mark(result, 'u' if up else 'v')} {ending}"
    if kind == "did_not" and not up:
        done_to = f"没|n {zh}|v {{o}}"
    return compose(f"{english} {order} {{t}}", f"{{s}} {{t}} {done_to}",
                   {(zh, noun.zh)}, s=s.pair, o=definite(rng, noun, s.person == "p"),
                   t=maybe(rng, times, 0.5) if times else NOTHING)


PUT = ("book", "newspaper", "letter", "cup", "bag", "hat", "phone", "umbrella", "key", "toy")
ONTO = [("on", "table", "上"), ("on", "chair", "上"), ("on", "bed", "上"), ("in", "box", "里"),
        ("in", "bag", "里"), ("under", "table", "下面"), ("under", "bed", "下面")]
MOVED = ("chair", "table", "box")
ROOMS = ("in the room", "in the kitchen", "in the classroom", "in the garden")


def moves(rng: random.Random, s: Subject) -> Pair:
    """Put: 放 在 了 桌子 上; moved into: 搬 进 了; took home: 带 回 了 家; gave to: 给 了."""
    kind = rng.choice(["put", "put", "move", "home", "give", "sell", "return"])
    several = s.person == "p"
    times = NEAR if kind in ("put", "home") else PAST
    parts = {"s": s.pair, "t": maybe(rng, times, 1.0 if kind == "put" else 0.6)}
    if kind == "put":
        name = rng.choice(PUT)
        on, place, after = rng.choice([one for one in ONTO if one[1] != name])
        return compose(
            f"{{s}} put|v {{o}} {on}|p the {place}|x {{t}}",
            f"{{s}} {{t}} 把|v {{o}} 放|v 在|p 了|v {NOUNS[place].zh}|x {after}|p",
            {("放", NOUNS[name].zh)}, o=definite(rng, NOUNS[name], several), **parts)
    if kind == "move":
        noun, place = NOUNS[rng.choice(MOVED)], PLACES[rng.choice(ROOMS)]
        return compose(f"{{s}} moved|v {{o}} into|i {mark_last(place.en)} {{t}}",
                       f"{{s}} {{t}} 把|v {{o}} 搬|v 进|i 了|v {place.zh}|x",
                       {("搬", noun.zh)}, o=definite(rng, noun, several), **parts)
    if kind == "home":
        noun = NOUNS[rng.choice(("book", "toy", "umbrella", "bag", "cake", "flower"))]
        return compose("{s} took|v {o} home|h {t}", "{s} {t} 把|v {o} 带|v 回|h 了|v 家|h",
                       {("带", noun.zh)}, o=definite(rng, noun, several), **parts)
    past, zh, nouns = {"give": ("gave|vt", "给|vt", PUT), "return": ("returned|v", "还|v 给|t", (
        "book", "umbrella", "bike", "key")), "sell": ("sold|v", "卖|v 给|t", (
            "car", "bike", "house", "horse"))}[kind]
    noun = NOUNS[rng.choice(nouns)]
    return compose(f"{{s}} {past} {{o}} to|t {{r}} {{t}}",
                   f"{{s}} {{t}} 把|v {{o}} {zh} 了|v {{r}}",
                   {(zh[0], noun.zh)}, o=definite(rng, noun, several, kind == "give"),
                   r=recipient(rng, s), **parts)


GIFTS = ("book", "toy", "hat", "umbrella", "phone", "bike", "flower", "cake",
         "apple", "rabbit")


def gives(rng: random.Random, s: Subject) -> Pair:
    """Gave her a book: 给 了 她 一 本 书; bought a hat for, sent a letter to her: 给 她 ... 了."""
    english, chinese, nouns = rng.choice([
        ("gave|v {r} {o}", "给|v 了|v {r} {o}", GIFTS),
        ("bought|v {o} for|f {r}", "给|f {r} 买|v 了|v {o}", GIFTS),
        ("made|v {o} for|f {r}", "给|f {r} 做|v 了|v {o}", ("cake", "soup", "toy", "noodles")),
        ("wrote|v {o} to|f {r}", "给|f {r} 写|v 了|v {o}", ("letter",)),
        ("sang|v {o} for|f {r}", "给|f {r} 唱|v 了|v {o}", ("song",)),
        ("told|vf {r} {o}", "给|f {r} 讲|v 了|v {o}", ("story",))])
    noun = NOUNS[rng.choice(nouns)]
    verb = chinese.replace("给|f {r} ", "")[0]
    return compose(f"{{s}} {english} {{t}}", f"{{s}} {{t}} {chinese}", {(verb, noun.zh)}, s=s.pair,
                   r=recipient(rng, s), o=counted(
                       rng, suited(noun, "gift" if noun.en in GIFTS else "sing"),
                       one=rng.random() < 0.6,
                       verb={"唱": "sing", "写": "write"}.get(verb, "make")),
                   t=maybe(rng, PAST if verb in "买写" or english.startswith("gave") else NEAR))


def suffers(rng: random.Random, s: Subject) -> Pair:
    """The cake was eaten by the dog: 蛋糕 被 狗 吃 掉 了. Stolen and blown away, too."""
    done, zh, nouns, by = rng.choice([
        ("eaten|v", "吃|v 掉|v", "fish meat", "cat dog"),
        ("eaten|v", "吃|v 掉|v", "cake bread apple egg banana", "dog child boy girl"),
        ("taken|v away|u", "拿|v 走|u", "book umbrella key toy bag chair", ""),
        ("thrown|v away|u", "扔|v 掉|u", "newspaper letter hat toy box", ""),
        ("broken|v", "打破|v", "cup window", "boy child girl"),
        ("sold|v", "卖|v 掉|v", "car house bike horse", ""),
        ("repaired|v", "修|v 好|v", "bike car phone umbrella", "worker"),
        ("blown|v away|u", "吹|v 走|u", "hat newspaper letter umbrella", "wind"),
        ("stolen|v", "偷|v 走|v", "bike phone bag car", "-")])
    noun = NOUNS[rng.choice(nouns.split())]
    parts = {"o": definite(rng, noun), "t": maybe(rng, NEAR if zh[0] in "吃拿" else PAST, 0.5)}
    keys = {(zh.split("|")[0], noun.zh)}
    if by == "-":
        return compose(f"{{o}} was|b {done} {{t}}", f"{{o}} {{t}} 被|b {zh} 了|b", keys, **parts)
    who = rng.choice(by.split()) if by else ""
    agent = (compose("the wind|n", "风|n") if who == "wind" else
             the(rng, NOUNS[who], 0) if who else s.pair)
    if agent is s.pair and len(s.pair.source) == 1:
        agent = kin(rng).pair
    return compose(f"{{o}} was|b {done} by|y {{g}} {{t}}", f"{{o}} {{t}} 被|by {{g}} {zh} 了|b",
                   keys, g=agent, **parts)
