"""Figures of forecasts: against scikit-learn, by horizon, scale, refusals."""

from types import SimpleNamespace

import pytest
import torch
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from harmonium.data.series_files import Tabled
from harmonium.data.windows import cut
from harmonium.errors import UsageError
from harmonium.judges.horizon import Horizon, forecast_figures, naive_scale, shaped
from harmonium.models import adapted
from harmonium.nets import ForecastNet
from harmonium.nets.recurrent import GRU

SOURCE = torch.Generator().manual_seed(0)
FRAMES = torch.randn(60, 2, generator=SOURCE, dtype=torch.float64).cumsum(0)


def data(frames=FRAMES):
    table = Tabled(frames, ("a", "b"))
    return cut("walk", table, context=6, horizon=3, held=(0.2, 0.3))


def test_figures_are_those_of_scikit_learn():
    true, found = (torch.randn(5, 3, 2, generator=SOURCE).double() for _ in range(2))
    made = {"value": found, "lower": found - 1, "upper": found + 0.5}
    figures = forecast_figures(true, made, scale=torch.tensor([1.0, 1.0]))
    a, b = true.flatten().numpy(), found.flatten().numpy()
    assert figures["mae"] == pytest.approx(mean_absolute_error(a, b))
    assert figures["rmse"] == pytest.approx(root_mean_squared_error(a, b))
    assert figures["mase"] == pytest.approx(figures["mae"])
    assert figures["interval_width"] == pytest.approx(1.5)
    inside = (true - found >= -1) & (true - found <= 0.5)
    assert figures["coverage"] == pytest.approx(float(inside.double().mean()))
    by = figures["by_horizon"]
    assert {len(values) for values in by.values()} == {3}
    assert sum(by["mae"]) / 3 == pytest.approx(figures["mae"])
    assert (sum(v**2 for v in by["rmse"]) / 3) ** 0.5 == pytest.approx(figures["rmse"])


def test_the_scale_is_the_naive_error_in_the_training_frames():
    found = data()
    train = FRAMES[:30].float().double()
    for season in (1, 4):
        expected = (train[season:] - train[:-season]).abs().mean(0)
        torch.testing.assert_close(naive_scale(found.train, season), expected)
    with pytest.raises(UsageError, match="30 training frames, and a season has 30"):
        naive_scale(found.train, 30)
    with pytest.raises(UsageError, match="a channel repeats itself after 1 frames"):
        naive_scale(data(torch.ones(60, 2)).train, 1)


def test_the_judge_starts_anew_at_every_origin():
    found, model = data(), adapted(ForecastNet(GRU(2, 4), 3, season=1))
    trial = SimpleNamespace(data=found, able=lambda _: model)
    figures = Horizon()(trial)
    x, y = shaped(found.test)
    parts = [model.intervals({"x": row[None].float()})["value"] for row in x]
    assert figures["mae"] == pytest.approx(float((torch.cat(parts) - y).abs().mean()), rel=1e-5)
    assert len(x) == 18 - 3 + 1
