"""The verb filter: numbers of small pictures, files, and what is refused."""

import numpy as np
from PIL import Image


def test_a_small_picture_is_printed_as_numbers(harmonium, tmp_path):
    result = harmonium("filter", "steps", "--kernel", "edge2")
    assert result.exit_code == 0, result.output
    *rows, last = result.stdout.splitlines()
    assert [row.split() for row in rows] == [
        ["510", "-510", "0", "0"],
        ["0", "510", "-510", "0"],
        ["0", "0", "510", "-510"],
        ["0", "0", "0", "510"],
    ]
    assert last == "steps-edge2.png: 4 x 4 pixels, values from -510 to 510"
    with Image.open(tmp_path / "steps-edge2.png") as image:
        assert (np.asarray(image) == 255 * np.eye(4)).all()


def test_options(harmonium, tmp_path):
    text = harmonium("filter", "china", "-k", "sobel", "--padding", "same", "--stride", 2).stdout
    assert text.startswith("china-sobel.png: 214 x 320 pixels, values from 0 to ")
    with Image.open(tmp_path / "china-sobel.png") as image:
        assert (image.mode, image.size) == ("RGB", (320, 214))
    text = harmonium(
        "filter", "steps", "-k", "1 0", "--dilation", 2, "--padding", 1, "--flip", "-o", "own.png"
    ).stdout
    assert [len(row.split()) for row in text.splitlines()[:-1]] == [6] * 8
    assert harmonium("filter", "steps", "-k", "1 0").stdout.splitlines()[-1].startswith(
        "steps-kernel.png: 6 x 5"
    )  # fmt: skip


def test_refusals(harmonium, refused, tmp_path):
    assert "no kernel 'sobell'" in refused("filter", "steps", "-k", "sobell")
    assert "no such file" in refused("filter", "cat.jpg", "-k", "box")
    assert "padding 'full'" in refused("filter", "steps", "-k", "box", "--padding", "full")
    assert "choose from clip" in refused("filter", "steps", "-k", "box", "--display", "best")
    assert "extends over 9 x 9" in refused("filter", "steps", "-k", "box", "--dilation", 4)
    assert "stride" in refused("filter", "steps", "-k", "box", "--stride", 0)
    assert not list(tmp_path.iterdir())
    harmonium("filter", "steps", "-k", "box")
    assert "--overwrite" in refused("filter", "steps", "-k", "box")
    assert harmonium("filter", "steps", "-k", "box", "--overwrite").exit_code == 0
