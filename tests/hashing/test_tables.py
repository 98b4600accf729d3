from itertools import product
from math import comb

import numpy as np
import pytest

from harmonium.hashing.codes import to_words
from harmonium.hashing.tables import Tables, _masks, flips


def test_worked_numbers():
    assert flips(2, 3) == [0, 0, 0]
    assert flips(3, 3) == [1, 0, 0]
    assert flips(6, 3) == [2, 1, 1]
    assert flips(1, 3) == [0, 0, -1]


@pytest.mark.parametrize("tables", [1, 2, 3, 4])
@pytest.mark.parametrize("radius", range(9))
def test_some_table_meets_its_flips_however_the_bits_differ(radius, tables):
    """Enumeration: every way to spread at most `radius` different bits over the tables."""
    allowed = flips(radius, tables)
    for spread in product(range(radius + 1), repeat=tables):
        if sum(spread) <= radius:
            assert any(a <= f for a, f in zip(spread, allowed, strict=True))


@pytest.mark.parametrize("radius", range(1, 9))
def test_one_flip_less_misses_a_code(radius):
    allowed = flips(radius, 3)
    allowed[0] -= 1
    spreads = (s for s in product(range(radius + 1), repeat=3) if sum(s) <= radius)
    assert not all(any(a <= f for a, f in zip(s, allowed, strict=True)) for s in spreads)


def test_sizes_of_balls():
    sizes = [len(_masks(20, r)) for r in (1, 2, 3, 4)]
    assert sizes == [21, 211, 1351, 6196]
    assert sizes == [sum(comb(20, k) for k in range(r + 1)) for r in (1, 2, 3, 4)]


@pytest.mark.parametrize(("n", "bits"), [(1, 8), (300, 64), (70_000, 128), (5000, 20)])
def test_every_row_stands_once_in_every_table_in_the_bucket_of_its_key(n, bits):
    rows = np.random.default_rng(0).integers(0, 2, (n, bits))
    words = to_words(np.packbits(rows, axis=1))
    tables = Tables.build(words, bits)
    assert len(np.unique(tables.bits)) == tables.bits.size  # no bit in two tables
    for table, places in enumerate(tables.bits):
        keys = rows[:, places] @ (1 << np.arange(len(places)))
        order = tables.low[table].astype(np.int64)
        if tables.high.shape[1]:
            order += tables.high[table].astype(np.int64) << 16
        assert np.array_equal(np.sort(order), np.arange(n))
        of_place = np.repeat(np.arange(len(tables.start[table]) - 1), np.diff(tables.start[table]))
        assert np.array_equal(keys[order], of_place)
        assert np.array_equal(keys, tables.keys(words, table))


def test_constant_bits_are_in_no_table():
    rows = np.random.default_rng(0).integers(0, 2, (5000, 64))
    rows[:, :20] = 1
    tables = Tables.build(to_words(np.packbits(rows, axis=1)), 64)
    assert tables.bits.min() >= 20
