"""Exercises 5.13 to 5.15: what one head reads, and what a second one makes of it."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_close, show
from helpers.exercises.self_attention_masks._maps import of_heads
from helpers.self_attention_masks import NOTHING, Head

REREAD = "P · By hand: five puzzles"


def _letter(key):
    return key.letter


def _all(query, key):
    return True


def _word(rng, letters: str, most: int) -> str:
    """One to nine letters, each at most `most` times."""
    return "".join(rng.permutation([*letters] * most)[:rng.integers(1, 10)])


def _expect_text(got: object, wanted: str, call: object) -> None:
    expect(isinstance(got, str), f"{call} returned {show(got)}, expected a text of "
           f"{len(wanted)} letters. A head whose `value` is key.letter reads one.")
    expect(got == wanted, f"{call} read {show(got)}, expected {show(wanted)}")


def length(head) -> np.ndarray:
    """The length of the text, at each of its T places: an array (T,) that holds T everywhere.

    head(wants, value) is all that is known of the text. It reads at every place: the mean of
    value(key) over the keys for which wants(query, key) is True. A token has `letter` and `place`.
    """
    return 1 / head(lambda query, key: True, lambda key: key.place == 0)


def _length_of_odd_numbers(head):
    return head(lambda query, key: True, lambda key: 2 * key.place + 1)


def _length_by_the_middle(head):
    middle = head(_all, lambda key: key.place)
    return [1 + 2 * place for place in middle]


def _reading(wants=_all, value=lambda key: key.place == 0, then=lambda read: 1 / read):
    """An answer of one head, and what is made of what it read."""
    return lambda head: then(head(wants, value))


LENGTH = Exercise(
    "5.13", "How long is the text?", minutes=8, starred=False,
    hints=("A mean over all keys: which number, known to a key by its place alone, gives a mean "
           "that depends on T?",
           "Let every query want every key. If the value is 1 at one place and 0 at all others, "
           "the mean is 1 / T. Which place does every text have?",
           "head(lambda query, key: True, lambda key: key.place == 0) reads 1 / T. Turn it over."),
    solution=length, right=(_length_of_odd_numbers, _length_by_the_middle), compare=expect_close,
    examples=((Head("banana"),), (Head("oak"),), (Head("a"),)),
    cases=lambda rng: (Head(_word(rng, "abc", 3)),),
    picture=of_heads(length, "banana", "oak"),
    mistakes=(
        Mistake(_reading(then=lambda read: read), "This is 1 / T: the share of place 0 in the "
                "mean. Turn it over."),
        Mistake(_reading(value=lambda key: 1, then=lambda read: read), "You read 1 everywhere: a "
                "mean of ones is 1, however many there are. Want all keys, and let the value be 1 "
                "at place 0 only."),
        Mistake(_reading(value=lambda key: key.place, then=lambda read: read), "The mean of the "
                "places is where the middle of the text is: (T - 1) / 2, not T."),
        Mistake(_reading(value=lambda key: key.place, then=lambda read: 2 * read), "Twice the mean "
                "of the places is T - 1: they are counted from 0."),
        Mistake(_reading(value=lambda key: key.place + 1, then=lambda read: read), "That is the "
                "mean of 1, 2, ... T, which is (T + 1) / 2."),
        Mistake(_reading(value=lambda key: key.place + 1, then=lambda read: 2 * read), "That is "
                "T + 1: one too many."),
        Mistake(_reading(lambda query, key: key.place <= query.place), "You read 1, 2, 3 and so "
                "on: how many letters stand up to each place. The length is the same everywhere: "
                "want the later keys, too."),
        Mistake(_reading(then=lambda read: (1 / read)[0]), "One number came back. Every place has "
                "its own: return all that the head read."),
        Mistake(_reading(then=lambda read: len(read) / read), "That is T times T: the head's "
                "1 / T, turned over, is the length already."),
    ),
    reread=REREAD,
    moral="A mean forgets how many there were, unless one of them is marked. Then its share says "
          "it.",
)


def backwards(head) -> str:
    """The text from its last letter to its first.

    head(wants, value) is all that is known of the text. It may be used several times, and a later
    `wants` may use what an earlier head has read at query.place or key.place. Where value(key) is
    a letter and each place wants one key, it reads a text. At most 40 letters.
    """
    T = 1 / head(lambda query, key: True, lambda key: key.place == 0)
    return head(lambda query, key: key.place == T[query.place] - 1 - query.place,
                lambda key: key.letter)


def _backwards_about_the_middle(head):
    middle = head(_all, lambda key: key.place)
    return head(lambda query, key: query.place + key.place == 2 * middle[key.place], _letter)


def _backwards_by_places(head):
    numbers = head(_all, lambda key: 2 * key.place + 1) - head(
        lambda query, key: query.place == key.place, lambda key: key.place)
    return head(lambda query, key: key.place + 1 == round(numbers[query.place]), _letter)


def _from(place):
    """An answer that reads the letter at place(T, place of the query)."""
    def answer(head):
        T = len(head(_all, lambda key: 1))
        return head(lambda query, key: key.place == place(T, query.place), _letter)
    return answer


BACKWARDS = Exercise(
    "5.14", "Write it backwards", minutes=8, starred=False,
    hints=("Place 0 should read the last letter, place 1 the last but one. What do the two places, "
           "of query and key, add up to?",
           "They add up to T - 1. T is not known to a token; a first head reads it, as in 5.13.",
           "T = length(head) holds it at each place: the second head wants the key whose place is "
           "T[query.place] - 1 - query.place, and its value is key.letter."),
    solution=backwards, right=(_backwards_about_the_middle, _backwards_by_places),
    compare=_expect_text, examples=((Head("stone"),), (Head("ab"),), (Head("anna"),)),
    cases=lambda rng: (Head(_word(rng, "abcdefghi", 2)),),
    picture=of_heads(backwards, "stone", "ab"),
    mistakes=(
        Mistake(_from(lambda T, i: i), "Every place reads its own letter, so the text is as it "
                "was."),
        Mistake(_from(lambda T, i: T - i), "One place too far: counted from 0, the last place is "
                "T - 1. Place 0 finds nothing."),
        Mistake(_from(lambda T, i: T - 2 - i), "One place too few: the last letter is left out, "
                "and the last place finds nothing."),
        Mistake(_from(lambda T, i: T - 1), "Every place reads the last letter. Its own place must "
                "be taken off: T - 1 - query.place."),
        Mistake(_from(lambda T, i: i - 1), "Every place reads the letter before it. That is 5.4, "
                "not backwards."),
        Mistake(_from(lambda T, i: i + 1), "Every place reads the letter after it. That moves the "
                "text, it does not turn it."),
        Mistake(_from(lambda T, i: (i - 1) % T), "The text was moved round by one place. To turn "
                "it, places of query and key must add up to T - 1."),
        Mistake(_from(lambda T, i: 1 / T - 1 - i), "No key is found: what the head read is 1 / T. "
                "Turn it over, then it is T."),
        Mistake(_from(lambda T, i: i ^ 1), "Pairs of neighbours were exchanged. The first letter "
                "must go to the very end."),
        Mistake(lambda head: list(backwards(head)), "These are the right letters in a list. Return "
                "the text, as the head read it."),
        Mistake(lambda head: head(lambda query, key: key.place == len(backwards(head)) - 1
                                  - query.place, lambda key: key.place), "You read the place, not "
                "the letter that stands there. Let the value be key.letter."),
    ),
    reread=REREAD,
    moral="Two heads, one after another: the second could not know where to look before the first "
          "had read the length.",
)


def followed(head) -> str:
    """What came next when this letter stood in the text before: T letters, "·" where it is new.

    The text is of small letters, none of them more than twice: "abcab" gives "···bc". (What came
    after the first a was a b.) head(wants, value) is all that is known of the text; a place that
    wants nothing reads "·".
    """
    earlier = head(lambda query, key: key.place == query.place - 1, lambda key: key.letter)
    return head(lambda query, key: earlier[key.place] == query.letter
                and key.place <= query.place, lambda key: key.letter)


def _followed_by_the_twin(head):
    """The first head reads where the twin's follower stands; 0 if there is none."""
    follower = head(lambda query, key: key.letter == query.letter and key.place < query.place,
                    lambda key: key.place + 1)
    return head(lambda query, key: key.place == follower[query.place] > 0, _letter)


