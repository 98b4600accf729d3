"""Rows in a file, read in blocks of consecutive rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.errors import DataError

__all__ = ["BLOCK", "WINDOW", "Array", "Blocks", "raw_blocks"]

Array = np.ndarray[Any, Any]

BLOCK = 2**20
"""Size of a block in bytes, if the file does not determine it."""

WINDOW = 2**26
"""Size in bytes of the blocks that are kept in memory."""


class Blocks:
    """Rows of `shape` (N, ...) and `dtype` that stay in a file.

    The latest blocks are kept, 64 MiB of them in the file's own type; `per_window` is the number
    of blocks that fit, of `number` in all. Files are read, not mapped: a truncated file is an
    error, not a crash, and data that were read do not stay in the memory of the process.

    Args:
        where: file and array, for messages.
        read: returns the rows of a block, (n, ...), by its number.
        shape: of all rows together.
        dtype: of the values.
        starts: first row of every block, then N.

    Raises:
        ValueError: a single block exceeds 64 MiB.

    >>> x = np.arange(12.0).reshape(6, 2)
    >>> blocks = Blocks("x", lambda k: x[4 * k : 4 * k + 4], shape=x.shape, dtype=x.dtype,
    ...     starts=[0, 4, 6])
    >>> blocks.gather(torch.tensor([5, 0]))
    tensor([[10., 11.], [ 0.,  1.]])
    """

    def __init__(
        self,
        where: str,
        read: Callable[[int], Array],
        *,
        shape: Sequence[int],
        dtype: np.dtype[Any],
        starts: Sequence[int],
    ) -> None:
        self.where, self.shape, self.dtype = where, tuple(shape), dtype.newbyteorder("=")
        self.number = len(starts) - 1
        self.width = math.prod(self.shape[1:])
        self._read, self._starts = read, torch.as_tensor(starts)
        rows = int(self._starts.diff().amax()) if len(self._starts) > 1 else 0
        row_bytes = max(1, self.width * dtype.itemsize)
        if rows * row_bytes > WINDOW:
            raise DataError(
                f"{where}: {rows} rows, {rows * row_bytes / 2**20:.0f} MiB, can only be read "
                f"together, and streaming keeps {WINDOW >> 20} MiB: write the file again with at "
                f"most {WINDOW // row_bytes} rows in a chunk (HDF5), row group (Parquet) or "
                f"record batch (Arrow); {max(1, BLOCK // row_bytes)} are good"
            )
        self.per_window = max(1, WINDOW // max(1, rows * row_bytes))
        self._slots, self._slot_rows = min(self.number, self.per_window), rows
        self._slot_of = np.full(self.number, -1)
        self._block_in = np.full(self._slots, -1)
        self._next = 0
        self._kept: Array | None = None

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def of(self, rows: Tensor) -> Tensor:
        """Numbers of the blocks that contain rows (n,)."""
        return torch.searchsorted(self._starts, rows.contiguous(), right=True) - 1

    def gather(self, rows: Tensor) -> Tensor:
        """Rows with these indices (n,), in their order: float32 (n, D).

        Raises:
            OSError: the file cannot be read, or has changed.
            ValueError: values are not numbers.
        """
        if self._kept is None:
            self._kept = np.empty((self._slots * self._slot_rows, self.width), self.dtype)
        block = self.of(rows)
        offset = (rows - self._starts[block]).numpy()
        values, number = np.empty((len(rows), self.width), np.float32), block.numpy()
        at_hand = self._slot_of[number] >= 0
        self._fill(values, at_hand, number=number, offset=offset)
        lacking = np.unique(number[~at_hand])
        for first in range(0, len(lacking), max(1, self._slots)):
            blocks = lacking[first : first + self._slots]
            for k in blocks.tolist():
                self._keep(k)
            self._fill(values, np.isin(number, blocks) & ~at_hand, number=number, offset=offset)
        return torch.from_numpy(values)

    def _fill(self, values: Array, which: Array, *, number: Array, offset: Array) -> None:
        assert self._kept is not None
        places = self._slot_of[number[which]] * self._slot_rows + offset[which]
        with np.errstate(over="ignore"):  # overflow gives infinity, which checks refuse
            values[which] = self._kept[places]

    def _keep(self, block: int) -> None:
        """Reads a block in place of the one that was read longest ago."""
        assert self._kept is not None
        rows = int(self._starts[block + 1] - self._starts[block])
        values = self._read(block)
        slot, self._next = self._next, (self._next + 1) % self._slots
        if self._block_in[slot] >= 0:
            self._slot_of[self._block_in[slot]] = -1
        first = slot * self._slot_rows
        self._kept[first : first + rows] = values.reshape(rows, self.width)
        self._slot_of[block], self._block_in[slot] = slot, block


def raw_blocks(
    path: Path, where: str, *, shape: Sequence[int], dtype: np.dtype[Any], offset: int
) -> Blocks:
    """Blocks of rows that are stored one after the other, from a byte offset on."""
    n, width = shape[0], math.prod(shape[1:])
    each = max(1, BLOCK // max(1, width * dtype.itemsize))

    def read(block: int) -> Array:
        first = block * each
        count = (min(n, first + each) - first) * width
        place = offset + first * width * dtype.itemsize
        values = np.fromfile(path, dtype, count, offset=place)
        if len(values) < count:
            raise OSError(
                f"{where}: the file ends before row {first + each}: it was cut meanwhile"
            )
        return values

    starts = [*range(0, n, each), n]
    return Blocks(where, read, shape=shape, dtype=dtype, starts=starts)
