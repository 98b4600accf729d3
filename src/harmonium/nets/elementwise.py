"""A learned gain and bias of every value, or of every map."""

from torch import Tensor, nn

__all__ = ["Elementwise"]


class Elementwise(nn.Module):
    r"""Scales and shifts values: :math:`y = g \cdot x + b`, with learned g and b.

    Args:
        gain: g, of a shape that broadcasts to an example's; copied.
        bias: b, likewise.

    >>> import torch
    >>> layer = Elementwise(torch.ones(2, 1, 1), torch.zeros(2, 1, 1))
    >>> layer(torch.ones(5, 2, 3, 3)).shape
    torch.Size([5, 2, 3, 3])
    """

    def __init__(self, gain: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.gain = nn.Parameter(gain.detach().clone())
        self.bias = nn.Parameter(bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """``(B, *shape) -> (B, *shape)``."""
        return self.gain * x + self.bias
