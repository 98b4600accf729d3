"""Scenes: objects and clutter at known places of photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn.functional import grid_sample, interpolate

from harmonium.arguments import checked
from harmonium.bounds import Count, Seed, Size
from harmonium.data.boxes import Boxes, overlaps
from harmonium.data.dataset import DataSet
from harmonium.data.digits import digits
from harmonium.data.examples import Examples
from harmonium.data.kinds import Kind, Picture
from harmonium.data.patches import patches_of, picture_files
from harmonium.data.pictures import read_picture
from harmonium.data.small_faces import photographs as bsds
from harmonium.data.small_faces import small_faces
from harmonium.errors import DataError

__all__ = ["cluttered_scenes"]

_SMALLEST, _LARGEST = 19, 38
"""Sides of the smallest and the largest object, in pixels."""

_TRIES = 20
"""Places that are tried for an object; without a free one among them it is left out."""


@checked
def cluttered_scenes(  # noqa: PLR0913
    objects: Literal["digits", "faces"] = "digits",
    *,
    photographs: Path | None = None,
    rows: Count = 300,
    test: Count = 100,
    size: Sequence[Count] = (96, 128),
    most: Count = 4,
    clutter: Size = 4,
    seed: Seed = 0,
) -> DataSet:
    """Grey photographs with 1 to `most` objects in them, and the boxes around these.

    An object is a square of 19 to 38 pixels at a random place; objects do not overlap. Beside
    them lie 0 to `clutter` pieces of clutter: objects whose halves are exchanged, left and right,
    upper and lower, or both, so that a part of an object does not tell it. Test scenes show other
    objects on other photographs: the last ones in the order of their names.

    "digits" are handwritten, bright ink on the photograph, which is darkened to .6. "faces" are
    grey faces of 19 x 19 pixels (`data.small_faces`), in a disc with a soft edge and of a random
    brightness and contrast. Faces in the photographs themselves have no box.

    Args:
        objects: What is looked for.
        photographs: Folder with pictures, or a .tar of them, at least twice as high and wide as a
            scene. Null: for digits china and flower, which come with scikit-learn; for faces 80
            photographs of BSDS500, which are looked for in the usual places.
        rows: Number of training scenes.
        test: Number of test scenes.
        size: Height and width of a scene.
        most: Largest number of objects of a scene.
        clutter: Largest number of pieces of clutter.
        seed: Seed of all random draws.

    Raises:
        FileNotFoundError: a file is missing; the message gives its source and place.
        ImportError: scikit-learn, scipy or Pillow is missing.
        ValueError: a file is damaged or altered, there is a single photograph, or photographs or
            scenes are too small.

    >>> cluttered_scenes(rows=4, test=2)
    DataSet('cluttered_scenes': 4 train, 2 test, each 96 x 128, 0 classes)
    """
    if len(size) != 2 or min(size) < 2 * _LARGEST:
        raise DataError(f"size {[*size]}: height and width of at least {2 * _LARGEST} are needed")
    path = bsds() if photographs is None and objects == "faces" else photographs
    random = np.random.default_rng(seed)
    source = torch.Generator().manual_seed(seed)
    grounds = _grounds(path, (rows, test), size=(size[0], size[1]), random=random)
    splits = [
        _placed(ground, looks, counts=(most, clutter), source=source)
        for ground, looks in zip(grounds, _looks(objects), strict=True)
    ]
    columns: dict[str, Kind] = {"x": Picture((1, size[0], size[1])), "boxes": Boxes((most, 4))}
    return DataSet("cluttered_scenes", splits[0], test=splits[1], columns=columns)


@dataclass(frozen=True)
class _Looks:
    """Pictures of objects ``(N, h, w)`` in [0, 1]; ink covers where it is bright."""

    pictures: Tensor
    ink: bool


def _looks(objects: str) -> tuple[_Looks, _Looks]:
    """Objects of training and of test scenes."""
    if objects == "digits":
        images = digits()
        train, test = (part.view(-1, 8, 8) for part in (images.train, images.test))
        return _Looks(train, ink=True), _Looks(test, ink=True)
    faces = small_faces()
    held = len(faces) // 5
    return _Looks(faces[:-held], ink=False), _Looks(faces[-held:], ink=False)


def _grounds(
    path: Path | None, counts: Sequence[int], *, size: tuple[int, int], random: np.random.Generator
) -> list[Tensor]:
    """Cut-outs ``(n, height, width)`` of photographs at half their size, for each split."""
    small = []
    with picture_files(path) as files:
        for file in files:
            whole = torch.from_numpy(read_picture(file))[None, None]
            half = [n // 2 for n in whole.shape[2:]]
            if half[0] < size[0] or half[1] < size[1]:
                raise DataError(
                    f"{file.name} is {whole.shape[2]} x {whole.shape[3]} pixels, and scenes of "
                    f"{size[0]} x {size[1]} need photographs of twice that: remove it, or make "
                    "`size` smaller"
                )
            small.append(interpolate(whole, half, mode="bilinear", antialias=True)[0, 0].numpy())
    held = max(1, len(small) // 5)
    if held == len(small):
        raise DataError("a single photograph: training and test scenes need others; give two")
    cut = []
    for part, count in zip((small[:-held], small[-held:]), counts, strict=True):
        each = [count // len(part) + (k < count % len(part)) for k in range(len(part))]
        pieces = [
            patches_of(pixels, size, count=n, source=random)
            for pixels, n in zip(part, each, strict=True)
        ]
        cut.append(torch.from_numpy(np.concatenate(pieces)))
    return cut


def _placed(
    ground: Tensor, looks: _Looks, *, counts: tuple[int, int], source: Generator
) -> Examples:
    """Scenes: on each ground 1 to counts[0] objects and up to counts[1] pieces of clutter."""
    n, (most, clutter) = len(ground), counts
    boxes = _free_boxes(tuple(ground.shape), most + clutter, source=source)
    numbers = torch.rand(n, 2, generator=source, dtype=torch.float32)
    wanted = (numbers * torch.tensor([most, clutter + 1])).long() + torch.tensor([1, 0])
    slots = torch.arange(most + clutter)
    used = torch.where(slots < most, slots < wanted[:, :1], slots - most < wanted[:, 1:])
    boxes = boxes * used[..., None]
    which = torch.randint(len(looks.pictures), boxes.shape[:2], generator=source)
    halves = torch.randint(1, 4, boxes.shape[:2], generator=source)
    x = ground * 0.6 if looks.ink else ground  # so that ink can be seen on the sky
    for slot in range(most + clutter):
        shown = looks.pictures[which[:, slot]]
        if slot >= most:
            shown = _exchanged(shown, halves[:, slot])
        x = _drawn(x, shown, boxes=boxes[:, slot], ink=looks.ink, source=source)
    there = boxes[:, :most]
    first = (there[..., 2] <= 0).long().argsort(dim=1, stable=True)  # empty ones to the end
    there = there.gather(1, first[..., None].expand(-1, -1, 4))
    return Examples({"x": x.flatten(1), "boxes": there.flatten(1)})


def _free_boxes(shape: tuple[int, ...], count: int, *, source: Generator) -> Tensor:
    """Squares ``(n, count, 4)`` inside pictures that do not overlap; zeros where none was free."""
    n, height, width = shape
    boxes = torch.zeros(n, count, 4, dtype=torch.float32)
    for slot in range(count):
        draws = torch.rand(3, n, _TRIES, generator=source, dtype=torch.float32)
        side = (_SMALLEST * (_LARGEST / _SMALLEST) ** draws[0]).round()
        left = (draws[1] * (width - side + 1)).floor()
        top = (draws[2] * (height - side + 1)).floor()
        tried = torch.stack([left, top, left + side, top + side], -1)
        free = overlaps(tried, boxes).sum(2) == 0
        first = free.long().argmax(1)
        row = torch.arange(n)
        boxes[:, slot] = tried[row, first] * free[row, first, None]
    return boxes


def _exchanged(pictures: Tensor, halves: Tensor) -> Tensor:
    """Pictures whose halves are exchanged: 1 left and right, 2 above and below, 3 both."""
    down, across = (side // 2 for side in pictures.shape[1:])
    ways = [pictures.roll((down * (k // 2), across * (k % 2)), (1, 2)) for k in range(4)]
    return torch.stack(ways)[halves, torch.arange(len(pictures))]


def _drawn(x: Tensor, shown: Tensor, *, boxes: Tensor, ink: bool, source: Generator) -> Tensor:
    """Pictures ``(n, H, W)`` with one object each, at its box ``(n, 4)``."""
    n, height, width = x.shape
    side = (boxes[:, 2] - boxes[:, 0]).clamp(min=1)[:, None]
    across = ((torch.arange(width) + 0.5 - boxes[:, :1]) / side * 2 - 1)[:, None]
    down = ((torch.arange(height) + 0.5 - boxes[:, 1:2]) / side * 2 - 1)[:, :, None]
    across, down = torch.broadcast_tensors(across, down)
    inside = (across.abs() < 1) & (down.abs() < 1) & (boxes[:, 2] > 0)[:, None, None]
    grid = torch.stack([across, down], -1)
    draws = torch.rand(2, n, 1, 1, generator=source, dtype=torch.float32)
    if ink:
        cover = grid_sample(shown[:, None], grid, align_corners=False)[:, 0]
        cover, bright = cover.clamp(0, 1) * inside, 0.8 + 0.2 * draws[0]
    else:
        mean, deviation = shown.mean((1, 2), keepdim=True), shown.std((1, 2), keepdim=True)
        even = (shown - mean) / deviation.clamp(min=1e-3)
        even = (0.3 + 0.4 * draws[0] + (0.1 + 0.12 * draws[1]) * even).clamp(0, 1)
        padding = "border"
        bright = grid_sample(even[:, None], grid, padding_mode=padding, align_corners=False)[:, 0]
        edge = 1 - (across.square() + down.square()).sqrt()
        cover = (edge / 0.2).clamp(0, 1) * inside
    return x + cover * (bright - x)
