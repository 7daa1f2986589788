"""Notebook 07: the masked models, label curves, scaling, forgetting, two senses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

import torch

from checkpoints.studies import begun
from helpers import training
from helpers.pretraining import (
    canary,
    dpo,
    forgetting,
    instructions,
    joint,
    label_curves,
    layers,
    learning,
    liked,
    planted_senses,
    prompt_controls,
    prompts,
    scaling,
    tasks,
)
from helpers.session import progress_bar

OURS = "helpers.pretraining"
MODEL = (*(f"helpers.transformer.{part}" for part in ("model", "config", "state")),
         *(f"helpers.self_attention_masks.{part}" for part in ("attention", "positions")))
# the stored models stand for all that made them: their files carry the weights' fingerprint
READING = (*(f"{OURS}.{part}" for part in ("masking", "encoder", "texts")),
           *(f"data/checkpoints/{name}.json" for name in learning.NAMES.values()))
ADAPTING = tuple(f"{OURS}.{part}" for part in ("tasks", "by_counting", "probe", "label_curves"))
PROMPTED = (*(f"{OURS}.{part}" for part in ("prompts", "prompt_controls", "tasks")),
            f"data/checkpoints/{prompts.MODEL}.json", *MODEL)
INSTRUCTED = (*(f"{OURS}.{part}" for part in ("instructions", "liked", "dpo")), *MODEL)


def masked_model(seed: int) -> None:
    """The masked model of python_docs and stories, one seed of two; about five CPU minutes.

    Two layers, width 128, AdamW 3e-3, 64 sentences per update, warm-up of 100, cosine to 0. Its
    minutes are those of one CPU.
    """
    torch.set_num_threads(1)
    name = learning.NAMES[seed]
    model, history, minutes = learning.pretrain(seed, keep=f"checkpoint-{name}")
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    known = learning.texts.vocabulary()
    training.save_checkpoint(name, model, tokenizer=known, config=learning.config(known),
                             history=history, minutes=minutes, half=True)
    print(f"{name}: {learning.nats(model, 'test'):.3f} nats per hidden word, {minutes:.1f} minutes")


def few_labels() -> None:
    """Four tasks, eight ways, 16 to 1,024 labels, five draws, two seeds; about a CPU hour."""
    cells = [(name, way, str(labels)) for name in tasks.NAMES
             for labels in label_curves.LABELS for way in label_curves.ways_for(tasks.task(name))
             if labels <= len(tasks.task(name).pool)]
    _cells("label_curves", (*ADAPTING, *READING, *MODEL), cells,
           lambda name, way, labels: label_curves.told(name, way, int(labels)))


def without_labels() -> None:
    """Who fills in the hidden cue needs no labels: the masked model, and Kneser-Ney; seconds."""
    start, task = time.process_time(), tasks.task("word class")
    cues = tasks.NOUN_CUES, tasks.VERB_CUES
    told = {"masked": [round(label_curves.fill_by_masked(task, cues, seed), 4)
                       for seed in label_curves.SEEDS],
            "Kneser-Ney": round(label_curves.by_counting.fill_by_counting(task, cues), 4)}
    training.save_results("without_labels", told, made_by=(*ADAPTING, *READING, *MODEL),
                          minutes=(time.process_time() - start) / 60)


def what_is_forgotten() -> None:
    """The masked model after 256 labels: four ways, three rates, three seeds; minutes."""
    cells = [(way, f"{rate:g}", str(seed)) for way in forgetting.WAYS for rate in forgetting.RATES
             for seed in (0, 1, 2)]
    _cells("forgetting", (f"{OURS}.forgetting", f"{OURS}.lora", *ADAPTING, *READING, *MODEL), cells,
           lambda way, rate, seed: forgetting.told(way, rate=float(rate), seed=int(seed)))


def loss_against_size() -> None:
    """Six sizes, three rates each, two or three seeds; seven CPU minutes."""
    cells = [(kind, f"{rate:g}", str(seed)) for kind, (_, rates, seeds) in scaling.SIZES.items()
             for rate in rates for seed in seeds]
    _cells("scaling", (f"{OURS}.scaling", *MODEL), cells, lambda kind, rate, seed:
           scaling.told(kind, rate=float(rate), seed=int(seed)))


def two_planted_senses() -> None:
    """The planted word of two senses, read in its sentence: three rates, three seeds; minutes.

    "references" beside "masked": what it is held against.
    """
    made_by = (*(f"{OURS}.{part}" for part in ("planted_senses", "masking", "encoder", "probe")),
               "helpers.word_vectors.planted", *MODEL)
    cells = [("masked", f"{rate:g}", str(seed)) for rate in planted_senses.RATES
             for seed in planted_senses.SEEDS]
    known = {name: round(share, 4) for name, share in
             planted_senses.references(planted_senses.sample(2000, 5)).items()}
    _cells("planted_senses", made_by, [("references", "0", "0"), *cells], lambda kind, rate, seed:
           known if kind == "references" else
           planted_senses.told(kind, rate=float(rate), seed=int(seed)))


def what_layers_know() -> None:
    """A line on 256 labels over each layer's frozen rows, four tasks, two seeds; minutes."""
    cells = [(name, kind, str(seed)) for name in layers.NAMES for kind in layers.KINDS
             for seed in layers.SEEDS]
    _cells("layers", (f"{OURS}.layers", *ADAPTING, *READING, *MODEL), cells,
           lambda name, kind, seed: layers.told(name, kind, seed=int(seed)))


