"""Rows of several kinds of data."""

import numpy as np
import pytest
import torch

from harmonium.data import Joined, Numbers, Picture, arrays


def test_parts_lie_side_by_side():
    kind = Joined({"picture": Picture((1, 2, 2)), "words": Numbers((3,))})
    assert (kind.shape, kind.stored) == ((7,), (7,))
    assert kind.spans == {"picture": slice(0, 4), "words": slice(4, 7)}
    x = torch.rand(5, 7)
    kind.check(x)
    assert torch.equal(kind.flat(kind.shaped(x)), x)
    for wrong in (x[:, :6], x.long()):
        with pytest.raises(ValueError, match="the parts of a row have 7 together"):
            kind.check(wrong)
    with pytest.raises(ValueError, match="at least two are joined"):
        Joined({"picture": Numbers((3,))})


@pytest.mark.parametrize("stream", [False, True])
def test_arrays_with_parts_in_memory_and_in_a_file(stream, tmp_path):
    h5py = pytest.importorskip("h5py")
    x = np.random.default_rng(0).random((20, 7), dtype=np.float32)
    with h5py.File(tmp_path / "rows.h5", "w") as file:
        file["x"] = x
    joined = {"picture": [2, 2], "words": [3]}
    data = arrays(tmp_path / "rows.h5", stream=stream, joined=joined)
    assert data.columns["x"] == Joined({"picture": Picture((1, 2, 2)), "words": Numbers((3,))})
    assert np.array_equal(data.train.x[:].numpy(), x)
    with pytest.raises(ValueError, match="the parts in joined have 6 values together"):
        arrays(tmp_path / "rows.h5", joined={"picture": [2, 2], "words": [2]})


@pytest.mark.parametrize("shape", [[-1], [0], [], 4, ["a"], [2.0]])
def test_what_is_no_shape_of_a_part_is_refused(tmp_path, shape):
    np.save(tmp_path / "rows.npy", np.zeros((2, 7), "f4"))
    with pytest.raises(ValueError, match=r"rows.npy: joined says .* of words: give the shape"):
        arrays(tmp_path / "rows.npy", joined={"picture": [8], "words": shape})
