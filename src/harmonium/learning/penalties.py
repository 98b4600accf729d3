"""Penalties that are added to the gradient of the log-likelihood: L1, L2, sparsity, max-norm.

Penalties on weights apply to the parameters of connections only, not to biases. They are added
once per update. Their unit is nats per sample, as of the mean log-likelihood.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import NonNegative, Positive
from harmonium.graph import EnergyGraph
from harmonium.learning.max_norm import limit_norms

__all__ = ["L1", "L2", "MaxNorm", "Penalty", "Sparsity"]


class Penalty(ABC):
    """The interface of a penalty: three hooks, of which each penalty uses one."""

    @abstractmethod
    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """A term to add to the data's means of a group, ``(B, *shape)`` or ``(*shape)``; or None.

        Args:
            name: the group.
            mean: its means in the data's phase, ``(B, *shape)``.
            weights: of the rows, ``(B,)``; they sum to 1.
        """

    @abstractmethod
    def add(self, graph: EnergyGraph) -> None:
        """Adds the gradient of the penalty to ``.grad`` of the connections."""

    @abstractmethod
    def project(self, graph: EnergyGraph) -> None:
        """Projects parameters onto the allowed set, after the optimiser's step."""


class _OnWeights(Penalty):
    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """None: not used."""
        del name, mean, weights
        return None

    def project(self, graph: EnergyGraph) -> None:
        """Does nothing."""


@checked
@dataclass(frozen=True)
class L2(_OnWeights):
    r"""Weight decay: adds :math:`\frac{\text{strength}}2 \sum W^2` to the cost.

    Args:
        strength: in nats per sample and squared weight.
    """

    strength: NonNegative

    def add(self, graph: EnergyGraph) -> None:
        """Adds strength x W to the gradient."""
        for p in graph.connections.parameters():
            if p.grad is not None:
                p.grad.add_(p.detach(), alpha=self.strength)


@checked
@dataclass(frozen=True)
class L1(_OnWeights):
    r"""Sparse weights: adds :math:`\text{strength} \sum |W|` to the cost.

    Args:
        strength: in nats per sample and weight.
    """

    strength: NonNegative

    def add(self, graph: EnergyGraph) -> None:
        """Adds strength x sign(W) to the gradient."""
        for p in graph.connections.parameters():
            if p.grad is not None:
                p.grad.add_(p.detach().sign(), alpha=self.strength)


@checked
@dataclass(frozen=True)
class Sparsity(Penalty):
    r"""A penalty that drives the mean activity of hidden units to a target.

    Adds :math:`\text{strength} (\rho - \bar h_j)` to the hidden means of every data row. For
    Bernoulli units this is the gradient of the cross-entropy between target and mean activity with
    respect to the field (Hinton, 2012, https://doi.org/10.1007/978-3-642-35289-8_32, section 11).
    Units that share a bias, as in a feature map, have one mean activity (``learning.gradient``).

    Args:
        target: the target :math:`\rho` of the mean activity.
        strength: factor of the penalty, in nats per sample.
        groups: names of the groups.
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
        """Does nothing."""

    def project(self, graph: EnergyGraph) -> None:
        """Does nothing."""


@checked
@dataclass(frozen=True)
class MaxNorm(Penalty):
    """Limits the Euclidean norm of the weight vector of every target unit.

    The vectors are the rows of a weight along its first axis. Lateral connections are not limited,
    because scaling single rows would break their symmetry.

    Args:
        limit: the largest norm.
    """

    limit: Positive

    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """None: not used."""
        del name, mean, weights
        return None

    def add(self, graph: EnergyGraph) -> None:
        """Does nothing."""

    @torch.no_grad()
    def project(self, graph: EnergyGraph) -> None:
        """Scales vectors that are too long to the norm ``limit``."""
        for e in graph.edges:
            if e.source == e.target:
                continue
            for p in e.connection.parameters():
                limit_norms(p, self.limit)
