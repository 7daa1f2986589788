"""Exercise 7.13: did test sentences stand in the text that was read?"""

from helpers.exercises.engine import Exercise, Mistake, expect_equal, expect_number


def seen(read: list[list[str]], test: list[list[str]], n: int) -> tuple[float, list[int]]:
    """(share, places): the test sentences that share a run of n words with what was read.

    A run is n words (1 or more) that follow one another within one sentence; capital and small
    letters are the same. A test sentence of fewer than n words cannot be told: it is in neither
    part of the share. places: those of the sentences found, in `test`, from the first on.
    Sentences are lists of words, read may be empty; one test sentence at least is long enough.
    """
    def runs(words):
        small = [word.lower() for word in words]
        return {tuple(small[i:i + n]) for i in range(len(small) - n + 1)}
    known = {run for words in read for run in runs(words)}
    places = [i for i, words in enumerate(test) if runs(words) & known]
    return len(places) / sum(len(words) >= n for words in test), places


def _seen_by_loops(read, test, n):
    """Each run of each test sentence, looked for in every sentence that was read."""
    small = [[word.lower() for word in words] for words in read]
    places, told = [], 0
    for place, words in enumerate(test):
        if len(words) < n:
            continue
        told += 1
        asked = [word.lower() for word in words]
        if any(asked[i:i + n] == other[j:j + n]
               for i in range(len(asked) - n + 1)
               for other in small for j in range(len(other) - n + 1)):
            places.append(place)
    return len(places) / told, places


def _seen_by_shifts(read, test, n):
    """Runs are what n shifted copies of a sentence have side by side."""
    def runs(words):
        lower = " ".join(words).lower().split(" ") if words else []
        return set(zip(*(lower[k:] for k in range(n)), strict=False))
    known = [run for words in read for run in runs(words)]
    found = {i: bool(runs(words).intersection(known)) for i, words in enumerate(test)
             if len(words) >= n}
    return sum(found.values()) / len(found), [i for i in found if found[i]]


WORDS = ("the", "The", "a", "plot", "Plot", "line", "draws", "of", "is", "x")


def _texts(rng) -> tuple:
    """Sentences of few words; a part of one that was read is put into a test sentence at times."""
    n = int(rng.integers(1, 8))
    read, test = ([[str(word) for word in rng.choice(WORDS, rng.integers(0, 9))]
                   for _ in range(rng.integers(least, 7))] for least in (0, 1))
    for words in test:
        if read and rng.random() < 0.35:
            other = read[rng.integers(len(read))]
            start, cut = (int(k) for k in rng.integers(0, [max(len(other), 1), n + 2]))
            place = int(rng.integers(0, len(words) + 1))
            words[place:place] = [w.upper() for w in other[start:start + cut]]
    if max(map(len, test)) < n:
        test.append([str(word) for word in rng.choice(WORDS, n + int(rng.integers(0, 4)))])
    return read, test, n


def _compare(got, wanted, what) -> None:
    """Places as they are, a share but for rounding."""
    (expect_equal if isinstance(wanted, list) else expect_number)(got, wanted, what)


def _runs(words, n):
    return {tuple(words[i:i + n]) for i in range(len(words) - n + 1)}


def _auditing(runs=_runs, alike=str.lower, joined=False, hit=lambda mine, known: mine & known,
              told=lambda test, n: sum(len(words) >= n for words in test)):
    """An answer with other runs, other words, or another number to divide by."""
    def answer(read, test, n):
        texts = [[alike(word) for word in words] for words in read]
        texts = [sum(texts, [])] if joined else texts
        known = set().union(*(runs(words, n) for words in texts))
        places = [i for i, words in enumerate(test)
                  if hit(runs([alike(word) for word in words], n), known)]
        return len(places) / max(told(test, n), 1), places
    return answer


def _short_ones_count_as_they_are(words, n):
    return _runs(words, min(n, max(len(words), 1)))


def _places_of_long_ones(read, test, n):
    return seen(read, [words for words in test if len(words) >= n], n)


def _runs_in_the_test(read, test, n):
    """The share of the runs, not of the sentences."""
    share, places = seen(read, test, n)
    mine = [run for words in test for run in _runs([w.lower() for w in words], n)]
    known = set().union(*(_runs([w.lower() for w in words], n) for words in read))
    return sum(run in known for run in mine) / max(len(mine), 1), places


