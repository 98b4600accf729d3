"""Rows and sets of them: what fits, what does not, and the fingerprint."""

import pytest
import torch

from harmonium.data.dataset import DataSet, Split


def toy(**changes):
    x = torch.arange(12.0).reshape(3, 4)
    parts = {"train": Split(x, torch.tensor([0, 1, -1])), "shape": (2, 2), "classes": ("a", "b")}
    return DataSet("toy", **(parts | changes))


def test_rows_are_taken_with_their_columns():
    split = Split(torch.eye(3), torch.tensor([2, 1, 0]), torch.ones(3), ("x", "y", "z"))
    part = split.take(torch.tensor([2, 0]))
    assert part.y.tolist() == [0, 2]
    assert part.names == ("z", "x")
    assert torch.equal(part.x, torch.eye(3)[[2, 0]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((torch.zeros(3),), "flatten each example"),
        ((torch.zeros(3, 2, dtype=torch.int64),), "floating point"),
        ((torch.zeros(3, 2), torch.zeros(2, dtype=torch.int64)), "3 rows but 2 labels"),
        ((torch.zeros(3, 2), torch.zeros(3)), "int64"),
    ],
)
def test_columns_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Split(*arguments)


def test_shape_and_classes_must_fit():
    with pytest.raises(ValueError, match="rows of 4 values"):
        toy(shape=(5,))
    with pytest.raises(ValueError, match="labels from -1 to 1; 1 classes need 0 to 0"):
        toy(classes=("a",))


def test_the_fingerprint_sees_every_change():
    same, x = toy().fingerprint(), torch.arange(12.0).reshape(3, 4)
    assert toy().fingerprint() == same
    assert toy(classes=("a", "c")).fingerprint() != same
    assert toy(shape=(4,)).fingerprint() != same
    assert toy(train=Split(x, torch.tensor([0, 1, 1]))).fingerprint() != same
    assert toy(train=Split(x + 1e-6 * x, torch.tensor([0, 1, -1]))).fingerprint() != same
    assert toy(test=Split(x)).fingerprint() != same
