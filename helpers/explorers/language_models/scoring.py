"""Widgets of notebook 01 on scores: surprisal meter, smoothed rows, order explorer."""

import math

import numpy as np

from helpers import language_models as lm
from helpers import metrics, plots, tokenizers
from helpers.attention_view.labels import told
from helpers.explorers import core
from helpers.session import progress_bar

SMOOTHINGS = ("add-one", "fixed weights", "fitted weights", "Kneser-Ney")
ORDERS = (1, 2, 3, 4, 5)
HELD_OUT = "held-out text, "
SCORED = 500            # sentences of the training text that a training curve is scored on
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
    warning, unknown = _unknown(strange, len(tokens) - 1)
    unknown += plots.note(*tokens)
    if not math.isfinite(mean):
        never = dict.fromkeys(
            t for t, v in zip(tokens, values, strict=True) if not math.isfinite(v))
        return (f"{warning}Probability 0 (∞): {', '.join(map(told, never))}. The perplexity is "
                f"infinite.{unknown}")
    return (f"{warning}Most surprising: “{told(tokens[dearest])}”, {values[dearest]:.1f} bits. "
            f"Mean {mean:.1f} bits: perplexity {2 ** mean:,.0f}.{unknown}")


def _unknown(strange: list[str], words: int) -> tuple[str, str]:
    """Of the unknown words: a warning to begin with or "", the sentences at the end or ""."""
    if not strange:
        return "", ""
    share = metrics.unknown_in_words(len(strange) / words)
    names = f" Unknown, scored as <unk> (hatched): {', '.join(map(told, strange))}."
    too_many = len(strange) >= metrics.TOO_MANY * words
    return (f"{share} ", names) if too_many else ("", f" {share}{names}")


def surprisal_meter(models: dict, sentence: str):
    """Type a sentence, choose a model, see the surprisal of each word."""
    return core.explore(
        lambda sentence, model: surprisal_numbers(models[model], sentence, model), draw_surprisals,
        sentence=core.text("sentence", sentence),
        model=core.choice("model", list(models)),
    )


# --- who gives probability to whom ----------------------------------------------------------

def giving_figure(words: list[str], before: list[float], ways: dict[str, list[float]]):
    """A new figure, one panel per way of smoothing: a row of probabilities before and after."""
    figure = plots.blank(width=11, height=4.4)
    for axes, (way, after) in zip(plots.panels(figure, len(ways)), ways.items(), strict=True):
        plots.draw_next_words(axes, words, before, after, title=way, names=("counted", "smoothed"))
    return figure


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
    {(split, amount, smoothing): {"training text": [...], "held-out text": [...]}} over ORDERS,
    and with them "unknown", the share of the held-out words that the models do not know.
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
                "training text": [m.perplexity(train[:min(amount, SCORED)]) for m in models],
                "held-out text": [m.perplexity(heldout) for m in models],
                "unknown": models[0].unknown_share(heldout),
            }
    return grid


def order_numbers(grid: dict, smoothing: str, amount: int) -> dict:
    """What one smoothing and amount of a grid say: one held-out curve per split, and training.

    Returns {"curves": {name: perplexities over ORDERS}, "unknown": the largest share of unknown
    words in a held-out text, "smoothing", "amount"}. The training curve is the last one, and of
    the first split.
    """
    splits = list(dict.fromkeys(split for split, *_ in grid))
    curves = {HELD_OUT + split: grid[split, amount, smoothing]["held-out text"]
              for split in splits}
    curves[f"training text, its first {SCORED} sentences"] = (
        grid[splits[0], amount, smoothing]["training text"])
    unknown = max(grid[split, amount, smoothing]["unknown"] for split in splits)
    return {"curves": curves, "smoothing": smoothing, "amount": amount, "unknown": unknown}


def draw_order(figure, numbers: dict) -> str:
    """Draw the held-out perplexities of all splits over the order, and the training text's."""
    axes, curves = plots.panels(figure)[0], numbers["curves"]
    *heldout, trained = curves.items()
    best = {name: int(np.argmin(values)) for name, values in heldout}
    top = 1.12 * max(max(values) for _, values in heldout)
    plots.draw_curves(
        axes, ORDERS, curves, ylim=(0, top), ylabel="perplexity",
        title=f"{numbers['smoothing']}, {numbers['amount']:,} sentences: best order "
              + ", ".join(f"{ORDERS[place]} ({name.removeprefix(HELD_OUT)})"
                          for name, place in best.items()),
        xlabel="order n (words of context: n - 1)",
    )
    _write_values(axes, [values for _, values in heldout])
    said = [f"{name}: best at order {ORDERS[best[name]]} with {values[best[name]]:,.0f}, order 5 "
            f"has {values[-1]:,.0f}" for name, values in heldout]
    unknown = metrics.unknown_in_words(numbers["unknown"], "the held-out words")
    end = f" {unknown}" if unknown else ""
    return f"{'; '.join(said)}. {trained[0].capitalize()}, at order 5: {trained[1][-1]:,.1f}.{end}"


def _write_values(axes, curves: list[list[float]]) -> None:
    """Each value above its point, unless another point is there."""
    if not axes.texts:
        for _ in range(len(curves) * len(ORDERS)):
            axes.text(0, 0, "", ha="center", color=plots.INK, fontsize=plots.SMALL, animated=True)
    texts, high = iter(axes.texts), axes.get_ylim()[1]
    for order, column in zip(ORDERS, zip(*curves, strict=True), strict=True):
        for value in column:
            free = not any(0 < other - value < 0.11 * high for other in column)
            next(texts).set(x=order, y=value + 0.03 * high, text=f"{value:,.0f}" if free else "")


def order_explorer(grid: dict):
    """Move smoothing and amount of text over a grid made by `order_grid`; all splits are shown."""
    _, amounts, smoothings = (list(dict.fromkeys(axis)) for axis in zip(*grid, strict=True))
    return core.explore(
        lambda smoothing, amount: order_numbers(grid, smoothing, amount), draw_order,
        smoothing=core.choice("smoothing", smoothings, value="fixed weights"),
        amount=core.choice("training text", [(f"{a:,} sentences", a) for a in amounts],
                           value=amounts[-1]),
    )
