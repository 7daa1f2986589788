"""How near does a translation come to that of a person? BLEU by words, chrF by letters.

One reference for each sentence, as the course's corpora have it.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.metrics.checks import refuse_str

CHRF_ORDER, CHRF_BETA = 6, 2       # n-grams of up to 6 letters; recall counts double


@dataclass(frozen=True)
class Bleu:
    """A BLEU score and what it is made of.

    score: 0 to 100, = 100 * brevity_penalty * geometric mean of the precisions.
    precisions: for n-grams of 1, 2, ... tokens, 0 to 1: the share of the hypotheses' n-grams that
    stand in the reference too; each counts at most as often as it stands there (clipped).
    brevity_penalty: 1 unless the hypotheses are shorter than the references, then
    exp(1 - reference_length / hypothesis_length); 0 for no token at all.
    hypothesis_length, reference_length: tokens, all sentences together.
    """

    score: float
    precisions: tuple[float, ...]
    brevity_penalty: float
    hypothesis_length: int
    reference_length: int


def bleu(hypotheses: Sequence[Sequence[str]], references: Sequence[Sequence[str]],
         max_order: int = 4) -> Bleu:
    """BLEU of a whole corpus (Papineni et al. 2002): n-grams are counted over all sentences.

    hypotheses, references: one list of tokens per sentence, in the same order. Without smoothing:
    a precision of 0 makes the score 0, so a corpus in which no sentence has `max_order` tokens
    scores 0 even against itself. Equal to sacrebleu's corpus_bleu with tokenize="none",
    smooth_method="none".
    Raises ValueError for different numbers of sentences, none at all, a str where the tokens of a
    sentence are wanted, and a max_order that is no whole number from 1 on.
    """
    _check_token_lists(hypotheses, references, max_order)
    matches, totals = _matches(hypotheses, references, max_order)
    precisions = [m / n if n else 0.0 for m, n in zip(matches, totals, strict=True)]
    return _score(precisions, precisions, hypotheses, references)


def sentence_bleu(hypothesis: Sequence[str], reference: Sequence[str], max_order: int = 4) -> Bleu:
    """BLEU of one sentence, smoothed, as sacrebleu's sentence_bleu defines it (tokenize="none").

    One sentence often shares no 4-gram with the other, so: the first precision that would be 0 is
    taken as half a match, the next one as a quarter, and so on (`precisions` shows them so);
    n-grams longer than the hypothesis are left out. With no token in common the score is 0.
    The mean over sentences is not the BLEU of the corpus. Raises ValueError as `bleu` does.
    """
    _check_token_lists([hypothesis], [reference], max_order)
    matches, totals = _matches([hypothesis], [reference], max_order)
    precisions, share = [], 1.0
    for match, total in zip(matches, totals, strict=True):
        if not match:
            share /= 2
        precisions.append((match or share) / total if total and any(matches) else 0.0)
    used = precisions[:max(1, sum(total > 0 for total in totals))]
    return _score(precisions, used, [hypothesis], [reference])


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """chrF2 of a corpus (Popović 2015), 0 to 100: the F-score of character n-grams, n = 1 to 6.

    hypotheses, references: one text per sentence, in the same order; blanks do not count.
    For each n the precision and the recall over all sentences, then their means, then
    F = 5 * precision * recall / (4 * precision + recall). Equal to sacrebleu's corpus_chrf.
    Raises ValueError for different numbers of sentences, none at all, and anything but texts.
    """
    _check_sides(hypotheses, references, "texts, one per sentence")
    for name, texts in (("hypotheses", hypotheses), ("references", references)):
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise ValueError(f"{name}[{place}] is a {type(text).__name__}: chrF reads texts, "
                                 'not tokens; " ".join(tokens) makes one')
    shares = [_precision_and_recall(hypotheses, references, n)
              for n in range(1, CHRF_ORDER + 1)]
    kept = [pair for pair in shares if pair]
    if not any(precision for precision, _ in kept):
        return 0.0
    precision, recall = (sum(column) / len(kept) for column in zip(*kept, strict=True))
    weight = CHRF_BETA ** 2
    return 100 * (1 + weight) * precision * recall / (weight * precision + recall)


def _ngrams(tokens: Sequence, n: int) -> Counter:
    """How often each n-gram stands in a sentence."""
    return Counter(tuple(tokens[i:i + n]) for i in range(len(tokens) - n + 1))


def _matches(hypotheses: Sequence, references: Sequence,
             max_order: int) -> tuple[list[int], list[int]]:
    """For each order up to max_order: the n-grams that match, clipped, and all that there are."""
    matches, totals = [0] * max_order, [0] * max_order
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        for i in range(max_order):
            guessed, wanted = _ngrams(hypothesis, i + 1), _ngrams(reference, i + 1)
            matches[i] += (guessed & wanted).total()      # & takes the smaller of two counts
            totals[i] += guessed.total()
    return matches, totals


def _score(precisions: list[float], used: list[float], hypotheses: Sequence,
           references: Sequence) -> Bleu:
    """Brevity penalty times the geometric mean of the precisions in `used`."""
    length, wanted = sum(map(len, hypotheses)), sum(map(len, references))
    penalty = 1.0 if length >= wanted else math.exp(1 - wanted / length) if length else 0.0
    mean = math.exp(sum(map(math.log, used)) / len(used)) if all(used) else 0.0
    return Bleu(100 * penalty * mean, tuple(precisions), penalty, length, wanted)


def _precision_and_recall(hypotheses: Sequence[str], references: Sequence[str],
                          n: int) -> tuple[float, float] | None:
    """Of character n-grams, over all sentences; None where one side has none."""
    match = guesses = all_wanted = 0
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        guessed, wanted = (_ngrams("".join(t.split()), n) for t in (hypothesis, reference))
        match += (guessed & wanted).total()
        all_wanted += wanted.total()
        if wanted:                  # sacrebleu charges nothing where the reference is too short
            guesses += guessed.total()
    return (match / guesses, match / all_wanted) if guesses and all_wanted else None


def _check_token_lists(hypotheses: Sequence, references: Sequence, max_order: int) -> None:
    _check_sides(hypotheses, references, "lists of tokens, one per sentence")
    for name, sentences in (("hypotheses", hypotheses), ("references", references)):
        for place, tokens in enumerate(sentences):
            refuse_str(tokens, f"{name}[{place}]", "tokens, such as text.split()")
    if not hasattr(max_order, "__index__") or max_order < 1:
        raise ValueError(f"max_order={max_order!r}: the longest n-gram has 1, 2, 3, ... tokens")


def _check_sides(hypotheses: Sequence, references: Sequence, wanted: str) -> None:
    refuse_str(hypotheses, "hypotheses", wanted)
    refuse_str(references, "references", wanted)
    if len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses, {len(references)} references: each "
                         "sentence needs one of both")
    if not len(hypotheses):
        raise ValueError("no sentence to score: at least one is needed")
