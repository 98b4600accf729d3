"""A convolution as a matrix, and the weights that sharing saves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.errors import UsageError

__all__ = ["WeightCounts", "convolution_matrix", "weight_counts"]


@dataclass(frozen=True)
class WeightCounts:
    """Number of weights of one map, without biases, with less and less freedom.

    Args:
        full: every output reads every input.
        local: every output has its own window of inputs.
        shared: all outputs share the weights of their windows.
    """

    full: int
    local: int
    shared: int


def convolution_matrix(
    kernel: Tensor,
    shape: Sequence[int],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Tensor:
    r"""The matrix of a convolution: one row for each output, one column for each input.

    .. math:: \mathrm{vec}(y) = M \mathrm{vec}(x)

    The number of stored entries is that of the slots in which weights lie; all but the weights of
    one kernel are copies. Entries are stored where the kernel has a zero as well.

    Args:
        kernel: weights ``(a,)`` of a row of inputs, or ``(a, b)`` of a picture, laid on the inputs
            without a flip; gradients flow back to it.
        shape: of the inputs, ``(n,)`` or ``(height, width)``.
        stride: distance between neighbouring windows.
        padding: width of a border of zeros on every side; it has no columns.
        dilation: distance between neighbouring weights.

    Returns:
        M, sparse ``(outputs, inputs)``; inputs and outputs are in reading order.

    Raises:
        ValueError: kernel and shape have not the same number of axes, or the kernel is larger.

    >>> matrix = convolution_matrix(torch.ones(3, 3), (5, 5))
    >>> matrix.shape, matrix.coalesce().values().numel()
    (torch.Size([9, 25]), 81)
    """
    if kernel.ndim != len(shape):
        raise UsageError(
            f"a kernel of shape {tuple(kernel.shape)} for inputs of shape {tuple(shape)}: give "
            "both the same number of axes"
        )
    axes = [
        _axis(n, k, stride=stride, padding=padding, dilation=dilation)
        for n, k in zip(shape, kernel.shape, strict=True)
    ]
    outputs = [outputs for outputs, _ in axes]
    d = kernel.ndim
    row, column = torch.zeros(1, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)
    inside = torch.ones(1, dtype=torch.bool)
    for axis, (count, places) in enumerate(axes):
        # places (count, k) on this axis, broadcast over outputs and weights of all axes
        view = [1] * (2 * d)
        view[axis], view[d + axis] = places.shape
        at = places.reshape(view)
        row = row * count + torch.arange(count).reshape(
            [view[k] if k < d else 1 for k in range(2 * d)]
        )
        column = column * shape[axis] + at
        inside = inside & (at >= 0) & (at < shape[axis])
    row, column, inside = torch.broadcast_tensors(row, column, inside)
    weights = kernel.expand(*outputs, *kernel.shape)[inside]
    place = torch.stack([row[inside], column[inside]])
    return torch.sparse_coo_tensor(
        place, weights, (math.prod(outputs), math.prod(shape)), check_invariants=True
    ).coalesce()


def weight_counts(shape: Sequence[int], size: Sequence[int], *, stride: int = 1) -> WeightCounts:
    """Weights of a map of windows without padding.

    Args:
        shape: of the inputs, ``(n,)`` or ``(height, width)``.
        size: of the window, on the same axes.
        stride: distance between neighbouring windows.

    Raises:
        ValueError: shape and size have not the same number of axes, or the window is larger.

    >>> weight_counts((5, 5), (3, 3)), weight_counts((9,), (3,), stride=3)
    (WeightCounts(full=225, local=81, shared=9), WeightCounts(full=27, local=9, shared=3))
    """
    if len(shape) != len(size):
        raise UsageError(f"windows {tuple(size)} in {tuple(shape)}: give the same number of axes")
    outputs = math.prod(
        _axis(n, k, stride=stride, padding=0, dilation=1)[0]
        for n, k in zip(shape, size, strict=True)
    )
    inputs, shared = math.prod(shape), math.prod(size)
    return WeightCounts(outputs * inputs, outputs * shared, shared)


def _axis(
    inputs: int, size: int, *, stride: int, padding: int, dilation: int
) -> tuple[int, Tensor]:
    """Windows on an axis: their number, and the place of each weight, ``(windows, size)``."""
    if min(stride, dilation, size) < 1 or padding < 0:
        raise UsageError(
            f"size {size}, stride {stride}, dilation {dilation}, padding {padding}: give at least "
            "1, and padding of at least 0"
        )
    count = (inputs + 2 * padding - dilation * (size - 1) - 1) // stride + 1
    if count < 1:
        raise UsageError(
            f"{size} weights at a distance of {dilation} on {inputs} inputs with {padding} zeros "
            "on each side: give a smaller kernel"
        )
    places = stride * torch.arange(count)[:, None] + dilation * torch.arange(size) - padding
    return count, places
