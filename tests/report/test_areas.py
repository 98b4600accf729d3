"""Decision areas: every point in the colour of its class."""

import numpy as np
import pytest

from harmonium.report.areas import areas, frame_of, grid

ROWS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])


def test_the_frame_has_room_around_the_rows():
    assert frame_of(ROWS) == pytest.approx((-1 / 3, 4 / 3, -1 / 3, 4 / 3))
    assert frame_of([[2.0, 5.0]]) == (1, 3, 4, 6)


def test_the_grid_goes_row_by_row_from_the_bottom():
    points = grid((0.0, 1.0, 2.0, 3.0))
    assert points.shape == (14400, 2)
    assert points[0].tolist() == [0, 2]
    assert points[119].tolist() == [1, 2]
    assert points[-1].tolist() == [1, 3]


def test_a_point_has_the_colour_of_its_class():
    frame = frame_of(ROWS)
    right = grid(frame)[:, 0] > 0.5
    figure = areas(ROWS, [0, 0, 1, 1], decided=right, frame=frame, title="half")
    (image,) = figure.axes[0].images
    colours = np.asarray(image.get_array())
    assert np.ptp(colours[:, 0], axis=0).max() == 0
    assert np.abs(colours[0, 0] - colours[0, -1]).max() > 0.1
    first, second = figure.axes[0].collections
    assert first.get_offsets().tolist() == ROWS[:2].tolist()
    assert second.get_offsets().tolist() == ROWS[2:].tolist()
    assert colours.min() > 0.5, "areas are paler than the rows on them"
