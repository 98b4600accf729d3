"""The seasonal naive forecast: each frame is that of one season before."""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.data import Examples
from harmonium.judges.horizon import forecast_figures, naive_scale, shaped
from harmonium.learning.conformal import margin_of
from harmonium.needs import Needs
from harmonium.nets.forecast import seasonal_naive
from harmonium.stages.trial import Trial

__all__ = ["SeasonalNaive", "held_rows", "with_margin"]


@dataclass(frozen=True)
class SeasonalNaive:
    """Repeats the last season; intervals are as wide as the validation rows need.

    Without validation rows the training rows take their place.

    Args:
        season: frames of a season; 1 repeats the last frame.
        coverage: probability of the intervals.
    """

    needs: ClassVar[Needs] = Needs(data=("targets train", "targets test", "windows"))

    season: Count = 1
    coverage: Share = 0.9

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Figures as of the judge ``horizon``."""
        assert trial.data.test is not None
        known, true = shaped(trial.data.test)
        before, after = shaped(held_rows(trial))
        past = seasonal_naive(before, after.shape[1], season=self.season)
        found = seasonal_naive(known, true.shape[1], season=self.season)
        made = with_margin(found, past, true=after, coverage=self.coverage)
        return forecast_figures(true, made, scale=naive_scale(trial.data.train, self.season))


def held_rows(trial: Trial) -> Examples:
    """The validation rows, otherwise the training rows."""
    held = trial.data.validation
    return trial.data.train if held is None else held


def with_margin(
    found: Tensor, past: Tensor, *, true: Tensor, coverage: float
) -> dict[str, Tensor]:
    """Forecasts with intervals from the errors of other forecasts.

    Args:
        found: forecasts ``(N, H, C)``.
        past: forecasts of the other rows ``(M, H, C)``.
        true: values of the other rows ``(M, H, C)``.
        coverage: probability of the intervals.
    """
    margin = margin_of(past, past, true=true, coverage=coverage)
    return {"value": found, "lower": found - margin, "upper": found + margin}
