"""The section of forecasts."""

from types import SimpleNamespace

import torch

from harmonium.data.series_files import Tabled
from harmonium.data.windows import cut
from harmonium.models import adapted
from harmonium.nets import MLP, ForecastNet
from harmonium.nets.recurrent import GRU
from harmonium.report.sections.forecast import section

FRAMES = torch.randn(60, 2, generator=torch.Generator().manual_seed(0)).double()
DATA = cut("walk", Tabled(FRAMES, ("a", "b")), context=6, horizon=3, held=(0.2, 0.3))


def evidence(model, data=DATA, methods=None):
    return SimpleNamespace(
        models={"machine": model},
        data=data,
        able=lambda _: model,
        held_out=None if data is None else ("test", data.test),
        results={"trials": [{"methods": methods or {}}]},
        trial=0,
    )


def test_forecasts_are_drawn_over_the_true_series_and_errors_by_step():
    model = adapted(ForecastNet(GRU(2, 4), 3, season=1))
    by = {"mae": [1.0, 2.0, 3.0], "coverage": [0.9, 0.8, 0.7]}
    methods = {"forecast": {"by_horizon": by}, "seasonal_naive": {"by_horizon": by}, "other": {}}
    first, errors, coverage = section(evidence(model, methods=methods)).parts
    panels = first.figure.axes
    assert [panel.get_ylabel() for panel in panels] == ["a", "b"]
    true = torch.tensor(panels[0].lines[0].get_ydata())
    torch.testing.assert_close(true, FRAMES[36:, 0].float().double())
    assert panels[0].lines[0].get_xdata()[0] == 0
    steps = [line.get_xdata()[0] for line in panels[0].lines if len(line.get_xdata()) == 3]
    assert steps == [6, 11, 16, 21]
    assert [line.get_label() for line in errors.figure.axes[0].lines] == [
        "forecast",
        "seasonal naive",
    ]
    assert coverage.figure.axes[0].lines[0].get_ydata().tolist() == [90, 80, 70]
    assert "forecast 1 to 3" in errors.alt


def test_other_models_are_not_mentioned():
    assert section(evidence(adapted(MLP([2, 3, 2])))) is None


def test_data_that_are_missing_are_said():
    model = adapted(ForecastNet(GRU(2, 4), 3))
    assert "cannot be read here" in section(evidence(model, data=None))
