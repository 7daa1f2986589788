"""Train what notebooks would have to wait for, and store it in data/checkpoints/.

    python tools/make_checkpoints.py                     everything (more than an hour on two cores)
    python tools/make_checkpoints.py stories_lstm        one of them

A run that is stopped goes on where it was. The names are those of RECIPES at the end.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pretraining_recipes
import torch

from helpers import corpora, neural, rnn_lstm, tokenizers, training
from helpers.neural_networks import confusions, depth
from helpers.rnn_lstm import recall, runs
from helpers.self_attention_masks import (
    AttentionLM,
    dictionary,
    leak,
    recall_letters,
    relations,
)
from helpers.seq2seq_attention import elsewhere, quality, reversal
from helpers.session import progress_bar, usable_cpus
from helpers.transformer import RECIPES as BLOCKS
from helpers.transformer import (
    Transformer,
    TransformerConfig,
    adamw,
    norms,
    places,
    recipe,
    sorter,
    switches,
)
from helpers.transformer import translation as pair_study
from helpers.word_vectors import (
    against_counting,
    agreement,
    docs,
    docs_runs,
    held_out,
    plane,
    planted_runs,
)
from helpers.word_vectors import reviews as vectors_in_use
from helpers.word_vectors.stored_docs import Tables


def character_model(name: str, corpus: str, config: dict, *, build: Callable, fast: dict,
                    clock: Callable = time.perf_counter, early: int | None = None, **how) -> None:
    """Train a character language model on the train part of a corpus, and store it.

    build: what makes the model of the config; fast: its settings while it is trained; clock: what
    the minutes are told by; early: the state after so many steps is stored too, as NAME_early.
    """
    train, valid = (corpora.load(corpus, split) for split in ("train", "valid"))
    vocabulary = tokenizers.Vocabulary.from_texts(train)
    config = {"vocab_size": len(vocabulary), **config}
    torch.manual_seed(0)
    model = build(**config, **fast)
    length, batch = how.pop("length"), how.pop("batch")
    draw = neural.windows(vocabulary.stream(train), length, batch)
    fixed = torch.Generator().manual_seed(0)
    checks = neural.windows(vocabulary.stream(valid), length, 64)
    batches = [checks(fixed) for _ in range(10)]

    def validate(network) -> float:
        return float(np.mean([neural.next_token_loss(network, b).item() for b in batches]))

    own_steps: list[float] = []

    def loss_fn(network, batch) -> torch.Tensor:
        own_steps.append(clock())
        return neural.next_token_loss(network, batch)

    def store(as_name: str, network, history) -> float:
        # a run that went on where another stopped knows its own time only: the rest by its pace
        pace = (own_steps[-1] - own_steps[0]) / max(len(own_steps) - 1, 1) if own_steps else 0.0
        minutes = pace * history.done / 60
        training.save_checkpoint(as_name, network, tokenizer=vocabulary, config=config,
                                 history=history, minutes=minutes, half=True)
        return minutes

    def watch(network, history) -> None:
        if history.done == early:
            store(f"{name}_early", network, history)

    history = training.train(model, draw, loss_fn, validate=validate, what=name, watch=watch,
                             keep=f"checkpoint-{name}", resume=True, **how)
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    minutes = store(name, model, history)
    print(f"{name}: validation {history.best_loss / np.log(2):.3f} bits per character at step "
          f"{history.best_step}, {minutes:.1f} minutes")


def python_docs_lstm() -> None:
    """One LSTM layer of 512 over the characters of python_docs, about eleven times through."""
    character_model("python_docs_lstm", "python_docs",
                    {"d_embed": 64, "d_hidden": 512, "dropout": 0.1, "forget_bias": 1.0},
                    build=rnn_lstm.LanguageModel, fast={"fast": True},
                    steps=4000, batch=64, length=128, learning_rate=3e-3, every=250,
                    schedule=training.warmup_cosine(100))


def stories_lstm() -> None:
    """One LSTM layer of 256 over the characters of the stories, about sixty times through."""
    character_model("stories_lstm", "stories",
                    {"d_embed": 32, "d_hidden": 256, "dropout": 0.3, "forget_bias": 1.0},
                    build=rnn_lstm.LanguageModel, fast={"fast": True},
                    steps=2500, batch=32, length=128, learning_rate=3e-3, every=100,
                    schedule=training.warmup_cosine(100))


def docs_attention() -> None:
    """One layer of attention over the characters of python_docs, width 128, about four times.

    Its minutes are those of one CPU. The rate is the best of three over the whole run: validation
    bits are 2.92 at 3e-2, 2.61 at 1e-2, 2.74 at 3e-3.
    """
    torch.set_num_threads(1)
    character_model("docs_attention", "python_docs", {"d_model": 128, "n_heads": 4, "most": 128},
                    build=AttentionLM, fast={"fused": True}, clock=time.process_time,
                    steps=3000, batch=32, length=128, learning_rate=1e-2, every=300,
                    schedule=training.warmup_cosine(100))


def docs_transformer() -> None:
    """Four layers of today's Transformer over the characters of python_docs, not twice through.

    Its minutes are those of one CPU. The rate is the best of three after 150 updates: validation
    bits are 3.20 at 2e-3, 3.27 at 4e-3, 3.29 at 8e-3. The state after 100 updates is stored, too.
    """
    torch.set_num_threads(1)
    character_model("docs_transformer", "python_docs",
                    {"d_model": 128, "n_heads": 4, "n_layers": 4, "max_len": 128,
                     **BLOCKS["today"]},
                    build=lambda **config: Transformer(TransformerConfig(**config), fused=True),
                    fast={}, clock=time.process_time,
                    optimizer=adamw(2e-3, betas=(0.9, 0.95)), steps=2500, batch=16, length=128,
                    every=500, early=100, schedule=training.warmup_cosine(100))


def recall_over_distance() -> None:
    """The recall task: three learning rates, three distances, seven cells, three seeds each."""
    wanted = [(f"{rate:g}", str(distance), name, seed) for distance in recall.DISTANCES
            for rate in recall.RATES for name in recall.SETTINGS for seed in recall.SEEDS]
    made_by = ("helpers.rnn_lstm.recall", "helpers.rnn_lstm.cells")
    told, minutes = _begun("recall", made_by)
    start = time.perf_counter() - 60 * minutes
    for rate, distance, name, seed in progress_bar(wanted, "recall"):
        where = [told[what].setdefault(rate, {}).setdefault(distance, {}).setdefault(name, [])
                 for what in ("right", "signal", "kept")]
        if len(where[0]) > seed:
            continue
        run = recall.train(recall.SETTINGS[name], int(distance), rate=float(rate), seed=seed)
        where[0].append(round(float(np.mean(run["right"][-20:])), 4))
        where[1].append([float(f"{s:.3g}") for s in run["signal"]])
        where[2].append([round(k, 4) for k in run["kept"]])
        training.save_results("recall", told, made_by=made_by,
                              minutes=(time.perf_counter() - start) / 60)


def _begun(name: str, made_by: tuple[str, ...]) -> tuple[dict, float]:
    """What a run of the same code has stored so far, and its minutes; nothing otherwise."""
    try:
        info = training.results_info(name)
    except (FileNotFoundError, ValueError):
        info = {}
    if info.get("made_by") != training.code_sha256(made_by):
        return {"right": {}, "signal": {}, "kept": {}}, 0.0
    return info["results"], info["minutes"]


def runs_to_look_at() -> None:
    """A network that learns to write, and four runs of which one is healthy."""
    start = time.perf_counter()
    four = {name: {what: [round(loss, 4) for loss in losses] for what, losses in told.items()}
            for name, told in ((name, runs.curves(**how)) for name, how in runs.FOUR.items())}
    training.save_results("runs", {"four": four, "growing": runs.growing()},
                          made_by=("helpers.rnn_lstm.runs", "helpers.rnn_lstm.cells"),
                          minutes=(time.perf_counter() - start) / 60)


SEQ2SEQ = tuple(f"helpers.seq2seq_attention.{part}" for part in ("contexts", "model", "learning"))


def reversal_toy() -> None:
    """Letters backwards: six contexts, three learning rates, three seeds each."""
    _table("reversal", ("helpers.seq2seq_attention.reversal", *SEQ2SEQ), reversal,
           lambda kind, rate, seed: reversal.told(reversal.train(kind, rate=rate, seed=seed)))


def translation() -> None:
    """English to French with one vector and with attention, three rates, three seeds each."""
    made_by = ("helpers.seq2seq_attention.quality", *SEQ2SEQ, "data/en_fr.tsv")
    _table("translation", made_by, quality,
           lambda kind, rate, seed: quality.told(quality.train(kind, rate=rate, seed=seed)[0]))


BLOCK = (*(f"helpers.transformer.{part}" for part in ("model", "config", "state")),
         *(f"helpers.self_attention_masks.{part}" for part in ("attention", "positions")))


def translation_transformer() -> None:
    """English to French by the Transformer of 2017: three rates, two seeds each."""
    made_by = (*(f"helpers.transformer.{part}" for part in ("translation", "encoder_decoder")),
               *BLOCK, "helpers.seq2seq_attention.learning", "helpers.seq2seq_attention.quality",
               "data/en_fr.tsv")
    _table("translation_transformer", made_by, pair_study, lambda kind, rate, seed:
           pair_study.told(pair_study.train(kind, rate=rate, seed=seed)[0]))


def block_switches() -> None:
    """From the block of 2017 to today's, one switch at a time: two rates, two seeds each."""
    _table("switches", ("helpers.transformer.switches", *BLOCK), switches,
           lambda kind, rate, seed: switches.told(kind, rate=rate, seed=seed))


