"""Series classified in scikit-learn's terms: learning, forms of X, seeds, refusals."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.model_selection import cross_val_score

from harmonium import SequenceClassifier
from harmonium.errors import UsageError

RNG = np.random.default_rng(0)
Y = np.array(["slow", "fast"])[np.arange(80) % 2]
X = [np.sin((0.3, 0.9)[k % 2] * np.arange(RNG.integers(6, 16)) + k)[:, None] for k in range(80)]
QUICK = {"hidden_size": 12, "n_epochs": 25, "random_state": 0, "learning_rate": 0.02}


@pytest.fixture(scope="module")
def model():
    return SequenceClassifier(**QUICK).fit(X[:60], Y[:60])


def test_it_learns_series_of_unequal_length(model):
    assert model.score(X[60:], Y[60:]) >= 0.9
    assert model.classes_.tolist() == ["fast", "slow"]
    assert model.n_epochs_ == len(model.loss_curve_) == 25
    p = model.predict_proba(X[60:])
    np.testing.assert_allclose(p.sum(1), 1, atol=1e-6)
    np.testing.assert_array_equal(model.classes_[p.argmax(1)], model.predict(X[60:]))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X[60:])), p)


def test_a_prediction_does_not_depend_on_the_other_series(model):
    alone = np.concatenate([model.predict_proba([x]) for x in X[60:70]])
    np.testing.assert_allclose(model.predict_proba(X[60:70]), alone, atol=1e-6)


def test_every_form_of_the_same_series_gives_the_same_net():
    array = np.stack([x[:6] for x in X[:20]])
    models = [
        SequenceClassifier(**QUICK | {"n_epochs": 2}).fit(form, Y[:20])
        for form in (array, list(array), array[..., 0], torch.from_numpy(array), array.tolist())
    ]
    first = models[0].predict_proba(array)
    for other in models[1:]:
        np.testing.assert_array_equal(other.predict_proba(array), first)
    assert models[0].n_features_in_ == 1
    assert models[2].n_features_in_ == 6


@pytest.mark.parametrize("cell", ["gru", "lstm", "multiplicative", "rnn"])
def test_every_cell_repeats_by_its_seed_and_travels(cell):
    one, other = (
        SequenceClassifier(cell, **QUICK | {"n_epochs": 2}).fit(X[:20], Y[:20]) for _ in range(2)
    )
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    again = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(one.predict_proba(X), again.predict_proba(X))


def test_a_weight_of_zero_leaves_a_series_out():
    weight = np.ones(40)
    weight[20:] = 0
    settings = QUICK | {"n_epochs": 2}
    weighted = SequenceClassifier(**settings).fit(X[:40], Y[:40], sample_weight=weight)
    less = SequenceClassifier(**settings).fit(X[:20], Y[:20])
    np.testing.assert_allclose(weighted.predict_proba(X), less.predict_proba(X), atol=1e-6)


def test_scikit_learn_splits_an_array_of_series():
    array = np.stack([x[:6] for x in X])
    scores = cross_val_score(SequenceClassifier(**QUICK | {"n_epochs": 40}), array, Y, cv=2)
    assert scores.min() > 0.7


def test_what_does_not_fit_is_refused(model):
    with pytest.raises(UsageError, match="X, series 0: 2 channels, and fit saw 1"):
        model.predict([np.zeros((4, 2))])
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples"):
        SequenceClassifier().fit(X[:4], Y[:3])
    with pytest.raises(ValueError, match="class"):
        SequenceClassifier().fit(X[:4], ["a"] * 4)
    with pytest.raises(UsageError, match="has one layer: set n_layers=1"):
        SequenceClassifier("multiplicative", n_layers=2).fit(X[:4], Y[:4])
