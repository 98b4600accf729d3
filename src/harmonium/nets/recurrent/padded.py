"""Series of unequal length in one batch: where they end, and how they are read backwards."""

import torch
from torch import Tensor

__all__ = ["backwards", "ends_of", "last_of", "mean_of"]


def ends_of(x: Tensor) -> tuple[Tensor, Tensor]:
    """Series ``(B, T, C)`` with zeros after their ends, and the frames of each, ``(B,)``.

    A series ends before the frames, at the end of its row, whose values are all NaN.

    >>> x = torch.tensor([[[1.0], [2.0], [torch.nan]], [[3.0], [4.0], [5.0]]])
    >>> ends_of(x)[1].tolist()
    [2, 3]
    """
    there = ~x.isnan().all(2)
    place = torch.arange(1, x.shape[1] + 1, device=x.device)
    length = (there * place).amax(1)
    inside = (place <= length[:, None])[..., None]
    return torch.where(inside, x, 0.0), length


def backwards(x: Tensor, length: Tensor) -> Tensor:
    """Series ``(B, T, C)`` from their last frame to their first; the padding stays behind them.

    >>> x = torch.tensor([[[1.0], [2.0], [0.0]]])
    >>> backwards(x, torch.tensor([2])).flatten().tolist()
    [2.0, 1.0, 0.0]
    """
    place = torch.arange(x.shape[1], device=x.device).expand(len(x), -1)
    turned = length[:, None] - 1 - place
    index = torch.where(turned >= 0, turned, place)
    return x.gather(1, index[..., None].expand_as(x))


def last_of(outputs: Tensor, length: Tensor) -> Tensor:
    """The outputs at the last frame of each series, ``(B, T, H) -> (B, H)``."""
    at = (length - 1).clamp(min=0)
    return outputs[torch.arange(len(outputs), device=outputs.device), at]


def mean_of(outputs: Tensor, length: Tensor) -> Tensor:
    """The mean of the outputs over the frames of each series, ``(B, T, H) -> (B, H)``."""
    place = torch.arange(outputs.shape[1], device=outputs.device)
    inside = (place < length[:, None]).to(outputs.dtype)
    return torch.einsum("bth,bt->bh", outputs, inside) / inside.sum(1, keepdim=True).clamp(min=1)
