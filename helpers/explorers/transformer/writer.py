"""A model writes on: the surprisal of each token, the odds of the next, what a cache spares."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from helpers import decoding, metrics, plots
from helpers import transformer as tf
from helpers.attention_view.labels import isolated, seen, told, visible
from helpers.explorers import core
from helpers.explorers.transformer.page import draw_page
from helpers.neural import NeuralLM
from helpers.tokenizers import Tokenizer

MOST_READ, MOST, PART, LIKELIEST = 60, 100, 20, 8       # tokens: typed, written, at once; bars
END = "(end)"


def begun_numbers(lm: NeuralLM, prompt: str) -> dict:
    """Read a prompt: {"ids": with the start mark, "state", "row": nats (V,) of what comes next}.

    Raises ValueError for a prompt of more than 60 tokens.
    """
    ids = [lm.tokenizer.start, *lm.tokenizer.encode(prompt)]
    if len(ids) > MOST_READ + 1:
        raise ValueError(f"a beginning of {len(ids) - 1} tokens: at most {MOST_READ} have room")
    state = None
    for token_id in ids:
        state, row = lm.step(state, token_id)
    return {"ids": ids, "state": state, "row": row}


def written_numbers(lm: NeuralLM, begun: dict, length: int, temperature: float = 1.0,
                    top_p: float = 1.0, seed: int = 0) -> dict:
    """Write on after what `begun_numbers` read; the same settings give the same text.

    lm: best a network that has `read`, so that each id is read once. temperature 0 always takes
    the likeliest. Returns {"ids": those written, until the end of the text if it comes, "rows":
    (len(ids) + 1, V) nats, what was expected for each of them and for the next one, "ended",
    "before": the ids read before, "temperature", "top_p"}.
    Raises ValueError for a length beyond 1 to 100.
    """
    if not 1 <= length <= MOST:
        raise ValueError(f"length={length}: 1 to {MOST} tokens can be shown")
    rows: list[np.ndarray] = []

    def step(state, token_id: int):
        state, row = (begun["state"], begun["row"]) if state is None else lm.step(state, token_id)
        rows.append(row)
        return state, row
    ids = decoding.draw(step, begun["ids"][-1], rng=np.random.default_rng(seed),
                        stop=lm.tokenizer.end, max_tokens=length + 1, temperature=temperature,
                        top_p=top_p)            # one more, as its row is what comes next
    return _cut({"ids": ids, "rows": np.array(rows), "before": begun["ids"],
                 "temperature": temperature, "top_p": top_p}, length)


def _cut(written: dict, length: int) -> dict:
    """The same text, no longer than this: what is drawn later changes nothing before."""
    return {**written, "ids": written["ids"][:length], "rows": written["rows"][:length + 1],
            "ended": len(written["ids"]) < length}


def writer_numbers(lm: NeuralLM, written: dict) -> dict:
    """What is to be seen of a text that was written: its tokens, how sure the model was and is.

    Returns {"prompt", "tokens": as they are shown, "bits": surprisal of each written one under the
    model itself, "mean": of them (NaN of none), "next": (tokens, probabilities, the same after
    temperature and top-p) of the eight likeliest, "alike": e to the entropy of what comes next,
    so many equal tokens would leave one as unsure; "read", "again": ids read with the cache, and
    without, when each token has all before it read again; "ended"}.
    """
    ids, rows, before = written["ids"], written["rows"], written["before"]
    bits = -metrics.bits(rows[np.arange(len(ids)), ids]) if ids else np.zeros(0)
    row = rows[-1]
    drawn = np.exp(decoding.reshape(row, temperature=written["temperature"],
                                    top_p=written["top_p"]))
    best = np.argsort(-row, kind="stable")[:LIKELIEST]
    odds = np.exp(row)
    lengths = len(before) + np.arange(len(rows))
    most = lm.context or int(lengths[-1])
    names = [END if i == lm.tokenizer.end else _piece(lm, i) for i in best]
    return {"prompt": [_piece(lm, i) for i in before[1:]], "tokens": [_piece(lm, i) for i in ids],
            "bits": bits, "mean": float(bits.mean()) if ids else float("nan"),
            "next": (names, odds[best], drawn[best]), "ended": written["ended"],
            "alike": float(np.exp(-(odds * np.where(odds > 0, row, 0.0)).sum())),
            "read": int(lengths[-1]), "again": int(np.minimum(lengths, most).sum()),
            "text": lm.tokenizer.decode(ids, errors="replace"),
            "asked": lm.tokenizer.decode(before[1:], errors="replace")}


def _piece(lm: NeuralLM, token_id: int) -> str:
    """A token with its blanks as they are."""
    token = lm.tokenizer.piece(token_id)
    return token if token.isspace() else visible(token).replace("␣", " ")


def draw_writing(figure, numbers: dict) -> str:
    """Draw the text with its surprisals as shade, and the odds of what comes next."""
    page, odds = plots.panels(figure, 2, width_ratios=(1.35, 1))
    draw_page(page, numbers["prompt"], numbers["tokens"], numbers["bits"],
              title="Written, and how surprising")
    words, before, after = numbers["next"]
    plots.draw_next_words(odds, [visible(word) for word in words], before, after,
                          title="What comes next")
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    (word, *_), (p, *_), _ = numbers["next"]
    count, text = len(numbers["tokens"]), numbers["text"]
    asked = f"“{isolated(seen(numbers['asked']))}” → " if numbers["prompt"] else ""
    written = f"“{isolated(seen(text))}{'' if numbers['ended'] else ' …'}”"
    tokens = "1 token" if count == 1 else f"{count} tokens"
    mean = f" at {numbers['mean']:.2f} bits each" if count else ""
    end = ", then the end of the text" if numbers["ended"] else ""
    return (f"{asked}{written}: {tokens}{mean}{end}. Likeliest {'there' if end else 'next'}: "
            f"“{told(word)}” {p:.2f}; the model is as unsure as between {numbers['alike']:.1f} "
            f"equal ones. With the cache {numbers['read']:,} tokens were read, without it "
            f"{numbers['again']:,}.{numbers['unknown']}{plots.note(numbers['asked'], text)}")


def writer(model: tf.Transformer, vocabulary: Tokenizer, prompt: str, length: int = 60,
           temperature: float = 0.8):
    """Type a beginning and let a trained model write on; see at each token how sure it was.

    vocabulary: the one that the model was trained with.
    """
    lm = NeuralLM(model, vocabulary, context=model.config.max_len)
    begun = lru_cache(maxsize=4)(lambda prompt: begun_numbers(lm, prompt))
    long = lru_cache(maxsize=16)(lambda prompt, length, **how: written_numbers(
        lm, begun(prompt), length, **how))

    def compute(prompt: str, length: int, **how) -> dict:
        whole = long(prompt, -(-length // PART) * PART, **how)
        unknown = ", ".join(map(told, dict.fromkeys(lm.unknown(prompt))))
        return {**writer_numbers(lm, _cut(whole, length)),
                "unknown": f" Unknown, read as <unk>: {unknown}." if unknown else ""}
    return core.explore(
        compute, draw_writing, size=(10, 3.4), more=("top_p", "seed"),
        prompt=core.text("beginning", prompt),
        length=core.slider("tokens to write", 1, MOST, value=length),
        temperature=core.slider("temperature", 0.0, 2.0, value=temperature, step=0.1),
        top_p=core.slider("top-p", 0.05, 1.0, value=1.0, step=0.05),
        seed=core.slider("draw number", 0, 30, value=0))
