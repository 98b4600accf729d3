"""Units for probabilistic max-pooling: blocks of a feature map with at most one unit on."""

import itertools
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.random import Source, dithered
from harmonium.units.base import MAX_STATES, Neuron, Units, over_units, whole
from harmonium.units.domain import Domain

__all__ = ["BlockSoftmax", "MaxPooled", "blocks", "unblocked"]


def blocks(x: Tensor, pool: int) -> Tensor:
    """The blocks of maps: ``(..., H, W) -> (pool * pool, ..., H / pool, W / pool)``.

    The units of a block lie along the first axis, so that sums over them read whole maps in turn,
    which is 4 x faster than along the last one.
    """
    rows = x.unflatten(-1, (-1, pool)).unflatten(-3, (-1, pool))
    return rows.movedim((-3, -1), (0, 1)).flatten(0, 1)


def unblocked(x: Tensor, pool: int) -> Tensor:
    """The inverse of ``blocks``."""
    rows = x.unflatten(0, (pool, pool)).movedim((0, 1), (-3, -1))
    return rows.flatten(-2).flatten(-3, -2)


def _softmax(t: Tensor, pool: int) -> Tensor:
    """Probability of each unit, with an off state of energy 0 in every block."""
    cells, off = _odds(t, pool)
    return unblocked(cells / (cells.sum(0) + off), pool)


def _odds(t: Tensor, pool: int) -> tuple[Tensor, Tensor]:
    """Weights of the states of each block, up to a factor: of its units in turn, and of off."""
    cells = blocks(t, pool)
    top = cells.amax(0).clamp(min=0)
    return (cells - top).exp(), (-top).exp()


class BlockSoftmax(nn.Module):
    """The softmax over the units of a block and its off state, as an activation."""

    def __init__(self, pool: int) -> None:
        super().__init__()
        self.pool = pool

    def forward(self, z: Tensor) -> Tensor:
        """``(B, *maps, H, W) -> (B, *maps, H, W)``."""
        return _softmax(z, self.pool)


