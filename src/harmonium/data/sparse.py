"""Sparse matrices of scipy as rows: dense only in a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.data.streamed import Streamed

__all__ = ["SparseBlocks", "sparse_rows"]


class SparseBlocks:
    """Rows of a sparse matrix in memory, in the form of rows in a file (``data.blocks.Blocks``).

    All rows are one block, since any of them is at hand: their order is free.

    Args:
        matrix: a scipy matrix or array (N, D) of any sparse format.
        where: its place, for messages.
    """

    number = per_window = 1

    def __init__(self, matrix: Any, where: str = "a sparse matrix") -> None:  # noqa: ANN401
        self.where, self.dtype = where, matrix.dtype
        with np.errstate(over="ignore"):  # overflow gives infinity, which checks refuse
            self._rows = matrix.tocsr().astype(np.float32, copy=False)
        self.shape = tuple(map(int, matrix.shape))
        self.width = self.shape[1]

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def size(self) -> int:
        """Number of values, zeros included."""
        return self.shape[0] * self.shape[1]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return 2

    @property
    def stored(self) -> Tensor:
        """Values of the matrix that are stored, float32 ``(n,)``; the others are zeros."""
        return torch.from_numpy(self._rows.data)

    def of(self, rows: Tensor) -> Tensor:
        """Zeros: all rows are in the same block."""
        return torch.zeros_like(rows)

    def gather(self, rows: Tensor) -> Tensor:
        """Rows with these indices (n,), in their order: float32 (n, D)."""
        return torch.from_numpy(self._rows[rows.numpy()].toarray())


def sparse_rows(matrix: Any) -> Streamed:  # noqa: ANN401
    """Rows of a scipy matrix; each batch is made dense when it is taken.

    >>> from scipy.sparse import eye_array
    >>> sparse_rows(eye_array(3)).index_select(0, torch.tensor([2, 0]))
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    return Streamed.of(SparseBlocks(matrix))
