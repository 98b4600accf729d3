"""A value net for Go: the expected outcome of a position, the same for turned boards."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.errors import UsageError
from harmonium.nets.codec import Net
from harmonium.random import Source

__all__ = ["GoValue"]


@checked
class GoValue(nn.Module):
    r"""Expected outcome for the side to move, ``(B, planes, rows, columns) -> (B, 1)``.

    .. math:: v(s) = \frac{1}{8} \sum_g \tanh f(g s)

    f is the inner net, g one of the eight symmetries of the board. In training one g is drawn for
    each batch. 1 is a won game, -1 a lost one; (1 + v) / 2 is the probability of winning if v is
    the mean outcome, which minimises the squared error. (Silver et al., 2016,
    https://doi.org/10.1038/nature16961.)

    Args:
        net: a net on planes (``data.go.feature_planes`` with ``colour``) to one number, without
            the tanh.
        symmetric: whether symmetries are used.

    Attributes:
        source: generator of the symmetries in training; None: torch's global one.

    Raises:
        ValueError: the net has several outputs, or its board is not square.
    """

    output_kind = "values"

    def __init__(self, net: Net, *, symmetric: bool = True) -> None:
        super().__init__()
        self.net: Any = net
        self.settings: dict[str, Any] = {"net": net, "symmetric": symmetric}
        self.symmetric = symmetric
        self.source: Source = None
        shape: Any = getattr(net, "shape", None)
        sizes: Any = net.units
        if shape is None or len(shape) != 3 or shape[1] != shape[2]:
            raise UsageError(f"the net reads {shape}: a value needs (planes, size, size)")
        if sizes[-1] != 1:
            raise UsageError(f"the net has {sizes[-1]} outputs: a value is one")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a position."""
        return tuple(self.net.shape)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a position, units of every layer, 1."""
        return tuple(self.net.units)

    def forward(self, x: Tensor) -> Tensor:
        """Expected outcomes, ``(B, 1)``."""
        x = x.reshape(-1, *self.shape)
        if not self.symmetric:
            views = [x]
        elif self.training:
            views = [_turned(x, int(torch.randint(8, (), generator=self.source)))]
        else:
            views = [_turned(x, g) for g in range(8)]
        return torch.stack([self.net(view).tanh() for view in views]).mean(0)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Hidden layer -> its activities, without symmetries."""
        found: dict[str, Tensor] = self.net.activities(x.reshape(-1, *self.shape))
        return found


def _turned(x: Tensor, g: int) -> Tensor:
    """Boards turned by g quarters, and mirrored for g from 4."""
    turned = torch.rot90(x, g % 4, (2, 3))
    return turned.flip(3) if g >= 4 else turned
