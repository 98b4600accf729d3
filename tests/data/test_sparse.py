import numpy as np
import torch
from scipy.sparse import coo_array, csr_matrix

from harmonium.data import Batches
from harmonium.data.sparse import sparse_rows
from harmonium.random import generator


def test_batches_are_those_of_the_dense_rows():
    x = np.random.default_rng(0).poisson(0.2, (23, 7)).astype(np.float64)
    dense = torch.from_numpy(x).float()
    for matrix in (csr_matrix(x), coo_array(x)):
        rows = sparse_rows(matrix)
        pairs = zip(
            Batches({"x": rows}, size=5, source=generator(1)),
            Batches({"x": dense}, size=5, source=generator(1)),
            strict=True,
        )
        assert all(torch.equal(a["x"], b["x"]) for a, b in pairs)
        assert torch.equal(rows[3:9], dense[3:9])
        assert rows.shape == dense.shape


def test_nothing_dense_is_larger_than_a_batch():
    """A table of 160 GB, were it dense."""
    rows = sparse_rows(coo_array(([3.0], ([123_456], [7])), shape=(2_000_000, 20_000)))
    assert rows.index_select(0, torch.tensor([123_456]))[0, 7] == 3
    assert len(rows) == 2_000_000
