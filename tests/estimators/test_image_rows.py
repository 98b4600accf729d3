"""Arrays of pictures as flat rows."""

import numpy as np
import pytest

from harmonium.estimators.image_rows import as_rows, shape_of_rows


@pytest.mark.parametrize(
    ("shape", "picture"),
    [
        ((2, 4, 5), (1, 4, 5)),
        ((2, 3, 4, 5), (3, 4, 5)),
        ((2, 4, 5, 3), (3, 4, 5)),
        ((2, 4, 5, 1), (1, 4, 5)),
        ((2, 7, 4, 5), (7, 4, 5)),
        ((2, 3, 4, 3), (3, 4, 3)),
    ],
)
def test_the_axes_of_channels_are_found(shape, picture):
    X = np.random.default_rng(0).random(shape)
    rows, found = as_rows(X)
    assert found == picture
    last = len(shape) == 4 and picture != shape[1:]
    expected = np.moveaxis(X, -1, 1) if last else X
    np.testing.assert_array_equal(rows, expected.reshape(2, -1))


def test_other_things_are_left_to_scikit_learn():
    flat, words = np.zeros((2, 6)), [["a"]]
    assert as_rows(flat) == (flat, None)
    assert as_rows(words) == (words, None)


def test_the_shape_of_flat_rows():
    assert shape_of_rows(12, (3, 4)) == (1, 3, 4)
    assert shape_of_rows(12, (3, 2, 2)) == (3, 2, 2)
    assert shape_of_rows(12, None) == (1, 12)
    with pytest.raises(ValueError, match=r"shape=\(5,\) does not fit rows of 12"):
        shape_of_rows(12, (5,))