def attention_elsewhere() -> None:
    """One look at a text or a picture: four tasks, three learning rates, three seeds each."""
    made_by = ("helpers.seq2seq_attention.elsewhere", SEQ2SEQ[0], "data/reviews.tsv")
    _table("elsewhere", made_by, elsewhere,
           lambda kind, rate, seed: elsewhere.told(kind, rate=rate, seed=seed))


SELF = "helpers.self_attention_masks"


def two_relations() -> None:
    """Two letters to name at once: one head, two heads, a feed-forward layer; a minute."""
    made_by = tuple(f"{SELF}.{part}" for part in ("relations", "attention", "positions"))
    _table("relations", made_by, relations, lambda kind, rate, seed: relations.told(
        relations.train(kind, rate=rate, seed=seed)))


def relations_heads() -> None:
    """The model with two heads whose weights the notebook shows; under a second."""
    start = time.perf_counter()
    torch.manual_seed(0)
    model = relations.Relations("two heads")
    history = training.train(
        model, lambda generator: relations.lines(relations.BATCH, generator), relations.loss_of,
        steps=relations.UPDATES, learning_rate=3e-3, what="two heads, rate 0.003, seed 0")
    known = tokenizers.Vocabulary("abcdefgh", marks=())
    training.save_checkpoint("relations_heads", model, tokenizer=known, history=history,
                             config={"kind": "two heads", "vocab_size": len(known)},
                             minutes=(time.perf_counter() - start) / 60)


