"""Dense connections: every source unit with every target unit."""

from collections.abc import Sequence

from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.connections.matrix import linear
from harmonium.random import initial

__all__ = ["Dense"]


class Dense(Connection):
    r"""Weights between all pairs of units: :math:`E(x, y) = -y^\top W x`.

    ``weight`` has shape ``(target units, source units)`` and is drawn from N(0, std^2). Groups of
    any shape are flattened.
    """

    def __init__(self, source: Sequence[int], target: Sequence[int], *, std: float = 0.01) -> None:
        super().__init__(source, target)
        size = self.target.numel(), self.source.numel()
        self.weight = nn.Parameter(initial(*size, std=std))

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """W x, the field on the target."""
        weight = self.weight if rows is None else self.weight[rows]
        field = x.flatten(1) @ weight.mT
        return field.unflatten(1, self.target) if rows is None else field

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """W^T y, the field on the source."""
        weight = self.weight if rows is None else self.weight[:, rows]
        field = y.flatten(1) @ weight
        return field.unflatten(1, self.source) if rows is None else field

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """-y . W x in nats, ``(B,)``."""
        return -(y * self(x)).flatten(1).sum(1)

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """y^T diag(weights) x over the batch, ``(target units, source units)``."""
        x, y = x.flatten(1), y.flatten(1)
        if x.shape[1] < y.shape[1]:
            x = x * weights[:, None]
        else:
            y = y * weights[:, None]
        return {"weight": y.mT @ x}

    def blocks(self) -> Sequence[Tensor] | None:
        """None: it does not join a group to itself."""
        return None

    def layer(self, *, transposed: bool = False) -> nn.Module:
        """An ``nn.Linear`` with W, or its transpose."""
        return linear(self.weight.mT if transposed else self.weight)
