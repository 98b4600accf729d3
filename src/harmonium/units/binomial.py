"""Binomial units: counts up to a given number of trials."""

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.random import Source, uniform
from harmonium.units.base import MAX_STATES, Neuron, Units, over_units, whole
from harmonium.units.domain import inside, span

__all__ = ["Binomial", "ScaledLogistic"]

_AT_ONCE = 2**24
"""Probabilities that are in memory at the same time."""


class ScaledLogistic(nn.Module):
    """A multiple of the logistic function as an activation."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, z: Tensor) -> Tensor:
        """``(B, *shape) -> (B, *shape)``."""
        return self.factor * torch.sigmoid(z)


class Binomial(Units):
    r"""Counts 0 ... n: :math:`U(x) = -\sum_i \log \binom{n}{x_i} + b_i x_i`.

    .. math:: A(f) = n \sum_i \log(1 + e^{b_i + f_i})

    A unit is the sum of n Bernoulli units with the same weights and bias (Teh and Hinton, 2001,
    https://papers.nips.cc/paper/1886). Values between whole numbers are accepted as means.

    Args:
        *shape: the shape of the group, without the batch axis.
        trials: the number n of trials of every unit.
        tied: axes along which the bias is shared.

    >>> Binomial(2, trials=5).mean(torch.tensor([[0.0, 100.0]])).detach()
    tensor([[2.5000, 5.0000]])
    """

    def __init__(self, *shape: Count, trials: Count, tied: Sequence[int] = ()) -> None:
        super().__init__(*shape, tied=tied)
        self.trials = whole(trials, "Binomial: trials")
        self.domain = (0, self.trials)

    @property
    def settings(self) -> dict[str, int]:
        """The number of trials."""
        return {"trials": self.trials}

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b."""
        return (self.bias,)

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x)."""
        return (x,)

    def log_base(self, x: Tensor) -> Tensor:
        """The log binomial coefficients, summed over the units."""
        n = x.new_tensor(self.trials)
        chosen = torch.lgamma(x + 1) + torch.lgamma(n - x + 1)
        return over_units(torch.lgamma(n + 1) - chosen)

    def log_partition(self, field: Tensor) -> Tensor:
        """n times the sum of softplus(b + f)."""
        return self.trials * over_units(softplus(self.natural()[0] + field, threshold=40))

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """n times the logistic function of b + f."""
        return (self.trials * torch.sigmoid(self.natural()[0] + field),)

    def mode(self, field: Tensor) -> Tensor:
        """(n + 1) p, rounded down, and at most n."""
        p = torch.sigmoid(self.natural()[0] + field)
        return ((self.trials + 1) * p).floor().clamp(max=self.trials)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """Independent draws of n trials with probability sigmoid(b + f).

        By inversion of the distribution function, with one uniform number for each unit.
        """
        t = (self.natural()[0] + field).detach()
        n, u = t.new_tensor(self.trials), uniform(t, source)[..., None]
        log_none = -self.trials * softplus(t, threshold=40)[..., None]
        drawn, below = torch.zeros_like(t), torch.zeros_like(u)
        every = torch.arange(self.trials, dtype=t.dtype, device=t.device)
        for x in every.split(max(1, _AT_ONCE // max(1, t.numel()))):
            log_ways = torch.lgamma(n + 1) - torch.lgamma(x + 1) - torch.lgamma(n - x + 1)
            reached = below + (log_ways + t[..., None] * x + log_none).exp().cumsum(-1)
            drawn += (reached <= u).sum(-1)
            below = reached[..., -1:]
        return drawn

    def count(self) -> int:
        """(n + 1)^units."""
        return (self.trials + 1) ** self.shape.numel()

    def states(self) -> Tensor | None:
        """All combinations of counts; the last unit changes fastest."""
        if self.count() > MAX_STATES:
            raise UsageError(
                f"{self.shape.numel()} units of {self.trials + 1} states: at most {MAX_STATES} "
                "are enumerated"
            )
        values = itertools.product(range(self.trials + 1), repeat=self.shape.numel())
        return torch.tensor([*values]).to(self.bias).reshape(-1, *self.shape)

    def tilt(self, mean: Tensor) -> Tensor:
        """The logit of mean / n, which is clipped to [1e-3, 1 - 1e-3]."""
        return torch.logit(mean / self.trials, eps=1e-3)

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """The bias: clipped logits of the means divided by n."""
        return {"bias": self.tilt(moments[0])}

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and n times the logistic function."""
        return torch.ones_like(self.bias), self.bias, ScaledLogistic(self.trials)

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is outside [0, n] or, with ``means`` False, not whole."""
        inside = (x >= 0) & (x <= self.trials)
        if not means:
            inside &= x == x.round()
        return ~inside.flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values lie in [0, n]."""
        if x.numel() and not inside(x, self.domain):
            raise UsageError(
                f"values range from {span(x, self.domain)}; Binomial units of {self.trials} "
                f"trials need [0, {self.trials}]: make trials the largest count of the data"
            )
