"""The logistic autoregression against scikit-learn's logistic regressions."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from harmonium.baselines.logistic_autoregression import LogisticAutoregression
from harmonium.data import DataSet, Examples, Numbers, Series
from harmonium.random import generator
from tests.stages import small
from tests.stages.test_series import SECTIONS, folded


def bits(n=40, frames=30, *, validation=True):
    """Two channels: one copies the other's last value, with errors."""
    source = generator(0)
    x = (torch.rand(n, frames, 2, generator=source) > 0.5).float()
    for t in range(1, frames):
        noise = (torch.rand(n, generator=source) < 0.1).float()
        x[:, t, 1] = (x[:, t - 1, 0] - noise).abs()
    length = torch.full((n,), float(frames))
    length[0] = 10
    x[0, 10:] = 0
    rows = Examples({"x": x.flatten(1), "length": length})
    columns = {"x": Series(2, frames), "length": Numbers(())}
    held = rows.take(torch.arange(5)) if validation else None
    return DataSet("bits", rows, validation=held, test=rows, columns=columns)


def trial(data, channels=2):
    model = {"type": "recurrent_temporal_rbm", "channels": channels, "hidden": 3}
    model["values"] = "binary" if channels == 2 else "gaussian"
    return small.one(model=model, data=data, train={"type": "series", "epochs": 1}, **SECTIONS)


def test_it_is_a_logistic_regression_of_each_channel():
    found = LogisticAutoregression(lags=[2], alphas=[2.0])(trial(bits()))
    batch = bits().train.batch(slice(None))
    past, true = [], []
    for series, length in zip(
        batch["x"].numpy(), batch["length"].numpy().astype(int), strict=True
    ):
        padded = np.concatenate([np.zeros((2, 2)), series])
        past += [padded[t : t + 2].ravel() for t in range(length)]
        true += [series[t] for t in range(length)]
    cost, errors, drawn, both = 0.0, 0.0, 0.0, 0.0
    for c in range(2):
        y = np.array(true)[:, c]
        fitted = LogisticRegression(C=1 / 2.0, tol=1e-10, max_iter=1000).fit(past, y)
        p = fitted.predict_proba(past)[:, 1]
        cost += log_loss(y, p)
        errors += ((p - y) ** 2).mean() / 2
        drawn, both = drawn + (p + y - p * y).sum(), both + (p * y).sum()
    assert found["frame_log_likelihood"] == pytest.approx(-cost, rel=1e-5)
    assert found["step_error"] == pytest.approx(errors, rel=1e-5)
    assert found["frame_accuracy"] == pytest.approx(both / drawn, rel=1e-5)


@pytest.mark.parametrize("validation", [True, False])
def test_settings_are_chosen(validation):
    found = LogisticAutoregression(alphas=[0.1, 1e5])(trial(bits(validation=validation)))
    assert found["settings"]["alpha"] == 0.1
    assert found["settings"]["lags"] in (1, 2, 4)


def test_real_values_are_refused():
    with pytest.raises(ValueError, match="not 0 and 1: take autoregression"):
        LogisticAutoregression()(trial(folded(), channels=1))
