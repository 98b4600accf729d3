"""ImageSet refuses parts that do not fit together."""

import pytest
import torch

from harmonium.data import ImageSet

GOOD = {
    "train": torch.zeros(3, 6),
    "train_labels": torch.zeros(3, dtype=torch.int64),
    "test": torch.zeros(2, 6),
    "test_labels": torch.zeros(2, dtype=torch.int64),
    "shape": (2, 3),
}


def test_repr_shows_sizes_not_tensors():
    shown = repr(ImageSet("s", classes=("a",), **GOOD))
    assert shown == "ImageSet('s': 3 train and 2 test images of 2 x 3, 1 classes)"


def test_the_data_set_has_the_same_rows():
    images = ImageSet("s", classes=("a",), **GOOD)
    data = images.dataset()
    assert repr(data) == "DataSet('s': 3 train, 2 test, each 2 x 3, 1 classes)"
    assert data.train.x is images.train
    assert data.test.y is images.test_labels


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("train", torch.zeros(4, 6), r"s, train: .*\(4, 6\).*\(3, 6\)"),
        ("test", torch.zeros(2, 2, 3), r"s, test: .*flatten"),
        ("shape", (3, 3), r"\(3, 9\)"),
        ("test_labels", torch.zeros(2), "float32.*int64"),
        ("train", torch.zeros(3, 6, dtype=torch.uint8), "uint8"),
    ],
)
def test_misfits_are_refused(part, value, message):
    with pytest.raises(ValueError, match=message):
        ImageSet("s", classes=("a",), **(GOOD | {part: value}))
