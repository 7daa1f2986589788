"""The English-Chinese grammar: sentences out of clauses, and the file data/en_zh.tsv.
"""

from __future__ import annotations

import random

from data.grammars import common
from data.grammars import en_zh_clauses as clauses
from data.grammars import en_zh_states as states
from data.grammars import en_zh_things as things
from data.grammars.common import Pair, Row, compose
from data.grammars.en_zh_clauses import maybe
from data.grammars.en_zh_phrases import (
    DO,
    HAVE,
    NOTHING,
    Subject,
    activity,
    any_of,
    bare,
    be,
    counted,
    hobby,
    mark_last,
    maybe_where,
    now,
    one_of,
    people,
    pronoun,
    recipient,
    the,
    this,
)
from data.grammars.en_zh_words import (
    ADJECTIVES,
    CITIES,
    FUTURE,
    MOODS,
    NOUNS,
    PAST,
    PEOPLE,
    PLACES,
    PRONOUNS,
    VERBS,
    mark,
    past_of,
)

SEED = 2026
HELD = {tuple(pair.split()) for pair in ["红色 汽车", "黑色 马", "白色 猫", "绿色 苹果", "黄色 花", "蓝色 雨伞", "贵 帽子", "便宜 鸡蛋", "有趣 电影", "干净 杯子", "新鲜 牛奶", "漂亮 大衣", "好吃 面条", "大 盒子", "小 狗", "新 自行车", "热 茶", "脏 衬衫", "吃 香蕉", "喝 咖啡", "买 鱼", "画 兔子", "卖 花", "看 信", "看见 鸟", "做 蛋糕", "找到 钥匙", "洗 杯子", "扔 帽子", "喜欢 狗", "有 马", "放 手机", "打开 窗户", "看 报纸"]}
WHO = {noun.zh for noun in PEOPLE.values()}
ALIKE = [group.split() for group in (
    "老师 医生 司机 作家", "男孩 女孩 工人 农民", "妈妈 爸爸 奶奶 爷爷", "苹果 蛋糕 鸡蛋",
    "公园 学校 图书馆 医院 车站 市场", "厨房 花园 教室 房间", "北京 上海 巴黎", "猫 狗 兔子 鸟",
    "茶 牛奶 咖啡 水", "书 小说", "衬衫 大衣", "红色 蓝色 黄色 绿色 黑色 白色", "三 四 五 六")]


def weather(rng: random.Random, s: Subject | None = None) -> Pair:
    """It rained yesterday: 昨天 下雨 了; it is very hot in Paris: 巴黎 非常 热."""
    city = PLACES[rng.choice(CITIES)]
    place = compose(f"in {mark_last(city.en)}", f"{city.zh}|x")
    past, future = rng.choice(PAST[:6]), rng.choice(FUTURE)
    how, zh = rng.choice([("hot", "热"), ("cold", "冷")])
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
    (states.compares, 6), (states.made_of, 5), (states.there_is, 6), (states.is_at, 5),
    (states.is_a, 3), (states.wears, 3), (states.how_well, 4), (states.is_able, 3),
    (states.has_done, 5), (weather, 4)]


YOUNG = {"男孩", "女孩", "孩子", "学生"}
ODD = [  # what a clause does not say together, though each of its rules is right
    (YOUNG, {"卖", "工作", "办公室"}), (YOUNG, {"房子", "汽车"}), ({"奶奶", "爷爷"}, {"足球", "篮球", "跑步"})]


def simple(rng: random.Random, s: Subject | None = None) -> Pair:
    """A clause of any kind, about anybody; one in ten about "the girl who likes cats"."""
    while True:
        rule = rng.choices([rule for rule, _ in CLAUSES], [weight for _, weight in CLAUSES])[0]
        pair = rule(rng, s or (states.who(rng) if rng.random() < 0.1 else people(rng)))
        if not any({*pair.target} & some and {*pair.target} & others for some, others in ODD):
            return pair


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


def another(rng: random.Random, *others: Subject) -> Subject:
    """Somebody else: shares no word with the others but my and 的."""
    taken = {word for s in others for word in s.pair.target} - {"的", "们", "和", "这", "那", "个", "位"}
    s = people(rng)
    while taken & {*s.pair.target}:
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


def wants_rest(rng: random.Random, s: Subject) -> Pair:
    """What one who is tired wants."""
    verb, zh = rng.choice([("sleep", "睡觉"), ("rest", "休息")])
    return compose(f"{{s}} {'wants' if s.person == 's' else 'want'}|w to {verb}|v {{p}}",
                   f"{{s}} 想|w {{p}} {zh}|v", s=s.pair,
                   p=maybe_where(rng, ("home", "in the room"), 0.5))


