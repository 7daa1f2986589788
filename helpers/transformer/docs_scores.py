"""What goes into the course's score table from notebook 06: characters of python_docs.

Two budgets: the checkpoint `docs_transformer`, trained beforehand, and its early state after 100
more updates, which the notebook can wait for. Each alone and mixed with counting (Kneser-Ney of
order 7), as notebook 03 does it: the share is fitted on 400 validation texts, the whole test part
is scored, long texts in overlapping windows, each text after its start mark, its end scored too.
`make checkpoints ARGS=docs_scores` stores what `told` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from helpers import corpora, metrics, neural, rnn_lstm, tokenizers, training
from helpers import language_models as lm
from helpers.transformer.config import TransformerConfig
from helpers.transformer.model import Transformer
from helpers.transformer.practice import adamw

RATES, SEEDS = (8e-3, 4e-3, 2e-3), (0, 1, 2)        # of the hundred updates that are seen
UPDATES, LENGTH, BATCH = 100, 64, 16
ORDER, FITTED, FIRST, CONTEXT = 7, 400, 300, 128    # texts: to fit the share, and to try again
WHOLE, SEEN, LSTM, COUNTING = "trained beforehand", "100 updates seen", "LSTM 512", "counting"
MIXED = " + counting"
AGAINST = ((WHOLE, COUNTING), (WHOLE, LSTM), (WHOLE + MIXED, COUNTING),
           (WHOLE + MIXED, LSTM + MIXED), (WHOLE, SEEN))
Rows = list[list[float]]                            # log-probabilities in nats, text by text


def fused(**settings) -> Transformer:
    """Transformer.of with torch's kernels, as load_checkpoint builds it: for scores."""
    return Transformer(TransformerConfig(**settings), fused=True)


def learn_on(*, rate: float, seed: int = 0, **how) -> tuple[Transformer, tokenizers.Tokenizer]:
    """The early state of `docs_transformer` after 100 more updates; some twelve seconds.

    how: as training.train takes it, such as watch. Returns the model and its tokenizer.
    """
    model, signs = training.load_checkpoint("docs_transformer_early", fused)
    draw = neural.windows(signs.stream(corpora.load("python_docs")), LENGTH, BATCH)
    training.train(model, draw, neural.next_token_loss, steps=UPDATES, seed=seed,
                   optimizer=adamw(rate, betas=(0.9, 0.95)), schedule=training.warmup_cosine(10),
                   what=f"{UPDATES} updates, rate {rate:g}, seed {seed}", **how)
    return model.eval(), signs


@cache
def counts() -> lm.NgramCounts:
    """Runs of up to ORDER characters of the train part; four seconds."""
    return lm.NgramCounts([tokenizers.characters(text) for text in
                           corpora.load("python_docs", "train")], ORDER)


def counting(texts: Sequence[str]) -> Rows:
    """Log-probabilities of Kneser-Ney of order 7."""
    return metrics.all_log_probs(lm.kneser_ney(counts(), ORDER),
                                 [tokenizers.characters(text) for text in texts])


def by_network(network, signs: tokenizers.Tokenizer, texts: Sequence[str]) -> Rows:
    """Log-probabilities of a character model, in windows of 128 that overlap by half."""
    return neural.NeuralLM(network, signs, context=CONTEXT, batch=8).batch_log_probs(texts)


def mixed(one: Rows, two: Rows, share: float) -> Rows:
    """Text by text, `share` of the first with the rest of the second."""
    return [metrics.mixed_log_probs(a, b, share).tolist() for a, b in zip(one, two, strict=True)]


def best_share(one: Rows, two: Rows) -> float:
    """The share of the first, in steps of a twentieth, that foresees these texts best."""
    flat = [np.concatenate(rows) for rows in (one, two)]
    return round(max(np.linspace(0, 1, 21).tolist(),
                     key=lambda share: metrics.mixed_log_probs(*flat, share).sum()), 2)


def bits_of_texts(rows: Rows, texts: Sequence[str], signs: tokenizers.Tokenizer) -> np.ndarray:
    """What each text costs, in bits; a character nobody knows costs a choice among all too."""
    strange = np.array([len(signs.unknown_tokens(text)) for text in texts])
    nats = np.log(metrics.UNICODE_CHARACTERS) * strange - [sum(row) for row in rows]
    return metrics.bits(nats)


def with_interval(bits: np.ndarray, texts: Sequence[str]) -> dict[str, float]:
    """Bits per character, and its 95 % interval: the texts drawn again with replacement."""
    sizes = [metrics.characters_scored(text) for text in texts]
    low, high = metrics.bootstrap_interval(bits, sizes)
    return {"bits": round(float(bits.sum() / sum(sizes)), 4), "low": round(low, 4),
            "high": round(high, 4)}


def tried(*, rate: float, seed: int) -> float:
    """Bits per character of the hundred updates on the FITTED validation texts."""
    texts = corpora.load("python_docs", "valid")[:FITTED]
    model, signs = learn_on(rate=rate, seed=seed)
    bits = bits_of_texts(by_network(model, signs, texts), texts, signs)
    return with_interval(bits, texts)["bits"]


def told(rate: float) -> dict:
    """All rows at once, the hundred updates at `rate`, seed 0; two minutes. Plain JSON.

    "rows": {model: bits, low, high} on the test part; "less": {"A - B": bits, low, high}, the
    difference text by text, below 0 where A is better; "share": of the network in each mixture;
    "first": bits on the first FIRST test texts; "numbers": how many a model stores.
    """
    valid, test = corpora.load("python_docs", "valid")[:FITTED], corpora.load("python_docs", "test")
    whole, signs = training.load_checkpoint("docs_transformer", fused)
    lstm, _ = training.load_checkpoint("python_docs_lstm", rnn_lstm.LanguageModel)
    lstm.fast = True
    networks = {WHOLE: whole, SEEN: learn_on(rate=rate)[0], LSTM: lstm}
    on_valid, on_test = ({COUNTING: counting(texts), **{
        name: by_network(network, signs, texts) for name, network in networks.items()}}
        for texts in (valid, test))
    numbers = {COUNTING: sum(len(level.keys) for level in counts().levels),
               **{name: sum(p.numel() for p in network.parameters())
                  for name, network in networks.items()}}
    shares = {name: best_share(on_valid[name], on_valid[COUNTING]) for name in networks}
    for name, share in shares.items():
        on_test[name + MIXED] = mixed(on_test[name], on_test[COUNTING], share)
        numbers[name + MIXED] = numbers[name] + numbers[COUNTING]
    bits = {name: bits_of_texts(rows, test, signs) for name, rows in on_test.items()}
    return {"rows": {name: with_interval(cost, test) for name, cost in bits.items()},
            "less": {f"{a} - {b}": with_interval(bits[a] - bits[b], test) for a, b in AGAINST},
            "share": shares, "numbers": numbers,
            "first": {name: with_interval(cost[:FIRST], test[:FIRST])["bits"]
                      for name, cost in bits.items()}}
