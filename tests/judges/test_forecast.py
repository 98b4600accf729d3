"""The judge of forecasts."""

import pytest
import torch

from harmonium.judges.forecast import Forecast, figures_of
from harmonium.random import generator
from harmonium.stages.trial import derived
from harmonium.watch.step_error import step_errors
from tests.stages import small
from tests.stages.test_series import MODEL, SECTIONS, folded


def test_the_figure_is_the_mean_over_values_and_series():
    trial = small.one(
        model=MODEL, data=folded(), train={"type": "series", "epochs": 1}, **SECTIONS
    )
    found = Forecast()(trial)
    errors, counts = step_errors(
        trial.able("forecasts"), trial.data.test, seed=derived(trial.seed, "judge/forecast")
    )
    assert found["step_error"] == pytest.approx(float(errors.sum() / counts.sum()))


def test_the_standard_error_is_that_of_a_ratio():
    """Against the spread of the figure over many draws of series of unequal length."""
    source = generator(0)
    counts = torch.randint(5, 50, (400, 60), generator=source).double()
    errors = counts * (1 + 0.3 * torch.randn(400, 60, generator=source).double())
    found = [figures_of(e, c) for e, c in zip(errors, counts, strict=True)]
    spread = torch.tensor([f["step_error"] for f in found]).std()
    stated = torch.tensor([f["step_error_stderr"] for f in found]).mean()
    assert float(stated) == pytest.approx(float(spread), rel=0.15)
    assert figures_of(errors[0, :1], counts[0, :1])["step_error_stderr"] != 0
