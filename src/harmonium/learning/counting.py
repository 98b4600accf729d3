"""Counting: the learner of a model whose parameters are counts of its training rows."""

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.learning import ranks

__all__ = ["Counting"]


class _Counts(Protocol):
    net: nn.Module

    def count(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]: ...


class Counting:
    """Learns by counting: one update of all rows gives the maximum of the likelihood.

    Args:
        model: has ``net`` and ``count``.

    Raises:
        ValueError: there are several processes, of which each would have only a part of the rows.
    """

    def __init__(self, model: _Counts) -> None:
        if ranks.world().size > 1:
            raise UsageError("counts need all rows in one process: start one process")
        self.model, self.module = model, model.net
        self.optimisers = [torch.optim.SGD(model.net.parameters(), lr=1.0)]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Counts the rows of a batch; what was counted before is lost."""
        return self.model.count(batch)

    def state_dict(self) -> dict[str, Any]:
        """The counts."""
        return {"net": self.module.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.module.load_state_dict(state["net"])
