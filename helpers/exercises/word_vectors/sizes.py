"""Exercise 2.7: how many numbers the network of 2003 learns, and what one word more costs."""

from helpers.exercises.engine import Exercise, Mistake, expect_number


def numbers_of(V: int, n: int, m: int, h: int, direct: bool) -> tuple[int, int, int]:
    """(total, per_word, per_place): what the network of 2003 learns, and what more would cost.

    total: how many numbers it learns. per_word: how many more if the vocabulary had one word more.
    per_place: how many more if the window had one place more. It learns: for each of V words a row
    of m numbers; a hidden layer of h, which reads the rows of the n - 1 words before, side by
    side, with one bias for each unit; from it a score for each word, with one bias for each word;
    and, only if `direct`, a table from the rows side by side straight to the scores.
    n: 2 or more. h may be 0 if `direct`: then there is no hidden layer.
    """
    side_by_side = (n - 1) * m
    total = V * m + side_by_side * h + h + h * V + V
    per_word, per_place = m + h + 1, m * h
    if direct:
        return total + side_by_side * V, per_word + side_by_side, per_place + m * V
    return total, per_word, per_place


def _total(V, n, m, h, direct):
    width = (n - 1) * m
    shapes = [(V, m), (width, h), (1, h), (h, V), (1, V), (width * direct, V)]
    return sum(rows * columns for rows, columns in shapes)


def _by_counting_again(V, n, m, h, direct):
    total = _total(V, n, m, h, direct)
    return (total, _total(V + 1, n, m, h, direct) - total,
            _total(V, n + 1, m, h, direct) - total)


def _by_collecting(V, n, m, h, direct):
    """As Bengio et al. write it: what is multiplied by V, and what is not."""
    d = int(direct)
    per_word, rest = 1 + m + h + d * (n - 1) * m, h * (1 + (n - 1) * m)
    return [V * per_word + rest, per_word, m * (h + d * V)]


def _network(rng) -> tuple:
    V, n, m, h = (int(x) for x in (rng.integers(2, rng.choice([9, 3000])), rng.integers(2, 8),
                                   rng.integers(1, 70), rng.integers(1, 120)))
    direct = bool(rng.random() < 0.5)
    return V, n, m, 0 if direct and rng.random() < 0.3 else h, direct


def _counting(total=_total, more=None, said=lambda total, word, place: (total, word, place)):
    """An answer with another total, prices by another one, or another end."""
    def answer(*network):
        V, n, m, h, direct = network
        whole, price = total(*network), more or total
        return said(whole, price(V + 1, n, m, h, direct) - price(*network),
                    price(V, n + 1, m, h, direct) - price(*network))
    return answer


def _without(piece):
    """A total that lacks something, or has it twice if piece is negative."""
    return lambda V, n, m, h, direct: _total(V, n, m, h, direct) - piece(V, n, m, h, direct)


NUMBERS = Exercise(
    "2.7", "Count before you run", minutes=8, starred=False,
    hints=("Draw the network: which tables are there, and how many rows and columns has each? "
           "Which of these sizes hold V, and which hold n?",
           "Five tables or vectors, and a sixth if `direct`. The rows of the words are one table "
           "for all places of the window. A price is what is added if V or n grows by one.",
           "Total: V m, (n - 1) m h, h, h V, V, and (n - 1) m V if direct. A word: m + h + 1, and "
           "(n - 1) m. A place: m h, and m V."),
    solution=numbers_of, right=(_by_counting_again, _by_collecting), compare=expect_number,
    parts=("total", "per_word", "per_place"), cases=_network,
    examples=((17_964, 5, 60, 100, True), (17_964, 5, 60, 100, False), (10, 3, 4, 6, True),
              (10, 2, 4, 6, False), (50, 4, 7, 0, True)),
    mistakes=(
        Mistake(_counting(_without(lambda V, n, m, h, direct: -(n - 2) * V * m)), "You gave each "
                "place of the window a table of its own. All places share the rows of the words: "
                "V times m numbers, once."),
        Mistake(_counting(lambda V, n, m, h, direct: _total(V, n + 1, m, h, direct)), "n counts "
                "the word that is guessed as well: the window has n - 1 places."),
        Mistake(_counting(_without(lambda V, n, m, h, direct: h)), "The hidden layer has a bias "
                "for each of its h units."),
        Mistake(_counting(_without(lambda V, n, m, h, direct: V)), "The scores have biases, too: "
                "one for each word."),
        Mistake(_counting(_without(lambda V, n, m, h, direct: h + V)), "Both biases are missing: h "
                "in the hidden layer, V at the scores."),
        Mistake(_counting(_without(lambda V, n, m, h, direct: V * m)), "The rows of the words are "
                "learned as well: that is what one does it for."),
        Mistake(_counting(lambda V, n, m, h, direct: _total(V, n, m, h, True)), "The direct table "
                "is there only if `direct`."),
        Mistake(_counting(lambda V, n, m, h, direct: _total(V, n, m, h, False)), "With `direct` "
                "there is one more table: from the rows side by side to all V scores."),
        Mistake(_counting(lambda V, n, m, h, direct: _total(V, n, m, h, direct) - direct * (
                    n - 2) * m * V), "The direct table reads all n - 1 rows side by side, not "
                "one."),
        Mistake(_counting(lambda V, n, m, h, direct: _total(V, n, m, h, direct) - (n - 2) * m * h),
                "The hidden layer reads all n - 1 rows side by side: (n - 1) m numbers for each of "
                "its units."),
        Mistake(_counting(more=lambda V, n, m, h, direct: _total(V, n, m, h, False)), "The total "
                "is right. The direct table grows too: by (n - 1) m for a word, by m V for a "
                "place."),
        Mistake(_counting(more=lambda V, n, m, h, direct: V * m + (n - 1) * m * h), "The total is "
                "right. A new word is not only a row: it is scored as well, which takes a column "
                "of each table that leads to the scores, and a bias."),
        Mistake(lambda V, n, m, h, direct: (*numbers_of(V, n, m, h, direct)[:2], m * h), "Total "
                "and price of a word are right. A place more makes the direct table longer, too: "
                "by m numbers for each of V words."),
        Mistake(lambda V, n, m, h, direct: (_total(V, n, m, h, direct), m + h + 1,
                                            numbers_of(V, n, m, h, direct)[2]), "Total and price "
                "of a place are right. A word more has a column in the direct table, too: (n - 1) "
                "m numbers."),
        Mistake(_counting(said=lambda total, word, place: (total, word, 2 * place)), "The total is "
                "right. One place more is one row more: count it once."),
        Mistake(_counting(said=lambda total, word, place: (total, total + word, total + place)),
                "These are the totals afterwards. Asked for is how many *more*."),
        Mistake(_counting(said=lambda total, word, place: (total, place, word)), "The prices are "
                "exchanged: first that of a word, then that of a place."),
    ),
    reread="M · The network of 2003 in full",
    moral="A longer window is cheap for a network, unless it is wired to every score.",
)
