"""Sentences of one clause in the English-Chinese grammar, questions and requests among them."""

from __future__ import annotations

import random

from data.grammars import en_zh_clauses as clauses
from data.grammars import en_zh_compare as compare
from data.grammars import en_zh_states as states
from data.grammars import en_zh_things as things
from data.grammars.common import Pair, compose
from data.grammars.en_zh_clauses import maybe
from data.grammars.en_zh_deeds import OF_TASTE, activity, hobby, mark_last, maybe_where
from data.grammars.en_zh_nouns import NOTHING, any_of, bare, counted, one_of, this
from data.grammars.en_zh_people import DO, PRONOUNS, Subject, be, now, people, pronoun, recipient
from data.grammars.en_zh_states import who
from data.grammars.en_zh_times import CITIES, FUTURE, PAST, PLACES, past_of
from data.grammars.en_zh_words import ADJECTIVES, MOODS, NOUNS, VERBS, mark


def weather(rng: random.Random, s: Subject | None = None) -> Pair:
    """It rained yesterday: 昨天 下雨 了; it is very hot in Paris: 巴黎 非常 热."""
    city = PLACES[rng.choice(CITIES)]
    place = compose(f"in {mark_last(city.en)}", f"{city.zh}|x")
    past, future = rng.choice(PAST[:6]), rng.choice(FUTURE)
    how, zh = rng.choice([("hot", "热"), ("cold", "冷"), ("cold", "冷")])
    english, chinese = rng.choice([
        ("it rained|v {p} {past}", "{p} {past} 下雨|v 了|v"),
        ("it will|w rain|v {p} {future}", "{p} {future} 会|w 下雨|v"),
        ("it will|w not|n rain|v {p} {future}", "{p} {future} 不|n 会|w 下雨|v"),
        ("it did not|n rain|v {p} {past}", "{p} {past} 没|n 下雨|v"),
        ("it often|o rains|v {place}", "{place} 经常|o 下雨|v"),
        (f"it is very|y {how}|j {{p}} today|a", f"{{p}} 今天|a 非常|y {zh}|j"),
        (f"it was|b {how}|j {{p}} {{past}}", f"{{p}} {{past}} 很|b {zh}|j")])
    return compose(english, chinese, p=place if rng.random() < 0.7 else NOTHING, past=past,
                   future=future, place=place)


CLAUSES = [
    (clauses.did, 14), (clauses.did_not, 5), (clauses.does, 12), (clauses.is_doing, 9),
    (clauses.will_do, 6), (clauses.wants_to, 6), (clauses.can_there, 3), (clauses.likes, 7),
    (clauses.has, 5), (clauses.knows, 4), (clauses.hobbies, 11), (clauses.took_time, 6),
    (clauses.goes, 6), (clauses.lives, 4), (things.handles, 14), (things.moves, 7),
    (things.gives, 6), (things.suffers, 10), (states.thing_is, 10), (states.person_is, 6),
    (compare.compares, 6), (states.made_of, 5), (states.there_is, 6), (states.is_at, 5),
    (states.is_a, 3), (states.wears, 3), (compare.how_well, 4), (compare.is_able, 3),
    (compare.has_done, 5), (weather, 5)]
YOUNG = {"男孩", "女孩", "孩子", "学生"}
ODD = [  # what no sentence says together, though each of its rules is right
    (YOUNG, {"卖", "工作", "办公室", "房子", "汽车"}),
    ({"奶奶", "爷爷"}, {"足球", "篮球", "跑步"})]


def simple(rng: random.Random, s: Subject | None = None) -> Pair:
    """A clause of any kind, about anybody; some about "the girl who likes cats".

    Not if her being there or having something could speak against the clause.
    """
    rule = rng.choices([rule for rule, _ in CLAUSES], [weight for _, weight in CLAUSES])[0]
    alone = rule in (states.is_at, clauses.is_doing, clauses.hobbies, clauses.has, clauses.lives,
                     clauses.goes, clauses.took_time, compare.has_done, states.thing_is)
    return rule(rng, s or (who(rng) if rng.random() < 0.15 and not alone else people(rng)))


def odd(pair: Pair) -> bool:
    """Whether words stand together that make little sense together."""
    words = {*pair.target}
    return any(words & some and words & others for some, others in ODD)


