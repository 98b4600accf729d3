"""Random transforms of pictures for training: their base class, and several in turn."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import torch
from torch import Tensor

from harmonium.data.kinds import Kind, Picture
from harmonium.data.noise import BatchTransform
from harmonium.errors import DataError

__all__ = ["InTurn", "PictureNoise", "fitted"]


@dataclass(frozen=True)
class PictureNoise(BatchTransform):
    """A random transform of pictures, each by its own draw.

    It reads pictures ``(B, C, H, W)``, or flat rows ``(B, D)`` once it knows their kind.
    """

    kind: Picture | None = field(default=None, init=False)

    @abstractmethod
    def changed(self, pictures: Tensor, source: torch.Generator | None) -> Tensor:
        """Transforms pictures ``(B, C, H, W)``."""

    def of(self, kind: Kind) -> Self:
        """A copy for flat rows of a kind.

        Raises:
            ValueError: the kind is not that of pictures.
        """
        if not isinstance(kind, Picture):
            raise DataError(
                f"{type(self).__name__.lower()} changes pictures, and these rows are {kind!r}: "
                "give the data the shape of pictures (transform reshape), or leave it out"
            )
        made = copy.copy(self)
        object.__setattr__(made, "kind", kind)
        return made

    def __call__(self, x: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Returns transformed pictures in the form of x.

        Raises:
            ValueError: x has flat rows whose kind is not known, or does not fit them.
        """
        if x.ndim == 4:
            return self.changed(x, source)
        known = self.kind
        if known is None or x.ndim != 2 or x.shape[1] != torch.Size(known.shape).numel():
            shape = "unknown" if known is None else known.shape
            raise DataError(
                f"rows of shape {tuple(x.shape)} for pictures of shape {shape}: give pictures "
                "(B, C, H, W), or flat rows of them"
            )
        return known.flat(self.changed(known.shaped(x), source))


@dataclass(frozen=True)
class InTurn(BatchTransform):
    """Several random transforms, one after the other.

    Args:
        steps: the transforms, in order.
    """

    steps: Sequence[BatchTransform]

    def __call__(self, x: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Returns the last result."""
        for step in self.steps:
            x = step(x, source)
        return x


def fitted(steps: Sequence[BatchTransform], kind: Kind) -> BatchTransform:
    """The transforms in turn, for flat rows of a kind.

    Raises:
        ValueError: a transform changes pictures, and the kind is another one.
    """
    made = [step.of(kind) if isinstance(step, PictureNoise) else step for step in steps]
    return made[0] if len(made) == 1 else InTurn(made)
