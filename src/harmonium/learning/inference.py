"""Inference: the hidden groups given the data, for the data's side of the learning rule.

If no two hidden groups are connected, as in an RBM, every method here is exact. Otherwise
``MeanField`` is deterministic but approximate, which biases the gradient; ``Clamped``, Gibbs
sampling with the data held, converges to the exact posterior but is noisy; ``Listed`` is exact if
the hidden groups are unconnected once one small group is known, such as a missing label.
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

__all__ = ["Clamped", "Copied", "Inference", "Listed", "MeanField", "normalised", "positive"]


class Inference(Protocol):
    """A function from a graph and observed groups to the data's phase."""

    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """Returns the data's phase.

        Args:
            graph: the machine that learns.
            batch: the observed groups, name -> ``(B, *shape)``.
            weights: importance of each row, ``(B,)``; None: equal.
            source: random generator.
        """
        ...


@checked
@dataclass(frozen=True)
class MeanField:
    """Mean-field inference, iterated to a tolerance (``sampling.mean_field``).

    Args:
        tolerance: stop when no mean changes by more in a sweep.
        cap: maximum number of sweeps.
        damping: fraction of the old means that each sweep keeps.
    """

    tolerance: Positive = 1e-4
    cap: Count = 30
    damping: Share = 0.0

    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """The data's phase at the mean-field solution."""
        del source
        phase = mean_field(
            graph, batch, tolerance=self.tolerance, cap=self.cap, damping=self.damping
        )
        return (
            phase
            if weights is None
            else replace(phase, weights=normalised(weights, _first(batch)))
        )


@checked
@dataclass(frozen=True)
class Clamped:
    """Gibbs sampling of the hidden groups with the data held.

    Args:
        sweeps: sweeps from an initial sample (``sampling.complete``).
    """

    sweeps: Count = 10

    @torch.no_grad()
    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """The data's phase with one sample per row; groups have expectations where possible."""
        rows = _first(batch)
        rest = clamped(graph, batch)  # the fields of the observed groups are computed once
        state = complete(rest, {}, rows=len(rows), source=source)
        fields: Mapping[str, Tensor] = {}
        for _ in range(self.sweeps):
            state, fields = swept(rest, state, source=source)
        return Phase({**batch, **state}, fresh(rest, fields), normalised(weights, rows))


@checked
@dataclass(frozen=True)
class Listed:
    r"""Exact inference by enumeration of the states of one small group that is not observed.

    With it a classification RBM learns :math:`\log p(v)` from rows without a label (Larochelle and
    Bengio, 2008, https://doi.org/10.1145/1390156.1390224, section 5).

    Args:
        name: the group; no two of the other hidden groups may be connected.
    """

    name: str = "y"

    @torch.no_grad()
    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """The data's phase: for every row, all states of the group with their probabilities."""
        if self.name in batch:
            return MeanField()(graph, batch, weights=weights, source=source)
        rows = _first(batch)
        phase = posterior(graph, self.name, given=batch)
        times = len(phase.weights) // len(rows)
        share = normalised(weights, rows).repeat_interleave(times) * len(rows)
        return replace(phase, weights=phase.weights * share)


@checked
@dataclass(frozen=True)
class Copied:
    r"""Hidden words as a scaled copy of those that are seen: :math:`u = M v / n`.

    It pre-trains an ``over_replicated_softmax`` (Srivastava, Salakhutdinov and Hinton, 2013,
    https://arxiv.org/abs/1309.6865, section 4.2): no hidden groups are then connected, and the
    rest is exact. Only groups that share their parameters with a seen one are copied.
    """

    @torch.no_grad()
    def __call__(
        self, graph: Graph, batch: State, *, weights: Tensor | None = None, source: Source = None
    ) -> Phase:
        """The data's phase with the copies."""
        seen = dict(batch)
        for name, units in graph.units.items():
            for twin, x in batch.items():
                if name not in batch and units.bias is graph.units[twin].bias:
                    n = x.sum(1, keepdim=True)
                    seen[name] = units.mean(torch.log(x / n.clamp(min=1) + 1e-30) - units.bias)
        return MeanField()(graph, seen, weights=weights, source=source)


def positive(
    graph: Graph, batch: State, *, weights: Tensor | None = None, sweeps: int = 20
) -> Phase:
    """The data's phase by mean field; exact for every RBM.

    Args:
        graph: a machine or view.
        batch: the observed groups, name -> ``(B, *shape)``.
        weights: importance of each row, ``(B,)``; None: equal.
        sweeps: maximum number of mean-field sweeps; an RBM needs none.

    Raises:
        ValueError: a weight is negative or not finite, or all are zero.
    """
    phase = mean_field(graph, batch, tolerance=0.0, cap=sweeps)
    return replace(phase, weights=normalised(weights, _first(batch)))


def _first(batch: State) -> Tensor:
    return next(iter(batch.values()))
