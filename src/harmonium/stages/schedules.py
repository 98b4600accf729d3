"""Builds the schedules of a recipe for an optimiser and the number of updates to come."""

import inspect
from collections.abc import Sequence

import torch

from harmonium.data import Passes
from harmonium.describe import build
from harmonium.describe.component import Component
from harmonium.learning import Schedule

__all__ = ["schedules"]

_AFTER = {"warm_up"}
"""Schedules that multiply the rate that the others give."""


def schedules(
    components: Sequence[Component],
    optimiser: torch.optim.Optimizer,
    *,
    batches: Passes,
    epochs: int,
) -> list[Schedule]:
    """Builds the schedules of an optimiser.

    The name of a schedule's second argument gives what it counts: ``updates`` of the whole
    training, or ``per_epoch``. A schedule that multiplies what the others give, such as
    ``warm_up``, is made and stepped after them, wherever the list names it.
    """
    spans = {"updates": epochs * len(batches), "per_epoch": len(batches)}
    built = []
    for component in sorted(components, key=lambda component: component.type in _AFTER):
        make = build(component)
        counts = list(inspect.signature(make).parameters)[1]
        built.append(make(optimiser, spans[counts]))
    return built
