"""Kinds of columns for trees: the trees themselves, and the classes of their nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from harmonium.errors import DataError

if TYPE_CHECKING:
    from harmonium.data.streamed import Rows

__all__ = ["INNER", "NodeClasses", "Trees", "check_rows", "longest_of", "nodes_of"]

INNER = -1
"""Code of a node with children."""

_PLANES = 3


def nodes_of(longest: int) -> int:
    """Number of nodes of a binary tree with this number of words."""
    return 2 * longest - 1


def longest_of(width: int) -> int:
    """Maximum number of words of a tree in rows of this many values.

    >>> longest_of(Trees((), longest=64).stored[0])
    64
    """
    return (width // _PLANES + 1) // 2


@dataclass(frozen=True, repr=False)
class Trees:
    """Binary trees whose leaves are words, by node in post-order.

    A row has three planes of M = 2 * longest - 1 numbers, one for each node: its code (0: no
    node; -1: it has children; 1: a word that is not in the vocabulary; k + 2: word k), the index
    of its left child, and its height. The right child of node i is node i - 1. So the layout of
    a batch (``nets.trees.layout``) needs no walk through the trees.

    Args:
        words: the vocabulary.
        longest: maximum number of words of a tree.

    >>> Trees(("bad", "good"), longest=3)
    Trees(2 words, up to 3 in a tree)
    """

    words: tuple[str, ...]
    longest: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(self.words))

    @property
    def names(self) -> tuple[str, ...]:
        """The vocabulary."""
        return self.words

    @property
    def shape(self) -> tuple[int, ...]:
        """(3, M)."""
        return _PLANES, nodes_of(self.longest)

    @property
    def stored(self) -> tuple[int, ...]:
        """Axes of a stored row: one, of 3 M numbers."""
        return (_PLANES * nodes_of(self.longest),)

    def check(self, values: Rows) -> None:
        """Checks flat rows ``(N, 3 M)``.

        Raises:
            ValueError: they are not floating point, have another width, or are no trees.
        """
        if not isinstance(values, Tensor):
            raise DataError("a column of trees is read as a whole: leave stream out")
        if tuple(values.shape[1:]) != self.stored:
            raise DataError(
                f"rows of {tuple(values.shape[1:])} values, but trees of up to {self.longest} "
                f"words need {self.stored}"
            )
        check_rows(values, len(self.words))

    def shaped(self, rows: Tensor) -> Tensor:
        """Converts flat rows ``(B, 3 M)`` to ``(B, 3, M)``."""
        return rows.reshape(len(rows), *self.shape)

    def flat(self, values: Tensor) -> Tensor:
        """Converts ``(B, 3, M)`` to flat rows: the inverse of ``shaped``."""
        return values.flatten(1)

    def __repr__(self) -> str:
        return f"Trees({len(self.words)} words, up to {self.longest} in a tree)"


@dataclass(frozen=True, repr=False)
class NodeClasses:
    """Class of each node of a tree as an index, -1 for a node without label, or no node.

    Args:
        names: of the classes.
        longest: maximum number of words of a tree.
    """

    names: tuple[str | int, ...]
    longest: int

    @property
    def shape(self) -> tuple[int, ...]:
        """(M,)."""
        return (nodes_of(self.longest),)

    @property
    def stored(self) -> tuple[int, ...]:
        """Axes of a stored row."""
        return self.shape

    def check(self, values: Rows) -> None:
        """Checks indices ``(N, M)``.

        Raises:
            ValueError: they are not int64 with M columns, or an index has no class.
        """
        if values.dtype != torch.int64 or tuple(values.shape[1:]) != self.shape:
            raise DataError(
                f"classes of nodes are {values.dtype} {tuple(values.shape)}; int64 (N, "
                f"{self.shape[0]}) needed"
            )
        found = values[:]
        if len(found) and not -1 <= int(found.min()) <= int(found.max()) < len(self.names):
            raise DataError(
                f"classes of nodes from {int(found.min())} to {int(found.max())}; "
                f"{len(self.names)} classes need 0 to {len(self.names) - 1}, or -1 for no label"
            )

    def shaped(self, rows: Tensor) -> Tensor:
        """Returns the indices unchanged, ``(B, M)``."""
        return rows

    def flat(self, values: Tensor) -> Tensor:
        """Returns the indices unchanged, ``(B, M)``."""
        return values

    def __repr__(self) -> str:
        return f"NodeClasses({len(self.names)})"


def check_rows(rows: Tensor, words: int) -> None:
    """Checks that flat rows ``(B, 3 M)`` are trees over a vocabulary; a row of zeros is empty.

    Raises:
        ValueError: a row is not as ``Trees`` states; the message gives its index.
    """
    if not rows.is_floating_point():
        raise DataError(f"a column of trees is {rows.dtype}; floating point is needed")
    code, left, height = rows.reshape(len(rows), _PLANES, -1).unbind(1)
    place = torch.arange(code.shape[1], device=rows.device)
    inner = code == INNER
    child = left.nan_to_num().long().clamp(0, code.shape[1] - 1)
    parents = inner.roll(-1, 1).long().scatter_add(1, child, inner.long())
    grown = 1 + height.gather(1, child).maximum(height.roll(1, 1))
    right = inner & (left >= 0) & (left < place - 1) & (left == left.floor()) & (height == grown)
    word = (code >= 0) & (code == code.floor()) & (code < words + 2) & (height == 0)
    wrong = ~(right | word) | (parents > 1)
    after = (code != 0)[:, 1:] & (code == 0)[:, :-1]
    wrong[:, 1:] |= after
    leaves, joints = (code > 0).sum(1), inner.sum(1)
    bad = wrong.any(1) | ((leaves != joints + 1) & (leaves + joints > 0))
    if bool(bad.any()):
        raise DataError(
            f"row {int(bad.nonzero()[0, 0])} (from 0) is no binary tree over {words} words: read "
            "trees with the reader `trees`"
        )
