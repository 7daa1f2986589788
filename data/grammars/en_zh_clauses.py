"""Clauses of the English-Chinese grammar about what people do. Subject, time, place, verb.

Each function takes the generator and a subject and gives back a clause without its final sign.
"""

from __future__ import annotations

import random

from data.grammars.common import Pair, compose
from data.grammars.en_zh_deeds import (
    ANSWERS_NOT,
    OF_TASTE,
    ONGOING,
    USUAL,
    WANTED,
    activity,
    hobby,
    mark_last,
    maybe_where,
    where,
)
from data.grammars.en_zh_nouns import FOOD, NOTHING, any_of, bare, counted, one_of, suited, this
from data.grammars.en_zh_people import DO, HAVE, Subject, be, now, recipient
from data.grammars.en_zh_times import (
    CITIES,
    DURATIONS,
    FUTURE,
    HABIT,
    LONG_FUTURE,
    LONG_PAST,
    NEAR,
    OFTEN,
    PAST,
    PLACES,
    RIDES,
    future_of,
    past_of,
)
from data.grammars.en_zh_words import NOUNS, PEOPLE, VERBS, mark


def also(rng: random.Random, s: Subject) -> Pair:
    """也, 都 (of several; "both" of two) or nothing."""
    if s.pair.source and rng.random() < 0.1:
        return compose("also|a", "也|a")
    if s.pair.source and s.person == "p" and s.pronoun != "you" and rng.random() < 0.3:
        return compose("both|a" if "and" in s.pair.source else "all|a", "都|a")
    return NOTHING


def maybe(rng: random.Random, times: list[Pair], chance: float = 0.6) -> Pair:
    """One of the times, or nothing."""
    return rng.choice(times) if rng.random() < chance else NOTHING


def did(rng: random.Random, s: Subject) -> Pair:
    """She bought two apples at the market yesterday: 她 昨天 在 市场 买 了 两 个 苹果."""
    verb, noun, places = activity(rng)
    pointed = verb.base in ("see", "watch", "buy") and rng.random() < 0.25
    time = maybe(rng, past_of(verb.base), 1.0 if verb.base == verb.past else 0.6)
    return compose(f"{{s}} {{a}} {verb.past}|v {{o}} {{p}} {{t}}",
                   f"{{s}} {{t}} {{a}} {{p}} {verb.zh}|v 了|v {{o}}", {(verb.zh, noun.zh)},
                   s=s.pair, a=also(rng, s), o=this(rng, noun) if pointed else
                   counted(rng, noun, one=verb.base == "meet", verb=verb.base),
                   p=maybe_where(rng, places, 0.6), t=time)


def did_not(rng: random.Random, s: Subject) -> Pair:
    """He did not buy any pears: 他 没 买 梨. No 了 after 没."""
    verb, noun, places = activity(rng, ANSWERS_NOT)
    if rng.random() < 0.3 and verb.base in ("see", "buy", "watch"):
        english, o = f"did not|n {verb.base}|v", this(rng, noun)
    else:
        english, o = f"did not|n {verb.base}|v", any_of(rng, noun)
    return compose(f"{{s}} {english} {{o}} {{p}} {{t}}",
                   f"{{s}} {{t}} {{p}} 没|n {verb.zh}|v {{o}}",
                   {(verb.zh, noun.zh)}, s=s.pair, o=o, p=maybe_where(rng, places, 0.3),
                   t=maybe(rng, NEAR))


def does(rng: random.Random, s: Subject) -> Pair:
    """They drink tea every morning: 他们 每天 早上 喝 茶. Never: 从来 不. Does not: 不."""
    verb, noun, places = activity(rng, USUAL, many=True)
    while verb.base in ("buy", "make") and noun.en not in FOOD or noun.en in ("letter", "water"):
        verb, noun, places = activity(rng, USUAL, many=True)
    parts = {"s": s.pair, "o": bare(rng, noun), "p": maybe_where(rng, places),
             "t": rng.choice(HABIT), "f": rng.choice(OFTEN)}
    kind = rng.choice(["time", "time", "often", "often", "never", "not"])
    if kind in ("never", "not"):
        english, chinese = {
            "never": (f"never|n {now(verb, s.person)}|v", "从来|n 不|n"),
            "not": (f"{DO[s.person]} not|n {verb.base}|v", "不|n")}[kind]
        return compose(f"{{s}} {english} {{o}}", f"{{s}} {chinese} {verb.zh}|v {{o}}",
                       {(verb.zh, noun.zh)}, **parts)
    if kind == "often":
        return compose(f"{{s}} {{f}} {now(verb, s.person)}|v {{o}} {{p}}",
                       f"{{s}} {{f}} {{p}} {verb.zh}|v {{o}}", {(verb.zh, noun.zh)}, **parts)
    return compose(f"{{s}} {now(verb, s.person)}|v {{o}} {{p}} {{t}}",
                   f"{{s}} {{t}} {{p}} {verb.zh}|v {{o}}", {(verb.zh, noun.zh)}, **parts)


