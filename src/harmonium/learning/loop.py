"""The one visible loop."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from harmonium.bounds import Share

__all__ = ["fit", "linear_decay"]


def fit(
    step: Callable[[Any], object],
    batches: Iterable[Any],
    *,
    epochs: int,
    schedules: Sequence[LRScheduler] = (),
    observe: Callable[[int], object] | None = None,
) -> int:
    """Steps through the batches, epoch after epoch.

    Args:
        step: one update from one batch.
        batches: iterated anew every epoch.
        epochs: at most this many.
        schedules: stepped after every update.
        observe: called after every epoch with its number, from 1; the answer ``True`` stops.

    Returns:
        The number of epochs done.
    """
    for epoch in range(1, epochs + 1):
        for batch in batches:
            step(batch)
            for schedule in schedules:
                schedule.step()
        if observe is not None and observe(epoch) is True:
            return epoch
    return epochs


def linear_decay(optimiser: Optimizer, updates: int, *, constant: Share = 0.0) -> LambdaLR:
    """A learning rate that falls to zero over so many updates.

    Args:
        optimiser: its rates are the starting ones.
        updates: until zero.
        constant: the share of the updates, in [0, 1), that keep the starting rate first.
    """
    flat = constant * updates
    return LambdaLR(optimiser, lambda t: min(1.0, max(0.0, (updates - t) / (updates - flat))))
