"""The linear autoregression against scikit-learn's ridge, written out."""

import pytest
import torch
from sklearn.linear_model import RidgeCV

from harmonium.baselines.autoregression import Autoregression
from tests.stages import small
from tests.stages.test_series import MODEL, SECTIONS, folded


def trial():
    return small.one(model=MODEL, data=folded(), train={"type": "series", "epochs": 1}, **SECTIONS)


def test_it_is_ridge_regression_on_the_last_frames():
    made = trial()
    found = Autoregression(lags=1)(made)
    x = folded().train.x
    past = x[:, :-1].reshape(-1, 1).double().numpy()
    frames = x[:, 1:].flatten().double().numpy()
    ridge = RidgeCV([0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]).fit(past, frames)
    expected = ((ridge.predict(past) - frames) ** 2).mean()
    assert found["step_error"] == pytest.approx(expected)
    assert found["settings"]["lags"] == 1


def test_it_reads_as_many_frames_as_the_model():
    assert Autoregression()(trial())["settings"]["lags"] == 1


def test_it_predicts_the_frames_that_the_model_predicts():
    """With more lags than the model reads, the mean stands before a series."""
    made = trial()
    x = folded().test.x.double()
    found = Autoregression(lags=3)(made)
    train = folded().train.x.double()
    past = torch.stack([train[:, k : len(train[0]) - 3 + k] for k in range(3)], 2).flatten(0, 1)
    ridge = RidgeCV([0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]).fit(
        past.numpy(), train[:, 3:].flatten().numpy()
    )
    front = torch.full((len(x), 2), float(train[:, 3:].mean())).double()
    long = torch.cat([front, x], 1)
    rows = torch.stack([long[:, k : len(x[0]) - 1 + k] for k in range(3)], 2).flatten(0, 1)
    expected = ((ridge.predict(rows.numpy()) - x[:, 1:].flatten().numpy()) ** 2).mean()
    assert found["step_error"] == pytest.approx(expected)