def rested(rng: random.Random, s: Subject) -> Pair:
    """What follows from being tired."""
    return of(rng, s, clauses.took_time, "slept", "rested")


def was_so(rng: random.Random, s: Subject, mood: str, was: bool, how: str = "") -> Pair:
    """Was (very) tired."""
    english, chinese = states.being(ADJECTIVES[mood], be(s, was), how)
    return compose(f"{{s}} {english}", f"{{s}} {chinese}", s=s.pair)


def reason(rng: random.Random) -> tuple[Pair, Pair]:
    """A reason and what follows from it."""
    s = known(rng)
    he = pronoun(s.pronoun)
    mood = rng.choice(["tired", "hungry", "thirsty", "busy", "happy", "rain", "dirt", "dirt"])
    how = rng.choice(["", "", "very"])
    if mood == "rain":
        did = rng.choice([
            lambda: of(rng, s, clauses.goes, "did"), lambda: one_did(rng, s, "read", "watch"),
            lambda: of(rng, s, clauses.hobbies, "did")])
        rained = compose("it rained|v {t}", "{t} 下雨|v 了|v", t=rng.choice(PAST[:6]))
        return rained, untimed(did)
    if mood == "dirt":
        return spoilt(rng, s)
    if rng.random() < 0.35 and mood in ("tired", "hungry", "thirsty"):
        then = one_wants(rng, he, {"hungry": "eat", "thirsty": "drink"}[mood]) if (
            mood != "tired") else wants_rest(rng, he)
        return was_so(rng, s, mood, False, how), then
    then = {"tired": lambda: rested(rng, he), "hungry": lambda: one_did(rng, he, "eat"),
            "thirsty": lambda: one_did(rng, he, "drink"),
            "busy": lambda: of(rng, he, rng.choice([clauses.goes, clauses.hobbies]), "did"),
            "happy": lambda: one_did(rng, he, "sing")}[mood]()
    return was_so(rng, s, mood, True, how), then


def untimed(make) -> Pair:
    """What one did, without a time of its own beside that of the rain."""
    pair = make()
    while {"昨天", "今天", "前", "上", "去年"} & {*pair.target}:
        pair = make()
    return pair


IT = [("dirty", "washed|v {i}", "洗|v 干净|v", "shirt coat car cup"),
      ("old", "sold|v {i}", "卖|v 掉|v", "car bike house phone"),
      ("old", "threw|v {i} away|u", "扔|v 掉|u", "hat toy umbrella chair bag"),
      ("small", "sold|v {i}", "卖|v 掉|v", "house car bed table"),
      ("expensive", "sold|v {i}", "卖|v 掉|v", "car house phone")]


MINE = {"i": "my", "you": "your", "he": "his", "she": "her", "we": "our", "they": "their"}


def spoilt(rng: random.Random, s: Subject) -> tuple[Pair, Pair]:
    """The shirt was dirty; she washed it: 把 它 洗 干净 了."""
    adjective, english, chinese, nouns = rng.choice(IT)
    noun = NOUNS[rng.choice(nouns.split())]
    how = "too" if adjective in ("small", "expensive") else rng.choice(["", "very"])
    words = states.being(ADJECTIVES[adjective], "was", how)
    thing = the(rng, noun, 0)
    if rng.random() < 0.5:
        s = pronoun(rng.choice([*PRONOUNS]))
        thing = compose(f"{MINE[s.pronoun]}|w {noun.en}|n", f"{PRONOUNS[s.pronoun]}|w 的|w {noun.zh}|n")
    it = compose("it|i", "它|i")
    first = compose(f"{{o}} {words[0]}", f"{{o}} {words[1]}",
                    {(ADJECTIVES[adjective].zh, noun.zh)}, o=thing)
    return first, compose(f"{{s}} {english} {{t}}", f"{{s}} {{t}} 把|v {{i}} {chinese} 了|v", s=s.pair,
                          i=it, t=maybe(rng, PAST[:6], 0.4))


def because(rng: random.Random) -> Pair:
    """Because A, B: 因为 A ， 所以 B; B because A; A, so B: 所以."""
    a, b = reason(rng)
    forms = [("because|b {a} ,|c {b}", "因为|b {a} ，|c 所以|b {b}"),
             ("{a} ,|c so|b {b}", "{a} ，|c 所以|b {b}")]
    if a.source[0] in PRONOUNS:
        forms = [("{b} because|b {a}", "因为|b {a} ，|b 所以|b {b}")] * 3 + forms
    english, chinese = rng.choice(forms)
    return compose(english, chinese, a=a, b=b)


