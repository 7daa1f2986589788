"""The widgets of notebook 03: gradient flow over time, gate viewer, unroll stepper, "machine"."""

from helpers.explorers.rnn_lstm.gates import draw_gates, gate_numbers, gate_viewer
from helpers.explorers.rnn_lstm.gradients import draw_flow, flow_numbers, gradient_flow
from helpers.explorers.rnn_lstm.machine import (
    draw_machine,
    loss_per_step,
    machine_numbers,
    snapshots,
)
from helpers.explorers.rnn_lstm.unroll import draw_unrolled, unroll_numbers, unroll_stepper

__all__ = [
    "draw_flow",
    "draw_gates",
    "draw_machine",
    "draw_unrolled",
    "flow_numbers",
    "gate_numbers",
    "gate_viewer",
    "gradient_flow",
    "loss_per_step",
    "machine_numbers",
    "snapshots",
    "unroll_numbers",
    "unroll_stepper",
]
