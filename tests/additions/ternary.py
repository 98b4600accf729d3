"""A unit family: units in {-1, 0, 1}."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.random import Source, uniform
from harmonium.units.base import Neuron, Units, over_units
from harmonium.units.domain import Domain

__all__ = ["Ternary"]


class Ternary(Units):
    r"""Units in {-1, 0, 1}: :math:`A(f) = \sum_i \log(1 + 2 \cosh(b_i + f_i))`."""

    domain: ClassVar[Domain] = (-1, 1)

    def theta(self) -> tuple[Tensor, ...]:
        return (self.bias,)

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        return (x,)

    def log_base(self, x: Tensor) -> Tensor:
        return x.new_zeros(len(x))

    def _log_weights(self, field: Tensor) -> Tensor:
        t = self.natural()[0] + field
        return torch.stack([-t, torch.zeros_like(t), t], -1)

    def log_partition(self, field: Tensor) -> Tensor:
        return over_units(self._log_weights(field).logsumexp(-1))

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        p = self._log_weights(field).softmax(-1)
        return (p[..., 2] - p[..., 0],)

    def mode(self, field: Tensor) -> Tensor:
        return (self._log_weights(field).argmax(-1) - 1).to(field.dtype)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        p = self._log_weights(field).softmax(-1)
        u = uniform(p[..., 0], source)
        return (u >= p[..., 0]).to(p) + (u >= p[..., 0] + p[..., 1]).to(p) - 1

    def count(self) -> int:
        return 3 ** self.shape.numel()

    def states(self) -> Tensor | None:
        values = torch.tensor([-1.0, 0.0, 1.0]).to(self.bias)
        return torch.cartesian_prod(*[values] * self.shape.numel()).reshape(-1, *self.shape)

    def tilt(self, mean: Tensor) -> Tensor:
        return torch.atanh(mean.clamp(-0.99, 0.99))

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        return {"bias": self.tilt(moments[0])}

    def neuron(self) -> Neuron:
        return torch.ones_like(self.bias), self.bias, nn.Tanh()

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        inside = x.abs() <= 1 if means else (x == x.round()) & (x.abs() <= 1)
        return ~inside.flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        if bool(self.outside(x).any()):
            raise UsageError("Ternary units need values from -1 to 1")
