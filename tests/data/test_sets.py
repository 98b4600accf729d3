"""MNIST and Fashion-MNIST: verified by checksum, refused when altered; names and their errors."""

import gzip
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN
from harmonium.data import fashion_mnist, load, mnist, read_idx
from harmonium.data.idx import idx_header, idx_md5

FILES = tuple(KNOWN["mnist"].files)
real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


def contents(values):
    return idx_header(values.shape) + bytes(values.flatten().tolist())


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """No data outside tmp_path."""
    monkeypatch.delenv("HARMONIUM_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("harmonium.catalogue.find._SYSTEM", tmp_path / "system")
    return tmp_path


@pytest.fixture
def tiny(elsewhere, monkeypatch):
    """A set of 3 + 2 images of 2 x 2 that stands for MNIST, with its checksums."""
    values = [
        torch.tensor([0, 51, 102, 255] * 3, dtype=torch.uint8).reshape(3, 2, 2),
        torch.tensor([7, 0, 9], dtype=torch.uint8),
        torch.tensor([255, 0, 0, 51] * 2, dtype=torch.uint8).reshape(2, 2, 2),
        torch.tensor([1, 2], dtype=torch.uint8),
    ]
    folder = elsewhere / "cache" / "harmonium" / "mnist"
    folder.mkdir(parents=True)
    for file, part in zip(FILES, values, strict=True):
        (folder / file).write_bytes(contents(part))
    md5 = {file: idx_md5(part) for file, part in zip(FILES, values, strict=True)}
    monkeypatch.setitem(KNOWN, "mnist", replace(KNOWN["mnist"], files=md5))
    return folder


def test_pixels_are_scaled_and_labels_kept(tiny):
    data = mnist()
    assert data.shape == (2, 2)
    assert data.train.tolist() == torch.tensor([[0, 0.2, 0.4, 1]] * 3).tolist()
    assert data.test.tolist() == torch.tensor([[1, 0, 0, 0.2]] * 2).tolist()
    assert data.train_labels.tolist() == [7, 0, 9]
    assert data.test_labels.tolist() == [1, 2]
    assert torch.equal(load("mnist").train, data.train)


@pytest.mark.parametrize("file", FILES)
def test_one_flipped_bit_is_refused(tiny, file):
    path = tiny / file
    altered = bytearray(path.read_bytes())
    altered[-1] ^= 1
    path.write_bytes(altered)
    expected = KNOWN["mnist"].files[file]
    found = idx_md5(read_idx(path))
    with pytest.raises(ValueError, match="altered or unknown file") as caught:
        mnist()
    for part in (str(path), found, expected, "replace it", "https://"):
        assert part in str(caught.value)


def test_truncated_gzip_is_refused(tiny):
    path = tiny / FILES[0]
    (tiny / f"{FILES[0]}.gz").write_bytes(gzip.compress(path.read_bytes())[:-6])
    path.unlink()
    with pytest.raises(ValueError, match="damaged gzip stream"):
        mnist()


def test_files_of_another_set_are_named_as_such(tiny):
    with pytest.raises(ValueError, match=r"that of MNIST, train-images.*Fashion-MNIST, train"):
        fashion_mnist(tiny)


@pytest.mark.parametrize("read", [mnist, fashion_mnist])
def test_missing_files_are_named(elsewhere, read):
    with pytest.raises(FileNotFoundError) as caught:
        read(elsewhere / "given")
    for part in (*FILES, "given (no such directory)", "cache/harmonium", "HARMONIUM_DATA"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "near"),
    [("MNIST", "'mnist'"), ("fashion-mnist", "'fashion_mnist'"), ("digit", "'digits'")],
)
def test_unknown_name_gives_the_nearest(name, near):
    with pytest.raises(ValueError, match=f"did you mean {near}") as caught:
        load(name)
    assert "digits, letters, mnist, fashion_mnist" in str(caught.value)


def test_name_far_from_all_gives_only_the_list():
    with pytest.raises(
        ValueError, match=r"'zzz'\. There are: digits, letters, mnist, fashion_mnist$"
    ):
        load("zzz")


@real
@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "per_class", "mean"),
    [
        ("mnist", [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], 0.1307),
        ("fashion_mnist", [6000] * 10, 0.2860),
    ],
)
def test_real_set(name, per_class, mean):
    data = load(name)
    assert data.train.shape == (60000, 784)
    assert data.test.shape == (10000, 784)
    assert data.shape == (28, 28)
    assert data.train_labels.bincount().tolist() == per_class
    assert data.test.aminmax() == (0, 1)
    assert data.train.double().mean().item() == pytest.approx(mean, abs=5e-5)  # published
    assert len(data.classes) == 10


@real
@pytest.mark.data
def test_one_flipped_bit_of_real_mnist_is_refused(tmp_path):
    paths = find(FILES, places("mnist"), title="MNIST", origin="")
    for path in paths:
        shutil.copyfile(path, tmp_path / Path(path).name)
    labels = read_idx(paths[3]).clone()
    labels[1234] ^= 1
    (tmp_path / Path(paths[3]).name).unlink()
    (tmp_path / FILES[3]).write_bytes(contents(labels))
    with pytest.raises(ValueError, match="27ae3e4e09519cfbb04c329615203637"):
        mnist(tmp_path)
