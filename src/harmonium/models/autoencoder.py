"""An autoencoder as a model."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel, first_filters
from harmonium.nets import Autoencoder

__all__ = ["AutoencoderModel"]


class AutoencoderModel(NetModel):
    """An autoencoder net, which reproduces the column "x" through a code.

    Args:
        net: ``(B, D) -> (B, D)``; shared, not copied.
    """

    net: Autoencoder

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Activities of the encoder's layers, ``(B, units)``; the last is the code."""
        return self.net.activities(batch["x"])

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """Decoded codes of the rows, ``(B, D)``."""
        return {"the code": {"x": self.net.reconstruct(batch["x"])}}

    @torch.no_grad()
    def decode(self, codes: Tensor) -> Batch:
        """Rows of codes, ``(n, k) -> (n, D)``."""
        found = self.net.decoder(codes)
        return {"x": found.sigmoid() if self.net.output_kind == "probabilities" else found}

    def filters(self) -> dict[str, Tensor]:
        """Weights of the encoder's first layer."""
        return first_filters(self.net)
