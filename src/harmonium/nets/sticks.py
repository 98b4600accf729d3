"""Hand-made features: the line that dominates in every block of a picture."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from harmonium.bounds import Count, Share
from harmonium.errors import UsageError
from harmonium.nets.kernels import filtered

__all__ = ["LINES", "slopes_as_lines", "stick_features", "sticks"]

LINES = ("-", "/", "|", "\\")
"""The four lines: horizontal, rising, vertical, falling."""


def slopes_as_lines(pictures: Tensor) -> Tensor:
    r"""Strength of each of four lines at every pixel, ``(..., 4, height, width)``.

    The slope (gx, gy) of Sobel is at right angles to the line at a pixel. Its size is divided
    between the two nearest of the four lines, in proportion to how near they are:

    .. math:: l_k = \|g\| \max\Big(0,\, 1 - \frac{|\phi - \phi_k|}{45^\circ}\Big), \qquad
              \phi = \arctan\frac{g_y}{g_x} + 90^\circ

    with angles modulo 180 degrees. Borders are zeros.

    Args:
        pictures: ``(..., height, width)``.

    >>> lines = slopes_as_lines(torch.tensor([[0, 0, 0], [0, 0, 0], [1, 1, 1]]))
    >>> lines[:, 1, 1].tolist()
    [4.0, 0.0, 0.0, 0.0]
    """
    across, up = (filtered(pictures, name, padding="same") for name in ("sobel_x", "sobel_y"))
    strength = torch.hypot(across, up)
    angle = (torch.atan2(up, across) + math.pi / 2) * (4 / math.pi)  # in steps of 45 degrees
    line = torch.arange(4, dtype=angle.dtype, device=angle.device).reshape(4, 1, 1)
    apart = (angle.unsqueeze(-3) - line).remainder(4)
    apart = torch.minimum(apart, 4 - apart)
    return strength.unsqueeze(-3) * (1 - apart).clamp(min=0)


def sticks(
    pictures: Tensor, *, block: Count = 8, stride: Count | None = None, keep: Share = 0.5
) -> Tensor:
    r"""The sticks of every block: which lines dominate in it, ``(..., 4, rows, columns)``.

    In each block, the strengths of each line are summed. Lines below a share of the strongest
    count as absent, so that one, two or three lines may remain; and the rest are divided by their
    norm, as far as the block is not nearly empty.

    Args:
        pictures: ``(..., height, width)``; maps of sticks are pictures too.
        block: side of a block, in pixels.
        stride: pixels between the first pixels of neighbouring blocks; None for ``block``: blocks
            side by side.
        keep: share of the strongest line.

    Raises:
        ValueError: a picture is smaller than a block, or a number is too small.

    >>> x = torch.zeros(16, 16)
    >>> x[:, 4] = 1  # a vertical stroke, in the left half
    >>> sticks(x).argmax(0).tolist(), sticks(x).sum((1, 2)).round(decimals=2).tolist()
    ([[2, 0], [2, 0]], [0.0, 0.0, 2.0, 0.0])
    """
    stride = block if stride is None else stride
    if min(block, stride) < 1 or min(pictures.shape[-2:]) < block:
        raise UsageError(
            f"blocks of {block} with stride {stride} in pictures of shape "
            f"{tuple(pictures.shape)}: give blocks of 1 to {min(pictures.shape[-2:])} pixels"
        )
    lines = slopes_as_lines(pictures)
    flat = lines.reshape(-1, 4, *lines.shape[-2:])
    total = functional.avg_pool2d(flat, block, stride) * block**2
    total = total.reshape(*lines.shape[:-2], *total.shape[-2:])
    strongest = total.amax(-3, keepdim=True)
    kept = torch.where(total >= keep * strongest, total, 0)
    floor = 0.05 * strongest.amax((-2, -1), keepdim=True)
    return kept / torch.hypot(kept.norm(dim=-3, keepdim=True), floor).clamp(min=1e-12)


def stick_features(
    pictures: Tensor, *, block: Count = 8, strides: tuple[int, int] = (2, 3), keep: Share = 0.5
) -> Tensor:
    """Sticks of the blocks, and sticks of the sticks, as one row of each picture, ``(B, D)``.

    The first sticks make four pictures, one for each line. Their blocks show how sticks of a
    kind lie next to each other: sixteen more maps.

    Args:
        pictures: ``(B, height, width)``.
        block: side of a block, in pixels and in sticks.
        strides: between blocks of pixels, and between blocks of sticks.
        keep: as in ``sticks``.

    Raises:
        ValueError: the pictures, or the maps of sticks, are smaller than a block.

    >>> stick_features(torch.zeros(2, 28, 28)).shape  # 4 x 11 x 11 + 16 x 2 x 2
    torch.Size([2, 548])
    """
    first = sticks(pictures, block=block, stride=strides[0], keep=keep)
    second = sticks(first, block=block, stride=strides[1], keep=keep)
    return torch.cat([first.flatten(1), second.flatten(1)], 1)
