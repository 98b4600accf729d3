"""A phase: one side of the learning rule, as weighted rows with expected statistics."""

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

    A group with a field contributes its expectation given the rest of the row, ``moments(field)``;
    any other group contributes ``statistics(value)``.

    Args:
        values: name -> ``(B, *shape)``.
        fields: name -> ``(B, *shape)``, for some of the groups.
        weights: ``(B,)``; they sum to 1.
    """

    values: State
    fields: Mapping[str, Tensor]
    weights: Tensor

    def moments(self, graph: Graph, name: str) -> tuple[Tensor, ...]:
        """E[T] of one group for every row; each ``(B, *shape)``."""
        units = graph.units[name]
        if name in self.fields:
            return units.moments(self.fields[name])
        return units.statistics(self.values[name])


def expected(weights: Tensor, x: Tensor) -> Tensor:
    """The weighted sum over rows: ``(B,), (B, *shape) -> (*shape)``."""
    return (weights @ x.flatten(1)).view(x.shape[1:])


def normalised(weights: Tensor | None, rows: Tensor) -> Tensor:
    """Scales the importance of rows to weights that sum to 1, ``(B,)``; None: equal weights.

    Args:
        weights: one finite number of at least 0 per row, not all of them 0.
        rows: ``(B, ...)``; the result has their dtype and device.

    Raises:
        TypeError: the weights are not a tensor.
        ValueError: a weight is negative or not finite, all are 0, their number is not that of the
            rows, or there are no rows.
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
    weights = weights.to(rows)
    return weights / weights.sum()


def uniform_weights(n: int, like: Tensor) -> Tensor:
    """n weights of 1/n, ``(n,)``, with the dtype and device of ``like``."""
    return torch.full((n,), 1 / n, dtype=like.dtype, device=like.device)


def fresh(
    graph: Graph, fields: Mapping[str, Tensor], *, hold: Hold | None = None
) -> Mapping[str, Tensor]:
    """The fields of a sweep that are still valid: no neighbour has changed since.

    After a *sampling* sweep, a group's value may be replaced by its expectation only with such a
    field. Of two connected groups at most one has a valid field.

    Args:
        graph: a machine or view.
        fields: the second result of ``swept``.
        hold: as in that sweep.
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
