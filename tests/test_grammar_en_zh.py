"""The corpus en_zh: its counts, its splits, and the rules of both languages, checked by hand-made
tables and patterns that do not come from the grammar."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from data.grammars import common, en_zh
from helpers import corpora

ROOT = Path(__file__).parents[1]
SPLITS = ("train", "valid", "test", "unseen", "long", "wrong_word")
PAIRS = {split: [(source.split(), target.split()) for source, target in
                 corpora.pairs("en_zh", split)] for split in SPLITS}
ALL = [pair for split in SPLITS for pair in PAIRS[split]]
LINKS = {split: corpora.alignments("en_zh", split) for split in SPLITS}
TEXTS = [" ".join(target) for _, target in ALL]
CLAUSES = [clause for text in TEXTS for clause in re.split(" [，。？] ?", text) if clause]

MEASURES = {
    "位": "老师 医生 司机 作家", "只": "猫 狗 鸟 兔子", "匹": "马", "条": "鱼", "根": "香蕉",
    "个": "男孩 女孩 孩子 学生 工人 农民 邻居 朋友 苹果 鸡蛋 蛋糕 故事 杯子 盒子 包 玩具 "
         "小时 星期 月",
    "本": "书 小说", "份": "报纸", "封": "信", "部": "电影 手机", "首": "歌", "幅": "画",
    "张": "桌子 床", "把": "椅子 钥匙 雨伞", "顶": "帽子", "件": "衬衫 大衣", "双": "鞋",
    "辆": "汽车 自行车", "座": "房子", "棵": "树", "朵": "花", "扇": "门 窗户",
    "杯": "茶 咖啡 水 牛奶", "碗": "汤 面条 饺子", "块": "面包 肉"}
MEASURES = {measure: set(nouns.split()) for measure, nouns in MEASURES.items()}
NUMBERS = set("一两三四五六八十几")
PEOPLE = MEASURES["位"] | {"男孩", "女孩", "孩子", "学生", "工人", "农民"}
PLACES = {"公园", "学校", "家", "图书馆", "医院", "市场", "商店", "饭馆", "车站", "办公室", "厨房",
          "花园", "房间", "教室", "北京", "上海", "巴黎", "桌子", "床", "椅子", "盒子", "包"}
TIMES = {"昨天", "今天", "明天", "去年", "每天"}
LONG = "红色|绿色|黄色|蓝色|黑色|白色|便宜|漂亮|有趣|好吃|好喝|有名|新鲜|聪明|善良|干净"
ADJECTIVE = f"(?: (?:(?:{LONG}) 的|大|小|新|旧|长|热|凉|脏))*"
# English words that may stand without a counterpart; all others are linked, wherever they stand
_ALONE = """the a an of to do does did is are am was were at in on any that there it for as and more
i you he she we they"""
ALONE = {*_ALONE.split()}


def words(split: str, side: int) -> list[str]:
    return [word for pair in PAIRS[split] for word in pair[side]]


@pytest.mark.slow
def test_the_grammar_rebuilds_the_file_byte_for_byte():
    built = common.text(en_zh.rows()).encode()
    assert built == (ROOT / "data" / "en_zh.tsv").read_bytes()


def test_the_splits_have_their_sizes():
    sizes = {split: len(PAIRS[split]) for split in SPLITS}
    assert sizes == {"train": 7000, "valid": 400, "test": 400, "unseen": 300, "long": 300,
                     "wrong_word": 200}


def test_no_source_sentence_stands_twice():
    assert max(Counter(" ".join(source) for source, _ in ALL).values()) == 1


@pytest.mark.parametrize("side", [0, 1])
def test_every_word_is_frequent_in_train_and_there_are_250_to_400(side):
    counts = Counter(words("train", side))
    assert 250 <= len(counts) <= 400
    assert min(counts.values()) >= 15
    assert {word for pair in ALL for word in pair[side]} == {*counts}


def test_lengths_are_spread_evenly_in_train_and_no_long_sentence_is_as_short():
    counts = Counter(len(source) for source, _ in PAIRS["train"])
    assert set(counts) == set(range(4, 15))
    assert all(200 <= number <= 1000 for number in counts.values())
    assert sum(number for length, number in counts.items() if length >= 10) > 3000
    long = Counter(len(source) for source, _ in PAIRS["long"])
    assert set(long) == set(range(15, 33)) and max(long.values()) <= 30


def test_a_split_of_every_day_has_the_lengths_of_train():
    assert all(4 <= len(source) <= 14 for split in ("valid", "test", "unseen", "wrong_word")
               for source, _ in PAIRS[split])


def test_every_chinese_token_is_linked_and_every_english_one_that_means_something():
    for split in SPLITS:
        for (source, target), links in zip(PAIRS[split], LINKS[split], strict=True):
            beside = {*range(len(target))} - {place for place, _ in links}
            assert not beside or source.count(",") < target.count("，"), target
            assert all(target[place] == "，" for place in beside), target
            alone = {word for i, word in enumerate(source) if i not in {i for _, i in links}}
            assert alone <= ALONE, (source, alone - ALONE)
            assert (len(target) - 1, len(source) - 1) in links


def test_links_agree_with_a_dictionary_made_by_hand():
    known = {
        "苹果": {"apple", "apples"}, "书": {"book", "books"}, "她": {"she", "her"},
        "吃": {"eat", "eats", "ate", "eating", "eaten"}, "三": {"three"}, "因为": {"because"},
        "老师": {"teacher", "teachers"}, "红色": {"red"}, "公园": {"park"}, "桌子": {"table"},
        "会": {"will", "can"}, "不": {"not", "never"}, "没": {"not", "never"},
        "昨天": {"yesterday", "last"}}
    for split in SPLITS:
        for (source, target), links in zip(PAIRS[split], LINKS[split], strict=True):
            for j, i in links:
                assert source[i] in known.get(target[j], {source[i]}), (source, target)


def test_a_measure_word_fits_its_noun():
    seen = set()
    for clause in CLAUSES:
        for number, measure, noun in re.findall(
                f"(?:^| )([一两三四五六八十几这那]) (\\S+){ADJECTIVE} (\\S+)", clause):
            if measure in MEASURES:
                assert noun in MEASURES[measure], clause
                seen.add(noun)
            else:
                assert measure in {"天", "年", "分钟", "次"}, (number, clause)
    assert seen == set().union(*MEASURES.values()) - {"邻居", "月"}


def test_every_number_and_every_this_stands_before_a_measure_word():
    after = {(one, two) for _, target in ALL for one, two in zip(target, target[1:], strict=False)}
    for one, two in after:
        if one in NUMBERS | {"这", "那"}:
            assert two in MEASURES or two in {"天", "年", "分钟", "次"}, (one, two)
        if one in {"这些", "那些", "很多", "一些"}:
            assert two not in MEASURES, (one, two)
    assert not {"二", "俩"} & {word for _, target in ALL for word in target}


def test_men_stands_after_people_and_not_after_a_number():
    for clause in CLAUSES:
        for before in re.findall(r"(\S+) 们", clause):
            assert before in PEOPLE, clause
        assert not re.search(r"(?:一|两|三|四|五|六|八|十|几|很多|一些) \S+ \S+ 们", clause), clause


def test_a_denied_past_has_no_le_and_a_habit_has_none():
    for clause in CLAUSES:
        tokens = clause.split()
        if {"没", "从来", "每天", "经常", "喜欢", "会", "想", "应该"} & {*tokens}:
            clause = re.sub(r"买 了 [这那]\S* (?:\S+ ){1,2}的 ", "", clause)   # who bought that hat
            inside = re.sub(r"知道|听说|说|觉得|希望", "|", clause).split("|")
            assert not any(" 了" in part and re.search(
                r"(?:^| )(没|从来|经常|会|想|应该)(?: |$)", part) for part in inside), clause


def test_adjectives_take_hen_and_no_shi_and_colours_take_shi_and_de():
    for clause in CLAUSES:
        assert "是 很" not in clause and "很 是" not in clause and "非常 是" not in clause
        assert not re.search("(?:很|非常|不|太) (?:红|绿|黄|蓝|黑|白)色", clause), clause
        assert not re.search("是 (?:红|绿|黄|蓝|黑|白)色(?! 的$)", clause), clause


def test_ba_has_a_definite_thing_a_verb_and_what_comes_of_it():
    ends = re.compile(r"(完|干净|掉|好|打开|上|走|丢|给 了 .*|在 了 .*|进 了 .*|回 了 家)( 了)?$")
    held = [clause for clause in CLAUSES
            if re.search(r"(?<!这 )(?<!那 )(?<!一 )(?<!两 )(?<!几 )把 (?!椅子|钥匙|雨伞)", clause)]
    held = [clause for clause in held if not re.search(r"[三四五六八十] 把", clause)]
    assert len(held) > 800
    for clause in held:
        thing = clause.split("把 ", 1)[1]
        assert ends.search(clause), clause
        assert not re.match("[一两三四五六八十几] ", thing), clause


def test_what_is_not_done_has_a_result_only_where_english_has_one():
    held = [" ".join(source) for source, target in ALL if "没 把" in " ".join(target)]
    assert len(held) > 10
    assert all(re.search(r"\b(?:up|away)\b", source) for source in held)


def test_a_family_is_named_once_and_not_by_whom_it_could_be_and_this_is_compared_with_that():
    family, did = r"(?:grand)?(?:mother|father)\b", "(?:visited|helped|gave|told)"
    kin = f"(?:my|your|his|her|our|their) {family}"
    anyone = "teacher|doctor|driver|writer|student|worker|farmer|friend|neighbor|child"
    for text in (" ".join(source) for source, _ in ALL):
        assert max(Counter(re.findall(kin, text)).values(), default=1) == 1, text
        assert not re.search(r"\b(this|that) (?:\w+ of )?\w+ is (?:not )?(?:as \w+ as|(?:much )?"
                             r"(?:more \w+|\w+er) than) \1\b", text), text
        assert not re.search(f"(?:{anyone}|mother) {did} her {family}", text), text
        assert not re.search(f"(?:{anyone}|father) {did} his {family}", text), text


def test_bei_is_followed_by_who_did_it_or_by_the_verb_and_ends_in_le():
    held = [clause for clause in CLAUSES if " 被 " in clause]
    assert len(held) > 300 and all(clause.endswith("了") for clause in held)


def test_a_place_follows_zai_and_no_zai_follows_zhengzai():
    for _, target in ALL:
        for one, two, three in zip(target, target[1:], target[2:], strict=False):
            assert one != "在" or two in PLACES | {"了"}, target
            assert (one, two) != ("正在", "在")
            if two in {"里", "下面", "后面"} or two == "上" and three != "个":
                assert one in PLACES | {"房子", "关"}, target


def test_words_go_with_what_they_are_said_of():
    drunk = "茶|咖啡|牛奶|水|汤"
    for text in TEXTS:
        assert not re.search(f"好吃 的 (?:{drunk})(?: |$)|好喝 的 (?!{drunk})", text), text
        assert not re.search(f"(?:{drunk}) (?:很|非常|不) 好吃", text), text
        assert not re.search("[大小] 门|(?:^| )看 (?:了 |过 |\\S 个 |有趣 的 |新 )*故事", text)
        assert not re.search("水 (?:很|非常|不|太) 冷|希望 [^，]* 会 ", text), text
        assert not re.search("(?<!字 )写 得|(?<!舞 )跳 得", text), text


def test_a_reason_has_sense_and_joined_clauses_are_of_one_kind():
    for (source, _), text in zip(ALL, TEXTS, strict=True):
        assert not re.search("所以 .* ， ", text), text
        assert not re.search("忙 ， 所以 .*没 .*工作|累 ， 所以 .*睡 了 [两三四五六]", text), text
        assert text.count("然后") < 2
        assert "that that" not in " ".join(source)
        assert not re.search(r"heard that .*\b(?:is|am|are) \w+ing", " ".join(source)), source


def test_ba_and_bei_have_no_bare_adjective_before_their_thing():
    quality = f"(?:(?:{LONG}) 的|大|小|新|旧|长|热|凉|脏)"
    for clause in CLAUSES:
        assert not re.search(f"(?<![这那一两三四五六八十几] )把 {quality} ", clause), clause
        assert not re.search(f"^{quality} \\S+ (?:.* )?被 ", clause), clause


def test_time_stands_before_the_verb():
    verbs = {"吃", "喝", "看", "买", "卖", "看见", "去", "写", "画", "唱", "洗", "放", "被"}
    held = [clause.split() for clause in CLAUSES if not re.search("的|说|知道|觉得|希望", clause)]
    held = [tokens for tokens in held if {*tokens} & verbs and len({*tokens} & TIMES) == 1]
    assert len(held) > 500
    for tokens in held:
        time = next(i for i, word in enumerate(tokens) if word in TIMES)
        assert time < min(i for i, word in enumerate(tokens) if word in verbs), tokens


def test_english_articles_and_verbs_agree():
    base = ["eat", "drink", "write", "buy", "sell", "see", "watch", "draw", "sing", "make", "plant",
            "wash", "like", "want", "know", "go", "live", "work", "run", "swim", "dance", "play",
            "have"]
    third = {"goes", "has"} | {word + "s" for word in base}
    for source, _ in ALL:
        text = " ".join(source)
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text), text
        assert not re.search(rf"\b(?:he|she) (?:also )?(?:{'|'.join(base)})\b", re.sub(
            r"\b(?:did|does|can|do) (?:he|she)\b", "", text)), text
        assert not re.search(rf"\b(?:i|you|we|they) (?:{'|'.join(third)})\b", text), text
        assert not re.search(rf"\b(?:does|did|will|can) not (?:{'|'.join(third)})\b", text), text
        assert not re.search(r"\b(?:two|three|four|five|six|eight|ten|several) (?:\w+ )?"
                             r"(?:apple|book|cat|dog|cup|egg|tree|child)\b", text), text


def objects(verb: str, noun: str) -> str:
    amount = "(?: [一两三四五六八十几这那] \\S+| 这些| 那些| 一些| 很多)?"
    return (f"(?:^| ){verb}(?: 掉)?(?: 了| 过)?{amount}{ADJECTIVE} {noun}(?: |$)|"
            f"(?:^| )没{verb} {noun}(?: 吗)?$")


def test_a_held_out_combination_stands_in_unseen_only():
    counts = Counter(words("train", 1))
    assert len(en_zh.HELD) >= 30
    for one, noun in en_zh.HELD:
        assert min(counts[one], counts[noun]) >= 15
        forms = [f"(?:^| ){one}(?: 的)?{ADJECTIVE} {noun}(?: |$)", objects(one, noun),
                 f"(?:^| ){noun} (?:很|非常|不|太|是|不 是) {one}(?: |$)"]
        for split in ("train", "valid", "test", "long", "wrong_word"):
            for _, target in PAIRS[split]:
                for clause in re.split(" [，。？] ?", " ".join(target)):
                    assert not any(re.search(form, clause) for form in forms), clause
    for _, target in PAIRS["unseen"]:
        there = {*" ".join(target).replace("没有", "有").split()}
        assert any({one, noun} <= there for one, noun in en_zh.HELD), target


def test_a_wrong_word_stands_in_the_first_half_and_is_of_the_same_kind():
    groups = [group.split() for group in (
        "老师 医生 司机 作家", "男孩 女孩 工人 农民", "妈妈 爸爸 奶奶 爷爷", "苹果 蛋糕 鸡蛋",
        "公园 学校 图书馆 医院 车站 市场", "厨房 花园 教室 房间", "北京 上海 巴黎", "猫 狗 兔子 鸟",
        "茶 牛奶 咖啡 水", "书 小说", "衬衫 大衣", "红色 蓝色 黄色 绿色 黑色 白色", "三 四 五 六")]
    for (_, target), (place, word) in zip(PAIRS["wrong_word"], corpora.wrong_words("en_zh"),
                                          strict=True):
        assert place < len(target) / 2 and word != target[place]
        assert any({word, target[place]} <= {*group} for group in groups), (word, target)


def test_who_where_and_when_are_asked_of_many_sentences():
    time = "(?:昨天|今天)(?: 早上| 中午| 下午| 晚上)?|上 个 (?:星期|月)|[两三] (?:天|个 星期) 前"
    form = re.compile(rf"(?:^| )(?:{time}) 在 \S+ (?:里 )?\S+ 了 [一两三四五六八十] ")
    found = [target for _, target in PAIRS["train"] if form.search(" ".join(target))]
    assert len(found) > 100


@pytest.mark.parametrize("split", SPLITS)
def test_the_card_counts_right(split):
    cards = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    card = cards.partition("\n## en_zh\n")[2].partition("\n## ")[0]
    stated = re.search(rf"^\| {split} \| (.*) \|$", card, re.MULTILINE)[1].split(" | ")
    assert [int(cell.replace(",", "")) for cell in stated] == [
        len(PAIRS[split]), len(words(split, 0)), len(words(split, 1))]
