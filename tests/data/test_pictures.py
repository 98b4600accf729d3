"""Pictures: exact pixels of every mode, and every bad file refused by its name."""

import sys

import numpy as np
import pytest

from harmonium.data.pictures import read_picture

image = pytest.importorskip("PIL.Image")
GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


@pytest.fixture
def saved(tmp_path):
    def write(pixels, name="a.png", mode=None, **settings):
        picture = image.fromarray(pixels)
        (picture.convert(mode) if mode else picture).save(tmp_path / name, **settings)
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.tif", "a.pgm", "a.PNG"])
def test_grey_pixels_come_back(saved, name):
    assert np.array_equal(read_picture(saved(GREY, name)), GREY / np.float32(255))


def test_jpeg_is_read(saved):
    found = read_picture(saved(np.full((8, 8), 128, np.uint8), "a.jpg"))
    assert abs(found - 128 / 255).max() < 0.01


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1"])
def test_every_mode_gives_either_colour(saved, mode):
    path = saved(np.full((2, 3), 255, np.uint8), mode=mode)
    assert read_picture(path).tolist() == [[1] * 3] * 2
    assert read_picture(path, colour="rgb").tolist() == [[[1] * 3] * 2] * 3


def test_channels_come_first(saved):
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 2] = [255, 51, 0]
    found = read_picture(saved(pixels), colour="rgb")
    assert found.shape == (3, 2, 3)
    assert found[:, 0, 2].tolist() == [1, pytest.approx(0.2), 0]


def test_16_bits_keep_their_depth(saved):
    deep = GREY.astype(np.uint16) * 257 + 1
    assert np.array_equal(read_picture(saved(deep)), deep / np.float32(65535))


def test_pixels_without_a_known_range_are_refused(saved):
    path = saved(np.full((2, 2), 0.5, np.float32), "a.tif")
    with pytest.raises(ValueError, match=r"a.tif: no whole picture \(pixels of mode F"):
        read_picture(path)


def test_size_cuts_the_centre_and_resamples(saved):
    pixels = np.zeros((4, 12), np.uint8)
    pixels[:, 4:8] = 255
    assert read_picture(saved(pixels), size=(2, 2)).min() > 0.95
    found = read_picture(saved(GREY), size=(6, 8))
    assert found.shape == (6, 8)
    assert found.mean() == pytest.approx(GREY.mean() / 255, abs=0.01)
    assert (np.diff(found, axis=0) > 0).all()


def test_pictures_are_turned_upright(saved):
    exif = image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    found = read_picture(saved(GREY, exif=exif))
    assert np.array_equal(found, np.rot90(GREY, -1) / np.float32(255))


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda b: b"", "no picture of a known kind"),
        (lambda b: b"<html>not found</html>", "no picture of a known kind"),
        (lambda b: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture of a known"),
        (lambda b: b[:50], "no whole picture"),
        (lambda b: b[: len(b) // 2], "no whole picture"),
    ],
)
def test_damaged_files_are_named(saved, damage, finding):
    path = saved(np.random.default_rng(0).integers(0, 255, (20, 20), dtype=np.uint8))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=f"a.png: {finding}"):
        read_picture(path)


@pytest.mark.parametrize("limit", [300, 100])
def test_a_decompression_bomb_is_refused(saved, monkeypatch, limit):
    monkeypatch.setattr(image, "MAX_IMAGE_PIXELS", limit)  # 400 are too many, and twice too many
    path = saved(np.zeros((20, 20), np.uint8))
    with pytest.raises(ValueError, match=r"a.png: Image size \(400 .*raise PIL.Image.MAX_IMAGE"):
        read_picture(path)


def test_missing_files_and_missing_pillow(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"gone.png"):
        read_picture(tmp_path / "gone.png")
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r'pillow: pip install "harmonium\[app\]"'):
        read_picture(tmp_path / "gone.png")
