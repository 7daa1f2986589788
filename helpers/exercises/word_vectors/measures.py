"""Exercises 2.12 and 2.13: a row for a word never seen, and the side to which words lean."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number


def vector_of(word: str, table: dict[str, np.ndarray], shortest: int, longest: int) -> np.ndarray:
    """The mean of the rows of a word's pieces, (d,); zeros if none of them has a row.

    The word gets a mark at each end, "<cat>". Its pieces: all stretches of `shortest` to `longest`
    characters, the marks included ("<ca", "cat", "at>" and so on), and the whole of it. A piece
    counts once, however often it stands there.
    table: piece -> row (d,), not empty. Pieces without a row are left out of the mean.
    shortest: 2 or more. longest: the same or more, perhaps more than the word has.
    """
    marked = f"<{word}>"
    pieces = {marked}
    for n in range(shortest, longest + 1):
        pieces |= {marked[i:i + n] for i in range(len(marked) - n + 1)}
    rows = [table[piece] for piece in pieces if piece in table]
    return np.mean(rows, axis=0) if rows else np.zeros(len(next(iter(table.values()))))


def _from_the_table(word, table, shortest, longest):
    marked = "<" + word + ">"
    rows = np.array(list(table.values()))
    known = [piece == marked or shortest <= len(piece) <= longest and piece in marked
             for piece in table]
    return rows[known].sum(axis=0) / max(sum(known), 1)


def _by_ends(word, table, shortest, longest):
    marked, total, found = f"<{word}>", 0 * next(iter(table.values())), []
    for start in range(len(marked)):
        for end in range(start + 1, len(marked) + 1):
            piece = marked[start:end]
            right = shortest <= end - start <= longest or piece == marked
            if right and piece in table and piece not in found:
                found.append(piece)
                total = total + table[piece]
    return total / len(found) if found else total


def _stretches(marked, shortest, longest):
    """All of them, in order, repetitions included."""
    return [marked[i:i + n] for n in range(shortest, longest + 1)
            for i in range(len(marked) - n + 1)]


def _word(rng) -> tuple:
    """Words of few letters, so that pieces repeat; a table with most pieces, or with none."""
    word = "".join(rng.choice([*"banA"], rng.integers(1, 9)))
    shortest = int(rng.integers(2, 5))
    longest = shortest + int(rng.integers(0, 4))
    marked = f"<{word}>"
    pieces = dict.fromkeys([marked, *_stretches(marked, 1, 8), word, word[::-1], "zz", "<z"])
    share, d = float(rng.choice([0.0, 0.3, 0.7, 1.0])), int(rng.integers(1, 4))
    table = {str(piece): rng.normal(size=d).round(2) for piece in pieces if rng.random() < share}
    others = [piece for piece in table if piece == marked or shortest <= len(piece) <= longest]
    if rng.random() < 0.15:
        table = {piece: row for piece, row in table.items() if piece not in others}
    return word, table or {"zzz": rng.normal(size=d).round(2)}, shortest, longest


def _cutting(marked=lambda word: f"<{word}>", cut=_stretches, whole=lambda marked: [marked],
             once=lambda pieces: list(dict.fromkeys(pieces)),
             mean=lambda rows, pieces: np.mean(rows, axis=0),
             none=lambda d: np.zeros(d)):
    """An answer that marks, cuts, counts or averages otherwise."""
    def answer(word, table, shortest, longest):
        text = marked(word)
        pieces = once([*cut(text, shortest, longest), *whole(text)])
        rows = [table[piece] for piece in pieces if piece in table]
        return mean(rows, pieces) if rows else none(len(next(iter(table.values()))))
    return answer


def _sides_marked(word, table, shortest, longest):
    """The marks are put on each piece."""
    pieces = {f"<{piece}>" for piece in [*_stretches(word, shortest, longest), word]}
    rows = [table[piece] for piece in pieces if piece in table]
    return np.mean(rows, axis=0) if rows else np.zeros(len(next(iter(table.values()))))


PIECES_OF = {piece: np.array([float(x), float(y)]) for piece, x, y in (
    ("<ba", 1, 2), ("ban", 3, -1), ("ana", 2, 2), ("nan", -1, 0), ("na>", 0, 5), ("<ban", 4, 1),
    ("anan", -2, 3), ("ana>", 6, 1), ("<banana>", 1, -4), ("banana", 8, 8), ("an", 0, -7),
    ("<b", 5, -3), ("<a>", 2, -9), ("bana", 1, 1), ("<an", -3, 2), ("<ban>", 7, -2),
    ("anana", 0, 9), ("a", -6, 4), ("nana", 3, 7), ("<ana>", 9, 0))}
PIECES = Exercise(
    "2.12", "Pieces of a word", minutes=10, starred=False,
    hints=("Cut \"<ban>\" by hand into pieces of 3 and 4 characters. What does \"banana\" have "
           "twice? And what is the mean of no rows?",
           "A set takes care of repetitions, also of a short word that is a piece itself. Keep "
           "only what stands in the table, and divide by how many are *kept*.",
           "marked[i:i + n] for i in range(len(marked) - n + 1), for n in range(shortest, longest "
           "+ 1), and `marked` itself; then np.mean(rows, axis=0) if rows else zeros."),
    solution=vector_of, right=(_from_the_table, _by_ends), compare=expect_close, cases=_word,
    examples=(("banana", PIECES_OF, 3, 4), ("banana", PIECES_OF, 3, 3), ("a", PIECES_OF, 3, 5),
              ("ban", PIECES_OF, 3, 5), ("ana", PIECES_OF, 4, 5), ("xyz", PIECES_OF, 3, 5),
              ("anna", PIECES_OF, 2, 3), ("banana", PIECES_OF, 4, 9), ("ban", PIECES_OF, 6, 7)),
    mistakes=(
        Mistake(_cutting(marked=lambda word: word, whole=lambda word: [f"<{word}>"]), "The pieces "
                "were cut without the marks. \"<ba\" at the beginning is another piece than "
                "\"ba\" in the middle."),
        Mistake(_cutting(marked=lambda word: word), "The marks are missing: cut \"<word>\"."),
        Mistake(_cutting(marked=lambda word: f"<{word}"), "The mark at the end is missing."),
        Mistake(_sides_marked, "You put marks on each piece. Only the word gets them, before it is "
                "cut."),
        Mistake(_cutting(whole=lambda marked: []), "The whole word, with its marks, is a piece as "
                "well, however long it is."),
        Mistake(_cutting(whole=lambda marked: [marked[1:-1]]), "The whole word is a piece with its "
                "marks, not without them."),
        Mistake(_cutting(once=list), "A piece that stands there twice counts once, also a whole "
                "word that is short enough to be cut out as a piece."),
        Mistake(_cutting(cut=lambda marked, shortest, longest: list(dict.fromkeys(_stretches(
                    marked, shortest, longest))), once=list), "A short word is one of its own "
                "pieces: then the whole of it counts twice here. Once is right."),
        Mistake(_cutting(cut=lambda marked, shortest, longest: _stretches(
                    marked, shortest, longest - 1)), "range(shortest, longest) ends too early: "
                "pieces of `longest` characters belong to it."),
        Mistake(_cutting(cut=lambda marked, shortest, longest: [
                    piece[:n] for n in range(shortest, longest + 1)
                    for piece in [marked[i:i + n] for i in range(len(marked) - n)]]), "The last "
                "piece of each length is missing, the one with the end mark."),
        Mistake(_cutting(cut=lambda marked, shortest, longest: [
                    marked[i:i + n] for n in range(shortest, longest + 1)
                    for i in range(0, len(marked) - n + 1, n)]), "Pieces overlap: a new one begins "
                "at every character."),
        Mistake(_cutting(mean=lambda rows, pieces: np.sum(rows, axis=0)), "That is the sum. Long "
                "words would have long rows: take the mean."),
        Mistake(_cutting(mean=lambda rows, pieces: np.sum(rows, axis=0) / len(pieces)), "You "
                "divided by all pieces. Those without a row are left out of the mean: divide by "
                "how many have one."),
        Mistake(_cutting(mean=lambda rows, pieces: np.mean(rows)), "That is one number. The mean "
                "is taken over the pieces, for each of the d columns: axis=0."),
        Mistake(_cutting(none=lambda d: np.full(d, np.nan)), "The mean of no rows is nan. Where no "
                "piece has a row, the answer is zeros."),
    ),
    reread="K · Words never seen",
    moral="A word that was never seen is made of pieces that were.",
)


def leaning(vectors: dict[str, np.ndarray], X: list[str], Y: list[str], A: list[str], B: list[str]
            ) -> float:
    """How much more the words of X lean to A, rather than B, than the words of Y do.

    A word leans by its mean cosine with the words of A, less its mean cosine with those of B.
    The answer: the mean lean of X less the mean lean of Y, in units of the standard deviation
    (np.std) of the leans of all words of X and Y together. (Caliskan et al. 2017 call it d.)
    vectors: word -> row (d,), not zeros, of any length, perhaps of more words. X and Y, A and B:
    one word or more, of different numbers perhaps; X and Y share none, and not all lean alike.
    """
    unit = {word: row / np.linalg.norm(row) for word, row in vectors.items()}

    def lean(word):
        return (np.mean([unit[word] @ unit[a] for a in A])
                - np.mean([unit[word] @ unit[b] for b in B]))
    of_X, of_Y = [lean(x) for x in X], [lean(y) for y in Y]
    return (np.mean(of_X) - np.mean(of_Y)) / np.std(of_X + of_Y)


def _leaning_by_one_direction(vectors, X, Y, A, B):
    """A mean of cosines is a product with the mean of rows of length 1: one direction for all."""
    def unit(words):
        rows = np.stack([vectors[word] for word in words])
        return rows / np.sqrt((rows ** 2).sum(axis=1, keepdims=True))
    direction = unit(A).mean(axis=0) - unit(B).mean(axis=0)
    leans = unit([*X, *Y]) @ direction
    return (leans[:len(X)].mean() - leans[len(X):].mean()) / leans.std()


def _leaning_in_sums(vectors, X, Y, A, B):
    def cosine(one, other):
        u, v = vectors[one], vectors[other]
        return sum(u * v) / (sum(u * u) * sum(v * v)) ** 0.5
    leans = {w: sum(cosine(w, a) for a in A) / len(A) - sum(cosine(w, b) for b in B) / len(B)
             for w in [*X, *Y]}
    middle = sum(leans.values()) / len(leans)
    spread = (sum((lean - middle) ** 2 for lean in leans.values()) / len(leans)) ** 0.5
    return sum(leans[x] for x in X) / len(X) / spread - sum(leans[y] for y in Y) / len(Y) / spread


def _lists(rng) -> tuple:
    """Rows of all lengths; lists of different lengths; words that nobody asks about."""
    known = [f"{beginning}{end}" for beginning in ("rose", "Rose", "ros", "wasp") for end in (
        "", "s", "bud", "buds", "like", "ate")]
    while True:
        d, names = int(rng.integers(2, 7)), [str(word) for word in rng.permutation(known)]
        rows = rng.normal(size=(len(names), d)) * np.exp(rng.normal(0, 1, (len(names), 1)))
        vectors = dict(zip(sorted(names), rows.round(2), strict=True))
        lists = [names[at:at + rng.integers(1, 7)] for at in (0, 6, 12, 18)]
        if min(map(np.linalg.norm, vectors.values())) > 0.05:
            leans = [_lean(vectors, word, *lists[2:]) for word in lists[0] + lists[1]]
            if np.std(leans) > 0.05:
                return vectors, *lists


def _cosine(u, v):
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))


def _lean(vectors, word, A, B, like=_cosine):
    return np.mean([like(vectors[word], vectors[a]) for a in A]) - np.mean(
        [like(vectors[word], vectors[b]) for b in B])


def _measuring(lean=_lean, spread=lambda of_X, of_Y: np.std(of_X + of_Y),
               middle=np.mean):
    """An answer with another lean, another spread or another mean."""
    def answer(vectors, X, Y, A, B):
        of_X, of_Y = ([lean(vectors, word, A, B) for word in words] for words in (X, Y))
        return (middle(of_X) - middle(of_Y)) / spread(of_X, of_Y)
    return answer


def _by_mean_rows(vectors, word, A, B):
    return _cosine(vectors[word], np.mean([vectors[a] for a in A], axis=0)) - _cosine(
        vectors[word], np.mean([vectors[b] for b in B], axis=0))


GIVEN = {"rose": [2.0, 0.5, 0.1], "tulip": [0.5, 0.3, -0.2], "ant": [0.1, 1.0, 0.8],
         "wasp": [-1.0, 3.0, 1.0], "fly": [0.4, 0.2, 0.9], "good": [1.0, 0.0, 0.2],
         "nice": [4.0, 2.0, 0.5], "bad": [0.0, 0.6, 0.5], "nasty": [-0.3, 1.0, 2.0],
         "the": [5.0, 5.0, 5.0]}
GIVEN = {word: np.array(row) for word, row in GIVEN.items()}
FLOWERS, INSECTS, PLEASANT, UNPLEASANT = (
    ["rose", "tulip"], ["ant", "wasp", "fly"], ["good", "nice"], ["bad", "nasty"])
LEANING = Exercise(
    "2.13", "Which side?", minutes=8, starred=False,
    hints=("Begin with one word: how near is it to the words of A, how near to those of B, both as "
           "a mean of cosines? Then write a small function for it.",
           "Leans of X in one list, leans of Y in another. The spread is that of *both lists put "
           "together*: it holds the difference between them as well.",
           "(np.mean(of_X) - np.mean(of_Y)) / np.std(of_X + of_Y), where of_X and of_Y are lists "
           "and + puts them together."),
    solution=leaning, right=(_leaning_by_one_direction, _leaning_in_sums), compare=expect_number,
    cases=_lists,
    examples=((GIVEN, FLOWERS, INSECTS, PLEASANT, UNPLEASANT),
              (GIVEN, INSECTS, FLOWERS, UNPLEASANT[:1], PLEASANT),
              (GIVEN, ["rose"], ["the", "ant"], PLEASANT, ["nasty", "bad", "fly"]),
              (GIVEN, ["ant", "the", "fly"], ["tulip"], ["good"], ["nasty"])),
    mistakes=(
        Mistake(_measuring(lambda vectors, word, A, B: _lean(
                    vectors, word, A, B, like=np.dot)), "You took dot products. So the long rows "
                "of frequent words decide: divide by both lengths."),
        Mistake(_measuring(_by_mean_rows), "You averaged the rows and took one cosine. In a mean "
                "of rows a long one outweighs the others: take the cosines first, then their "
                "mean."),
        Mistake(_measuring(spread=lambda of_X, of_Y: 1.0), "The difference is right. It is asked "
                "for in units of the spread: divide by the standard deviation."),
        Mistake(_measuring(spread=lambda of_X, of_Y: np.var(of_X + of_Y)), "You divided by the "
                "variance. The standard deviation is its root."),
        Mistake(_measuring(spread=lambda of_X, of_Y: np.std(of_X + of_Y, ddof=1)), "That is the "
                "standard deviation with n - 1. np.std divides by n."),
        Mistake(_measuring(spread=lambda of_X, of_Y: (np.std(of_X) + np.std(of_Y)) / 2 or 1),
                "You took the spread of each list by itself. It is that of all words together."),
        Mistake(_measuring(spread=lambda of_X, of_Y: np.std(of_X) or 1), "You took the spread of X "
                "only. It is that of the words of X and Y together."),
        Mistake(_measuring(middle=np.sum), "You added the leans up. The lists need not be of one "
                "length: take means."),
        Mistake(_measuring(lambda vectors, word, A, B: np.sum(
                    [_cosine(vectors[word], vectors[a]) for a in A]) - np.sum(
                    [_cosine(vectors[word], vectors[b]) for b in B])), "You added the cosines up. "
                "The longer of the lists A and B has more to add: take means."),
        Mistake(_measuring(lambda vectors, word, A, B: np.mean(
                    [_cosine(vectors[word], vectors[a]) for a in A])), "You asked only how near "
                "the words are to A. What they have to do with B is taken off."),
        Mistake(_measuring(lambda vectors, word, A, B: max(
                    _cosine(vectors[word], vectors[a]) for a in A) - max(
                    _cosine(vectors[word], vectors[b]) for b in B)), "You took the nearest word of "
                "each list. Asked for is the mean over all of them."),
        Mistake(lambda vectors, X, Y, A, B: leaning(vectors, Y, X, A, B), "The sign is turned "
                "round: above 0 it should be if X leans to A."),
        Mistake(lambda vectors, X, Y, A, B: abs(leaning(vectors, X, Y, A, B)), "The sign is gone. "
                "It tells which of the lists leans to which side."),
        Mistake(lambda vectors, X, Y, A, B: np.mean([_lean(vectors, x, A, B) for x in X]), "That "
                "is how X leans by itself. Y is there to compare with."),
    ),
    reread="J · What a text associates",
    moral="The number speaks of the text and of four lists that somebody chose, not of flowers.",
)
