"""Sentences of two clauses in the English-Chinese grammar.

因为 ... 所以, 虽然 ... 但是, 如果 ... 就, 的 时候, 以后, 以前, 然后; what one says or knows.
"""

from __future__ import annotations

import random

from data.grammars import en_zh_clauses as clauses
from data.grammars import en_zh_compare as compare
from data.grammars import en_zh_states as states
from data.grammars.common import Pair, compose
from data.grammars.en_zh_clauses import maybe
from data.grammars.en_zh_deeds import activity, hobby, mark_last, maybe_where
from data.grammars.en_zh_nouns import NOTHING, bare, the
from data.grammars.en_zh_paired import at_home, together
from data.grammars.en_zh_people import DO, HAVE, PRONOUNS, Subject, another, now, people, pronoun
from data.grammars.en_zh_simple import (
    known,
    not_any,
    of,
    one_did,
    one_did_now,
    one_wants,
    simple,
    was_so,
)
from data.grammars.en_zh_times import FUTURE, PAST, PLACES
from data.grammars.en_zh_words import ADJECTIVES, NOUNS, VERBS


def wants_rest(rng: random.Random, s: Subject) -> Pair:
    """What one who is tired wants."""
    verb, zh = rng.choice([("sleep", "睡觉"), ("rest", "休息")])
    return compose(f"{{s}} {'wants' if s.person == 's' else 'want'}|w to {verb}|v {{p}}",
                   f"{{s}} 想|w {{p}} {zh}|v", s=s.pair,
                   p=maybe_where(rng, ("home", "in the room"), 0.5))


def rested(rng: random.Random, s: Subject) -> Pair:
    """What follows from being tired."""
    return such(lambda: of(rng, s, clauses.took_time, "slept", "rested"),
                lambda pair: {"hours", "rested"} <= {*pair.source} or {"八", "十"} & {*pair.target})


def such(make, fits) -> Pair:
    """What is made, made again until it fits."""
    pair = make()
    while not fits(pair):
        pair = make()
    return pair


def untimed(pair: Pair) -> bool:
    """Whether it has no time of its own, as it stands beside the time of the rain."""
    return not {"昨天", "今天", "前", "上", "去年"} & {*pair.target}


def kept_in(rng: random.Random, s: Subject) -> Pair:
    """What follows from rain: one did not go out or play, or did something at home."""
    make, words = rng.choice([
        (lambda: of(rng, s, clauses.goes, "did"), {"公园", "市场", "学校", "商店", "图书馆"}),
        (lambda: of(rng, s, clauses.hobbies, "did"), {"跑步", "游泳", "足球", "篮球"}),
        (lambda: one_did(rng, s, "watch", "draw", "make"), {"家"})])
    return such(make, lambda pair: untimed(pair) and words & {*pair.target})


def reason(rng: random.Random) -> tuple[Pair, Pair]:
    """A reason and what follows from it."""
    s = known(rng)
    he = pronoun(s.pronoun)
    mood = rng.choice(["tired", "hungry", "thirsty", "busy", "happy", "rain", "dirt", "dirt"])
    how = rng.choice(["", "", "very"])
    if mood == "rain":
        rained = compose("it rained|v {t}", "{t} 下雨|v 了|v", t=rng.choice(PAST[:6]))
        return rained, kept_in(rng, s)
    if mood == "dirt":
        return spoilt(rng, s)
    if rng.random() < 0.35 and mood in ("tired", "hungry", "thirsty"):
        then = one_wants(rng, he, {"hungry": "eat", "thirsty": "drink"}[mood]) if (
            mood != "tired") else wants_rest(rng, he)
        return was_so(rng, s, mood, False, how), then
    then = {"tired": lambda: rested(rng, he), "hungry": lambda: one_did(rng, he, "eat"),
            "thirsty": lambda: one_did(rng, he, "drink"),
            "busy": lambda: such(lambda: of(rng, he, rng.choice([clauses.goes, clauses.hobbies]),
                                         "did"), lambda pair: "工作" not in pair.target),
            "happy": lambda: one_did(rng, he, "sing")}[mood]()
    return was_so(rng, s, mood, True, how), then


IT = [("dirty", "washed|v {i}", "洗|v 干净|v", "shirt coat car cup"),
      ("old", "sold|v {i}", "卖|v 掉|v", "car bike house phone"),
      ("old", "threw|v {i} away|u", "扔|v 掉|u", "hat toy umbrella chair bag"),
      ("small", "sold|v {i}", "卖|v 掉|v", "house car bed table")]
MINE = {"i": "my", "you": "your", "he": "his", "she": "her", "we": "our", "they": "their"}


