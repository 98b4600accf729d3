"""Categorical (Potts) units: one-hot vectors with q states each."""

import itertools
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.random import Source, one_hot
from harmonium.units.base import MAX_STATES, Neuron, Units, over_units

__all__ = ["Categorical"]


class Categorical(Units):
    r"""One-hot vectors over the last axis: :math:`A(f) = \sum_i \log \sum_k e^{b_{ik} + f_{ik}}`.

    ``Categorical(5, 3)`` is five units of three states each. Adding a constant to all biases of a
    unit changes nothing; ``start`` sets their sum to zero.
    """

    unit_axes: ClassVar[int] = 1

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b."""
        return (self.bias,)

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x)."""
        return (x,)

    def log_base(self, x: Tensor) -> Tensor:
        """Zero."""
        return x.new_zeros(x.shape[0])

    def log_partition(self, field: Tensor) -> Tensor:
        """Log-sum-exp over the states, summed over the units."""
        return over_units(torch.logsumexp(self.natural()[0] + field, -1, keepdim=True))

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """The softmax of b + f over the states."""
        return (torch.softmax(self.natural()[0] + field, -1),)

    def mode(self, field: Tensor) -> Tensor:
        """The state with the largest b + f."""
        t = self.natural()[0] + field
        return torch.zeros_like(t).scatter_(-1, t.argmax(-1, keepdim=True), 1.0)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """One state per unit, drawn from the softmax of b + f."""
        return one_hot(self.natural()[0] + field, source)

    def count(self) -> int:
        """q^units."""
        q = self.shape[-1]
        return q ** (self.shape.numel() // q)

    def states(self) -> Tensor | None:
        """All combinations of states; the last unit changes fastest."""
        *sites, q = self.shape
        n = torch.Size(sites).numel()
        if self.count() > MAX_STATES:
            raise UsageError(f"{n} units of {q} states: at most {MAX_STATES} are enumerated")
        picks = torch.tensor(list(itertools.product(range(q), repeat=n)), device=self.bias.device)
        eye = torch.eye(q, dtype=self.bias.dtype, device=self.bias.device)
        return eye[picks].reshape(-1, *self.shape)

    def tilt(self, mean: Tensor) -> Tensor:
        """Log frequencies (of at least 1e-3), shifted to sum to zero over the states."""
        log = mean.clamp(min=1e-3).log()
        return log - log.mean(-1, keepdim=True)

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """The bias: log frequencies with zero sum."""
        return {"bias": self.tilt(moments[0])}

    def telling(self, field: Tensor) -> Tensor:
        """The field less its mean over the states."""
        return field - field.mean(-1, keepdim=True)

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and the softmax."""
        return torch.ones_like(self.bias), self.bias, nn.Softmax(-1)

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether the last axis has no probabilities; with ``means`` False, no one-hot vectors."""
        inside = (x >= 0) & ((x.sum(-1, keepdim=True) - 1).abs() <= 1e-4)
        if not means:
            inside &= (x == 0) | (x == 1)
        return ~inside.flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless values are non-negative and sum to 1 over the last axis."""
        total = x.sum(-1)
        if x.numel() and bool(self.outside(x).any()):
            raise UsageError(
                f"rows over the last axis sum to {float(total.min()):.4g} to "
                f"{float(total.max()):.4g}; Categorical units need one-hot vectors (or "
                "probabilities): encode category numbers by torch.nn.functional.one_hot"
            )
