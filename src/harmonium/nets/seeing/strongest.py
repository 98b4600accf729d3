"""The patches of pictures that excite the units of a layer most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.seeing.maps import outputs_of

__all__ = ["Strongest", "cut", "strongest"]


@dataclass(frozen=True)
class Strongest:
    """Places of the highest activities of some units, from the highest down.

    Args:
        units: number of each map, ``(U,)``.
        rows: pictures, ``(U, n)``.
        places: row and column of the maximum in its map, ``(U, n, 2)``; zeros for dense layers.
        values: activities, ``(U, n)``.
    """

    units: Tensor
    rows: Tensor
    places: Tensor
    values: Tensor


@torch.no_grad()
def strongest(
    net: nn.Module,
    batches: Iterable[Tensor],
    *,
    layer: str,
    units: Sequence[int] | None = None,
    count: int = 9,
) -> Strongest:
    """The pictures in which units are most active, each picture at most once for a unit.

    Args:
        net: reads the pictures.
        batches: pictures ``(B, *shape)``, several times.
        layer: name of a layer of maps ``(B, units, rows, columns)`` or of values ``(B, units)``.
        units: their numbers; None for all.
        count: n, number of pictures for each unit.

    Raises:
        ValueError: there is no such layer or unit, or there are no pictures.
    """
    values: list[Tensor] = []
    places: list[Tensor] = []
    for x in batches:
        h = outputs_of(net, x, layers=[layer])[layer]
        h = h[:, :, None, None] if h.ndim == 2 else h
        if units is not None:
            _check_units(units, of=h.shape[1], layer=layer)
            h = h[:, list(units)]
        best = h.flatten(2).max(2)
        values.append(best.values)
        places.append(torch.stack([best.indices // h.shape[3], best.indices % h.shape[3]], -1))
    if not values:
        raise UsageError("no pictures: give at least one batch")
    found, at = torch.cat(values), torch.cat(places)
    top = found.topk(min(count, len(found)), dim=0)
    where = at.gather(0, top.indices[..., None].expand(-1, -1, 2))
    kept = torch.arange(found.shape[1]) if units is None else torch.tensor(list(units))
    return Strongest(kept, top.indices.T, where.transpose(0, 1), top.values.T)


def cut(pictures: Tensor, first: Tensor, *, size: tuple[int, int]) -> Tensor:
    """Cuts a window out of each picture; zeros outside the picture.

    Args:
        pictures: ``(n, channels, height, width)``.
        first: row and column of the first pixel, ``(n, 2)``, int64; may be negative.
        size: of the windows, down and across.

    Returns:
        ``(n, channels, *size)``.

    >>> cut(torch.arange(9.0).reshape(1, 1, 3, 3), torch.tensor([[1, -1]]), size=(2, 2))[0, 0]
    tensor([[0., 3.],
            [0., 6.]])
    """
    rows, columns = (first[:, k, None] + torch.arange(size[k]) for k in (0, 1))
    height, width = pictures.shape[-2:]
    inside = ((rows >= 0) & (rows < height))[:, :, None]
    inside = inside & ((columns >= 0) & (columns < width))[:, None, :]
    n = torch.arange(len(pictures))[:, None, None]
    at = rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]
    found = pictures.movedim(1, -1)[n, at[0], at[1]].movedim(-1, 1)
    return found * inside[:, None]


def _check_units(units: Sequence[int], *, of: int, layer: str) -> None:
    wrong = [unit for unit in units if not 0 <= unit < of]
    if wrong:
        raise UsageError(f"layer {layer} has no unit {wrong[0]}: choose from 0 to {of - 1}")
