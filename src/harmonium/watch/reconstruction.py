"""Measures how well a model reconstructs rows."""

import torch
from torch import Tensor

from harmonium.learning import Watch
from harmonium.models import Encodes, Reconstructs

__all__ = ["ReconstructionWatch"]

ROWS, SHOWN, UNITS = 100, 64, 100
"""Sizes of a snapshot: rows for hidden values, reconstructions, hidden units."""


class ReconstructionWatch(Watch):
    """The mean squared error of reconstructed rows.

    Args:
        model: a model that reconstructs.
        rows: training rows, ``(n, D)``.
        name: prefix of the figure: "rbm" or "net".
        shown: whether a snapshot includes reconstructions.
    """

    def __init__(
        self, model: Reconstructs, rows: Tensor, *, name: str = "rbm", shown: bool = True
    ) -> None:
        self.model, self.rows, self.name, self.shown = model, rows, name, shown

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``rbm/reconstruction`` or ``net/reconstruction``: mean over rows and values."""
        del epoch
        error = (self._reconstructed(self.rows) - self.rows).square().mean()
        return {f"{self.name}/reconstruction": float(error)}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``reconstructions`` ``(64, D)``; ``hidden`` values of the first layer ``(100, 100)``."""
        shown = {"reconstructions": self._reconstructed(self.rows[:SHOWN])} if self.shown else {}
        if isinstance(self.model, Encodes):
            codes = self.model.codes({"x": self.rows[:ROWS]})
            shown["hidden"] = next(iter(codes.values())).flatten(1)[:, :UNITS]
        return shown

    def _reconstructed(self, rows: Tensor) -> Tensor:
        *_, last = self.model.reconstruct({"x": rows}).values()
        return last["x"]
