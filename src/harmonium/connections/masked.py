"""Dense connections of which a table removes some."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from harmonium.bounds import NonNegative
from harmonium.connections.base import Connection
from harmonium.connections.matrix import linear
from harmonium.errors import UsageError
from harmonium.random import initial

__all__ = ["Masked"]


class Masked(Connection):
    r"""Weights between the pairs of units in a table: :math:`E(x, y) = -y^\top (M \odot W) x`.

    ``mask`` M is saved with the machine. Use it for local receptive fields, for a connection table
    between maps, or for a graph that is known, such as of genes and pathways.

    Args:
        source: the shape of the source group.
        target: the shape of the target group.
        mask: true where two units are connected, ``(target units, source units)``; None: all.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: the mask has another shape, or values other than 0 and 1.
    """

    mask: Tensor

    def __init__(
        self,
        source: Sequence[int],
        target: Sequence[int],
        *,
        mask: Tensor | Sequence[Sequence[int]] | None = None,
        std: NonNegative = 0.01,
    ) -> None:
        super().__init__(source, target)
        size = self.target.numel(), self.source.numel()
        table = torch.ones(size, dtype=torch.bool) if mask is None else torch.as_tensor(mask)
        if tuple(table.shape) != size:
            raise UsageError(
                f"Masked: a mask of shape {tuple(table.shape)}; {size} is needed, one "
                "row for each target unit"
            )
        if not table.is_meta and not bool(((table == 0) | (table == 1)).all()):
            raise UsageError("Masked: the mask has values other than 0 and 1")
        self.register_buffer("mask", table.to(torch.bool))
        self.weight = nn.Parameter(initial(*size, std=std))

    def _matrix(self) -> Tensor:
        return self.weight * self.mask

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """The masked W times x, the field on the target."""
        matrix = self._matrix()
        field = x.flatten(1) @ (matrix if rows is None else matrix[rows]).mT
        return field.unflatten(1, self.target) if rows is None else field

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """The transposed masked W times y, the field on the source."""
        matrix = self._matrix()
        field = y.flatten(1) @ (matrix if rows is None else matrix[:, rows])
        return field.unflatten(1, self.source) if rows is None else field

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """-y . (M * W) x in nats, ``(B,)``."""
        return -(y * self(x)).flatten(1).sum(1)

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """y^T diag(weights) x over the batch where the mask is true, else 0."""
        return {"weight": ((y.flatten(1) * weights[:, None]).mT @ x.flatten(1)) * self.mask}

    def blocks(self) -> Sequence[Tensor] | None:
        """None: it does not join a group to itself."""
        return None

    def layer(self, *, transposed: bool = False) -> nn.Module:
        """An ``nn.Linear`` with the masked W, or its transpose."""
        matrix = self._matrix()
        return linear(matrix.mT if transposed else matrix)