def although(rng: random.Random) -> Pair:
    """Although A, B: 虽然 A ， 但是 B; A, but B: 但是."""
    s = known(rng)
    he = pronoun(s.pronoun)
    mood = rng.choice(["tired", "busy", "hungry", "thirsty", "rain"])
    a = was_so(rng, s, mood, True, rng.choice(["", "", "very"])) if mood != "rain" else (
        compose("it rained|v {t}", "{t} 下雨|v 了|v", t=rng.choice(PAST[:6])))
    b = {"tired": lambda: of(rng, he, clauses.took_time, "worked"),
         "busy": lambda: of(rng, he, clauses.knows, "visited", "helped"),
         "hungry": lambda: not_any(rng, he, "eat"), "thirsty": lambda: not_any(rng, he, "drink"),
         "rain": lambda: untimed(lambda: of(rng, s, clauses.goes, "went"))}[mood]()
    english, chinese = rng.choice([
        ("although|b {a} ,|c {b}", "虽然|b {a} ，|c 但是|b {b}"),
        ("{a} ,|c but|b {b}", "{a} ，|c 但是|b {b}")])
    return compose(english, chinese, a=a, b=b)


def not_any(rng: random.Random, s: Subject, base: str) -> Pair:
    """Did not eat any apples."""
    verb, noun, _ = activity(rng, (base,))
    return compose(f"{{s}} did not|n {verb.base}|v {{o}}", f"{{s}} 没|n {verb.zh}|v {{o}}",
                   {(verb.zh, noun.zh)}, s=s.pair, o=any_of(rng, noun))


LIKED = [("cat", "dog", "bird", "rabbit", "horse"), ("apple", "banana"),
         ("tea", "coffee", "milk"), ("novel", "movie"),
         ("noodles", "dumplings", "bread"), ("fish", "meat", "vegetables")]


def contrast(rng: random.Random) -> Pair:
    """Likes cats, but does not like dogs; but the girl likes dogs; wants a car, has no money."""
    kind = rng.choice(["not", "other", "money"])
    s = known(rng) if kind != "other" else people(rng)
    he = pronoun(s.pronoun) if kind != "other" else another(rng, s)
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


PARALLEL = (clauses.did, clauses.does, clauses.is_doing, clauses.will_do, things.gives,
            things.handles, things.moves)


def together(rng: random.Random, count: int = 2) -> Pair:
    """Of two or three people what each did: A , and B: A ， B."""
    rule, chosen = rng.choice(PARALLEL), [people(rng)]
    while len(chosen) < count:
        chosen.append(another(rng, *chosen))
    pairs = [rule(rng, one) for one in chosen]
    pair = pairs[0]
    for other in pairs[1:-1]:
        pair = compose("{a} ,|c {b}", "{a} ，|c {b}", a=pair, b=other)
    return compose("{a} ,|c and|c {b}", "{a} ，|c {b}", a=pair, b=pairs[-1])


CHAIN = (("buy",), ("eat",), ("drink",), ("read",), ("watch",), ("write",), ("make",), ("draw",))


def then(rng: random.Random, count: int = 2) -> Pair:
    """Went to the market, and then made a cake: 去 了 市场 ， 然后 做 了 一 个 蛋糕."""
    s, nobody = people(rng), Subject(NOTHING, "s")
    kinds = rng.sample(CHAIN, count)
    first = of(rng, s, clauses.goes, "went") if rng.random() < 0.4 else one_did(rng, s, *kinds[0])
    while len({*first.source} & {"month", "year", "weeks", "months", "years", "days", "week"}):
        first = one_did(rng, s, *kinds[0])
    pair = first
    for kind in kinds[1:]:
        after = one_did_now(rng, nobody, kind)
        pair = compose("{a} ,|c and then|d {b}", "{a} ，|c 然后|d {b}", a=pair, b=after)
    return pair


def one_did_now(rng: random.Random, s: Subject, kind: tuple[str, ...]) -> Pair:
    """As one_did, without a time."""
    verb, noun, places = activity(rng, kind)
    p = maybe_where(rng, places, 0.5)
    return compose(f"{{s}} {verb.past}|v {{o}} {{p}}", f"{{s}} {{p}} {verb.zh}|v 了|v {{o}}",
                   {(verb.zh, noun.zh)}, s=s.pair, o=counted(rng, noun, verb=verb.base),
                   p=NOTHING if p.source[:1] == ("in",) and kind == ("buy",) else p)