MANNERS = {"carefully": "认真"}


def is_doing(rng: random.Random, s: Subject, was: bool = False, where_too: bool = True) -> Pair:
    """She is reading a book: 她 正在 看 书. In the garden: 正在 花园 里, without 在."""
    verb, noun, places = activity(rng, ONGOING)
    manner, p = "", PLACES[rng.choice(places)]
    if verb.base in ("read", "write", "draw") and rng.random() < 0.3:
        manner = "carefully"
    english = f"{{s}} {be(s, was)}|b {mark(manner, 'c')} {verb.ing}|v {{o}}"
    chinese = f"{mark(MANNERS[manner] + ' 地', 'c') if manner else ''} {verb.zh}|v {{o}}"
    o = one_of(rng, noun, many=s.person == "p")
    if where_too and rng.random() < 0.6:
        return compose(f"{english} {p.preposition}|p {mark_last(p.en)}",
                       f"{{s}} 正在|bp {p.zh}|x {mark(p.after, 'p')} {chinese}",
                       {(verb.zh, noun.zh)}, s=s.pair, o=o)
    time = NOTHING if was or not s.pair.source else maybe(rng, [compose("now|a", "现在|a")], 0.4)
    return compose(f"{english} {{t}}", f"{{s}} {{t}} 正在|b {chinese}", {(verb.zh, noun.zh)},
                   s=s.pair, o=o, t=time)


def will_do(rng: random.Random, s: Subject) -> Pair:
    """Will: 会; is going to: 要; will not: 不 会."""
    verb, noun, places = activity(rng, WANTED)
    parts = {"s": s.pair, "o": counted(rng, noun, verb=verb.base),
             "p": maybe_where(rng, places), "t": rng.choice(future_of(verb.base))}
    if rng.random() < 0.2:
        parts["o"] = bare(rng, noun, 0)
        return compose(f"{{s}} will|w not|n {verb.base}|v {{o}} {{t}}",
                       f"{{s}} {{t}} 不|n 会|w {verb.zh}|v {{o}}", {(verb.zh, noun.zh)}, **parts)
    english, chinese = rng.choice([("will|w", "会|w"), (f"{be(s)} going|w to", "要|w")])
    return compose(f"{{s}} {english} {verb.base}|v {{o}} {{p}} {{t}}",
                   f"{{s}} {{t}} {chinese} {{p}} {verb.zh}|v {{o}}", {(verb.zh, noun.zh)}, **parts)


def hoped(rng: random.Random, s: Subject) -> Pair:
    """What one hopes that somebody will do: 能; will not: 不 要."""
    verb, noun, places = activity(rng, WANTED)
    no = rng.random() < 0.2
    chinese = "不|n 要|w" if no else "能|w"
    return compose(f"{{s}} will|w {'not|n' * no} {verb.base}|v {{o}} {{p}} {{t}}",
                   f"{{s}} {{t}} {chinese} {{p}} {verb.zh}|v {{o}}", {(verb.zh, noun.zh)},
                   s=s.pair, o=bare(rng, noun, 0) if no else counted(rng, noun, verb=verb.base),
                   p=NOTHING if no else maybe_where(rng, places),
                   t=rng.choice(future_of(verb.base)))


def wants_to(rng: random.Random, s: Subject) -> Pair:
    """Wants to: 想; does not want to: 不 想; should: 应该 (with 这 or 那)."""
    kind = rng.choice(["want", "want", "not", "should"])
    verb, noun, places = activity(rng, ("read", "watch") if kind == "should" else WANTED)
    third = "s" if s.person == "s" else ""
    english, chinese = {
        "want": (f"want{third}|w to", "想|w"), "should": ("should|w", "应该|w"),
        "not": (f"{DO[s.person]} not|n want|w to", "不|n 想|w"),
    }[kind]
    o = (bare(rng, noun) if kind == "not" else this(rng, noun) if kind == "should" else
         counted(rng, noun, verb=verb.base))
    p = maybe_where(rng, places, 0.4) if kind == "want" else NOTHING
    return compose(f"{{s}} {english} {verb.base}|v {{o}} {{p}} {{t}}",
                   f"{{s}} {{t}} {chinese} {{p}} {verb.zh}|v {{o}}", {(verb.zh, noun.zh)},
                   s=s.pair, o=o, p=p, t=maybe(rng, future_of(verb.base), 0.4))


