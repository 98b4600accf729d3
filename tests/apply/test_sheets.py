import numpy as np
import pytest
import torch
from PIL import Image

from harmonium.apply.sheets import grey, new_picture, picture_shape

X = torch.linspace(0, 1, 6 * 16).reshape(6, 16)


def test_a_sheet_shows_every_row(tmp_path):
    path = tmp_path / "x.png"
    with new_picture(path, shape=(4, 4), rows=6) as write:
        write(X)
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"))
    assert pixels.min() < 20
    assert len(np.unique(pixels)) > 50


def test_a_table_has_a_column_for_every_value(tmp_path):
    path = tmp_path / "x.csv"
    names = [f"gene {k}" for k in range(16)]
    with new_picture(path, shape=(16,), names=names, rows=6) as write:
        write(X)
    lines = path.read_text().splitlines()
    assert lines[0].split(",") == names
    assert len(lines) == 7


def test_an_array_is_written_as_it_is(tmp_path):
    with new_picture(tmp_path / "x.npy", shape=(4, 4), rows=6) as write:
        write(X)
    assert np.array_equal(np.load(tmp_path / "x.npy"), X.numpy())


def test_a_wrong_suffix_lists_the_right_ones(tmp_path):
    with (
        pytest.raises(ValueError, match=r"\.gif is not a format to write; choose from \.png, "),
        new_picture(tmp_path / "x.gif", shape=(4, 4), rows=6),
    ):
        pass


def test_grey_leaves_what_is_in_range_and_maps_the_rest():
    assert grey(X) is X
    found = grey(torch.tensor([[-1.0, 0.0, 3.0]]))
    assert found.tolist() == [[0.0, 0.25, 1.0]]
    assert grey(torch.full((1, 2), 7.0)).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("shape", "shown"),
    [((8, 8), (8, 8)), ((3, 4, 4), (3, 4, 4)), ((2, 4, 4), (1, 32)), ((5,), (1, 5))],
)
def test_rows_that_are_no_pictures_are_lines(shape, shown):
    assert picture_shape(shape) == shown
