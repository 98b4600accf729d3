"""Transforms of rows before learning: fitted to the training rows, saved with the model.

A transform has only settings. Fitted to training rows it becomes a `Fitted`: a function of rows,
with the shape of its result and its statistics, which are tensors saved with the model.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor

from harmonium.bounds import NonNegative, Positive, Share
from harmonium.data.binarise import threshold
from harmonium.data.check import check_array
from harmonium.data.standardise import Standardiser
from harmonium.data.streamed import Rows
from harmonium.data.summary import summary
from harmonium.errors import DataError

__all__ = [
    "Binarise",
    "Crop",
    "Fitted",
    "Reshape",
    "Scale",
    "Standardise",
    "Transform",
]


class Transform(ABC):
    """Settings of a transform; subclasses define three methods.

    `column` is the column that it acts on: "x", or "y" for real targets if it supports them.

    Streamed rows of a file are not a tensor: `statistics` iterates over `pieces(x)`, or uses
    `summary(x)`.
    """

    column: str = "x"

    @abstractmethod
    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """Statistics of the training rows x (N, D), whose rows have this shape."""

    @abstractmethod
    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Transformed rows (N, D out), given statistics on the device of x."""

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of a transformed row, given that of an input row; by default the same."""
        return shape

    def fit(self, x: Rows, shape: tuple[int, ...]) -> Fitted:
        """Fits to training rows x (N, D) of this shape; D is the product of the shape.

        Raises:
            TypeError: x is not floating point.
            ValueError: x is empty, holds NaN or infinity, or does not fit the transform.
        """
        check_array(x, name=f"rows to fit {type(self).__name__} to")
        return Fitted(self, self.statistics(x, shape), tuple(shape), self.shape(shape))

    def restore(self, state: Mapping[str, Tensor]) -> Fitted:
        """Restores the fitted transform from its `state()`."""
        statistics = dict(state)
        before, after = (tuple(statistics.pop(k).tolist()) for k in ("shape_in", "shape_out"))
        return Fitted(self, statistics, before, after)


@runtime_checkable
class Invertible(Protocol):
    """A transform that can be inverted."""

    def inverse(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Original rows (N, D), given statistics on the device of x."""
        ...


@dataclass(frozen=True, eq=False)
class Fitted:
    """A transform with its statistics of the training rows."""

    transform: Transform
    statistics: dict[str, Tensor]
    shape_in: tuple[int, ...]
    shape: tuple[int, ...]

    def __call__(self, x: Tensor) -> Tensor:
        """Returns x (N, D in) transformed, (N, D out).

        Raises:
            ValueError: the rows have not the shape of those of the fit.
        """
        name, expected = type(self.transform).__name__, math.prod(self.shape_in)
        if x.ndim != 2 or x.shape[1] != expected:
            raise DataError(
                f"{name} was fitted to rows of {expected} values (shape {self.shape_in}), and got "
                f"{tuple(x.shape)}: give (N, {expected})"
            )
        return self.transform.apply(x, self._on(x.device))

    def inverse(self, x: Tensor) -> Tensor:
        """Returns the original rows, (N, D in), of transformed ones (N, D out).

        Raises:
            ValueError: the transform cannot be inverted.
        """
        transform = self.transform
        if not isinstance(transform, Invertible):
            raise DataError(f"{type(transform).__name__} cannot be undone: it loses values")
        return transform.inverse(x, self._on(x.device))

    def _on(self, device: torch.device) -> dict[str, Tensor]:
        return {key: value.to(device) for key, value in self.statistics.items()}

    def state(self) -> dict[str, Tensor]:
        """Statistics and both shapes, as tensors for `Transform.restore`."""
        shapes = {"shape_in": self.shape_in, "shape_out": self.shape}
        return self.statistics | {key: torch.tensor(value) for key, value in shapes.items()}


