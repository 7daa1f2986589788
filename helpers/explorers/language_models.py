"""The widgets of notebook 01: surprisal meter, order explorer, sampler, entropy floor."""

import math

import numpy as np

from helpers import decoding, metrics, plots, tokenizers
from helpers import language_models as lm
from helpers.explorers import core
from helpers.session import progress_bar

SMOOTHINGS = ("add-one", "fixed weights", "fitted weights", "Kneser-Ney")
ORDERS = (1, 2, 3, 4, 5)
MOST_WORDS = 25         # bars that can be told apart
CHANCES = {0: "0 bits: certain", 5: "5: 1 in 32", 10: "10: 1 in 1,024", 15: "15: 1 in 32,768"}


# --- surprisal meter -------------------------------------------------------------------------

def surprisal_numbers(model, sentence: str, name: str = "the model") -> dict:
    """Surprisal in bits of every word of a typed sentence, its end included.

    Returns {"tokens", "bits", "unknown"} (lists of one length) and the model's "name".
    Raises ValueError if nothing is left of the sentence after splitting it into words.
    """
    tokens = tokenizers.words(sentence)
    if not tokens:
        raise ValueError("there is no word in this line; type at least one")
    if len(tokens) > MOST_WORDS:
        raise ValueError(f"{len(tokens)} words in one line; at most {MOST_WORDS} can be shown")
    surprisals = [abs(metrics.bits(log_prob)) for log_prob in model.token_log_probs(tokens)]
    strange = set(model.unknown(tokens))
    return {"tokens": [*tokens, "(end)"], "bits": surprisals, "name": name,
            "unknown": [token in strange for token in tokens] + [False]}


def draw_surprisals(figure, numbers: dict) -> str:
    """Draw the surprisals as bars; say which word surprised most and which are unknown."""
    tokens, values = numbers["tokens"], np.array(numbers["bits"])
    mean, dearest = float(values.mean()), int(values.argmax())
    strange = [t for t, u in zip(tokens, numbers["unknown"], strict=True) if u]
    finite = values[np.isfinite(values)]
    plots.draw_bars(
        plots.panels(figure)[0], tokens, values, shown="{:.1f}",
        title=f"How surprised was {numbers['name']} by each word?",
        ylabel="surprisal in bits", yticks=CHANCES, marked=numbers["unknown"],
        marked_as="unknown word",
        level=(mean, f"mean {mean:.1f}") if math.isfinite(mean) else None,
        ylim=(0, max(16, 1.12 * finite.max(initial=0))),
    )
    unknown = f" Unknown, scored as <unk> (hatched): {', '.join(strange)}." if strange else ""
    unknown += plots.note(*tokens)
    if not math.isfinite(mean):
        never = dict.fromkeys(
            t for t, v in zip(tokens, values, strict=True) if not math.isfinite(v))
        return f"Probability 0 (∞): {', '.join(never)}. The perplexity is infinite.{unknown}"
    return (f"Most surprising: “{tokens[dearest]}”, {values[dearest]:.1f} bits. "
            f"Mean {mean:.1f} bits: perplexity {2 ** mean:,.0f}.{unknown}")


def surprisal_meter(models: dict, sentence: str):
    """Type a sentence, choose a model, see the surprisal of each word."""
    return core.explore(
        lambda sentence, model: surprisal_numbers(models[model], sentence, model), draw_surprisals,
        sentence=core.text("sentence", sentence),
        model=core.choice("model", list(models)),
    )


# --- order x smoothing x amount of text ------------------------------------------------------

def smoothed(counts, order: int, smoothing: str, validation: list) -> lm.NgramLM:
    """One of SMOOTHINGS on the same counts; "fixed weights" gives every order weight 0.6."""
    if smoothing == "add-one":
        return lm.add_k(counts, order, 1.0)
    if smoothing == "Kneser-Ney":
        return lm.kneser_ney(counts, order)
    if smoothing == "fixed weights":
        return lm.interpolated(counts, order, 0.6)
    return lm.interpolated(counts, order, lm.fit_weights(counts, order, validation))


