"""Filters share one truthful scale; images and reconstructions show the rows they were given."""

import numpy as np
import pytest
import torch

from harmonium.report import filters, images, reconstructions, strips

DRAWS = np.random.default_rng(0)
WEIGHTS = DRAWS.normal(size=(30, 12)) * np.linspace(0.1, 2, 30)[:, None]
ROWS = DRAWS.random((7, 12))


def tiles_of(figure):
    return [image.get_array() for image in figure.axes[0].images]


def words_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


# --- filters --------------------------------------------------------------------------------


def test_all_filters_share_one_symmetric_scale_of_those_shown():
    figure = filters(WEIGHTS, (3, 4), count=9)
    scales = {image.get_clim() for image in figure.axes[0].images}
    strongest = WEIGHTS[np.argsort(-np.linalg.norm(WEIGHTS, axis=1))[:9]]
    ((low, high),) = scales
    assert low == -high
    assert high == pytest.approx(np.percentile(np.abs(strongest), 99))


def test_zero_is_neutral_and_signs_are_opposite_hues():
    image = filters(WEIGHTS, (3, 4)).axes[0].images[0]
    limit = image.get_clim()[1]
    zero, plus, minus = image.cmap(image.norm([0, 0.4 * limit, -0.4 * limit]))[:, :3]
    assert np.ptp(zero) < 0.02
    assert zero.min() > 0.9
    assert plus[0] - plus[2] > 0.1
    assert minus[2] - minus[0] > 0.1


@pytest.mark.parametrize(("count", "shown"), [(9, 9), (100, 30)])
def test_the_strongest_filters_come_first_with_their_rows_named(count, shown):
    figure = filters(torch.tensor(WEIGHTS), (3, 4), count=count)
    order = np.argsort(-np.linalg.norm(WEIGHTS, axis=1))[:shown]
    assert len(figure.axes[0].images) == shown
    np.testing.assert_array_equal(tiles_of(figure), WEIGHTS[order].reshape(-1, 3, 4))
    assert words_of(figure) == [str(row) for row in order]


def test_one_colour_bar_tells_the_scale_and_that_it_is_cut():
    plot, *bars = filters(WEIGHTS, (3, 4)).axes
    assert len(bars) == 1
    limit = plot.images[0].get_clim()[1]
    ticks = [label.get_text() for label in bars[0].get_xticklabels()]
    assert ticks == [f"−{limit:.3g}", "0", f"{limit:.3g}"]
    assert plot.images[0].colorbar.extend == "both"
    assert filters(np.eye(4), (2, 2)).axes[0].images[0].colorbar.extend == "neither"


def test_filters_that_are_all_zero_are_neutral():
    image = filters(np.zeros((2, 4)), (2, 2)).axes[0].images[0]
    assert image.get_clim() == (-1, 1)


@pytest.mark.parametrize(
    ("weights", "shape", "count", "words"),
    [
        (np.ones((2, 12)), (3, 4), 0, "count=0"),
        (np.full((2, 12), np.inf), (3, 4), 4, "not finite"),
        (np.ones((2, 12)), (3, 5), 4, "do not hold"),
    ],
)
def test_filters_that_cannot_be_shown_are_refused(weights, shape, count, words):
    with pytest.raises(ValueError, match=words):
        filters(weights, shape, count=count)


# --- images ---------------------------------------------------------------------------------


def test_images_are_the_rows_in_order_on_the_scale_from_black_to_white():
    figure = images(ROWS, (3, 4), columns=3)
    np.testing.assert_array_equal(tiles_of(figure), ROWS.reshape(-1, 3, 4))
    assert {image.get_clim() for image in figure.axes[0].images} == {(0, 1)}
    lefts = [image.get_extent()[0] for image in figure.axes[0].images]
    assert lefts[0] == lefts[3] == lefts[6] < lefts[1] < lefts[2]


def test_colour_images_keep_their_channels():
    rows = DRAWS.random((2, 3 * 2 * 2))
    shown = tiles_of(images(rows, (3, 2, 2)))
    np.testing.assert_array_equal(shown[1][..., 2], rows[1].reshape(3, 2, 2)[2])


def test_zero_is_grey_in_colour_filters_and_their_scale_is_common():
    weights = np.zeros((2, 12))
    weights[0, 0], weights[1, 11] = 4.0, -4.0
    first, second = tiles_of(filters(weights, (3, 2, 2)))
    assert first[0, 0].tolist() == [1.0, 0.5, 0.5]
    assert second[1, 1].tolist() == [0.5, 0.5, 0.0]


def test_labels_stand_as_given():
    assert words_of(images(ROWS[:2], (3, 4), labels=["$5 & $6", 7])) == ["$5 & $6", "7"]


def test_pixel_values_out_of_range_are_refused_with_what_was_found():
    with pytest.raises(ValueError, match=r"range from -0.42 to 2.8; .* scale or clip"):
        images([[-0.42, 2.8]], (1, 2))


def test_rounding_errors_are_no_reason_to_refuse():
    assert tiles_of(images([[-1e-7, 1 + 1e-7]], (1, 2)))[0].tolist() == [[0, 1]]


# --- reconstructions ------------------------------------------------------------------------


def test_each_reconstruction_stands_below_its_original():
    figure = reconstructions(ROWS, 1 - ROWS, shape=(3, 4), columns=3)
    places = {}
    for image in figure.axes[0].images:
        left, _, _, top = image.get_extent()
        places[top, left] = np.asarray(image.get_array()).ravel()
    assert len(places) == 14
    tops, lefts = (sorted({place[axis] for place in places}) for axis in (0, 1))
    for index, row in enumerate(ROWS):
        pair, column = divmod(index, 3)
        np.testing.assert_array_equal(places[tops[2 * pair], lefts[column]], row)
        np.testing.assert_array_equal(places[tops[2 * pair + 1], lefts[column]], 1 - row)
    assert words_of(figure) == ["data", "model"] * 3


def test_pairs_stand_apart():
    figure = reconstructions(ROWS, ROWS, shape=(3, 4), columns=7 // 2)
    tops = sorted({image.get_extent()[3] for image in figure.axes[0].images})
    assert tops[2] - tops[1] > tops[1] - tops[0]


def test_unequal_numbers_are_refused():
    with pytest.raises(ValueError, match="7 originals but 6 reconstructions"):
        reconstructions(ROWS, ROWS[:6], shape=(3, 4))


# --- strips ---------------------------------------------------------------------------------


def test_strips_are_rows_with_their_names():
    draws = np.random.default_rng(0).random((2, 3, 4))
    axes = strips({"1": draws[0], "20": draws[1]}, (2, 2), word="epoch").axes[0]
    shown = np.stack([image.get_array() for image in axes.images])
    np.testing.assert_allclose(shown.reshape(2, 3, 4), draws)
    assert [text.get_text() for text in axes.texts] == ["epoch 1", "epoch 20"]


def test_strips_have_the_length_of_the_shortest():
    axes = strips({"a": np.zeros((5, 4)), "b": np.zeros((3, 4))}, (2, 2)).axes[0]
    assert len(axes.images) == 6


def test_no_strips_are_refused():
    with pytest.raises(ValueError, match="at least one row"):
        strips({}, (2, 2))
