"""Nets that forecast: the reference, units, quantiles in order, gradients, refusals."""

import copy

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.learning.objectives import Pinball
from harmonium.nets import ForecastNet
from harmonium.nets.forecast import seasonal_naive
from harmonium.nets.recurrent import GRU, LSTM
from harmonium.random import seeded

SOURCE = torch.Generator().manual_seed(0)
X = torch.randn(6, 9, 2, generator=SOURCE, dtype=torch.float64)
Y = torch.randn(6, 4, 2, generator=SOURCE, dtype=torch.float64)
VARIANTS = [{}, {"season": 1}, {"season": 3, "lags": 5}, {"lags": 9, "coverage": 0.5}]


def net(**settings):
    with seeded(1):
        made = ForecastNet(GRU(2, 5), 4, **settings).double().eval()
    source = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for p in made.parameters():
            p.add_(0.1 * torch.randn(p.shape, generator=source, dtype=torch.float64))
    made.fit_units(X, Y)
    return made


def test_the_seasonal_naive_forecast_repeats_the_last_season():
    x = torch.arange(12.0).reshape(1, 6, 2)
    assert torch.equal(seasonal_naive(x, 2, season=2), x[:, 4:])
    assert torch.equal(seasonal_naive(x, 5, season=2), x[:, [4, 5, 4, 5, 4]])
    assert torch.equal(seasonal_naive(x, 3, season=1), x[:, [5, 5, 5]])
    with pytest.raises(UsageError, match="6 known frames, and a season has 7"):
        seasonal_naive(x, 1, season=7)


@pytest.mark.parametrize("settings", VARIANTS)
def test_quantiles_are_in_order(settings):
    low, middle, high = net(**settings)(X).unbind(1)
    assert bool((low < middle).all())
    assert bool((middle < high).all())
    made = net(**settings)
    made.margin.fill_(-100.0)
    low, middle, high = made.intervals(X)
    assert torch.equal(low, middle)
    assert torch.equal(high, middle)


@pytest.mark.parametrize("settings", VARIANTS)
def test_a_series_in_other_units_has_the_same_forecast_in_those_units(settings):
    made = net(**settings)
    made.margin.fill_(0.3)
    scale, shift = torch.tensor([3.0, 0.5]).double(), torch.tensor([100.0, -7.0]).double()
    for one, other in zip(made.intervals(X), made.intervals(X * scale + shift), strict=True):
        torch.testing.assert_close(one * scale + shift, other)


def test_outputs_of_zero_are_the_naive_forecast_with_drift():
    made = net(season=3)
    with torch.no_grad():
        for p in made.outputs.parameters():
            p.zero_()
    spread, mean = torch.std_mean(X, 1, correction=0, keepdim=True)
    gap = (Y - seasonal_naive(X, 4, season=3)) / spread
    expected = seasonal_naive(X, 4, season=3) + spread * gap.mean(0)
    torch.testing.assert_close(made(X)[:, 1], expected, atol=1e-5, rtol=1e-5)


def test_a_constant_series_is_forecast_as_itself_and_a_finite_interval():
    made = net(season=1)
    assert bool(made(torch.full_like(X, 5.0)).isfinite().all())


@pytest.mark.parametrize("settings", VARIANTS)
def test_gradients_are_central_differences(settings):
    made, step, batch = net(**settings), 1e-6, {"x": X, "y": Y.flatten(1)}
    objective = Pinball()
    objective(made, batch).mean().backward()
    for p in made.parameters():
        flat = p.data.view(-1)
        for k in range(0, len(flat), 11):
            value, ends = float(flat[k]), []
            for side in (step, -step):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(objective(made, batch).mean()))
            flat[k] = value
            assert abs(float(p.grad.view(-1)[k]) - (ends[0] - ends[1]) / (2 * step)) < 2e-8


def test_settings_make_the_same_net_again():
    made = net(season=3, lags=5, coverage=0.8)
    again = ForecastNet(**copy.deepcopy(made.settings)).double().eval()
    again.load_state_dict(made.state_dict())
    assert torch.equal(again(X), made(X))
    assert made.units == (2, 5, 8)
    assert made.levels == pytest.approx((0.1, 0.5, 0.9))


def test_what_does_not_fit_is_refused():
    with pytest.raises(UsageError, match=r"\(series, frames, 2 channels\) is needed"):
        net()(X[0])
    with pytest.raises(UsageError, match="9 known frames, and the autoregression reads 10"):
        ForecastNet(LSTM(2, 3), 4, lags=10).double()(X)
