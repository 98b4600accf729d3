"""Penalties: what is added to the gradient besides the likelihood's.

Weight penalties touch the parameters of connections only, never biases. They are added once per
update, in nats per sample like the likelihood itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import NonNegative, Positive
from harmonium.graph import EnergyGraph

__all__ = ["L1", "L2", "MaxNorm", "Penalty", "Sparsity"]


class Penalty(ABC):
    """One of three hooks does the work; the other two do nothing."""

    @abstractmethod
    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """Added to the data's mean activity of a group, ``(B, *shape)``, before correlation."""

    @abstractmethod
    def add(self, graph: EnergyGraph) -> None:
        """Adds to ``.grad`` of the connections."""

    @abstractmethod
    def project(self, graph: EnergyGraph) -> None:
        """Moves parameters back into the allowed set, after the optimiser's step."""


class _OnWeights(Penalty):
    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """None."""
        del name, mean, weights
        return None

    def project(self, graph: EnergyGraph) -> None:
        """Nothing."""


@checked
@dataclass(frozen=True)
class L2(_OnWeights):
    r"""Weight decay: :math:`\frac{\text{strength}}2 \sum W^2`.

    Args:
        strength: in nats per sample and squared weight.
    """

    strength: NonNegative

    def add(self, graph: EnergyGraph) -> None:
        """Adds strength x W."""
        for p in graph.connections.parameters():
            if p.grad is not None:
                p.grad.add_(p.detach(), alpha=self.strength)


@checked
@dataclass(frozen=True)
class L1(_OnWeights):
    r"""Sparse weights: :math:`\text{strength} \sum |W|`.

    Args:
        strength: in nats per sample and weight.
    """

    strength: NonNegative

    def add(self, graph: EnergyGraph) -> None:
        """Adds strength x sign(W)."""
        for p in graph.connections.parameters():
            if p.grad is not None:
                p.grad.add_(p.detach().sign(), alpha=self.strength)


@checked
@dataclass(frozen=True)
class Sparsity(Penalty):
    r"""Pulls the mean activity of hidden groups to a target.

    Adds :math:`\text{strength} (\rho - \bar h_j)` to every row of the data's hidden statistic. For
    Bernoulli units that is the gradient of the cross-entropy between the target rate and the
    mean activity with respect to the field, as Hinton's practical guide has it
    (2012, https://doi.org/10.1007/978-3-642-35289-8_32, section 11).

    Args:
        target: the mean activity that is wanted.
        strength: of the pull.
        groups: whose activity it is.
    """

    target: float
    strength: NonNegative
    groups: Sequence[str] = ("h",)

    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """strength x (target - mean activity of the batch), the same for every row."""
        if name not in self.groups:
            return None
        return self.strength * (self.target - torch.tensordot(weights, mean, 1))

    def add(self, graph: EnergyGraph) -> None:
        """Nothing."""

    def project(self, graph: EnergyGraph) -> None:
        """Nothing."""


@checked
@dataclass(frozen=True)
class MaxNorm(Penalty):
    """No target unit's weight vector (first axis of a weight) is longer than ``limit``.

    Laterally wired groups are left alone: scaling one row would break the symmetry.

    Args:
        limit: of the length.
    """

    limit: Positive

    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """None."""
        del name, mean, weights
        return None

    def add(self, graph: EnergyGraph) -> None:
        """Nothing."""

    @torch.no_grad()
    def project(self, graph: EnergyGraph) -> None:
        """Shortens the vectors that are too long."""
        for e in graph.edges:
            if e.source == e.target:
                continue
            for p in e.connection.parameters():
                norms = p.flatten(1).norm(dim=1).clamp(min=self.limit)
                p.mul_((self.limit / norms).reshape(-1, *[1] * (p.ndim - 1)))
