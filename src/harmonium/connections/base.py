"""The interface of a connection between two groups of units."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from numbers import Integral
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from harmonium.ambient import room
from harmonium.arguments import named
from harmonium.errors import UsageError, UsageTypeError

__all__ = ["Connection"]


def _check_shapes(kind: str, *shapes: Sequence[int]) -> None:
    for shape in shapes:
        whole = isinstance(shape, Sequence) and all(isinstance(n, Integral) for n in shape)
        if not whole or isinstance(shape, str):
            raise UsageTypeError(
                f"{kind}: {named(shape)} is no shape of a group; give sizes of axes, like (3,)"
            )
        if not shape or min(shape) < 1:
            raise UsageError(f"{kind}: shape {tuple(shape)}: give every axis at least one unit")


def _check_memory(*shapes: Sequence[int]) -> None:
    sizes = [math.prod(map(int, shape)) for shape in shapes]
    room(math.prod(sizes), f"a matrix of {' x '.join(map(str, sizes))} weights")


class Connection(nn.Module, ABC):
    r"""An energy :math:`E(x, y)` that is affine in each of its two arguments.

    ``x`` are values of the source group, ``(B, *source)``, ``y`` of the target group,
    ``(B, *target)``. A connection is independent of the families of the units that it joins.

    Args:
        source: the shape of the source group.
        target: the shape of the target group.

    Raises:
        TypeError: a shape is not a sequence of whole numbers.
        ValueError: an axis has no units, or the weights do not fit into memory.
    """

    linear: ClassVar[bool] = True
    """True if E(x, 0) = E(0, y) = 0 for every x and y; False if E is only affine."""

    full: ClassVar[bool] = True
    """Whether it stores a weight for every pair of units."""

    def __init__(self, source: Sequence[int], target: Sequence[int]) -> None:
        super().__init__()
        _check_shapes(type(self).__name__, source, target)
        if self.full:
            _check_memory(source, target)
        self.source, self.target = torch.Size(source), torch.Size(target)

    @abstractmethod
    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """The field on the target, -dE/dy, ``(B, *target)``; ``rows``: for these units only."""

    @abstractmethod
    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """The field on the source, -dE/dx, ``(B, *source)``; ``rows``: for these units only."""

    @abstractmethod
    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """E(x, y) in nats, ``(B,)``."""

    @abstractmethod
    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """Sum over the batch of ``weights * -dE/dW``, by parameter name; ``weights``: ``(B,)``."""

    @abstractmethod
    def blocks(self) -> Sequence[Tensor] | None:
        """If it joins a group to itself: index sets of units to update in parallel; else None."""

    @abstractmethod
    def layer(self, *, transposed: bool = False) -> nn.Module:
        """An ordinary layer with a copy of the linear map and a zero bias.

        Args:
            transposed: give the map from target to source instead.
        """

    @property
    def settings(self) -> dict[str, Any]:
        """Arguments of the constructor besides the two shapes, for storage; usually none.

        If they include "parts", the shapes follow from these.
        """
        return {}

    def extra_repr(self) -> str:
        """The shapes of source and target."""
        return f"{tuple(self.source)} -> {tuple(self.target)}"
