"""Weight decay as a term of the loss, for weights and not for biases."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import NonNegative

__all__ = ["Weights"]


@checked
@dataclass(frozen=True)
class Weights:
    r"""The squares of all weights, :math:`\frac{s}{2} \sum_l |W_l|^2`, once for the batch.

    Biases are free, unlike under the ``weight_decay`` of an optimiser, so that units may be silent
    on most rows at no cost. Parameters of one axis count as biases.

    Args:
        strength: s.
    """

    strength: NonNegative = 1e-4

    def __call__(self, net: nn.Module, seen: Tensor, *, code: Tensor) -> Tensor:
        """The penalty of the batch, a scalar."""
        del seen, code
        squares = [p.square().sum() for p in net.parameters() if p.ndim > 1]
        return 0.5 * self.strength * torch.stack(squares).sum()
