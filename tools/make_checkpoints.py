"""Train what notebooks would have to wait for, and store it in data/checkpoints/.

    python tools/make_checkpoints.py                     everything (more than an hour on two cores)
    python tools/make_checkpoints.py stories_lstm        one of them

A run that is stopped goes on where it was. The names are those of RECIPES; each notebook's recipes
stand in a module of tools/checkpoints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import torch
from checkpoints import (
    neural_networks,
    pretraining,
    rnn_lstm,
    self_attention_masks,
    seq2seq_attention,
    transformer,
    word_vectors,
)
from checkpoints.studies import translator

from helpers.session import usable_cpus

RECIPES: dict[str, Callable[[], None]] = {
    "reversal": seq2seq_attention.reversal_toy,
    "translation": seq2seq_attention.translation,
    "translation_transformer": transformer.translation_transformer,
    "en_fr_transformer": lambda: transformer.translator_of_2017("en_fr"),
    "switches": transformer.block_switches,
    "elsewhere": seq2seq_attention.attention_elsewhere,
    "reviews_attention": seq2seq_attention.reviews_attention,
    "en_fr_vector": lambda: translator("en_fr_vector", "en_fr", "last", 2400),
    "en_fr_attention": lambda: translator("en_fr_attention", "en_fr", "dot", 2400),
    "en_zh_attention": lambda: translator("en_zh_attention", "en_zh", "dot", 2400),
    "en_zh_transformer": lambda: transformer.translator_of_2017("en_zh"),
    "confusions": neural_networks.confusions_study,
    "depth": neural_networks.depth_study,
    "neural_ngram": word_vectors.neural_ngram,
    "python_docs_vectors": word_vectors.python_docs_vectors,
    "word_pairs": word_vectors.word_pairs,
    "planted_runs": word_vectors.planted_words,
    "word_seeds": word_vectors.word_seeds,
    "word_knobs": word_vectors.word_knobs,
    "reviews_vectors": word_vectors.reviews_vectors,
    "word_pieces": word_vectors.word_pieces,
    "relations": self_attention_masks.two_relations,
    "relations_heads": self_attention_masks.relations_heads,
    "dictionary": self_attention_masks.private_dictionary,
    "leak": self_attention_masks.leaks,
    "docs_attention": self_attention_masks.docs_attention,
    "docs_transformer": transformer.docs_transformer,
    "data_size": transformer.hunger_for_text,
    "docs_scores": transformer.score_rows,
    "markov_transformer": transformer.against_the_floor,
    "recall_letters": self_attention_masks.recall_letters_table,
    "sorter": transformer.letter_sorter,
    "norms": transformer.norm_before_or_after,
    "recipe": transformer.parts_of_the_recipe,
    "places": transformer.places_beyond,
    "recall": rnn_lstm.recall_over_distance,
    "runs": rnn_lstm.runs_to_look_at,
    "taggers": rnn_lstm.taggers,
    "stories_lstm": rnn_lstm.stories_lstm,
    "python_docs_lstm": rnn_lstm.python_docs_lstm,
    **pretraining.RECIPES,
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
