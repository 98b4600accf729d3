"""Boxes around objects in pictures, and how much two boxes overlap."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.data.kinds import Numbers

__all__ = ["Boxes", "overlaps"]


@dataclass(frozen=True, repr=False)
class Boxes(Numbers):
    """Boxes around the objects of a picture, ``(most, 4)``: left, top, right, bottom, in pixels.

    Left and top are the first pixel inside, right and bottom the first one behind. A picture with
    fewer objects has boxes of zeros behind its own.
    """


def overlaps(a: Tensor, b: Tensor) -> Tensor:
    r"""Intersection over union of all pairs of boxes, ``(..., n, 4), (..., m, 4) -> (..., n, m)``.

    .. math:: o(a, b) = \frac{|a \cap b|}{|a \cup b|}

    It is 0 where a box is empty.

    >>> a = torch.tensor([[0.0, 0.0, 2.0, 2.0]])
    >>> overlaps(a, torch.tensor([[1.0, 0.0, 3.0, 2.0], [0.0, 0.0, 0.0, 0.0]]))
    tensor([[0.3333, 0.0000]])
    """
    first, last = a[..., :, None, :2], a[..., :, None, 2:]
    other_first, other_last = b[..., None, :, :2], b[..., None, :, 2:]
    sides = (torch.minimum(last, other_last) - torch.maximum(first, other_first)).clamp(min=0)
    both = sides[..., 0] * sides[..., 1]
    either = _area(a)[..., :, None] + _area(b)[..., None, :] - both
    return both / either.clamp(min=torch.finfo(both.dtype).tiny)


def _area(boxes: Tensor) -> Tensor:
    sides = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0)
    return sides[..., 0] * sides[..., 1]
