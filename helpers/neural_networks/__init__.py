"""Neural networks from one neuron on: what they compute, how they learn, what helps (notebook 00).

    out = (Node(2.0) * 3.0 + 1.0).tanh(); out.backward()            # the engine, number by number
    w, memory = adam(w, gradient, memory, rate=1e-3)                # a rule is its equation
    model, error = fitting.fit_wave(width=32)                       # a network that one sees learn

`by_paper` is the 3-4-2 network by hand; `small_engine` the engine as three functions;
`confusions` and `depth` are experiments whose tables are stored.
"""

from helpers.neural_networks import (
    by_paper,
    confusions,
    convolution,
    cost,
    depth,
    fitting,
    history,
    losses,
    neurons,
    optimisers,
    small_engine,
)
from helpers.neural_networks.engine import Node
from helpers.neural_networks.layers import (
    STARTS,
    batch_norm,
    dropout,
    layer_norm,
    residual,
    sizes_through_depth,
)
from helpers.neural_networks.losses import cross_entropy, log_softmax, softmax
from helpers.neural_networks.optimisers import RULES, adam, adamw, clipped, momentum, race, sgd
from helpers.neural_networks.tiny_network import TinyNetwork

__all__ = [
    "RULES",
    "STARTS",
    "Node",
    "TinyNetwork",
    "adam",
    "adamw",
    "batch_norm",
    "by_paper",
    "clipped",
    "confusions",
    "convolution",
    "cost",
    "cross_entropy",
    "depth",
    "dropout",
    "fitting",
    "history",
    "layer_norm",
    "log_softmax",
    "losses",
    "momentum",
    "neurons",
    "optimisers",
    "race",
    "residual",
    "sgd",
    "sizes_through_depth",
    "small_engine",
    "softmax",
]