def order_grid(splits: dict, amounts: tuple[int, ...]) -> dict:
    """Perplexity on training and held-out text for every order, smoothing, amount and split.

    splits: {name: (train, valid, heldout)}, lists of tokenized sentences. All models of a split
    know the words of its whole training text, so that amounts can be compared. Returns
    {(split, amount, smoothing): {"training text": [...], "held-out text": [...]}} over ORDERS.
    """
    grid = {}
    cells = [(split, amount) for split in splits for amount in amounts]
    for split, amount in progress_bar(cells, "fitting models"):
        train, valid, heldout = splits[split]
        words = dict.fromkeys(word for sentence in train for word in sentence)
        counts = lm.NgramCounts(train[:amount], max(ORDERS), words)
        for smoothing in SMOOTHINGS:
            models = [smoothed(counts, order, smoothing, valid) for order in ORDERS]
            grid[split, amount, smoothing] = {
                "training text": [m.perplexity(train[:min(amount, 500)]) for m in models],
                "held-out text": [m.perplexity(heldout) for m in models],
            }
    return grid


def draw_order(figure, numbers: dict) -> str:
    """Draw both perplexities over the order, on one scale for the whole grid."""
    axes, heldout = plots.panels(figure)[0], numbers["held-out text"]
    best = int(np.argmin(heldout))
    plots.draw_curves(
        axes, ORDERS, numbers, yscale="log", ylim=(1, 60_000), ylabel="perplexity",
        title=f"On new text, order {ORDERS[best]} is best",
        xlabel="order n (words of context: n - 1)",
    )
    if not axes.texts:
        for order in ORDERS:
            axes.annotate("", (order, 1), (0, 11), textcoords="offset points", ha="center",
                          color=plots.INK, fontsize=plots.SMALL, animated=True)
        axes.plot([], [], "o", markersize=16, markerfacecolor="none", markeredgewidth=2,
                  markeredgecolor=plots.INK, animated=True)
    for text, order, value in zip(axes.texts, ORDERS, heldout, strict=True):
        text.xy = (order, value)
        text.set_text(f"{value:,.0f}")
    axes.lines[-1].set_data([ORDERS[best]], [heldout[best]])
    return (f"Held-out text: best at order {ORDERS[best]} with perplexity {heldout[best]:,.0f}; "
            f"order 5 has {heldout[-1]:,.0f}. Training text at order 5: "
            f"{numbers['training text'][-1]:,.1f}.")


def order_explorer(grid: dict):
    """Move smoothing, amount of text and split over a grid made by `order_grid`."""
    splits, amounts, smoothings = (list(dict.fromkeys(axis)) for axis in zip(*grid, strict=True))
    return core.explore(
        lambda smoothing, amount, split: grid[split, amount, smoothing], draw_order,
        smoothing=core.choice("smoothing", smoothings, value="fixed weights"),
        amount=core.choice("training text", [(f"{a:,} sentences", a) for a in amounts],
                           value=amounts[-1]),
        split=core.choice("split", splits),
    )


# --- sampler ---------------------------------------------------------------------------------

def sampler_numbers(model, prefix: str, temperature: float, top_p: float, top_k: int,
                    seed: int, most: int = 10) -> dict:
    """The next word's distribution before and after reshaping, and a text drawn from it.

    top_k = 0 keeps all words. Returns {"words", "before", "after", "text", "kept"}.
    """
    start = tokenizers.words(prefix)
    how = {"temperature": temperature, "top_p": top_p, "top_k": top_k or None}
    log_probs = model.next_log_probs(start)
    after = np.exp(decoding.reshape(log_probs, **how))
    best = np.argsort(-log_probs, kind="stable")[:most]
    text = decoding.generate(model.next_log_probs, start, words=model.words, max_tokens=25,
                             rng=np.random.default_rng(seed), **how)
    names = ["(end)" if model.words[i] == lm.EOS else model.words[i] for i in best]
    return {"words": names, "before": np.exp(log_probs[best]), "after": after[best],
            "text": " ".join(text), "kept": int((after > 0).sum()),
            "prefix": " ".join(start), "unknown": model.unknown(start)}


