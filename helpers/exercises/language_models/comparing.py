"""Exercises 1.4 to 1.6: shrinking vocabularies, what Kneser-Ney counts, leaked sentences."""

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


def continuation_counts(pairs: Counter) -> dict[str, int]:
    """For each second word: how many different words stood before it."""
    before = {}
    for first, second in pairs:
        before.setdefault(second, set()).add(first)
    return {word: len(firsts) for word, firsts in before.items()}


def _continuation_by_counter(pairs):
    return dict(Counter(second for _, second in pairs))


def _continuation_slow(pairs):
    return {word: len({a for a, b in pairs if b == word}) for word in {b for _, b in pairs}}


FRANCISCO = Counter({("san", "francisco"): 40, ("new", "glasses"): 2, ("my", "glasses"): 1,
                     ("reading", "glasses"): 1, ("the", "glasses"): 3, ("the", "san"): 1,
                     ("<s>", "my"): 1, ("glasses", "</s>"): 5})


def check_continuation(answer) -> None:
    got = answer(fresh(FRANCISCO))
    expect(hasattr(got, "keys"), f"Return a dict, word -> number; you returned {got!r}.")
    expect("francisco" in got and "glasses" in got,
           f"Every second word of a pair must be in the result; yours has {sorted(got)}.")
    expect_not(got["francisco"], 40, "“francisco” got 40: you counted occurrences. It stands after "
                                     "one word only, “san”: its continuation count is 1.")
    expect("the" not in got, "“the” is a first word only: nothing stands before it here, so it "
                             "does not belong in the result.")
    expect_not(got["glasses"], 4 / 8, "You returned shares. The counts are asked for; dividing "
                                      "comes later.")
    expect_number(got["francisco"], 1, "the count of “francisco”")
    expect_number(got["glasses"], 4, "the count of “glasses”")
    expect_equal(dict(got), {"francisco": 1, "glasses": 4, "san": 1, "my": 1, "</s>": 1},
                 "continuation_counts(pairs)")


def _by_occurrence(pairs):
    counts = Counter()
    for (_, second), count in pairs.items():
        counts[second] += count
    return dict(counts)


CONTINUATION = Exercise(
    "1.5", "How many doors lead to this word?", minutes=10, starred=False,
    check=check_continuation,
    hints=("“francisco” is frequent, but after how many different words have you seen it?",
           "The keys of `pairs` are different pairs. How often is a word the second of a key?",
           "For each key (first, second): add first to a set that belongs to second; count the "
           "sets."),
    solution=continuation_counts, right=(_continuation_by_counter, _continuation_slow),
    wrong=(
        Wrong(_by_occurrence, "occurrences"),
        Wrong(lambda pairs: dict(Counter(first for first, _ in pairs)), "Every second word"),
        Wrong(lambda pairs: {w: n / len(pairs) for w, n in
                             continuation_counts(pairs).items()}, "shares"),
        Wrong(lambda pairs: len({second for _, second in pairs}), "Return a dict"),
        Wrong(lambda pairs: {**continuation_counts(pairs), **Counter(f for f, _ in pairs)},
              "first word only"),
    ),
    reread="5 · Ask a shorter context",
    moral="This is what Kneser-Ney counts for every order below the highest.",
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
         "A view is returned.", "Ignored.", "Not used."]
TEST = ["returns a copy.", "See also the notes.", "See also the notes.", "The default is.",
        "This is new."]


def check_leaked(answer) -> None:
    got = answer(list(TRAIN), list(TEST))
    expect_not(got, 3, "That is a number of sentences; a share is asked for. Divide by how many "
                       "test sentences there are.")
    expect_not(got, 3 / 7, "You divided by the training sentences. The question is about the test "
                           "text: 5 sentences.")
    expect_not(got, 4 / 5, "“The default is.” was counted, but only a *part* of a training "
                           "sentence looks like it. Compare whole sentences.")
    expect_not(got, 2 / 5, "You found 2 of 3: “returns a copy.” and “Returns a copy.” differ in "
                           "case only, and “See  also” in a blank only. Both count as leaked, and "
                           "so does each repetition.")
    expect_not(got, 2 / 4, "Each test sentence counts, repetitions too: the model is scored on "
                           "all 5.")
    expect_not(got, 1 / 5, "You found 1 of 3. Lower the case *and* collapse the blanks, on both "
                           "sides.")
    expect_not(got, 0, "You found none. Lower the case and collapse the blanks, on both sides.")
    expect_number(got, 0.6, "leaked_share(train, test)")
    expect_number(answer(["a b", "a b", "x"], ["b a", "ab", "a b", "q"]), 0.25,
                  'leaked_share(["a b", "a b", "x"], ["b a", "ab", "a b", "q"])')


def _tidy(text):
    return " ".join(text.lower().split())


LEAKED = Exercise(
    "1.6", "Has the model read the exam?", minutes=10, starred=False, check=check_leaked,
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
                                      for s in test) / len(test), "part* of a training"),
        Wrong(lambda train, test: sum(" ".join(s.split()) in {" ".join(t.split()) for t in train}
                                      for s in test) / len(test), "2 of 3"),
        Wrong(lambda train, test: len({_tidy(s) for s in test} & set(map(_tidy, train)))
              / len({_tidy(s) for s in test}), "repetitions too"),
        Wrong(lambda train, test: sum(s in train for s in test) / len(test), "found none"),
        Wrong(lambda train, test: sum(sorted(_tidy(s).split()) in [sorted(_tidy(t).split())
                                      for t in train] for s in test) / len(test), "0.25"),
        Wrong(lambda train, test: sum(s.lower() in [t.lower() for t in train]
                                      for s in test) / len(test), "1 of 3"),
    ),
    reread="7 · How long a context?",
    moral="A leak does not need a thief: copied documentation is enough.",
)
