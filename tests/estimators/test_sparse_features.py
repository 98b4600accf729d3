"""Sparse features: their filters, their rates, their places; better than raw pixels."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from harmonium import SparseFeatures
from harmonium.data import digits

SOURCE = np.random.default_rng(0)
SMALL = {"n_patches": 400, "n_epochs": 3, "random_state": 0}


def slow(model, picture):
    """Mean features of every patch of a picture (channels, r, c) in each cell of the grid."""
    filters = model.components_.reshape(len(model.components_), len(picture), -1)
    a, b = model.components_.shape[-2:]
    rows, columns, q = picture.shape[1] - a + 1, picture.shape[2] - b + 1, model.pool
    h = np.empty((len(filters), rows, columns))
    for i, j in np.ndindex(rows, columns):
        patch = picture[:, i : i + a, j : j + b].reshape(len(picture), -1)
        z = (filters * patch).sum((1, 2)) + model.intercept_
        h[:, i, j] = 1 / (1 + np.exp(-z))
    reduce = np.mean if model.pooling == "mean" else np.max
    return np.array([
        [[reduce(unit[i * rows // q : (i + 1) * rows // q, j * columns // q : (j + 1) * columns
                      // q]) for j in range(q)] for i in range(q)]
        for unit in h
    ]).ravel()  # fmt: skip


@pytest.mark.parametrize("pooling", ["mean", "max"])
@pytest.mark.parametrize("shape", [(6, 7), (3, 6, 7), (6, 7, 3)])
def test_features_are_those_of_every_patch(shape, pooling):
    x = SOURCE.random((4, int(np.prod(shape))))
    model = SparseFeatures(5, patch_shape=(3, 2), image_shape=shape, pooling=pooling, **SMALL)
    found = model.fit(x).transform(x)
    assert found.shape == (4, 20)
    assert model.components_.shape == ((5, 3, 2) if len(shape) == 2 else (5, 3, 3, 2))
    for row, features in zip(x, found, strict=True):
        picture = row.reshape(shape)
        picture = picture[None] if len(shape) == 2 else picture
        picture = np.moveaxis(picture, -1, 0) if shape[-1] == 3 else picture
        np.testing.assert_allclose(features, slow(model, picture), atol=1e-9)


def test_a_row_may_be_one_patch():
    x = SOURCE.normal(size=(50, 7)) @ SOURCE.normal(size=(7, 7)) + 3
    model = SparseFeatures(4, n_epochs=5, random_state=0).fit(x)
    net, white = model.net_, (model.components_ @ x.T).T + model.intercept_
    np.testing.assert_allclose(model.transform(x), 1 / (1 + np.exp(-white)), atol=1e-12)
    mean, back = x.mean(0), np.linalg.pinv(model.components_)
    assert model.components_.shape == (4, 7)
    assert mean.shape == back.shape[:1]
    assert next(net.parameters()).dtype == torch.float64


def test_units_have_the_rate_that_is_aimed_at():
    """Measured: .106 for a target of .1, whatever the scale of the data."""
    x = digits().train[:400].numpy()
    for scale in (1, 255):
        model = SparseFeatures(
            20, patch_shape=(4, 4), image_shape=(8, 8), target_rate=0.1, pool=1, n_patches=4000,
            n_epochs=200, random_state=0,
        ).fit(scale * x)  # fmt: skip
        rates = model.transform(scale * x).mean(0)
        assert rates.mean() == pytest.approx(0.1, abs=0.03)
        assert rates.max() < 0.25
        assert model.loss_curve_[-1] < 0.7 * model.loss_curve_[0]


def test_a_search_over_a_pipeline():
    data = digits()
    x, y = data.train[:200].numpy(), data.train_labels[:200].numpy()
    features = SparseFeatures(10, patch_shape=(4, 4), image_shape=(8, 8), **SMALL)
    pipeline = make_pipeline(features, StandardScaler(), LogisticRegression(max_iter=500))
    grid = {"sparsefeatures__pool": [1, 2]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(x, y)
    assert search.best_params_ == {"sparsefeatures__pool": 2}  # where a stroke is matters
    names = search.best_estimator_[:1].get_feature_names_out()
    assert [names[0], names[-1]] == ["sparsefeatures0", "sparsefeatures39"]


def test_equal_seeds_equal_bits_and_types_stay():
    x = SOURCE.random((6, 25))
    for dtype in (np.float32, np.float64):
        one, two = (
            SparseFeatures(3, patch_shape=(2, 2), image_shape=(5, 5), **SMALL)
            .fit(x.astype(dtype))
            .transform(x.astype(dtype))
            for _ in range(2)
        )
        assert one.dtype == dtype
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image_shape": (5, 6)}, "does not fit rows of 25 values: give"),
        ({"image_shape": (5, 5), "patch_shape": (6, 2)}, "height and width, at most 5 and 5"),
        ({"image_shape": (5, 5), "patch_shape": (4, 4), "pool": 3}, "2 places along a side"),
    ],
)
def test_what_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        SparseFeatures(3, **{**SMALL, **settings}).fit(SOURCE.random((6, 25)))


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_features_beat_raw_pixels_on_photographs():
    """Logistic regression on 2000 pictures of CIFAR-10, tested on 2000 others."""
    file = np.load(Path(os.environ["HARMONIUM_DATA"], "cifar10", "cifar10_subset.npz"))
    order = np.random.default_rng(0).permutation(len(file["x_train"]))[:4000]
    x = (file["x_train"][order].reshape(4000, -1) / 255).astype(np.float32)
    y = file["y_train"][order]

    def score(features, strength):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=200))
        return model.fit(features[:2000], y[:2000]).score(features[2000:], y[2000:])

    model = SparseFeatures(64, image_shape=(32, 32, 3), n_patches=20_000, n_epochs=50,
                           random_state=0).fit(x[:2000])  # fmt: skip
    raw = max(score(x, strength) for strength in (1e-4, 1e-3, 1e-2))
    learned = score(model.transform(x), 0.01)
    assert learned > raw + 0.08
