"""Names for numbers with bounds, for signatures: plain types to Python, bounds to who checks.

A constructor that says ``steps: Count`` takes any ``int`` as far as a type checker knows. Whoever
validates a recipe against the signature reads the bound from the name; ``arguments.checked`` reads
it from the annotation when the constructor is called.
"""

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Annotated, TypeAlias

__all__ = ["Count", "NonNegative", "Positive", "Seed", "Share", "Size"]

ROUNDING = 1e-6
"""How far rounding may leave a value beyond its domain: 8 steps of float32 at 1."""


@dataclass(frozen=True)
class _Bound:
    """A range of whole or real numbers, in words and as a check."""

    words: str
    low: float
    high: float = math.inf
    whole: bool = False
    open: bool = False

    def is_number(self, value: object) -> bool:
        """Whether the value is of the right type at all; truth values are no numbers."""
        return isinstance(value, Integral if self.whole else Real) and not isinstance(value, bool)

    def holds(self, value: float) -> bool:
        """Whether a number lies in the range; no infinite one does."""
        inside = value > self.low if self.open else value >= self.low
        return bool(inside and value <= self.high and value < math.inf)


Count: TypeAlias = Annotated[int, _Bound("a whole number of at least 1", 1, whole=True)]
"""A whole number of at least 1."""

Size: TypeAlias = Annotated[int, _Bound("a whole number of at least 0", 0, whole=True)]
"""A whole number of at least 0."""

Seed: TypeAlias = Annotated[
    int, _Bound("a whole number from 0 to 2147483647", 0, 2**31 - 1, whole=True)
]
"""A whole number from 0 to 2 ** 31 - 1, which every source of random numbers takes."""

Positive: TypeAlias = Annotated[float, _Bound("a finite number above 0", 0, open=True)]
"""A finite number above 0."""

NonNegative: TypeAlias = Annotated[float, _Bound("a finite number of at least 0", 0)]
"""A finite number of at least 0."""

Share: TypeAlias = Annotated[float, _Bound("a number from 0 to 1", 0, 1)]
"""A number from 0 to 1."""
