"""A linear autoregression of the last frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, Positive
from harmonium.data import Examples
from harmonium.judges.forecast import figures_of
from harmonium.learning.objectives.series import known_frames
from harmonium.machines.temporal import past_of
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Autoregression"]


@dataclass(frozen=True)
class Autoregression:
    """Ridge regression of each frame on the frames before it.

    The penalty is chosen by leave-one-out error on the training frames.

    It predicts the same frames as the model. Before the first frame of a test series stands the
    mean of the training frames.

    Args:
        lags: frames before; null for as many as the model reads, at least 1.
        alphas: penalties to choose from.
    """

    needs: ClassVar[Needs] = Needs(model=("forecasts",), data=("train", "test"))

    lags: Count | None = None
    alphas: Sequence[Positive] = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the regression and returns ``step_error`` of the test series."""
        from sklearn.linear_model import RidgeCV

        model = trial.able("forecasts")
        lags = self.lags or max(1, model.lags)
        assert trial.data.test is not None
        x, y, _ = _pairs(trial.data.train, lags)
        ridge = RidgeCV(list(self.alphas)).fit(x.numpy(), y.numpy())
        seen, true, owner = _pairs(trial.data.test, lags, first=model.lags, before=y.mean(0))
        predicted = torch.from_numpy(ridge.predict(seen.numpy())).view_as(true)
        each = (predicted - true).square().sum(1)
        sums = torch.zeros(len(trial.data.test), dtype=torch.float64)
        errors = sums.index_add(0, owner, each)
        counts = sums.index_add(0, owner, torch.full_like(each, true.shape[1]))
        return {**figures_of(errors, counts), "settings": {"lags": lags, "alpha": ridge.alpha_}}


def _pairs(
    rows: Examples, lags: int, *, first: int | None = None, before: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Past, frame and number of the series of every frame from ``first`` on, float64.

    Args:
        rows: series.
        lags: frames of the past.
        first: the first frame; None for the first one that has a whole past.
        before: frame that stands in the place of those before a series, ``(C,)``.
    """
    batch = rows.batch(slice(None))
    x = batch["x"].double().cpu()
    length, first = batch.get("length"), lags if first is None else first
    known = known_frames(x, None if length is None else length.cpu())
    if before is not None and first < lags:
        x = torch.cat([before.expand(len(x), lags - first, -1), x], 1)
        known = torch.cat([known.new_ones(len(x), lags - first), known], 1)
        first = lags
    known = known[:, first:]
    owner = torch.arange(len(x))[:, None].expand_as(known)
    past = past_of(x, lags)[:, first - lags :]
    return past[known], x[:, first:][known], owner[known]
