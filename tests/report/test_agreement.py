"""Predicted against true values: points, and the line on which they are equal."""

import numpy as np
import pytest

from harmonium.report.agreement import agreement

TRUE = np.array([1.0, 2, 5])
FOUND = np.array([2.0, 2, 9])


def test_each_row_is_a_point_and_the_line_is_the_diagonal():
    (axes,) = agreement(TRUE, FOUND, title="age").axes
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), np.c_[TRUE, FOUND])
    (line,) = axes.lines
    np.testing.assert_array_equal(line.get_xdata(), line.get_ydata())
    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_xlim()[0] < 1
    assert axes.get_xlim()[1] > 9


def test_values_that_cannot_be_drawn_are_refused():
    with pytest.raises(ValueError, match="3 true and 2 predicted values"):
        agreement(TRUE, FOUND[:2])
    with pytest.raises(ValueError, match="1 of 6 values are not finite"):
        agreement(TRUE, np.array([1.0, 2, np.inf]))
