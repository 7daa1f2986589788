"""The grammar of the corpus en_fr: sentences. `rows()` makes data/en_fr.tsv.

The tables are `en_fr_nouns` and `en_fr_verbs`. `en_fr_phrases` makes noun phrases and verb groups,
`en_fr_parts` subjects and places, `en_fr_acts` and `en_fr_states` predicates, `en_fr_sentences`
whole sentences; this module chooses among them.

Patterns: main clauses (somebody does something, with a place or a time; somebody or something is
so, is somewhere, is made of wood; there is, there is no; where is ...?), relative clauses (who,
that), says that, because, but, and, then, when. Verbs stand in the simple present, the progressive,
the past, with "going to" or with can, must, want; denied by not, never, no longer.

Rules of agreement: an adjective and a determiner take gender and number of their noun, behind
"est" those of the subject, through il, elle, ils, elles too; so does a participle with être; with
avoir it stays as it is (no object stands before it). Short adjectives of size, age, beauty and
good stand before the noun (beau, nouveau, vieux with a form for vowels), all others after it.
Before a vowel or a mute h, le, la, de, ne, je, que lose their vowel and ma, sa, ce change;
de + le, de + les, à + le, à + les contract; "des" is "de" before an adjective and after a
negation, where un, une, du, de la are "de" as well, but not after être and aimer.

Rules of the links: words that say the same are linked, also one to many (yesterday's "slept" to
both words of "a dormi", "looks for" to "cherche"; "for" and "back" to the participle alone). Both
parts of a negation go to not, never or no longer. "did" goes to the auxiliary, "do", "does", "am",
"is", "are" and "to" before a verb to that verb, "going" and its "is" to "va". An article that
English lacks goes to its noun; "du" has the links of both words that it contracts. In "il y a" the
first two go to there, the last to is. Marks go to marks. So every word of both sides has a link.

Splits: the combinations in HELD (adjective and noun, verb and object) are held out: sentences with
one are `unseen`, no other split has any. Sentences of more than 14 words are `long`, made by the
same rules. All others are drawn together, then dealt at random.
"""

from __future__ import annotations

import random
from collections import Counter

from data.grammars.common import Pair, Row, compose, deal
from data.grammars.en_fr_nouns import nouns_of
from data.grammars.en_fr_parts import pick
from data.grammars.en_fr_phrases import spelled
from data.grammars.en_fr_sentences import (
    because,
    but,
    clause,
    joined,
    moved,
    says,
    short,
    then,
    thing_but,
    timed,
    weather,
    when_back,
    where,
    which,
)
from data.grammars.en_fr_states import there_is

SEED = 4
# adjective and noun, verb and object: only in `unseen`
HELD = {tuple(pair.rsplit(" ", 1)) for pair in (
    "red car", "black cat", "white horse", "old dog", "beautiful bird", "small mouse", "old house",
    "new boat", "big garden", "white door", "big box", "red hat", "small apple", "heavy table",
    "young woman", "tired girl", "old doctor", "new teacher", "little boy", "happy man",
    "clean plate", "big boat", "beautiful church", "old village", "red bike", "hot coffee",
    "good cheese", "old friend", "white flower", "new hotel", "small window", "old tree",
    "eat soup", "eat orange", "drink milk", "read letter", "buy flower", "look for hat",
    "find book", "buy bread", "buy chair", "open letter", "close window", "wait for doctor",
    "have dog", "like tea", "like flower", "give key", "see church", "break glass")}
TENSES = ("habit", "now", "past", "soon")
KINDS = {clause: 5, timed: 4, there_is: 1, where: 0.7, because: 1, weather: 1, when_back: 0.6,
         then: 1.2, but: 1, thing_but: 0.8, which: 0.8, short: 1.2, joined: 3.5,
         moved: 1, says: 0.7}


def draw(rng: random.Random, long: bool) -> Pair:
    """A random sentence; a long one is made of more clauses."""
    kind = joined if long else pick(rng, KINDS)
    if kind is joined:
        made = joined(rng, rng.choice(TENSES), rng.choice((2, 3, 4, 5) if long else (2, 2, 3)))
    elif kind in (clause, timed):
        made = kind(rng, rng.choice(TENSES))
    else:
        made = kind(rng)
    mark = "?" if kind is where else "."
    return spelled(compose(f"{{s}} {mark}|e", f"{{s}} {mark}|e", s=made))


def held(key: tuple[str, str]) -> bool:
    """Whether a combination is kept out of training."""
    return key in HELD


def alike() -> dict[str, list[str]]:
    """For a French noun those of its gender, number and kind that may stand there instead.

    Three at least, so that one of them is not in the sentence already.
    """
    found: dict[str, list[str]] = {}
    for kind in (("thing",), ("food", "drink"), ("place",), ("person", "animal")):
        for form in ("un", "des"):
            for gender in "mf":
                words = [getattr(noun, form) for noun in nouns_of(*kind) if noun.gender == gender
                         and not {"kin", "fruit"} & {*noun.kinds}]
                words = [word for word in words if word[0] not in "-aeiouéèêîôœh"]
                found |= {word: [other for other in words if other != word] for word in words}
    return {word: others for word, others in found.items() if len(others) > 2}


def wrong_word(rng: random.Random, row: Row, others: dict[str, list[str]],
               used: Counter) -> tuple[int, str]:
    """A noun in the first half and one that is not in the sentence; rare ones come first."""
    target = row.pair.target
    found = [(j, word) for j, right in enumerate(target[:len(target) // 2])
             for word in others.get(right, ()) if word not in target]
    rng.shuffle(found)
    place, word = min(found, key=lambda one: used[target[one[0]]] + used[one[1]])
    used.update((target[place], word))
    return place, word


def rows() -> list[Row]:
    """All rows of data/en_fr.tsv."""
    rng, used, others = random.Random(SEED), Counter(), alike()
    return [row._replace(wrong=wrong_word(rng, row, others, used)) if row.wrong else row
            for row in deal(draw, held, others, SEED)]
