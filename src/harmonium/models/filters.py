"""Filters of the hidden units of a graph: their weights in the space of the data."""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from harmonium.connections import Connection
from harmonium.graph import EnergyGraph
from harmonium.units import Units

__all__ = ["Downwards", "downwards", "filters_of", "shown"]

Downwards = Callable[[Tensor], Tensor]
"""Values of a group, ``(n, *shape)``, to rows of the data, ``(n, D)``; linear."""


def filters_of(graph: EnergyGraph, groups: Sequence[str] = ("v",)) -> dict[str, Tensor]:
    """Group -> weights of its units in the data, ``(units, D)``, the nearest first.

    The filters of a group are the product of the weight matrices on the path of fewest
    connections from "v". Papers on deep machines draw this product; it leaves out the
    nonlinearities in between. Of the units of a feature map, the one in the middle is shown.

    Args:
        graph: an energy graph.
        groups: its visible groups. The weights in several of them lie one after the other, as in a
            row of the data; zeros where no path leads to one.
    """
    each = {group: downwards(graph, first=group) for group in groups}
    names = [n for n in dict.fromkeys(n for ways in each.values() for n in ways)]
    found = {}
    for name in (n for n in names if n not in groups):
        values = shown(graph.units[name])
        parts = [
            ways[name](values)
            if name in ways
            else values.new_zeros(len(values), graph.units[group].shape.numel())
            for group, ways in each.items()
        ]
        found[name] = torch.cat(parts, 1)
    return found


@torch.no_grad()
def downwards(
    graph: EnergyGraph, below: Downwards | None = None, *, first: str = "v"
) -> dict[str, Downwards]:
    """Group -> its values sent down to the data along the shortest path, the nearest first.

    Args:
        graph: an energy graph.
        below: how its visible group reaches the data, if it is not the data itself.
        first: the visible group.
    """
    reached: dict[str, Downwards] = {first: below or partial(torch.flatten, start_dim=1)}
    queue = deque([first])
    while queue:
        here = queue.popleft()
        for edge in graph.edges:
            ends = (edge.source, edge.target)
            if here not in ends or edge.source == edge.target:
                continue
            there = ends[ends[0] == here]
            if there in reached:
                continue
            back = here == edge.source
            reached[there] = partial(_sent, edge.connection, back=back, then=reached[here])
            queue.append(there)
    return {name: down for name, down in reached.items() if name != first}


@torch.no_grad()
def _sent(connection: Connection, values: Tensor, *, back: bool, then: Downwards) -> Tensor:
    send = connection.adjoint if back else connection.forward
    field = send(values)
    if not connection.linear:
        field = field - send(torch.zeros_like(values[:1]))
    return then(field)


def shown(units: Units) -> Tensor:
    """One-hot values of the units to draw, ``(n, *shape)``: all, or the middle along tied axes."""
    places = torch.arange(units.shape.numel()).reshape(units.shape)
    for axis in units.tied:
        places = places.narrow(axis, units.shape[axis] // 2, 1)
    chosen = places.flatten().to(units.bias.device)
    rows = units.bias.new_zeros(len(chosen), units.shape.numel()).detach()
    return rows.scatter_(1, chosen[:, None], 1).reshape(-1, *units.shape)
