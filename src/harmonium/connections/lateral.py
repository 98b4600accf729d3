"""Lateral connections: symmetric weights within a group."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.connections.matrix import linear
from harmonium.random import initial

__all__ = ["Lateral"]


class Lateral(Connection):
    r"""Symmetric weights within a group: :math:`E(x) = -\sum_{i > j} J_{ij} x_i x_j`.

    Only the part of ``weight`` below the diagonal is used: J is that part plus its transpose, so
    it stays symmetric with a zero diagonal whatever an optimiser does. The units must be binary or
    real; one-hot vectors would need zero blocks on the diagonal.
    """

    def __init__(self, shape: Sequence[int], *, std: float = 0.01) -> None:
        super().__init__(shape, shape)
        size = self.source.numel()
        self.weight = nn.Parameter(initial(size, size, std=std).tril(-1))

    def matrix(self, rows: Tensor | None = None) -> Tensor:
        """J, ``(units, units)``, or the rows of it with these indices."""
        if rows is None:
            lower = self.weight.tril(-1)
            return lower + lower.mT
        here = torch.arange(len(self.weight), device=self.weight.device)
        j = torch.where(here < rows[:, None], self.weight[rows], self.weight[:, rows].mT)
        return torch.where(here == rows[:, None], 0.0, j)

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """J x, the field on the group."""
        field = x.flatten(1) @ self.matrix(rows).mT
        return field.unflatten(1, self.target) if rows is None else field

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """J y: J is symmetric."""
        return self.forward(y, rows=rows)

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """-y . J x / 2 in nats, ``(B,)``; for y = x each pair counts once."""
        return -(y * self(x)).flatten(1).sum(1) / 2

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """The weighted sum of y_i x_j, symmetrised, below the diagonal."""
        product = (y.flatten(1) * weights[:, None]).mT @ x.flatten(1)
        return {"weight": ((product + product.mT) / 2).tril(-1)}

    def blocks(self) -> Sequence[Tensor] | None:
        """One unit at a time."""
        return torch.arange(self.source.numel(), device=self.weight.device).split(1)

    def layer(self, *, transposed: bool = False) -> nn.Module:
        """An ``nn.Linear`` with the matrix J."""
        del transposed  # symmetric
        return linear(self.matrix())
