"""What a Transformer is made of and what a token costs, by formula: nothing is built."""

from __future__ import annotations

from collections.abc import Mapping

from helpers import plots
from helpers import transformer as tf
from helpers.explorers import core
from helpers.explorers.amounts import in_bytes, large

BOTH, ALONE = "encoder and decoder, 2017", "decoder, today's recipe"
RECIPE = {BOTH: "2017", ALONE: "today"}
OWN, HEAD, SIZE = "as set here", 64, 2              # width of a head; bytes of a number
VOCABULARIES = (99, 1_000, 8_000, 32_000, 37_000, 100_000)
PRESETS = {
    "the model of 2017": {"width": 512, "layers": 6, "vocabulary": 37_000, "length": 512,
                          "kind": BOTH},
    "the letters of this course": {"width": 128, "layers": 4, "vocabulary": 99, "length": 128,
                                   "kind": ALONE},
    "one of 7 billion": {"width": 4096, "layers": 32, "vocabulary": 32_000, "length": 4096,
                         "kind": ALONE}}
UNITS = {1e12: "trillion", 1e9: "billion", 1e6: "million", 1e3: "thousand", 1: "one by one"}


def sizes_numbers(width: int, layers: int, vocabulary: int, length: int, kind: str) -> dict:
    """Parameters, multiply-adds for each token of a text, and the cache, by part.

    kind: "decoder, today's recipe" or "encoder and decoder, 2017": so many layers each, one
    embedding for both, and a source as long as the target. Returns {"parameters", "work": dicts
    by part, "cache": bytes after `length` tokens, 2 a number, "weights": bytes of all parameters,
    and the settings}.
    Raises ValueError for another kind and for a width that is not a multiple of 64.
    """
    if kind not in RECIPE or width % HEAD:
        raise ValueError(f"kind={kind!r}, width={width}: there are {', '.join(RECIPE)}, and a "
                         f"width is a multiple of {HEAD}")
    config = tf.TransformerConfig(vocabulary, d_model=width, n_heads=width // HEAD,
                                  n_layers=layers, max_len=length, **tf.RECIPES[RECIPE[kind]])
    cache = tf.cache_bytes(config, length, size=SIZE)
    if kind == BOTH:
        parts = tf.both_parameters(config, vocabulary, shared=True)
        work, cache = tf.both_multiply_adds(config, length, length), 2 * cache
    else:
        parts, work = tf.parameters(config), tf.multiply_adds(config, length)
    total = sum(parts.values())
    return {"parameters": {"embedding": parts["embedding"],
                           "attention": parts["attention"] + parts["cross"],
                           "feed-forward": parts["feed_forward"], "norms": parts["norms"]},
            "work": {"projections": work["projections"] // length,
                     "scores and sum": (work["scores"] + work["sum"]) // length,
                     "feed-forward": work["feed_forward"] // length,
                     "logits": work["out"] // length},
            "total": total, "cache": cache, "weights": SIZE * total, "width": width,
            "layers": layers, "vocabulary": vocabulary, "length": length, "kind": kind}


def draw_sizes(figure, numbers: dict) -> str:
    """Draw parameters and multiply-adds by part; say the sums and the largest parts."""
    left, right = plots.panels(figure, 2)
    _draw_parts(left, numbers["parameters"], f"{large(numbers['total'])} parameters")
    _draw_parts(right, numbers["work"],
                f"{large(sum(numbers['work'].values()))} multiply-adds a token")
    return _in_words(numbers)


def _draw_parts(axes, parts: Mapping[str, int], title: str) -> None:
    most = max(parts.values())
    unit = next(unit for unit in UNITS if most >= unit)
    values = [value / unit for value in parts.values()]
    plots.draw_bars(axes, list(parts), values, title=title, ylabel=UNITS[unit], shown="{:.3g}",
                    ylim=(0, 1.15 * most / unit))


def _in_words(numbers: dict) -> str:
    parts, work, total = numbers["parameters"], numbers["work"], numbers["total"]
    layers = f"{numbers['layers']} {'layer' if numbers['layers'] == 1 else 'layers'}"
    twice = " on each side" if numbers["kind"] == BOTH else ""
    where = max(parts, key=parts.get)
    share = work["scores and sum"] / sum(work.values())
    both = ", source and target," if twice else ""
    return (f"{numbers['width']:,} wide, {layers}{twice}: {large(total)} parameters, "
            f"{parts[where] / total:.0%} of them in the {where}. In a text of "
            f"{numbers['length']:,} tokens each costs {large(sum(work.values()))} multiply-adds, "
            f"{share:.0%} of them for scores and sums. At {SIZE} bytes a number: weights "
            f"{in_bytes(numbers['weights'])}, cache{both} {in_bytes(numbers['cache'])}.")


def sizes_explorer(preset: str = "the model of 2017"):
    """Choose a known model or set width, layers and the rest; see what sits and what costs where.

    Raises ValueError for a preset that is none of those listed.
    """
    if preset not in PRESETS:
        raise ValueError(f"preset={preset!r}: there are {', '.join(PRESETS)}")
    first = PRESETS[preset]
    shown = core.explore(
        lambda preset, **settings: sizes_numbers(**settings), draw_sizes,
        more=("vocabulary", "length", "kind"),
        preset=core.choice("model", [*PRESETS, OWN], value=preset),
        width=core.slider("width d", HEAD, 8192, value=first["width"], step=HEAD),
        layers=core.slider("layers", 1, 96, value=first["layers"]),
        vocabulary=core.choice("vocabulary", [(f"{V:,} tokens", V) for V in VOCABULARIES],
                               value=first["vocabulary"]),
        length=core.slider("length, tokens", HEAD, 8192, value=first["length"], step=HEAD),
        kind=core.choice("kind", list(RECIPE), value=first["kind"]))
    _tie(shown)
    return shown


def _tie(shown: core.Explorer) -> None:
    """A model sets the other controls; when one of them is moved, it is no known model any more."""
    controls, setting = shown.controls, []

    def follow(change) -> None:
        setting.append(change.new)
        for name, value in PRESETS.get(change.new, {}).items():
            controls[name].value = value
        setting.pop()

    def adjusted(change) -> None:
        if not setting:
            now = {name: value for name, value in shown.values.items() if name != "preset"}
            controls["preset"].value = next(
                (name for name, settings in PRESETS.items() if settings == now), OWN)
    controls["preset"].observe(follow, names="value")
    for name in ("width", "layers", "vocabulary", "length", "kind"):
        controls[name].observe(adjusted, names="value")
