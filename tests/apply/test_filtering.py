"""Reading and writing of pictures for filters: grey, colour, alpha, 16 bits."""

import numpy as np
import pytest
import torch
from PIL import Image

from harmonium.apply import grey_levels, write_grey_levels


@pytest.fixture
def written(tmp_path):
    def write(pixels, mode=None, name="x.png"):
        Image.fromarray(np.asarray(pixels), mode).save(tmp_path / name)
        return tmp_path / name

    return write


def test_kinds_of_pixels(written):
    grey = np.array([[0, 10], [200, 255]], dtype=np.uint8)
    assert grey_levels(written(grey)).tolist() == grey.tolist()
    colour = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    found = grey_levels(written(colour))
    torch.testing.assert_close(found, torch.from_numpy(colour).permute(2, 0, 1).float())
    assert grey_levels(written(np.stack([grey] * 3, -1))).shape == (2, 2)
    # transparent parts become white
    clear = np.dstack([colour, np.array([[255, 0], [255, 255]], dtype=np.uint8)])
    assert grey_levels(written(clear))[:, 0, 1].tolist() == [255] * 3
    # 16 bits keep their depth
    deep = np.array([[0, 257], [300, 65535]], dtype=np.uint16)
    expected = torch.tensor([[0, 1], [300 / 257, 255]])
    torch.testing.assert_close(grey_levels(written(deep)), expected)


def test_names_and_files(tmp_path, monkeypatch, written):
    assert grey_levels("steps").unique().tolist() == [0, 255]
    monkeypatch.chdir(tmp_path)
    written(np.full((2, 3), 7, dtype=np.uint8)).rename("steps")
    assert grey_levels("steps").tolist() == [[7] * 3] * 2  # a file comes first
    with pytest.raises(FileNotFoundError, match="there are steps, china, flower"):
        grey_levels("nowhere.png")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"text\.png: no picture of a known kind"):
        grey_levels("text.png")
    whole = written(np.zeros((50, 50), dtype=np.uint8)).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"cut\.png: no whole picture"):
        grey_levels("cut.png")
    (tmp_path / "folder").mkdir()
    with pytest.raises((ValueError, OSError), match="folder"):
        grey_levels("folder")


def test_display(tmp_path):
    values = torch.tensor([[-510.0, -20.0], [20.6, 510.0]])
    shown = {"clip": [[0, 0], [21, 255]], "absolute": [[255, 20], [21, 255]]}
    shown["range"] = [[0, 122], [133, 255]]
    for display, expected in shown.items():
        write_grey_levels(values, tmp_path / f"{display}.png", display=display)
        with Image.open(tmp_path / f"{display}.png") as image:
            assert np.asarray(image).tolist() == expected
    with pytest.raises(FileExistsError, match="--overwrite"):
        write_grey_levels(values, tmp_path / "clip.png")
    with pytest.raises(ValueError, match=r"choose from \.png"):
        write_grey_levels(values, tmp_path / "clip.jpg")
    write_grey_levels(torch.stack([values] * 3), tmp_path / "clip.png", overwrite=True)
    with Image.open(tmp_path / "clip.png") as image:
        assert image.mode == "RGB"
