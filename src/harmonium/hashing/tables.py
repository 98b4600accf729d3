r"""Look-up tables of codes: exact search in a Hamming ball without comparing every code.

Each of m tables reads its own p bits of a code, its *key*. Let a code differ from a query in at
most r = m f + a bits, with a < m. Then tables 0 to a hold a key that differs in at most f bits, or
one of the others holds a key that differs in at most f - 1 (Norouzi, Punjani and Fleet, 2012,
https://arxiv.org/abs/1307.2982). So the buckets of these few keys hold every code of the ball.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmonium.hashing.codes import Codes, Words, as_bytes
from harmonium.hashing.scan import Matches, Whole, joined
from harmonium.hashing.scan import within as scanned

__all__ = ["Tables", "flips"]

_SAMPLE = 65_536
"""Codes from which the share of ones of each bit is taken."""

_WORTH = 1 / 32
"""Share of the codes in the buckets, above which comparing all codes is faster."""

_AT_ONCE = 1 << 18
"""Keys, and codes, looked at together."""


def flips(radius: int, tables: int) -> list[int]:
    """Bits in which the key of each table may differ, so that a ball is found; -1 for no look-up.

    >>> flips(6, 3), flips(1, 3)
    ([2, 1, 1], [0, 0, -1])
    """
    most, above = divmod(radius, tables)
    return [most if table <= above else most - 1 for table in range(tables)]


@dataclass(frozen=True, eq=False)
class Tables:
    """Codes in buckets by their keys.

    Args:
        bits: the bits of a code that each table reads, ``(tables, p)``.
        start: where in ``low`` and ``high`` the bucket of each key begins, ``(tables, 2**p + 1)``.
        low: lower 16 bits of the rows of each table, bucket by bucket, ``(tables, N)``.
        high: upper bits of the same rows, ``(tables, N)``; ``(tables, 0)`` for up to 65536 rows.
    """

    bits: NDArray[np.int32]
    start: NDArray[np.int32]
    low: NDArray[np.uint16]
    high: NDArray[Any]

    @classmethod
    def build(cls, words: Words, bits: int) -> Tables:
        """Sorts codes ``(N, words)`` of this many bits into tables; N is at least 1.

        The tables together are not larger than the codes, if these have 32 bits or more.
        """
        n, row = len(words), words.shape[1] * words.dtype.itemsize
        entry = 2 if n <= 1 << 16 else 3 if n <= 1 << 24 else 4
        count = max(1, row // (entry + 1))
        p = max(1, n.bit_length() - 3) if count > 1 else max(1, n.bit_length() - 1)
        p = min(p, bits)
        count = min(count, bits // p)
        chosen = _balanced(words, bits)[: count * p].reshape(p, count).T.astype(np.int32)
        start = np.zeros((count, (1 << p) + 1), dtype=np.int32)
        low = np.empty((count, n), dtype=np.uint16)
        upper = np.uint8 if n <= 1 << 24 else np.uint16
        high = np.empty((count, n if n > 1 << 16 else 0), dtype=upper)
        for table, places in enumerate(chosen):
            keys = _keys(as_bytes(words), places)
            order = np.argsort(keys, kind="stable")
            start[table, 1:] = np.bincount(keys, minlength=1 << p).cumsum()
            low[table] = order & 0xFFFF
            if high.shape[1]:
                high[table] = order >> 16
        return cls(np.ascontiguousarray(chosen), start, low, high)

    def __len__(self) -> int:
        return int(self.low.shape[1])

    @property
    def nbytes(self) -> int:
        """Bytes of memory, or of the files."""
        return sum(part.nbytes for part in (self.bits, self.start, self.low, self.high))

    def worth(self, radius: int) -> bool:
        """Whether a ball of this radius is found faster by tables than by comparing all codes."""
        count, p = self.bits.shape
        keys = sum(comb(p, k) for most in flips(radius, count) for k in range(min(most, p) + 1))
        return keys <= _WORTH * (1 << p)

    def within(self, words: Words, queries: Words, *, radius: int) -> Matches:
        """All codes up to a distance from each query, ordered; see ``scan.within``."""
        allowed = flips(radius, len(self.bits))
        most = [_masks(self.bits.shape[1], f) for f in allowed if f >= 0]
        each = max(1, _AT_ONCE // sum(map(len, most)))
        parts = []
        for first in range(0, len(queries), each):
            block = queries[first : first + each]
            keys = [self.keys(block, table)[:, None] ^ masks for table, masks in enumerate(most)]
            found = self._found(words, block, keys=keys, radius=radius)
            parts.append(found._replace(query=found.query + first))
        return joined(parts)

    def _found(
        self, words: Words, queries: Words, *, keys: list[NDArray[Any]], radius: int
    ) -> Matches:
        """Codes of the buckets of some keys that are near enough; every pair once."""
        begin = [self.start[table][of] for table, of in enumerate(keys)]
        sizes = [self.start[table][of + 1] - begin[table] for table, of in enumerate(keys)]
        in_all = sum(size.sum(1, dtype=np.int64) for size in sizes)
        assert isinstance(in_all, np.ndarray)
        crowded = np.flatnonzero(in_all > len(self) / 8)  # comparing all codes is faster
        parts = []
        if len(crowded):
            every = scanned(words, queries[crowded], radius=radius)
            parts.append(every._replace(query=crowded[every.query]))
        rest = np.setdiff1d(np.arange(len(queries)), crowded)
        for some in _portions(rest, in_all[rest]):
            for table in range(len(keys)):
                owner, rows = self._rows(table, begin=begin[table][some], sizes=sizes[table][some])
                parts.append(_near(words, queries, rows=rows, query=some[owner], radius=radius))
        found = joined(parts)
        once = np.unique(found.query * np.int64(len(self)) + found.row, return_index=True)[1]
        return Matches(*(column[once] for column in found))

    def _rows(
        self, table: int, *, begin: NDArray[Any], sizes: NDArray[Any]
    ) -> tuple[Whole, Whole]:
        """Rows of the buckets of each query ``(Q, keys)``: number of the query, row."""
        owner = np.repeat(np.arange(len(sizes)), sizes.sum(1))
        begin, sizes = begin.ravel(), sizes.ravel()
        ends = sizes.cumsum(dtype=np.int64)
        places = np.repeat(begin - (ends - sizes), sizes) + np.arange(ends[-1])
        rows = self.low[table][places].astype(np.int64)
        if self.high.shape[1]:
            rows += self.high[table][places].astype(np.int64) << 16
        return owner, rows

    def keys(self, queries: Words, table: int) -> NDArray[np.int32]:
        """Key of each query in a table, ``(Q,)``."""
        return _keys(as_bytes(queries), self.bits[table])

    def bucket_rows(self, keys: NDArray[Any]) -> Whole:
        """Sorted rows in the buckets of some keys of each table, ``(tables, keys)``, each once."""
        rows = []
        for table, of in enumerate(keys):
            begin = self.start[table][of][None]
            sizes = self.start[table][of + 1][None] - begin
            rows.append(self._rows(table, begin=begin, sizes=sizes)[1])
        return np.unique(np.concatenate(rows))


def _near(words: Words, queries: Words, *, rows: Whole, query: Whole, radius: int) -> Matches:
    """Pairs of a query and a row that are near enough, word by word: most fail at the first."""
    apart = np.zeros(len(rows), dtype=np.int64)
    for column in range(words.shape[1]):
        apart += np.bitwise_count(words[rows, column] ^ queries[query, column])
        near = np.flatnonzero(apart <= radius)
        query, rows, apart = query[near], rows[near], apart[near]
    return Matches(query, rows, apart)


def _keys(codes: Codes, places: NDArray[np.int32]) -> NDArray[np.int32]:
    """The bits at some places as a number, the first place lowest, ``(N,)``."""
    keys = np.zeros(len(codes), dtype=np.int32)
    for number, place in enumerate(places.tolist()):
        bit = (codes[:, place >> 3] >> np.uint8(7 - (place & 7))) & np.uint8(1)
        keys |= bit.astype(np.int32) << np.int32(number)
    return keys


def _balanced(words: Words, bits: int) -> NDArray[np.int64]:
    """All bits, those first that are on for about half of the codes."""
    some = as_bytes(words[:: -(-len(words) // _SAMPLE)])
    shares = np.unpackbits(some, axis=1, count=bits).mean(0, dtype=np.float64)
    return np.argsort(np.abs(shares - 0.5), kind="stable")


@lru_cache(maxsize=64)
def _masks(p: int, most: int) -> NDArray[np.int32]:
    """Every number of p bits with at most this many ones."""
    chosen = (ones for k in range(min(most, p) + 1) for ones in combinations(range(p), k))
    masks = np.array([sum(1 << bit for bit in ones) for ones in chosen], dtype=np.int32)
    masks.setflags(write=False)
    return masks


def _portions(queries: Whole, sizes: Whole) -> Iterator[Whole]:
    """Queries in groups with about equally many codes to compare."""
    portion = sizes.cumsum() // _AT_ONCE
    cuts = np.flatnonzero(np.diff(portion)) + 1
    yield from (some for some in np.split(queries, cuts) if len(some))
