"""The size of a model's weights, and its filters."""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

from harmonium.learning import Watch

__all__ = ["WeightsWatch"]

FILTERS = 64
"""Units whose filters a snapshot keeps."""


class _Drawn(Protocol):
    def filters(self) -> Mapping[str, Tensor]:
        """Layer -> ``(units, D)``."""
        ...


class WeightsWatch(Watch):
    """The norm of some weights, and the filters of the lowest layer.

    Args:
        weights: the module whose weights are measured; None: none.
        model: whose filters are kept; None: none.
    """

    def __init__(self, weights: nn.Module | None, model: _Drawn | None) -> None:
        self.weights, self.model = weights, model

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``weights/norm``, the root of the sum of their squares."""
        del epoch
        if self.weights is None:
            return {}
        squares = [float(p.double().square().sum()) for p in self.weights.parameters()]
        return {"weights/norm": sum(squares) ** 0.5}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``filters`` of the lowest layer, ``(64, D)``."""
        found = {} if self.model is None else self.model.filters()
        return {"filters": next(iter(found.values()))[:FILTERS]} if found else {}