@dataclass(frozen=True)
class Scale(Transform):
    """Divide by a number; without one, map each feature's training range to [0, 1].

    With `divide`: x / divide. Without: (x - min) / (max - min) per feature, from the training
    rows; values of other rows beyond that range are clipped, and a constant feature becomes 0.
    Real targets are not clipped.

    Args:
        divide: The largest possible value, such as 255 for 8-bit pixels; null for the training
            range of each feature.
        column: Column to scale: x, the features; or y, the real targets.
    """

    divide: Positive | None = None
    column: Literal["x", "y"] = "x"

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """Minimum and range of each feature, (D,); none with `divide`."""
        del shape
        if self.divide is not None:
            return {}
        least, most, *_ = summary(x)
        return {"minimum": least, "range": torch.where(most > least, most - least, 1)}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Rows divided, or mapped to [0, 1]."""
        if self.divide is not None:
            return x / self.divide
        scaled = (x - statistics["minimum"].to(x.dtype)) / statistics["range"].to(x.dtype)
        return scaled.clamp_(0, 1) if self.column == "x" else scaled

    def inverse(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Rows multiplied, or mapped back to the training range."""
        if self.divide is not None:
            return x * self.divide
        return x * statistics["range"].to(x.dtype) + statistics["minimum"].to(x.dtype)


@dataclass(frozen=True)
class Standardise(Transform):
    """Shift and scale each feature to mean 0 and standard deviation 1 on the training rows.

    A feature that is constant, or deviates by `floor` or less, is shifted but not scaled.

    Args:
        floor: Standard deviation, in the units of the data, up to which a feature is not scaled.
        column: Column to standardise: x, the features; or y, the real targets.
    """

    floor: NonNegative = 0.0
    column: Literal["x", "y"] = "x"

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """Mean and scale of each feature, (D,)."""
        del shape
        fitted = Standardiser.fit(x, eps=self.floor)
        return {"mean": fitted.mean, "scale": fitted.scale}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """(x - mean) / scale."""
        return _standardiser(statistics, x.dtype)(x)

    def inverse(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Original values, x * scale + mean."""
        return _standardiser(statistics, x.dtype).inverse(x)


def _standardiser(statistics: Mapping[str, Tensor], dtype: torch.dtype) -> Standardiser:
    return Standardiser(statistics["mean"].to(dtype), statistics["scale"].to(dtype))


@dataclass(frozen=True)
class Binarise(Transform):
    """1 where a value in [0, 1] exceeds the level, otherwise 0.

    Likelihoods of thresholded values are not comparable with those of sampled ones.

    Args:
        level: Values above this become 1.
    """

    level: Share = 0.5

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """No statistics."""
        del x, shape
        return {}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Thresholded rows."""
        del statistics
        return threshold(x, self.level)


@dataclass(frozen=True)
class Crop(Transform):
    """Cut the centre out of images of shape (height, width) or (channels, height, width).

    If the margin is odd, the larger half is cut at the bottom and the right.

    Args:
        size: Height and width to keep, in pixels.
    """

    size: Sequence[int]

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The new height and width, after the channels."""
        return (*shape[:-2], *self.size)

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """Indices of the pixels that remain, int64 (D out,).

        Raises:
            ValueError: rows are not images, or the size exceeds theirs.
        """
        del x
        if len(shape) not in (2, 3) or len(self.size) != 2:
            raise DataError(
                f"crop to {tuple(self.size)} of rows of shape {tuple(shape)}: height and width of "
                "an image (height, width) or (channels, height, width) are needed: add a "
                "`reshape` transform before"
            )
        if not all(1 <= s <= full for s, full in zip(self.size, shape[-2:], strict=True)):
            raise DataError(f"crop to {tuple(self.size)} of images of {tuple(shape[-2:])}")
        top, left = ((full - s) // 2 for s, full in zip(self.size, shape[-2:], strict=True))
        pixels = torch.arange(math.prod(shape)).reshape(shape)
        height, width = self.size
        return {"pixels": pixels[..., top : top + height, left : left + width].flatten()}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """The pixels that remain."""
        return x.index_select(1, statistics["pixels"])


@dataclass(frozen=True)
class Reshape(Transform):
    """Give a row the shape of an image, or of another array; values are unchanged.

    Args:
        to: The shape of one row, such as 28, 28; its product is the number of values of a row.
    """

    to: Sequence[int]

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The new shape."""
        del shape
        return tuple(self.to)

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """No statistics.

        Raises:
            ValueError: the shape has another number of values.
        """
        if math.prod(self.to) != x.shape[1]:
            raise DataError(
                f"reshape of {x.shape[1]} values (shape {tuple(shape)}) to {tuple(self.to)} = "
                f"{math.prod(self.to)} values: the products must be equal"
            )
        return {}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """The rows, unchanged."""
        del statistics
        return x
