"""The seasonal naive forecast as a baseline."""

from types import SimpleNamespace

import pytest
import torch

from harmonium.baselines.seasonal_naive import SeasonalNaive, with_margin
from harmonium.data.series_files import Tabled
from harmonium.data.windows import cut


def trial(frames, held=(0.2, 0.3)):
    data = cut("x", Tabled(frames, ("a",)), context=8, horizon=3, held=held)
    return SimpleNamespace(data=data)


def test_a_series_that_repeats_itself_is_forecast_without_error():
    noise = torch.zeros(80, 1)
    noise[:5] = torch.randn(5, 1, generator=torch.Generator().manual_seed(0))
    wave = (torch.arange(80) % 4)[:, None].double() + noise
    found = SeasonalNaive(4)(trial(wave))
    assert (found["mae"], found["coverage"], found["interval_width"]) == (0, 1, 0)
    assert SeasonalNaive(3)(trial(wave))["mae"] > 1


def test_its_own_mase_is_about_1_one_season_ahead():
    walk = torch.randn(4000, 1, generator=torch.Generator().manual_seed(1)).double()
    found = SeasonalNaive(8)(trial(walk, held=(0.2, 0.4)))
    assert found["mase"] == pytest.approx(1, abs=0.1)
    assert found["coverage"] == pytest.approx(0.9, abs=0.04)


def test_intervals_are_as_wide_as_the_errors_of_other_rows():
    past, true = torch.zeros(19, 1, 1), torch.arange(1.0, 20).view(19, 1, 1)
    made = with_margin(torch.full((2, 1, 1), 5.0), past, true=true, coverage=0.9)
    assert made["lower"].flatten().tolist() == [-13, -13]
    assert made["upper"].flatten().tolist() == [23, 23]
