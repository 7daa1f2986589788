"""How surprised is a language model? Surprisal, entropy, perplexity, bits per character.

Everything is in nats (natural logarithm) unless a name says bits; 1 bit = log 2 nats = 0.693 nats.
"""

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from helpers.metrics.checks import refuse_str

TOO_MANY = 0.75         # share of unknown words from which on a perplexity is a warning
UNICODE_CHARACTERS = 1_112_064      # code points that can stand in a text (surrogates excluded)


def bits(nats: float) -> float:
    """Convert nats to bits: divide by log 2."""
    return nats / math.log(2)


def check_distribution(probabilities: Sequence[float], what: str = "the row") -> np.ndarray:
    """Return float64 (V,) if it is a probability distribution; ValueError in words if not."""
    row = np.asarray(probabilities, dtype=float)
    if row.ndim != 1 or not len(row):
        raise ValueError(f"{what} has shape {row.shape}; a distribution is one non-empty row")
    if np.isnan(row).any() or (row < 0).any():
        raise ValueError(f"{what} holds {row[np.isnan(row) | (row < 0)][0]}: not a probability")
    if abs(row.sum() - 1) > 1e-6:
        raise ValueError(f"{what} sums to {row.sum():.6f}, not to 1: divide it by its sum")
    return row


def perplexity(surprisals: Iterable[float]) -> float:
    """exp(mean surprisal in nats per token). 1 = certain, V = as unsure as a V-sided die.

    An infinite surprisal gives inf. Raises ValueError for no token at all, a NaN or a negative
    surprisal (a probability above 1).
    """
    refuse_str(surprisals, "surprisals", "numbers, one per token")
    values = np.fromiter(surprisals, dtype=float)
    if not len(values):
        raise ValueError("no surprisals: perplexity is a mean over at least one token")
    if np.isnan(values).any() or (values < -1e-9).any():
        raise ValueError("a surprisal is NaN or negative: surprisal is -log p with 0 <= p <= 1")
    mean = float(values.mean())
    return math.exp(mean) if mean < 700 else math.inf


