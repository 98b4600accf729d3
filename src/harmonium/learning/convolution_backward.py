"""Backpropagation through convolution and pooling, written as formulas without autograd."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from harmonium.errors import UsageError

__all__ = ["convolution_backward", "pooling_backward"]


@torch.no_grad()
def convolution_backward(
    x: Tensor,
    kernel: Tensor,
    *,
    delta: Tensor,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[Tensor, Tensor]:
    r"""Errors of the inputs, and the gradient of the kernel, from the errors of the outputs.

    With :math:`y_{kij} = \sum_{cuv} w_{kcuv} x_{c, i+u, j+v}` and :math:`\delta = dE / dy`:

    .. math:: \frac{\partial E}{\partial x_{cij}} = \sum_{kuv} w_{kcuv} \delta_{k, i-u, j-v},
              \qquad \frac{\partial E}{\partial w_{kcuv}} = \sum_{ij} x_{c, i+u, j+v} \delta_{kij}

    The first is the full convolution of the errors: they get a border of zeros as wide as the
    kernel less one, and the kernel, turned by 180 degrees, is laid on them. The second is the
    errors laid on the inputs as if they were a kernel. A stride puts zeros between the errors
    first; a dilation puts them between the weights, and takes every d-th place of the second.
    The border of zeros around the inputs belongs to them in both, and is cut off at the end.

    Args:
        x: inputs ``(B, C, height, width)``.
        kernel: w ``(K, C, a, b)``.
        delta: errors of the outputs ``(B, K, rows, columns)``.
        stride: of the forward pass.
        padding: of the forward pass, on every side.
        dilation: of the forward pass.

    Returns:
        dE/dx, of the shape of x, and dE/dw, of the shape of w, summed over the batch.

    >>> x, w, d = torch.ones(1, 1, 2, 2), torch.tensor([[[[1.0, 2.0]]]]), torch.ones(1, 1, 2, 1)
    >>> convolution_backward(x, w, delta=d)
    (tensor([[[[1., 2.],
              [1., 2.]]]]), tensor([[[[2., 2.]]]]))
    """
    a, b = kernel.shape[2:]
    apart = _spread(delta, stride)
    padded = functional.pad(x, (padding, padding, padding, padding))
    reach = dilation * (a - 1), dilation * (b - 1)

    turned = kernel.flip(2, 3).transpose(0, 1)
    full = functional.conv2d(apart, turned, padding=reach, dilation=dilation)
    back = torch.zeros_like(padded)  # pixels that no window reached keep zero
    back[..., : full.shape[2], : full.shape[3]] = full
    back = back[..., padding : padding + x.shape[2], padding : padding + x.shape[3]]

    read = padded.transpose(0, 1), apart.transpose(0, 1)
    gradient = functional.conv2d(*read, stride=dilation)[..., :a, :b].transpose(0, 1)
    return back, gradient


@torch.no_grad()
def pooling_backward(
    x: Tensor, delta: Tensor, *, size: int, stride: int | None = None, kind: Literal["max", "mean"]
) -> Tensor:
    r"""Errors of the inputs of max or mean pooling from the errors of its outputs.

    Of the mean, every input of a window gets the share :math:`\delta / n` of its error. Of the
    maximum, the whole error goes to the input that won (the first one of equals), and the others
    get none. An input in several windows gets the sum.

    Args:
        x: inputs ``(B, C, height, width)``.
        delta: errors of the outputs ``(B, C, rows, columns)``.
        size: side of a window.
        stride: distance between neighbouring windows; None for ``size``.
        kind: of pooling.

    Raises:
        ValueError: the errors do not fit the windows.

    >>> x = torch.tensor([[[[1.0, 2.0], [4.0, 3.0]]]])
    >>> pooling_backward(x, torch.ones(1, 1, 1, 1), size=2, kind="max")
    tensor([[[[0., 0.],
              [1., 0.]]]])
    """
    stride = size if stride is None else stride
    places = torch.arange(x[0, 0].numel(), device=x.device).reshape(1, 1, *x.shape[2:])
    inside = _windows(places.expand(x.shape), size, stride=stride)
    if inside.shape[:4] != delta.shape:
        raise UsageError(
            f"errors of shape {tuple(delta.shape)}, but the windows are {tuple(inside.shape[:4])}"
        )
    sent = (delta / size**2)[..., None].expand(inside.shape)
    if kind == "max":
        winner = _windows(x, size, stride=stride).argmax(-1, keepdim=True)
        inside, sent = inside.gather(-1, winner), delta[..., None]
    back = torch.zeros_like(x).flatten(2)
    back.scatter_add_(2, inside.flatten(2), sent.flatten(2).to(back))
    return back.reshape(x.shape)


def _spread(delta: Tensor, stride: int) -> Tensor:
    """Errors with stride - 1 zeros between neighbours."""
    rows, columns = ((side - 1) * stride + 1 for side in delta.shape[2:])
    apart = delta.new_zeros(*delta.shape[:2], rows, columns)
    apart[..., ::stride, ::stride] = delta
    return apart


def _windows(x: Tensor, size: int, *, stride: int) -> Tensor:
    """Values of every window, ``(B, C, rows, columns, size * size)``."""
    return x.unfold(2, size, stride).unfold(3, size, stride).flatten(4)
