"""A codec whose code becomes bits as a model."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.autoencoder import AutoencoderModel

__all__ = ["HashingModel"]


class HashingModel(AutoencoderModel):
    """A codec with a noisy code, whose values lie near 0 or 1: it gives every row an address.

    Args:
        net: ``(B, *shape) -> (B, D)``, whose ``code`` is ``Noisy``; shared, not copied.
    """

    @torch.no_grad()
    def bits(self, batch: Batch) -> Tensor:
        """Bits of the code: whether its values are above 1/2, ``(B, k)``, bool."""
        return self.net.encode(batch["x"]) > 0.5
