"""Kinds of columns: the meaning of a column's values, and their shape in a batch.

In memory and in files a row is flat, ``(D,)``. A kind converts rows to its shape and back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from harmonium.data.joined import Joined
from harmonium.data.streamed import Rows, pieces
from harmonium.data.tokens import Tokens
from harmonium.data.tree_kinds import NodeClasses, Trees
from harmonium.errors import DataError

__all__ = [
    "Classes",
    "Counts",
    "Joined",
    "Kind",
    "Numbers",
    "Picture",
    "Series",
    "Tokens",
    "check_counts",
    "of_shape",
]

_COLOURS = (1, 3)
"""Possible numbers of channels of a picture: grey, or red, green and blue."""


@dataclass(frozen=True, repr=False)
class Numbers:
    """Real numbers: features, real targets, weights.

    Args:
        shape: of one value of the column: (D,) for a row of D numbers, () for one number.
        names: of the numbers, flat; empty, or one for each.

    Raises:
        ValueError: some of the numbers have names, and some have none.

    >>> Numbers((2,), ("age", "weight")), Numbers((8, 8)), Numbers(())
    (Numbers(age, weight), Numbers(8 x 8), Numbers())
    """

    shape: tuple[int, ...]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(self.shape))
        object.__setattr__(self, "names", tuple(self.names))
        if self.names and len(self.names) != math.prod(self.shape):
            raise DataError(
                f"{len(self.names)} feature names for {math.prod(self.shape)} values: name each "
                "value or none"
            )

    @property
    def stored(self) -> tuple[int, ...]:
        """Axes of a row in the order of its stored values; equal to the shape."""
        return self.shape

    def check(self, values: Rows) -> None:
        """Checks flat rows ``(N, D)``, or ``(N,)`` of one number; rows in a file are not read.

        Raises:
            ValueError: rows are not floating point, or have another number of values.
        """
        _check_real(values, self.stored, what="numbers")

    def shaped(self, rows: Tensor) -> Tensor:
        """Converts flat rows ``(B, D)`` to ``(B, *shape)``."""
        return rows.reshape(len(rows), *self.shape)

    def flat(self, values: Tensor) -> Tensor:
        """Converts values ``(B, *shape)`` to flat rows: the inverse of ``shaped``."""
        return values.flatten(1) if self.shape else values

    def __repr__(self) -> str:
        few = 0 < len(self.names) <= 3
        return f"Numbers({', '.join(self.names) if few else _times(self.shape)})"


@dataclass(frozen=True, repr=False)
class Counts(Numbers):
    """Counts of things with names: how often each word of a vocabulary occurs in a document.

    A transform that changes the values, such as tf-idf, makes them ``Numbers``.

    Args:
        shape: (D,), the size of the vocabulary.
        names: of the things that are counted, such as words; empty, or one for each.

    >>> Counts((2,), ("cat", "dog")), Counts((2000,))
    (Counts(cat, dog), Counts(2000))
    """

    def check(self, values: Rows) -> None:
        """Checks flat rows ``(N, D)``; rows in a file are not read.

        Raises:
            ValueError: as for numbers, or a value is negative or not whole.
        """
        _check_real(values, self.stored, what="counts")
        if isinstance(values, Tensor):
            for piece in pieces(values):
                check_counts(piece)

    def __repr__(self) -> str:
        few = 0 < len(self.names) <= 3
        return f"Counts({', '.join(self.names) if few else _times(self.shape)})"


def check_counts(values: Tensor) -> None:
    """Checks that values of any shape are whole numbers of at least 0.

    Raises:
        ValueError: some are not, or are NaN; the message gives their range.
    """
    if bool(((values < 0) | (values != values.round())).any()):
        low, high = float(values.min()), float(values.max())
        raise DataError(
            f"values range from {low:.4g} to {high:.4g}, and not all are whole numbers of at "
            "least 0: counts of words are needed, not tf-idf or frequencies"
        )


@dataclass(frozen=True, repr=False)
class Picture:
    """Pictures, with channels first in a batch, in whichever order pixels are stored.

    Args:
        shape: (channels, height, width).
        stored: axes of a row in the order of its stored values: (height, width), (channels,
            height, width) or (height, width, channels). None: (height, width) for one channel,
            otherwise as `shape`.

    Raises:
        ValueError: `shape` has other axes, or `stored` is not one of these.

    >>> Picture((1, 8, 8)).stored, Picture((3, 8, 8)).stored
    ((8, 8), (3, 8, 8))
    >>> Picture((3, 2, 2), stored=(2, 2, 3)).shaped(torch.arange(12.0)[None])[0, 0]
    tensor([[0., 3.],
            [6., 9.]])
    """

    shape: tuple[int, int, int]
    stored: tuple[int, ...] = ()
    names: ClassVar[tuple[str, ...]] = ()
    """Empty: pixels have no names."""

    def __post_init__(self) -> None:
        shape = tuple(self.shape)
        if len(shape) != 3:
            raise DataError(f"a picture of shape {shape}: (channels, height, width) is needed")
        channels, *size = shape
        stored = tuple(self.stored) or (tuple(size) if channels == 1 else shape)
        ways = {shape, (*size, channels)} | ({tuple(size)} if channels == 1 else set())
        if stored not in ways:
            raise DataError(
                f"a picture of shape {shape} (channels, height, width), stored as {stored}: give "
                "the axes of a row in their order"
            )
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "stored", stored)

    def check(self, values: Rows) -> None:
        """Checks flat rows ``(N, D)``; rows in a file are not read.

        Raises:
            ValueError: rows are not floating point, or have another number of values.
        """
        _check_real(values, self.stored, what="pictures")

    def shaped(self, rows: Tensor) -> Tensor:
        """Converts flat rows ``(B, D)`` to ``(B, channels, height, width)``."""
        if not self._last:
            return rows.reshape(len(rows), *self.shape)
        return rows.reshape(len(rows), *self.stored).movedim(-1, 1)

    def flat(self, values: Tensor) -> Tensor:
        """Converts pictures ``(B, channels, height, width)`` to flat rows; inverts ``shaped``."""
        return (values.movedim(1, -1) if self._last else values).flatten(1)

    @property
    def _last(self) -> bool:
        """Whether the channels of a pixel are stored next to each other."""
        return len(self.stored) == 3 and self.stored != self.shape

    def __repr__(self) -> str:
        return f"Picture({_times(self.shape)})"


@dataclass(frozen=True, repr=False)
class Classes:
    """One of several classes, as an index into their names; -1 for no label.

    Args:
        names: of the classes, in the order of their indices: strings or whole numbers.

    >>> Classes(("cat", "dog")), Classes(tuple(range(10)))
    (Classes(cat, dog), Classes(10))
    """

    names: tuple[str | int, ...]
    shape: ClassVar[tuple[int, ...]] = ()
    """Shape of one value of the column."""
    stored: ClassVar[tuple[int, ...]] = ()
    """Axes of a stored row."""
    expected: ClassVar[bool] = True
    """Whether every class should have rows, so that one without any may be a mistake."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))

    def check(self, values: Rows) -> None:
        """Checks indices ``(N,)``.

        Raises:
            ValueError: they are not int64 with one axis, or an index has no class.
        """
        if values.dtype != torch.int64 or values.ndim != 1:
            raise DataError(f"labels are {values.dtype} {tuple(values.shape)}; int64 (N,) needed")
        if len(values) == 0:
            return
        labels = values[:]
        least, most = int(labels.min()), int(labels.max())
        if least < -1 or most >= len(self.names):
            raise DataError(
                f"labels from {least} to {most}; {len(self.names)} classes need 0 to "
                f"{len(self.names) - 1}, or -1 for no label"
            )

    def shaped(self, rows: Tensor) -> Tensor:
        """Returns the indices unchanged, ``(B,)``."""
        return rows

    def flat(self, values: Tensor) -> Tensor:
        """Returns the indices unchanged, ``(B,)``."""
        return values

    def __repr__(self) -> str:
        few = 0 < len(self.names) <= 3
        return f"Classes({', '.join(map(str, self.names)) if few else len(self.names)})"


