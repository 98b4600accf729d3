"""Written weights come back; OpenCV's comparison is in test_network."""

import numpy as np
import pytest

from harmonium.caffe import write_caffemodel
from harmonium.caffe.upgrade import upgraded
from harmonium.caffe.weights import array
from harmonium.caffe.wire import read_wire
from harmonium.errors import UsageError


@pytest.mark.parametrize("version", [1, 2])
def test_weights_come_back(tmp_path, version):
    weight, bias = np.arange(6.0).reshape(2, 3), np.array([0.5, -1.0])
    layers = {"ip": ("InnerProduct", [weight, bias])}
    path = write_caffemodel(tmp_path / "a.caffemodel", layers, version=version)
    (layer,) = upgraded(read_wire(path))
    assert (layer.text("name"), layer.text("type")) == ("ip", "InnerProduct")
    first, second = map(array, layer.messages("blobs"))
    np.testing.assert_array_equal(first.squeeze(), weight)
    np.testing.assert_array_equal(second.squeeze(), bias)
    assert first.ndim == (4 if version == 1 else 2)


def test_what_the_older_form_lacks_is_refused(tmp_path):
    path = tmp_path / "a.caffemodel"
    with pytest.raises(UsageError, match="no type BatchNorm"):
        write_caffemodel(path, {"bn": ("BatchNorm", [])}, version=1)
    with pytest.raises(UsageError, match="four axes"):
        write_caffemodel(path, {"c": ("Convolution", [np.zeros((1,) * 5)])}, version=1)
    assert not path.exists()
