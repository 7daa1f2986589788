"""One figure of the whole course: every row of its score table, and the source with a floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from helpers import corpora, plots
from helpers.explorers import core
from helpers.explorers.language_models.drawing import expected_bits, floor_model
from helpers.self_attention_masks import leak
from helpers.transformer import markov

KINDS = ("counting", "recurrent", "attention", "mixture")
WORDS = {"mixed": "mixture", "Kneser-Ney": "counting", "LSTM": "recurrent",
         "attention": "attention", "Transformer": "attention"}      # the first that is found counts
IN_TABLE = {                # the row of the score table -> the row of `docs_scores`
    "characters, Kneser-Ney order 7": "counting",
    "characters, LSTM 512": "LSTM 512",
    "characters, LSTM 512 mixed with Kneser-Ney order 7": "LSTM 512 + counting",
    "characters, Transformer": "trained beforehand",
    "characters, Transformer mixed with Kneser-Ney order 7": "trained beforehand + counting",
    "characters, Transformer, a hundred updates more": "100 updates seen"}
SHORTER = {"characters, ": "", " mixed with Kneser-Ney order ": " + Kneser-Ney ",
           "one layer of attention": "one attention layer", "Kneser-Ney order": "Kneser-Ney",
           "byte-pair tokens": "byte pairs", "a hundred updates more": "100 updates"}
ALL, BEST, MANY = "all of the course", "the best seven", 7
RANKED, TOLD = "best first", "notebook by notebook"
PLAYED = (0.0, 5.0)         # bits per letter that the game of 01 may end with; 0: not played
FOOT = 0.3                  # inches for the line that tells the kinds
SEES = "no mask"            # the model of 05 that sees the future


def kind_of(model: str) -> str:
    """One of KINDS, by the model's name in the table. Raises ValueError where it does not tell."""
    for word, kind in WORDS.items():
        if word in model:
            return kind
    raise ValueError(f"model {model!r}: its name holds none of {', '.join(WORDS)}")


def with_intervals(rows: Sequence[Mapping], table: Mapping) -> list[dict]:
    """The rows of `metrics.scores`, with "low" and "high" where the table `docs_scores` has them.

    A row that has its own, or another score than the table says, stays as it is.
    """
    found = []
    for row in rows:
        told = table["rows"].get(IN_TABLE.get(row["model"], ""), {})
        same = abs(told.get("bits", np.inf) - row["bits_per_character"]) < 2e-4
        found.append({**({"low": told["low"], "high": told["high"]} if same else {}), **row})
    return found


def markov_rows(of_attention: Mapping, of_blocks: Mapping) -> list[dict]:
    """Who comes how near to the floor of the `markov` source: perplexity as a multiple of it.

    of_attention, of_blocks: the tables `leak` and `markov_transformer`, of which each kind is
    taken at its best rate, mean and range over the seeds. Counting is reckoned here, exactly.
    Returns [{"model", "notebook", "kind", "times", "low", "high", "in_notebook"}].
    """
    source = corpora.markov_source()
    stream = [word for line in corpora.load("markov", "train") for word in line.split()]
    rows = []
    for n in (1, 2, 3, 4):
        times = 2 ** expected_bits(source, floor_model(stream, n), n) / markov.floor(2)
        rows.append(_times("01", f"counting, order {n}", "counting", [times]))
    for kind, name in (("causal mask", "one attention layer"), (SEES, "a layer, no mask")):
        seeds = _best([[run["400"]["perplexity"] for run in runs]
                       for runs in of_attention[kind].values()])
        rows.append(_times("05", name, "attention", np.array(seeds) / leak.floor()))
    for kind in of_blocks:
        seeds = _best([[run["exact"]["4"] for run in runs] for runs in of_blocks[kind].values()])
        rows.append(_times("06", kind, "attention", np.array(seeds) / markov.floor(4)))
    return rows


def _times(notebook: str, model: str, kind: str, seeds: Sequence[float]) -> dict:
    return {"notebook": notebook, "model": model, "kind": kind, "times": float(np.mean(seeds)),
            "low": float(min(seeds)), "high": float(max(seeds)), "in_notebook": kind == "counting"}


def _best(by_rate: list[list[float]]) -> list[float]:
    return min(by_rate, key=np.mean)


def score_numbers(rows: Sequence[Mapping], which: str = ALL, order: str = RANKED,
                  yours: float = 0.0) -> dict:
    """The rows that are shown, in their order, with the kind of each.

    rows: of `metrics.scores`, best with `with_intervals`. which: all, or the seven best. yours:
    bits per letter of one's own in the game of notebook 01, 0 for none. Returns {"rows": dicts
    with "kind" and "in_notebook" (made there, not trained beforehand), "best": {kind: its best
    row}, "yours", "which", "order"}.
    Raises ValueError for no rows, another choice, and a score of one's own outside 0 to 5.
    """
    if not rows:
        raise ValueError("the score table is empty: `make notebooks` writes it")
    if which not in (ALL, BEST) or order not in (RANKED, TOLD):
        raise ValueError(f"which={which!r}, order={order!r}: there are {ALL!r} and {BEST!r}, "
                         f"{RANKED!r} and {TOLD!r}")
    if not PLAYED[0] <= yours <= PLAYED[1]:
        raise ValueError(f"yours={yours}: bits per letter from {PLAYED[0]} to {PLAYED[1]}")
    ranked = sorted(({**row, "kind": kind_of(row["model"]),
                      "in_notebook": row["budget"].startswith("in this notebook")}
                     for row in rows), key=lambda row: row["bits_per_character"])
    shown = ranked[:MANY] if which == BEST else ranked
    if order == TOLD:
        shown = sorted(shown, key=lambda row: (row["notebook"], -row["bits_per_character"]))
    best = {row["kind"]: row for row in reversed(ranked)}
    return {"rows": shown, "best": best, "last": ranked[-1], "number": len(ranked),
            "yours": yours, "which": which, "order": order}