@dataclass(frozen=True, repr=False)
class Series:
    """Time series: frames of one value for each channel, ``(B, length, channels)`` in a batch.

    Series may end early: frames after the end are zeros, and a column "length", ``(N,)``, holds
    the number of frames of each series. Without that column all have ``length`` frames.

    Args:
        channels: names of the channels, or their number.
        length: frames of the longest series.
        overlap: frames that a row shares with the one before it, where rows are pieces of longer
            series in their order; None if rows are series of their own.

    >>> Series(2, 3).shaped(torch.arange(6.0)[None]).tolist()
    [[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]]
    >>> Series(("warm", "wet"), 30)
    Series(30 frames of warm, wet)
    """

    channels: int | tuple[str, ...]
    length: int
    overlap: int | None = None
    names: ClassVar[tuple[str, ...]] = ()
    """Empty: the values of a row have no names, only channels do."""

    def __post_init__(self) -> None:
        if not isinstance(self.channels, int):
            object.__setattr__(self, "channels", tuple(self.channels))

    @property
    def width(self) -> int:
        """Number of channels."""
        return self.channels if isinstance(self.channels, int) else len(self.channels)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of one series in a batch: (length, channels)."""
        return self.length, self.width

    @property
    def stored(self) -> tuple[int, ...]:
        """Axes of a stored row, which is flat: first the channels of the first frame."""
        return (self.length * self.width,)

    def check(self, values: Rows) -> None:
        """Checks flat rows ``(N, D)``; rows in a file are not read.

        Raises:
            ValueError: rows are not floating point, or have another number of values.
        """
        _check_real(values, self.stored, what="series")

    def shaped(self, rows: Tensor) -> Tensor:
        """Converts flat rows ``(B, D)`` to ``(B, length, channels)``."""
        return rows.reshape(len(rows), *self.shape)

    def flat(self, values: Tensor) -> Tensor:
        """Converts series ``(B, length, channels)`` to flat rows: the inverse of ``shaped``."""
        return values.flatten(1)

    def __repr__(self) -> str:
        named = ", ".join(self.channels[:3]) if not isinstance(self.channels, int) else ""
        return f"Series({self.length} frames of {named or self.width})"


Kind = Numbers | Picture | Classes | Joined | Series | Tokens | Trees | NodeClasses
"""Kind of a column."""


def of_shape(stored: Sequence[int], names: Sequence[str] = ()) -> Numbers | Picture:
    """Kind of rows with these stored axes: a picture if possible, otherwise numbers.

    Pictures are rows of (height, width), of (channels, height, width), or of (height, width,
    channels), with 1 or 3 channels and at least 2 x 2 pixels, whose values have no names.

    >>> of_shape((8, 8)), of_shape((3, 8, 8)), of_shape((8, 8, 3)), of_shape((8, 1))
    (Picture(1 x 8 x 8), Picture(3 x 8 x 8), Picture(3 x 8 x 8), Numbers(8 x 1))
    """
    axes = tuple(stored)
    if not names and len(axes) == 2 and min(axes) > 1:
        return Picture((1, *axes), stored=axes)
    if not names and len(axes) == 3 and axes[0] in _COLOURS and min(axes[1:]) > 1:
        return Picture(axes, stored=axes)
    if not names and len(axes) == 3 and axes[2] in _COLOURS and min(axes[:2]) > 1:
        return Picture((axes[2], *axes[:2]), stored=axes)
    return Numbers(axes, tuple(names))


def _check_real(values: Rows, stored: tuple[int, ...], *, what: str) -> None:
    """Raises DataError where flat rows are not floating point, or have another width."""
    if not values.is_floating_point():
        raise DataError(f"a column of {what} is {values.dtype}; floating point is needed")
    if values.ndim > 2 or (values.ndim == 1 and stored):
        raise DataError(
            f"a column of shape {tuple(values.shape)}: (N, {math.prod(stored)}) is needed: "
            "flatten each example to one row"
        )
    width = math.prod(values.shape[1:])
    if width != math.prod(stored):
        raise DataError(f"rows of {width} values, but shape {stored} needs {math.prod(stored)}")


def _times(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))
