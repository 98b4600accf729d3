"""The picture of heads: a panel each, slots in use, refusals."""

import numpy as np
import pytest

from harmonium.errors import UsageError
from harmonium.report.heads import heads_picture


def test_a_panel_for_each_head_and_the_slots_in_use():
    write, read = np.eye(12)[[0, 1, 2, 3]], np.eye(12)[[0, 0, 1, 2]]
    figure = heads_picture({"writing": write, "reading": read}, steps=[*"ab|c"], mark=2)
    first, second = figure.axes
    assert [axes.get_title(loc="left") for axes in (first, second)] == ["writing", "reading"]
    assert np.array_equal(second.images[0].get_array(), read[:, :6].T)  # 4 in use, and 2 more
    assert [t.get_text() for t in first.get_xticklabels()] == ["a", "b", "|", "c"]


def test_the_name_of_the_axis_is_inside_the_picture():
    steps, slots = 82, 64
    weights = np.eye(slots)[np.arange(steps) % slots]
    figure = heads_picture({"a": weights, "b": weights}, steps=["2"] * steps, mark=41)
    figure.canvas.draw()
    for axes in figure.axes:
        assert axes.yaxis.label.get_window_extent().x0 > 0


def test_other_sizes_are_refused():
    with pytest.raises(UsageError, match=r"weights \(3, 2\) of 2 steps"):
        heads_picture({"a": np.zeros((3, 2))}, steps=["x", "y"], mark=1)
