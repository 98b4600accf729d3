"""The picture of an alignment: its cells, its symbols, its refusals."""

import numpy as np
import pytest

from harmonium.errors import UsageError
from harmonium.report.alignment import alignment_picture


def test_cells_and_symbols():
    weights = np.array([[0.1, 0.9, 0.0], [0.5, 0.0, 0.5]])
    figure = alignment_picture(weights, read=["a", " ", "b"], written=["x", "y"])
    (axes,) = figure.axes
    assert np.allclose(axes.images[0].get_array(), weights)
    assert [t.get_text() for t in axes.get_xticklabels()] == ["a", "\N{OPEN BOX}", "b"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["x", "y"]


def test_other_sizes_are_refused():
    with pytest.raises(UsageError, match=r"weights \(2, 3\) of 2 symbols written and 1 read"):
        alignment_picture(np.zeros((2, 3)), read=["a"], written=["x", "y"])
