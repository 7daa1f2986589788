"""When, how long and where, in the English-Chinese grammar: tables of phrases with their links."""

from __future__ import annotations

from typing import NamedTuple

from data.grammars.common import Pair, compose
from data.grammars.en_zh_words import NUMBERS


class Place(NamedTuple):
    """A preposition and what follows it, in both languages; after is 里, 上 or nothing."""

    preposition: str
    en: str
    zh: str
    after: str


def _times(*pairs: tuple[str, str]) -> list[Pair]:
    return [compose(english, chinese) for english, chinese in pairs]


NEAR = _times(
    ("yesterday|a", "昨天|a"), ("yesterday|a morning|b", "昨天|a 早上|b"),
    ("yesterday|a afternoon|b", "昨天|a 下午|b"), ("last|a night|b", "昨天|a 晚上|b"),
    ("this|a morning|b", "今天|a 早上|b"), ("at noon|b today|a", "今天|a 中午|b"),
    ("at noon|b yesterday|a", "昨天|a 中午|b"), ("this|a afternoon|b", "今天|a 下午|b"))
PAST = [*NEAR, *_times(
    ("last|a week|b", "上|a 个|b 星期|b"), ("last|a month|b", "上|a 个|b 月|b"),
    ("two|a days|b ago|c", "两|a 天|b 前|c"), ("three|a days|b ago|c", "三|a 天|b 前|c"),
    ("two|a weeks|b ago|c", "两|a 个|b 星期|b 前|c"),
    ("three|a weeks|b ago|c", "三|a 个|b 星期|b 前|c"))]
LONG_PAST = _times(
    ("last|a year|a", "去年|a"), ("last|a month|b", "上|a 个|b 月|b"),
    ("two|a years|b ago|c", "两|a 年|b 前|c"), ("three|a years|b ago|c", "三|a 年|b 前|c"),
    ("last|a week|b", "上|a 个|b 星期|b"))
SOON = _times(
    ("tomorrow|a", "明天|a"), ("tomorrow|a morning|b", "明天|a 早上|b"),
    ("tomorrow|a afternoon|b", "明天|a 下午|b"), ("tonight|a", "今天|a 晚上|a"),
    ("at noon|b tomorrow|a", "明天|a 中午|b"))
FUTURE = [*SOON, *_times(("next|a week|b", "下|a 个|b 星期|b"))]
LONG_FUTURE = _times(
    ("next|a week|b", "下|a 个|b 星期|b"), ("next|a month|b", "下|a 个|b 月|b"))
HABIT = _times(
    ("every|a day|a", "每天|a"), ("every|a morning|b", "每天|a 早上|b"),
    ("every|a afternoon|b", "每天|a 下午|b"))
OFTEN = _times(("often|a", "经常|a"), ("sometimes|a", "有时候|a"))
SMALL = ("eat", "drink", "read", "write", "draw", "sing", "make", "wash", "see")  # not weeks ago


def past_of(verb: str) -> list[Pair]:
    """The times at which one may say that somebody did this."""
    if verb == "plant":
        return [NEAR[0], *PAST[len(NEAR):]]
    return NEAR if verb in SMALL else PAST


def future_of(verb: str) -> list[Pair]:
    """The times at which one may say that somebody will do this."""
    if verb == "plant":
        return [SOON[0], FUTURE[-1]]
    return SOON if verb in SMALL else FUTURE


PLACES = {row[1] if row[0] != "in" else f"in {row[1]}": Place(*row) for row in [
    ("at", "school", "学校", ""), ("at", "home", "家", "里"), ("at", "the park", "公园", ""),
    ("at", "the library", "图书馆", ""), ("at", "the hospital", "医院", ""),
    ("at", "the market", "市场", ""), ("at", "the shop", "商店", ""),
    ("at", "the restaurant", "饭馆", ""), ("at", "the station", "车站", ""),
    ("at", "the office", "办公室", ""), ("in", "the park", "公园", "里"),
    ("in", "the kitchen", "厨房", "里"), ("in", "the garden", "花园", "里"),
    ("in", "the room", "房间", "里"), ("in", "the classroom", "教室", "里"),
    ("in", "the library", "图书馆", "里"),
    ("in", "beijing", "北京", ""), ("in", "shanghai", "上海", ""),
    ("in", "paris", "巴黎", "")]}
CITIES = ("in beijing", "in shanghai", "in paris")
_HOURS = _times(*(
    (f"{number}|a hours|b", f"{zh}|a 个|b 小时|b") for number, zh in NUMBERS.items()))
_MINUTES = _times(("ten|a minutes|b", "十|a 分钟|b"), ("five|a minutes|b", "五|a 分钟|b"))
_DAYS = _times(*((f"{number}|a days|b", f"{zh}|a 天|b") for number, zh in NUMBERS.items()))
_YEARS = _times(*((f"{number}|a years|b", f"{zh}|a 年|b") for number, zh in NUMBERS.items()))
_DAY = _times(("yesterday|a", "昨天|a"), ("two|a days|b ago|c", "两|a 天|b 前|c"))
_NIGHT = _times(("last|a night|b", "昨天|a 晚上|b"))
DURATIONS = [
    ("worked", "工作", ("the hospital", "the office", "the shop", "home"), _HOURS, _DAY),
    ("rested", "休息", ("home", "in the room", "in the garden"), _HOURS[:4] + _MINUTES, _DAY),
    ("slept", "睡", ("home", "in the room"), _HOURS, _NIGHT),
    ("walked", "走", ("in the park", "in the garden"), _HOURS[:2] + _MINUTES, _DAY),
    ("waited", "等", ("the station", "the hospital", "the restaurant"), _HOURS[:2] + _MINUTES,
     _DAY),
    ("stayed", "待", CITIES, _DAYS, LONG_PAST[:2]),
    ("lived", "住", CITIES, _YEARS, [])]
RIDES = [(compose(english, chinese), far) for english, chinese, far in [
    ("by|a bike|b", "骑|a 自行车|b", False), ("by|a bus|b", "坐|a 公共汽车|b", False),
    ("by|a train|b", "坐|a 火车|b", True)]]
