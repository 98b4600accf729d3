"""Measures how well a model reconstructs rows."""

from typing import Any

import torch
from torch import Tensor

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.models import Encodes

__all__ = ["ReconstructionWatch"]

ROWS, SHOWN, UNITS = 100, 64, 100
"""Sizes of a snapshot: rows for hidden values, reconstructions, hidden units."""


class ReconstructionWatch(Watch):
    """The mean squared error of reconstructed rows.

    Args:
        model: a model that reconstructs.
        rows: training rows.
        name: prefix of the figure: "rbm" or "net".
        shown: whether a snapshot includes reconstructions.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401
        rows: Examples,
        *,
        name: str = "rbm",
        shown: bool = True,
    ) -> None:
        self.model, self.name, self.shown = model, name, shown
        self.rows: Tensor = model.reads(rows).batch(slice(None))["x"]

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``rbm/reconstruction`` or ``net/reconstruction``: mean over rows and values."""
        del epoch
        error = (self._reconstructed(self.rows) - self.rows).square().mean()
        return {f"{self.name}/reconstruction": float(error)}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``reconstructions`` ``(64, *shape)``; ``hidden``, of the first layer, ``(100, 100)``."""
        shown = {"reconstructions": self._reconstructed(self.rows[:SHOWN])} if self.shown else {}
        if isinstance(self.model, Encodes):
            codes = self.model.codes({"x": self.rows[:ROWS]})
            shown["hidden"] = next(iter(codes.values())).flatten(1)[:, :UNITS]
        return shown

    def _reconstructed(self, rows: Tensor) -> Tensor:
        *_, last = self.model.reconstruct({"x": rows}).values()
        return last["x"]