def spoilt(rng: random.Random, s: Subject) -> tuple[Pair, Pair]:
    """The shirt was dirty; she washed it: 把 它 洗 干净 了."""
    adjective, english, chinese, nouns = rng.choice(IT)
    noun = NOUNS[rng.choice(nouns.split())]
    how = "too" if adjective == "small" else rng.choice(["", "very"])
    words = states.being(ADJECTIVES[adjective], "was", how)
    thing = the(rng, noun, 0)
    if rng.random() < 0.5:
        s = pronoun(rng.choice([*PRONOUNS]))
        thing = compose(f"{MINE[s.pronoun]}|w {noun.en}|n",
                        f"{PRONOUNS[s.pronoun]}|w 的|w {noun.zh}|n")
    it = compose("it|i", "它|i")
    first = compose(f"{{o}} {words[0]}", f"{{o}} {words[1]}",
                    {(ADJECTIVES[adjective].zh, noun.zh)}, o=thing)
    return first, compose(f"{{s}} {english} {{t}}", f"{{s}} {{t}} 把|v {{i}} {chinese} 了|v",
                          s=s.pair, i=it, t=maybe(rng, PAST[:6], 0.4))


def because(rng: random.Random) -> Pair:
    """Because A, B: 因为 A ， 所以 B; B because A; A, so B: 所以."""
    a, b = reason(rng)
    forms = [("because|b {a} ,|c {b}", "因为|b {a} ，|c 所以|b {b}"),
             ("{a} ,|c so|b {b}", "{a} ，|c 所以|b {b}")]
    if a.source[0] in PRONOUNS:
        forms = [("{b} because|b {a}", "因为|b {a} ， 所以|b {b}")] * 3 + forms
    english, chinese = rng.choice(forms)
    return compose(english, chinese, a=a, b=b)


def although(rng: random.Random) -> Pair:
    """Although A, B: 虽然 A ， 但是 B; A, but B: 但是."""
    s = known(rng)
    he = pronoun(s.pronoun)
    mood = rng.choice(["tired", "busy", "hungry", "thirsty", "rain"])
    a = was_so(rng, s, mood, True, rng.choice(["", "", "very"])) if mood != "rain" else (
        compose("it rained|v {t}", "{t} 下雨|v 了|v", t=rng.choice(PAST[:6])))
    b = {"tired": lambda: such(lambda: of(rng, he, clauses.took_time, "worked"),
                               lambda pair: {"六", "八", "十"} & {*pair.target}),
         "busy": lambda: of(rng, he, clauses.knows, "visited", "helped"),
         "hungry": lambda: not_any(rng, he, "eat"), "thirsty": lambda: not_any(rng, he, "drink"),
         "rain": lambda: such(lambda: of(rng, s, clauses.goes, "went"), untimed)}[mood]()
    english, chinese = rng.choice([
        ("although|b {a} ,|c {b}", "虽然|b {a} ，|c 但是|b {b}"),
        ("{a} ,|c but|b {b}", "{a} ，|c 但是|b {b}")])
    return compose(english, chinese, a=a, b=b)


LIKED = [("cat", "dog", "bird", "rabbit", "horse"), ("apple", "banana"),
         ("tea", "coffee", "milk"), ("novel", "movie"),
         ("noodles", "dumplings", "bread"), ("fish", "meat", "vegetables")]


def another_named(rng: random.Random, s: Subject) -> Subject:
    """Somebody else who is not he, she or they, as that could be the same one."""
    other = another(rng, s)
    while other.pair.source[0] in ("he", "she", "they"):
        other = another(rng, s)
    return other


def contrast(rng: random.Random) -> Pair:
    """Likes cats, but does not like dogs; but the girl likes dogs; wants a car, has no money."""
    kind = rng.choice(["not", "other", "money"])
    s = known(rng) if kind != "other" else people(rng)
    he = pronoun(s.pronoun) if kind != "other" else another_named(rng, s)
    x, y = (NOUNS[name] for name in rng.sample(rng.choice(LIKED), 2))
    if kind == "money":
        verb, noun, places = activity(rng, ("buy",))
        a = one_wants(rng, s, "buy")
        b = compose(f"{{s}} {HAVE[he.person]}|n no|n money|m", "{s} 没有|n 钱|m", s=he.pair)
    else:
        a = compose(f"{{s}} {now(VERBS['like'], s.person)}|v {{o}}", "{s} 喜欢|v {o}",
                    {("喜欢", x.zh)}, s=s.pair, o=bare(rng, x, 0))
        word = (f"{DO[he.person]} not|n like|v", "不|n 喜欢|v") if kind == "not" else (
            f"{now(VERBS['like'], he.person)}|v", "喜欢|v")
        b = compose(f"{{s}} {word[0]} {{o}}", f"{{s}} {word[1]} {{o}}", {("喜欢", y.zh)}, s=he.pair,
                    o=bare(rng, y, 0))
    return compose("{a} ,|c but|b {b}", "{a} ，|c 但是|b {b}", a=a, b=b)


CHAIN = (("buy",), ("eat",), ("drink",), ("read",), ("watch",), ("write",), ("make",), ("draw",))


