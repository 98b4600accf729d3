import numpy as np

from harmonium.hashing.codes import to_words
from harmonium.hashing.scan import nearest, within


def test_pairs_and_nearest_across_blocks():
    codes = np.random.default_rng(0).integers(0, 256, (40_000, 2), dtype=np.uint8)
    words, queries = to_words(codes), to_words(codes[[0, 39_999]])
    apart = np.stack([np.bitwise_count(codes ^ codes[i]).sum(1) for i in (0, 39_999)])
    found = within(words, queries, radius=2)
    pairs = set(zip(*(column.tolist() for column in found), strict=True))
    query, row = np.nonzero(apart <= 2)
    wanted = zip(query.tolist(), row.tolist(), apart[query, row].tolist(), strict=True)
    assert pairs == set(wanted)
    distance, rows = nearest(words, queries, k=500)
    order = np.argsort(apart, axis=1, kind="stable")[:, :500]
    assert np.array_equal(rows, order)
    assert np.array_equal(distance, np.take_along_axis(apart, order, 1))