def when(rng: random.Random) -> Pair:
    """When A, B: A 的 时候 ， B; after: 以后; before: 以前."""
    s = known(rng)
    other = another(rng, s)
    kind = rng.choice(["came", "came", "rains", "after", "before"])
    if kind == "came":
        english, chinese = rng.choice([("came|v home|h", "回|v 家|h"), ("came|v in|h", "进|v 来|h")])
        return compose(f"when|w {{s}} {english} ,|c {{b}}", f"{{s}} {chinese} 的|w 时候|w ，|c {{b}}",
                       s=s.pair, b=clauses.is_doing(rng, other, was=True))
    if kind == "rains":
        like = of(rng, other, clauses.likes, "to")
        return compose("when|w it rains|v ,|c {b}", "下雨|v 的|w 时候|w ，|c {b}", b=like)
    nobody, he = Subject(NOTHING, s.person), pronoun(s.pronoun)
    first, second = rng.sample(CHAIN[1:], 2)
    b = one_did_now(rng, nobody, second)
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


def says(rng: random.Random, inner: Pair | None = None) -> Pair:
    """Says that ...: 说 ...; nothing stands for "that"."""
    s = people(rng)
    while s.pronoun in ("i", "you", "we"):
        s = people(rng)
    other = another(rng, s)
    kind = rng.choice(["say", "say", "know", "hope", "think", "heard"])
    if inner is not None:
        kind = rng.choice(["say", "know", "heard"])
    third = "s" if s.person == "s" else ""
    english = "heard|v" if kind == "heard" else f"{kind}{third}|v"
    if inner is None:
        inner = {"think": lambda: rng.choice([states.thing_is, states.compares])(rng, other),
                 "hope": lambda: of(rng, other, clauses.will_do, "will")}.get(
                     kind, lambda: simple(rng, other))()
    return compose(f"{{s}} {english} that {{c}}", f"{{s}} {SAYING[kind]}|v {{c}}", s=s.pair, c=inner)


JOINED = [(because, 5), (although, 3), (contrast, 4), (together, 6), (then, 4), (when, 5),
          (if_it, 2), (says, 7)]


def joined(rng: random.Random) -> Pair:
    """Two clauses."""
    return rng.choices([rule for rule, _ in JOINED], [weight for _, weight in JOINED])[0](rng)


def question(rng: random.Random) -> Pair:
    """Do you like tea: 你 喜欢 茶 吗; what: 什么; how many: 几 and the measure word."""
    s = people(rng)
    while s.pronoun in ("i", "we"):
        s = people(rng)
    kind = rng.choice(["like", "have", "did", "what", "how_many", "can", "is"])
    yes = ("?|q", "吗|q ？|q")
    noun = NOUNS[rng.choice(clauses.OF_TASTE)]
    if kind == "like":
        return compose(f"{DO[s.person]} {{s}} like|v {{o}} {yes[0]}", f"{{s}} 喜欢|v {{o}} {yes[1]}",
                       {("喜欢", noun.zh)}, s=s.pair, o=bare(rng, noun, 0))
    if kind == "have":
        noun = NOUNS[rng.choice(clauses.OWNED)]
        return compose(f"{DO[s.person]} {{s}} have|v {{o}} {yes[0]}", f"{{s}} 有|v {{o}} {yes[1]}",
                       {("有", noun.zh)}, s=s.pair, o=one_of(rng, noun, 0))
    if kind == "can":
        english, chinese = rng.choice(states.SKILLS)
        return compose(f"can|c {{s}} {english} {yes[0]}", f"{{s}} 会|c {chinese} {yes[1]}", s=s.pair)
    if kind == "is":
        noun = NOUNS[rng.choice([*clauses.OWNED])]
        one = ADJECTIVES[rng.choice([name for name in noun.adjectives
                                     if ADJECTIVES[name].predicate == "很"] or ["kind"])]
        return compose(f"is {{o}} {one.en}|j {yes[0]}", f"{{o}} {one.zh}|j {yes[1]}",
                       {(one.zh, noun.zh)}, o=this(rng, noun, 0, False))
    verb, noun, places = activity(rng, ("eat", "drink", "buy", "read", "write", "see", "draw"))
    parts = {"s": s.pair, "t": maybe(rng, past_of(verb.base)), "p": maybe_where(rng, places, 0.4)}
    keys = {(verb.zh, noun.zh)}
    if kind == "how_many" and noun.plural:
        return compose(f"how|h many|h {noun.plural}|n did {{s}} {verb.base}|v {{p}} {{t}} ?|e",
                       f"{{s}} {{t}} {{p}} {verb.zh}|v 了|v 几|h {noun.measure}|n {noun.zh}|n ？|e",
                       keys, **parts)
    if kind == "what" or kind == "how_many":
        return compose(f"what|w did {{s}} {verb.base}|v {{p}} {{t}} ?|e",
                       f"{{s}} {{t}} {{p}} {verb.zh}|v 了|v 什么|w ？|e", **parts)
    return compose(f"did|d {{s}} {verb.base}|v {{o}} {{p}} {{t}} {yes[0]}",
                   f"{{s}} {{t}} {{p}} {verb.zh}|v {{o}} 了|d {yes[1]}", keys,
                   o=one_of(rng, noun, 0), **parts)


