"""A net of windows that finds objects in pictures, as a model."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import SlidingWindow

__all__ = ["Detector"]


class Detector(NetModel):
    """Finds objects in the pictures of the column "x".

    Args:
        net: ``(B, C, H, W) -> (B, windows)``; shared, not copied.
    """

    net: SlidingWindow

    @torch.no_grad()
    def detect(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Boxes ``(B, most, 4)`` and probabilities ``(B, most)``, the most probable first."""
        return self.net.detect(batch["x"])
