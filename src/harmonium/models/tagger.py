"""A net that gives each word of a sentence a tag."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from harmonium.data.tokens import trimmed
from harmonium.models.abilities import Batch
from harmonium.models.symbols import SymbolModel

__all__ = ["TaggerModel"]


class TaggerModel(SymbolModel):
    """A net from words to a tag for each.

    Args:
        net: ``(B, T) -> (B, T, tags)``, logits; shared, not copied.
    """

    @torch.no_grad()
    def tags(self, batch: Batch) -> Tensor:
        """The most probable tag of each word, ``(B, T)``, -1 after the end."""
        x = trimmed(batch["x"])
        found = self.net(x).argmax(2).masked_fill(x < 0, -1)
        return pad(found, (0, batch["x"].shape[1] - x.shape[1]), value=-1)
