"""Blobs and mean pictures."""

import numpy as np
import pytest

from harmonium.caffe import read_mean
from harmonium.caffe.wire import packed_floats, written
from harmonium.errors import DataError


def test_the_mean_picture(tmp_path):
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    sizes = [("num", 1), ("channels", 2), ("height", 3), ("width", 4)]
    path = tmp_path / "mean.binaryproto"
    path.write_bytes(written("blob", [*sizes, ("data", packed_floats(values))]))
    np.testing.assert_array_equal(read_mean(path), values)


def test_values_that_are_not_finite_are_refused(tmp_path):
    path = tmp_path / "mean.binaryproto"
    path.write_bytes(written("blob", [("channels", 2), ("data", np.array([1.0, np.nan]))]))
    with pytest.raises(DataError, match="not finite"):
        read_mean(path)
