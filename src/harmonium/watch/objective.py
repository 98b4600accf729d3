"""The loss on rows that are not learned from."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass

import torch
from torch import Tensor, nn

from harmonium.data import Examples
from harmonium.learning import Watch

__all__ = ["ObjectiveWatch"]

ROWS = 10_000
"""Rows that are looked at, at most, and at once."""


@dataclass(eq=False)
class ObjectiveWatch(Watch):
    """The mean of an objective on validation rows.

    Args:
        net: what learns.
        objective: the loss of each row; its ``figure`` is the loss's name.
        rows: validation rows, in the form that the net reads.
    """

    net: nn.Module
    objective: Callable[[nn.Module, Mapping[str, Tensor]], Tensor]
    _: KW_ONLY
    rows: Examples

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/`` and the objective's figure, mean over the rows."""
        del epoch
        batch = self.rows.batch(slice(ROWS))
        name = getattr(self.objective, "figure", "loss")
        return {f"val/{name}": float(self.objective(self.net, batch).double().mean())}
