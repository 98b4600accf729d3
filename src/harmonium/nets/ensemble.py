"""Ensembles: many noisy units carry a clean signal."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.errors import UsageError
from harmonium.random import Source, normal

__all__ = ["Ensemble", "Noisy", "deviation_of_mean"]


@checked
class Noisy(nn.Module):
    r"""A net whose every output carries new Gaussian noise, :math:`f(x) + e`.

    Args:
        net: f.
        std: standard deviation of e.
        source: random generator of the noise.
    """

    def __init__(self, net: nn.Module, std: NonNegative = 1.0, *, source: Source = None) -> None:
        super().__init__()
        self.net, self.std, self.source = net, float(std), source

    def forward(self, x: Tensor) -> Tensor:
        """Outputs of the net with noise."""
        outputs: Tensor = self.net(x)
        return outputs + self.std * normal(outputs, self.source)


class Ensemble(nn.Module):
    r"""The mean of several nets that read the same rows.

    .. math:: \hat y(x) = \tfrac1n \textstyle\sum_{i=1}^n f_i(x)

    If each of n members carries noise of standard deviation sigma, and the noise of two members
    has correlation rho, the mean carries ``deviation_of_mean``. Noise that all members share is
    ``Noisy`` around the ensemble; it never averages out. Bagging is an ensemble of nets that
    learned from different draws of the rows, whose errors are correlated.

    Args:
        nets: the members; their outputs have one shape.

    Raises:
        ValueError: there is no member.
    """

    def __init__(self, nets: Sequence[nn.Module]) -> None:
        super().__init__()
        self.nets = nn.ModuleList(nets)
        if not len(self.nets):
            raise UsageError("an ensemble needs members: give at least one net")

    def forward(self, x: Tensor) -> Tensor:
        """Mean of the members' outputs."""
        return torch.stack([net(x) for net in self.nets]).mean(0)


def deviation_of_mean(n: int, std: float = 1.0, *, correlation: float = 0.0) -> float:
    r"""Standard deviation of the mean of n noisy members.

    .. math:: \sigma \sqrt{\rho + (1 - \rho) / n}

    It falls as :math:`n^{-1/2}` for independent noise, and never below
    :math:`\sigma \sqrt\rho` for correlated noise.

    >>> [round(deviation_of_mean(n, correlation=0.2), 6) for n in (1, 16, 256)]
    [1.0, 0.5, 0.450694]
    """
    return std * float(correlation + (1 - correlation) / n) ** 0.5
