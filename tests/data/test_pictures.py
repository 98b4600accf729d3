"""Pictures: exact pixels of every mode, and every bad file refused by its name."""

import io
import os
import random
import struct
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


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_pictures_are_turned_upright(saved, name):
    exif = image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    found = read_picture(saved(GREY, name, exif=exif))
    assert np.array_equal(found, np.rot90(GREY, -1) / np.float32(255))


def tagged(pixels, *entries):
    """A JPEG whose metadata say "turn by 90 degrees" and then what the entries hold."""
    entries = ((0x112, 3, 1, struct.pack("<H", 6)), *entries)
    place = 8 + 2 + 12 * len(entries) + 4
    body, tail = struct.pack("<H", len(entries)), b""
    for tag, kind, count, raw in entries:
        short = raw if len(raw) <= 4 else struct.pack("<I", place + len(tail))
        tail += raw if len(raw) > 4 else b""
        body += struct.pack("<HHI", tag, kind, count) + short.ljust(4, b"\0")
    metadata = b"Exif\0\0II*\0" + struct.pack("<I", 8) + body + bytes(4) + tail
    file = io.BytesIO()
    image.fromarray(pixels).save(file, "JPEG")
    jpeg = file.getvalue()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(metadata) + 2) + metadata + jpeg[2:]


@pytest.mark.parametrize(
    "entry",
    [
        (0x11A, 10, 1, struct.pack("<ii", -1, 0)),  # a signed resolution, divided by zero
        (0x10F, 5, 1, struct.pack("<II", 1, 2)),  # a rational number where text is due
        (0x100, 9, 1, struct.pack("<i", -5)),  # a negative width
        (0x8769, 4, 1, struct.pack("<I", 2**32 - 1)),  # more metadata, beyond the end
        (0x112, 2, 4, b"six"),  # the orientation once more, as text
    ],
)
def test_damaged_metadata_leave_pixels_whole(tmp_path, entry):
    (tmp_path / "a.jpg").write_bytes(tagged(np.zeros((8, 12), np.uint8), entry))
    assert read_picture(tmp_path / "a.jpg").shape in {(12, 8), (8, 12)}


def test_metadata_damaged_at_random_never_refuse_a_picture(tmp_path):
    whole, chance = tagged(np.full((8, 12), 99, np.uint8)), random.Random(0)
    exif = image.Exif()
    exif[0x0112], exif[0x010E], exif[0x011A] = 6, "text", 2.5
    exif[0x8769] = {0x9003: "2020", 0x9202: 2.5}
    for _ in range(200):
        raw = bytearray(exif.tobytes())
        for _ in range(chance.randint(1, 4)):
            raw[chance.randrange(6, len(raw))] = chance.choice([0, 1, 255, chance.randrange(256)])
        segment = b"\xff\xe1" + struct.pack(">H", len(raw) + 2) + raw
        (tmp_path / "a.jpg").write_bytes(whole[:2] + segment + whole[2:])
        assert sorted(read_picture(tmp_path / "a.jpg").shape) == [8, 12]


@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.webp"])
@pytest.mark.parametrize("colour", ["grey", "rgb"])
def test_what_is_transparent_shows_a_white_ground(saved, name, colour):
    pixels = np.zeros((3, 4, 4), np.uint8)  # black, whether it is seen or not
    pixels[1, 2, 3] = 255
    settings = {"lossless": True} if name == "a.webp" else {}
    found = read_picture(saved(pixels, name, **settings), colour=colour)
    ink = np.zeros((3, 4), bool)
    ink[1, 2] = True
    assert np.array_equal(found == 0, np.broadcast_to(ink, found.shape))
    assert (found[..., ~ink] == 1).all()


def test_half_transparent_ink_is_grey(saved):
    pixels = np.array([[[0, 128]]], np.uint8)
    assert read_picture(saved(pixels)).tolist() == [[pytest.approx(127 / 255)]]


def test_a_transparent_value_of_16_bits_is_white(saved):
    deep = np.array([[0, 7, 65535]], np.uint16)
    assert read_picture(saved(deep, transparency=7)).tolist() == [[0, 1, 1]]


@pytest.mark.parametrize(("most", "value"), [(65535, 1), (4095, 4095 / 4095)])
def test_graymaps_of_16_bits_keep_their_depth(tmp_path, most, value):
    (tmp_path / "a.pgm").write_bytes(
        b"P5 3 1 %d\n" % most + np.array([0, most // 3, most], ">u2").tobytes()
    )
    found = read_picture(tmp_path / "a.pgm")[0].tolist()
    assert found == [0, pytest.approx(most // 3 / most, abs=1e-5), value]


def test_pipes_and_folders_are_refused(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "b.png").mkdir()
    for name, kind in {"a.png": "a pipe", "b.png": "a folder"}.items():
        with pytest.raises(ValueError, match=f"{name}: {kind}, and only regular files"):
            read_picture(tmp_path / name)


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