def _followed_in_numbers(head):
    codes = head(lambda query, key: query.place - key.place == 1, lambda key: ord(key.letter))
    return head(lambda query, key: codes[key.place] == ord(query.letter)
                and not key.place > query.place, _letter)


def _second(wants, first=lambda query, key: key.place == query.place - 1):
    """An answer whose second head is wants(query, key, what the first read there)."""
    def answer(head):
        earlier = head(first, _letter)
        return head(lambda query, key: wants(query, key, earlier[key.place]), _letter)
    return answer


def _not_yet_new(head):
    """The letter that came before it the last time."""
    later = head(lambda query, key: key.place == query.place + 1, _letter)
    return head(lambda query, key: later[key.place] == query.letter
                and key.place < query.place - 1, _letter)


FOLLOWED = Exercise(
    "5.15", "What came next the last time?", minutes=12, starred=False,
    hints=("A key can be wanted for what stands before it. A token does not know that; a first "
           "head can read it.",
           "First head: every place reads the letter before it. Then the second can want the keys "
           "before which the query's own letter stands.",
           "earlier = head(the place before, key.letter). The second wants a key if "
           "earlier[key.place] == query.letter and the key is no later than the query."),
    solution=followed, right=(_followed_by_the_twin, _followed_in_numbers), compare=_expect_text,
    examples=((Head("abcab"),), (Head("aabcb"),), (Head("abba"),), (Head("cdadbc"),)),
    cases=lambda rng: (Head(_word(rng, "abcdef", 2)),),
    picture=of_heads(followed, "abcab", "aabcb", "abba"),
    mistakes=(
        Mistake(_second(lambda query, key, earlier: earlier == query.letter), "You look into the "
                "future: a new letter finds what comes next. A key must not stand later than the "
                "query."),
        Mistake(_second(lambda query, key, earlier: earlier == query.letter
                        and key.place < query.place), "In aab the second a should read a: it "
                "came itself after the first one. A key at the query's own place is allowed."),
        Mistake(_second(lambda query, key, earlier: key.letter == query.letter
                        and key.place < query.place), "You found the letter where it stood before. "
                "What came after it is one place on: look for a key before which it stands."),
        Mistake(_second(lambda query, key, earlier: key.place == query.place - 1), "This is the "
                "letter before the query: one head's work. What came after its *earlier* "
                "occurrence?"),
        Mistake(_second(lambda query, key, earlier: key.place == query.place + 1), "This is the "
                "next letter itself, from the future. What came next the last time?"),
        Mistake(_second(lambda query, key, earlier: earlier == query.letter
                        and key.place <= query.place,
                        lambda query, key: key.place == max(query.place - 1, 0)), "In your first "
                "head place 0 wants itself, so the first letter seems to stand before itself. "
                "Here it must want nothing."),
        Mistake(_second(lambda query, key, earlier: earlier == query.letter
                        and key.place <= query.place,
                        lambda query, key: key.place == query.place - 2), "Your first head looks "
                "two places back. What came next has the letter just before it."),
        Mistake(_second(lambda query, key, earlier: earlier == query.letter
                        and key.place <= query.place,
                        lambda query, key: key.place == query.place + 1), "Your first head looks "
                "on, not back. What came next has the letter *before* it."),
        Mistake(_not_yet_new, "This is what came *before* the letter the last time. What came "
                "after it is asked for."),
        Mistake(lambda head: followed(head).replace(NOTHING, ""), "The letters are right, but a "
                "text of T places is asked for, with · where a letter is new."),
        Mistake(lambda head: head(lambda query, key: False, _letter), "No place found anything. Is "
                "the second head asking for what the first one read?"),
    ),
    reread=REREAD,
    moral="A first head tells each key what stands before it, a second finds the key. One head "
          "cannot do it: a key by itself does not know its neighbour.",
)
