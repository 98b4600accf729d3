"""Multilayer perceptrons as estimators: as good as scikit-learn's, and reproducible."""

import warnings

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

from harmonium import MLPClassifier, MLPRegressor
from harmonium.data import digits

DIGITS = digits()
X, Y = DIGITS.train.numpy(), DIGITS.train_labels.numpy()
X_TEST, Y_TEST = DIGITS.test.numpy(), DIGITS.test_labels.numpy()


def test_it_classifies_digits_as_well_as_scikit_learns():
    """Measured with seeds 0 to 2: 97.0, 97.2, 97.6 % of 500 test digits; theirs 97.8 to 98.2."""
    ours = MLPClassifier((100,), random_state=0).fit(X, Y)
    theirs = neural_network.MLPClassifier((100,), random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged
        theirs.fit(X, Y)
    assert ours.score(X_TEST, Y_TEST) > theirs.score(X_TEST, Y_TEST) - 0.02
    assert ours.score(X_TEST, Y_TEST) > 0.95
    p = ours.predict_proba(X_TEST)
    np.testing.assert_allclose(p.sum(1), 1, rtol=0, atol=1e-5)
    assert ours.loss_curve_[-1] < ours.loss_curve_[0] / 10


def test_it_predicts_about_as_well_as_a_line():
    """On 142 diabetes rows. Measured: R^2 .51 by the line, .45 by the net."""
    x, y = load_diabetes(return_X_y=True)
    x = x / x.std(0)
    line = LinearRegression().fit(x[:300], y[:300]).score(x[300:], y[300:])
    model = MLPRegressor(
        (10,), n_epochs=100, learning_rate=0.01, early_stopping=True, random_state=0
    )
    found = model.fit(x[:300], y[:300]).score(x[300:], y[300:])
    assert found > line - 0.1
    assert line > 0.4


def test_several_targets_are_predicted_each_in_its_unit():
    x = np.linspace(-1, 1, 100)[:, None]
    y = np.c_[1e4 * x[:, 0] + 5e4, 1e-3 * x[:, 0] ** 2]
    model = MLPRegressor((20,), n_epochs=300, learning_rate=0.02, random_state=0).fit(x, y)
    found = model.predict(x)
    assert found.shape == (100, 2)
    assert (np.abs(found - y).max(0) < 0.1 * y.std(0)).all()


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_the_same_seed_gives_the_same_net(kind):
    settings = {"hidden_layer_sizes": (5,), "n_epochs": 3}
    one, same = (kind(**settings, random_state=0).fit(X[:99], Y[:99]) for _ in range(2))
    other = kind(**settings, random_state=1).fit(X[:99], Y[:99])
    assert np.array_equal(one.net_.h1.weight.detach(), same.net_.h1.weight.detach())
    assert not np.array_equal(one.net_.h1.weight.detach(), other.net_.h1.weight.detach())


def test_a_partial_fit_is_a_pass():
    model = MLPClassifier((30,), learning_rate=0.01, random_state=0)
    with pytest.raises(ValueError, match="none of the classes"):
        MLPClassifier((3,)).partial_fit(X[:9], Y[:9], classes=[0, 1])
    scores = [model.partial_fit(X, Y, classes=range(10)).score(X_TEST, Y_TEST) for _ in range(8)]
    assert scores[-1] > 0.9
    assert scores[-1] > scores[0]
    line = MLPRegressor((), learning_rate=0.1, random_state=0)
    x = np.linspace(0, 1, 50)[:, None]
    for _ in range(100):
        line.partial_fit(x, 3 * x[:, 0] + 1)
    assert line.score(x, 3 * x[:, 0] + 1) > 0.99


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_double_weight_is_as_good_as_two_rows(kind):
    """All rows in a batch, so that nothing is drawn but the first weights."""
    x, y = X[:40], Y[:40] % 2
    settings = {"n_epochs": 20, "batch_size": 100, "random_state": 0}
    weights = np.r_[2 * np.ones(20), np.ones(20)]
    one = kind((5,), **settings).fit(x, y, sample_weight=weights)
    two = kind((5,), **settings).fit(np.r_[x[:20], x], np.r_[y[:20], y])
    found = one.net_.h1.weight.detach().numpy()
    np.testing.assert_allclose(found, two.net_.h1.weight.detach().numpy(), rtol=0, atol=1e-4)
    without = kind((5,), **settings).fit(x, y)
    assert np.abs(found - without.net_.h1.weight.detach().numpy()).max() > 1e-3
