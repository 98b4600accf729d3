"""Forecasts in scikit-learn's terms: learning, coverage, updates, seeds, refusals."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from harmonium import Forecaster
from harmonium.errors import UsageError

T = np.arange(300)
Y = 0.05 * T + np.sin(2 * np.pi * T / 12) + 0.1 * np.random.default_rng(0).standard_normal(300)
QUICK = {"context": 24, "season": 12, "n_epochs": 6, "random_state": 0}


@pytest.fixture(scope="module")
def model():
    return Forecaster(6, **QUICK).fit(Y[:240])


def test_it_beats_the_seasonal_naive_forecast(model):
    naive = np.abs(Y[240:246] - Y[228:234]).mean()
    assert np.abs(Y[240:246] - model.predict()).mean() < naive
    assert model.score(Y[240:]) > 0.9
    assert len(model.loss_curve_) == 6
    assert model.n_features_in_ == 1


def test_intervals_hold_new_values(model):
    held = pickle.loads(pickle.dumps(model))
    inside = []
    for k in range(240, 294):
        low, high = held.predict_interval()
        assert np.all(low <= held.predict())
        assert np.all(held.predict() <= high)
        inside.append((Y[k : k + 6] >= low) & (Y[k : k + 6] <= high))
        held.update(Y[k : k + 1])
    assert 0.75 < np.mean(inside) <= 1


def test_an_update_is_a_forecast_from_the_longer_series(model):
    later = pickle.loads(pickle.dumps(model)).update(Y[240:250])
    fresh = pickle.loads(pickle.dumps(model))
    fresh.history_frames_ = Y[226:250, None]
    np.testing.assert_array_equal(later.predict(), fresh.predict())
    assert not np.allclose(later.predict(), model.predict())


def test_channels_and_fewer_steps(model):
    two = np.stack([Y, -Y], 1)
    found = Forecaster(6, **QUICK | {"n_epochs": 1}).fit(two)
    assert found.predict().shape == (6, 2)
    assert [end.shape for end in found.predict_interval(2)] == [(2, 2), (2, 2)]
    np.testing.assert_array_equal(model.predict(2), model.predict()[:2])


@pytest.mark.parametrize("cell", ["gru", "lstm", "multiplicative", "rnn"])
def test_equal_seeds_give_equal_forecasts(cell):
    made = Forecaster(4, **QUICK | {"n_epochs": 1, "cell": cell})
    one, other = made.fit(Y), clone(made).fit(Y)
    np.testing.assert_array_equal(one.predict(), other.predict())


def test_what_does_not_fit_is_refused(model):
    with pytest.raises(UsageError, match="horizon=7: the net forecasts 1 to 6 steps"):
        model.predict(7)
    with pytest.raises(UsageError, match="y has 2 channels, and fit saw 1"):
        model.update(np.zeros((5, 2)))
    with pytest.raises(UsageError, match="20 frames to learn from, and a window has 30"):
        Forecaster(6, context=24).fit(Y[:25])
    with pytest.raises(ValueError, match="NaN"):
        Forecaster().fit([1.0, np.nan, 2.0])
    with pytest.raises(UsageError, match="at least 9 are needed"):
        Forecaster(6, context=24, calibration_fraction=0.1).fit(Y[:120])
    with pytest.raises(ValueError, match="not fitted"):
        Forecaster().predict()