def then(rng: random.Random, count: int = 2) -> Pair:
    """Went to the market, and then made a cake: 去 了 市场 ， 然后 做 了 一 个 蛋糕. 然后 once."""
    s, nobody = people(rng), Subject(NOTHING, "s")
    kinds = rng.sample(CHAIN, count)
    first = of(rng, s, clauses.goes, "went") if rng.random() < 0.4 else one_did(rng, s, *kinds[0])
    while len({*first.source} & {"month", "year", "weeks", "months", "years", "days", "week"}):
        first = one_did(rng, s, *kinds[0])
    pair = first
    for kind in kinds[1:-1]:
        pair = compose("{a} ,|c {b}", "{a} ，|c {b}", a=pair, b=one_did_now(rng, nobody, kind))
    return compose("{a} ,|c and then|d {b}", "{a} ，|c 然后|d {b}", a=pair,
                   b=one_did_now(rng, nobody, kinds[-1]))


def came(rng: random.Random, s: Subject, b: Pair) -> Pair:
    """When somebody came home or in, B. 来 is came; 回, 进 and 家 are home or in."""
    english, chinese = rng.choice(
        [("came|v home|h", "回|vh 家|h"), ("came|v in|h", "进|h 来|v")])
    return compose(f"when|w {{s}} {english} ,|c {{b}}",
                   f"{{s}} {chinese} 的|w 时候|w ，|c {{b}}", s=s.pair, b=b)


def when(rng: random.Random) -> Pair:
    """When A, B: A 的 时候 ， B; after: 以后; before: 以前."""
    s = known(rng)
    other = another_named(rng, s)
    kind = rng.choice(["came", "came", "rains", "after", "before"])
    if kind == "came":
        return came(rng, s, at_home(rng, other))
    if kind == "rains":
        like = of(rng, other, clauses.likes, "to")
        return compose("when|w it rains|v ,|c {b}", "下雨|v 的|w 时候|w ，|c {b}", b=like)
    nobody, he = Subject(NOTHING, s.person), pronoun(s.pronoun)
    first, second = rng.sample(CHAIN[1:], 2)
    b = such(lambda: one_did_now(rng, nobody, second), lambda pair: "在" not in pair.target)
    again = compose(he.pair.source[0], "")
    if kind == "after":
        return compose("after|w {a} ,|c {h} {b}", "{a} 以后|w ，|c {b}",
                       a=one_did_now(rng, s, first), h=again, b=b)
    place = PLACES[rng.choice(["school", "the park", "the library", "the market", "the station"])]
    a = compose(f"{{s}} went|v to {mark_last(place.en)}", f"{{s}} 去|v {place.zh}|x", s=s.pair)
    return compose("before|w {a} ,|c {h} {b}", "{a} 以前|w ，|c {b}", a=a, h=again, b=b)


def if_it(rng: random.Random) -> Pair:
    """If it rains tomorrow, we will rest at home: 如果 明天 下雨 ， 我们 就 ...; will is 就."""
    s, time = people(rng), rng.choice(FUTURE[:3])
    if rng.random() < 0.5:
        a = compose("it rains|v {t}", "{t} 下雨|v", t=time)
        v, places = hobby(rng, "base")
        while v.source[0] not in ("rest", "work", "sleep"):
            v, places = hobby(rng, "base")
        p = maybe_where(rng, ("home", "in the room"), 1)
        b = compose("{s} will|w {v} {p}", "{s} 就|w {p} {v}", s=s.pair, v=v, p=p)
    else:
        a = compose("it does not|n rain|v {t}", "{t} 不|n 下雨|v", t=time)
        place = PLACES[rng.choice(["the park", "school", "the market", "the library", "the shop"])]
        b = compose(f"{{s}} will|w go|v to {mark_last(place.en)}", f"{{s}} 就|w 去|v {place.zh}|x",
                    s=s.pair)
    return compose("if|i {a} ,|c {b}", "如果|i {a} ，|c {b}", a=a, b=b)


SAYING = {"say": "说", "know": "知道", "hope": "希望", "think": "觉得", "heard": "听说"}


def says(rng: random.Random, make=None) -> Pair:
    """Says that (what make makes, or a clause): 说 ...; nothing stands for "that"."""
    s = people(rng)
    while s.pronoun in ("i", "you", "we"):
        s = people(rng)
    other = another(rng, s)
    kind = rng.choice(["say", "say", "know", "hope", "think", "heard"])
    if make is not None:
        kind = rng.choice(["say", "know", "heard"])
    third = "s" if s.person == "s" else ""
    english = "heard|v" if kind == "heard" else f"{kind}{third}|v"
    inner = make(rng) if make else {
        "think": lambda: rng.choice([states.thing_is, compare.compares])(rng, other),
        "hope": lambda: clauses.hoped(rng, other)}.get(kind, lambda: simple(rng, other))()
    if kind == "heard" and {"am", "is", "are"} & {*inner.source}:      # heard that it was so
        return says(rng, make)
    return compose(f"{{s}} {english} that {{c}}", f"{{s}} {SAYING[kind]}|v {{c}}", s=s.pair,
                   c=inner)


JOINED = [(because, 5), (although, 3), (contrast, 4), (together, 6), (then, 4), (when, 5),
          (if_it, 2), (says, 7)]


def joined(rng: random.Random) -> Pair:
    """Two clauses."""
    return rng.choices([rule for rule, _ in JOINED], [weight for _, weight in JOINED])[0](rng)
