"""Queries and what was found for them: words and frames."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from harmonium.errors import UsageError
from harmonium.report.framed import RIGHT, WRONG, found_for

QUERIES = np.random.default_rng(0).random((2, 16))
FOUND = np.random.default_rng(1).random((2, 3, 16))
LABELS = [["a", "a", "b", "a"], ["b", "b", "b", "c"]]
GOOD = np.array([[True, False, True], [True, True, False]])


def test_every_picture_found_has_a_frame_and_a_wrong_one_the_word():
    figure = found_for(QUERIES, FOUND, shape=(4, 4), labels=LABELS, right=GOOD, title="found")
    (axes,) = figure.axes
    words = [text.get_text() for text in axes.texts]
    assert words == ["a", "a", "b wrong", "a", "b", "b", "b", "c wrong"]
    frames = [to_hex(p.get_edgecolor()).upper() for p in axes.patches]
    assert frames.count(WRONG.upper()) == 2
    assert frames.count(RIGHT.upper()) == 4
    assert len(axes.images) == 8
    shown = np.asarray(axes.images[1].get_array())
    np.testing.assert_allclose(shown, FOUND[0, 0].reshape(4, 4))
    place = [p for p in axes.patches if to_hex(p.get_edgecolor()).upper() == WRONG.upper()][0]
    x0, x1, y1, y0 = axes.images[2].get_extent()
    assert (place.get_x(), place.get_y()) == (x0, y0)
    assert (place.get_width(), place.get_height()) == (x1 - x0, y1 - y0)


def test_numbers_that_differ_are_refused():
    with pytest.raises(UsageError, match=r"give \(Q, D\), \(Q, k, D\) and \(Q, k\)"):
        found_for(QUERIES, FOUND, shape=(4, 4), labels=LABELS, right=GOOD[:, :2])
