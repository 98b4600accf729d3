"""A value net for Go: the expected outcome of a position, the same for turned boards."""

from __future__ import annotations

from torch import Tensor

from harmonium.arguments import checked
from harmonium.errors import UsageError
from harmonium.nets.codec import Net
from harmonium.nets.go_symmetric import GoNet, turned

__all__ = ["GoValue"]


@checked
class GoValue(GoNet):
    r"""Expected outcome for the side to move, ``(B, planes, rows, columns) -> (B, 1)``.

    .. math:: v(s) = \frac{1}{8} \sum_g \tanh f(g s)

    f is the inner net, g one of the eight symmetries of the board. In training one g is drawn for
    each batch. 1 is a won game, -1 a lost one; (1 + v) / 2 is the probability of winning if v is
    the mean outcome, which minimises the squared error. (Silver et al., 2016,
    https://doi.org/10.1038/nature16961.)

    Args:
        net: a net on planes (``data.go.feature_planes`` with ``colour``) to one number, without
            the tanh.
        symmetric: whether symmetries are used.

    Attributes:
        source: generator of the symmetries in training; None: torch's global one.

    Raises:
        ValueError: the net has several outputs, or its board is not square.
    """

    output_kind = "values"

    def __init__(self, net: Net, *, symmetric: bool = True) -> None:
        super().__init__(net, symmetric=symmetric)
        if self.units[-1] != 1:
            raise UsageError(f"the net has {self.units[-1]} outputs: a value is one")

    def forward(self, x: Tensor) -> Tensor:
        """Expected outcomes, ``(B, 1)``."""
        return self.averaged(x.reshape(-1, *self.shape))

    def seen(self, x: Tensor, g: int) -> Tensor:
        """Expected outcomes of turned boards, ``(B, 1)``."""
        found: Tensor = self.net(turned(x, g)).tanh()
        return found
