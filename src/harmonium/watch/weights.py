"""Measures the norm of a model's weights and shows its filters."""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

from harmonium.learning import Watch

__all__ = ["WeightsWatch"]

FILTERS = 64
"""Number of filters in a snapshot."""


class _Drawn(Protocol):
    def filters(self) -> Mapping[str, Tensor]:
        """Layer -> ``(units, D)``."""
        ...


class WeightsWatch(Watch):
    """The norm of the weights, and the filters of the lowest layer.

    Args:
        weights: the module whose weights are measured; None: measure nothing.
        model: the model whose filters are shown; None: show nothing.
    """

    def __init__(self, weights: nn.Module | None, model: _Drawn | None) -> None:
        self.weights, self.model = weights, model

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``weights/norm``: the root of the sum of squares of all parameters."""
        del epoch
        if self.weights is None:
            return {}
        squares = [float(p.double().square().sum()) for p in self.weights.parameters()]
        return {"weights/norm": sum(squares) ** 0.5}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``filters`` of the lowest layer, ``(64, D)``."""
        filters = {} if self.model is None else self.model.filters()
        return {"filters": next(iter(filters.values()))[:FILTERS]} if filters else {}
