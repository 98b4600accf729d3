"""A connection: one weight for each pair of units at the same place."""

from collections.abc import Sequence

from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.random import initial

__all__ = ["Paired"]


class Paired(Connection):
    r"""Weights between units of the same index: :math:`E(x, y) = -\sum_i w_i x_i y_i`."""

    def __init__(self, source: Sequence[int], target: Sequence[int], *, std: float = 0.5) -> None:
        super().__init__(source, target)
        self.weight = nn.Parameter(initial(*self.source, std=std))

    def _sent(self, x: Tensor, rows: Tensor | None) -> Tensor:
        sent = x * self.weight
        return sent if rows is None else sent.flatten(1)[:, rows]

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        return self._sent(x, rows)

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        return self._sent(y, rows)

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        return -(y * self(x)).flatten(1).sum(1)

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        return {"weight": (weights.reshape(-1, *[1] * (x.ndim - 1)) * x * y).sum(0)}

    def blocks(self) -> Sequence[Tensor] | None:
        return None

    def layer(self, *, transposed: bool = False) -> nn.Module:
        raise NotImplementedError
