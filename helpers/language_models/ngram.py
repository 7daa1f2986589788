"""One way to score text for every smoothed n-gram model of the course.

All of them are one recursion, from short contexts to long ones:
    p_k(w | context) = own(context w) + pass_on(context) * p_{k-1}(w | shorter context)
They differ in the two tables `own` and `pass_on` only; helpers.language_models.smoothing and
helpers.language_models.kneser_ney fill them.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.language_models.counts import BOS_ID, EOS_ID, UNK_ID, NgramCounts, checked_sentence

BATCH_TOKENS = 200_000      # scored at a time, to bound memory


@dataclass(frozen=True)
class NgramLM:
    """A smoothed n-gram model over counted text.

    own: per order float64 (M + 1,), the n-gram's own share; the last entry stands for "not seen".
    pass_on: per order float64 (contexts + 1,), the share handed to the shorter context; the last
      entry stands for a context never seen.
    interpolates: True = the share goes to the next shorter context; False = to the uniform
      distribution at once (maximum likelihood, add-k).
    discounts, fallback_orders: of a Kneser-Ney model, see `kneser_ney`; else empty.
    """

    counts: NgramCounts
    own: tuple[np.ndarray, ...]
    pass_on: tuple[np.ndarray, ...]
    interpolates: bool = True
    discounts: Sequence[tuple[float, float, float]] = ()
    fallback_orders: Sequence[int] = ()

    @property
    def order(self) -> int:
        """n: the model looks at n - 1 words before the one it predicts."""
        return len(self.own)

    @property
    def words(self) -> tuple[str, ...]:
        """The vocabulary, <unk> first; the order of `next_log_probs`."""
        return self.counts.words

    @property
    def uniform(self) -> float:
        """1 / number of words that can be predicted: all but <s>."""
        return 1 / (self.counts.vocab_size - 1)

    def _mixed(self, tables: Iterable[tuple]) -> np.ndarray:
        """The one recursion: own + pass_on * what the order below says, from 1-grams upwards.

        tables: per order (own, pass_on, reached), arrays over whatever is asked about, or scalars;
        where `reached` is False the order below has the last word.
        """
        probability = self.uniform
        for own, pass_on, reached in tables:
            below = probability if self.interpolates else self.uniform
            mixed = own + pass_on * below
            probability = mixed if reached is True else np.where(reached, mixed, probability)
        return probability

    def _tables_of_tokens(self, ids: np.ndarray) -> Iterator[tuple]:
        """Per order what `_mixed` needs for every token but the first, arrays (T - 1,).

        ids (T,) begins with <s>; the numbers at later <s> mean nothing.
        """
        rows = self.counts.rows(ids, self.order)
        yield self.own[0].take(ids[1:]), self.pass_on[0][0], True
        available = None if self.interpolates else words_since_start(ids)[1:]
        for k in range(1, self.order):
            reached = True if self.interpolates else available >= k
            yield self.own[k].take(rows[k][1:]), self.pass_on[k].take(rows[k - 1][:-1]), reached

    def _tables_of_words(self, prefix: list[str]) -> Iterator[tuple]:
        """Per order what `_mixed` needs for every word of the vocabulary, arrays (V,)."""
        ids = np.array(self.counts.encode(prefix)[:-1][-max(self.order - 1, 1):], dtype=np.int64)
        contexts = [0, *[int(row[-1]) for row in self.counts.rows(ids, self.order - 1)]]
        size = self.counts.vocab_size
        for k in range(min(self.order, len(prefix) + 2)):
            keys, own = self.counts.levels[k].keys, np.zeros(size)
            if contexts[k] >= 0:
                first, last = np.searchsorted(keys, (contexts[k] * size, (contexts[k] + 1) * size))
                own[keys[first:last] % size] = self.own[k][first:last]
            yield own, self.pass_on[k][contexts[k]], True

    def _batches(self, sentences: Iterable[list[str]]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (ids, log-probabilities in nats) of the tokens that are scored, <s> left out."""
        flat: list[int] = []
        for sentence in sentences:
            flat += self.counts.encode(sentence)
            if len(flat) >= BATCH_TOKENS:
                yield self._score(flat)
                flat = []
        if flat:
            yield self._score(flat)

    def _score(self, flat: Sequence[int] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ids = np.array(flat, dtype=np.int64)
        with np.errstate(divide="ignore"):                # log 0 = -inf is the honest answer
            log_probs = np.log(self._mixed(self._tables_of_tokens(ids)))
        scored = ids[1:] != BOS_ID
        return ids[1:][scored], log_probs[scored]

    def token_log_probs(self, sentence: list[str]) -> list[float]:
        """Nats, one per token plus the sentence end; -inf where the model says "impossible".

        Unknown words are scored as <unk>. An empty sentence scores its end. Raises ValueError if
        the sentence holds <s> or </s>, or is no list of strings.
        """
        return self._score(self.counts.encode(sentence))[1].tolist()

    def unknown(self, sentence: list[str]) -> list[str]:
        """The tokens that the model does not know and scores as <unk>."""
        known = self.counts.index.get
        return [word for word in checked_sentence(sentence) if known(word, UNK_ID) == UNK_ID]

    def unknown_share(self, sentences: Iterable[list[str]]) -> float:
        """Share of the tokens, sentence ends not counted, that the model scores as <unk>.

        A perplexity says little without it. Raises ValueError if there is no token.
        """
        unknown, n_tokens = 0, 0
        for sentence in sentences:
            unknown, n_tokens = unknown + len(self.unknown(sentence)), n_tokens + len(sentence)
        if not n_tokens:
            raise ValueError("there is no token: a share of unknown ones needs at least one")
        return unknown / n_tokens

    def perplexity(self, sentences: Iterable[list[str]], include_oov: bool = True) -> float:
        """exp(mean surprisal in nats per token, each sentence's end included).

        The more tokens are unknown, the lower it can look: see `unknown_share`.
        include_oov=False leaves out the unknown words' own surprisals but keeps their place in
        the history, as KenLM's "excluding OOVs". Raises ValueError if there is no sentence.
        """
        total, n_tokens = 0.0, 0
        for ids, log_probs in self._batches(sentences):
            kept = log_probs if include_oov else log_probs[ids != UNK_ID]
            total, n_tokens = total - float(kept.sum()), n_tokens + len(kept)
        if not n_tokens:
            raise ValueError("there is no sentence to score: perplexity needs at least one token")
        return math.exp(total / n_tokens) if total < math.inf else math.inf

    def next_log_probs(self, prefix: list[str]) -> np.ndarray:
        """Return float64 (V,): nats, for every word of `words` that it comes next; <s> has -inf.

        exp of the row sums to 1, except for a maximum-likelihood model after a context it has
        never seen: 0/0, answered with -inf everywhere.
        """
        probability = self._mixed(self._tables_of_words(checked_sentence(prefix)))
        probability[BOS_ID] = 0.0
        with np.errstate(divide="ignore"):
            return np.log(probability)

    def fill_log_probs(self, sentence: list[str], place: int) -> np.ndarray:
        """Return float64 (V,): nats of the sentence, its end left out, with each word of `words`
        at this place instead of what stands there; <s> and </s> have -inf.

        Raises ValueError for a place outside of 0 to len(sentence) - 1.
        """
        if not 0 <= place < len(checked_sentence(sentence)):
            raise ValueError(f"place {place} of {len(sentence)} words: the first is 0")
        ids = np.tile(self.counts.encode(sentence), (self.counts.vocab_size, 1))
        ids[:, place + 1] = np.arange(len(ids))
        ids[[BOS_ID, EOS_ID], place + 1] = UNK_ID       # so that each row has the same length
        nats = self._score(ids.ravel())[1].reshape(len(ids), -1)[:, :-1].sum(axis=1)
        nats[[BOS_ID, EOS_ID]] = -np.inf
        return nats


def words_since_start(ids: np.ndarray) -> np.ndarray:
    """Return int64 (T,): how many tokens stand between each one and its <s>, that one included."""
    place = np.arange(len(ids))
    return place - np.maximum.accumulate(np.where(ids == BOS_ID, place, 0))


def share(part: np.ndarray, whole: np.ndarray, otherwise: float) -> np.ndarray:
    """Return part / whole, `otherwise` where whole is 0, and one more entry for "not seen"."""
    divided = np.divide(part, whole, out=np.full(len(part), otherwise), where=whole > 0)
    return np.append(divided, otherwise)
