"""An index of binary codes: exact search in a Hamming ball, nearest codes, multi-probe."""

from os import PathLike
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.errors import UsageError
from harmonium.hashing import folder as folders
from harmonium.hashing.codes import Codes, Words, check_codes, distances, to_codes, to_words
from harmonium.hashing.probes import probe_keys
from harmonium.hashing.scan import Matches, Whole, joined
from harmonium.hashing.scan import nearest as scanned_nearest
from harmonium.hashing.scan import within as scanned
from harmonium.hashing.tables import Tables

__all__ = ["HammingIndex"]

_LONGEST = 65_536
"""The largest number of bits of a code: more are a slip."""

_TAIL = 4096
"""Codes that are compared one by one before the tables are built again."""

_TAIL_SHARE = 0.05
"""The same as a share of the codes in the tables."""


@checked
class HammingIndex:
    """Packed binary codes that can be searched by Hamming distance.

    A code's *row* is its number in the order in which codes were added. Answers are exact, except
    those of ``probe``. Small balls are looked up in tables of short keys (``hashing.tables``),
    others are found by comparing all codes. Codes added last are compared one by one until they
    are 5 % of all, and 4096; then the tables are built again.

    Args:
        bits: number of bits of a code.

    Raises:
        ValueError: there are more than 65536 bits.

    >>> from harmonium.hashing import packed
    >>> index = HammingIndex(4)
    >>> index.add(packed([[0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0]]))
    >>> index.within(packed([[0, 0, 0, 1]]), 2)
    Matches(query=array([0, 0]), row=array([0, 2]), distance=array([1, 2]))
    """

    def __init__(self, bits: Count) -> None:
        if bits > _LONGEST:
            raise UsageError(
                f"codes of {bits} bits; an index holds codes of up to {_LONGEST} bits"
            )
        self.bits = int(bits)
        self._words: Words = to_words(np.zeros((0, -(-self.bits // 8)), dtype=np.uint8))
        self._tail: list[Words] = []
        self._tables: Tables | None = None

    def __len__(self) -> int:
        return len(self._words) + sum(map(len, self._tail))

    def __repr__(self) -> str:
        return f"HammingIndex({len(self)} codes of {self.bits} bits)"

    @property
    def codes(self) -> Codes:
        """All codes in the order of their rows, ``(N, ceil(bits / 8))``."""
        return to_codes(self._all(), self.bits)

    @property
    def nbytes(self) -> int:
        """Bytes of codes and tables together, in memory or in the files."""
        tables = 0 if self._tables is None else self._tables.nbytes
        return self._words.nbytes + sum(tail.nbytes for tail in self._tail) + tables

    # --- adding --------------------------------------------------------------------------------

    def add(self, codes: Codes) -> None:
        """Adds packed codes ``(N, ceil(bits / 8))``; they get the next rows.

        Raises:
            TypeError: they are not uint8.
            ValueError: they have another width, or memory for the tables is lacking.
        """
        more = to_words(check_codes(codes, self.bits).copy())
        if len(more):
            self._tail.append(more)
        if self._behind > max(_TAIL, _TAIL_SHARE * len(self)):
            self.build()

    def build(self) -> None:
        """Builds the tables over all codes; ``add`` does so when it is worth while."""
        if len(self) >= 2**31:
            raise UsageError(f"{len(self)} codes; an index holds up to 2147483647: use several")
        self._words, self._tail = self._all(), []
        self._tables = Tables.build(self._words, self.bits) if len(self._words) else None

    @property
    def _behind(self) -> int:
        """Number of codes that are in no table."""
        return len(self) - (0 if self._tables is None else len(self._tables))

    def _all(self) -> Words:
        return np.concatenate([self._words, *self._tail]) if self._tail else self._words

    # --- searching -----------------------------------------------------------------------------

    @checked
    def within(self, queries: Codes, radius: Size) -> Matches:
        """All codes in the Hamming ball around each query: at most ``radius`` different bits.

        Args:
            queries: packed codes ``(Q, ceil(bits / 8))``.
            radius: the largest distance.

        Returns:
            Query, row and distance of every pair, ordered by query, distance and row.

        Raises:
            TypeError: queries are not uint8.
            ValueError: they have another width, the radius is negative, or the tables are damaged.
        """
        wanted = to_words(check_codes(queries, self.bits, what="queries"))
        return self._within(wanted, min(int(radius), self.bits))

    @checked
    def nearest(self, queries: Codes, k: Count) -> tuple[Whole, Whole]:
        """The k codes nearest to each query, exactly; among equal distances the lowest rows.

        The radius of the ball grows until it holds k codes; where that is not worth while, all
        codes are compared.

        Args:
            queries: packed codes ``(Q, ceil(bits / 8))``.
            k: number of codes, at most those in the index.

        Returns:
            Distances and rows, ``(Q, k)`` each, the nearest first.

        Raises:
            TypeError: queries are not uint8.
            ValueError: they have another width, or the index holds fewer than k codes.
        """
        wanted, k = self._wanted(queries, k)
        apart = np.empty((len(wanted), k), dtype=np.int64)
        rows = np.empty((len(wanted), k), dtype=np.int64)
        open_queries = np.arange(len(wanted))
        for radius in self._radii():
            if not len(open_queries):
                break
            found = self._within(wanted[open_queries], radius)
            counts = np.bincount(found.query, minlength=len(open_queries))
            enough = counts >= k
            first = (counts.cumsum() - counts)[enough, None] + np.arange(k)
            apart[open_queries[enough]] = found.distance[first]
            rows[open_queries[enough]] = found.row[first]
            open_queries = open_queries[~enough]
        if len(open_queries):
            apart[open_queries], rows[open_queries] = scanned_nearest(
                self._all(), wanted[open_queries], k=k
            )
        return apart, rows

    @checked
    def probe(
        self, queries: Codes, confidence: ArrayLike, *, k: Count, probes: Count = 64
    ) -> tuple[Whole, Whole]:
        """The nearest codes in the buckets that a query's uncertain bits lead to; approximate.

        In each table the buckets with the smallest sum of confidences of the bits that differ
        from the query's key are looked up (Lv et al., 2007,
        https://www.vldb.org/conf/2007/papers/research/p950-lv.pdf). Among the codes in them the k
        nearest by Hamming distance are returned.

        Args:
            queries: packed codes ``(Q, ceil(bits / 8))``.
            confidence: how certain each bit is, such as the absolute value of its logit, at least
                0, ``(Q, bits)``.
            k: number of codes.
            probes: buckets of each table. The choice is exact up to 13, beyond that it is limited
                to changes of the 12 least certain bits of a key.

        Returns:
            Distances and rows, ``(Q, k)`` each; -1 where fewer codes were met.

        Raises:
            TypeError: queries are not uint8.
            ValueError: the shapes differ, a confidence is negative or not finite, or the index
                holds fewer than k codes.
        """
        wanted, k = self._wanted(queries, k)
        sure = self._confidence(confidence, len(wanted))
        apart = np.full((len(wanted), k), -1, dtype=np.int64)
        rows = np.full((len(wanted), k), -1, dtype=np.int64)
        tables = self._tables
        tail = np.arange(0 if tables is None else len(tables), len(self))
        words = self._all()
        for number, query in enumerate(wanted):
            met = tail
            if tables is not None:
                keys = probe_keys(tables, query, confidence=sure[number], probes=int(probes))
                met = np.concatenate([folders.rows_of(tables, keys), tail])
            with folders.whole():
                far = distances(words[met], query)
            best = np.argsort(far, kind="stable")[:k]
            apart[number, : len(best)], rows[number, : len(best)] = far[best], met[best]
        return apart, rows

    def _within(self, wanted: Words, radius: int) -> Matches:
        tables = self._tables
        if tables is None or not tables.worth(radius):
            found = scanned(self._all(), wanted, radius=radius)
        else:
            with folders.whole():
                found = tables.within(self._words, wanted, radius=radius)
            parts, first = [found], len(self._words)
            for tail in self._tail:
                late = scanned(tail, wanted, radius=radius)
                parts.append(late._replace(row=late.row + first))
                first += len(tail)
            found = joined(parts)
        order = np.lexsort((found.row, found.distance, found.query))
        return Matches(*(column[order] for column in found))

    def _radii(self) -> list[int]:
        """Growing radii for which tables are worth while, each the largest for its look-ups."""
        if self._tables is None:
            return []
        step = len(self._tables.bits)
        radii = range(step - 1, self.bits, step)
        return [radius for radius in radii if self._tables.worth(radius)]

    def _wanted(self, queries: Codes, k: int) -> tuple[Words, int]:
        wanted = to_words(check_codes(queries, self.bits, what="queries"))
        if k > len(self):
            raise UsageError(f"k is {k}, but the index holds {len(self)} codes: ask for fewer")
        return wanted, int(k)

    def _confidence(self, confidence: ArrayLike, count: int) -> NDArray[np.float64]:
        sure = np.asarray(confidence, dtype=np.float64)
        if sure.shape != (count, self.bits):
            raise UsageError(
                f"confidence of shape {sure.shape}; one number for each bit of each query, "
                f"({count}, {self.bits}), is needed"
            )
        if not bool((sure >= 0).all() and np.isfinite(sure).all()):
            raise UsageError("confidence is finite and at least 0: give absolute values")
        return sure

    # --- files ---------------------------------------------------------------------------------

    def save(self, folder: str | PathLike[str]) -> Path:
        """Writes codes and tables into a folder; returns its path.

        An index that another process has opened from this folder stays readable.

        Raises:
            ValueError: the folder holds other things than an index.
            OSError: it cannot be written; an older index there stays unchanged.
        """
        if self._behind:
            self.build()
        return folders.write(Path(folder), self._words, bits=self.bits, tables=self._tables)

    @classmethod
    def open(cls, folder: str | PathLike[str]) -> Self:
        """Opens a saved index; its files are mapped into memory and read where they are needed.

        Raises:
            FileNotFoundError: there is no index in the folder.
            ValueError: its files are damaged or of another kind.
        """
        words, bits, tables = folders.read(Path(folder))
        index = cls(bits)
        index._words, index._tables = words, tables
        return index

    @staticmethod
    def verify(folder: str | PathLike[str]) -> None:
        """Reads every file of a saved index and compares it with its checksum.

        Raises:
            FileNotFoundError: there is no index in the folder.
            ValueError: a file has changed since it was written.
        """
        folders.verify(Path(folder))
