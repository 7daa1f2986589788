"""The widgets of notebook 03: gradient flow over time, gate viewer, unroll stepper, "machine"."""

from helpers.explorers.rnn_lstm.belt import belt, belt_numbers, draw_belt
from helpers.explorers.rnn_lstm.gates import draw_gates, gate_numbers, gate_viewer
from helpers.explorers.rnn_lstm.gradients import draw_flow, flow_numbers, gradient_flow, two_ways
from helpers.explorers.rnn_lstm.machine import (
    draw_machine,
    loss_per_step,
    machine_numbers,
    snapshot_numbers,
)
from helpers.explorers.rnn_lstm.stored import (
    draw_recall,
    four_runs_figure,
    recall_numbers,
    recall_table,
)
from helpers.explorers.rnn_lstm.unroll import draw_unrolled, unroll_numbers, unroll_stepper

__all__ = [
    "belt",
    "belt_numbers",
    "draw_belt",
    "draw_flow",
    "draw_gates",
    "draw_machine",
    "draw_recall",
    "draw_unrolled",
    "flow_numbers",
    "four_runs_figure",
    "gate_numbers",
    "gate_viewer",
    "gradient_flow",
    "loss_per_step",
    "machine_numbers",
    "recall_numbers",
    "recall_table",
    "snapshot_numbers",
    "two_ways",
    "unroll_numbers",
    "unroll_stepper",
]
