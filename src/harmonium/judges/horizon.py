"""Errors and intervals of forecasts by horizon, at every origin of the test period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data import Examples
from harmonium.data.windows import frames_of
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Horizon", "forecast_figures", "naive_scale", "shaped"]


@dataclass(frozen=True)
class Horizon:
    r"""The errors of forecasts of several steps, and how often their intervals hold the value.

    .. math:: \mathrm{MAE} = \langle |y - \hat y| \rangle, \qquad
        \mathrm{RMSE} = \sqrt{\langle (y - \hat y)^2 \rangle}, \qquad
        \mathrm{MASE} = \mathrm{MAE} / \langle |x_t - x_{t-m}| \rangle

    with means over origins, steps and channels. The forecast starts anew at every origin of the
    test period (rolling origin). MASE divides by the mean error of the seasonal naive forecast one
    season ahead in the training frames, channel by channel (Hyndman and Koehler, 2006,
    https://doi.org/10.1016/j.ijforecast.2006.03.001).

    Args:
        season: m, frames of a season; 1 for the last frame.
    """

    needs: ClassVar[Needs] = Needs(model=("intervals",), data=("targets test", "windows"))

    season: Count = 1

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``mase``, ``mae``, ``rmse``, ``coverage``, ``interval_width`` and ``by_horizon``."""
        test, model = trial.data.test, trial.able("intervals")
        assert test is not None
        parts = [model.intervals(batch) for batch in model.batches(test)]
        found = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        _, true = shaped(test)
        return forecast_figures(true, found, scale=naive_scale(trial.data.train, self.season))


def shaped(rows: Examples) -> tuple[Tensor, Tensor]:
    """Known frames ``(N, context, C)`` and those that follow ``(N, horizon, C)``, float64."""
    batch = rows.batch(slice(None))
    x = batch["x"].double()
    return x, batch["y"].double().reshape(len(x), -1, x.shape[2])


def naive_scale(train: Examples, season: int) -> Tensor:
    """Mean error of the seasonal naive forecast in the training frames, ``(C,)``.

    Raises:
        ValueError: the training frames are no longer than a season, or repeat it exactly.
    """
    frames = frames_of(*shaped(train))
    if len(frames) <= season:
        raise UsageError(f"{len(frames)} training frames, and a season has {season}: make it less")
    scale = (frames[season:] - frames[:-season]).abs().mean(0)
    if bool((scale == 0).any()):
        raise UsageError(
            f"a channel repeats itself after {season} frames, so that errors have no scale: take "
            "another season, or leave the channel out"
        )
    return scale


def forecast_figures(true: Tensor, found: dict[str, Tensor], *, scale: Tensor) -> dict[str, Any]:
    """Figures of forecasts: ``mase``, ``mae``, ``rmse``, ``coverage``, ``interval_width``.

    Args:
        true: values ``(N, H, C)``.
        found: "value", "lower" and "upper", ``(N, H, C)`` each.
        scale: of the errors, ``(C,)``.

    Returns:
        Their means, and ``by_horizon``: the same for each step, ``(H,)`` each.

    >>> zero, one = torch.zeros(2, 1, 1), torch.ones(2, 1, 1)
    >>> made = {"value": zero, "lower": zero, "upper": 2 * one}
    >>> figures = forecast_figures(one, made, scale=torch.tensor([0.5]))
    >>> [figures[name] for name in ("mase", "mae", "rmse", "coverage", "interval_width")]
    [2.0, 1.0, 1.0, 1.0, 2.0]
    """
    gap = (true - found["value"]).double()
    inside = (true >= found["lower"]) & (true <= found["upper"])
    each = {
        "mase": (gap.abs() / scale).mean((0, 2)),
        "mae": gap.abs().mean((0, 2)),
        "rmse": gap.square().mean((0, 2)),
        "coverage": inside.double().mean((0, 2)),
        "interval_width": (found["upper"] - found["lower"]).double().mean((0, 2)),
    }
    means = {name: float(x.mean()) for name, x in each.items()}
    means["rmse"] **= 0.5
    each["rmse"] = each["rmse"].sqrt()
    return {**means, "by_horizon": {name: x.tolist() for name, x in each.items()}}
