"""A net of codes as a model."""

from typing import Any

import torch
from torch import Tensor

from harmonium.data import Examples
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel, first_filters

__all__ = ["EncoderModel", "codes_of"]


class EncoderModel(NetModel):
    """A net whose outputs are codes of the column "x".

    Args:
        net: ``(B, D) -> (B, k)``, with ``activities``, the last of which are the codes; shared,
            not copied.
    """

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Activities of every layer, ``(B, units)``; the last is the code."""
        activities: dict[str, Tensor] = self.net.activities(batch["x"])
        return activities

    def filters(self) -> dict[str, Tensor]:
        """Weights of the first layer."""
        return first_filters(self.net)


@torch.no_grad()
def codes_of(model: Any, rows: Examples) -> Tensor:  # noqa: ANN401
    """Codes of all rows, ``(N, k)``: the last layer of a model that encodes."""
    return torch.cat([[*model.codes(b).values()][-1].flatten(1) for b in model.batches(rows)])
