"""Rows and sets of them: what fits, what does not, and the fingerprint."""

from dataclasses import replace

import pytest
import torch

from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Classes, Numbers, Picture


def toy(**changes):
    x = torch.arange(12.0).reshape(3, 4)
    parts = {"train": Split(x, torch.tensor([0, 1, -1])), "shape": (2, 2), "classes": ("a", "b")}
    return DataSet("toy", **(parts | changes))


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


def test_the_usual_words_follow_from_the_kinds_of_the_columns():
    data = toy(features=tuple("abcd"))
    assert data.columns == {"x": Numbers((2, 2), tuple("abcd")), "y": Classes(("a", "b"))}
    assert (data.shape, data.classes, data.targets) == ((2, 2), ("a", "b"), ())
    assert data.features == tuple("abcd")
    assert toy().columns["x"] == Picture((1, 2, 2))
    assert data.train.kinds is data.columns


def test_changes_keep_the_kinds_that_they_do_not_name():
    weighted = toy(train=Split(torch.zeros(2, 4), weights=torch.ones(2)))
    assert weighted.columns["weights"] == Numbers(())
    flat = replace(weighted, shape=(4,))
    assert flat.columns == {**weighted.columns, "x": Numbers((4,))}
    assert replace(weighted, classes=()).classes == ()


def test_a_set_of_real_targets():
    x, y = torch.zeros(3, 2), torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    unnamed = DataSet("real", Split(x, y), test=Split(x))
    assert (unnamed.classes, unnamed.targets) == ((), ("target_0", "target_1"))
    assert repr(unnamed) == "DataSet('real': 3 train, 3 test, each 2, 2 targets)"
    named = replace(unnamed, columns={**unnamed.columns, "y": Numbers((2,), ("a", "b"))})
    assert named.targets == ("a", "b")
    assert named.fingerprint() != unnamed.fingerprint()
    assert replace(unnamed, train=Split(x, y + 1)).fingerprint() != unnamed.fingerprint()


@pytest.mark.parametrize(
    ("kind", "y", "message"),
    [
        (Classes(("a",)), torch.zeros(3, 1), "toy, train: labels are torch.float32"),
        (Numbers((1,)), torch.tensor([0, 1, 0]), "toy, train: a column of numbers is torch.int64"),
        (Numbers((2,)), torch.zeros(3, 1), "toy, train: rows of 1 values"),
    ],
)
def test_a_column_must_be_of_its_kind(kind, y, message):
    with pytest.raises(ValueError, match=message):
        DataSet("toy", Split(torch.zeros(3, 4), y), columns={"y": kind})


def test_the_fingerprint_of_known_data_is_that_of_all_versions():
    x = torch.arange(12.0).reshape(3, 4)
    data = toy(train=Split(x, torch.tensor([0, 1, -1]), weights=torch.ones(3)), test=Split(x))
    assert data.fingerprint() == "b133c769075f8034f499981ec108900d539c1c255872e8aa3eefb679cd6b8e4c"
