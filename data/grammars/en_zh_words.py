"""The words of the English-Chinese grammar, in tables.

What counts as one Chinese token: a word of the dictionary (苹果, 看见, 打开, 游泳); each measure
word, number, pronoun (我们 is one), 的, 地, 得, 了, 过, 着, 们, 吗; what follows a place (上, 里,
下面); what a verb results in (吃 完, 洗 干净, 关 上). 没有 is one token, and so is 没.
"""

from __future__ import annotations

from typing import NamedTuple


class Noun(NamedTuple):
    """An English noun in both numbers, its Chinese word, its measure word, fitting adjectives.

    A noun whose `of` is bowl, cup, piece ... is counted by that, and measure is the word for it.
    Others without a plural occur one at a time only.
    """

    en: str
    plural: str
    zh: str
    measure: str
    adjectives: tuple[str, ...]
    of: str = ""


class Verb(NamedTuple):
    """The English forms and the Chinese verb."""

    base: str
    s: str
    past: str
    ing: str
    zh: str


class Adjective(NamedTuple):
    """In English, its comparative; in Chinese alone, before a noun ("" if never), as predicate."""

    en: str
    comparative: str
    zh: str
    before: str
    predicate: str       # 很: the sweet kind; 是: the red kind, 是 红色 的


def mark(words: str, letter: str) -> str:
    """All words of a piece of a template linked by one letter."""
    return " ".join(f"{word}|{letter}" for word in words.split())


GROUPS = {
    "@clothes": "black white blue red green new old cheap expensive beautiful dirty clean",
    "@object": "new old big small cheap expensive",
    "@meal": "delicious cheap expensive",
    "@building": "big small new old beautiful",
}


def _adjectives(words: list[str]) -> tuple[str, ...]:
    return tuple(part for word in words for part in GROUPS.get(word, word).split())


def _nouns(table: str) -> dict[str, Noun]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {row[0]: Noun(row[0], row[1].strip("-"), *row[2:4], _adjectives(row[4:]))
            for row in rows}


def _masses(table: str) -> dict[str, Noun]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {row[0]: Noun(row[0], "", *row[2:4], _adjectives(row[4:]), row[1]) for row in rows}


