"""The data's side of the learning rule: what the hidden groups do while the others are observed.

No two hidden groups connected (every RBM): exact, whatever is asked for. Else ``MeanField``, whose
error the learning gradient inherits but which draws nothing, or ``Clamped``, Gibbs sampling with
the data held, which is exact in the long run and noisy. Where one small group is all that stands
between the others, such as a label that is missing, ``Listed`` is exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Share
from harmonium.graph import Graph, State
from harmonium.random import Source
from harmonium.sampling import (
    Phase,
    clamped,
    complete,
    fresh,
    mean_field,
    normalised,
    posterior,
    swept,
)

__all__ = ["Clamped", "Inference", "Listed", "MeanField", "normalised", "positive"]


class Inference(Protocol):
    """From observed groups to the data's phase."""

    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """``batch`` is name -> ``(B, *shape)``, ``weights`` ``(B,)`` the rows' importance."""
        ...


@checked
@dataclass(frozen=True)
class MeanField:
    """Mean field to a tolerance (``sampling.mean_field``).

    Args:
        tolerance: stop when no mean moves by more in one sweep.
        cap: at most this many sweeps.
        damping: the share of the old means that each sweep keeps.
    """

    tolerance: Positive = 1e-4
    cap: Count = 30
    damping: Share = 0.0

    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """Nothing is drawn."""
        del source
        found = mean_field(
            graph, batch, tolerance=self.tolerance, cap=self.cap, damping=self.damping
        )
        return (
            found
            if weights is None
            else replace(found, weights=normalised(weights, _first(batch)))
        )


@checked
@dataclass(frozen=True)
class Clamped:
    """Gibbs sweeps of the hidden groups with the data held, from the lowest group upwards.

    Args:
        sweeps: from that start.
    """

    sweeps: Count = 10

    @torch.no_grad()
    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """One sample per row, with the expectations that its last sweep allows."""
        rows = _first(batch)
        rest = clamped(graph, batch)  # what the observed groups say is computed once
        state = complete(rest, {}, rows=len(rows), source=source)
        fields: Mapping[str, Tensor] = {}
        for _ in range(self.sweeps):
            state, fields = swept(rest, state, source=source)
        return Phase({**batch, **state}, fresh(rest, fields), normalised(weights, rows))


@checked
@dataclass(frozen=True)
class Listed:
    r"""Sums over every state of one small group where it is not observed: exact, nothing is drawn.

    A classification RBM learns :math:`\log p(v)` of rows without a label by it (Larochelle and
    Bengio, 2008, https://doi.org/10.1145/1390156.1390224, section 5).

    Args:
        name: the group; without it no two hidden groups may be connected.
    """

    name: str = "y"

    @torch.no_grad()
    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """A row for every state, weighted by its probability."""
        if self.name in batch:
            return MeanField()(graph, batch, weights=weights, source=source)
        rows = _first(batch)
        found = posterior(graph, self.name, given=batch)
        times = len(found.weights) // len(rows)
        share = normalised(weights, rows).repeat_interleave(times) * len(rows)
        return replace(found, weights=found.weights * share)


def positive(
    graph: Graph, batch: State, *, weights: Tensor | None = None, sweeps: int = 20
) -> Phase:
    """The data's phase by at most so many sweeps of mean field; exact for every RBM.

    Args:
        graph: machine or view.
        batch: name -> ``(B, *shape)``.
        weights: importance of each row, ``(B,)``, normalised here; equal by default.
        sweeps: mean-field sweeps, where they are needed.

    Raises:
        ValueError: a weight is negative or not finite, or all are zero.
    """
    found = mean_field(graph, batch, tolerance=0.0, cap=sweeps)
    return replace(found, weights=normalised(weights, _first(batch)))


def _first(batch: State) -> Tensor:
    return next(iter(batch.values()))