def private_dictionary() -> None:
    """A dictionary per line, one layer and two, three rates, three seeds; a few minutes.

    The model of two layers, rate 6e-3, seed 0 is stored, too.
    """
    made_by = tuple(f"{SELF}.{part}" for part in ("dictionary", "attention", "positions", "model"))
    _table("dictionary", made_by, dictionary,
           lambda kind, rate, seed: dictionary.told(kind, rate=rate, seed=seed))
    start, seen = time.perf_counter(), []
    model = dictionary.train("two layers", rate=6e-3, seed=0,
                             watch=lambda _, history: seen.append(history))
    training.save_checkpoint("dictionary", model, tokenizer=dictionary.KNOWN, history=seen[-1],
                             config=dictionary.config("two layers"),
                             minutes=(time.perf_counter() - start) / 60)


def leaks() -> None:
    """Perplexity against the floor of the source: three masks, four rates, three seeds."""
    made_by = (*(f"{SELF}.{part}" for part in ("leak", "attention", "masks", "positions",
                                               "model")), "data/markov.json")
    _table("leak", made_by, leak, lambda kind, rate, seed: leak.told(kind, rate=rate, seed=seed))


def recall_letters_table() -> None:
    """Which letter came first: looks and cells, three rates, three seeds, two distances."""
    made_by = (f"{SELF}.recall_letters", f"{SELF}.attention", f"{SELF}.positions",
               "helpers.rnn_lstm.cells")
    _table("recall_letters", made_by, recall_letters,
           lambda kind, rate, seed: recall_letters.told(kind, rate=rate, seed=seed))


