"""How good are links between the words of a sentence and those of its translation?"""

from collections.abc import Iterable, Sequence

from helpers.metrics.checks import refuse_str

Links = Iterable[tuple[int, int]]      # of one sentence: (target place, source place), from 0 on


def alignment_error_rate(found: Sequence[Links], sure: Sequence[Links],
                         possible: Sequence[Links] | None = None) -> float:
    """AER = 1 - (|A & S| + |A & P|) / (|A| + |S|) (Och and Ney 2003), 0 = perfect, 1 = all wrong.

    found (A), sure (S), possible (P): for each sentence its links, pairs (target place, source
    place), in any order. A sure link that is not found costs, a found link that is not possible
    costs; a possible one may be found or not. Sure links are possible, too; possible=None: no
    others are. The links are counted over all sentences.
    Raises ValueError for different numbers of sentences, none at all, a link that is no pair of
    places, a sure link that is not possible, and if there is no link to be judged.
    """
    if possible is None:
        possible = sure
    sides = {"found": found, "sure": sure, "possible": possible}
    kept = {name: _links(sentences, name) for name, sentences in sides.items()}
    if len({len(sentences) for sentences in kept.values()}) > 1:
        counts = ", ".join(f"{name} for {len(sentences)}" for name, sentences in kept.items())
        raise ValueError(f"links {counts} sentences: each sentence needs all of them")
    right = judged = 0
    for place, (a, s, p) in enumerate(zip(*kept.values(), strict=True)):
        if not s <= p:
            raise ValueError(f"sentence {place}: the sure link {min(s - p)} is not among the "
                             "possible ones; these hold the sure ones, too")
        right += len(a & s) + len(a & p)
        judged += len(a) + len(s)
    if not judged:
        raise ValueError(f"no link found and none sure in {len(kept['found'])} sentences: there "
                         "is nothing to judge")
    return 1 - right / judged


def _links(sentences: Sequence[Links], name: str) -> list[set[tuple[int, int]]]:
    """The links of each sentence as a set of pairs of int."""
    refuse_str(sentences, name, "links, one for each sentence")
    return [{_pair(link, f"{name}, sentence {place}") for link in links}
            for place, links in enumerate(sentences)]


def _pair(link: Iterable[int], where: str) -> tuple[int, int]:
    """A link as two int; ValueError, saying where it stands, for anything else."""
    places = list(link) if isinstance(link, Iterable) else []
    if len(places) != 2 or not all(hasattr(p, "__index__") and p >= 0 for p in places):
        raise ValueError(f"{where}: {link!r} is no link (target place, source place), two whole "
                         "numbers from 0 on; hand over a list of links for each sentence")
    return int(places[0]), int(places[1])
