"""Poses: how pictures are shifted, turned and scaled, as numbers with names."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.data.resample import mapped_grid, resampled
from harmonium.errors import DataError

__all__ = ["Poses"]


@dataclass(frozen=True)
class Poses:
    """Named factors of variation of pictures, each from -1 to 1 times its limit.

    Args:
        shift: largest shift along each axis, in pixels; factors "right" and "down".
        rotation: largest rotation, in degrees; factor "rotation", anticlockwise.
        scale: largest change of the size, as a share of it; factor "scale".
        fill: value outside a picture; None: of the nearest pixel.

    Raises:
        ValueError: no limit is above 0, or one is not allowed.

    >>> Poses(shift=3, scale=0.2).names
    ('right', 'down', 'scale')
    """

    shift: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    fill: float | None = 0.0

    def __post_init__(self) -> None:
        limits = (self.shift, self.rotation, self.scale)
        if not all(0 <= limit < math.inf for limit in limits) or not self.scale < 1:
            raise DataError(
                f"shift {self.shift}, rotation {self.rotation}, scale {self.scale}: each is at "
                "least 0, and the scale below 1"
            )
        if not any(limits):
            raise DataError("poses need a factor: give shift, rotation or scale a limit above 0")

    @property
    def _limits(self) -> dict[str, float]:
        return {
            "right": self.shift,
            "down": self.shift,
            "rotation": self.rotation,
            "scale": self.scale,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors whose limit is above 0, in order."""
        return tuple(name for name, limit in self._limits.items() if limit)

    def drawn(self, like: Tensor, n: int, *, source: torch.Generator | None = None) -> Tensor:
        """Uniform amounts from -1 to 1, ``(n, factors)``."""
        return like.new_empty(n, len(self.names)).uniform_(-1, 1, generator=source)

    def posed(self, pictures: Tensor, amounts: Tensor) -> Tensor:
        """Pictures ``(B, C, H, W)`` in poses: amounts ``(B, factors)`` times the limits."""
        given = dict(zip(self.names, amounts.unbind(1), strict=True))
        zero = amounts.new_zeros(len(amounts))
        right, down, rotation, scale = (
            given.get(name, zero) * limit for name, limit in self._limits.items()
        )
        rows, columns = mapped_grid(
            pictures,
            shift=torch.stack([right, down], 1),
            rotation=rotation,
            scale=1 + scale,
            shear=zero,
        )
        return resampled(pictures, rows, columns=columns, fill=self.fill)