def how_sure() -> None:
    """Calibration of a frozen and a fine-tuned classifier, 64 and 256 labels; two minutes."""
    cells = [(way, labels, str(draw)) for way in ("frozen", "fine-tuned")
             for labels in ("64", "256") for draw in (0, 1, 2)]
    _cells("calibration", (f"{OURS}.layers", *ADAPTING, *READING, *MODEL), cells,
           lambda way, labels, draw: layers.calibration_told(way, labels=int(labels),
                                                             draw=int(draw)))


def known_by_heart() -> None:
    """A made-up sentence read 0 to 64 times among 2,000 others, three seeds; three minutes."""
    cells = [("canary", str(times), str(seed)) for times in canary.TIMES for seed in canary.SEEDS]
    _cells("canary", (f"{OURS}.canary", f"{OURS}.audit", *MODEL), cells,
           lambda _, times, seed: canary.told(int(times), seed=int(seed)))


def asked_in_words() -> None:
    """06's decoder asked with 0 to 4 examples in front, three draws of them; three minutes.

    Beside it "filled in", word class by which of two texts is likelier, and two controls.
    """
    cells = [(name, str(examples), str(draw)) for name, most in prompts.EXAMPLES.items()
             for examples in most for draw in (prompts.DRAWS if examples else (0,))]
    cells += [("filled in", "0", "0"), ("short", "0", "0"),
              *(("swapped", "4", str(draw)) for draw in prompts.DRAWS)]

    def run(name: str, examples: str, draw: str) -> dict:
        if name == "filled in":
            return prompts.filled_in()
        if name in prompt_controls.CHANGES:
            return prompt_controls.told(name, draw=int(draw))
        return prompts.told(name, int(examples), draw=int(draw))
    _cells("prompts", PROMPTED, cells, run)


def a_leak_in_the_loss() -> None:
    """Two directions apart and joint: three rates, three seeds; two minutes."""
    made_by = (*(f"{OURS}.{part}" for part in ("joint", "two_directions", "planted_senses",
                                               "probe")),
               "helpers.rnn_lstm.layers", "helpers.word_vectors.planted")
    cells = [(kind, f"{rate:g}", str(seed)) for kind in joint.KINDS for rate in joint.RATES
             for seed in joint.SEEDS]
    _cells("two_directions", made_by, cells, lambda kind, rate, seed:
           joint.told(kind, rate=float(rate), seed=int(seed)))


def told_and_liked() -> None:
    """Instructions from plain lines and from random numbers; preferences; three seeds; minutes."""
    most = instructions.PAIRS[-1]
    cells = [(f"{what} {rate:g}", f"{beta:g}", str(seed)) for what in ("liked", "kept")
             for rate in liked.RATES for beta in liked.BETAS for seed in instructions.SEEDS
             if what == "liked" or beta == liked.BETAS[0]]
    cells += [(kind, str(pairs), str(seed)) for kind in instructions.KINDS
              for pairs in instructions.PAIRS for seed in instructions.SEEDS]

    def run(kind: str, what: str, seed: str) -> dict:
        if kind in instructions.KINDS:
            return instructions.told(kind, int(what), seed=int(seed))
        model = instructions.follower("tuned", most, instructions.rate_of("tuned", most), int(seed))
        way, rate = kind.split()
        return liked.told(model, rate=float(rate), beta=float(what), seed=int(seed),
                          keep=float(way == "kept"))
    _cells("instructions", INSTRUCTED, cells, run)


def letters_model(name: str) -> None:
    """One of three small decoders of letters: plain, tuned on instructions, moved by preferences.

    All that comes before it is trained with it; a minute.
    """
    torch.set_num_threads(1)
    start = time.process_time()
    model, history = instructions.plain(0)
    if name != "letters_plain":
        most = instructions.PAIRS[-1]
        model, history = instructions.tuned(model, instructions.pool_of(most, 0),
                                            rate=instructions.rate_of("tuned", most))
    if name == "letters_liked":
        model, history = liked.follow(model, liked.judged(model), beta=dpo.BETA, keep=1.0)
    training.save_checkpoint(name, model, tokenizer=instructions.KNOWN, history=history, half=True,
                             config={"vocab_size": len(instructions.KNOWN), **instructions.SIZE},
                             minutes=(time.process_time() - start) / 60)
    print(f"{name}: {instructions.right(model):.3f} of fresh instructions are followed")


def _cells(name: str, made_by: tuple[str, ...], cells: Iterable[tuple[str, str, str]],
           run: Callable[..., dict]) -> None:
    """Store {a: {b: {c: run(a, b, c)}}}, cell by cell; a stopped run goes on."""
    torch.set_num_threads(1)
    told, minutes = begun(name, made_by)
    start = time.process_time() - 60 * minutes
    for a, b, c in progress_bar(list(cells), name):
        place = told.setdefault(a, {}).setdefault(b, {})
        if c in place:
            continue
        place[c] = run(a, b, c)
        training.save_results(name, told, made_by=made_by,
                              minutes=(time.process_time() - start) / 60)


RECIPES: dict[str, Callable[[], None]] = {
    "docs_masked": lambda: masked_model(0),
    "docs_masked_1": lambda: masked_model(1),
    "label_curves": few_labels,
    "without_labels": without_labels,
    "forgetting": what_is_forgotten,
    "scaling": loss_against_size,
    "planted_senses": two_planted_senses,
    "layers": what_layers_know,
    "calibration": how_sure,
    "canary": known_by_heart,
    "prompts": asked_in_words,
    "two_directions": a_leak_in_the_loss,
    "instructions": told_and_liked,
    **{name: partial(letters_model, name)
       for name in ("letters_plain", "letters_tuned", "letters_liked")},
}