def short(rng: random.Random) -> Pair:
    """Three English words: I like cats; she is tired; he can swim; they help us."""
    s = pronoun(rng.choice([*PRONOUNS]))
    kind = rng.choice(["like", "like", "does", "does", "who", "is", "is_a", "now", "can", "well"])
    if kind in ("like", "does"):
        verb, noun = VERBS["like"], NOUNS[rng.choice(clauses.OF_TASTE)]
        if kind == "does":
            verb, noun, _ = activity(rng, ("eat", "drink", "sell", "read", "make"), many=True)
        return compose(f"{{s}} {now(verb, s.person)}|v {{o}}", f"{{s}} {verb.zh}|v {{o}}",
                       {(verb.zh, noun.zh)}, s=s.pair, o=bare(rng, noun, 0))
    if kind == "who":
        word, zh, o = *rng.choice([("helped", "帮助 了"), ("saw", "看见 了"), ("met", "遇见 了")]), NOTHING
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
        return states.is_able(rng, s)
    return states.how_well(rng, s)


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


def many(rng: random.Random) -> Pair:
    """A long sentence: more clauses, joined as anywhere else."""
    kind = rng.choice(["said", "said", "three", "chain", "and", "but"])
    if kind == "three":
        return together(rng, 3)
    if kind == "chain":
        return then(rng, 3)
    if kind == "said":
        return says(rng, rng.choice([because, although, contrast, when, if_it, together])(rng))
    if kind == "but":
        rule, s = rng.choice([*PARALLEL, clauses.likes, clauses.lives]), people(rng)
        a, b = says(rng, rule(rng, s)), says(rng, rule(rng, another(rng, s)))
        return compose("{a} ,|c but|b {b}", "{a} ，|c 但是|b {b}", a=a, b=b)
    first = NOTHING
    while not {"was", "were", "rained", "after", "before"} & {*first.source}:
        first = rng.choice([because, when, although])(rng)
    return compose("{a} ,|c and|c {b}", "{a} ，|c {b}", a=first, b=clauses.did(rng, people(rng)))


def draw(rng: random.Random, long: bool) -> Pair:
    """A sentence; a long one if long. 她们 is not in use, so no "they" beside "the girls"."""
    pair = sentence(rng, long)
    while confused(pair):
        pair = sentence(rng, long)
    return pair


def confused(pair: Pair) -> bool:
    """Whether "they" may be the girls, 她们, which is not in use, or a noun is of two people."""
    people = [word for word in pair.target if word in WHO]
    return "女孩 们" in " ".join(pair.target) and "他们" in pair.target or (
        len(people) > len(set(people)))


def sentence(rng: random.Random, long: bool) -> Pair:
    """A sentence of any kind with its final sign."""
    end = {"e": compose(".|e", "。|e")}
    if long:
        return compose("{c} {e}", "{c} {e}", c=many(rng), **end)
    chance = rng.random()
    if chance < 0.07:
        return question(rng)
    if chance < 0.25:
        c = please(rng) if chance < 0.1 else short(rng)
    else:
        c = joined(rng) if chance < 0.6 else simple(rng)
    return compose("{c} {e}", "{c} {e}", c=c, **end)


def held(key: tuple[str, str]) -> bool:
    """Whether a combination is kept for `unseen`."""
    return key in HELD


def rows() -> list[Row]:
    """All rows of data/en_zh.tsv."""
    alike = {word: [one for one in group if one != word] for group in ALIKE for word in group}
    return [row if row.wrong is None else row._replace(wrong=elsewhere(row, alike))
            for row in common.deal(draw, held, alike, SEED)]


def elsewhere(row: Row, alike: dict[str, list[str]]) -> tuple[int, str]:
    """The wrong word, or one like it that does not stand elsewhere in the sentence."""
    place, word = row.wrong
    return place, next((one for one in [word, *alike[word]] if one not in row.pair.target), word)
