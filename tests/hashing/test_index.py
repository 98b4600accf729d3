import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonium.errors import UsageError, UsageTypeError
from harmonium.hashing import HammingIndex, packed


def random_codes(n, bits, *, seed=0, centres=None):
    """Uniform codes, or codes near a few centres, many of them twice."""
    source = np.random.default_rng(seed)
    if centres is None:
        return packed(source.integers(0, 2, (n, bits)))[:n]
    middle = source.integers(0, 2, (centres, bits))
    flipped = source.random((n, bits)) < 0.04
    return packed(middle[source.integers(0, centres, n)] ^ flipped)


def all_distances(queries, codes):
    return np.stack([np.bitwise_count(codes ^ query).sum(1) for query in queries]).astype(int)


def brute(queries, codes, radius):
    apart = all_distances(queries, codes)
    query, row = np.nonzero(apart <= radius)
    distance = apart[query, row]
    order = np.lexsort((row, distance, query))
    return query[order], row[order], distance[order]


def brute_nearest(queries, codes, k):
    apart = all_distances(queries, codes)
    rows = np.argsort(apart, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(apart, rows, 1), rows


def filled(codes, bits):
    index = HammingIndex(bits)
    index.add(codes)
    index.build()
    return index


def same(index, codes, queries, radii):
    for radius in radii:
        found = index.within(queries, radius)
        for ours, theirs in zip(found, brute(queries, codes, radius), strict=True):
            assert np.array_equal(ours, theirs), radius
    k = min(7, len(codes))
    if k:
        for ours, theirs in zip(
            index.nearest(queries, k), brute_nearest(queries, codes, k), strict=True
        ):
            assert np.array_equal(ours, theirs)


# --- exactness ------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [8, 20, 64, 100, 128, 256])
@pytest.mark.parametrize("n", [1, 7, 1000])
@pytest.mark.parametrize("kind", ["uniform", "clustered"])
def test_equals_comparing_every_code(n, bits, kind):
    codes = random_codes(n, bits, centres=None if kind == "uniform" else max(1, n // 40))
    queries = np.concatenate([random_codes(3, bits, seed=1), codes[:3]])
    same(filled(codes, bits), codes, queries, range(bits + 1))


@pytest.mark.parametrize("bits", [20, 128, 256])
@pytest.mark.parametrize("kind", ["uniform", "clustered"])
def test_equals_comparing_every_code_of_many(bits, kind):
    codes = random_codes(70_000, bits, centres=None if kind == "uniform" else 200)
    queries = np.concatenate([random_codes(2, bits, seed=1), codes[-2:]])
    index = filled(codes, bits)
    looked_up = [r for r in range(bits) if index._tables.worth(r)]
    assert len(looked_up) >= 3  # otherwise this test compares a scan with a scan
    same(index, codes, queries, [*looked_up, looked_up[-1] + 1, bits // 2])


def test_codes_that_are_all_equal():
    codes = np.tile(random_codes(1, 64), (5000, 1))
    queries = np.concatenate([codes[:2], random_codes(2, 64, seed=1)])
    same(filled(codes, 64), codes, queries, [0, 1, 2, 40])


def test_an_empty_index_finds_nothing():
    index = HammingIndex(16)
    index.build()
    assert all(len(column) == 0 for column in index.within(random_codes(2, 16), 16))
    assert len(index) == 0
    assert index.codes.shape == (0, 2)


def test_no_queries_give_no_pairs():
    index = filled(random_codes(5000, 32), 32)
    none = np.zeros((0, 4), np.uint8)
    assert all(len(column) == 0 for column in index.within(none, 2))
    assert index.nearest(none, 3)[1].shape == (0, 3)


@settings(max_examples=60, deadline=None)
@given(
    bits=st.integers(1, 70),
    n=st.integers(1, 300),
    seed=st.integers(0, 10**6),
    radius=st.integers(0, 70),
    centres=st.integers(1, 5),
    cut=st.integers(0, 300),
)
def test_any_index_equals_comparing_every_code(bits, n, seed, radius, centres, cut):
    codes = random_codes(n, bits, seed=seed, centres=centres)
    index = filled(codes[:cut], bits)
    index.add(codes[cut:])
    queries = np.concatenate([codes[:2], random_codes(2, bits, seed=seed + 1)])
    same(index, codes, queries, [min(radius, bits)])


def test_a_wrong_look_up_is_noticed(monkeypatch):
    """The specimen: without flips of keys, codes of the ball are lost, and `same` sees it."""
    codes = random_codes(20_000, 128, centres=20)
    index = filled(codes, 128)
    same(index, codes, codes[:5], [9])
    monkeypatch.setattr("harmonium.hashing.tables.flips", lambda radius, tables: [0] * tables)
    with pytest.raises(AssertionError):
        same(index, codes, codes[:5], [9])


# --- adding ---------------------------------------------------------------------------------


def test_added_codes_get_the_next_rows_and_are_found():
    codes = random_codes(10_000, 128, centres=30)
    index = HammingIndex(128)
    for first in range(0, 10_000, 3000):
        index.add(codes[first : first + 3000])
    assert len(index) == 10_000
    assert 0 < index._behind < 10_000  # some in tables, some compared one by one
    assert np.array_equal(index.codes, codes)
    same(index, codes, codes[[0, 5000, 9_999]], [0, 3, 6, 30])


def test_the_index_keeps_its_own_copy():
    codes = random_codes(50, 32)
    index = HammingIndex(32)
    index.add(codes)
    before = index.codes.copy()
    codes[:] = 0
    assert np.array_equal(index.codes, before)


def test_tables_take_no_more_memory_than_codes():
    codes = random_codes(70_000, 128)
    assert filled(codes, 128).nbytes <= 2 * codes.nbytes


# --- multi-probe ----------------------------------------------------------------------------


def test_probing_every_bucket_is_exact():
    codes = random_codes(2000, 32)
    index = filled(codes, 32)
    queries = random_codes(5, 32, seed=1)
    confidence = np.random.default_rng(2).random((5, 32))
    for ours, theirs in zip(
        index.probe(queries, confidence, k=9, probes=4096),
        brute_nearest(queries, codes, 9),
        strict=True,
    ):
        assert np.array_equal(ours, theirs)


def test_probing_by_confidence_finds_more_than_without():
    """Queries whose uncertain bits are wrong: their logits say which, equal ones do not."""
    source = np.random.default_rng(3)
    bits = source.integers(0, 2, (20_000, 64))
    index = filled(packed(bits), 64)
    logits = np.abs(source.normal(size=(200, 64)))
    doubtful = np.argsort(logits, axis=1)[:, :12]
    asked = bits[:200].copy()
    for row, places in zip(asked, doubtful, strict=True):
        row[places] ^= 1
    queries = packed(asked)
    with_logits = index.probe(queries, logits, k=1, probes=40)[1][:, 0]
    without = index.probe(queries, np.ones((200, 64)), k=1, probes=40)[1][:, 0]
    truth = np.arange(200)
    assert (with_logits == truth).mean() > (without == truth).mean() + 0.2


def test_probing_gives_minus_one_where_too_few_codes_are_met():
    codes = random_codes(5000, 64)
    index = filled(codes, 64)
    apart, rows = index.probe(codes[:3], np.ones((3, 64)), k=200, probes=1)
    assert rows[:, 0].tolist() == [0, 1, 2]
    assert (rows[:, -1] == -1).all()
    assert ((rows == -1) == (apart == -1)).all()


# --- refusals -------------------------------------------------------------------------------


def test_bad_arguments_are_refused_in_words():
    index = filled(random_codes(10, 16), 16)
    queries = random_codes(2, 16)
    with pytest.raises(UsageError, match=r"queries have the shape \(2, 3\)"):
        index.within(np.zeros((2, 3), np.uint8), 1)
    with pytest.raises(UsageTypeError, match="queries are int64"):
        index.within(queries.astype(np.int64), 1)
    with pytest.raises(UsageError, match="radius is -1"):
        index.within(queries, -1)
    with pytest.raises(UsageError, match="k is 11, but the index holds 10 codes"):
        index.nearest(queries, 11)
    with pytest.raises(UsageError, match="k is 0"):
        index.nearest(queries, 0)
    with pytest.raises(UsageError, match="bits is 0"):
        HammingIndex(0)
    with pytest.raises(UsageError, match="codes of 1000000000 bits"):
        HammingIndex(10**9)
    with pytest.raises(UsageError, match="one number for each bit of each query"):
        index.probe(queries, np.ones((2, 15)), k=1)
    with pytest.raises(UsageError, match="at least 0"):
        index.probe(queries, -np.ones((2, 16)), k=1)
    with pytest.raises(UsageError, match=r"codes of 16 bits have \(N, 2\)"):
        index.add(np.zeros((2, 3), np.uint8))


def test_a_radius_beyond_all_bits_finds_everything():
    codes = random_codes(10, 16)
    assert len(filled(codes, 16).within(codes[:1], 99).row) == 10
