"""A phase: weighted rows from which expected statistics are taken."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.arguments import named
from harmonium.errors import UsageError, UsageTypeError
from harmonium.graph import Graph, State
from harmonium.sampling.sweep import Hold

__all__ = ["Phase", "expected", "fresh", "normalised", "uniform_weights"]


@dataclass(frozen=True)
class Phase:
    """Values, fields and weights of one side of a learning rule.

    A group with a field contributes ``moments(field)``, its expectation given the rest of the row;
    any other group contributes ``statistics(value)``. The weights ``(B,)`` sum to one.
    """

    values: State
    fields: Mapping[str, Tensor]
    weights: Tensor

    def moments(self, graph: Graph, name: str) -> tuple[Tensor, ...]:
        """E[T] of one group, row by row: each ``(B, *shape)``."""
        units = graph.units[name]
        if name in self.fields:
            return units.moments(self.fields[name])
        return units.statistics(self.values[name])


def expected(weights: Tensor, x: Tensor) -> Tensor:
    """The weighted sum over rows: ``(B,), (B, *shape) -> (*shape)``."""
    return (weights @ x.flatten(1)).view(x.shape[1:])


def normalised(weights: Tensor | None, rows: Tensor) -> Tensor:
    """Importances of rows, ``(B,)``, as weights that sum to one; equal ones where there are none.

    Args:
        weights: any finite numbers of at least 0, one per row, not all of them 0.
        rows: ``(B, ...)``; the result has their type and device.

    Raises:
        TypeError: the weights are no tensor.
        ValueError: a weight is negative or not finite, all are zero, there is not one for each
            row, or there are no rows.
    """
    if not len(rows):
        raise UsageError("there are no rows: nothing can be averaged over them")
    if weights is None:
        return uniform_weights(len(rows), rows)
    if not isinstance(weights, Tensor):
        raise UsageTypeError(
            f"weights are {named(weights)}; a torch.Tensor, one per row, is needed"
        )
    if weights.shape != (len(rows),):
        raise UsageError(
            f"{len(rows)} rows but {' x '.join(map(str, weights.shape))} weights: one per row is "
            "needed"
        )
    low, high = weights.aminmax()
    if not (float(low) >= 0 and 0 < float(high) < math.inf):
        raise UsageError(
            f"sample weights from {float(low):.4g} to {float(high):.4g}: they must be finite, not "
            "negative and not all zero"
        )
    found = weights.to(rows)
    return found / found.sum()


def uniform_weights(n: int, like: Tensor) -> Tensor:
    """n times 1/n."""
    return torch.full((n,), 1 / n, dtype=like.dtype, device=like.device)


def fresh(
    graph: Graph, fields: Mapping[str, Tensor], *, hold: Hold | None = None
) -> Mapping[str, Tensor]:
    """The fields of a sweep that are still those of the present values: no neighbour moved since.

    After a *sampling* sweep only these may replace a value by its expectation; two connected
    groups never both pass.
    """
    moved: set[str] = set()
    still = {}
    for name in reversed(list(graph.units)):
        if (hold or {}).get(name) is True:
            continue
        if name in fields and not graph.neighbours(name) & moved:
            still[name] = fields[name]
        moved.add(name)
    return still
