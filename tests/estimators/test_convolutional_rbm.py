"""Feature maps as a transformer of pictures."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from harmonium import ConvolutionalRBM

SMALL = {"kernel": 3, "n_epochs": 2, "random_state": 0}


def digits():
    X, y = load_digits(return_X_y=True)
    return (X / 16).astype(np.float32), y


def test_pictures_and_flat_rows_give_the_same_features():
    X, _ = digits()
    flat = ConvolutionalRBM(4, shape=(8, 8), **SMALL).fit(X[:200])
    pictures = ConvolutionalRBM(4, **SMALL).fit(X[:200].reshape(-1, 8, 8))
    features = flat.transform(X[:20])
    assert features.shape == (20, 36)
    assert np.array_equal(features, pictures.transform(X[:20].reshape(-1, 1, 8, 8)))
    assert flat.maps_shape_ == (4, 3, 3)
    assert flat.components_.shape == (4, 1, 3, 3)
    assert features.min() >= 0
    assert features.max() <= 1
    assert len(flat.get_feature_names_out()) == 36


def test_features_are_probabilities_of_blocks():
    X, _ = digits()
    model = ConvolutionalRBM(3, shape=(8, 8), **SMALL).fit(X[:100])
    x = torch.from_numpy(X[:5]).reshape(5, 1, 8, 8)
    field = torch.nn.functional.conv2d(x, torch.from_numpy(model.components_))
    field = field + model.graph_.units["h"].bias.detach()
    total = torch.nn.functional.avg_pool2d(field.exp(), 2) * 4
    wanted = (total / (1 + total)).flatten(1).numpy()
    assert np.allclose(model.transform(X[:5]), wanted, atol=1e-5)


def test_a_linear_machine_tells_digits_apart_by_eight_kernels():
    """Eight kernels of 3 x 3, in a pipeline."""
    X, y = digits()
    model = make_pipeline(
        ConvolutionalRBM(
            8, kernel=3, shape=(8, 8), learning_rate=0.05, n_epochs=15, random_state=0
        ),
        LinearSVC(C=10),
    )
    score = model.fit(X[:600], y[:600]).score(X[1000:], y[1000:])
    assert score > 0.85


def test_real_pixels_take_gaussian_units():
    X, _ = digits()
    z = (X - X.mean()) / X.std()
    model = ConvolutionalRBM(3, shape=(8, 8), **SMALL).fit(z[:100])
    assert type(model.graph_.units["v"]).__name__ == "Gaussian"
    assert np.isfinite(model.transform(z[:9])).all()


def test_without_a_shape_a_row_is_one_patch():
    X, y = digits()
    model = ConvolutionalRBM(10, **SMALL).fit(X[:200])
    assert model.components_.shape == (10, 1, 1, 64)
    assert LogisticRegression(max_iter=200).fit(model.transform(X[:200]), y[:200]).score
    assert model.transform(X[:3]).shape == (3, 10)


def test_equal_seeds_give_equal_features():
    X, _ = digits()
    one, two = (ConvolutionalRBM(3, shape=(8, 8), **SMALL).fit(X[:80]) for _ in range(2))
    assert np.array_equal(one.transform(X[:9]), two.transform(X[:9]))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel": 9}, "does not fit into maps"),
        ({"kernel": 4}, "multiples of pool=2"),
        ({"shape": (7, 8)}, "does not fit rows of 64 values"),
        ({"visible": "spin"}, "visible"),
        ({"shape": (2, 2, 4, 4)}, "give .height, width. or"),
    ],
)
def test_what_does_not_fit_is_refused(settings, words):
    X, _ = digits()
    model = ConvolutionalRBM(3, **{"shape": (8, 8), **SMALL, **settings})
    with pytest.raises(ValueError, match=words):
        model.fit(X[:50])


def test_values_outside_the_domain_are_refused():
    X, _ = digits()
    model = ConvolutionalRBM(3, shape=(8, 8), **SMALL).fit(X[:50])
    with pytest.raises(ValueError, match=r"Bernoulli units need \[0, 1\]"):
        model.transform(16 * X[:5])
