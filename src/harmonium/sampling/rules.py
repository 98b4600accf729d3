"""Rules: functions that turn the field of a group into new values.

A group's *field* is the total input from its neighbours. A *rule* turns it into values: a sample,
the mean or the most probable state.
"""

from typing import Protocol

import torch
from torch import Tensor

from harmonium.random import Source, normal
from harmonium.units import Units

__all__ = ["Rule", "mean", "mode", "noisy_rectified", "sample"]


class Rule(Protocol):
    """A function (units, field ``(B, *shape)``, source) -> values ``(B, *shape)``."""

    def __call__(self, units: Units, field: Tensor, *, source: Source = None) -> Tensor:
        """New values of the group."""
        ...


def sample(units: Units, field: Tensor, *, source: Source = None) -> Tensor:
    """Gibbs sampling: an exact sample given the field."""
    return units.sample(field, source)


def mean(units: Units, field: Tensor, *, source: Source = None) -> Tensor:
    """Mean field: the expected value given the field."""
    del source
    return units.mean(field)


def mode(units: Units, field: Tensor, *, source: Source = None) -> Tensor:
    """Recall, as in a Hopfield net: the most probable value given the field."""
    del source
    return units.mode(field)


def noisy_rectified(units: Units, field: Tensor, *, source: Source = None) -> Tensor:
    r"""Noisy rectified linear units: :math:`\max(0, t + n), n \sim N(0, \sigma(t)), t = b + f`.

    (Nair and Hinton, 2010, https://icml.cc/Conferences/2010/papers/432.pdf.) The draws approximate
    the sum of infinitely many Bernoulli units with biases b - 1/2, b - 3/2, ..., whose mean is
    about :math:`\log(1 + e^t)`. They are **not** samples of any energy's conditional: this is no
    Gibbs step, so chains under it have no known distribution, and likelihoods, AIS and the laws of
    samplers do not apply. The exact counterpart is ``sample`` on ``Rectified`` units.
    """
    t = units.natural()[0] + field
    return (t + normal(t, source) * torch.sigmoid(t).sqrt()).clamp(min=0)
