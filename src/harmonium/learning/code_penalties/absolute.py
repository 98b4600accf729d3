"""The sum of the absolute values of a code: many of them become zero."""

from dataclasses import dataclass

from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import NonNegative

__all__ = ["Absolute"]


@checked
@dataclass(frozen=True)
class Absolute:
    r"""The absolute values of the code, :math:`s \sum_j |c_{ij}|` for row i.

    With a decoder whose weights are free, the code can become small while the weights grow, so
    that the penalty does nothing: give the optimiser a weight decay, or add the penalty
    ``weights``. (Olshausen and Field, 1997, https://doi.org/10.1016/S0042-6989(97)00169-7.)

    Args:
        strength: s.
    """

    strength: NonNegative = 0.1

    def __call__(self, net: nn.Module, seen: Tensor, *, code: Tensor) -> Tensor:
        """The penalty of each row, ``(B,)``."""
        del net, seen
        return self.strength * code.abs().flatten(1).sum(1)
