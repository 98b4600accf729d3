"""Frey faces: verified by the checksum of the pixels, whoever packed them."""

import io
import os

import numpy as np
import pytest
import torch

from harmonium.data import frey_faces

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")


def single_array():
    """The bytes of a .npy file, which numpy.load reads too, but not as an archive."""
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


@real
@pytest.mark.data
def test_real_faces():
    x, shape = frey_faces()
    assert x.shape == (1965, 560)
    assert x.dtype == torch.float32
    assert shape == (28, 20)
    assert (x.aminmax().min * 255).item() == pytest.approx(8)
    assert (x.aminmax().max * 255).item() == pytest.approx(238)
    # Read with the right width and in order of time, neighbours are alike.
    frames = x.reshape(-1, *shape)
    between_rows = frames.diff(dim=1).abs().mean()
    assert between_rows < x.reshape(-1, 20, 28).diff(dim=1).abs().mean() / 2
    shuffled = frames[torch.randperm(len(x), generator=torch.Generator().manual_seed(0))]
    assert frames.diff(dim=0).abs().mean() < shuffled.diff(dim=0).abs().mean() / 2


@real
@pytest.mark.data
def test_repacked_faces_are_accepted_and_altered_ones_refused(tmp_path):
    x, _ = frey_faces()
    pixels = (x * 255).round().to(torch.uint8).numpy()
    path = tmp_path / "freyfaces.npz"
    np.savez(path, faces=pixels)
    assert torch.equal(frey_faces(tmp_path)[0], x)
    pixels[0, 0] ^= 1
    np.savez(path, faces=pixels)
    with pytest.raises(ValueError, match=r"freyfaces\.npz: SHA-256 of the pixels is"):
        frey_faces(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"<html>"),
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: np.savez(path, other=np.zeros(3)),
        lambda path: np.savez(path, faces=np.array([{}], dtype=object)),
        lambda path: np.zeros(3).dump(path),  # a pickle
        lambda path: path.write_bytes(single_array()),
    ],
)
def test_damaged_archive_is_refused(tmp_path, damage):
    path = tmp_path / "freyfaces.npz"
    np.savez_compressed(path, faces=np.zeros((1965, 28, 20), dtype=np.uint8))
    with pytest.raises(ValueError, match="SHA-256"):
        frey_faces(tmp_path)
    damage(path)
    with pytest.raises(ValueError, match=r"freyfaces\.npz: not a whole \.npz"):
        frey_faces(tmp_path)


def test_missing_file_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("HARMONIUM_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"freyfaces\.npz"):
        frey_faces(tmp_path / "given")
