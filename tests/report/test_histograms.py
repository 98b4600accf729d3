"""Histograms: the shares drawn sum to one, the bins are common, outliers do not squeeze them."""

import numpy as np
import pytest
from matplotlib.patches import StepPatch

from harmonium.report import histogram


def outlines(figure):
    return [p for p in figure.axes[0].patches if isinstance(p, StepPatch) and not p.get_fill()]


def test_shares_sum_to_one_in_common_bins():
    draws = np.random.default_rng(0)
    samples = {"training": draws.normal(size=1000), "test": draws.normal(1, size=200)}
    first, second = outlines(histogram(samples, x_label="nats"))
    assert first.get_data().values.sum() == pytest.approx(1)
    assert second.get_data().values.sum() == pytest.approx(1)
    np.testing.assert_array_equal(first.get_data().edges, second.get_data().edges)
    inside, edges = np.histogram(samples["test"], second.get_data().edges)
    np.testing.assert_allclose(second.get_data().values, inside / 200)


def test_means_stand_in_the_legend_with_a_line_each():
    figure = histogram({"a": [1.0, 3.0], "b": [-2.0, -2.0]}, x_label="x")
    words = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert words == ["a, mean 2", "b, mean −2"]
    assert [line.get_xdata()[0] for line in figure.axes[0].lines] == [2, -2]


def test_one_sample_needs_no_legend():
    assert histogram({"a": [1.0, 3.0]}, x_label="x").axes[0].get_legend() is None


def test_an_outlier_does_not_squeeze_the_rest_into_one_bin():
    values = np.append(np.random.default_rng(0).normal(size=5000), 1e6)
    (outline,) = outlines(histogram({"a": values}, x_label="x"))
    assert outline.get_data().edges[-1] < 10
    assert outline.get_data().values.sum() == pytest.approx(1)
    assert (outline.get_data().values > 0).sum() > 20


def test_on_a_logarithmic_axis_every_value_has_its_bin():
    values = np.append(np.random.default_rng(0).normal(size=5000), 1e6)
    (outline,) = outlines(histogram({"a": values}, x_label="x", log_y=True))
    assert outline.get_data().edges[-1] == 1e6


def test_equal_values_have_a_bin():
    (outline,) = outlines(histogram({"a": [2.0, 2.0]}, x_label="x"))
    assert outline.get_data().values.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("samples", "message"),
    [({}, "at least one"), ({"a": []}, "0 values"), ({"a": [1.0, np.nan]}, "1 not finite")],
)
def test_what_cannot_be_drawn_is_refused(samples, message):
    with pytest.raises(ValueError, match=message):
        histogram(samples, x_label="x")
