"""Exercises 1.4 and 1.9: shrinking vocabularies, leaked sentences."""

from collections import Counter

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number
from helpers.exercises.language_models import _drawing

TEXT = [["you", "big", "fly"], ["you", "fly", "can"], ["ant", "you", "ant", "can", "big", "dot"]]


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


def _random_text(rng):
    flat = _drawing.words(rng, most=16, lower=True)
    cuts = np.sort(rng.integers(0, len(flat) + 1, rng.integers(0, 5)))
    sentences = [flat[i:j] for i, j in zip([0, *cuts], [*cuts, len(flat)], strict=True)]
    return sentences, int(rng.integers(0, 6))


def _keeping(kept):
    """An answer that keeps the words kept(sentences, size) says."""
    return lambda sentences, size: [[word if word in set(kept(sentences, size)) else "<unk>"
                                     for word in sentence] for sentence in sentences]


def _ranked(count):
    """Keeps the `size` first by count(sentences), ties alphabetical."""
    def kept(sentences, size):
        counts = Counter(count(sentences))
        return sorted(counts, key=lambda word: (-counts[word], word))[:size]
    return _keeping(kept)


def _in_place(sentences, size):
    for sentence, shrunk in zip(sentences, shrink_vocabulary(sentences, size), strict=True):
        sentence[:] = shrunk
    return sentences


