"""Exercises 1.4, 1.8 and 1.9: shrinking vocabularies, what Kneser-Ney counts, leaked sentences."""

from collections import Counter

import numpy as np

from helpers.exercises.engine import (
    Exercise,
    Wrong,
    expect,
    expect_equal,
    expect_not,
    expect_number,
    fresh,
)

TEXT = [["you", "can", "fly"], ["you", "fly", "big"], ["ant", "you", "ant", "can", "big", "dot"]]


def shrink_vocabulary(sentences: list[list[str]], size: int) -> list[list[str]]:
    """Keep the `size` most frequent words (ties: alphabetical); every other becomes "<unk>"."""
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = set(sorted(counts, key=lambda word: (-counts[word], word))[:size])
    return [[word if word in kept else "<unk>" for word in sentence] for sentence in sentences]


def _shrink_by_sorting_pairs(sentences, size):
    counts = {}
    for sentence in sentences:
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
    ranked = sorted((-count, word) for word, count in counts.items())
    kept = [word for _, word in ranked[:size]]
    return [[word if word in kept else "<unk>" for word in s] for s in sentences]


def _shrink_numpy(sentences, size):
    words, counts = np.unique([w for s in sentences for w in s], return_counts=True)
    kept = set(words[np.argsort(-counts, kind="stable")[:size]])
    return [[w if w in kept else "<unk>" for w in s] for s in sentences]


def check_shrink(answer) -> None:
    given = fresh(TEXT)
    got = answer(given, 3)
    expect(given == TEXT, "Your function changed the sentences it was given. Build new lists: the "
                          "caller still needs the old ones.")
    expect(isinstance(got, list) and len(got) == 3 and all(isinstance(s, list) for s in got),
           "Return a list of three sentences, each a list of words, as they came in.")
    flat = [word for sentence in got for word in sentence]
    expect(len(flat) == 12,
           f"The text had 12 words, yours has {len(flat)}. Replace rare words by <unk>, do not "
           "delete them: they keep their place.")
    expect("dot" not in flat, "“dot” occurs once and should have become <unk>.")
    expect("you" in flat, "“you” is the most frequent word, and it is gone. Count first.")
    kept = sorted(set(flat) - {"<unk>"})
    expect(len(kept) == 3,
           f"size=3 should keep three words; {len(kept)} are left: {kept}. <unk> is not one of "
           "the three.")
    expect(kept == ["ant", "big", "you"],
           f"You kept {kept}. ant, big, can and fly occur twice each (ant in one sentence); two of "
           "them fit beside you, and ties go alphabetically: ant and big.")
    wanted = shrink_vocabulary(fresh(TEXT), 3)
    expect_equal(got, wanted, "shrink_vocabulary(text, 3)")
    expect_equal(answer(fresh(TEXT), 99), TEXT, "shrink_vocabulary(text, 99)")
    expect_equal(answer(fresh(TEXT), 0), [["<unk>"] * len(s) for s in TEXT],
                 "shrink_vocabulary(text, 0)")


def _ties_by_appearance(sentences, size):
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = {word for word, _ in counts.most_common(size)}
    return [[w if w in kept else "<unk>" for w in s] for s in sentences]


def _by_sentences(sentences, size):
    counts = Counter(word for sentence in sentences for word in set(sentence))
    kept = set(sorted(counts, key=lambda word: (-counts[word], word))[:size])
    return [[w if w in kept else "<unk>" for w in s] for s in sentences]


def _alphabetical_only(sentences, size):
    kept = sorted({word for sentence in sentences for word in sentence})[:size]
    return [[w if w in kept else "<unk>" for w in s] for s in sentences]


def _in_place(sentences, size):
    kept = set(shrink_vocabulary(sentences, size)[0])
    for sentence in sentences:
        for i, word in enumerate(sentence):
            sentence[i] = word if word in kept else "<unk>"
    return sentences


SHRINK = Exercise(
    "1.4", "Words that were never there", minutes=10, starred=True, check=check_shrink,
    hints=("Count all words first. Then sort them: what is the sorting key if frequent comes "
           "first and ties go alphabetically?",
           "sorted(counts, key=lambda word: (-counts[word], word)) puts them in that order.",
           "Keep the first `size` in a set; build new sentences with word or \"<unk>\"."),
    solution=shrink_vocabulary, right=(_shrink_by_sorting_pairs, _shrink_numpy),
    wrong=(
        Wrong(_ties_by_appearance, "alphabetically"),
        Wrong(lambda sentences, size: shrink_vocabulary(sentences, size - 1), "size=3"),
        Wrong(lambda sentences, size: [[w for w in s if w != "<unk>"] for s in
                                       shrink_vocabulary(sentences, size)], "do not delete"),
        Wrong(_in_place, "changed the sentences"),
        Wrong(lambda sentences, size: sentences, "“dot” occurs once"),
        Wrong(_by_sentences, "in one sentence"),
        Wrong(_alphabetical_only, "Count first"),
        Wrong(lambda sentences, size: [w for s in shrink_vocabulary(sentences, size) for w in s],
              "three sentences"),
    ),
    reread="6 · Two perplexities that cannot be compared",
    moral="Before comparing two perplexities, ask: same text, same vocabulary, same unknown words?",
)


