"""From hidden units down to the data: filters through the layers below, reconstructions."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.graph import EnergyGraph, Graph

__all__ = ["bind", "bound", "down", "filters_of", "hidden_groups", "mean_up", "reconstruct"]


def filters_of(graphs: Sequence[EnergyGraph]) -> list[tuple[str, Tensor]]:
    """What every unit of every hidden group weighs, seen from the data: (name, (H, D)).

    A group is reached over the fewest dense connections from the first group of the lowest graph;
    its filters are the product of their weight matrices. That product is what is drawn for deep
    machines; it leaves out the squashing in between.
    """
    found: list[tuple[str, Tensor]] = []
    below: Tensor | None = None
    for level, graph in enumerate(graphs):
        reached = _reach(graph, below)
        prefix = f"layer {level + 1}" if len(graphs) > 1 else ""
        for name, weights in reached.items():
            alone = len(reached) == 1
            found.append((prefix if prefix and alone else f"{prefix} {name}".strip(), weights))
        if not reached:
            break
        below = list(reached.values())[-1]
    return found


def _reach(graph: EnergyGraph, below: Tensor | None) -> dict[str, Tensor]:
    """Hidden group -> its filters (H, D), nearest group first."""
    start = next(iter(graph.units))
    reached: dict[str, Tensor | None] = {start: below}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for edge in graph.edges:
            weight: Any = getattr(edge.connection, "weight", None)
            ends = (edge.source, edge.target)
            if here not in ends or edge.source == edge.target or weight is None:
                continue
            there = ends[ends[0] == here]
            matrix = _matrix(edge.connection, weight)
            if there in reached or matrix is None:
                continue
            upwards = matrix if here == edge.source else matrix.mT
            base = reached[here]
            reached[there] = upwards if base is None else upwards @ base
            queue.append(there)
    return {name: w.detach() for name, w in reached.items() if name != start and w is not None}


def _matrix(connection: Any, weight: Tensor) -> Tensor | None:  # noqa: ANN401
    """The weights as (target units, source units), if they are stored like that."""
    size = connection.target.numel(), connection.source.numel()
    return weight if tuple(weight.shape) == size else None


def mean_up(stack: Sequence[Graph], v: Tensor) -> list[Tensor]:
    """Mean hidden values of every RBM of a stack given the data, the lowest first."""
    values = []
    for graph in stack:
        v = graph.units["h"].mean(graph.field("h", {"v": v}))
        values.append(v)
    return values


def down(stack: Sequence[Graph], hidden: Tensor) -> Tensor:
    """Mean data given the values of the top of a stack, mean by mean."""
    for graph in reversed(stack):
        hidden = graph.units["v"].mean(graph.field("v", {"h": hidden}))
    return hidden


def reconstruct(stack: Sequence[Graph], v: Tensor) -> Tensor:
    """The data after one mean pass up and one down."""
    return down(stack, mean_up(stack, v)[-1])


def bind(graph: Graph, v: Tensor) -> Graph:
    """The graph, with each row's length bound where its visible units need one."""
    name, units = next(iter(graph.units.items()))
    return graph.given(**{name: v.flatten(1).sum(1)}) if units.takes_context else graph


def bound(stack: Sequence[EnergyGraph], v: Tensor) -> list[Graph]:
    """A stack whose lowest graph is bound to the rows v."""
    return [bind(graph, v) if level == 0 else graph for level, graph in enumerate(stack)]


def hidden_groups(graph: Graph) -> tuple[str, ...] | None:
    """All groups but the first, if they can be summed away; None if they cannot."""
    rest = list(graph.units)[1:]
    joined = any(graph.neighbours(name) & set(rest) for name in rest)
    return tuple(rest) if rest and not joined else None
