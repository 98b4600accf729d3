"""Tiles keep their pixels: shapes, places, and every image pixel a square of device pixels."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

from harmonium.report.mosaic import Sheet, as_tiles, hang, plan

GREY = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}


def test_rows_become_images_in_reading_order():
    assert as_tiles([[1, 2, 3, 4, 5, 6]], (2, 3)).tolist() == [[[1, 2, 3], [4, 5, 6]]]
    assert as_tiles([[1, 2, 3, 4, 5, 6]], (1, 2, 3)).tolist() == [[[1, 2, 3], [4, 5, 6]]]


def test_channels_go_last():
    rows = np.arange(12.0)[None]
    assert as_tiles(rows, (3, 2, 2))[0, 1, 0].tolist() == [2, 6, 10]


@pytest.mark.parametrize(
    ("rows", "shape", "words"),
    [
        (np.zeros((2, 5)), (2, 3), r"\(2, 5\).*\(count, 6\)"),
        (np.zeros(6), (2, 3), "do not hold images"),
        (np.zeros((0, 6)), (2, 3), "do not hold images"),
        (np.zeros((2, 12)), (2, 2, 3), "channels"),
        (np.full((1, 4), np.nan), (2, 2), "4 pixel values are not finite"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows, shape, words):
    with pytest.raises(ValueError, match=words):
        as_tiles(rows, shape)


@pytest.mark.parametrize("side", [1, 8, 28, 32, 96])
def test_small_images_grow_by_whole_factors_within_the_column(side):
    tiles = np.zeros((20, side, side))
    sheet = plan(tiles, columns=5, beside=92)
    assert sheet.tile[0] % side == 0
    assert sheet.width + 92 <= 1016


def test_large_images_shrink_to_the_column():
    sheet = plan(np.zeros((10, 300, 400)), columns=10)
    assert sheet.tile[1] < 400
    assert sheet.tile[0] == pytest.approx(sheet.tile[1] * 3 / 4, abs=1)
    assert sheet.width <= 1016


def test_a_grid_needs_a_column():
    with pytest.raises(ValueError, match="columns=0"):
        plan(np.zeros((2, 2, 2)), columns=0)


def test_tiles_never_overlap():
    sheet = Sheet(count=11, columns=4, tile=(10, 20), gap=3, strip=7, group=2)
    seen = np.zeros((sheet.height, sheet.width), dtype=int)
    for index in range(sheet.count):
        x, y = sheet.corner(index)
        seen[y : y + 10, x : x + 20] += 1
    assert seen.max() == 1
    assert seen.sum() == 11 * 10 * 20


def test_every_image_pixel_is_a_square_of_equal_device_pixels():
    tiles = np.random.default_rng(0).integers(0, 256, (7, 5, 6)) / 255
    sheet = plan(tiles, columns=3)
    figure = hang(tiles, sheet, paint=GREY, title="tiles", margins=(11, 13)).figure
    stream = BytesIO()
    figure.savefig(stream, format="png")
    picture = np.rint(imread(BytesIO(stream.getvalue()))[..., 0] * 255)
    axes = figure.axes[0].get_window_extent()
    left, top = round(axes.x0), round(picture.shape[0] - axes.y1)
    scale = sheet.tile[0] // 5
    for index, tile in enumerate(tiles):
        x, y = sheet.corner(index)
        shown = picture[top + y : top + y + 5 * scale, left + x : left + x + 6 * scale]
        inside = shown.reshape(5, scale, 6, scale)[:, 2:-2, :, 2:-2]
        assert np.abs(inside - np.rint(tile * 255)[:, None, :, None]).max() <= 1  # grey level


def test_labels_are_one_for_each_tile():
    tiles = np.zeros((3, 2, 2))
    with pytest.raises(ValueError, match="2 labels for 3 images"):
        hang(tiles, plan(tiles, columns=3), paint=GREY, labels=["a", "b"])