class MaxPooled(Units):
    r"""Feature maps in whose blocks of pool x pool units at most one unit is on.

    A block :math:`\alpha` is one categorical variable with an off state of energy zero (Lee,
    Grosse, Ranganath and Ng, 2009, https://doi.org/10.1145/1553374.1553453):

    .. math:: U(x) = -b \cdot x, \qquad
              A(f) = \sum_\alpha \log \Big( 1 + \sum_{i \in \alpha} e^{b_i + f_i} \Big)

    The pooling unit of a block is on if one of its units is: it is their sum (``pooled``). So a
    layer above reads the maps through ``Chain([SumPool(...), Convolution(...)])``.

    Args:
        *shape: maps, height and width; height and width are multiples of pool.
        pool: side of a block; with 1 the units are those of ``Bernoulli``.
        tied: axes along which the bias is shared; (1, 2) gives one bias for each map.

    Raises:
        ValueError: a side of the maps is not a multiple of pool.

    >>> units = MaxPooled(1, 2, 4, pool=2)
    >>> units.mean(torch.zeros(1, 1, 2, 4)).detach()
    tensor([[[[0.2000, 0.2000, 0.2000, 0.2000],
              [0.2000, 0.2000, 0.2000, 0.2000]]]])
    """

    unit_axes: ClassVar[int] = 2
    domain: Domain = (0, 1)

    def __init__(self, *shape: Count, pool: Count = 2, tied: Sequence[int] = ()) -> None:
        super().__init__(*shape, tied=tied)
        self.pool = whole(pool, "MaxPooled: pool")
        if len(self.shape) < 2 or self.shape[-1] % self.pool or self.shape[-2] % self.pool:
            raise UsageError(
                f"MaxPooled{tuple(self.shape)}: the last two axes, height and width, must be "
                f"multiples of pool={self.pool}: change the pooling, or the kernel or the padding "
                "of the convolution"
            )

    @property
    def settings(self) -> dict[str, int]:
        """The side of a block."""
        return {"pool": self.pool}

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
        """The sum of softplus(log-sum-exp of b + f) over the blocks."""
        total = torch.logsumexp(blocks(self.natural()[0] + field, self.pool), 0)
        return over_units(softplus(total, threshold=40))

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """The softmax of b + f over the units of a block and its off state."""
        return (_softmax(self.natural()[0] + field, self.pool),)

    def variance(self, field: Tensor) -> Tensor:
        """p (1 - p), without the covariances of all pairs of units of a map."""
        p = self.mean(field)
        return p * (1 - p)

    def mode(self, field: Tensor) -> Tensor:
        """The unit of each block with the largest b + f, if that is positive."""
        cells = blocks(self.natural()[0] + field, self.pool)
        best, place = cells.max(0, keepdim=True)
        on = torch.zeros_like(cells).scatter_(0, place, (best > 0).to(cells.dtype))
        return unblocked(on, self.pool)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """One state per block, drawn from the softmax over its units and its off state.

        One uniform number per block falls among the cumulative sums of its states' weights.
        """
        cells, off = _odds((self.natural()[0] + field).detach(), self.pool)
        ends = cells.cumsum(0)
        drawn = dithered(off, source) * (ends[-1] + off)
        below = (drawn < ends).to(cells.dtype)
        return unblocked(torch.cat([below[:1], below[1:] - below[:-1]]), self.pool)

    def pooled(self, x: Tensor) -> Tensor:
        """The pooling units, sums over blocks: ``(B, *maps, H / pool, W / pool)``.

        A sum of probabilities that rounding made larger than 1 is 1.
        """
        return blocks(x, self.pool).sum(0).clamp(max=1)

    def count(self) -> int:
        """(pool^2 + 1)^blocks."""
        return (self.pool**2 + 1) ** (self.shape.numel() // self.pool**2)

    def states(self) -> Tensor | None:
        """All combinations of states of the blocks; the last block changes fastest."""
        if self.count() > MAX_STATES:
            raise UsageError(
                f"{self.shape.numel() // self.pool**2} blocks of {self.pool**2 + 1} states: at "
                f"most {MAX_STATES} are enumerated"
            )
        size = self.pool**2
        number = self.shape.numel() // size
        picks = torch.tensor([*itertools.product(range(size + 1), repeat=number)])
        one = torch.eye(size + 1, size, dtype=self.bias.dtype)  # the last row: off
        *maps, height, width = self.shape
        sides = height // self.pool, width // self.pool
        cells = one[picks].reshape(-1, *maps, *sides, size).movedim(-1, 0)
        return unblocked(cells, self.pool).to(self.bias.device)

    def tilt(self, mean: Tensor) -> Tensor:
        """log(mean / probability of the off state), of probabilities of at least 1e-3."""
        cells = blocks(mean, self.pool)
        off = (1 - cells.sum(0)).clamp(min=1e-3)
        return unblocked(cells.clamp(min=1e-3).log() - off.log(), self.pool)

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """The bias: log ratios to the probability of the off state."""
        return {"bias": self.tilt(moments[0])}

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and the softmax over a block with its off state."""
        return torch.ones_like(self.bias), self.bias, BlockSoftmax(self.pool)

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a block has no probabilities; with ``means`` False, no state."""
        inside = (x >= 0).flatten(1).all(1)
        inside &= (blocks(x, self.pool).sum(0) <= 1 + 1e-4).flatten(1).all(1)
        if not means:
            inside &= ((x == 0) | (x == 1)).flatten(1).all(1)
        return ~inside

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless values are non-negative and sum to at most 1 in every block."""
        if x.numel() and bool(self.outside(x).any()):
            total = blocks(x, self.pool).sum(0)
            raise UsageError(
                f"values in blocks of {self.pool} x {self.pool} sum to {float(total.min()):.4g} "
                f"to {float(total.max()):.4g}; MaxPooled units need non-negative values with sums "
                "of at most 1: they are hidden units; take Bernoulli or Gaussian units for data"
            )
