"""Error of one-step predictions of test series."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.needs import Needs
from harmonium.stages.trial import Trial, derived
from harmonium.watch.step_error import step_errors

__all__ = ["Forecast", "figures_of"]


@dataclass(frozen=True)
class Forecast:
    r"""The mean squared error of predicting each frame of test series from the frames before it.

    .. math:: \frac{\sum (v_t - \hat v_t)^2}{\text{number of values}}

    Channels that are standardised have an error of about 1 if nothing is predicted. The baseline
    ``autoregression`` is measured in the same way.
    """

    needs: ClassVar[Needs] = Needs(model=("forecasts",), data=("test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``step_error`` and its standard error over the series."""
        test, model = trial.data.test, trial.able("forecasts")
        assert test is not None
        errors, counts = step_errors(model, test, seed=derived(trial.seed, "judge/forecast"))
        return figures_of(errors, counts)


def figures_of(errors: torch.Tensor, counts: torch.Tensor) -> dict[str, float]:
    """Mean error per value, and its standard error if there are several series.

    Args:
        errors: sum of squared errors of each series, ``(N,)``.
        counts: predicted values of each series, ``(N,)``.

    >>> one, two = torch.tensor([4.0, 8.0]).double(), torch.tensor([2.0, 2.0]).double()
    >>> figures_of(one, two)
    {'step_error': 3.0, 'step_error_stderr': 1.0}
    """
    mean = errors.sum() / counts.sum()
    spread = (errors - mean * counts) / counts.mean()
    n = len(errors)
    stderr = float(spread.square().sum().sqrt()) / (n * (n - 1)) ** 0.5 if n > 1 else float("nan")
    return {"step_error": float(mean), "step_error_stderr": stderr}