READ = [["The", "plot", "draws", "a", "line"], ["it", "is", "a", "plot", "of", "x"], ["of", "y"],
        ["A", "line"], ["Subplots", "share", "the", "axes"]]
TEST = [["We", "see", "a", "plot", "of", "y"], ["a", "line"], ["the", "plot", "draws"],
        ["a", "line", "it", "is"], ["draws", "plot", "the"], ["of", "x", "is", "it", "of", "y"],
        ["x", "A", "Plot", "Of"], ["plots", "share", "the", "line"]]
LONG = [["we", "see", "a", "plot", "of", "x", "and", "y"],
        ["we", "see", "a", "plot", "of", "y", "and", "x"],
        ["now", "we", "see", "a", "plot", "of", "x"],
        ["once", "we", "see", "a", "plot", "of", "x", "and", "y"]]
SEEN = Exercise(
    "7.13", "Was the test in the text?", minutes=8, starred=False,
    hints=("Write down all runs of 3 words of \"The plot draws a line\". How many has a sentence "
           "of 5 words, and how many one of 2?",
           "Make the set of all runs of what was read, sentence by sentence, in small letters. A "
           "test sentence is found if one of its own runs is in it.",
           "tuple(words[i:i + n]) for i in range(len(words) - n + 1). Divide by the number of test "
           "sentences of n words or more."),
    solution=seen, right=(_seen_by_loops, _seen_by_shifts), compare=_compare,
    parts=("places", "share"), cases=_texts,
    examples=((READ, TEST, 3), (READ, TEST, 2), (READ, TEST, 4), (READ, TEST, 5), (READ, TEST, 1),
              (READ, TEST[:4], 3), ([], TEST, 2), (READ[2:], TEST, 2), (READ, TEST[1:3], 3),
              (LONG[:1], LONG[1:], 6), (LONG[:1], LONG[1:], 7)),
    mistakes=(
        Mistake(_auditing(alike=str), "A capital letter hides a run with you. Capital and small "
                "letters are the same here: .lower()."),
        Mistake(_auditing(joined=True), "Your runs go on from one sentence into the next: nobody "
                "read them so. Make them sentence by sentence."),
        Mistake(_auditing(told=lambda test, n: len(test)), "You divided by all test sentences. One "
                "of fewer than n words could never be found: it does not count."),
        Mistake(_auditing(told=lambda test, n: sum(len(words) > n for words in test)), "A sentence "
                "of exactly n words has one run: it counts."),
        Mistake(_auditing(runs=_short_ones_count_as_they_are), "Sentences of fewer than n words "
                "have no run of n. You took what they had."),
        Mistake(_auditing(runs=lambda words, n: _runs(words, n) if len(words) > n else set()),
                "Your sentences of exactly n words have no run. They have one: range(len(words) - "
                "n + 1)."),
        Mistake(_auditing(runs=lambda words, n: {tuple(words[i:i + n]) for i in range(
                    max(len(words) - n, 0))}), "The last run is missing: range(len(words) - n + "
                "1)."),
        Mistake(_auditing(runs=lambda words, n: {tuple(words[i:i + n]) for i in range(0, len(
                    words) - n + 1, n)}), "A run begins at every word, not at every n-th one."),
        Mistake(_auditing(runs=lambda words, n: {frozenset(run) for run in _runs(words, n)}),
                "The order counts, and how often a word comes: a run is a tuple, not a set."),
        Mistake(_auditing(runs=lambda words, n: {(word,) for word in words if len(words) >= n}),
                "One word in common is no run of n."),
        Mistake(_auditing(runs=lambda words, n: {tuple(words)} if len(words) >= n else set()),
                "You compared whole sentences. A part is enough: a run of n words."),
        Mistake(_auditing(hit=lambda mine, known: mine and mine <= known), "Not every run must "
                "have been read: one is enough."),
        Mistake(_places_of_long_ones, "Your places count the long sentences only. They are places "
                "in `test`, as it came."),
        Mistake(_runs_in_the_test, "That is a share of runs. Asked for is the share of the "
                "sentences long enough to be told."),
    ),
    reread="L · What was in the text",
    moral="Found is found; not found says nothing of what was read in other words.",
)
