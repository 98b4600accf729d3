"""Annotations for numbers with bounds, such as ``steps: Count``.

To a type checker ``Count`` is ``int``. The validation of recipes and ``arguments.checked`` read
the bound from the annotation.
"""

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Annotated, TypeAlias

__all__ = ["Count", "NonNegative", "Positive", "Seed", "Share", "Size"]

ROUNDING = 1e-6
"""A value this far outside its domain still counts as inside: about 8 ulp of float32 at 1."""


@dataclass(frozen=True)
class _Bound:
    """A range of whole or real numbers, with its description for error messages."""

    words: str
    low: float
    high: float = math.inf
    whole: bool = False
    open: bool = False

    def is_number(self, value: object) -> bool:
        """Whether the value has the right type; True and False are not numbers here."""
        return isinstance(value, Integral if self.whole else Real) and not isinstance(value, bool)

    def holds(self, value: float) -> bool:
        """Whether a number is in the range; infinity never is."""
        inside = value > self.low if self.open else value >= self.low
        return bool(inside and value <= self.high and value < math.inf)


Count: TypeAlias = Annotated[int, _Bound("a whole number of at least 1", 1, whole=True)]
"""A whole number of at least 1."""

Size: TypeAlias = Annotated[int, _Bound("a whole number of at least 0", 0, whole=True)]
"""A whole number of at least 0."""

Seed: TypeAlias = Annotated[
    int, _Bound("a whole number from 0 to 2147483647", 0, 2**31 - 1, whole=True)
]
"""A whole number from 0 to 2 ** 31 - 1, the seeds that every random generator accepts."""

Positive: TypeAlias = Annotated[float, _Bound("a finite number above 0", 0, open=True)]
"""A finite number above 0."""

NonNegative: TypeAlias = Annotated[float, _Bound("a finite number of at least 0", 0)]
"""A finite number of at least 0."""

Share: TypeAlias = Annotated[float, _Bound("a number from 0 to 1", 0, 1)]
"""A number from 0 to 1."""
