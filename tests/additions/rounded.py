"""A code: numbers rounded to a grid, through which gradients pass unchanged."""

from torch import Tensor

from harmonium.bounds import Positive
from harmonium.nets.codes import Code

__all__ = ["Rounded"]


class Rounded(Code):
    """Every number rounded to a multiple of the step; the gradient is that of the identity.

    Args:
        step: distance between neighbouring values.
    """

    def __init__(self, step: Positive = 0.5) -> None:
        super().__init__(step=step)

    def point(self, z: Tensor) -> Tensor:
        """The code, ``(B, k) -> (B, k)``."""
        step = self.settings["step"]
        return z + ((z / step).round() * step - z).detach()

    def forward(self, z: Tensor) -> Tensor:
        """The same code, in training too."""
        return self.point(z)