OF_TRANSFORMER = (*(f"helpers.transformer.{part}" for part in ("model", "config", "state")),
                  f"{SELF}.attention", f"{SELF}.positions")


def letter_sorter() -> None:
    """Six letters in order: three kinds, three rates, three seeds each, and one model stored."""
    _table("sorter", ("helpers.transformer.sorter", *OF_TRANSFORMER), sorter,
           lambda kind, rate, seed: sorter.told(kind, rate=rate, seed=seed))
    start = time.process_time()
    model, history = sorter.train()
    training.save_checkpoint("sorter", model, tokenizer=sorter.KNOWN, config=sorter.config(),
                             history=history, minutes=(time.process_time() - start) / 60)


def norm_before_or_after() -> None:
    """Eight blocks copy letters: two norms, two starts, with and without a warm-up."""
    _table("norms", ("helpers.transformer.norms", *OF_TRANSFORMER), norms,
           lambda kind, rate, seed: norms.told(kind, rate=rate, seed=seed))


def parts_of_the_recipe() -> None:
    """The recipe of a small decoder, and each part of it taken away: three rates, two seeds."""
    made_by = ("helpers.transformer.recipe", "helpers.transformer.practice", *OF_TRANSFORMER,
               "data/stories.txt")
    _table("recipe", made_by, recipe,
           lambda kind, rate, seed: recipe.told(kind, rate=rate, seed=seed))


def places_beyond() -> None:
    """Four ways to tell places, read at four times the length: two rates, three seeds each."""
    _table("places", ("helpers.transformer.places", *OF_TRANSFORMER), places,
           lambda kind, rate, seed: places.told(kind, rate=rate, seed=seed))


def reviews_attention() -> None:
    """Praise or blame by one look at the words of a review; a few seconds."""
    start = time.perf_counter()
    model, known, history = elsewhere.train_classifier(*elsewhere.review_texts("train"),
                                                       rate=1e-2, seed=0)
    training.save_checkpoint("reviews_attention", model, tokenizer=known,
                             config={"vocab_size": len(known)}, history=history,
                             minutes=(time.perf_counter() - start) / 60)


def _table(name: str, made_by: tuple[str, ...], study, run: Callable) -> None:
    """Store {kind: {rate: [what run(kind, rate, seed) tells, one per seed]}}, run by run."""
    try:
        info = training.results_info(name)
    except (FileNotFoundError, ValueError):
        info = {}
    same = info.get("made_by") == training.code_sha256(made_by)
    told, minutes = (info["results"], info["minutes"]) if same else ({}, 0.0)
    start = time.perf_counter() - 60 * minutes
    torch.set_num_threads(1)
    for kind, rate, seed in progress_bar([(kind, rate, seed) for kind in study.KINDS for rate in
                                          study.RATES for seed in study.SEEDS], name):
        runs_so_far = told.setdefault(kind, {}).setdefault(f"{rate:g}", [])
        if len(runs_so_far) > seed:
            continue
        runs_so_far.append(run(kind, rate, seed))
        training.save_results(name, told, made_by=made_by,
                              minutes=(time.perf_counter() - start) / 60)


def translator(name: str, corpus: str, kind: str, updates: int, study=quality,
               clock: Callable = time.perf_counter) -> None:
    """Train one translator at 3e-3 with dropout, and store it with its two vocabularies."""
    torch.set_num_threads(1)
    start = clock()
    found, config, history = study.train(kind, corpus, rate=3e-3, seed=0, updates=updates)
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    minutes = (clock() - start) / 60
    training.save_checkpoint(name, found.model, tokenizer=found.vocabularies, config=config,
                             history=history, minutes=minutes, half=True)
    print(f"{name}: {study.told(found, corpus)}, {minutes:.1f} minutes")