PEOPLE = _nouns("""
teacher   teachers   老师 位 clever kind tall
doctor    doctors    医生 位 clever kind tall
driver    -          司机 位 kind tall
writer    -          作家 位 clever famous
worker    workers    工人 个 clever tall
farmer    farmers    农民 个 clever kind
student   students   学生 个 clever tall
neighbor  -          邻居 个 kind
friend    -          朋友 个 clever kind tall
boy       boys       男孩 个 clever kind tall
girl      girls      女孩 个 clever kind tall
child     children   孩子 个 clever kind
""")
THINGS = _nouns("""
cat        cats        猫     只 black white small big clever
dog        dogs        狗     只 black white small big clever
bird       birds       鸟     只 black yellow small big beautiful
rabbit     rabbits     兔子   只 black white small big
horse      horses      马     匹 black white big small beautiful
fish       fish        鱼     条 big small fresh delicious
apple      apples      苹果   个 red green big small fresh delicious cheap expensive
banana     bananas     香蕉   根 yellow big small fresh delicious cheap expensive
egg        eggs        鸡蛋   个 big small fresh cheap expensive
cake       cakes       蛋糕   个 big small fresh delicious cheap expensive
book       books       书     本 new old interesting cheap expensive
novel      novels      小说   本 new old interesting famous
newspaper  -           报纸   份 old new
letter     letters     信     封 long old
story      stories     故事   个 new interesting
movie      movies      电影   部 new interesting famous
song       songs       歌     首 new famous
picture    -           画     幅 new big small expensive beautiful famous
table      -           桌子   张 @object clean dirty white black
chair      chairs      椅子   把 @object clean dirty white black
bed        -           床     张 @object clean
cup        cups        杯子   个 @object clean dirty white blue red
key        -           钥匙   把 old new
umbrella   -           雨伞   把 @object black red yellow blue
box        -           盒子   个 big small red white yellow
bag        -           包     个 @object black red blue
phone      -           手机   部 new old cheap expensive black white
toy        toys        玩具   个 @object
hat        -           帽子   顶 @clothes
shirt      shirts      衬衫   件 @clothes
coat       -           大衣   件 @clothes
car        cars        汽车   辆 black white red blue @object dirty clean
bike       -           自行车 辆 black red blue @object
house      -           房子   座 @building white
tree       trees       树     棵 big small tall
flower     flowers     花     朵 red yellow white beautiful
door       -           门     扇 new old beautiful clean
window     -           窗户   扇 big small clean dirty
""")
MASSES = _masses("""
tea        cup     茶     杯 hot expensive delicious
coffee     cup     咖啡   杯 hot expensive delicious
water      glass   水     杯 hot cold
milk       glass   牛奶   杯 hot fresh delicious
dumplings  bowl    饺子   碗 hot @meal
soup       bowl    汤     碗 hot delicious
noodles    bowl    面条   碗 hot @meal
bread      piece   面包   块 fresh @meal
meat       piece   肉     块 fresh @meal
vegetables -       蔬菜   -  fresh cheap expensive
shoes      pair    鞋     双 @clothes
""")
NOUNS = {**PEOPLE, **THINGS, **MASSES}
PLURALS = {"vegetables", "noodles", "shoes", "dumplings"}   # English plurals without a singular
_ADJECTIVES = """
red        -          红色 红色_的 是
green      -          绿色 绿色_的 是
yellow     -          黄色 黄色_的 是
blue       -          蓝色 蓝色_的 是
black      -          黑色 黑色_的 是
white      -          白色 白色_的 是
new        -      新   新      是
old        -      旧   旧      很
big        bigger     大   大      很
small      -         小   小      很
dirty      -    脏   脏      很
hot        -     热   热      很
cold       -     凉   凉      很
clean      -    干净 干净_的 很
cheap      cheaper    便宜 便宜_的 很
expensive  more_expensive   贵   - 很
beautiful  more_beautiful   漂亮 漂亮_的 很
interesting more_interesting 有趣 有趣_的 很
delicious  more_delicious   好吃 好吃_的 很
famous     more_famous      有名 有名_的 很
fresh      -    新鲜 新鲜_的 很
long       -     长   长      很
tall       taller     高   -       很
clever     more_clever 聪明 聪明_的 很
kind       -     善良 善良_的 很
tired      -          累   -       很
hungry     -          饿   -       很
thirsty    -          渴   -       很
busy       -     忙   -       很
happy      -    高兴 -       很
"""
ADJECTIVES = {row[0]: Adjective(*(word.replace("_", " ").replace("-", "") for word in row))
              for row in map(str.split, _ADJECTIVES.strip().splitlines())}
DRUNK = {"茶", "咖啡", "水", "牛奶", "汤"}


def fit(one: Adjective, noun: Noun) -> Adjective:
    """The adjective as this noun takes it: delicious food is 好吃, what one drinks is 好喝."""
    if one.en == "delicious" and noun.zh in DRUNK:
        return one._replace(zh="好喝", before="好喝 的")
    return one


COLOURS = {"red", "green", "yellow", "blue", "black", "white"}
SIZES = {"new", "old", "big", "small", "long"}   # before a colour in English, after it in Chinese
MOODS = ("tired", "hungry", "thirsty", "busy", "happy")
_VERBS = """
eat     eats     ate      eating    吃
drink   drinks   drank    drinking  喝
read    reads    read     reading   看
write   writes   wrote    writing   写
buy     buys     bought   buying    买
sell    sells    sold     selling   卖
see     sees     saw      seeing    看见
watch   watches  watched  watching  看
draw    draws    drew     drawing   画
sing    sings    sang     singing   唱
make    makes    made     making    做
plant   plants   planted  planting  种
wash    washes   washed   washing   洗
find    finds    found    finding   找到
meet    meets    met      meeting   遇见
swim    swims    swam     swimming  游泳
run     runs     ran      running   跑步
dance   dances   danced   dancing   跳舞
sleep   sleeps   slept    sleeping  睡觉
work    works    worked   working   工作
rest    rests    rested   resting   休息
walk    walks    walked   walking   散步
wait    waits    waited   waiting   等
stay    stays    stayed   staying   待
live    lives    lived    living    住
like    likes    liked    liking    喜欢
want    wants    wanted   wanting   想
know    knows    knew     knowing   认识
help    helps    helped   helping   帮助
visit   visits   visited  visiting  看望
go      goes     went     going     去
say     says     said     saying    说
think   thinks   thought  thinking  觉得
hope    hopes    hoped    hoping    希望
"""
VERBS = {row[0]: Verb(*row) for row in map(str.split, _VERBS.strip().splitlines())}
NUMBERS = {"two": "两", "three": "三", "four": "四", "five": "五", "six": "六", "eight": "八",
           "ten": "十"}
