"""Exercises 5.4, 5.11 and 5.12: which key does each query want?"""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show
from helpers.exercises.self_attention_masks._maps import of_wants
from helpers.self_attention_masks import Token, brackets, tokens


def _pairs(row: list[Token]) -> tuple:
    """All pairs (query, key) of these tokens."""
    return tuple((query, key) for query in row for key in row)


def _expect_wish(got: object, wanted: bool, call: object) -> None:
    expect(isinstance(got, (bool, np.bool_)), f"{call} returned {show(got)}. Does the query want "
           "this key? The answer must be True or False.")
    expect(bool(got) == wanted, f"{call} returned {got}, expected {wanted}")


def _pair(rng, row: list[Token], wants) -> tuple:
    """A query of these tokens and a key, which half of the time is a wanted one if there is one."""
    query = row[rng.integers(len(row))]
    wanted = [key for key in row if wants(query, key)]
    keys = wanted if wanted and rng.random() < 0.5 else row
    return query, keys[rng.integers(len(keys))]


def _word(rng, letters: str = "abmn", longest: int = 9) -> str:
    return "".join(rng.choice([*letters], rng.integers(1, longest)))


def before(query, key) -> bool:
    """Whether `query` wants `key`: the letter one place before it; place 0 wants itself.

    query, key: tokens of one text, with their `letter` and their `place` (0, 1, ...).
    """
    return key.place == max(query.place - 1, 0)


def _before_by_cases(query, key):
    if query.place == 0:
        return key.place == 0
    return key.place + 1 == query.place


def _before_by_distance(query, key):
    return query.place - key.place == (query.place > 0)


def _places(rule):
    """An answer that looks at places only: rule(place of the query, place of the key)."""
    return lambda query, key: rule(query.place, key.place)


BEFORE = Exercise(
    "5.4", "The letter before", minutes=6, starred=True,
    hints=("One query and one key are all you see. Which two of their four numbers and letters "
           "decide?",
           "The places do: key.place must be one less than query.place. What would that be for "
           "the query at place 0, and what should it be?",
           "max(query.place - 1, 0) is the place before, and 0 for the first. Compare key.place "
           "with it."),
    solution=before, right=(_before_by_cases, _before_by_distance), compare=_expect_wish,
    examples=_pairs(tokens("banan")),
    cases=lambda rng: _pair(rng, tokens(_word(rng)), before),
    picture=of_wants(before, "banana", "o"),
    mistakes=(
        Mistake(_places(lambda i, j: j == i - 1), "Place 0 wants nothing: no place stands before "
                "it. Here it wants itself."),
        Mistake(_places(lambda i, j: j == i + 1), "This is the letter *after* the query. The roles "
                "are exchanged: the key stands before the query."),
        Mistake(_places(lambda i, j: j == i + 1 or i == j == 0), "Place 0 is right. The others "
                "want the letter *after* them: query and key are exchanged."),
        Mistake(_places(lambda i, j: j == i), "Every query wants itself. Only place 0 should."),
        Mistake(_places(lambda i, j: j < i), "Every earlier letter is wanted, and place 0 wants "
                "nothing. Only the one just before is asked for; place 0 wants itself."),
        Mistake(_places(lambda i, j: j < i or i == j == 0), "Every earlier letter is wanted. Only "
                "the one just before is asked for."),
        Mistake(_places(lambda i, j: j <= i), "The query itself and all before it are wanted. "
                "That is the causal mask; here it is one key only."),
        Mistake(_places(lambda i, j: j == max(i - 2, 0)), "That is two places before. One is "
                "asked for."),
        Mistake(_places(lambda i, j: j in (i - 1, 0)), "Place 0 is wanted by all. Only the query "
                "at place 0 wants it, and the one after it."),
        Mistake(_places(lambda i, j: j == i - 1 or i == 0), "The query at place 0 wants every key. "
                "It should want itself alone."),
        Mistake(_places(lambda i, j: j == abs(i - 1)), "Place 0 wants place 1: -1 has become 1. It "
                "should want itself."),
        Mistake(_places(lambda i, j: i - 1 <= j <= i), "The letter before is wanted, but every "
                "query wants itself too. Only place 0 should."),
        Mistake(_places(lambda i, j: abs(i - j) == 1), "Both neighbours are wanted, the later one "
                "too, and place 0 does not want itself."),
        Mistake(_places(lambda i, j: j != max(i - 1, 0)), "True and False are exchanged: you "
                "refuse the key that is wanted, and take all others."),
        Mistake(_places(lambda i, j: max(i - 1, 0)), "You returned the place itself. What is asked "
                "is whether the key stands there: compare it with key.place."),
    ),
    reread="5 · Two heads, two jobs",
    moral="Each row has one key, and what is read is the text moved on by one place. Trained "
          "models have such heads, too. Softmax must look somewhere, so place 0 looks at itself.",
)


