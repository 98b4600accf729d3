"""Schedules of the learning rate: cosine, in steps, in one cycle, and the warm-up before them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Share
from harmonium.errors import UsageError
from harmonium.learning.loop import Schedule

__all__ = ["cosine", "one_cycle", "step_decay", "warm_up"]


@checked
def cosine(optimiser: Optimizer, updates: Count, *, end: Share = 0.0) -> LambdaLR:
    r"""A schedule in which the learning rate falls along half a cosine.

    .. math:: \eta_t = \eta_0 \big( e + (1 - e) (1 + \cos(\pi t / T)) / 2 \big)

    (Loshchilov and Hutter, 2017, https://arxiv.org/abs/1608.03983, without restarts.)

    Args:
        optimiser: its present rates are the initial ones.
        updates: number of updates T until the rate is the last one.
        end: the last rate e, as a share of the initial one.
    """

    def factor(t: int) -> float:
        return end + (1 - end) * (1 + math.cos(math.pi * min(t / updates, 1.0))) / 2

    return LambdaLR(optimiser, factor)


@checked
def step_decay(
    optimiser: Optimizer,
    per_epoch: Count,
    *,
    every: Count = 30,
    at: Sequence[Count] | None = None,
    factor: Positive = 0.1,
) -> LambdaLR:
    """A schedule in which the learning rate is multiplied by a factor after some epochs.

    Args:
        optimiser: its present rates are the initial ones.
        per_epoch: updates per epoch.
        every: epochs between two steps.
        at: the epochs after which there is a step, instead of ``every``.
        factor: of the rate at a step.

    Raises:
        ValueError: the epochs are not in order.
    """
    places = None if at is None else [int(epoch) for epoch in at]
    if places is not None and places != sorted(set(places)):
        raise UsageError(f"at is {places}: give every epoch once, in order")

    def rate(t: int) -> float:
        epoch = t // per_epoch
        steps = epoch // every if places is None else sum(place <= epoch for place in places)
        return float(factor**steps)

    return LambdaLR(optimiser, rate)


@checked
def one_cycle(
    optimiser: Optimizer,
    updates: Count,
    *,
    rise: Share = 0.3,
    start: Share = 0.04,
    end: Share = 0.0,
) -> LambdaLR:
    """A schedule in which the learning rate rises linearly, then falls along half a cosine.

    (Smith and Topin, 2018, https://arxiv.org/abs/1708.07120; the momentum stays.)

    Args:
        optimiser: its present rates are the largest ones.
        updates: number of updates of the whole cycle.
        rise: share of the updates in which the rate rises.
        start: the first rate, as a share of the largest one.
        end: the last rate, as a share of the largest one.
    """
    top = rise * updates

    def factor(t: int) -> float:
        if t < top:
            return start + (1 - start) * t / top
        fallen = min((t - top) / (updates - top), 1.0) if updates > top else 0.0
        return end + (1 - end) * (1 + math.cos(math.pi * fallen)) / 2

    return LambdaLR(optimiser, factor)


@checked
def warm_up(
    optimiser: Optimizer, per_epoch: Count, *, epochs: Positive = 1.0, start: Share = 0.0
) -> Schedule:
    r"""A schedule that raises the learning rate linearly in the first epochs.

    .. math:: f_t = s + (1 - s) \min\big( 1, (t + 1) / n \big)

    It multiplies the rate that other schedules give, so it is the last one of a list; a recipe
    may name it anywhere. (Goyal et al., 2017, https://arxiv.org/abs/1706.02677, section 2.2.)

    Args:
        optimiser: its present rates are those after the warm-up.
        per_epoch: updates per epoch.
        epochs: epochs until the whole rate, whole or not.
        start: s, as a share of the rate.
    """
    return _WarmUp(optimiser, max(1, round(epochs * per_epoch)), start=start)


class _WarmUp:
    """Multiplies the rates of every update; other schedules may set them anew in between."""

    def __init__(self, optimiser: Optimizer, updates: int, *, start: float) -> None:
        self.optimiser, self.updates, self.start = optimiser, updates, start
        self.done = -1
        for group in optimiser.param_groups:
            group.setdefault("initial_lr", group["lr"])  # of schedules that are made later
        self.whole = [float(group["lr"]) for group in optimiser.param_groups]
        self.given: list[float] = list(self.whole)
        self.step()

    def step(self) -> None:
        self.done += 1
        share = self.start + (1 - self.start) * min(1.0, (self.done + 1) / self.updates)
        for k, group in enumerate(self.optimiser.param_groups):
            if group["lr"] != self.given[k]:  # another schedule has set it
                self.whole[k] = float(group["lr"])
            group["lr"] = self.given[k] = self.whole[k] * share

    def state_dict(self) -> dict[str, Any]:
        return {"done": self.done, "whole": list(self.whole), "given": list(self.given)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        self.done = state_dict["done"]
        self.whole, self.given = list(state_dict["whole"]), list(state_dict["given"])