SHRINK = Exercise(
    "1.4", "Words that were never there", minutes=10, starred=True,
    hints=("Count all words first. Then sort them: what is the sorting key if frequent comes "
           "first and ties go alphabetically?",
           "sorted(counts, key=lambda word: (-counts[word], word)) puts them in that order.",
           "Keep the first `size` in a set; build new sentences with word or \"<unk>\"."),
    solution=shrink_vocabulary, right=(_shrink_by_sorting_pairs, _shrink_numpy),
    examples=((TEXT, 3), (TEXT, 99), (TEXT, 0), ([["b", "ab"], [], ["ab", "b", "c"]], 1)),
    cases=_random_text,
    mistakes=(
        Mistake(_in_place, "Your function changed the sentences it was given. Build new lists: "
                "the caller still needs the old ones."),
        Mistake(lambda sentences, size: sentences, "Nothing became <unk>, yet “dot” is too rare."),
        Mistake(lambda sentences, size: [[word for word in sentence if word != "<unk>"]
                                         for sentence in shrink_vocabulary(sentences, size)],
                "Replace rare words by <unk>, do not delete them: they keep their place."),
        Mistake(lambda sentences, size: sum(shrink_vocabulary(sentences, size), []),
                "Return a list of sentences, each a list of words, as they came in."),
        Mistake(lambda sentences, size: [" ".join(s) for s in shrink_vocabulary(sentences, size)],
                "Each sentence must be a list of words, as it came in, not one text."),
        Mistake(lambda sentences, size: shrink_vocabulary(sentences, max(size - 1, 0)),
                "You kept a word too few. <unk> is not one of the `size` words."),
        Mistake(_keeping(lambda sentences, size: [word for word, _ in Counter(
                    sum(sentences, [])).most_common(size)]),
                "You kept the tied words that came first in the text. Ties go alphabetically: of "
                "ant, big, can and fly, twice each, ant and big fit in beside you."),
        Mistake(_keeping(lambda sentences, size: sorted(set(sum(sentences, [])), key=lambda word: (
                    sum(sentences, []).count(word), word))[::-1][:size]),
                "Among equally frequent words yours are the last of the alphabet: [::-1] or "
                "reverse=True turns the ties round too. Sort by (-count, word)."),
        Mistake(_ranked(lambda sentences: sum(map(list, map(set, sentences)), [])),
                "You counted in how many sentences a word stands. Count each time: ant stands "
                "twice in one sentence."),
        Mistake(_ranked(lambda sentences: set(sum(sentences, []))),
                "“you” is the most frequent word, and it is gone. Count first."),
    ),
    reread="5 · What a score means",
    moral="Before comparing two perplexities, ask: same text, same vocabulary, same unknown words?",
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


def _random_texts(rng):
    pool = [_drawing.words(rng, most=3, least=1, lower=True) for _ in range(6)]

    def text() -> str:
        drawn = [str(word) for word in pool[rng.integers(6)]]
        joined = (" " * int(rng.integers(1, 3))).join(drawn)
        return (joined, joined.upper(), f" {joined}", f"{joined} ")[rng.integers(4)]
    return [text() for _ in range(rng.integers(0, 7))], [text() for _ in range(rng.integers(1, 7))]


def _tidy(text):
    return " ".join(text.lower().split())


def _known(test_in_train, tidy=_tidy):
    """Share of the test sentences, made tidy, of which test_in_train(sentence, train) holds."""
    return lambda train, test: sum(test_in_train(tidy(sentence), [tidy(s) for s in train])
                                   for sentence in test) / len(test)


def _stands(sentence, train):
    return sentence in train


LIKE = ("You counted a sentence that is only *like* a training sentence, such as “It is a tensor” "
        "or “The default is.”. Compare whole sentences, to the last character.")
TWICE = ("Each test sentence counts, repetitions too: the model is scored on all of them, and "
         "“See   also the notes.” stands there twice.")
LEAKED = Exercise(
    "1.9", "Has the model read the exam?", minutes=10, starred=False,
    hints=("When are two sentences the same for a model that lowers case and splits at blanks?",
           "\" \".join(sentence.lower().split()) gives both sides one form.",
           "Put the training sentences into a set, count the test sentences in it, divide by "
           "len(test)."),
    solution=leaked_share, right=(_leaked_by_tokens, _leaked_numpy), compare=expect_number,
    examples=((TRAIN, TEST), (["a b", "a b", "x"], ["b a", "b a", "ab", "a b", "q"]),
              (["a b a"], ["a b", " a b a"]),
              (["x", "a b"], ["x", "x y", "a b c", "c a b", "a", "b"])),
    cases=_random_texts,
    mistakes=(
        Mistake(lambda train, test: leaked_share(train, test) * len(test), "That is a number of "
                "sentences; a share is asked for. Divide by how many test sentences there are."),
        Mistake(lambda train, test: leaked_share(train, test) * len(test) / max(len(train), 1),
                "You divided by the training sentences. The question is about the test text."),
        Mistake(lambda train, test: leaked_share(train, test) // 1,
                "// throws the fraction away: a share of less than 1 becomes 0. Divide with /."),
        Mistake(lambda train, test: 1 - leaked_share(train, test),
                "That is the share of the *new* sentences; the leaked ones are asked for."),
        Mistake(lambda train, test: len({*map(_tidy, test)} & {*map(_tidy, train)}) / len(test),
                TWICE),
        Mistake(lambda train, test: leaked_share(train, sorted({*map(_tidy, test)})), TWICE),
        Mistake(_known(lambda sentence, train: any(sentence in known for known in train)), LIKE),
        Mistake(_known(lambda sentence, train: any(known in sentence for known in train)), LIKE),
        Mistake(_known(_stands, tidy=lambda text: _tidy(text).rstrip(".")), LIKE),
        Mistake(_known(_stands, tidy=lambda text: " ".join(text.split())),
                "Some leaked sentences differ in case: lower it, on both sides."),
        Mistake(_known(_stands, tidy=str.lower), "Some leaked sentences differ in the number of "
                "blanks: make every run of blanks one blank, on both sides."),
        Mistake(_known(_stands, tidy=str), "You compared the sentences as they are. Lower the case "
                "*and* make every run of blanks one blank, on both sides."),
        Mistake(_known(lambda sentence, train: train.count(sentence)),
                "“A view is returned.” stands in the training text five times and was counted five "
                "times. A test sentence has leaked or not."),
        Mistake(_known(lambda sentence, train: sorted(sentence.split()) in [
                    sorted(known.split()) for known in train]),
                "The same words in another order are another sentence: “b a” is not “a b”."),
        Mistake(_known(lambda sentence, train: set(sentence.split()) in [
                    set(known.split()) for known in train]),
                "You compared sets of words. Their order and repetitions count too: “a b” is "
                "neither “b a” nor “a b a”."),
        Mistake(_known(_stands, tidy=lambda text: text.lower().replace(" ", "")),
                "You took all blanks out. “ab” is not “a b”: leave one blank between words."),
    ),
    reread="J · A leak, and how sure we are",
    moral="A leak does not need a thief: copied documentation is enough.",
)
