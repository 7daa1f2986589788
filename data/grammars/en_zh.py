"""The English-Chinese grammar: what its sentences are, and the file data/en_zh.tsv.

Patterns: somebody definite (pronoun, 我 妈妈, 女孩, 孩子 们, 喜欢 猫 的 女孩) does, did, will do,
wants, can, likes, has; 把, 被, 给; how things and people are, comparisons, where things are;
questions and requests. Two clauses: 因为 ... 所以, 虽然 ... 但是, 但是, 如果 ... 就, 的 时候,
以后, 以前, 然后, what one says. The modules: words, times; nouns, people, deeds (what may be done
to what, and where); clauses, things, states, compare; simple and joined sentences.

Order: subject, time, 也 or 都, place, verb, 了, object. After 正在 a place has no 在. Measure words
by noun, in the tables. 了 after the verb for what is done; none after 没, in what one likes or does
every day, nor in 她 买 的 书. Past times suit the deed: no one drinks tea two weeks ago.
English "the" is bare in Chinese; an object with "the" takes 把, and has no adjective beside 把 and
被. What several people do is paired: the same deed, done to several things.

Links, from English to Chinese: every Chinese token has one but the comma that English lacks (B
because A). A measure word is linked to its noun, or to cup, bowl, piece ...; 了 to the word that
bears the past (the verb, has, was), 过 to has, 着 and 正在 to is (正在 before a place to its
preposition as well); 的 to its adjective, to 's, my, who, that; 把 and the result to the verb, or
the result to up, away; 回 and 进 to home and in, 回 to came as well; 被 to was and by; 很 and 是
to is; 里, 上 to the preposition, together with 在; 地 and 得 to the adverb; 所以 to because or
so, 但是 to but or although, 就 to will, 吗 to "?", 没有 to not and have, 从来 不 to never. The, a
without 一, of, to, do, does, did, more, is beside not or very, and what else Chinese leaves
unsaid has no link.

Splits: `unseen` has the adjective or verb with the noun of HELD, which no other split has; `long`
joins more clauses by the same rules; `wrong_word` puts a word of the same group of ALIKE, which
takes the same measure word, in the place of another.
"""

from __future__ import annotations

import random

from data.grammars import common
from data.grammars.common import Pair, Row, compose
from data.grammars.en_zh_joined import (
    although,
    because,
    came,
    contrast,
    if_it,
    joined,
    says,
    then,
    when,
)
from data.grammars.en_zh_paired import at_home, gainsaid, together
from data.grammars.en_zh_people import KIN, people
from data.grammars.en_zh_simple import odd, please, question, short, simple
from data.grammars.en_zh_words import NOUNS, PEOPLE

SEED = 2026
_HELD = """红色 汽车, 黑色 马, 白色 猫, 绿色 苹果, 黄色 花, 蓝色 雨伞, 贵 帽子, 便宜 鸡蛋,
有趣 电影, 干净 杯子, 新鲜 牛奶, 漂亮 大衣, 好吃 面条, 大 盒子, 小 狗, 新 自行车, 热 茶,
脏 衬衫, 吃 香蕉, 喝 咖啡, 买 鱼, 画 兔子, 卖 花, 看 信, 看见 鸟, 做 蛋糕, 找到 钥匙, 洗 杯子,
扔 帽子, 喜欢 狗, 有 马, 放 手机, 打开 窗户, 看 报纸"""
HELD = {tuple(pair.split()) for pair in _HELD.split(",")}   # adjective or verb, and noun
WHO = {noun.zh for noun in PEOPLE.values()}
WHAT = {noun.zh for noun in NOUNS.values()} - {"画"}     # 画 is the verb, too
ALIKE = [group.split() for group in (
    "老师 医生 司机 作家", "男孩 女孩 工人 农民", "妈妈 爸爸 奶奶 爷爷", "苹果 蛋糕 鸡蛋",
    "公园 学校 图书馆 医院 车站 市场", "厨房 花园 教室 房间", "北京 上海 巴黎", "猫 狗 兔子 鸟",
    "茶 牛奶 咖啡 水", "书 小说", "衬衫 大衣", "红色 蓝色 黄色 绿色 黑色 白色", "三 四 五 六")]


def many(rng: random.Random) -> Pair:
    """A long sentence: more clauses, joined as anywhere else."""
    kind = rng.choice(["said", "said", "three", "chain", "and", "but"])
    if kind == "three":
        return together(rng, 3)
    if kind == "chain":
        return then(rng, 3)
    if kind == "said":
        return says(rng, rng.choice([because, although, contrast, when, if_it, together]))
    if kind == "but":
        return gainsaid(rng)
    s = people(rng)
    doing = together(rng, rng.choice([2, 2, 3]), at_home, (s,))
    return came(rng, s, doing)


def draw(rng: random.Random, long: bool) -> Pair:
    """A sentence; a long one if long. 她们 is not in use, so no "they" beside "the girls"."""
    pair = sentence(rng, long)
    while confused(pair):
        pair = sentence(rng, long)
    return pair


def confused(pair: Pair) -> bool:
    """Whether it makes little sense, names somebody twice, or "they" may be the girls (她们)."""
    people, source, target = (
        [word for word in pair.target if word in WHO], " ".join(pair.source), " ".join(pair.target))
    kin = [pair for pair in zip(pair.target, pair.target[1:], strict=False)
           if pair[1] in KIN.values()]
    again = "who" in pair.source and any(pair.target.count(word) > 1 for word in WHAT)
    return (odd(pair) or again or "that that" in source or len(people) > len(set(people))
            or len(kin) > len(set(kin))
            or "女孩 们" in target and "他们" in pair.target)


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