def same_or_first(query, key) -> bool:
    """Whether `query` wants `key`: one with its own letter (itself too), and always place 0.

    query, key: tokens of one text, with their `letter` and their `place` (0, 1, ...). Place 0
    may hold any letter, A and a are two letters.
    """
    return key.letter == query.letter or key.place == 0


def _same_by_cases(query, key):
    if key.place == 0:
        return True
    return query.letter == key.letter


def _same_by_product(query, key):
    return key.place * (ord(key.letter) - ord(query.letter)) == 0


SAME = Exercise(
    "5.11", "The same letter, or the first place", minutes=5, starred=False,
    hints=("There are two reasons to want a key. One of them is enough.",
           "The letters are the same: query.letter == key.letter. Or the key stands first: what "
           "is its place then?",
           "Join the two comparisons with `or`."),
    solution=same_or_first, right=(_same_by_cases, _same_by_product), compare=_expect_wish,
    examples=(*_pairs(tokens("nAnan")), *_pairs(tokens("^oof"))),
    cases=lambda rng: _pair(rng, tokens(_word(rng, "abAB^")), same_or_first),
    picture=of_wants(same_or_first, "^banana", "noon", "Ana"),
    mistakes=(
        Mistake(lambda query, key: key.letter == query.letter, "The same letter is wanted, but not "
                "place 0. Every query wants that, too."),
        Mistake(lambda query, key: key.place == 0, "Place 0 is wanted, but not the places with "
                "the same letter."),
        Mistake(lambda query, key: key.letter == query.letter and key.place == 0, "`and` asks for "
                "both at once. One of the two reasons is enough."),
        Mistake(lambda query, key: key.letter == query.letter or query.place == 0, "The query at "
                "place 0 wants all keys, and nobody wants the key there. It is the *key's* place "
                "that counts."),
        Mistake(lambda query, key: key.letter == query.letter or key.letter == "^", "You look for "
                "the letter ^. Place 0 may hold any letter; ask for its place."),
        Mistake(lambda query, key: (key.letter == query.letter and key.place != query.place)
                or key.place == 0, "A query does not want itself. It has its own letter, so it "
                "should."),
        Mistake(lambda query, key: (key.letter == query.letter and key.place <= query.place)
                or key.place == 0, "Later places with the same letter are left out. Here the "
                "future may be seen."),
        Mistake(lambda query, key: key.place == query.place or key.place == 0, "A query wants "
                "itself and place 0 only. Compare the letters, not the places."),
        Mistake(lambda query, key: key.letter != query.letter or key.place == 0, "Of the letters, "
                "you want the *other* ones. `==` is for the same."),
        Mistake(lambda query, key: key.letter.lower() == query.letter.lower() or key.place == 0,
                "A and a are taken for the same letter. Here they are two."),
        Mistake(lambda query, key: key.letter == query.letter or key.place == 1, "Places are "
                "counted from 0: the first one is 0."),
        Mistake(lambda query, key: not (key.letter == query.letter or key.place == 0), "True and "
                "False are exchanged: you refuse what is wanted, and want the rest."),
    ),
    reread="P · By hand: five puzzles",
    moral="Put a mark at place 0 and let it alone have the value 1. A letter that occurs n times "
          "then reads 1 / (n + 1): attention can count.",
)


def partner(query, key) -> bool:
    """Whether `query` wants `key`: the bracket that opens or closes the same pair.

    query, key: tokens of a text of ( and ) in which each has its partner. Each knows its `letter`
    and its `place`; its `depth`, how many pairs it is in, its own counted; and its `number`, how
    many brackets of this depth stand before it.
    """
    step = 1 if query.letter == "(" else -1
    return key.depth == query.depth and key.number == query.number + step


