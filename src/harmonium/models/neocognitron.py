"""The neocognitron as a model."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.readout import ReadoutClassifier
from harmonium.nets import Neocognitron

__all__ = ["NeocognitronModel"]


class NeocognitronModel(ReadoutClassifier):
    """Decides for the class with the largest output, above planes of cells.

    Args:
        net: ``(B, pixels) -> (B, classes)``; shared, not copied.
    """

    net: Neocognitron

    @torch.no_grad()
    def planes(self, batch: Batch) -> dict[str, Tensor]:
        """S- and C-planes of every stage, ``(B, planes, rows, columns)`` each."""
        return self.net.cells(batch["x"])
