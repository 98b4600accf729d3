"""A linear autoregression that forecasts every step directly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.baselines.seasonal_naive import held_rows, with_margin
from harmonium.bounds import Count, Positive, Share
from harmonium.judges.horizon import forecast_figures, naive_scale, shaped
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LinearForecast"]


@dataclass(frozen=True)
class LinearForecast:
    """Ridge regression of every future frame on the known ones, a direct autoregression.

    Known and future frames are relative to the last known one, so that the level of the series
    does not matter. The penalty is chosen by leave-one-out error on the training windows, and
    intervals are as wide as the validation rows need.

    Args:
        lags: known frames before an origin; null for all of a window.
        season: frames of a season, by which errors are scaled as in the judge.
        coverage: probability of the intervals.
        alphas: penalties to choose from.
    """

    needs: ClassVar[Needs] = Needs(data=("targets train", "targets test", "windows"))

    lags: Count | None = None
    season: Count = 1
    coverage: Share = 0.9
    alphas: Sequence[Positive] = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Figures as of the judge ``horizon``, and the chosen penalty."""
        from sklearn.linear_model import RidgeCV

        assert trial.data.test is not None
        known, true = shaped(trial.data.train)
        scale = (known - known[:, -1:]).std((0, 1)).clamp(min=1e-12)
        x, y = self._relative(known, scale), ((true - known[:, -1:]) / scale).flatten(1)
        ridge = RidgeCV(list(self.alphas)).fit(x.numpy(), y.numpy())

        def forecast(frames: Tensor, like: Tensor) -> Tensor:
            found = torch.from_numpy(ridge.predict(self._relative(frames, scale).numpy()))
            return found.reshape(like.shape) * scale + frames[:, -1:]

        before, after = shaped(held_rows(trial))
        seen, future = shaped(trial.data.test)
        made = with_margin(
            forecast(seen, future), forecast(before, after), true=after, coverage=self.coverage
        )
        figures = forecast_figures(future, made, scale=naive_scale(trial.data.train, self.season))
        return {**figures, "settings": {"alpha": float(ridge.alpha_)}}

    def _relative(self, frames: Tensor, scale: Tensor) -> Tensor:
        """Frames before the last one, relative to it, flat."""
        lags = frames.shape[1] if self.lags is None else min(self.lags, frames.shape[1])
        return ((frames[:, -lags:-1] - frames[:, -1:]) / scale).flatten(1)
