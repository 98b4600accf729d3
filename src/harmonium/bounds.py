"""Names for numbers with bounds, for signatures: plain types to Python, bounds to a recipe.

A constructor that says ``steps: Count`` takes any ``int`` as far as Python knows; whoever
validates a recipe against the signature reads the bound from the name.
"""

from typing import TypeAlias

__all__ = ["Count", "NonNegative", "Positive", "Seed", "Share", "Size"]

ROUNDING = 1e-6
"""How far beyond a domain rounding may leave a value: 8 steps of single precision at 1."""

Count: TypeAlias = int
"""A whole number of at least 1."""

Size: TypeAlias = int
"""A whole number of at least 0."""

Seed: TypeAlias = int
"""A whole number from 0 to 2 ** 31 - 1, which every source of random numbers takes."""

Positive: TypeAlias = float
"""A finite number above 0."""

NonNegative: TypeAlias = float
"""A finite number of at least 0."""

Share: TypeAlias = float
"""A number from 0 to 1."""
