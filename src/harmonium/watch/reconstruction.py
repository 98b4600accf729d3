"""How well rows come back through the model."""

import torch
from torch import Tensor

from harmonium.learning import Watch
from harmonium.models import Encodes, Reconstructs

__all__ = ["ReconstructionWatch"]

ROWS, SHOWN, UNITS = 100, 64, 100
"""How much of each a snapshot keeps."""


class ReconstructionWatch(Watch):
    """The mean squared error of reconstructed rows.

    Args:
        model: one that reconstructs.
        rows: training rows, ``(n, D)``.
        name: of the figure: "rbm" or "net".
        shown: whether a snapshot keeps reconstructions.
    """

    def __init__(
        self, model: Reconstructs, rows: Tensor, *, name: str = "rbm", shown: bool = True
    ) -> None:
        self.model, self.rows, self.name, self.shown = model, rows, name, shown

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``rbm/reconstruction`` or ``net/reconstruction``, per value, through all layers."""
        del epoch
        again = self._again(self.rows)
        return {f"{self.name}/reconstruction": float((again - self.rows).square().mean())}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``reconstructions`` ``(64, D)``; ``hidden`` values of the first layer ``(100, 100)``."""
        found = {"reconstructions": self._again(self.rows[:SHOWN])} if self.shown else {}
        if isinstance(self.model, Encodes):
            codes = self.model.codes({"x": self.rows[:ROWS]})
            found["hidden"] = next(iter(codes.values())).flatten(1)[:, :UNITS]
        return found

    def _again(self, rows: Tensor) -> Tensor:
        *_, last = self.model.reconstruct({"x": rows}).values()
        return last["x"]
