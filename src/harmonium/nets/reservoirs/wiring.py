"""Which units of a reservoir are connected."""

import torch
from torch import Tensor

from harmonium.random import initial

__all__ = ["chosen"]


def chosen(units: int, sources: int, *, kept: int) -> Tensor:
    """Draws for each unit which of the sources it reads: ``(units, sources)``, 0 and 1.

    Args:
        units: number of them.
        sources: number of values that they could read.
        kept: sources of each unit.

    >>> chosen(3, 10, kept=4).sum(1).tolist()
    [4.0, 4.0, 4.0]
    """
    places = initial(units, sources).topk(kept, 1).indices
    none = torch.zeros((units, sources), dtype=torch.float32, device=places.device)
    return none.scatter_(1, places, 1.0)
