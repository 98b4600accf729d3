"""Direct autoregression as a baseline."""

import pytest
import torch

from harmonium.baselines.linear_forecast import LinearForecast
from tests.baselines.test_seasonal_naive import trial

DRAWS = torch.randn(600, 1, generator=torch.Generator().manual_seed(0)).double()


def test_a_linear_recursion_is_found():
    """A sum of two waves obeys an autoregression of four lags."""
    t = torch.arange(600)[:, None].double()
    wave = (0.5 * t).sin() + 0.5 * (1.3 * t).cos()
    found = LinearForecast(alphas=[1e-6])(trial(wave))
    assert found["mae"] < 1e-3
    assert found["settings"] == {"alpha": 1e-6}


def test_a_trend_goes_on_beyond_the_training_frames():
    found = LinearForecast()(trial(torch.arange(600)[:, None] + 0.1 * DRAWS))
    assert found["mae"] < 0.2
    assert found["coverage"] == pytest.approx(0.9, abs=0.05)


def test_fewer_lags_see_less():
    t = torch.arange(600)[:, None].double()
    wave = (0.5 * t).sin() + 0.5 * (1.3 * t).cos()
    whole, few = (LinearForecast(lags=k)(trial(wave)) for k in (None, 2))
    assert few["mae"] > 10 * whole["mae"]
