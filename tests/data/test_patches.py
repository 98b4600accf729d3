"""Patches of pictures: their places, spectra, and which pictures are for testing."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from harmonium.data.patches import flat_spectrum, patches, patches_of
from harmonium.errors import DataError


@pytest.fixture
def folder(tmp_path):
    """Three pictures of one grey level each, 40, 80 and 120, of different sizes."""
    for k, name in enumerate("abc"):
        level = np.full((12 + k, 20), 40 * (k + 1), dtype=np.uint8)
        Image.fromarray(level).save(tmp_path / f"{name}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def packed(folder, name="all.tar", mode="w"):
    with tarfile.open(folder / name, mode) as tar:
        for path in sorted(folder.glob("*.png")):
            tar.add(path, f"deep/{path.name}")
    return folder / name


def levels(split):
    return sorted({round(float(v) * 255) for v in split.x.flatten()})


def test_every_picture_gives_its_share(folder):
    data = patches(folder, shape=[3, 4], count=10)
    assert data.shape == (3, 4)
    first = (data.train.x[:, 0] * 255).round().int()
    assert [int((first == level).sum()) for level in (40, 80, 120)] == [4, 3, 3]
    assert data.test is None


def test_test_patches_are_of_other_pictures(folder):
    data = patches(folder, count=30, test=0.3)
    assert levels(data.train) == [40, 80]
    assert levels(data.test) == [120]


def test_an_archive_gives_what_its_folder_gives(folder):
    from_folder = patches(folder, count=20, test=0.4)
    from_archive = patches(packed(folder), count=20, test=0.4)
    assert from_archive.train.x.equal(from_folder.train.x)
    assert from_archive.test.x.equal(from_folder.test.x)


def test_patches_are_parts_of_the_photographs():
    grey = np.asarray(Image.fromarray(load_sample_image("china.jpg")).convert("L")) / 255
    data = patches(count=6, shape=[9, 7], test=0.5)
    every = np.lib.stride_tricks.sliding_window_view(grey.astype(np.float32), (9, 7))
    for row in data.train.x.numpy().reshape(-1, 9, 7):
        near = np.abs(every[..., 0, 0] - row[0, 0]) < 1e-3
        assert any(np.allclose(every[i, j], row, atol=0.02) for i, j in np.argwhere(near))
    assert patches(count=6, shape=[9, 7], test=0.5).train.x.equal(data.train.x)
    assert not patches(count=6, shape=[9, 7], test=0.5, seed=1).train.x.equal(data.train.x)
    assert patches(count=2, colour="rgb").shape == (3, 8, 8)


def test_places_are_uniform():
    picture = np.arange(30, dtype=np.float32).reshape(5, 6)
    cut = patches_of(picture, (4, 4), count=6000, source=np.random.default_rng(0))
    assert cut.shape == (6000, 4, 4)
    corners, counts = np.unique(cut[:, 0, 0], return_counts=True)
    assert corners.tolist() == [0, 1, 2, 6, 7, 8]
    assert abs(counts - 1000).max() < 150
    assert np.array_equal(
        cut[0], picture[: 4 + 1][int(cut[0, 0, 0] // 6) :][:4, int(cut[0, 0, 0] % 6) :][:, :4]
    )
    colours = patches_of(
        np.stack([picture, -picture]), (2, 2), count=3, source=np.random.default_rng(0)
    )
    assert np.array_equal(colours[:, 0], -colours[:, 1])


def test_the_spectrum_becomes_flat():
    """Of a picture whose power falls with the square of the frequency, from .05 to .25."""
    source = np.random.default_rng(0)
    f = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.rfftfreq(256)[None])
    noise = np.fft.rfft2(source.normal(size=(256, 256)))
    picture = np.fft.irfft2(noise / np.maximum(f, 1 / 256), s=(256, 256)).astype(np.float32)

    def power(x, low, high):
        return (np.abs(np.fft.rfft2(x)) ** 2)[(f >= low) & (f < high)].mean()

    before = power(picture, 0.05, 0.07) / power(picture, 0.2, 0.25)
    after = flat_spectrum(picture)
    assert before > 10
    assert 0.8 < power(after, 0.05, 0.07) / power(after, 0.2, 0.25) < 1.5
    assert float(after.std()) == pytest.approx(1, abs=1e-4)
    assert abs(float(after.mean())) < 1e-5
    assert power(after, 0.6, 0.71) < 1e-3 * power(after, 0.2, 0.25)
    assert not flat_spectrum(np.full((2, 8, 9), 0.3, dtype=np.float32)).any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shape": [13, 4]}, "a.png is 12 x 20 pixels, a patch 13 x 4: make `shape` smaller"),
        ({"shape": [3]}, r"shape \[3\]: height and width of a patch are needed"),
        ({"test": 0.9}, "3 pictures, and a share of 0.9 for testing leaves none for training"),
        ({"count": 1, "test": 0.4}, None),
    ],
)
def test_what_is_refused(folder, settings, message):
    if message is None:
        assert patches(folder, **settings).test is None  # the only patch is of the first picture
        return
    with pytest.raises(DataError, match=message):
        patches(folder, **settings)


def test_places_without_pictures(folder, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(DataError, match="no pictures; known are .png"):
        patches(empty)
    with pytest.raises(FileNotFoundError, match="no such folder or file"):
        patches(empty / "nowhere")
    with pytest.raises(DataError, match=r"no .tar of pictures .*: give a folder, or a .tar"):
        patches(packed(folder, "all.tar.gz", "w:gz"))
    with tarfile.open(empty / "no.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    with pytest.raises(DataError, match="no pictures"):
        patches(empty / "no.tar")