def draw_sampler(figure, numbers: dict) -> str:
    """Draw the ten likeliest next words before and after; the sentence is the drawn text."""
    last = " ".join(numbers["prefix"].split()[-4:])
    plots.draw_next_words(
        plots.panels(figure)[0], numbers["words"], numbers["before"], numbers["after"],
        title=f"The likeliest words after “{last[-24:]}”" if last else "The likeliest first words")
    unknown = f" Unknown, read as <unk>: {', '.join(numbers['unknown'])}."
    return (f"Words that can still be drawn: {numbers['kept']:,}."
            f"{unknown if numbers['unknown'] else ''}{plots.note(last, *numbers['words'])} "
            f"One draw: {numbers['prefix']} → "
            f"{numbers['text'] or '(the sentence ends at once)'}")


def sampler(model, prefix: str):
    """Type the beginning, set temperature, top-p and top-k, draw again with another seed."""
    return core.explore(
        lambda **values: sampler_numbers(model, **values), draw_sampler,
        more=("top_k", "seed"),
        prefix=core.text("beginning", prefix),
        temperature=core.slider("temperature", 0.0, 3.0, value=1.0, step=0.1),
        top_p=core.slider("top-p", 0.05, 1.0, value=1.0, step=0.05),
        top_k=core.slider("top-k (0 = all)", 0, 50, value=0),
        seed=core.slider("draw number", 0, 30, value=0),
    )


# --- entropy floor ---------------------------------------------------------------------------

AMOUNTS = (50, 200, 800, 3_200, 12_800)


def floor_model(text: list[str], order: int) -> lm.NgramLM:
    """An n-gram model of a stream of words, read as one long sentence, add-0.1."""
    return lm.add_k(lm.NgramCounts([text], order), order, 0.1)


def expected_bits(source, model, order: int) -> float:
    """Exact expected surprisal of the model on the source, in bits per word."""
    known = {word: i for i, word in enumerate(model.words)}
    ids = [known.get(word, 0) for word in source.words]

    def next_probs(context):
        # an unknown word in front keeps <s> out of the context: the stream has no beginning
        return np.exp(model.next_log_probs(["<unk>", *context]))[ids]
    return metrics.bits(metrics.expected_cross_entropy(source, next_probs, order - 1))


def floor_numbers(source, curves: dict, order: int, test_words: int, seed: int) -> dict:
    """The expected curve of one order, the floor, and what one sampled text would say."""
    test = source.sample(test_words, seed=1000 + seed)
    log_p = [np.log(source.next_probs(test[i - 2:i])[source.words.index(test[i])])
             for i in range(2, test_words)]
    return {"curve": curves[order], "floor": metrics.bits(source.entropy_rate()), "order": order,
            "sampled": -metrics.bits(float(np.mean(log_p))), "test_words": test_words}


def draw_floor(figure, numbers: dict) -> str:
    """Draw expected bits per word over the training words, and the floor."""
    n, sampled = numbers["order"], numbers["sampled"]
    plots.draw_curves(
        plots.panels(figure)[0], AMOUNTS, {
            "the model, exact expectation": numbers["curve"],
            "the true table on the sampled text": [sampled] * len(AMOUNTS)},
        title="On average, no model gets under the floor", xlabel="words of training text",
        xscale="log", ylabel="bits per word", ylim=(1.0, 3.6),
        level=(numbers["floor"], "entropy rate: the floor"),
        xticks={amount: f"{amount:,}" for amount in AMOUNTS},
    )
    gap = sampled - numbers["floor"]
    return (f"Order {n} with {AMOUNTS[-1]:,} words: {numbers['curve'][-1]:.3f} bits expected, "
            f"floor {numbers['floor']:.3f}. The true table itself scores {abs(gap):.3f} bits "
            f"{'above' if gap >= 0 else 'below'} the floor on this sample: luck, not skill.")


def entropy_floor(source):
    """Move the order and the sample; the curve is exact, the cross is one throw of the dice."""
    stream = source.sample(AMOUNTS[-1], seed=0)
    curves = {n: [expected_bits(source, floor_model(stream[:amount], n), n) for amount in AMOUNTS]
              for n in progress_bar((1, 2, 3, 4), "fitting models")}
    return core.explore(
        lambda **values: floor_numbers(source, curves, **values), draw_floor,
        order=core.slider("order n", 1, 4, value=2),
        test_words=core.choice("sampled text",
                               [("100 words", 100), ("1,000 words", 1000), ("5,000 words", 5000)]),
        seed=core.slider("sample number", 0, 20, value=5),
    )