def of(rng: random.Random, s: Subject, rule, *words: str) -> Pair:
    """A clause of this rule that has one of these English words."""
    pair = rule(rng, s)
    while not {*words} & {*pair.source}:
        pair = rule(rng, s)
    return pair


def known(rng: random.Random) -> Subject:
    """Somebody whom a pronoun can take up again."""
    s = people(rng)
    while not s.pronoun:
        s = people(rng)
    return s


def one_did(rng: random.Random, s: Subject, *verbs: str) -> Pair:
    """What one did with one of these verbs: ate two apples at home."""
    verb, noun, places = activity(rng, verbs)
    while noun.en == "soup" or noun.en == "flower" and verb.base == "see":
        verb, noun, places = activity(rng, verbs)
    return compose(f"{{s}} {verb.past}|v {{o}} {{p}} {{t}}",
                   f"{{s}} {{t}} {{p}} {verb.zh}|v 了|v {{o}}", {(verb.zh, noun.zh)}, s=s.pair,
                   o=counted(rng, noun, verb=verb.base), p=maybe_where(rng, places, 0.4),
                   t=maybe(rng, past_of(verb.base), 1.0 if verb.base == verb.past else 0.3))


def one_wants(rng: random.Random, s: Subject, *verbs: str) -> Pair:
    """What one wants to do with one of these verbs."""
    verb, noun, places = activity(rng, verbs)
    while noun.en == "soup":
        verb, noun, places = activity(rng, verbs)
    third = "s" if s.person == "s" else ""
    return compose(f"{{s}} want{third}|w to {verb.base}|v {{o}} {{p}}",
                   f"{{s}} 想|w {{p}} {verb.zh}|v {{o}}", {(verb.zh, noun.zh)}, s=s.pair,
                   o=counted(rng, noun, verb=verb.base), p=maybe_where(rng, places, 0.4))


def was_so(rng: random.Random, s: Subject, mood: str, was: bool, how: str = "") -> Pair:
    """Was (very) tired."""
    english, chinese = states.being(ADJECTIVES[mood], be(s, was), how)
    return compose(f"{{s}} {english}", f"{{s}} {chinese}", s=s.pair)


def not_any(rng: random.Random, s: Subject, base: str) -> Pair:
    """Did not eat any apples."""
    verb, noun, _ = activity(rng, (base,))
    while noun.en in ("soup", "coffee"):
        verb, noun, _ = activity(rng, (base,))
    return compose(f"{{s}} did not|n {verb.base}|v {{o}}", f"{{s}} 没|n {verb.zh}|v {{o}}",
                   {(verb.zh, noun.zh)}, s=s.pair, o=any_of(rng, noun))


def one_did_now(rng: random.Random, s: Subject, kind: tuple[str, ...]) -> Pair:
    """As one_did, without a time."""
    verb, noun, places = activity(rng, kind)
    p = maybe_where(rng, places, 0.5)
    return compose(f"{{s}} {verb.past}|v {{o}} {{p}}", f"{{s}} {{p}} {verb.zh}|v 了|v {{o}}",
                   {(verb.zh, noun.zh)}, s=s.pair, o=counted(rng, noun, verb=verb.base),
                   p=NOTHING if p.source[:1] == ("in",) and kind == ("buy",) else p)


YES_OR_NO = ("?|q", "吗|q ？|q")


def question(rng: random.Random) -> Pair:
    """Do you like tea: 你 喜欢 茶 吗; what: 什么; how many: 几 and the measure word."""
    s = people(rng)
    while s.pronoun in ("i", "we"):
        s = people(rng)
    kind = rng.choice(["like", "have", "did", "what", "how_many", "can", "is"])
    if kind in ("did", "what", "how_many"):
        return question_of_past(rng, s, kind)
    end, sign = YES_OR_NO
    if kind == "can":
        english, chinese = rng.choice(compare.SKILLS)
        return compose(f"can|c {{s}} {english} {end}", f"{{s}} 会|c {chinese} {sign}", s=s.pair)
    if kind == "is":
        noun = NOUNS[rng.choice(clauses.OWNED)]
        one = ADJECTIVES[rng.choice([name for name in noun.adjectives
                                     if ADJECTIVES[name].predicate == "很"])]
        return compose(f"is {{o}} {one.en}|j {end}", f"{{o}} {one.zh}|j {sign}",
                       {(one.zh, noun.zh)}, o=this(rng, noun, 0, False))
    noun = NOUNS[rng.choice(OF_TASTE if kind == "like" else clauses.OWNED)]
    zh, o = ("喜欢", bare(rng, noun, 0)) if kind == "like" else ("有", one_of(rng, noun, 0))
    return compose(f"{DO[s.person]} {{s}} {kind}|v {{o}} {end}", f"{{s}} {zh}|v {{o}} {sign}",
                   {(zh, noun.zh)}, s=s.pair, o=o)


