"""A net that finds several labels of a row."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel, first_filters
from harmonium.nets import MLP

__all__ = ["LabelsModel"]


class LabelsModel(NetModel):
    """A net from the column "x" to logits of labels, the column "y" of 0 and 1, ``(B, labels)``.

    A row can have any number of labels, also none; given the row they are independent.

    Args:
        net: ``(B, D) -> (B, labels)``; shared, not copied, and set to evaluation mode.
    """

    net: MLP
    several_labels = True
    """Marks models of labels among those that predict values."""

    def check(self, batch: Batch) -> None:
        """Raises ValueError where rows do not fit the net; their values may be any numbers."""
        self.check_shape(batch)

    @torch.no_grad()
    def predict(self, batch: Batch) -> Tensor:
        """The probability of every label, which is its expected value, ``(B, labels)``."""
        return self.net(batch["x"]).sigmoid()

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Activities of the hidden layers, ``(B, units)``."""
        return self.net.activities(batch["x"])

    def filters(self) -> dict[str, Tensor]:
        """Weights of the first layer."""
        return first_filters(self.net)
