"""The range test of learning rates: which rates learn, and which are too large."""

import copy
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Seed
from harmonium.errors import UsageError
from harmonium.learning.training import Learns
from harmonium.random import seeded

__all__ = ["RateRange", "range_test"]

SMOOTHING = 0.9
"""Share of the earlier mean in the running mean of the losses."""

TOO_LARGE = 4.0
"""The test ends where the loss is this many times the best one."""


@dataclass(frozen=True)
class RateRange:
    """The result of a range test.

    Args:
        rates: learning rate of every update.
        losses: running mean of the loss at every update.
        suggestion: a rate to start with.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float


@checked
def range_test(
    learner: Learns,
    batches: Iterable[Any],
    *,
    low: Positive = 1e-6,
    high: Positive = 10.0,
    updates: Count = 200,
    seed: Seed = 0,
) -> RateRange:
    r"""Trains a copy of a model at rates that grow exponentially, and suggests a rate.

    .. math:: \eta_t = \mathrm{low} \, (\mathrm{high} / \mathrm{low})^{t / (T - 1)}

    The suggestion is the rate at which the running mean of the loss falls most steeply over log
    rate, at most a tenth of the rate with the lowest loss. The test ends where the loss is 4 times
    its best value, or not finite. The model, its optimiser and their state stay as they are.
    (Smith, 2017, https://arxiv.org/abs/1506.01186.)

    Args:
        learner: with a loss, such as ``Descent``.
        batches: gone through from the start as often as needed.
        low: first rate.
        high: last rate.
        updates: number of updates T, at least 3.
        seed: of random draws such as those of dropout.

    Raises:
        ValueError: the rates do not grow, there are too few updates or batches, or the learner
            gives no loss.
    """
    if high <= low or updates < 3:
        raise UsageError(
            f"range_test: from {low:g} to {high:g} in {updates} updates: give a high rate above "
            "the low one, and at least 3 updates"
        )
    trial = copy.deepcopy(learner)
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    with seeded(seed):
        for t, batch in enumerate(islice(_endless(batches), updates)):
            rate = low * (high / low) ** (t / (updates - 1))
            for optimiser in trial.optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = rate
            loss = _loss(trial.step(batch))
            mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
            smooth = mean / (1 - SMOOTHING ** (t + 1))
            if not math.isfinite(smooth) or smooth > TOO_LARGE * min(losses, default=math.inf):
                break
            rates.append(rate)
            losses.append(smooth)
    if len(rates) < 3:
        raise UsageError(
            f"range_test: the loss grew at once, at the rate {low:g}: give a lower one"
        )
    return RateRange(tuple(rates), tuple(losses), _suggested(rates, losses))


def _endless(batches: Iterable[Any]) -> Iterator[Any]:
    """The batches again and again."""
    while True:
        count = 0
        for count, batch in enumerate(batches, 1):  # noqa: B007
            yield batch
        if not count:
            raise UsageError(
                "range_test: there are no more batches: give a list, or fewer updates"
            )


def _loss(losses: Mapping[str, Any]) -> float:
    if not losses:
        raise UsageError("range_test: the learner gives no loss to compare rates by")
    return float(next(iter(losses.values())))


def _suggested(rates: list[float], losses: list[float]) -> float:
    """The rate at the steepest fall, at most a tenth of that with the lowest loss.

    Falls are over a tenth of the updates, since the loss of single batches fluctuates.
    """
    span = max(1, len(rates) // 20)
    falls = {
        k: (losses[k + span] - losses[k - span]) / math.log(rates[k + span] / rates[k - span])
        for k in range(span, len(rates) - span)
    }
    steepest = rates[min(falls, key=lambda k: falls[k])]
    lowest = rates[losses.index(min(losses))]
    return min(steepest, lowest / 10)
