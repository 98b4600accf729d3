"""Schedules of a recipe, bound to an optimiser and to how many updates there will be."""

import inspect
from collections.abc import Sequence
from typing import Any

import torch

from harmonium.data import Batches
from harmonium.describe import build
from harmonium.describe.component import Component
from harmonium.learning import Schedule

__all__ = ["schedules"]


def schedules(
    components: Sequence[Component],
    optimiser: torch.optim.Optimizer,
    *,
    batches: Batches[Any],
    epochs: int,
) -> list[Schedule]:
    """A schedule says by the name of its argument what it counts: all updates, or an epoch's."""
    spans = {"updates": epochs * len(batches), "per_epoch": len(batches)}
    found = []
    for component in components:
        make = build(component)
        counts = list(inspect.signature(make).parameters)[1]
        found.append(make(optimiser, spans[counts]))
    return found
