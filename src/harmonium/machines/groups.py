"""Groups of units as users give them: a number, or units."""

from numbers import Integral

from harmonium.arguments import named
from harmonium.errors import UsageError, UsageTypeError
from harmonium.units import Bernoulli, Units

__all__ = ["group"]


def group(given: int | Units, *, what: str) -> Units:
    """The units; a number means that many Bernoulli units.

    Args:
        given: a number or units.
        what: the argument's name, for an error.

    Raises:
        TypeError: neither a whole number nor units.
        ValueError: a number below 1, or more units than fit into memory.
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
