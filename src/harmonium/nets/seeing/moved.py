"""A picture that moves over its field."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["moved"]


def moved(picture: Tensor, offsets: Tensor, *, value: float = 0.0) -> Tensor:
    """A picture moved by whole pixels, one for each offset.

    Args:
        picture: ``(..., height, width)``.
        offsets: pixels down and to the right, ``(n, 2)``, int64.
        value: of the pixels that come in.

    Returns:
        ``(n, ..., height, width)``.

    >>> moved(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[0, 1], [-1, 0]])).tolist()
    [[[0, 1], [0, 3]], [[3, 4], [0, 0]]]
    """
    height, width = picture.shape[-2:]
    rows = torch.arange(height) - offsets[:, :1]
    columns = torch.arange(width) - offsets[:, 1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None]
    inside = inside & ((columns >= 0) & (columns < width))[:, None, :]
    at = rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]
    found = picture[..., at[0], at[1]].movedim(-3, 0)
    shape = (len(offsets), *[1] * (picture.ndim - 2), height, width)
    return torch.where(inside.reshape(shape), found, value).to(picture)
