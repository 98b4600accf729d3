"""CIFAR-10: the bytes of both files, and what is refused."""

import hashlib
import io
import os
import tarfile

import numpy as np
import pytest
import torch

from harmonium.catalogue.known import KNOWN, KnownSet
from harmonium.data import Picture, cifar, cifar10

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


@real
@pytest.mark.data
def test_the_subset_has_its_rows():
    data = cifar10(rows="subset")
    assert data.columns["x"] == Picture((3, 32, 32))
    assert data.train.y.bincount().tolist() == [1000] * 10
    assert data.test.y.bincount().tolist() == [500] * 10
    pictures = data.train.batch(slice(None))["x"]
    assert pictures.shape == (10000, 3, 32, 32)
    # of the whole set: .4914 .4822 .4465
    assert pictures.mean((0, 2, 3)).tolist() == pytest.approx([0.4914, 0.4822, 0.4465], abs=0.01)
    # in the right order, neighbours are alike
    assert pictures.diff(dim=3).abs().mean() < pictures.flatten(1).diff(97).abs().mean() / 2


def packed(path, monkeypatch):
    """A small archive in the form of the whole set, with its checksum as the expected one."""
    rng = np.random.default_rng(0)
    records = {}
    with tarfile.open(path, "w:gz") as archive:
        for name in [*cifar._PARTS["train"], *cifar._PARTS["test"]]:
            record = rng.integers(0, 256, (4, 3073), dtype=np.uint8)
            record[:, 0] %= 10
            records[name] = record
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = record.nbytes
            archive.addfile(info, io.BytesIO(record.tobytes()))
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    known = KNOWN["cifar10"]
    fields = {**vars(known), "files": {"cifar-10-binary.tar.gz": digest}}
    monkeypatch.setitem(KNOWN, "cifar10", KnownSet(**fields))
    return records


def test_the_whole_set_is_read_record_by_record(tmp_path, monkeypatch):
    records = packed(tmp_path / "cifar-10-binary.tar.gz", monkeypatch)
    data = cifar10(tmp_path)
    assert (len(data.train), len(data.test), data.shape) == (20, 4, (3, 32, 32))
    third = records["data_batch_3.bin"]
    row = data.train.batch(slice(8, 12))
    assert row["y"].tolist() == third[:, 0].tolist()
    expected = torch.from_numpy(third[:, 1:].reshape(4, 3, 32, 32).astype(np.float32)) / 255
    torch.testing.assert_close(row["x"], expected)
    assert data.test.y.tolist() == records["test_batch.bin"][:, 0].tolist()


def test_altered_and_damaged_files_are_refused(tmp_path, monkeypatch):
    packed(tmp_path / "cifar-10-binary.tar.gz", monkeypatch)
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"else")
    with pytest.raises(ValueError, match=r"binary.tar.gz: MD5 is"):
        cifar10(tmp_path)
    np.savez(tmp_path / "cifar10_subset.npz", x_train=np.zeros(3))
    with pytest.raises(ValueError, match="not a whole .npz archive with the arrays x_train"):
        cifar10(tmp_path, rows="subset")
    arrays = {name: np.zeros(3, dtype=np.uint8) for name in cifar._ARRAYS}
    np.savez(tmp_path / "cifar10_subset.npz", **arrays)
    with pytest.raises(ValueError, match="SHA-256 of the arrays is"):
        cifar10(tmp_path, rows="subset")
    with pytest.raises(ValueError, match="rows is 'some': there are"):
        cifar10(tmp_path, rows="some")


def test_missing_files_are_named(tmp_path, monkeypatch):
    monkeypatch.delenv("HARMONIUM_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("harmonium.catalogue.find._SYSTEM", tmp_path)
    for rows, file in (("all", "cifar-10-binary.tar.gz"), ("subset", "cifar10_subset.npz")):
        with pytest.raises(FileNotFoundError, match=file):
            cifar10(tmp_path / "given", rows=rows)
