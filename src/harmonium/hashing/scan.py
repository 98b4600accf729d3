"""Exhaustive search: compares queries with every code, block by block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harmonium.hashing.codes import Words, distances

__all__ = ["Matches", "joined", "nearest", "within"]

_BLOCK = 16_384
"""Codes compared at a time, so that they stay in the processor's cache."""

Whole = NDArray[np.int64]


class Matches(NamedTuple):
    """Pairs of a query and a code: their numbers and their Hamming distance, ``(pairs,)`` each.

    They are ordered by query, then by distance, then by row.
    """

    query: Whole
    row: Whole
    distance: Whole


def within(words: Words, queries: Words, *, radius: int) -> Matches:
    """All codes up to a distance from each query, in any order of pairs.

    Args:
        words: the codes, ``(N, words)``.
        queries: ``(Q, words)``.
        radius: the largest distance.
    """
    found = []
    for first in range(0, len(words), _BLOCK):
        block = words[first : first + _BLOCK]
        for number, query in enumerate(queries):
            apart = distances(block, query)
            rows = np.flatnonzero(apart <= radius)
            if len(rows):
                found.append(
                    Matches(np.full(len(rows), number), rows + first, apart[rows].astype(np.int64))
                )
    return joined(found)


def nearest(words: Words, queries: Words, *, k: int) -> tuple[Whole, Whole]:
    """The k nearest codes of each query: distances and rows, ``(Q, k)``; ties by row.

    Args:
        words: the codes, ``(N, words)``, at least k.
        queries: ``(Q, words)``.
        k: number of codes.
    """
    apart = np.empty((len(queries), k), dtype=np.int64)
    rows = np.empty((len(queries), k), dtype=np.int64)
    for number, query in enumerate(queries):
        whole = np.concatenate(
            [distances(words[i : i + _BLOCK], query) for i in range(0, len(words), _BLOCK)]
        )
        last = int(np.searchsorted(np.bincount(whole).cumsum(), k))
        near = np.flatnonzero(whole <= last)
        near = near[np.argsort(whole[near], kind="stable")][:k]
        apart[number], rows[number] = whole[near], near
    return apart, rows


def joined(parts: list[Matches]) -> Matches:
    """All pairs of several parts."""
    if not parts:
        return Matches(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
    return Matches(*(np.concatenate(column) for column in zip(*parts, strict=True)))
