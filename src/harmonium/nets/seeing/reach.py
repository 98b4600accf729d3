"""The part of a picture that each unit of a map can see: computed, or measured."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.field import receptive_fields
from harmonium.nets.net import Net
from harmonium.nets.seeing.maps import outputs_of

__all__ = ["Reach", "reach"]

_PICTURES, _WHOLE = 32, 64
"""Pictures that are computed at the same time; the largest side whose pixels are told apart."""


@dataclass(frozen=True)
class Reach:
    """What the units of a layer see, on both axes.

    Args:
        rows: first row of pixels that units in each row of the map see, and the one after the
            last, ``(map rows, 2)``.
        columns: the same across, ``(map columns, 2)``.
    """

    rows: Tensor
    columns: Tensor

    @property
    def size(self) -> tuple[int, int]:
        """The largest number of pixels that a unit sees, down and across."""
        down, across = (int((axis[:, 1] - axis[:, 0]).max()) for axis in (self.rows, self.columns))
        return down, across

    def first(self, places: Tensor) -> Tensor:
        """First pixels of windows of ``size`` around what units see, ``(n, 2)``.

        Where the border of the picture cuts a window off, it begins before the first pixel.

        Args:
            places: row and column of units in the map, ``(n, 2)``.
        """
        found = []
        for k, axis in enumerate((self.rows, self.columns)):
            ends = axis[places[:, k]]
            cut = (ends[:, 0] == 0) & (ends[:, 1] < axis[:, 1].max())
            found.append(torch.where(cut, ends[:, 1] - self.size[k], ends[:, 0]))
        return torch.stack(found, 1)


@torch.no_grad()
def reach(net: nn.Module, picture: Tensor, *, layers: Sequence[str]) -> dict[str, Reach]:
    """Finds which pixels reach which units of some layers.

    For a described net it is computed (``nets.field``), as far as it has a single field. For
    others it is measured: a row of pixels is made not-a-number, and the units whose activity is
    none any more are those that read it. This holds for any net, whatever it computes and however
    it branches. In pictures of more than 64 pixels, several rows at a time are measured, so that
    what a unit sees is rounded up to a 32nd of the picture.

    Args:
        net: reads the picture; a copy in double precision is used.
        picture: ``(channels, height, width)``; only its shape matters.
        layers: names of layers of maps, or of values, which see all that any of them sees.

    Raises:
        ValueError: there is no such layer, or some of its units read no pixel.
    """
    if isinstance(net, Net) and (known := _computed(net, layers)) is not None:
        return known
    double = copy.deepcopy(net).double()
    rows, columns = (_axis(double, picture, layers=layers, axis=axis) for axis in (1, 2))
    return {name: Reach(rows[name], columns[name]) for name in layers}


def _computed(net: Net, layers: Sequence[str]) -> dict[str, Reach] | None:
    """What the units see by the fields of their layers; None where fields do not tell."""
    nodes = {node.name: node for node in net.nodes}
    uneven = any(n.type.startswith("adaptive") and math.prod(n.shape[1:]) > 1 for n in net.nodes)
    if uneven or len(net.shape) != 3 or not {*layers} <= {*nodes}:
        return None
    try:
        fields = receptive_fields(net)
    except UsageError:  # branches whose fields move apart
        return None
    found = {}
    for name in layers:
        field, shape = fields[name], nodes[name].shape
        units = shape[1:] if len(shape) == 3 else (1, 1)
        sides = []
        for k, (count, side) in enumerate(zip(units, net.shape[1:], strict=True)):
            first = field.start[k] + field.stride[k] * torch.arange(count)
            ends = torch.stack([first.floor(), (first + field.size[k]).ceil()], 1)
            sides.append(ends.clamp(0, side).long())
            if bool((sides[-1][:, 0] >= sides[-1][:, 1]).any()):
                return None
        found[name] = Reach(*sides)
    return found


def _axis(
    net: nn.Module, picture: Tensor, *, layers: Sequence[str], axis: int
) -> dict[str, Tensor]:
    """Layer -> first pixel, and the one after the last, of each row or column of units."""
    side = picture.shape[axis]
    step = 1 if side <= _WHOLE else -(-side // (_WHOLE // 2))
    band = torch.arange(side, device=picture.device) // step
    reached: dict[str, list[Tensor]] = {name: [] for name in layers}
    for some in band.unique().split(_PICTURES):
        blank = torch.zeros(len(some), *picture.shape, dtype=torch.float64, device=band.device)
        lost = (band == some[:, None]).reshape(len(some), 1, *([-1, 1] if axis == 1 else [1, -1]))
        found = outputs_of(net, blank.masked_fill(lost, torch.nan), layers=layers)
        for name, h in found.items():
            gone = h.isnan() if h.ndim == 4 else h.isnan()[:, :, None, None]
            reached[name].append(gone.any(1).any(3 - axis))
    return {name: _ends(torch.cat(found), step, side=side) for name, found in reached.items()}


def _ends(reads: Tensor, step: int, *, side: int) -> Tensor:
    """First pixel and the one after the last of each unit, from ``(bands, units)``."""
    if not bool(reads.any(0).all()):
        raise UsageError("some units of the layer read no pixel: look at another layer")
    first = reads.to(torch.int8).argmax(0)
    last = len(reads) - reads.flip(0).to(torch.int8).argmax(0)
    return torch.stack([first * step, (last * step).clamp(max=side)], 1)
