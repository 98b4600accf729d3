"""Matrices as pictures: the numbers drawn, and a signed scale centred at zero."""

import numpy as np
import pytest

from harmonium.report import heat


def test_the_cells_are_the_numbers():
    matrix = np.random.default_rng(0).normal(size=(3, 5))
    (image,) = heat(matrix, signed=True).axes[0].images
    np.testing.assert_array_equal(image.get_array(), matrix)


def test_the_signed_scale_is_symmetric_and_white_at_zero():
    (image,) = heat([[-1.0, 4.0], [0.0, 0.5]], signed=True).axes[0].images
    low, high = image.get_clim()
    assert low == -high
    assert 3 < high <= 4
    assert np.allclose(image.cmap(image.norm(0.0))[:3], 1, atol=0.05)


def test_the_unsigned_scale_spans_zero_to_one():
    (image,) = heat([[0.2, 0.4]]).axes[0].images
    assert image.get_clim() == (0, 1)


def test_rows_and_columns_are_counted_in_whole_numbers():
    axes = heat(np.zeros((12, 9))).axes[0]
    axes.figure.canvas.draw()
    for axis in (axes.xaxis, axes.yaxis):
        assert all(float(tick).is_integer() for tick in axis.get_ticklocs())


def test_columns_are_named_where_there_is_room():
    few = heat([[1.0, 2.0]], signed=True, columns=["width", "height"])
    assert [t.get_text() for t in few.axes[0].get_xticklabels()] == ["width", "height"]
    many = heat(np.ones((1, 60)), columns=range(60))
    assert len(many.axes[0].get_xticklabels()) < 60


@pytest.mark.parametrize("matrix", [np.empty((0, 3)), np.ones(3), [[np.nan, 1.0]]])
def test_what_is_no_finite_matrix_is_refused(matrix):
    with pytest.raises(ValueError, match="matrix of shape"):
        heat(matrix)


def test_values_without_a_sign_have_a_scale_from_zero_to_their_largest():
    values = np.linspace(0, 5, 400).reshape(20, 20)
    figure = heat(values)
    low, high = figure.axes[0].images[0].get_clim()
    assert (low, high) == (0, pytest.approx(np.percentile(values, 99)))
    colours = figure.axes[0].images[0].cmap
    assert np.allclose(colours(0.0)[:3], 1, atol=0.05)


def test_values_beyond_the_scale_are_shown_by_an_arrow():
    beyond = {signed: heat(np.arange(400.0).reshape(20, 20), signed=signed) for signed in (0, 1)}
    bars = {signed: figure.axes[1]._colorbar.extend for signed, figure in beyond.items()}
    assert bars == {0: "max", 1: "both"}
    assert heat([[0.2, 0.4]]).axes[1]._colorbar.extend == "neither"
