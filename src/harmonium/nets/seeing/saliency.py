"""Saliency: how an output of a net changes with every pixel."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from harmonium.nets.seeing.maps import evaluating

__all__ = ["chosen", "saliency"]


def saliency(net: nn.Module, pictures: Tensor, *, outputs: Tensor | None = None) -> Tensor:
    r"""Gradient of one output with respect to every value of its picture, ``(B, *shape)``.

    .. math:: s_i = \frac{\partial y_k}{\partial x_i}

    Its size says how much a small change of the pixel would matter, not how much the pixel does.
    (Simonyan, Vedaldi and Zisserman, 2014, https://arxiv.org/abs/1312.6034.)

    Args:
        net: ``(B, *shape) -> (B, K)``.
        pictures: ``(B, *shape)``.
        outputs: k of each picture, ``(B,)``, int64; None for the largest output.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, device="cpu"))
    >>> found = saliency(net, torch.ones(1, 1, 2, 2), outputs=torch.tensor([1]))
    >>> bool((found.flatten() == net[1].weight[1]).all())
    True
    """
    x = pictures.detach().requires_grad_()
    with torch.enable_grad(), evaluating(net):
        y = chosen(net(x), outputs).sum()
        (gradient,) = torch.autograd.grad(y, x)
    return gradient


def chosen(y: Tensor, outputs: Tensor | None) -> Tensor:
    """One output of each row ``(B, K) -> (B,)``: those given, or the largest."""
    if outputs is None:
        return y.amax(1)
    return y.gather(1, outputs[:, None])[:, 0]
