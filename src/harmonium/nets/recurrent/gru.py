"""The gated recurrent unit."""

import torch
from torch import nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.nets.recurrent.fused import Fused, started
from harmonium.random import by_torch

__all__ = ["GRU"]


@checked
class GRU(Fused):
    r"""A layer whose units mix their old value with a new one.

    .. math:: (r, z)_t = \sigma(W x_t + U h_{t-1} + b), \qquad
              \tilde h_t = \tanh(W' x_t + b' + r_t \odot (U' h_{t-1} + b'')), \\
              h_t = z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t

    (Cho et al., 2014, https://arxiv.org/abs/1406.1078; the reset gate acts after the product, as
    in torch.)

    Args:
        inputs: number of values of an input.
        hidden: units of every layer.
        layers: number of layers, each of which reads the one below.
    """

    def __init__(self, inputs: Count, hidden: Count, *, layers: Count = 1) -> None:
        with by_torch():
            made = nn.GRU(
                inputs, hidden, layers, batch_first=True, device="meta", dtype=torch.float32
            )
            core = started(made)
        super().__init__(core, {"inputs": inputs, "hidden": hidden, "layers": layers})
