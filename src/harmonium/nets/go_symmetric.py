"""The base of nets for Go that look at a position in all eight symmetries of the board."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.codec import Net
from harmonium.random import Source

__all__ = ["GoNet", "turned"]


class GoNet(nn.Module, ABC):
    """A net on planes of a square board, and its mean over turned and mirrored boards.

    In training one of the eight symmetries is drawn for each batch.

    Args:
        net: a net on planes (planes, size, size).
        symmetric: whether symmetries are used.

    Attributes:
        source: generator of the symmetries in training; None: torch's global one.

    Raises:
        ValueError: the net reads no planes of a square board, or too few.
    """

    fewest_planes: int = 1
    """The smallest number of planes that suits."""

    def __init__(self, net: Net, *, symmetric: bool) -> None:
        super().__init__()
        self.net: Any = net
        self.settings: dict[str, Any] = {"net": net, "symmetric": symmetric}
        self.symmetric = symmetric
        self.source: Source = None
        shape: Any = getattr(net, "shape", None)
        if (
            shape is None
            or len(shape) != 3
            or shape[1] != shape[2]
            or shape[0] < self.fewest_planes
        ):
            raise UsageError(
                f"the net reads {shape}: a net for Go needs (planes, size, size) with at least "
                f"{self.fewest_planes} planes"
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a position."""
        return tuple(self.net.shape)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a position, units of every layer, outputs."""
        return tuple(self.net.units)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Hidden layer -> its activities, without symmetries."""
        found: dict[str, Tensor] = self.net.activities(x.reshape(-1, *self.shape))
        return found

    @abstractmethod
    def seen(self, x: Tensor, g: int) -> Tensor:
        """Outputs for boards ``(B, planes, size, size)`` in symmetry g, for boards as they are."""

    def averaged(self, x: Tensor) -> Tensor:
        """The mean of ``seen`` over the symmetries that are used."""
        if not self.symmetric:
            return self.seen(x, 0)
        if self.training:
            return self.seen(x, int(torch.randint(8, (), generator=self.source)))
        return torch.stack([self.seen(x, g) for g in range(8)]).mean(0)


def turned(x: Tensor, g: int) -> Tensor:
    """Boards ``(B, planes, size, size)`` turned by g quarters, and mirrored for g from 4."""
    around = torch.rot90(x, g % 4, (2, 3))
    return around.flip(3) if g >= 4 else around