def _partner_by_halves(query, key):
    same_pair = key.number // 2 == query.number // 2
    return same_pair and key.depth == query.depth and key.letter != query.letter


def _partner_by_its_number(query, key):
    number = query.number - 1 if query.number % 2 else query.number + 1
    return (key.depth, key.number) == (query.depth, number)


def _balanced(rng, most: int = 5) -> str:
    """A text of one to `most` pairs; it nests, stands side by side, or both."""
    text, opened, left = "", 0, int(rng.integers(1, most + 1))
    deep = rng.choice([0.3, 0.5, 0.8])
    while left or opened:
        opens = left and (not opened or rng.random() < deep)
        text, left, opened = ((text + "(", left - 1, opened + 1) if opens
                              else (text + ")", left, opened - 1))
    return text


def _of_depth(rule):
    """An answer that wants some of the keys of the query's depth."""
    return lambda query, key: key.depth == query.depth and rule(query, key)


PARTNER = Exercise(
    "5.12", "The matching bracket", minutes=10, starred=False,
    hints=("Take ()() and write depth and number below each bracket. Which numbers are partners?",
           "Among the brackets of one depth, opening and closing take turns. So the numbers 0 and "
           "1 are partners, 2 and 3, and so on; the depths must be the same.",
           "An opening bracket wants the number that is one more than its own, a closing one the "
           "number that is one less."),
    solution=partner, right=(_partner_by_halves, _partner_by_its_number), compare=_expect_wish,
    examples=_pairs(brackets("(()())()")),
    cases=lambda rng: _pair(rng, brackets(_balanced(rng)), partner),
    picture=of_wants(partner, brackets("(()())()"), brackets("()()()")),
    mistakes=(
        Mistake(_of_depth(lambda query, key: True), "All brackets of the same depth are wanted, "
                "the query itself too. Its `number` says which of them is the partner."),
        Mistake(_of_depth(lambda query, key: key.letter != query.letter), "In ()() every opening "
                "bracket wants both closing ones: all have the same depth. Look at `number`."),
        Mistake(_of_depth(lambda query, key: key.place != query.place), "All other brackets of "
                "this depth are wanted. Its `number` says which of them is the partner."),
        Mistake(_of_depth(lambda query, key: key.number == query.number + 1), "Every bracket wants "
                "the next of its depth. A closing one must look back: its partner stands before "
                "it."),
        Mistake(_of_depth(lambda query, key: key.number == query.number - 1), "Every bracket wants "
                "the one of its depth before it. An opening one must look on."),
        Mistake(_of_depth(lambda query, key: abs(key.number - query.number) == 1), "Both "
                "neighbours of the same depth are wanted. In ()() the second bracket closes the "
                "first pair; the third is none of its business."),
        Mistake(_of_depth(lambda query, key: key.number == query.number), "Every bracket wants "
                "itself: no other of its depth has its number."),
        Mistake(_of_depth(lambda query, key: key.number // 2 == query.number // 2), "The partner "
                "is wanted, but every bracket wants itself as well."),
        Mistake(lambda query, key: key.number == query.number + (1 if query.letter == "(" else -1),
                "Brackets of another depth are wanted, too: they have numbers of their own. "
                "Compare the depths as well."),
        Mistake(_of_depth(lambda query, key: query.letter == "(" and
                          key.number == query.number + 1), "Closing brackets want nothing. They "
                "have a partner, too: the number before theirs."),
        Mistake(_of_depth(lambda query, key: query.letter == ")" and
                          key.number == query.number - 1), "Opening brackets want nothing. They "
                "have a partner, too: the number after theirs."),
        Mistake(_of_depth(lambda query, key: key.number == query.number + (
                    1 if query.letter == ")" else -1)), "The direction is turned round: an opening "
                "bracket looks on, a closing one back."),
        Mistake(_of_depth(lambda query, key: key.letter != query.letter and
                          abs(key.place - query.place) == 1), "You find a partner only where it "
                "stands at the very next place. In (()) there are brackets between."),
    ),
    reread="P · By hand: five puzzles",
    moral="`depth` and `number` are two counts that heads below could make. \"The nearest\" cannot "
          "be said of one query and one key: other keys would have to be seen. Counting helps.",
)
