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
    found = Autoregression(lags=2)(made)
    x = folded().train.x
    past = torch.stack([x[:, :-2], x[:, 1:-1]], 2).flatten(0, 1).double().numpy()
    frames = x[:, 2:].flatten().double().numpy()
    ridge = RidgeCV([0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]).fit(past, frames)
    expected = ((ridge.predict(past) - frames) ** 2).mean()
    assert found["step_error"] == pytest.approx(expected)
    assert found["settings"]["lags"] == 2


def test_it_reads_as_many_frames_as_the_model():
    assert Autoregression()(trial())["settings"]["lags"] == 1
