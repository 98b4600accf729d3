"""Error of one-step predictions of series that are not learned from."""

from typing import Any

import torch

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.random import generator

__all__ = ["StepErrorWatch", "step_errors"]

_SEED = 97531
"""Seed of the chains, the same at every epoch."""


class StepErrorWatch(Watch):
    """The mean squared error of one-step predictions of validation series.

    Args:
        model: it forecasts.
        rows: validation series.
    """

    def __init__(self, model: Any, rows: Examples) -> None:  # noqa: ANN401
        self.model, self.rows = model, rows

    def measure(self, epoch: int) -> dict[str, float]:
        """``val/step_error``, per value."""
        del epoch
        errors, counts = step_errors(self.model, self.rows, seed=_SEED)
        return {"val/step_error": float(errors.sum() / counts.sum())}


@torch.no_grad()
def step_errors(
    model: Any,  # noqa: ANN401
    rows: Examples,
    *,
    seed: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Sum of squared errors, and number of predicted values, of every series, ``(N,)`` each."""
    errors, counts = [], []
    source = generator(seed, model.device)
    for batch in model.batches(rows, 100):
        known = model.known(batch)[..., None]
        gap = (model.forecast(batch, source=source) - batch["x"][:, model.lags :]) * known
        errors.append(gap.double().square().sum((1, 2)))
        counts.append(known.sum((1, 2)).double() * gap.shape[2])
    return torch.cat(errors), torch.cat(counts)