def door_shares(pairs: Counter) -> dict[str, float]:
    """P_doors: for each second word, its share of all doors (a door: a different word before)."""
    doors = {}
    for _, second in pairs:
        doors[second] = doors.get(second, 0) + 1
    return {word: count / len(pairs) for word, count in doors.items()}


def _doors_by_counter(pairs):
    doors = Counter(second for _, second in pairs)
    return {word: count / doors.total() for word, count in doors.items()}


def _doors_by_sets(pairs):
    before = {word: {a for a, b in pairs if b == word} for _, word in pairs}
    total = sum(map(len, before.values()))
    return {word: len(firsts) / total for word, firsts in before.items()}


FRANCISCO = Counter({("san", "francisco"): 40, ("new", "glasses"): 2, ("my", "glasses"): 1,
                     ("reading", "glasses"): 1, ("the", "glasses"): 3, ("the", "san"): 1,
                     ("<s>", "my"): 1, ("glasses", "</s>"): 5, ("glasses", "glasses"): 2})


def check_doors(answer) -> None:
    given = fresh(FRANCISCO)
    got = answer(given)
    expect(given == FRANCISCO, "Your function changed `pairs`. Only look.")
    expect(hasattr(got, "keys"), f"Return a dict, word -> share; you returned {got!r}.")
    expect("francisco" in got and "glasses" in got,
           f"Every second word of a pair must be in the result; yours has {sorted(got)}.")
    expect_not(got["francisco"], 40 / 56, "“francisco” got 40/56: you counted visits. It comes in "
                                          "through one door only, “san”.")
    expect("the" not in got, "“the” is a first word only: no door leads to it here, so it does "
                             "not belong in the result.")
    expect_not(got["glasses"], 5, "Those are doors. Divide by the number of all doors, so that it "
                                  "is a distribution.")
    expect_not(got["glasses"], 5 / 5, "You divided by the number of words. Divide by the number "
                                      "of all doors, 9: then the shares sum to 1.")
    expect_number(got["glasses"], 5 / 9, "the share of “glasses”, which has 5 of the 9 doors,")
    wanted = {"francisco": 1 / 9, "glasses": 5 / 9, "san": 1 / 9, "my": 1 / 9, "</s>": 1 / 9}
    expect(set(got) == set(wanted), f"The words should be {sorted(wanted)}; yours: {sorted(got)}.")
    for word, share in wanted.items():
        expect_number(got[word], share, f"the share of “{word}”")


def _visit_shares(pairs):
    visits = Counter()
    for (_, second), count in pairs.items():
        visits[second] += count
    return {word: count / visits.total() for word, count in visits.items()}


DOORS = Exercise(
    "1.8", "How many doors lead to this word?", minutes=10, starred=False, check=check_doors,
    hints=("“francisco” is frequent, but after how many different words have you seen it?",
           "The keys of `pairs` are different pairs: each key is one door, to its second word.",
           "Count the keys per second word, then divide by the number of keys."),
    solution=door_shares, right=(_doors_by_counter, _doors_by_sets),
    wrong=(
        Wrong(_visit_shares, "you counted visits"),
        Wrong(lambda pairs: dict(Counter(first for first, _ in pairs)), "Every second word"),
        Wrong(lambda pairs: dict(Counter(second for _, second in pairs)), "Those are doors"),
        Wrong(lambda pairs: {w: n / 5 for w, n in
                             Counter(second for _, second in pairs).items()}, "number of words"),
        Wrong(lambda pairs: len({second for _, second in pairs}), "Return a dict"),
        Wrong(lambda pairs: {**dict.fromkeys((first for first, _ in pairs), 0),
                             **door_shares(pairs)}, "first word only"),
    ),
    reread="5 · Ask a shorter context",
    moral="This is the shortest model inside Kneser-Ney, before its own discount.",
)


def leaked_share(train: list[str], test: list[str]) -> float:
    """Share of the test sentences that also stand in `train`, whatever their case and blanks."""
    known = {" ".join(sentence.lower().split()) for sentence in train}
    return sum(" ".join(sentence.lower().split()) in known for sentence in test) / len(test)


