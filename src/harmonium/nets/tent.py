"""A deep net with two rectified units in each layer, each of which doubles the linear pieces."""

import torch
from torch import nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import linear

__all__ = ["tent_net"]


@checked
def tent_net(layers: Count) -> nn.Sequential:
    r"""The tent map composed with itself, ``(B, 1) -> (B, 1)``, as a net of rectified units.

    .. math:: T(x) = 2 \max(0, x) - 4 \max(0, x - \tfrac12) = 1 - |2x - 1|
              \quad \text{on } [0, 1], \qquad f = T \circ \dots \circ T

    Each of the k layers has two units. On [0, 1] the function has :math:`2^k` linear pieces, with
    slopes of :math:`\pm 2^k`; one layer of 2k rectified units has at most 2k + 1. (Telgarsky,
    2016, https://proceedings.mlr.press/v49/telgarsky16.html.) The outputs 2 and -4 of a tent are
    folded into the weights of the next layer. All weights are powers of 2, so that the net is
    exact in binary arithmetic.

    Args:
        layers: how many times the map is applied.

    >>> tent_net(2)(torch.tensor([[0.0], [0.25], [0.5], [0.75], [1.0]])).flatten()
    tensor([0., 1., 0., 1., 0.], grad_fn=<ViewBackward0>)
    """
    first = torch.tensor([[1.0], [1.0]], dtype=torch.float32)
    last = torch.tensor([[2.0, -4.0]], dtype=torch.float32)
    parts: list[nn.Module] = []
    for layer in range(layers):
        part = linear(first @ last if layer else first)
        part.bias.data[1] = -0.5
        parts += [part, nn.ReLU()]
    return nn.Sequential(*parts, linear(last))
