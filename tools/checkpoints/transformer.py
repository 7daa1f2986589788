"""Notebook 06: the Transformer."""

import time

import torch

from checkpoints.studies import character_model, table, translator
from helpers import training
from helpers.transformer import (
    RECIPES,
    Transformer,
    TransformerConfig,
    adamw,
    data_size,
    docs_scores,
    markov,
    norms,
    places,
    recipe,
    sorter,
    switches,
)
from helpers.transformer import translation as pair_study

SELF = "helpers.self_attention_masks"

OF_TRANSFORMER = (*(f"helpers.transformer.{part}" for part in ("model", "config", "state")),
                  f"{SELF}.attention", f"{SELF}.positions")


def docs_transformer() -> None:
    """Four layers of today's Transformer over the characters of python_docs, not twice through.

    Its minutes are those of one CPU. The rate is the best of three after 150 updates: validation
    bits are 3.20 at 2e-3, 3.27 at 4e-3, 3.29 at 8e-3. The state after 100 updates is stored, too.
    """
    torch.set_num_threads(1)
    character_model("docs_transformer", "python_docs",
                    {"d_model": 128, "n_heads": 4, "n_layers": 4, "max_len": 128,
                     **RECIPES["today"]},
                    build=lambda **config: Transformer(TransformerConfig(**config), fused=True),
                    fast={}, clock=time.process_time,
                    optimizer=adamw(2e-3, betas=(0.9, 0.95)), steps=2500, batch=16, length=128,
                    every=500, early=100, schedule=training.warmup_cosine(100))


def score_rows() -> None:
    """What notebook 06 puts into the score table: two budgets, alone and mixed, with intervals.

    The rate of the hundred updates that are seen is the best of three on validation texts.
    """
    torch.set_num_threads(1)
    start = time.process_time()
    cases = [(rate, seed) for rate in docs_scores.RATES for seed in docs_scores.SEEDS]
    found = {case: docs_scores.tried(rate=case[0], seed=case[1]) for case in cases}
    tried = {f"{rate:g}": [found[rate, seed] for seed in docs_scores.SEEDS]
             for rate in docs_scores.RATES}
    best = min(docs_scores.RATES, key=lambda rate: sum(tried[f"{rate:g}"]))
    made_by = ("helpers.transformer.docs_scores", "helpers.transformer.practice",
               *OF_TRANSFORMER, *(f"data/checkpoints/{name}.json" for name in (
                   "docs_transformer", "docs_transformer_early", "python_docs_lstm")))
    told = {"tried": tried, "rate": best, **docs_scores.told(best)}
    training.save_results("docs_scores", told, made_by=made_by,
                          minutes=(time.process_time() - start) / 60)


def against_the_floor() -> None:
    """Perplexity against the floor of the source: one block and two, three rates, three seeds."""
    made_by = ("helpers.transformer.markov", f"{SELF}.leak", *OF_TRANSFORMER, "data/markov.json")
    table("markov_transformer", made_by, markov,
          lambda kind, rate, seed: markov.told(kind, rate=rate, seed=seed))


def letter_sorter() -> None:
    """Six letters in order: three kinds, three rates, three seeds each, and one model stored."""
    table("sorter", ("helpers.transformer.sorter", *OF_TRANSFORMER), sorter,
          lambda kind, rate, seed: sorter.told(kind, rate=rate, seed=seed))
    start = time.process_time()
    model, history = sorter.train()
    training.save_checkpoint("sorter", model, tokenizer=sorter.KNOWN, config=sorter.config(),
                             history=history, minutes=(time.process_time() - start) / 60)


def norm_before_or_after() -> None:
    """Eight blocks copy letters: two norms, two starts, with and without a warm-up."""
    table("norms", ("helpers.transformer.norms", *OF_TRANSFORMER), norms,
          lambda kind, rate, seed: norms.told(kind, rate=rate, seed=seed))


def parts_of_the_recipe() -> None:
    """The recipe of a small decoder, and each part of it taken away: three rates, two seeds."""
    made_by = ("helpers.transformer.recipe", "helpers.transformer.practice", *OF_TRANSFORMER,
               "data/stories.txt")
    table("recipe", made_by, recipe,
          lambda kind, rate, seed: recipe.told(kind, rate=rate, seed=seed))


def places_beyond() -> None:
    """Four ways to tell places, read at four times the length: two rates, three seeds each."""
    table("places", ("helpers.transformer.places", *OF_TRANSFORMER), places,
          lambda kind, rate, seed: places.told(kind, rate=rate, seed=seed))


def translation_transformer() -> None:
    """English to French by the Transformer of 2017: three rates, two seeds each."""
    made_by = (*(f"helpers.transformer.{part}" for part in ("translation", "encoder_decoder")),
               *OF_TRANSFORMER, *(f"helpers.seq2seq_attention.{part}" for part in (
                   "learning", "quality")), "data/en_fr.tsv")
    table("translation_transformer", made_by, pair_study, lambda kind, rate, seed:
          pair_study.told(pair_study.train(kind, rate=rate, seed=seed)[0]))


def block_switches() -> None:
    """From the block of 2017 to today's, one switch at a time: three rates, three seeds each."""
    table("switches", ("helpers.transformer.switches", *OF_TRANSFORMER), switches,
          lambda kind, rate, seed: switches.told(kind, rate=rate, seed=seed))


def hunger_for_text() -> None:
    """A small Transformer against counting, both on ever more text: three rates, two seeds."""
    table("data_size", ("helpers.transformer.data_size", "helpers.transformer.practice",
                        *OF_TRANSFORMER), data_size,
          lambda kind, rate, seed: data_size.told(int(kind), rate=rate, seed=seed))


def translator_of_2017(corpus: str) -> None:
    """The Transformer of 2017 from English to another language; three minutes of one CPU."""
    translator(f"{corpus}_transformer", corpus, "2017", 2400, pair_study, time.process_time)
