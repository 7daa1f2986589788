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
    _refuse_str(surprisals, "surprisals", "numbers, one per token")
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

    Raises ValueError for anything but a str.
    """
    if not isinstance(text, str):
        raise ValueError(f"a {type(text).__name__} has no number of characters: hand over the "
                         "text, not its tokens")
    return len(text) + 1


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
    _refuse_str(texts, "texts", "texts, even for one: [text]")
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
    _refuse_str(sentences, "sentences", "sentences")
    sentences = list(sentences)
    at_once = getattr(model, "batch_log_probs", None)
    return at_once(sentences) if at_once else [model.token_log_probs(s) for s in sentences]


def _refuse_str(value: object, name: str, wanted: str) -> None:
    """A str is a list of letters to Python, so it would give a number, and a wrong one."""
    if isinstance(value, str | bytes):
        raise ValueError(f"{name} is the {type(value).__name__} {value[:30]!r}: hand over a list "
                         f"of {wanted}")


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


def bootstrap_interval(
    values: Sequence[float], sizes: Sequence[float] | None = None, *, level: float = 0.95,
    rounds: int = 2000, seed: int = 0,
) -> tuple[float, float]:
    """Interval for the mean of `values`, by drawing them again with replacement (Efron 1979).

    With `sizes`, one per value: for sum(values) / sum(sizes), such as a mean per word of totals
    per sentence. Raises ValueError for fewer than two values or another number of sizes, values
    that are not finite, sizes that are not above 0, and a level that is not between 0 and 1.
    """
    data = np.asarray(values, dtype=float)
    weights = np.ones(data.shape) if sizes is None else np.asarray(sizes, dtype=float)
    if data.ndim != 1 or len(data) < 2 or weights.shape != data.shape:
        raise ValueError(f"values {data.shape} and sizes {weights.shape}: give two or more in one "
                         "row, and as many sizes")
    if not np.isfinite(data).all() or not ((weights > 0) & (weights < np.inf)).all():
        raise ValueError(f"values from {data.min()} to {data.max()}, sizes from {weights.min()} to "
                         f"{weights.max()}: values are finite numbers, sizes above 0")
    if not 0 < level < 1 or rounds < 1:
        raise ValueError(f"level={level}, rounds={rounds}: a level is between 0 and 1, such as "
                         "0.95, and one round or more is needed")
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
    Raises ValueError for a score that is no finite number above 0.
    """
    if not 0 < bits_per_character < math.inf:
        raise ValueError(f"{model}: {bits_per_character} bits per character is no score")
    if os.environ.get("COURSE_BUILD") != "1":
        return
    row = {"notebook": notebook, "model": model, "bits_per_character": round(bits_per_character, 4),
           "stored_numbers": int(stored_numbers), "budget": budget}
    rows = [other for other in scores() if other["model"] != model] + [row]
    rows.sort(key=lambda r: (r["bits_per_character"], r["model"]))
    SCORES.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
