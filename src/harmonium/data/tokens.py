"""The kind of columns that hold texts: indices of characters or words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from harmonium.data.streamed import Rows
from harmonium.data.vocabulary import Vocabulary
from harmonium.errors import DataError

__all__ = ["Tokens", "padded", "trimmed"]


@dataclass(frozen=True, repr=False)
class Tokens:
    """Texts as indices into a vocabulary; -1 where a text is shorter than the row.

    Args:
        vocabulary: of the texts.
        length: indices of a row.
        stream: whether the rows are one long text, cut into pieces. The last symbol of a row is
            then the first one of the next row, so that each row has ``length - 1`` symbols that
            follow another one.

    >>> Tokens(Vocabulary(tuple("abc")), 5)
    Tokens(5 of 3 characters)
    """

    vocabulary: Vocabulary
    length: int
    stream: bool = False
    names: ClassVar[tuple[str, ...]] = ()
    """Empty: places in a text have no names."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one value of the column."""
        return (self.length,)

    @property
    def stored(self) -> tuple[int, ...]:
        """Axes of a stored row."""
        return (self.length,)

    def check(self, values: Rows) -> None:
        """Checks indices ``(N, length)``.

        Raises:
            ValueError: they are not int64, have another length, or an index has no symbol.
        """
        if values.dtype != torch.int64 or values.ndim != 2 or values.shape[1] != self.length:
            raise DataError(
                f"texts are {values.dtype} {tuple(values.shape)}; int64 (N, {self.length}) needed"
            )
        if len(values) == 0:
            return
        indices = values[:]
        least, most = int(indices.min()), int(indices.max())
        if least < -1 or most >= len(self.vocabulary):
            raise DataError(
                f"indices from {least} to {most}; {len(self.vocabulary)} symbols need 0 to "
                f"{len(self.vocabulary) - 1}, or -1 after the end of a text"
            )

    def shaped(self, rows: Tensor) -> Tensor:
        """Returns the indices unchanged, ``(B, length)``."""
        return rows

    def flat(self, values: Tensor) -> Tensor:
        """Returns the indices unchanged, ``(B, length)``."""
        return values

    def joined(self, rows: Tensor) -> Tensor:
        """The stream ``(T,)`` of consecutive rows ``(n, length)``, without the end of -1."""
        stream = torch.cat([rows[:1, 0], rows[:, 1:].flatten()])
        return stream[stream >= 0]

    def text(self, rows: Tensor) -> str:
        """The text of rows ``(n, length)``; of a stream, symbols that rows share once."""
        return self.vocabulary.decode(self.joined(rows) if self.stream else rows)

    def __repr__(self) -> str:
        return f"Tokens({self.length} of {len(self.vocabulary)} {self.vocabulary.unit})"


def padded(texts: Sequence[Tensor], length: int | None = None) -> Tensor:
    """Texts ``(T,)`` of different lengths as rows ``(N, length)``, with -1 after their ends.

    Args:
        texts: indices of each.
        length: of a row; None for the longest text.

    >>> padded([torch.tensor([4, 2]), torch.tensor([1])], 3).tolist()
    [[4, 2, -1], [1, -1, -1]]
    """
    longest = max(map(len, texts), default=0) if length is None else length
    rows = torch.full((len(texts), longest), -1, dtype=torch.int64)
    lengths = torch.tensor([len(text) for text in texts])
    rows[torch.arange(longest) < lengths[:, None]] = torch.cat([*texts])
    return rows


def trimmed(rows: Tensor) -> Tensor:
    """Rows ``(N, length)`` without the last columns, where they are -1 in all of them.

    >>> trimmed(torch.tensor([[4, 2, -1, -1], [1, -1, -1, -1]])).tolist()
    [[4, 2], [1, -1]]
    """
    filled = (rows >= 0).any(0).nonzero()
    return rows[:, : int(filled[-1]) + 1 if len(filled) else 0]
