"""An ordinary net that predicts real values."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel, first_filters
from harmonium.nets import MLP

__all__ = ["Regressor"]


class Regressor(NetModel):
    """A net from the column "x" to values of the column "y".

    Args:
        net: ``(B, D) -> (B, values)``; shared, not copied.
    """

    net: MLP

    @torch.no_grad()
    def predict(self, batch: Batch) -> Tensor:
        """Expected values of the column "y", ``(B, values)``."""
        return self.net(batch["x"])

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Activities of the hidden layers, ``(B, units)``."""
        return self.net.activities(batch["x"])

    def filters(self) -> dict[str, Tensor]:
        """Weights of the first layer."""
        return first_filters(self.net)
