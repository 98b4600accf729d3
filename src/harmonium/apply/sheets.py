"""Rows as one picture."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

import torch
from torch import Tensor

from harmonium.apply.tables import new_file
from harmonium.report import images

__all__ = ["grey", "picture_shape", "sheet"]


def picture_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """The shape as which rows can be shown: their own if they are images, else one line each.

    >>> picture_shape((28, 28)), picture_shape((64,))
    ((28, 28), (1, 64))
    """
    shape = tuple(shape)
    if len(shape) == 2 or (len(shape) == 3 and shape[0] in (1, 3)):
        return shape
    return (1, math.prod(shape))


def grey(x: Tensor) -> Tensor:
    """Rows in [0, 1]: as they are if they lie there, else from the least to the largest value."""
    low, high = torch.aminmax(x)
    if low >= 0 and high <= 1:
        return x
    return (x - low) / (high - low).clamp(min=1e-12)


def sheet(
    path: str | os.PathLike[str],
    x: Tensor,
    *,
    shape: Sequence[int],
    overwrite: bool = False,
) -> None:
    """Writes rows ``(N, D)`` as a PNG file of many small images.

    Raises:
        ImportError: matplotlib is missing; the message has the pip line.
        ValueError: the suffix is not .png, or there are no rows.
        FileExistsError: there is such a file, and `overwrite` is False.
    """
    with new_file(path, suffixes=(".png",), overwrite=overwrite) as part:
        figure = images(grey(x.detach().cpu().float()).numpy(), picture_shape(shape))
        figure.savefig(part)
