"""Encoder and decoder, and attention between them (notebook 04).

    model = Seq2Seq(len(vocabularies.source), len(vocabularies), context="dot")
    logits = model(source, target, mask)                # (B, S), (B, T), (B, S) -> (B, T, V)
    translator = Translator(model, vocabularies)
    found = translator.translate("the small cat sleeps .")          # words and weights
"""

from helpers.seq2seq_attention.contexts import (
    FIXED,
    SCORES,
    AdditiveScore,
    Attention,
    DotScore,
    FixedContext,
    GeneralScore,
    attend,
    last_state,
    make_context,
)
from helpers.seq2seq_attention.elsewhere import AttentionClassifier, ColourAt
from helpers.seq2seq_attention.learning import (
    Batch,
    batch_of,
    batches,
    logits_reading_own,
    loss_of,
    rows_of,
    translation_loss,
)
from helpers.seq2seq_attention.model import Encoder, Seq2Seq
from helpers.seq2seq_attention.translate import Translation, Translator

__all__ = [
    "FIXED",
    "SCORES",
    "AdditiveScore",
    "Attention",
    "AttentionClassifier",
    "Batch",
    "ColourAt",
    "DotScore",
    "Encoder",
    "FixedContext",
    "GeneralScore",
    "Seq2Seq",
    "Translation",
    "Translator",
    "attend",
    "batch_of",
    "batches",
    "last_state",
    "logits_reading_own",
    "loss_of",
    "make_context",
    "rows_of",
    "translation_loss",
]
