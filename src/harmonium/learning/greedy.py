"""Greedy pre-training: one machine after the other, each on what the one below makes of data."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph

__all__ = ["greedy", "hidden_means"]


@torch.no_grad()
def hidden_means(graph: EnergyGraph, v: Tensor, *, rows: int = 10_000) -> Tensor:
    """E[h | v] of a machine with groups "v" and "h", ``(N, *shape)``, some rows at a time."""
    units = graph.units["h"]
    return torch.cat([units.mean(graph.field("h", {"v": part})) for part in v.split(rows)])


def greedy(
    graphs: Sequence[EnergyGraph],
    data: Tensor,
    *,
    train: Callable[[EnergyGraph, Tensor], object],
) -> Tensor:
    """Trains a stack of machines, the lowest first.

    (Hinton, Osindero and Teh, 2006, https://doi.org/10.1162/neco.2006.18.7.1527.)

    Args:
        graphs: machines with groups "v" and "h".
        data: ``(N, *shape)`` for the lowest.
        train: called with (machine, its data); it changes the machine in place.

    Returns:
        The top machine's hidden means, ``(N, *shape)``.
    """
    for graph in graphs:
        train(graph, data)
        data = hidden_means(graph, data)
    return data
