"""The first line of every notebook, session.start(), and what the start page says about a set-up.

numpy, torch and matplotlib are imported inside functions: check() can say that one is missing.
"""

from helpers.session.figures import figure_style, picture, show_figures
from helpers.session.first_line import progress_bar, start
from helpers.session.machine import cpu_quota, memory_bytes, usable_cpus
from helpers.session.offline import block_network
from helpers.session.set_up import card, check, pins, public_version

__all__ = [
    "block_network", "card", "check", "cpu_quota", "figure_style", "memory_bytes", "picture",
    "pins", "progress_bar", "public_version", "show_figures", "start", "usable_cpus",
]
