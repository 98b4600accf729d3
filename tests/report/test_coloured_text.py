"""Texts on coloured ground."""

import numpy as np
import pytest

from harmonium.errors import UsageError
from harmonium.report.coloured_text import coloured_texts


def test_every_symbol_has_a_ground_of_its_value():
    values = np.array([[1.0, -1.0, 0.0, 0.5, 0.0]])
    figure = coloured_texts(list("ab\nc$"), values, names=["unit 3"])
    (axes,) = figure.axes
    grounds = axes.patches
    assert len(grounds) == 5
    red, blue, white = (np.array(p.get_facecolor()[:3]) for p in grounds[:3])
    assert red[0] > red[2] + 0.3
    assert blue[2] > blue[0] + 0.3
    assert white.min() > 0.9
    lines = [p.get_y() for p in grounds]
    assert lines[0] == lines[1] == lines[2] < lines[3]  # c stands on the next line
    assert "$" in [text.get_text() for text in axes.texts]


def test_a_long_text_is_broken():
    figure = coloured_texts(["a"] * 300, np.zeros((2, 300)), names=["one", "two"])
    (axes,) = figure.axes
    assert max(p.get_x() + p.get_width() for p in axes.patches) < 10
    assert len({p.get_y() for p in axes.patches}) > 2


def test_sizes_must_fit():
    with pytest.raises(UsageError, match="one value for each name and symbol"):
        coloured_texts(list("ab"), np.zeros((1, 3)), names=["one"])