def unknown_in_words(share: float, of: str = "the words") -> str:
    """What stands beside each word perplexity: how many of the words are unknown to the model.

    "" if none is; a warning from three quarters on, as <unk> is easy to foresee, and a model that
    knows next to nothing looks good. share: 0 to 1, see `unknown_share` of a counting model.
    Raises ValueError for a share that is none.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share}: a share of unknown words is between 0 and 1")
    said = f"{'less than 1%' if share < 0.01 else f'{share:.0%}'} of {of} are unknown to the model"
    if share >= TOO_MANY:
        return (f"Warning: {said}. It foresees little but <unk>, so this perplexity says next to "
                "nothing about the text.")
    return f"{said[0].upper()}{said[1:]}." if share else ""


def entropy(p: Sequence[float]) -> float:
    """H(p) = -sum p log p, in nats: the mean surprisal when p is true and known."""
    row = check_distribution(p)
    kept = row[row > 0]
    return float(0 - (kept * np.log(kept)).sum())               # 0 - 0 is 0, where -0.0 is not


def cross_entropy(p: Sequence[float], q: Sequence[float]) -> float:
    """H(p, q) = -sum p log q, in nats: the mean surprisal of a model q in a world p.

    inf where q says 0 and p does not. Raises ValueError if the two differ in length.
    """
    true, model = check_distribution(p, "p"), check_distribution(q, "q")
    if len(true) != len(model):
        raise ValueError(f"p has {len(true)} entries, q has {len(model)}")
    happens = true > 0
    with np.errstate(divide="ignore"):
        return float(0 - (true[happens] * np.log(model[happens])).sum())


def kl_divergence(p: Sequence[float], q: Sequence[float]) -> float:
    """KL(p || q) = H(p, q) - H(p) >= 0, in nats: what it costs to believe q in a world p."""
    return max(cross_entropy(p, q) - entropy(p), 0.0)        # rounding may fall below 0


def expected_cross_entropy(source, next_probs: Callable, length: int) -> float:
    """Exact mean surprisal (nats per word) of a model on a source, over all stationary contexts.

    source: a corpora.MarkovSource of order 2. next_probs(context: list[str]) -> (V,) over
    source.words; it may sum to less than 1 (the rest is what the model wastes on other tokens).
    length: how many words of context the model looks at, 0 or more. No sample, so no luck:
    the result is never below source.entropy_rate().
    Raises ValueError for a length that is no whole number from 0 on, and a row that does not
    give a probability to each word of the source.
    """
    if not hasattr(length, "__index__") or length < 0:
        raise ValueError(f"length={length!r}: a model looks back at 0, 1, 2, ... words")
    seen = max(length, 2)
    contexts, total = source.context_probs(seen), 0.0
    for place in np.argwhere(contexts > 0):
        context = [source.words[i] for i in place]
        true = source.next_probs(context[-2:])
        row = np.asarray(next_probs(context[seen - length:]), dtype=float)
        if row.shape != true.shape or not ((row >= 0).all() and row.sum() <= 1 + 1e-6):
            raise ValueError(f"next_probs gave a row {row.shape} with the sum {row.sum():.6g}: "
                             f"needed are {len(true)} probabilities, one for each word, sum <= 1")
        with np.errstate(divide="ignore"):
            surprisal = -np.log(row)
        total += contexts[tuple(place)] * float((true[true > 0] * surprisal[true > 0]).sum())
    return total


def characters_scored(text: str) -> int:
    """Length of a sentence in code points, its end counted as one more (the line break).

    Counted in NFC, as `tokenizers.characters` cuts: an accent typed apart is no character more.

    Raises ValueError for anything but a str.
    """
    if not isinstance(text, str):
        raise ValueError(f"a {type(text).__name__} has no number of characters: hand over the "
                         "text, not its tokens")
    return len(unicodedata.normalize("NFC", text)) + 1


def bits_per_character(model, texts: Iterable[str],
                       tokenize: Callable[[str], list] | None = None) -> float:
    """Bits per character over an open vocabulary: total surprisal / characters, ends included.

    model: anything with token_log_probs in nats: of the tokens that `tokenize` makes (a counting
    model), or of the text itself (tokenize=None: a neural.NeuralLM). A character that the model
    does not know costs its <unk> *plus* the choice among all Unicode characters, so that no model
    gains by knowing less. The cutting must lose nothing: characters or byte-level BPE, not words.
    Raises ValueError for no text, for one str, and where a text or a list of tokens is wanted and
    something else comes.
    """
    refuse_str(texts, "texts", "texts, even for one: [text]")
    kept = list(texts)
    if not kept:
        raise ValueError("no text to score: bits per character needs at least one sentence")
    characters = sum(characters_scored(text) for text in kept)
    sentences = [tokenize(text) for text in kept] if tokenize else kept
    nats = -sum(sum(row) for row in all_log_probs(model, sentences))
    nats += sum(len(model.unknown(s)) for s in sentences) * math.log(UNICODE_CHARACTERS)
    return bits(nats / characters)


def all_log_probs(model, sentences: Sequence) -> list[list[float]]:
    """token_log_probs of many sentences; at once if the model can (`batch_log_probs`).

    sentences: what the model reads: lists of tokens (a counting model) or texts (a NeuralLM).
    Raises ValueError if `sentences` is one str.
    """
    refuse_str(sentences, "sentences", "sentences")
    sentences = list(sentences)
    at_once = getattr(model, "batch_log_probs", None)
    return at_once(sentences) if at_once else [model.token_log_probs(s) for s in sentences]


def mixed_log_probs(first: Sequence[float], second: Sequence[float], weight: float) -> np.ndarray:
    """Two models mixed: log(weight * exp(first) + (1 - weight) * exp(second)), entry by entry.

    first, second: log-probabilities in nats of the same tokens. Raises ValueError for a weight
    outside 0..1, unequal lengths, or numbers that are no log-probabilities.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if not 0 <= weight <= 1 or one.shape != two.shape:
        raise ValueError(f"weight={weight} for tokens {one.shape} and {two.shape}: a share is "
                         "between 0 and 1, and both models must have scored the same tokens")
    for values in (one, two):
        if not (values <= 1e-9).all():
            worst = values[~(values <= 1e-9)][0]
            raise ValueError(f"{worst} is no log-probability: those are 0 or less, -inf too")
    with np.errstate(divide="ignore"):
        return np.logaddexp(np.log(weight) + one, np.log1p(-weight) + two)
