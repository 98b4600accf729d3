"""Rows that stay in their file until they are needed.

Rows of a data set are a tensor or `Streamed`. Both have `shape`, `dtype`, `device`, a length,
`x[a:b]`, `x.index_select(0, rows)` and `x.split(n)`; the last three give tensors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from harmonium.data.blocks import Blocks
from harmonium.errors import DataError, UsageTypeError

if TYPE_CHECKING:
    from harmonium.data.sparse import SparseBlocks

__all__ = ["Rows", "Streamed", "mapped", "pieces", "taken"]

PIECE = 2**20
"""Number of values per piece where all rows are processed."""


@dataclass(frozen=True, eq=False, repr=False)
class Streamed:
    """Rows (N, *shape) in a file, read and mapped when they are needed.

    Args:
        blocks: the file.
        places: indices of its rows, int64 (N,); None for all rows.
        maps: functions of rows (n, ...), applied one after the other.
        each: shape of a row after them.
        dtype: type of the result.
        device: device of the result.
    """

    blocks: Blocks | SparseBlocks
    places: Tensor | None
    maps: tuple[Callable[[Tensor], Tensor], ...]
    each: tuple[int, ...]
    dtype: torch.dtype = torch.float32
    device: torch.device = torch.device("cpu")

    @classmethod
    def of(cls, blocks: Blocks | SparseBlocks) -> Streamed:
        """All rows of a file unchanged: float32 (N, D)."""
        return cls(blocks, None, (), (blocks.width,))

    def __len__(self) -> int:
        return len(self.blocks) if self.places is None else len(self.places)

    @property
    def shape(self) -> torch.Size:
        """Shape of all rows: (N, *shape)."""
        return torch.Size((len(self), *self.each))

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return 1 + len(self.each)

    def is_floating_point(self) -> bool:
        """Whether values are floating point."""
        return self.dtype.is_floating_point

    def index_select(self, axis: int, index: Tensor) -> Tensor:
        """Returns the rows with these indices; axis must be 0."""
        if axis != 0:
            raise DataError(f"axis {axis} of rows in a file; only 0 can be selected")
        index = index.cpu()
        places = index if self.places is None else self.places[index]
        most_rows = max(1, PIECE // max(1, self.blocks.width))  # maps may shrink rows
        if len(places) <= most_rows:
            return self._made(places)
        x = torch.empty(len(places), *self.each, dtype=self.dtype, device=self.device)
        for part, into in zip(places.split(most_rows), x.split(most_rows), strict=True):
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
        chosen = range(len(self))[rows]
        return self.index_select(0, torch.arange(len(chosen)) * chosen.step + chosen.start)

    def split(self, size: int) -> Iterator[Tensor]:
        """Yields all rows, `size` at a time."""
        return (self[first : first + size] for first in range(0, len(self), size))

    def take(self, rows: Tensor) -> Streamed:
        """Selects the rows with these indices, in their order, without reading."""
        rows = rows.cpu()
        return replace(self, places=rows if self.places is None else self.places[rows])

    def map(self, function: Callable[[Tensor], Tensor], each: Sequence[int]) -> Streamed:
        """Adds a function of rows (n, ...), applied when read; `each` is the new row shape."""
        return replace(self, maps=(*self.maps, function), each=tuple(each))

    def to(self, device: torch.device, dtype: torch.dtype) -> Streamed:
        """Returns the rows for another device and dtype."""
        moved = self.map(lambda x: x.to(device, dtype), self.each)
        return replace(moved, device=device, dtype=dtype)

    def in_windows(self, order: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Rearranges an order (N,) so that few blocks are read at a time.

        A random permutation puts blocks into windows of `blocks.per_window`. Rows of one window
        come before those of the next, in their given order. With a uniform permutation as `order`,
        the rows of each window are permuted uniformly. Rows that fit into one window keep the
        order, and nothing is drawn.
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
    """Applies a function to rows: to a tensor now, to rows in a file when they are read."""
    return function(x) if isinstance(x, Tensor) else x.map(function, each)


def taken(x: Rows, rows: Tensor) -> Rows:
    """Selects the rows with these indices."""
    return x[rows] if isinstance(x, Tensor) else x.take(rows)


def pieces(x: Rows) -> Iterator[Tensor]:
    """Yields all rows in order, about a million values at a time; equal pieces for both types."""
    return iter(x.split(max(1, PIECE // max(1, math.prod(x.shape[1:])))))