def question_of_past(rng: random.Random, s: Subject, kind: str) -> Pair:
    """Did she buy eggs: 买 鸡蛋 了 吗; what or how many did she buy."""
    verb, noun, places = activity(rng, ("eat", "drink", "buy", "read", "write", "see", "draw"))
    parts = {"s": s.pair, "t": maybe(rng, past_of(verb.base)),
             "p": maybe_where(rng, places, 0.4)}
    keys = {(verb.zh, noun.zh)}
    if kind == "how_many" and noun.plural:
        return compose(f"how|h many|h {noun.plural}|n did {{s}} {verb.base}|v {{p}} {{t}} ?|e",
                       f"{{s}} {{t}} {{p}} {verb.zh}|v 了|v 几|h {noun.measure}|n {noun.zh}|n ？|e",
                       keys, **parts)
    if kind != "did":
        return compose(f"what|w did {{s}} {verb.base}|v {{p}} {{t}} ?|e",
                       f"{{s}} {{t}} {{p}} {VERBS[verb.base].zh}|v 了|v 什么|w ？|e", **parts)
    end, sign = YES_OR_NO
    return compose(f"did {{s}} {verb.base}|v {{o}} {{p}} {{t}} {end}",
                   f"{{s}} {{t}} {{p}} {verb.zh}|v {{o}} 了|v {sign}", keys,
                   o=one_of(rng, noun, 0), **parts)


def short(rng: random.Random) -> Pair:
    """Three English words: I like cats; she is tired; he can swim; they help us."""
    s = pronoun(rng.choice([*PRONOUNS]))
    kind = rng.choice(["like", "like", "does", "does", "who", "is", "is_a", "now", "can", "well"])
    if kind in ("like", "does"):
        verb, noun = VERBS["like"], NOUNS[rng.choice(OF_TASTE)]
        if kind == "does":
            verb, noun, _ = activity(rng, ("eat", "drink", "sell", "read", "make"), many=True)
        return compose(f"{{s}} {now(verb, s.person)}|v {{o}}", f"{{s}} {verb.zh}|v {{o}}",
                       {(verb.zh, noun.zh)}, s=s.pair, o=bare(rng, noun, 0))
    if kind == "who":
        word, zh = rng.choice([("helped", "帮助 了"), ("saw", "看见 了"), ("met", "遇见 了")])
        o = NOTHING
        while len(o.source) != 1:
            o = recipient(rng, s)
        return compose(f"{{s}} {word}|v {{o}}", f"{{s}} {mark(zh, 'v')} {{o}}", s=s.pair, o=o)
    if kind == "is":
        return was_so(rng, s, rng.choice(MOODS), rng.random() < 0.4)
    if kind == "is_a" and s.person == "p" and s.pronoun != "you":
        return states.is_a(rng, s)
    if kind == "now":
        v, _ = hobby(rng, "ing")
        return compose(f"{{s}} {be(s)}|b {{v}}", "{s} 正在|b {v}", s=s.pair, v=v)
    if kind == "can":
        return compare.is_able(rng, s)
    return compare.how_well(rng, s)


def please(rng: random.Random) -> Pair:
    """Please close the door: 请 把 门 关 上."""
    nobody = Subject(NOTHING, "p")
    pair = of(rng, nobody, things.handles, "should")
    return compose("please|p {c}", "请|p {c}", c=without(pair, "should", "应该"))


def without(pair: Pair, word: str, zh: str) -> Pair:
    """The pair without its first words."""
    assert (pair.source[0], pair.target[0]) == (word, zh)
    return Pair(pair.source[1:], pair.target[1:], frozenset(
        (i - 1, j - 1) for i, j in pair.links if i and j), pair.keys)
