"""The widgets of notebook 06."""
from helpers.explorers.transformer.stepper import draw_step, forward_stepper, step_numbers
from helpers.explorers.transformer.trace import trace_numbers
from helpers.explorers.transformer.writer import writer, writer_numbers, written_numbers, begun_numbers, draw_writing
