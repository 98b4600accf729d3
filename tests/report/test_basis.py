"""An image as a sum of filters: the terms are those of the model, the sums their logistics."""

import numpy as np
import pytest

from harmonium.report import growth, weighted_sum

DRAWS = np.random.default_rng(0)
W, H, B = DRAWS.normal(size=(12, 6)), DRAWS.normal(size=12), DRAWS.normal(size=6)
IMAGE = DRAWS.random(6)


def tiles_of(figure):
    return [np.asarray(image.get_array()).ravel() for image in figure.axes[0].images]


def words_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def logistic(x):
    return 1 / (1 + np.exp(-x))


def drawn():
    return weighted_sum(IMAGE, H, filters=W, offset=B, shape=(2, 3))


ORDER = np.argsort(-np.abs(H) * np.linalg.norm(W, axis=1))


def test_the_terms_add_up_to_the_field():
    tiles = tiles_of(drawn())
    assert len(tiles) == 7 + 7
    np.testing.assert_allclose(tiles[0], B)
    np.testing.assert_allclose(sum(tiles[:7]), B + H @ W)
    for tile, j in zip(tiles[1:6], ORDER, strict=False):
        np.testing.assert_allclose(tile, H[j] * W[j])


def test_sums_are_what_logistic_units_make_of_them():
    tiles = tiles_of(drawn())
    np.testing.assert_allclose(tiles[7], logistic(B))
    for tile, n in zip(tiles[8:13], (5, 10, 12, 12, 12), strict=True):
        np.testing.assert_allclose(tile, logistic(B + H[ORDER[:n]] @ W[ORDER[:n]]))
    np.testing.assert_allclose(tiles[13], IMAGE)
    names = words_of(drawn())
    assert names[:2] == ["offset", f"{H[ORDER[0]]:+.2f} × {ORDER[0]}"]
    assert {"7 others", "first 10", "all", "image", "terms", "sum"} <= set(names)


def test_terms_share_one_signed_scale_and_sums_are_grey():
    pictures = drawn().axes[0].images
    ((low, high),) = {image.get_clim() for image in pictures[:7]}
    assert low == -high
    top = H[ORDER[:5], None] * W[ORDER[:5]]
    assert high == pytest.approx(np.percentile(np.abs(top), 99.5))
    assert {image.get_clim() for image in pictures[7:]} == {(0, 1)}
    assert {image.get_cmap().name for image in pictures[7:]} == {"gray"}


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"12 activities, filters \(12, 6\), offset \(5,\)"):
        weighted_sum(IMAGE, H, filters=W, offset=B[:5], shape=(2, 3))


def test_filters_grow_row_by_row_on_one_scale():
    figure = growth({"1": 0.1 * W[:4], "20": W[:4]}, (2, 3), word="epoch")
    np.testing.assert_allclose(np.stack(tiles_of(figure)), np.concatenate([0.1 * W[:4], W[:4]]))
    ((low, high),) = {image.get_clim() for image in figure.axes[0].images}
    assert low == -high
    assert words_of(figure) == ["epoch 1", "epoch 20"]
    with pytest.raises(ValueError, match="give the same filters"):
        growth({"1": W[:4], "2": W[:3]}, (2, 3))
