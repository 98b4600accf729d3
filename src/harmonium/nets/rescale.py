"""A fixed change of scale, such as that of the inputs of a net."""

from torch import Tensor, nn

__all__ = ["Rescale"]


class Rescale(nn.Module):
    r"""Values in other units, :math:`y = a x + b`, elementwise, with fixed a and b.

    Args:
        factor: a.
        shift: b.

    >>> import torch
    >>> Rescale(1.275, -0.1)(torch.tensor([0.0, 1.0]))
    tensor([-0.1000,  1.1750])
    """

    def __init__(self, factor: float = 1.0, shift: float = 0.0) -> None:
        super().__init__()
        self.factor, self.shift = factor, shift

    def forward(self, x: Tensor) -> Tensor:
        """The values in the new units."""
        return self.factor * x + self.shift

    def extra_repr(self) -> str:
        """Factor and shift, for ``repr``."""
        return f"factor={self.factor:g}, shift={self.shift:g}"