def neural_ngram() -> None:
    """The neural n-gram model against counting: three kinds, three rates, three seeds each."""
    made_by = tuple(f"helpers.word_vectors.{part}" for part in ("against_counting", "neural_ngram"))
    _table("neural_ngram", made_by, against_counting, lambda kind, rate, seed:
           against_counting.told(against_counting.train(kind, rate=rate, seed=seed)))


OF_DOCS = tuple(f"helpers.word_vectors.{part}" for part in ("docs", "docs_runs", "skipgram",
                                                            "counting", "vectors"))


def word_pairs() -> None:
    """How many of thirty pairs are found: counted, and trained at three rates with three seeds."""
    for kind, (rates, seeds) in docs_runs.CASES.items():
        _table("word_pairs", OF_DOCS, SimpleNamespace(KINDS=(kind,), RATES=rates, SEEDS=seeds),
               docs_runs.told)


def planted_words() -> None:
    """Skip-gram and CBOW on the planted language: four rates, three seeds; two minutes."""
    made_by = tuple(f"helpers.word_vectors.{part}" for part in ("planted_runs", "planted",
                                                                "skipgram", "vectors"))
    _table("planted_runs", made_by, planted_runs, lambda kind, rate, seed:
           planted_runs.told(kind, rate=rate, seed=seed))


def python_docs_vectors() -> None:
    """Both tables of skip-gram on python_docs, four times through, and their plane; a minute."""
    torch.set_num_threads(1)
    start, history, text = time.process_time(), training.History(), docs.corpus()
    model = docs.learn(rate=docs_runs.BEST, seed=0,
                       watch=lambda loss, rate: history.add(loss, 0.0, rate))
    known = tokenizers.Vocabulary(text.words, cut="words")
    tables = Tables.of(model, plane.layout(model.rows_in.numpy(), seed=0), text.counts)
    training.save_checkpoint("python_docs_vectors", tables, tokenizer=known, history=history,
                             config={"vocab_size": len(known), "d": docs.D},
                             minutes=(time.process_time() - start) / 60, half=True)
    found = docs.stored()
    print(f"python_docs_vectors: {docs.pairs_found(found.vectors)} of 30 pairs, the plane keeps "
          f"{plane.kept(found.vectors.rows, found.plane):.3f}")


def word_knobs() -> None:
    """Window and negatives: twelve settings, one seed, the rate that is best at 5 and 5."""
    torch.set_num_threads(1)
    start = time.process_time()
    runs = [docs_runs.knob(window, negatives) for window in docs_runs.EPOCHS_OF
            for negatives in docs_runs.NEGATIVES]
    training.save_results("word_knobs", {"runs": runs}, made_by=OF_DOCS,
                          minutes=(time.process_time() - start) / 60)


def word_seeds() -> None:
    """Three seeds of the stored setting: how their vectors agree, and what frequency does.

    "often": words that come 50 times or more, without their mean row.
    """
    torch.set_num_threads(1)
    start, text = time.process_time(), docs.corpus()
    rows = [docs.learn(rate=docs_runs.BEST, seed=seed).rows_in.numpy() for seed in docs_runs.SEEDS]
    often, agree = text.counts >= 50, []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        found = {"all": agreement.agreement(rows[a], rows[b]),
                 "centred": agreement.agreement(rows[a], rows[b], centre=True),
                 "often": agreement.agreement(rows[a][often], rows[b][often], centre=True)}
        agree.append({"seeds": [a, b], **{which: {what: round(share, 4) for what, share in
                                                  told.items()} for which, told in found.items()}})
    long = [{**agreement.lengths(table, text.counts),
             "common": round(agreement.common(table), 4)} for table in rows]
    training.save_results("word_seeds", {"agreement": agree, "lengths": long},
                          made_by=tuple(f"helpers.word_vectors.{part}" for part in (
                              "docs", "skipgram", "agreement", "plane")),
                          minutes=(time.process_time() - start) / 60)


