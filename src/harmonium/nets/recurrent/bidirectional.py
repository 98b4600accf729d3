"""Two recurrent layers over a sequence, one in each direction."""

import torch
from torch import Tensor, nn

from harmonium.nets.recurrent.fused import Fused

__all__ = ["Bidirectional"]


class Bidirectional(nn.Module):
    r"""Reads sequences from their first to their last place, and back.

    .. math:: e_t = [\overrightarrow{h}_t, \overleftarrow{h}_t]

    Places after the end of a sequence change nothing, and their outputs are zeros.

    Args:
        ahead: layer that reads from the beginning.
        back: layer that reads from the end.
    """

    def __init__(self, ahead: Fused, back: Fused) -> None:
        super().__init__()
        self.ahead, self.back = ahead, back

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        """Outputs of both layers, ``(B, T, inputs) -> (B, T, 2 * hidden)``.

        Args:
            x: the sequences, each of which begins at place 0.
            there: whether a place holds a symbol, ``(B, T)``.
        """
        exists = there[..., None]
        x = x * exists
        ahead, _ = self.ahead(x)
        back, _ = self.back(_turned(x, there))
        return torch.cat([ahead, _turned(back, there)], -1) * exists


def _turned(x: Tensor, there: Tensor) -> Tensor:
    """Reverses every row ``(T, *)`` of ``x``; places without a symbol stay at the end."""
    n = there.sum(1, keepdim=True)
    places = torch.arange(x.shape[1], device=x.device)
    turned = torch.where(places < n, n - 1 - places, places)
    return x.gather(1, turned[..., None].expand_as(x))
