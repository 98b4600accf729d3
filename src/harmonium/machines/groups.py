"""Conversion of an argument of a machine, a number or units, into a group of units."""

from numbers import Integral

from harmonium.arguments import named
from harmonium.errors import UsageError, UsageTypeError
from harmonium.units import Bernoulli, Units

__all__ = ["group"]


def group(given: int | Units, *, what: str) -> Units:
    """Returns units as they are, and a number as that many Bernoulli units.

    Args:
        given: a number or units.
        what: the name of the argument, for the error message.

    Raises:
        TypeError: it is neither a whole number nor units.
        ValueError: the number is below 1, or so many units do not fit into memory.
    """
    if isinstance(given, Units):
        return given
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise UsageTypeError(
            f"{what} is {named(given)}; a number of units, or units like Gaussian(8), is needed"
        )
    if given < 1:
        raise UsageError(f"{what} is {given}; a group has at least one unit")
    return Bernoulli(int(given))