def reviews_vectors() -> None:
    """Praise or complaint by the mean of word vectors: nine kinds, three rates, three seeds."""
    made_by = (*(f"helpers.word_vectors.{part}" for part in ("reviews", "from_text", "counting")),
               "data/reviews.tsv", "data/stories.txt")
    _table("reviews_vectors", made_by, vectors_in_use,
           lambda kind, rate, seed: vectors_in_use.told(kind, rate=rate, seed=seed))


def word_pieces() -> None:
    """Neighbours of words never seen, from their pieces: three draws of a hundred words."""
    start = time.process_time()
    made_by = tuple(f"helpers.word_vectors.{part}" for part in ("held_out", "pieces", "from_text",
                                                                "counting"))
    told = {str(seed): held_out.told(seed) for seed in held_out.SEEDS}
    training.save_results("word_pieces", told, made_by=made_by,
                          minutes=(time.process_time() - start) / 60)


def depth_study() -> None:
    """Plain and residual blocks, three depths, with BatchNorm and without; minutes."""
    _table("depth", ("helpers.neural_networks.depth",), depth,
           lambda kind, rate, seed: depth.told(kind, rate=rate, seed=seed))


def confusions_study() -> None:
    """One right way to train a small classifier and four wrong ones; seconds."""
    _table("confusions", ("helpers.neural_networks.confusions",), confusions,
           lambda kind, rate, seed: confusions.told(kind, rate=rate, seed=seed))


def taggers() -> None:
    """Which words around "apple" a tagger must see: three ways to look, three seeds each."""
    start = time.perf_counter()
    right = {looks: [[round(share, 4) for share in rnn_lstm.train_tagger(looks, seed)]
                     for seed in range(3)] for looks in ("nowhere", "left", "both")}
    training.save_results("taggers", right,
                          made_by=("helpers.rnn_lstm.context", "helpers.rnn_lstm.models"),
                          minutes=(time.perf_counter() - start) / 60)


RECIPES: dict[str, Callable[[], None]] = {
    "reversal": reversal_toy,
    "translation": translation,
    "translation_transformer": translation_transformer,
    "en_fr_transformer": lambda: translator("en_fr_transformer", "en_fr", "2017", 2400,
                                            pair_study, time.process_time),
    "switches": block_switches,
    "elsewhere": attention_elsewhere,
    "reviews_attention": reviews_attention,
    "en_fr_vector": lambda: translator("en_fr_vector", "en_fr", "last", 2400),
    "en_fr_attention": lambda: translator("en_fr_attention", "en_fr", "dot", 2400),
    "en_zh_attention": lambda: translator("en_zh_attention", "en_zh", "dot", 2400),
    "confusions": confusions_study,
    "depth": depth_study,
    "neural_ngram": neural_ngram,
    "python_docs_vectors": python_docs_vectors,
    "word_pairs": word_pairs,
    "planted_runs": planted_words,
    "word_seeds": word_seeds,
    "word_knobs": word_knobs,
    "reviews_vectors": reviews_vectors,
    "word_pieces": word_pieces,
    "relations": two_relations,
    "relations_heads": relations_heads,
    "dictionary": private_dictionary,
    "leak": leaks,
    "docs_attention": docs_attention,
    "docs_transformer": docs_transformer,
    "recall_letters": recall_letters_table,
    "sorter": letter_sorter,
    "norms": norm_before_or_after,
    "recipe": parts_of_the_recipe,
    "places": places_beyond,
    "recall": recall_over_distance,
    "runs": runs_to_look_at,
    "taggers": taggers,
    "stories_lstm": stories_lstm,
    "python_docs_lstm": python_docs_lstm,
    **pretraining_recipes.RECIPES,
}


def main(names: list[str]) -> int:
    """Carry out the recipes named on the command line, or all of them."""
    unknown = [name for name in names if name not in RECIPES]
    if unknown:
        print(f"{', '.join(unknown)}: there are {', '.join(RECIPES)}", file=sys.stderr)
        return 2
    torch.set_num_threads(usable_cpus())
    for name in names or RECIPES:
        RECIPES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