def can_there(rng: random.Random, s: Subject) -> Pair:
    """One can buy tea at the shop: 可以. The same word for a skill is 会, see `is_able`."""
    verb, noun, places = activity(rng, ("buy",))
    return compose(f"{{s}} can|c {verb.base}|v {{o}} {{p}}",
                   f"{{s}} 可以|c {{p}} {verb.zh}|v {{o}}",
                   {(verb.zh, noun.zh)}, s=s.pair, o=bare(rng, noun), p=maybe_where(rng, places, 1))


def likes(rng: random.Random, s: Subject) -> Pair:
    """Likes: 喜欢; very much: 非常; does not: 不; to drink tea: 喝 茶."""
    noun, person = NOUNS[rng.choice(OF_TASTE)], s.person
    parts = {"s": s.pair, "a": also(rng, s), "o": bare(rng, noun)}
    keys, like = {("喜欢", noun.zh)}, now(VERBS["like"], person)
    kind = rng.choice(["plain", "plain", "much", "not", "to", "to", "hobby"])
    if kind == "much":
        return compose(f"{{s}} {like}|v {{o}} very|m much|m", "{s} 非常|m 喜欢|v {o}", keys,
                       **parts)
    if kind == "not":
        return compose(f"{{s}} {DO[person]} not|n like|v {{o}}", "{s} 不|n 喜欢|v {o}", keys,
                       **parts)
    if kind == "to":
        verb, noun, _ = activity(
            rng, ("eat", "drink", "read", "draw", "watch", "make", "sing"), True)
        if noun.en == "letter":
            noun = NOUNS["novel"]
        parts["o"] = bare(rng, noun)
        return compose(f"{{s}} {{a}} {like}|l to {verb.base}|v {{o}}",
                       f"{{s}} {{a}} 喜欢|l {verb.zh}|v {{o}}", {(verb.zh, noun.zh)}, **parts)
    if kind == "hobby":
        parts["o"], p = hobby(rng, "base")
        return compose(f"{{s}} {{a}} {like}|l to {{o}} {{p}}", "{s} {a} 喜欢|l {p} {o}",
                       p=maybe_where(rng, p, 0.4), **parts)
    return compose(f"{{s}} {{a}} {like}|v {{o}}", "{s} {a} 喜欢|v {o}", keys, **parts)


OWNED = ("cat", "dog", "horse", "rabbit", "book", "novel", "phone", "car", "bike", "house",
         "umbrella", "hat", "coat", "toy", "bag")


def has(rng: random.Random, s: Subject) -> Pair:
    """Has: 有; does not have: 没有, without a measure word."""
    noun, verb = suited(NOUNS[rng.choice(OWNED)], "see"), HAVE[s.person]
    parts = {"s": s.pair, "a": also(rng, s), "o": counted(rng, noun)}
    kind = rng.choice(["has", "has", "not"])
    if kind == "not":
        parts["o"] = one_of(rng, noun, 0)
        return compose(f"{{s}} {DO[s.person]} not|n have|n {{o}}", "{s} 没有|n {o}",
                       {("有", noun.zh)}, **parts)
    return compose(f"{{s}} {{a}} {verb}|v {{o}}", "{s} {a} 有|v {o}", {("有", noun.zh)}, **parts)


def knows(rng: random.Random, s: Subject) -> Pair:
    """Knows somebody: 认识; met, helped, visited somebody: 了."""
    parts = {"s": s.pair, "o": this(rng, PEOPLE[rng.choice([
        "teacher", "doctor", "writer", "driver", "worker", "farmer", "girl", "boy"])])}
    kind = rng.choice(["know", "not", "help", "visit"])
    if kind == "not":
        return compose(f"{{s}} {DO[s.person]} not|n know|v {{o}}", "{s} 不|n 认识|v {o}", **parts)
    if kind == "know":
        return compose(f"{{s}} {now(VERBS['know'], s.person)}|v {{o}}", "{s} 认识|v {o}", **parts)
    verb = VERBS[kind]
    return compose(f"{{s}} {verb.past}|v {{r}} {{t}}", f"{{s}} {{t}} {verb.zh}|v 了|v {{r}}",
                   s=s.pair, r=recipient(rng, s, visit=kind == "visit"), t=rng.choice(PAST))


