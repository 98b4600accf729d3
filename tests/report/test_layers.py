"""Figures by layer: bars for one series, lines for several, values as they are."""

import numpy as np
import pytest

from harmonium.errors import UsageError
from harmonium.report.layers import by_layer

LAYERS = ("h1", "h2", "outputs")


def test_one_series_has_bars_from_a_power_of_ten():
    figure = by_layer({"new": [2e-4, 3e-3, 0.1]}, LAYERS, y_label="norm")
    (axes,) = figure.axes
    tops = [bar.get_y() + bar.get_height() for bar in axes.patches]
    assert tops == pytest.approx([2e-4, 3e-3, 0.1])
    assert axes.get_ylim()[0] == pytest.approx(1e-4)
    assert [text.get_text() for text in axes.texts] == ["0.0002", "0.003", "0.1"]


def test_several_series_have_lines_without_what_is_not_positive():
    figure = by_layer({"a": [1e-3, 1e-2, 1], "b": [0, 1, 2]}, LAYERS, y_label="norm")
    (axes,) = figure.axes
    first, second = (line.get_ydata() for line in axes.lines)
    assert np.allclose(first, [1e-3, 1e-2, 1])
    assert np.isnan(second[0])
    assert axes.get_yscale() == "log"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]


def test_zeros_alone_are_drawn_on_a_linear_axis():
    (axes,) = by_layer({"a": [0, 0, 0]}, LAYERS, y_label="norm").axes
    assert axes.get_yscale() == "linear"


@pytest.mark.parametrize("series", [{}, {"a": [1.0, 2.0]}])
def test_what_does_not_fit_is_refused(series):
    with pytest.raises(UsageError):
        by_layer(series, LAYERS, y_label="norm")
