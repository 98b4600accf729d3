"""Rows that stay in their file until they are asked for.

Rows of a data set are a tensor or `Streamed`. Of both one can ask for `shape`, `dtype`, `device`,
the length, `x[a:b]`, `x.index_select(0, rows)` and `x.split(n)`, which give tensors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from harmonium.data.blocks import Blocks
from harmonium.errors import DataError, UsageTypeError

__all__ = ["Rows", "Streamed", "mapped", "pieces", "taken"]

PIECE = 2**20
"""Values that are looked at together where all rows are."""


@dataclass(frozen=True, eq=False, repr=False)
class Streamed:
    """Rows (N, *shape) in a file, read and mapped when they are asked for.

    Args:
        blocks: the file.
        places: which of its rows, int64 (N,); None for all.
        maps: functions of rows (n, ...), one after the other.
        each: shape of a row that comes out.
        dtype: its type.
        device: where it lies.
    """

    blocks: Blocks
    places: Tensor | None
    maps: tuple[Callable[[Tensor], Tensor], ...]
    each: tuple[int, ...]
    dtype: torch.dtype = torch.float32
    device: torch.device = torch.device("cpu")

    @classmethod
    def of(cls, blocks: Blocks) -> Streamed:
        """All rows of a file as they are: float32 (N, D)."""
        return cls(blocks, None, (), (blocks.width,))

    def __len__(self) -> int:
        return len(self.blocks) if self.places is None else len(self.places)

    @property
    def shape(self) -> torch.Size:
        """(N, *shape)."""
        return torch.Size((len(self), *self.each))

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return 1 + len(self.each)

    def is_floating_point(self) -> bool:
        """Whether values are floating point."""
        return self.dtype.is_floating_point

    def index_select(self, axis: int, index: Tensor) -> Tensor:
        """The rows with these indices; axis is 0."""
        if axis != 0:
            raise DataError(f"axis {axis} of rows in a file; only 0 can be selected")
        index = index.cpu()
        places = index if self.places is None else self.places[index]
        some = max(1, PIECE // max(1, self.blocks.width))  # maps may leave less than they take
        if len(places) <= some:
            return self._made(places)
        x = torch.empty(len(places), *self.each, dtype=self.dtype, device=self.device)
        for part, into in zip(places.split(some), x.split(some), strict=True):
            into.copy_(self._made(part))
        return x

    def _made(self, places: Tensor) -> Tensor:
        x = self.blocks.gather(places)
        for function in self.maps:
            x = function(x)
        return x

    def __getitem__(self, rows: slice) -> Tensor:
        if not isinstance(rows, slice):
            raise UsageTypeError(f"rows in a file: [{rows!r}]; slice them, or use index_select")
        found = range(len(self))[rows]
        return self.index_select(0, torch.arange(len(found)) * found.step + found.start)

    def split(self, size: int) -> Iterator[Tensor]:
        """All rows, `size` at a time."""
        return (self[first : first + size] for first in range(0, len(self), size))

    def take(self, rows: Tensor) -> Streamed:
        """Only the rows with these indices, in their order; nothing is read."""
        rows = rows.cpu()
        return replace(self, places=rows if self.places is None else self.places[rows])

    def map(self, function: Callable[[Tensor], Tensor], each: Sequence[int]) -> Streamed:
        """What a function makes of some rows (n, ...) at a time; `each` is a row's shape then."""
        return replace(self, maps=(*self.maps, function), each=tuple(each))

    def to(self, device: torch.device, dtype: torch.dtype) -> Streamed:
        """The rows on a device, of a type."""
        moved = self.map(lambda x: x.to(device, dtype), self.each)
        return replace(moved, device=device, dtype=dtype)

    def in_windows(self, order: Tensor, source: torch.Generator | None = None) -> Tensor:
        """The order (N,) rearranged so that few blocks are read at a time.

        Blocks are put into windows of `blocks.per_window` by a permutation of their own, and
        the rows of one window come before those of the next, in the order that they had. With
        a uniform permutation each window's rows are permuted uniformly. Rows that fit into one
        window keep the order, and nothing is drawn.
        """
        number, each = self.blocks.number, self.blocks.per_window
        if number <= each:
            return order
        device = order.device
        window = torch.randperm(number, generator=source, device=device).cpu() // each
        places = torch.arange(len(self)) if self.places is None else self.places
        window_of = window[self.blocks.of(places)].to(device)
        return order[window_of[order].argsort(stable=True)]


Rows = Tensor | Streamed
"""Rows (N, ...) of a data set, in memory or in a file."""


def mapped(x: Rows, function: Callable[[Tensor], Tensor], *, each: Sequence[int]) -> Rows:
    """What a function makes of rows: of a tensor now, else whenever rows are asked for."""
    return function(x) if isinstance(x, Tensor) else x.map(function, each)


def taken(x: Rows, rows: Tensor) -> Rows:
    """The rows with these indices."""
    return x[rows] if isinstance(x, Tensor) else x.take(rows)


def pieces(x: Rows) -> Iterator[Tensor]:
    """All rows in order, about a million values at a time; the same pieces for both kinds."""
    return iter(x.split(max(1, PIECE // max(1, math.prod(x.shape[1:])))))
