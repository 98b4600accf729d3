"""Blocks of a file: any rows in any order, few blocks in memory, each read as seldom as can be."""

import numpy as np
import pytest
import torch

from harmonium.data import blocks
from harmonium.data.blocks import Blocks, raw_blocks

X = np.arange(60, dtype=np.int16).reshape(20, 3)


@pytest.fixture
def counted(monkeypatch):
    """Blocks of 3 rows, of which 2 are kept; and the numbers of those that were read."""
    monkeypatch.setattr(blocks, "WINDOW", 2 * 3 * 3 * X.itemsize)
    read = []

    def block(k):
        read.append(k)
        return X[3 * k : 3 * k + 3]

    starts = [*range(0, 20, 3), 20]
    return Blocks("x", block, shape=X.shape, dtype=X.dtype, starts=starts), read


def test_any_rows_in_any_order_as_floats(counted):
    found, _ = counted
    for rows in ([0], [19, 0, 19], range(20), torch.randperm(20).tolist()):
        x = found.gather(torch.tensor(list(rows)))
        assert x.dtype == torch.float32
        assert x.tolist() == X[list(rows)].tolist()
    assert found.gather(torch.tensor([], dtype=torch.int64)).shape == (0, 3)


def test_only_a_window_is_kept_and_nothing_is_read_twice_within_it(counted):
    found, read = counted
    assert (found.number, found.per_window) == (7, 2)
    for _ in range(3):
        found.gather(torch.tensor([4, 0, 5]))
    assert read == [0, 1]
    found.gather(torch.tensor([0, 6, 4]))  # 2 takes the place of 0, after 0 was used
    found.gather(torch.tensor([4, 7]))
    assert read == [0, 1, 2]
    found.gather(torch.tensor([1]))
    assert read == [0, 1, 2, 0]
    assert found._kept.shape == (6, 3)
    assert found._kept.dtype == np.int16


def test_blocks_may_be_of_any_length():
    parts = [X[:1], X[1:1], X[1:15], X[15:]]
    found = Blocks("x", parts.__getitem__, shape=X.shape, dtype=X.dtype, starts=[0, 1, 1, 15, 20])
    rows = torch.arange(20).flip(0)
    assert found.gather(rows).tolist() == X[::-1].tolist()
    assert found.of(torch.tensor([0, 1, 14, 15])).tolist() == [0, 2, 2, 3]


def test_blocks_beyond_the_window_are_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(blocks, "WINDOW", 2**20)
    message = r"x\.h5, x: 4096 rows, 4 MiB, can only be read together, .* at most 1024 rows"
    with pytest.raises(ValueError, match=message):
        Blocks(
            "x.h5, x", X.__getitem__, shape=(4096, 1024), dtype=np.dtype("u1"), starts=[0, 4096]
        )


@pytest.mark.parametrize("kind", ["u1", "<f4", ">f8", ">i2", "?", "<f2"])
def test_raw_rows_after_an_offset(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(blocks, "BLOCK", 64)
    x = (np.arange(140).reshape(10, 7, 2) % 2 if kind == "?" else X[:14].reshape(1, 42) * 3) % 100
    x = np.broadcast_to(x, (10, *x.shape[1:])).astype(kind)
    place = tmp_path / "raw"
    place.write_bytes(b"header" + x.tobytes())
    found = raw_blocks(place, "raw", shape=x.shape, dtype=x.dtype, offset=6)
    assert found.number > 1
    rows = torch.tensor([9, 0, 4])
    assert found.gather(rows).tolist() == x[rows].reshape(3, -1).astype(float).tolist()


def test_a_file_that_was_cut_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 24)
    place = tmp_path / "raw"
    place.write_bytes(X.tobytes())
    found = raw_blocks(place, "raw", shape=X.shape, dtype=X.dtype, offset=0)
    place.write_bytes(X.tobytes()[:50])
    assert found.gather(torch.tensor([0])).tolist() == [[0, 1, 2]]
    with pytest.raises(OSError, match="raw: the file ends before row 20: it was cut meanwhile"):
        found.gather(torch.tensor([19]))


def test_values_that_do_not_fit_become_infinite(tmp_path):
    place = tmp_path / "raw"
    place.write_bytes(np.array([[1e300, 2.0]]).tobytes())
    found = raw_blocks(place, "raw", shape=(1, 2), dtype=np.dtype("f8"), offset=0)
    assert found.gather(torch.tensor([0])).tolist() == [[float("inf"), 2.0]]
