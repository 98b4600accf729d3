"""Outputs in the units of their targets."""

import torch
from torch import Tensor, nn

from harmonium.bounds import ROUNDING

__all__ = ["Rescaled"]


class Rescaled(nn.Module):
    r"""Shifts and scales every output: :math:`f_j = m_j + s_j z_j`.

    m and s are not trained: they are the means and standard deviations of the targets in the
    training rows (``fit``), so that targets of any size and unit are learned at the same rate.
    Before ``fit`` they are 0 and 1.

    Args:
        outputs: number of outputs.

    >>> part = Rescaled(1)
    >>> part.fit(torch.tensor([[10.0], [25.0], [25.0]], dtype=torch.float32))
    >>> part(torch.tensor([[0.0]], dtype=torch.float32))
    tensor([[20.]])
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(outputs, dtype=torch.float32))
        self.register_buffer("scale", torch.ones(outputs, dtype=torch.float32))

    @torch.no_grad()
    def fit(self, targets: Tensor, weights: Tensor | None = None) -> None:
        """Sets m and s to the means and standard deviations of targets ``(N, outputs)``.

        A constant target keeps s = 1.

        Args:
            targets: of the training rows.
            weights: importance of the rows, ``(N,)``; None for equal weights.
        """
        y = targets.double()
        one = y.new_ones(len(y)) if weights is None else weights.double()
        share = one / one.sum()
        mean = share @ y
        spread = (share @ (y - mean).square()).sqrt()
        self.mean.copy_(mean)
        moves = spread > ROUNDING * y.abs().amax(0)
        self.scale.copy_(torch.where(moves, spread, 1.0))

    def forward(self, z: Tensor) -> Tensor:
        """m + s z, ``(B, outputs)``."""
        return self.mean + self.scale * z
