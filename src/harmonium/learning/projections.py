"""A start in which hidden units respond to data that vary little: random projections."""

import torch
from torch import Tensor

from harmonium.connections.matrix import set_matrix
from harmonium.graph import EnergyGraph
from harmonium.random import Source, normal

__all__ = ["responsive_start"]

_ROWS = 1000
"""Rows that the fields are measured on, at most."""


@torch.no_grad()
def responsive_start(graph: EnergyGraph, data: Tensor, *, source: Source = None) -> None:
    """Starts the weights between "v" and "h" with fields of standard deviation 1, in place.

    The weights are random, of equal variance in every direction, and as large as that takes. The
    usual small ones answer grey pictures with activities that all but stand still, and learning
    needs thousands of updates to find a direction at all. The biases make up for the weights: at
    the data's mean half of the units are on, and the visible means stay.

    Args:
        graph: joins "v" to "h"; the visible biases have been set (``start_from``).
        data: ``(N, *shape)``.
        source: random numbers.
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
