"""Occlusion: how an output of a net falls while a square hides a part of the picture."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.seeing.maps import evaluating
from harmonium.nets.seeing.saliency import chosen

__all__ = ["occlusion", "over_pixels"]

_VALUES = 2**21
"""Number of values of hidden pictures that are computed at the same time."""


@torch.no_grad()
def occlusion(  # noqa: PLR0913
    net: nn.Module,
    pictures: Tensor,
    *,
    size: int,
    stride: int = 1,
    value: float = 0.0,
    outputs: Tensor | None = None,
) -> Tensor:
    r"""Falls of one output while a square hides each part of its picture, ``(B, rows, columns)``.

    .. math:: f_{ij} = y_k(x) - y_k(x \text{ with the square at } (s i, s j))

    Positive where what is hidden speaks for the output. (Zeiler and Fergus, 2014,
    https://arxiv.org/abs/1311.2901.)

    Args:
        net: ``(B, channels, height, width) -> (B, K)``.
        pictures: ``(B, channels, height, width)``.
        size: side of the square, in pixels; it always lies within the picture.
        stride: s, pixels from one place of the square to the next.
        value: of the hidden pixels.
        outputs: k of each picture, ``(B,)``, int64; None for the largest output of the whole one.

    Raises:
        ValueError: the square is larger than the picture.
    """
    height, width = pictures.shape[-2:]
    if not 1 <= size <= min(height, width) or stride < 1:
        raise UsageError(
            f"a square of {size} pixels with stride {stride} on {height} x {width}: give 1 to "
            f"{min(height, width)}, and a stride of at least 1"
        )
    rows, columns = (
        _covered(side, size, stride=stride, device=pictures.device) for side in (height, width)
    )
    hidden = (rows[:, None, :, None] & columns[None, :, None, :]).flatten(0, 1)
    with evaluating(net):
        y = net(pictures)
        outputs = y.argmax(1) if outputs is None else outputs
        falls = []
        step = max(1, _VALUES // pictures.numel())
        for some in hidden.split(step):
            x = torch.where(some[:, None, None], value, pictures[None])
            each = chosen(net(x.flatten(0, 1)), outputs.repeat(len(some)))
            falls.append(chosen(y, outputs) - each.reshape(len(some), -1))
    return torch.cat(falls).T.reshape(len(pictures), len(rows), len(columns))


def over_pixels(falls: Tensor, shape: tuple[int, int], *, size: int, stride: int = 1) -> Tensor:
    """Mean fall over the squares that hide each pixel, ``(B, height, width)``.

    Pixels that no square hides get zero.

    Args:
        falls: of ``occlusion``, ``(B, rows, columns)``.
        shape: of the picture, (height, width).
        size: side of the square.
        stride: of the square.

    >>> over_pixels(torch.tensor([[[2.0, 4.0]]]), (1, 3), size=1, stride=2)
    tensor([[[2., 0., 4.]]])
    """
    down, across = (
        _covered(side, size, stride=stride, device=falls.device).to(falls) for side in shape
    )
    total = down.T @ falls @ across
    return total / (down.sum(0)[:, None] * across.sum(0)).clamp(min=1)


def _covered(side: int, size: int, *, stride: int, device: torch.device) -> Tensor:
    """Which pixels of an axis each place of the square covers, ``(places, side)``, bool."""
    first = torch.arange(0, side - size + 1, stride, device=device)[:, None]
    pixel = torch.arange(side, device=device)
    return (pixel >= first) & (pixel < first + size)
