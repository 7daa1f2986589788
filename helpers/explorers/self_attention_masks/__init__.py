"""The widgets of notebook 05: a query to drag, masks to build, heads, positions, cost."""

from helpers.explorers.self_attention_masks.costs import cost_explorer, cost_numbers, draw_costs
from helpers.explorers.self_attention_masks.heads import head_numbers, head_viewer
from helpers.explorers.self_attention_masks.masks import (
    as_signs,
    base_mask,
    draw_mask,
    mask_builder,
    mask_numbers,
)
from helpers.explorers.self_attention_masks.playground import (
    draw_qkv,
    qkv_numbers,
    qkv_playground,
)
from helpers.explorers.self_attention_masks.positions import (
    draw_positions,
    position_explorer,
    position_numbers,
)

__all__ = [
    "as_signs",
    "base_mask",
    "cost_explorer",
    "cost_numbers",
    "draw_costs",
    "draw_mask",
    "draw_positions",
    "draw_qkv",
    "head_numbers",
    "head_viewer",
    "mask_builder",
    "mask_numbers",
    "position_explorer",
    "position_numbers",
    "qkv_numbers",
    "qkv_playground",
]
