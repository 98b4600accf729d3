"""Rules: functions that turn the field of a group into new values.

A group's *field* is the total input from its neighbours. A *rule* turns it into values: a sample,
the mean or the most probable state.
"""

from typing import Protocol

from torch import Tensor

from harmonium.random import Source
from harmonium.units import Units

__all__ = ["Rule", "mean", "mode", "sample"]


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
