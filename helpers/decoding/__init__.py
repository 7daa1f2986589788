"""Which token comes next, and which text? Choosing from log-probabilities of any model.

    row = reshape(row, temperature=0.5, top_p=0.9)              # rows.py: one row (V,) of nats
    text = generate(model.next_log_probs, prefix, words=model.words, rng=rng)       # drawing.py
    beam = beam_search(step, start, width=4, max_tokens=20, stop=end)               # beam.py

A step is step(state, id) -> (state, row): the model reads one more token and says what it
expects after it. step(None, start_id) begins; a state is never changed, only followed by another.
"""

from helpers.decoding.beam import Beam, Hypothesis, Node, beam_search
from helpers.decoding.drawing import Step, draw, generate, text_step
from helpers.decoding.rows import (
    apply_temperature,
    check_row,
    greedy,
    keep_top_k,
    keep_top_p,
    log_softmax,
    log_sum_exp,
    reshape,
    sample,
)

__all__ = [
    "Beam", "Hypothesis", "Node", "Step", "apply_temperature", "beam_search", "check_row", "draw",
    "generate", "greedy", "keep_top_k", "keep_top_p", "log_softmax", "log_sum_exp", "reshape",
    "sample", "text_step",
]
