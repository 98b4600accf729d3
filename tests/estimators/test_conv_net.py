"""A convolutional net as a classifier of pictures, in scikit-learn's terms."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from harmonium import ConvNetClassifier
from harmonium.data import Affine, Elastic

DIGITS = load_digits()
PICTURES, LABELS = (DIGITS.images / 16).astype(np.float32), DIGITS.target
QUICK = {"n_epochs": 2, "random_state": 0, "learning_rate": 0.01}
TINY = [{"type": "conv2d", "out_channels": 4, "kernel_size": 3}, "relu"]


def fitted(X=PICTURES[:300], **settings):
    return ConvNetClassifier(**{**QUICK, **settings}).fit(X, LABELS[: len(X)])


def same(one, other):
    pairs = zip(one.net_.parameters(), other.net_.parameters(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_it_learns_digits():
    model = fitted(PICTURES[:1200], n_epochs=12)
    assert model.score(PICTURES[1200:], LABELS[1200:]) > 0.9
    p = model.predict_proba(PICTURES[1200:])
    assert p.shape == (597, 10)
    np.testing.assert_allclose(p.sum(1), 1, atol=1e-5)
    assert len(model.loss_curve_) == model.n_epochs_ == 12
    assert model.loss_curve_[-1] < 0.3 < model.loss_curve_[0]


def test_every_form_of_the_same_pictures_gives_the_same_net():
    """Grey pictures with and without an axis of channels, as flat rows, from torch."""
    base = fitted(layers=TINY)
    flat = PICTURES[:300].reshape(300, 64)
    for X, settings in (
        (PICTURES[:300, None], {}),
        (PICTURES[:300, ..., None], {}),
        (flat, {"shape": (8, 8)}),
        (flat, {"shape": [1, 8, 8]}),
        (torch.from_numpy(PICTURES[:300]), {}),
    ):
        model = fitted(X, layers=TINY, **settings)
        assert model.picture_shape_ == (1, 8, 8)
        assert same(model, base)
        np.testing.assert_array_equal(model.predict(PICTURES), base.predict(PICTURES))
        np.testing.assert_array_equal(
            base.predict(flat), base.predict(PICTURES[:300])
        )  # rows of the same width


def test_colours_first_and_last():
    rng = np.random.default_rng(0)
    X = rng.random((40, 3, 6, 9)).astype(np.float32)
    y = (X[:, 0].mean((1, 2)) > X[:, 2].mean((1, 2))).astype(int)
    first = ConvNetClassifier(TINY, **QUICK).fit(X, y)
    last = ConvNetClassifier(TINY, **QUICK).fit(X.transpose(0, 2, 3, 1), y)
    assert first.picture_shape_ == last.picture_shape_ == (3, 6, 9)
    assert same(first, last)
    with pytest.raises(ValueError, match=r"pictures of shape \(3, 9, 6\).*fit saw \(3, 6, 9\)"):
        first.predict(X.transpose(0, 1, 3, 2))


def test_bytes_are_divided_by_255():
    X = (PICTURES[:100] * 255).astype(np.uint8)
    bytes_, scaled = fitted(X), fitted(X.astype(np.float32) / 255)
    assert same(bytes_, scaled)
    assert bytes_.net_.conv1.weight.dtype == torch.float32


def test_names_of_classes_and_weights_of_rows():
    names = np.array(["nought", "one", "two"])[LABELS[LABELS < 3]]
    X = PICTURES[LABELS < 3]
    model = ConvNetClassifier(**{**QUICK, "n_epochs": 6}).fit(X, names)
    assert model.classes_.tolist() == ["nought", "one", "two"]
    assert model.score(X, names) > 0.9
    weights = (names != "two").astype(float)
    blind = ConvNetClassifier(**QUICK).fit(X, names, sample_weight=weights)
    assert blind.classes_.tolist() == ["nought", "one"]  # rows of no weight are left out
    weights = np.where(names == "two", 1e-6, 1.0)
    weak = ConvNetClassifier(**{**QUICK, "n_epochs": 6}).fit(X, names, sample_weight=weights)
    assert (weak.predict(X) == "two").mean() < 0.05


def test_a_seed_repeats_a_fit_and_torchs_generator_is_left_alone():
    settings = {"augmentation": [Affine(shift=1), Elastic(alpha=4, sigma=2)], "average": 0.9}
    before = torch.get_rng_state()
    assert same(fitted(**settings), fitted(**settings))
    assert torch.equal(torch.get_rng_state(), before)
    assert not same(fitted(**settings), fitted(**{**settings, "random_state": 1}))
    assert not same(fitted(), fitted(augmentation=Affine(shift=1)))
    assert same(fitted(), fitted(augmentation=[]))


def test_early_stopping_keeps_the_best():
    model = fitted(PICTURES[:400], n_epochs=12, early_stopping=True, validation_fraction=0.25)
    assert len(model.validation_scores_) == model.n_epochs_
    assert max(model.validation_scores_) > 0.5
    assert fitted().validation_scores_ is None


def test_dropout_in_the_layers_is_drawn_from_the_seed():
    layers = [*TINY, {"type": "dropout", "p": 0.5}]
    assert same(fitted(layers=layers), fitted(layers=layers))
    model = fitted(layers=layers)
    np.testing.assert_array_equal(model.predict_proba(PICTURES), model.predict_proba(PICTURES))


def test_in_a_pipeline_and_a_search():
    flat = DIGITS.data[:300]
    net = ConvNetClassifier(TINY, shape=(8, 8), n_epochs=3, random_state=0)
    search = GridSearchCV(
        make_pipeline(MinMaxScaler(), net),
        {"convnetclassifier__learning_rate": [1e-5, 1e-2]},
        cv=2,
    ).fit(flat, LABELS[:300])
    assert search.best_params_["convnetclassifier__learning_rate"] == 1e-2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"shape": (5, 5)}, r"shape=\(5, 5\) does not fit rows of 64 values"),
        ({"layers": "alexnet"}, "layers"),
        ({"layers": ["conv3"]}, "conv3"),
        ({"average": 1.0}, "average"),
        ({"augmentation": Affine(shift=1)}, "affine changes pictures"),
        ({"augmentation": [3], "shape": (8, 8)}, "augmentation has 3: give random transforms"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        ConvNetClassifier(**{**QUICK, **settings}).fit(DIGITS.data[:50], LABELS[:50])


def test_no_pictures_are_refused_as_no_rows():
    with pytest.raises(ValueError, match="0 sample"):
        ConvNetClassifier(**QUICK).fit(PICTURES[:0], LABELS[:0])


def test_a_layer_that_is_none_is_refused():
    with pytest.raises(TypeError, match="each is text or a Mapping"):
        ConvNetClassifier([None], **QUICK).fit(PICTURES[:50], LABELS[:50])
