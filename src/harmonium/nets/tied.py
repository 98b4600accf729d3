"""A dense layer with the weights of another one, transposed."""

import torch
from torch import Tensor, nn

__all__ = ["Tied"]


class Tied(nn.Module):
    r"""A linear layer that goes back through another one: :math:`y = W^T c + b'`.

    The weights W are those of the other layer, so that they are stored, counted and learned once,
    and their gradient is the sum of both uses. The biases b' are its own, and start at zero.

    Args:
        layer: :math:`z = W x + b`, with ``weight`` ``(k, D)``.
    """

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        object.__setattr__(self, "layer", layer)  # not a module of this one, which would own it
        self.in_features, self.out_features = layer.out_features, layer.in_features
        self.bias = nn.Parameter(torch.zeros_like(layer.weight[0]))

    layer: nn.Linear

    @property
    def weight(self) -> Tensor:
        """The weights W of the other layer, ``(k, D)``."""
        return self.layer.weight

    def forward(self, c: Tensor) -> Tensor:
        """Values of the other layer's inputs, ``(B, k) -> (B, D)``."""
        return nn.functional.linear(c, self.weight.mT, self.bias)

    def extra_repr(self) -> str:
        """The sizes, for ``repr``."""
        return f"in_features={self.in_features}, out_features={self.out_features}"
