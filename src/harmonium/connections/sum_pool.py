"""Sum-pooling: a fixed connection that sums the blocks of a map."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from harmonium.bounds import Count
from harmonium.connections.base import Connection
from harmonium.errors import UsageError

__all__ = ["SumPool", "Summed"]


class Summed(nn.Module):
    """Sums over blocks of maps, or copies of each value over its block; rows are flat."""

    def __init__(self, shape: Sequence[int], pool: int, *, transposed: bool = False) -> None:
        super().__init__()
        self.shape, self.pool, self.transposed = tuple(shape), pool, transposed

    def forward(self, x: Tensor) -> Tensor:
        """``(B, units) -> (B, units)``."""
        maps = x.unflatten(1, self.shape)
        return (_spread if self.transposed else _summed)(maps, self.pool).flatten(1)


def _summed(x: Tensor, pool: int) -> Tensor:
    return avg_pool2d(x, pool) * pool**2


def _spread(y: Tensor, pool: int) -> Tensor:
    rows = y[..., None, :, None].expand(*y.shape[:-1], pool, y.shape[-1], pool)
    return rows.flatten(-4, -3).flatten(-2)


class SumPool(Connection):
    r"""Sums over the blocks of maps.

    .. math:: E(x, y) = -\sum_\alpha y_\alpha \sum_{i \in \alpha} x_i

    A block has pool x pool values. There are no parameters. The sum of a block of ``MaxPooled``
    units is its pooling unit, so ``Chain([SumPool(...), Convolution(...)])`` joins such a group to
    the layer above it.

    Args:
        source: (maps, height, width).
        target: (maps, height / pool, width / pool).
        pool: side of a block.

    Raises:
        ValueError: the shapes do not fit.
    """

    full: ClassVar[bool] = False

    def __init__(self, source: Sequence[int], target: Sequence[int], *, pool: Count = 2) -> None:
        super().__init__(source, target)
        self.pool = int(pool)
        if len(source) != 3 or tuple(source) != (
            target[0],
            *(n * self.pool for n in target[1:]),
        ):
            raise UsageError(
                f"SumPool: {tuple(source)} -> {tuple(target)} with pool={pool}: the source has "
                "the axes (maps, height, width), and the target's height and width are those of "
                "the source divided by pool"
            )

    @property
    def settings(self) -> dict[str, Any]:
        """The side of a block."""
        return {"pool": self.pool}

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """Sums over blocks, the field on the target."""
        field = _summed(x, self.pool)
        return field if rows is None else field.flatten(1)[:, rows]

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """Each value at every place of its block, the field on the source."""
        field = _spread(y, self.pool)
        return field if rows is None else field.flatten(1)[:, rows]

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """-y . (sums over blocks of x) in nats, ``(B,)``."""
        return -(y * self(x)).flatten(1).sum(1)

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """Empty: there are no parameters."""
        del x, y, weights
        return {}

    def blocks(self) -> Sequence[Tensor] | None:
        """None: it does not join a group to itself."""
        return None

    @torch.no_grad()
    def layer(self, *, transposed: bool = False) -> nn.Module:
        """The sums over blocks of flat rows, or the copies."""
        return Summed(self.target if transposed else self.source, self.pool, transposed=transposed)
