"""Replicated connections: dense weights, and a bias of each target unit for every count."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.connections.matrix import linear
from harmonium.random import initial

__all__ = ["Replicated"]


class Replicated(Connection):
    r"""Dense weights, and a bias that counts once for every count of the source group.

    .. math:: E(x, y) = -y^\top W x - \Big( \sum_k x_k \Big) a^\top y

    With counts of words x in a document of length n, this is the hidden bias :math:`n\, a` of the
    replicated softmax (Salakhutdinov and Hinton, 2009, https://papers.nips.cc/paper/3856). It is
    the same as ``Dense`` with the weights :math:`W_{jk} + a_j`; as a parameter of its own the
    bias learns faster, since it sums the gradients of all words.

    ``weight`` has shape ``(target units, source units)`` and is drawn from N(0, std^2); ``bias``
    is a, ``(target units,)``, and starts at zero. Groups of any shape are flattened.
    """

    def __init__(self, source: Sequence[int], target: Sequence[int], *, std: float = 0.01) -> None:
        super().__init__(source, target)
        size = self.target.numel(), self.source.numel()
        self.weight = nn.Parameter(initial(*size, std=std))
        self.bias = nn.Parameter(torch.zeros(size[0], dtype=self.weight.dtype))

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """W x + sum(x) a, the field on the target."""
        x = x.flatten(1)
        some = slice(None) if rows is None else rows
        field = x @ self.weight[some].mT + x.sum(1, keepdim=True) * self.bias[some]
        return field.unflatten(1, self.target) if rows is None else field

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """W^T y + (a . y) 1, the field on the source."""
        y = y.flatten(1)
        weight = self.weight if rows is None else self.weight[:, rows]
        field = y @ weight + (y @ self.bias)[:, None]
        return field.unflatten(1, self.source) if rows is None else field

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """-y . (W x + sum(x) a) in nats, ``(B,)``."""
        return -(y * self(x)).flatten(1).sum(1)

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """Sums over the batch of weights * y x^T and of weights * sum(x) y."""
        x, y = x.flatten(1), y.flatten(1) * weights[:, None]
        return {"weight": y.mT @ x, "bias": x.sum(1) @ y}

    def blocks(self) -> Sequence[Tensor] | None:
        """None: it does not join a group to itself."""
        return None

    def layer(self, *, transposed: bool = False) -> nn.Module:
        """An ``nn.Linear`` with the matrix W + a 1^T, or its transpose."""
        whole = self.weight + self.bias[:, None]
        return linear(whole.mT if transposed else whole)