def draw_scores(figure, numbers: dict, on_source: Sequence[Mapping]) -> str:
    """Draw the score table and, beside it, the source with a floor; say who is where."""
    left, right = plots.panels(figure, 2, width_ratios=(1.62, 1))
    rows, yours = numbers["rows"], numbers["yours"]
    low, high = _limits(numbers)
    plots.draw_dots(
        left, [f"{row['notebook']} {_shorter(row['model'])}" for row in rows],
        [row["bits_per_character"] for row in rows],
        intervals=np.array([_ends(row) for row in rows]), xlim=(low, high),
        title="Bits per character, numbers stored", xlabel="bits per character",
        xticks=_ticks(low, high), order=KINDS,
        kinds=[row["kind"] for row in rows], hollow=[row["in_notebook"] for row in rows],
        notes=[f"{row['bits_per_character']:.2f} · {_count(row['stored_numbers'])}"
               for row in rows], level=(yours, "you") if low < yours < high else None, foot=FOOT)
    plots.draw_dots(
        right, [f"{row['notebook']} {row['model']}" for row in on_source],
        [row["times"] for row in on_source],
        intervals=np.array([(row["low"], row["high"]) for row in on_source]),
        title="Choices on markov", xlabel="times the floor", xlim=(0, 3.5), order=KINDS,
        kinds=[row["kind"] for row in on_source],
        hollow=[row["in_notebook"] for row in on_source], level=(1.0, "floor"),
        notes=[f"{row['times']:.2f}" for row in on_source], foot=FOOT,
        xticks={n: str(n) for n in range(4)})
    if not left.get_legend():
        plots.dots_key(left, KINDS, solid="trained beforehand", hollow="made in its notebook")
    return _in_words(numbers, on_source)


def _limits(numbers: dict) -> tuple[float, float]:
    """The whole scale, which stays while a slider is moved, or as near as the best rows are."""
    if numbers["which"] == ALL:
        return 0.0, max(PLAYED[1], numbers["last"]["bits_per_character"] + 0.2)
    found = [row["bits_per_character"] for row in numbers["rows"]]
    return min(found) - 0.03, max(found) + 0.03


def _ticks(low: float, high: float) -> dict[float, str]:
    step = 1 if high - low > 2 else 0.1 if high - low > 0.25 else 0.05
    return {step * n: f"{step * n:.2g}" for n in range(int(np.ceil(low / step)),
                                                       1 + int(high / step))}


def _ends(row: Mapping) -> tuple[float, float]:
    return row.get("low", np.nan), row.get("high", np.nan)


def _shorter(model: str) -> str:
    for long, short in SHORTER.items():
        model = model.replace(long, short)
    return model


def _count(value: int) -> str:
    for unit, word in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:.1f} {word}" if unit == 1e6 else f"{value / unit:.0f} {word}"
    return f"{value}"


def _in_words(numbers: dict, on_source: Sequence[Mapping]) -> str:
    best = sorted(numbers["best"].values(), key=lambda row: row["bits_per_character"])
    kinds = ", ".join(f"{row['kind']} {row['bits_per_character']:.2f}" for row in best)
    last = numbers["last"]
    cheats = [row["times"] for row in on_source if row["high"] < 1]
    words = (f"{numbers['number']} models on text they have not read, from "
             f"{last['bits_per_character']:.2f} bits per character ({_shorter(last['model'])}) "
             f"to {best[0]['bits_per_character']:.2f} ({_shorter(best[0]['model'])}). Best of each "
             f"kind: {kinds}.")
    if cheats:
        words += (f" Under the floor of markov ({cheats[0]:.2f} of it) is only the layer without a "
                  "mask: it sees the future.")
    if numbers["yours"]:
        words += (f" You, in the game of 01: {numbers['yours']:.1f} bits per letter of 27 signs, "
                  "another count than the table's.")
    return words


def score_explorer(rows: Sequence[Mapping], on_source: Sequence[Mapping], yours: float = 0.0):
    """The whole score table of the course: look closer, sort it, put yourself in.

    rows: with_intervals(metrics.scores(), training.load_results("docs_scores")). on_source:
    `markov_rows` of the tables `leak` and `markov_transformer`. yours: as in `score_numbers`.
    """
    return core.explore(
        lambda **how: score_numbers(rows, **how),
        lambda figure, numbers: draw_scores(figure, numbers, on_source), size=(10, 4.1),
        which=core.choice("rows", [ALL, BEST]), order=core.choice("order", [RANKED, TOLD]),
        yours=core.slider("your bits per letter", *PLAYED, value=yours,
                          step=0.1))


def score_figure(rows: Sequence[Mapping], on_source: Sequence[Mapping], **how):
    """The same as a picture that stays: (figure, sentence). how: as `score_numbers` takes it."""
    figure = plots.blank(height=4.1)
    return figure, draw_scores(figure, score_numbers(rows, **how), on_source)
