"""From hidden units down to the data: filters through the layers below, reconstructions."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.graph import EnergyGraph, Graph, State

__all__ = [
    "bind",
    "down",
    "filters_of",
    "hidden_groups",
    "hidden_means",
    "is_stack",
    "mean_up",
    "moves",
    "passes",
]

_SETTLE = 50
"""Mean-field sweeps, at most, of a machine that is no stack of RBMs."""


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


def hidden_means(graphs: Sequence[EnergyGraph], v: Tensor) -> dict[str, Tensor]:
    """Hidden group -> its mean given the data: of an RBM exact, else by mean field.

    Of a stack of RBMs the means of means upwards, named "layer 1" and so on.
    """
    if is_stack(graphs):
        values = mean_up([bind(graphs[0], v), *graphs[1:]], v)
        if len(values) == 1:
            return {"hidden units": values[0]}
        return {f"layer {k + 1}": h for k, h in enumerate(values)}
    settled = _settled(graphs[0], v)
    return {name: x for name, x in settled.items() if name != next(iter(settled))}


def passes(graphs: Sequence[EnergyGraph], v: Tensor) -> dict[str, Tensor]:
    """What comes back after a mean pass up and down: through how much of the machine -> data."""
    if is_stack(graphs):
        stack = [bind(graphs[0], v), *graphs[1:]]
        values = mean_up(stack, v)
        words = ("layer 1", *(f"layers 1 to {k}" for k in range(2, len(stack) + 1)))
        return {w: down(stack[: k + 1], values[k]) for k, w in enumerate(words)}
    graph = graphs[0]
    name = next(iter(graph.units))
    if len(graph.units) < 2:
        return {}
    return {"mean field": graph.units[name].mean(graph.field(name, _settled(graph, v)))}


def is_stack(graphs: Sequence[Graph]) -> bool:
    """Whether each is an RBM with groups "v" and "h"."""
    return all(list(graph.units) == ["v", "h"] and len(graph.edges) == 1 for graph in graphs)


def _settled(graph: EnergyGraph, v: Tensor) -> State:
    from harmonium.sampling import mean_field

    data = mean_field(graph, {next(iter(graph.units)): v}, tolerance=1e-6, cap=_SETTLE)
    return {name: data.moments(graph, name)[0] for name in graph.units}


def bind(graph: Graph, v: Tensor) -> Graph:
    """The graph, with each row's length bound where its visible units need one."""
    name, units = next(iter(graph.units.items()))
    return graph.given(**{name: v.flatten(1).sum(1)}) if units.takes_context else graph


def moves(graph: Graph) -> int:
    """How many steps one after the other a sweep takes: one a group, more where it is wired."""
    return sum(len(graph.blocks(name) or ()) or 1 for name in graph.units)


def hidden_groups(graph: Graph) -> tuple[str, ...] | None:
    """All groups but the first, if they can be summed away; None if they cannot."""
    rest = list(graph.units)[1:]
    joined = any(graph.neighbours(name) & set(rest) for name in rest)
    return tuple(rest) if rest and not joined else None
