"""The widgets of notebook 01."""

from helpers.explorers.language_models.drawing import (
    AMOUNTS,
    draw_floor,
    draw_sampler,
    entropy_floor,
    expected_bits,
    floor_model,
    floor_numbers,
    sampler,
    sampler_numbers,
)
from helpers.explorers.language_models.guessing import draw_game, game_numbers, guessing_game
from helpers.explorers.language_models.scoring import (
    ORDERS,
    SCORED,
    SMOOTHINGS,
    draw_order,
    draw_surprisals,
    giving_figure,
    order_explorer,
    order_grid,
    order_numbers,
    smoothed,
    surprisal_meter,
    surprisal_numbers,
)

__all__ = [
    "AMOUNTS", "ORDERS", "SCORED", "SMOOTHINGS", "draw_floor", "draw_game", "draw_order",
    "draw_sampler", "draw_surprisals", "entropy_floor", "expected_bits", "floor_model",
    "floor_numbers", "game_numbers", "giving_figure", "guessing_game", "order_explorer",
    "order_grid", "order_numbers", "sampler", "sampler_numbers", "smoothed", "surprisal_meter",
    "surprisal_numbers",
]
