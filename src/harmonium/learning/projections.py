"""Initial weights for data with a small variance: random projections, scaled to the data."""

import torch
from torch import Tensor

from harmonium.connections.matrix import set_matrix
from harmonium.graph import EnergyGraph
from harmonium.random import Source, normal

__all__ = ["responsive_start"]

_ROWS = 1000
"""Maximum number of rows from which the fields' spread is estimated."""


@torch.no_grad()
def responsive_start(graph: EnergyGraph, data: Tensor, *, source: Source = None) -> None:
    """Sets random weights for which hidden fields have standard deviation 1 on the data, in place.

    The weights have the same variance in every direction. With the usual small weights, hidden
    activities hardly vary on grey pictures, and learning needs thousands of updates to start. The
    biases compensate for the weights: at the mean of the data, Bernoulli hidden units have
    probability 1/2, and the visible means are unchanged.

    Args:
        graph: a machine that joins "v" to "h", with its visible biases set (``start_from``).
        data: ``(N, *shape)``.
        source: random generator.
    """
    v, h = graph.units["v"], graph.units["h"]
    edge = next(e for e in graph.edges if {e.source, e.target} == {"v", "h"})
    x = data[:_ROWS].flatten(1)
    middle = x.mean(0)
    x = x - middle
    weight = normal(x.new_empty(h.shape.numel(), x.shape[1]), source)
    spread = (x @ weight.mT).std(0, correction=0)
    weight = weight / spread.clamp(min=1e-6 * float(spread.max()) + 1e-30)[:, None]
    set_matrix(edge.connection, weight if edge.source == "v" else weight.mT)
    rest = h.mean(torch.zeros_like(h.bias)[None])[0].flatten()
    h.load(bias=h.bias - (weight @ middle).view(h.shape))
    v.load(bias=v.bias - (rest @ weight).view(v.shape))