def _leaked_by_tokens(train, test):
    known = [tuple(s.lower().split()) for s in train]
    found = 0
    for sentence in test:
        if tuple(sentence.lower().split()) in known:
            found += 1
    return found / len(test)


def _leaked_numpy(train, test):
    def tidy(texts):
        return np.array([" ".join(t.casefold().split()) for t in texts])
    return float(np.isin(tidy(test), tidy(train)).mean())


TRAIN = ["Returns a copy.", "See  also the notes.", "The default is zero.", "It is a tensor.",
         "A view is returned.", "Ignored.", "Not used.", "Deprecated.", "Read only.",
         "May be None.", "No effect.", *["A view is returned."] * 4]
TEST = ["returns a copy.", "See   also the notes.", "See   also the notes.", "a view is returned.",
        "The default is.", "It is a tensor", "A view is returned now.", "This is new.",
        "So is this.", "And this.", "New too."]


def check_leaked(answer) -> None:
    got = answer(list(TRAIN), list(TEST))
    expect_not(got, 4, "That is a number of sentences; a share is asked for. Divide by how many "
                       "test sentences there are.")
    expect_not(got, 4 / 15, "You divided by the training sentences. The question is about the "
                            "test text: 11 sentences.")
    expect_not(got, 7 / 11, "That is the share of the *new* sentences; the leaked ones are asked "
                            "for.")
    for share in (3 / 11, 3 / 10):
        expect_not(got, share, "Each test sentence counts, repetitions too: the model is scored "
                               "on all 11, and “See   also the notes.” stands there twice.")
    for share in (5 / 11, 6 / 11):
        expect_not(got, share, "You counted a sentence that is only *like* a training sentence, "
                               "such as “It is a tensor” or “The default is.”. Compare whole "
                               "sentences, to the last character.")
    expect_not(got, 2 / 11, "You found 2 of the 4 leaked sentences. Two differ in case, two in the "
                            "number of blanks: lower the case *and* make every run of blanks one "
                            "blank, on both sides.")
    expect_not(got, 8 / 11, "“A view is returned.” stands in the training text five times and was "
                            "counted five times. A test sentence has leaked or not.")
    expect_not(got, 0, "You found none. Lower the case and collapse the blanks, on both sides.")
    expect_number(got, 4 / 11, "leaked_share(train, test)")
    expect_number(answer(["a b", "a b", "x"], ["b a", "ab", "a b", "q"]), 0.25,
                  'leaked_share(["a b", "a b", "x"], ["b a", "ab", "a b", "q"])')


def _tidy(text):
    return " ".join(text.lower().split())


LEAKED = Exercise(
    "1.9", "Has the model read the exam?", minutes=10, starred=False, check=check_leaked,
    hints=("When are two sentences the same for a model that lowers case and splits at blanks?",
           "\" \".join(sentence.lower().split()) gives both sides one form.",
           "Put the training sentences into a set, count the test sentences in it, divide by "
           "len(test)."),
    solution=leaked_share, right=(_leaked_by_tokens, _leaked_numpy),
    wrong=(
        Wrong(lambda train, test: sum(_tidy(s) in set(map(_tidy, train)) for s in test),
              "number of sentences"),
        Wrong(lambda train, test: sum(_tidy(s) in set(map(_tidy, train)) for s in test)
              / len(train), "divided by the training"),
        Wrong(lambda train, test: sum(_tidy(s).rstrip(".") in " ".join(map(_tidy, train))
                                      for s in test) / len(test), "only *like*"),
        Wrong(lambda train, test: sum(" ".join(s.split()) in {" ".join(t.split()) for t in train}
                                      for s in test) / len(test), "2 of the 4"),
        Wrong(lambda train, test: sum(_tidy(s) == _tidy(t) for s in test for t in train)
              / len(test), "counted five times"),
        Wrong(lambda train, test: 1 - leaked_share(train, test), "*new* sentences"),
        Wrong(lambda train, test: len({_tidy(s) for s in test} & set(map(_tidy, train)))
              / len(test), "repetitions too"),
        Wrong(lambda train, test: len({_tidy(s) for s in test} & set(map(_tidy, train)))
              / len({_tidy(s) for s in test}), "repetitions too"),
        Wrong(lambda train, test: sum(s in train for s in test) / len(test), "found none"),
        Wrong(lambda train, test: sum(sorted(_tidy(s).split()) in [sorted(_tidy(t).split())
                                      for t in train] for s in test) / len(test), "0.25"),
        Wrong(lambda train, test: sum(s.lower() in [t.lower() for t in train]
                                      for s in test) / len(test), "2 of the 4"),
    ),
    reread="J · A leak, and how sure we are",
    moral="A leak does not need a thief: copied documentation is enough.",
)
