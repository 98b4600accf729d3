"""A penalty of codes: numbers far from zero."""

from dataclasses import dataclass

from torch import Tensor, nn

from harmonium.bounds import NonNegative

__all__ = ["Far"]


@dataclass(frozen=True)
class Far:
    """The sum of fourth powers of a code, for each row.

    Args:
        strength: weight of the penalty.
    """

    strength: NonNegative = 1.0

    def __call__(self, net: nn.Module, seen: Tensor, *, code: Tensor) -> Tensor:
        """The penalty of each row, ``(B,)``."""
        del net, seen
        return self.strength * code.pow(4).sum(1)
