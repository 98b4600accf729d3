"""Multi-probe: the buckets to which the least certain bits of a query lead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmonium.hashing.codes import Words
from harmonium.hashing.tables import Tables

__all__ = ["cheapest", "probe_keys"]

_CHANGED = 12
"""Least certain bits of a key that may be changed: 4096 keys to choose from."""


def probe_keys(
    tables: Tables, query: Words, *, confidence: NDArray[np.float64], probes: int
) -> NDArray[np.int32]:
    """Keys to look up in each table, ``(tables, keys)``, the most certain first.

    Args:
        tables: of the index.
        query: one code, ``(words,)``.
        confidence: of each of its bits, ``(bits,)``.
        probes: number of keys of each table, at most those that the tables have.
    """
    own = [tables.keys(query[None], table) for table in range(len(tables.bits))]
    changes = [cheapest(confidence[places], probes) for places in tables.bits]
    return np.stack([key ^ change for key, change in zip(own, changes, strict=True)])


def cheapest(cost: NDArray[np.float64], count: int) -> NDArray[np.int32]:
    """Sets of bits with the smallest sums of costs, as numbers, the cheapest first.

    Args:
        cost: of each bit, ``(p,)``, the lowest bit of the number first.
        count: number of sets; at most 4096 sets, of the 12 cheapest bits, are compared.

    >>> cheapest(np.array([3.0, 1.0, 1.5]), 4).tolist()
    [0, 2, 4, 6]
    """
    bits = np.argsort(cost, kind="stable")[:_CHANGED]
    sums, sets = np.zeros(1), np.zeros(1, dtype=np.int32)
    for bit in bits.tolist():
        sums = np.concatenate([sums, sums + cost[bit]])
        sets = np.concatenate([sets, sets | np.int32(1 << bit)])
    order = np.argsort(sums, kind="stable")[:count]
    chosen: NDArray[np.int32] = sets[order]
    return chosen