def hobbies(rng: random.Random, s: Subject) -> Pair:
    """Verbs alone, and games: every day, now, tomorrow; not yesterday."""
    kind = rng.choice(["habit", "often", "now", "now", "want", "will", "did_not"])
    form = {"habit": "now", "often": "now", "now": "ing"}.get(kind, "base")
    v, places = hobby(rng, form, s.person)
    third, p = "s" if s.person == "s" else "", maybe_where(rng, places, 0.5)
    if kind == "now":
        p = PLACES[rng.choice(places)]
        if rng.random() < 0.6:
            return compose(f"{{s}} {be(s)}|b {{v}} {p.preposition}|p {mark_last(p.en)}",
                           f"{{s}} 正在|bp {p.zh}|x {mark(p.after, 'p')} {{v}}", s=s.pair, v=v)
        return compose(f"{{s}} {be(s)}|b {{v}} {{t}}", "{s} {t} 正在|b {v}", s=s.pair, v=v,
                       t=maybe(rng, [compose("now|a", "现在|a")], 0.5))
    english, chinese, times = {
        "habit": ("{s} {v} {p} {t}", "{s} {t} {p} {v}", HABIT),
        "often": ("{s} {t} {v} {p}", "{s} {t} {p} {v}", OFTEN),
        "want": (f"{{s}} want{third}|w to {{v}} {{p}} {{t}}", "{s} {t} 想|w {p} {v}", FUTURE),
        "will": ("{s} will|w {v} {p} {t}", "{s} {t} 会|w {p} {v}", FUTURE),
        "did_not": ("{s} did not|n {v} {t}", "{s} {t} 没|n {v}", NEAR)}[kind]
    return compose(english, chinese, s=s.pair, v=v, p=p,
                   t=maybe(rng, times, 1.0 if kind in ("habit", "often") else 0.7))


def took_time(rng: random.Random, s: Subject) -> Pair:
    """Slept for eight hours: 睡 了 八 个 小时; 天 and 分钟 need no measure word."""
    past, zh, places, spans, times = rng.choice(DURATIONS)
    return compose(f"{{s}} {past}|v {{p}} for {{d}} {{t}}", f"{{s}} {{t}} {{p}} {zh}|v 了|v {{d}}",
                   s=s.pair, p=maybe_where(rng, places, 1 if past in ("stayed", "lived") else 0.6),
                   d=rng.choice(spans), t=maybe(rng, times, 0.4) if times else NOTHING)


def goes(rng: random.Random, s: Subject) -> Pair:
    """Went: 去 了; by bus: 坐 公共汽车, before 去; every day; tomorrow; did not."""
    how, far = rng.choice(RIDES)
    city = PLACES[rng.choice(CITIES)] if far else PLACES[rng.choice([
        "school", "the park", "the library", "the hospital", "the market", "the shop",
        "the station", "the restaurant", "the office"])]
    place = compose(f"to {mark_last(city.en)}", f"{city.zh}|x")
    kind = rng.choice(["went", "went", "did_not", "will", "want"] + ["usual"] * 2 * (not far))
    third = "s" if s.person == "s" else ""
    english, chinese, times = {
        "went": ("{s} went|v {p} {h} {t}", "{s} {t} {h} 去|v 了|v {p}", PAST),
        "did_not": ("{s} did not|n go|v {p} {t}", "{s} {t} 没|n 去|v {p}", NEAR),
        "will": ("{s} will|w go|v {p} {h} {t}", "{s} {t} 会|w {h} 去|v {p}", FUTURE),
        "want": (f"{{s}} want{third}|w to go|v {{p}} {{h}} {{t}}", "{s} {t} 想|w {h} 去|v {p}",
                 FUTURE),
        "usual": (f"{{s}} {now(VERBS['go'], s.person)}|v {{p}} {{h}} {{t}}", "{s} {t} {h} 去|v {p}",
                  HABIT)}[kind]
    if far:
        times = {"went": LONG_PAST, "did_not": LONG_PAST[:2]}.get(kind, LONG_FUTURE)
    how = NOTHING if rng.random() < 0.4 else how
    return compose(english, chinese, s=s.pair, p=place, h=how,
                   t=maybe(rng, times, 1.0 if kind == "usual" else 0.7))


def lives(rng: random.Random, s: Subject) -> Pair:
    """Lives in Paris: 住 在 巴黎, the place after the verb; works at the hospital: before it."""
    if rng.random() < 0.5:
        p = PLACES[rng.choice(CITIES)]
        return compose(f"{{s}} {{a}} {now(VERBS['live'], s.person)}|v in|p {mark_last(p.en)}",
                       f"{{s}} {{a}} 住|v 在|p {p.zh}|x", s=s.pair, a=also(rng, s))
    p = PLACES[rng.choice(["the hospital", "the shop", "the station", "the restaurant", "school",
                           "the library", *CITIES])]
    return compose(f"{{s}} {{a}} {now(VERBS['work'], s.person)}|v {{p}}", "{s} {a} {p} 工作|v",
                   s=s.pair, a=also(rng, s), p=where(p))
