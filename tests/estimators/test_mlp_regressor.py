"""The multilayer perceptron as a regressor."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

from harmonium import MLPRegressor


def test_it_predicts_about_as_well_as_a_line():
    """On 142 diabetes rows. Measured: R^2 .51 by the line, .48 by the net."""
    x, y = load_diabetes(return_X_y=True)
    x = x / x.std(0)
    line = LinearRegression().fit(x[:300], y[:300]).score(x[300:], y[300:])
    model = MLPRegressor(
        (10,), max_iter=100, learning_rate_init=0.01, early_stopping=True, random_state=0
    )
    score = model.fit(x[:300], y[:300]).score(x[300:], y[300:])
    assert score > line - 0.1
    assert line > 0.4
    assert max(model.validation_scores_) == model.best_validation_score_ > 0.2


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_several_targets_are_predicted_each_in_its_unit(solver):
    x = np.linspace(-1, 1, 100)[:, None]
    y = np.c_[1e4 * x[:, 0] + 5e4, 1e-3 * x[:, 0] ** 2]
    settings = {"tol": 1e-6, "batch_size": 20, "max_iter": 300, "learning_rate_init": 0.01}
    model = MLPRegressor((20,), solver=solver, random_state=0, **settings)
    predicted = model.fit(x, y).predict(x)
    assert predicted.shape == (100, 2)
    assert (np.abs(predicted - y).max(0) < 0.1 * y.std(0)).all()


def test_partial_fits_learn_a_line():
    line = MLPRegressor((), learning_rate_init=0.1, random_state=0)
    x = np.linspace(0, 1, 50)[:, None]
    for _ in range(100):
        line.partial_fit(x, 3 * x[:, 0] + 1)
    assert line.score(x, 3 * x[:, 0] + 1) > 0.99
    with pytest.raises(ValueError, match="y has 2 targets, and the net 1 outputs"):
        line.partial_fit(x, np.c_[x, x])


def test_the_loss_that_is_not_supported_is_refused():
    with pytest.raises(ValueError, match="'loss' parameter of MLPRegressor must be"):
        MLPRegressor(loss="poisson").fit([[0.0], [1.0]], [1.0, 2.0])
