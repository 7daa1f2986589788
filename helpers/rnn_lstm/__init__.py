"""Recurrent networks: cells as equations, one loop over time, models on top (notebook 03).

    cell = LSTMCell(d_in=8, d_hidden=32, forget_bias=1.0)
    outputs, state = run(cell, x)                       # (B, T, 8) -> (B, T, 32)
    model = LanguageModel(vocab_size, 32, 128, cell="lstm")         # ids -> logits

`by_hand` is the vanilla RNN in numpy with its backward pass.
"""

from helpers.rnn_lstm import by_hand, recall, runs
from helpers.rnn_lstm.cells import CELLS, Cell, GRUCell, LSTMCell, RNNCell
from helpers.rnn_lstm.context import bits_seeing, places, train_tagger
from helpers.rnn_lstm.layers import (
    mean_gate,
    reverse_padded,
    run,
    run_both_ways,
    run_fast,
    torch_weights,
)
from helpers.rnn_lstm.models import LanguageModel, Tagger, make_cell
from helpers.rnn_lstm.scan import scan_loop, scan_parallel

__all__ = [
    "CELLS",
    "Cell",
    "GRUCell",
    "LSTMCell",
    "LanguageModel",
    "RNNCell",
    "Tagger",
    "bits_seeing",
    "by_hand",
    "make_cell",
    "mean_gate",
    "places",
    "recall",
    "reverse_padded",
    "run",
    "run_both_ways",
    "run_fast",
    "runs",
    "scan_loop",
    "scan_parallel",
    "torch_weights",
    "train_tagger",
]
