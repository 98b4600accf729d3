"""A target for the mean activity of the units of a code: few rows activate a unit."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.errors import UsageError
from harmonium.learning import ranks

__all__ = ["Rate", "rate_divergence"]

_EDGE = 1e-6
"""Rates are kept this far from 0 and 1, where the divergence is infinite."""


@checked
@dataclass(frozen=True)
class Rate:
    r"""The divergence of the units' mean activities from a target rate.

    .. math:: s \sum_j KL(\rho \,\|\, q_j), \qquad q_j = \frac1B \sum_i c_{ij}, \qquad
              KL(\rho \,\|\, q) = \rho \log \frac{\rho}{q} + (1 - \rho) \log \frac{1 - \rho}{1 - q}

    in nats, once for the batch. Values of the code must be probabilities, such as those of
    logistic units. Both terms are needed: the first alone is negative for q > rho, and would make
    units more active. The means are those of the batch, over all processes that learn, so a
    batch should have at least 1 / rho rows. (Ng, 2011, Sparse autoencoder, lecture notes CS294A.)

    Args:
        target: rho, between 0 and 1.
        strength: s.

    Raises:
        ValueError: the target is 0 or 1 or more.
    """

    expects: ClassVar[tuple[str, ...]] = ("exploding gradient", "saturated units")
    """Findings about silent units, which are meant to be."""

    target: NonNegative = 0.05
    strength: NonNegative = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.target < 1:
            raise UsageError(
                f"rate: target is {self.target}; a share above 0 and below 1 is needed"
            )

    def __call__(self, net: nn.Module, seen: Tensor, *, code: Tensor) -> Tensor:
        """The penalty of the batch, a scalar.

        Raises:
            ValueError: the code has values outside [0, 1].
        """
        del seen
        low, high = torch.aminmax(code.detach())
        if low < -_EDGE or high > 1 + _EDGE:
            raise UsageError(
                f"rate: the values of the code range from {float(low):.3g} to {float(high):.3g}, "
                "and a rate is a share: give the code logistic units (activation: logistic, code: "
                "activation), or take the penalty absolute"
            )
        rates = code.mean(0)
        if net.training:  # one process measures, all of them learn
            everywhere = ranks.mean([rates.detach()], weight=len(code))[0]
            rates = rates + (everywhere - rates.detach())
        return self.strength * rate_divergence(self.target, rates).sum()


def rate_divergence(target: float, rates: Tensor) -> Tensor:
    """KL(target || rate) of every rate, in nats.

    >>> rate_divergence(0.05, torch.tensor([0.05, 0.2], dtype=torch.float64))
    tensor([0.0000, 0.0939], dtype=torch.float64)
    """
    q = rates.clamp(_EDGE, 1 - _EDGE)
    on, off = target * (target / q).log(), (1 - target) * ((1 - target) / (1 - q)).log()
    return on + off
