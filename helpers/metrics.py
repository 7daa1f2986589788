"""How good is a language model? Surprisal, entropy, perplexity, bits per character, intervals.

Everything is in nats (natural logarithm) unless a name says bits; 1 bit = log 2 nats = 0.693 nats.
"""

import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

SCORES = Path(__file__).parents[1] / "data" / "scores.json"
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
    values = np.fromiter(surprisals, dtype=float)
    if not len(values):
        raise ValueError("no surprisals: perplexity is a mean over at least one token")
    if np.isnan(values).any() or (values < -1e-9).any():
        raise ValueError("a surprisal is NaN or negative: surprisal is -log p with 0 <= p <= 1")
    mean = float(values.mean())
    return math.exp(mean) if mean < 700 else math.inf


def entropy(p: Sequence[float]) -> float:
    """H(p) = -sum p log p, in nats: the mean surprisal when p is true and known."""
    row = check_distribution(p)
    kept = row[row > 0]
    return float(-(kept * np.log(kept)).sum())


def cross_entropy(p: Sequence[float], q: Sequence[float]) -> float:
    """H(p, q) = -sum p log q, in nats: the mean surprisal of a model q in a world p.

    inf where q says 0 and p does not. Raises ValueError if the two differ in length.
    """
    true, model = check_distribution(p, "p"), check_distribution(q, "q")
    if len(true) != len(model):
        raise ValueError(f"p has {len(true)} entries, q has {len(model)}")
    happens = true > 0
    with np.errstate(divide="ignore"):
        return float(-(true[happens] * np.log(model[happens])).sum())


def kl_divergence(p: Sequence[float], q: Sequence[float]) -> float:
    """KL(p || q) = H(p, q) - H(p) >= 0, in nats: what it costs to believe q in a world p."""
    return max(cross_entropy(p, q) - entropy(p), 0.0)        # rounding may fall below 0


def expected_cross_entropy(source, next_probs: Callable, length: int) -> float:
    """Exact mean surprisal (nats per word) of a model on a source, over all stationary contexts.

    source: a corpora.MarkovSource of order 2. next_probs(context: list[str]) -> (V,) over
    source.words; it may sum to less than 1 (the rest is what the model wastes on other tokens).
    length: how many words of context the model looks at, 0 or more. No sample, so no luck:
    the result is never below source.entropy_rate().
    """
    seen = max(length, 2)
    contexts, total = source.context_probs(seen), 0.0
    for place in np.argwhere(contexts > 0):
        context = [source.words[i] for i in place]
        true = source.next_probs(context[-2:])
        with np.errstate(divide="ignore"):
            surprisal = -np.log(next_probs(context[seen - length:]))
        total += contexts[tuple(place)] * float((true[true > 0] * surprisal[true > 0]).sum())
    return total


def characters_scored(text: str) -> int:
    """Length of a sentence in code points, its end counted as one more (the line break)."""
    return len(text) + 1


def bits_per_character(model, texts: Iterable[str],
                       tokenize: Callable[[str], list] | None = None) -> float:
    """Bits per character over an open vocabulary: total surprisal / characters, ends included.

    model: anything with token_log_probs in nats: of the tokens that `tokenize` makes (a counting
    model), or of the text itself (tokenize=None: a neural.NeuralLM). A character that the model
    does not know costs its <unk> *plus* the choice among all Unicode characters, so that no model
    gains by knowing less. The cutting must lose nothing: characters or byte-level BPE, not words.
    Raises ValueError for no text, or one bare str.
    """
    if isinstance(texts, str):
        raise ValueError(f"one str ({texts[:20]!r}) where a list of texts is wanted: [text]")
    kept = list(texts)
    if not kept:
        raise ValueError("no text to score: bits per character needs at least one sentence")
    sentences = [tokenize(text) for text in kept] if tokenize else kept
    nats = -sum(sum(row) for row in all_log_probs(model, sentences))
    nats += sum(len(model.unknown(s)) for s in sentences) * math.log(UNICODE_CHARACTERS)
    return bits(nats / sum(characters_scored(text) for text in kept))


def all_log_probs(model, sentences: Sequence) -> list[list[float]]:
    """token_log_probs of many sentences; at once if the model can (`batch_log_probs`)."""
    at_once = getattr(model, "batch_log_probs", None)
    return at_once(sentences) if at_once else [model.token_log_probs(s) for s in sentences]


def mixed_log_probs(first: Sequence[float], second: Sequence[float], weight: float) -> np.ndarray:
    """Two models mixed: log(weight * exp(first) + (1 - weight) * exp(second)), entry by entry.

    first, second: log-probabilities in nats of the same tokens. Raises ValueError for a weight
    outside 0..1 or unequal lengths.
    """
    if not 0 <= weight <= 1 or len(first) != len(second):
        raise ValueError(f"weight={weight} for {len(first)} and {len(second)} tokens: a share is "
                         "between 0 and 1, and both models must have scored the same tokens")
    with np.errstate(divide="ignore"):
        return np.logaddexp(np.log(weight) + np.asarray(first),
                            np.log1p(-weight) + np.asarray(second))


def bootstrap_interval(
    values: Sequence[float], sizes: Sequence[float] | None = None, *, level: float = 0.95,
    rounds: int = 2000, seed: int = 0,
) -> tuple[float, float]:
    """Interval for the mean of `values`, by drawing them again with replacement (Efron 1979).

    With `sizes`, one per value: for sum(values) / sum(sizes), such as a mean per word of totals
    per sentence. Raises ValueError for fewer than two values or another number of sizes.
    """
    data = np.asarray(values, dtype=float)
    weights = np.ones(len(data)) if sizes is None else np.asarray(sizes, dtype=float)
    if len(data) < 2 or len(weights) != len(data):
        raise ValueError(f"{len(data)} value(s) and {len(weights)} size(s): give two or more, "
                         "and as many sizes")
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, len(data), len(data)) for _ in range(rounds))
    means = [data[again].sum() / weights[again].sum() for again in drawn]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def scores() -> list[dict]:
    """The rows of the course's score table as last built, best first: a list of dicts."""
    rows = json.loads(SCORES.read_text(encoding="utf-8")) if SCORES.exists() else []
    return sorted(rows, key=lambda row: row["bits_per_character"])


def record_score(notebook: str, model: str, bits_per_character: float, stored_numbers: int,
                 budget: str) -> None:
    """Put one measured row into data/scores.json; does nothing outside `make notebooks`.

    A row is known by its model's name: measuring again replaces it.
    """
    if os.environ.get("COURSE_BUILD") != "1":
        return
    row = {"notebook": notebook, "model": model, "bits_per_character": round(bits_per_character, 4),
           "stored_numbers": int(stored_numbers), "budget": budget}
    rows = [other for other in scores() if other["model"] != model] + [row]
    rows.sort(key=lambda r: (r["bits_per_character"], r["model"]))
    SCORES.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
