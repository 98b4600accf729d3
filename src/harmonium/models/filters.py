"""The weights of a machine as rows of the data."""

from collections import deque
from collections.abc import Sequence

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph

__all__ = ["filters_of"]


def filters_of(
    graph: EnergyGraph, below: Tensor | None = None, *, groups: Sequence[str] = ("v",)
) -> dict[str, Tensor]:
    """Group -> weights of each of its units in the data, ``(units, D)``, the nearest first.

    The filters of a group are the product of the weight matrices on the path of fewest dense
    connections from a visible group. Papers on deep machines draw this product; it leaves out the
    nonlinearities in between. Of several visible groups, the weights lie one after the other, as
    in a row of the data.

    Args:
        graph: an energy graph.
        below: the filters of its only visible group, if that group is not the data itself.
        groups: the visible groups, in the order of their values in a row.
    """
    each = {name: _from(graph, name, below=below) for name in groups}
    names = [n for n in dict.fromkeys(n for found in each.values() for n in found)]
    return {
        name: torch.cat(
            [_or_zeros(found, graph, name=name, seen=seen) for seen, found in each.items()], 1
        )
        for name in names
        if name not in groups
    }


def _or_zeros(found: dict[str, Tensor], graph: EnergyGraph, *, name: str, seen: str) -> Tensor:
    """The filters of a group in a visible group; zeros where no path leads there."""
    if name in found:
        return found[name]
    shape = graph.units[name].shape.numel(), graph.units[seen].shape.numel()
    return graph.units[name].bias.new_zeros(shape).detach()


def _from(graph: EnergyGraph, first: str, *, below: Tensor | None) -> dict[str, Tensor]:
    """Group -> product of the weights on the shortest path from a visible group."""
    reached: dict[str, Tensor | None] = {first: below}
    queue = deque([first])
    while queue:
        here = queue.popleft()
        for edge in graph.edges:
            ends = (edge.source, edge.target)
            weight = getattr(edge.connection, "weight", None)
            if here not in ends or edge.source == edge.target or weight is None:
                continue
            there = ends[ends[0] == here]
            size = graph.units[edge.target].shape.numel(), graph.units[edge.source].shape.numel()
            if there in reached or tuple(weight.shape) != size:
                continue
            upwards = weight if here == edge.source else weight.mT
            base = reached[here]
            reached[there] = upwards if base is None else upwards @ base
            queue.append(there)
    return {name: w.detach() for name, w in reached.items() if name != first and w is not None}
