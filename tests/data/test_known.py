"""Known sets as data sets: the same rows, the same labels, no leak."""

import os

import pytest
import torch

from harmonium.data import digits, known

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


def test_digits_are_those_of_the_image_set():
    images, data = digits(3), known.digits_set(3)
    assert torch.equal(data.train.x, images.train)
    assert torch.equal(data.train.y, images.train_labels)
    assert torch.equal(data.test.x, images.test)
    assert torch.equal(data.test.y, images.test_labels)
    assert (data.shape, data.classes) == (images.shape, images.classes)


@pytest.mark.parametrize("read", [known.mnist_set, known.fashion_mnist_set, known.frey_faces_set])
def test_missing_files_are_named(read, tmp_path, monkeypatch):
    monkeypatch.delenv("HARMONIUM_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("harmonium.catalogue.find._SYSTEM", tmp_path)
    with pytest.raises(FileNotFoundError, match="is not on this computer"):
        read(tmp_path / "given")


@real
@pytest.mark.data
def test_frey_faces_are_split_in_time():
    whole = known.frey_faces_set(test=0).train.x
    data = known.frey_faces_set(test=0.2)
    assert (len(data.train), len(data.test)) == (1572, 393)
    assert torch.equal(torch.cat((data.train.x, data.test.x)), whole)
    with pytest.raises(ValueError, match="test 1: a share of at least 0 and below 1"):
        known.frey_faces_set(test=1)


@real
@pytest.mark.data
@pytest.mark.parametrize("read", [known.mnist_set, known.fashion_mnist_set])
def test_image_sets_have_their_rows(read):
    data = read()
    assert (len(data.train), len(data.test), data.shape) == (60000, 10000, (28, 28))
    assert data.test.y.bincount().tolist().count(0) == 0


def test_diabetes_has_a_real_target_in_raw_units():
    data, other = known.diabetes_set(), known.diabetes_set(1)
    assert data.targets == ("progression",)
    assert data.classes == ()
    assert data.features[:3] == ("age", "sex", "bmi")
    y = torch.cat([data.train.y, data.test.y])
    assert len(y) == 442
    assert (float(y.min()), float(y.max())) == (25, 346)
    assert set(data.train.x[:, 1].tolist()) == {1, 2}
    assert not torch.equal(data.train.x, other.train.x)
    assert torch.equal(data.train.x, known.diabetes_set().train.x)
    assert known.diabetes_set(test=0).test is None
