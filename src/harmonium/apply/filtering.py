"""Filters a picture file by a kernel and writes the result as a picture."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from torch import Tensor

from harmonium.apply.tables import new_file
from harmonium.data.named_pictures import PICTURES, named_picture
from harmonium.data.pictures import read_picture
from harmonium.extras import need
from harmonium.nets.kernels import Display, shown

__all__ = ["grey_levels", "write_grey_levels"]


def grey_levels(source: str | os.PathLike[str]) -> Tensor:
    """Pixels of a picture in 0 ... 255, ``(height, width)``, or with 3 colours before.

    Transparent parts become white. Grey of 16 bits keeps its depth, so that levels may be
    fractions; colours are read with 8 bits.

    Args:
        source: a picture file, or the name of a picture of ``data.named_pictures`` if there is no
            file of that name.

    Raises:
        FileNotFoundError: there is neither such a file nor such a name.
        ImportError: Pillow is missing.
        ValueError: the file is not a picture, or is damaged.
    """
    path = Path(source)
    if str(source) in PICTURES and not path.exists():
        return 255 * torch.from_numpy(named_picture(str(source)))
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: no such file, and no picture of that name; there are {', '.join(PICTURES)}"
        )
    pixels = 255 * torch.from_numpy(read_picture(path, colour="rgb"))
    grey = bool((pixels == pixels[:1]).all())
    return pixels[0] if grey else pixels


def write_grey_levels(
    values: Tensor,
    path: str | os.PathLike[str],
    *,
    display: Display = "clip",
    overwrite: bool = False,
) -> None:
    """Writes values ``(height, width)`` or ``(3, height, width)`` as a PNG of 8 bits.

    Args:
        values: any numbers; 0 is black and 255 white.
        path: the new file.
        display: what becomes of values outside of 0 ... 255.
        overwrite: replace an existing file.

    Raises:
        FileExistsError: the file exists, and ``overwrite`` is False.
        ImportError: Pillow is missing.
        ValueError: the suffix is not .png.
    """
    pixels = shown(values, display).round().to(torch.uint8)
    pixels = pixels.movedim(0, -1) if pixels.ndim == 3 else pixels
    image = need("PIL.Image", "pictures need").fromarray(pixels.contiguous().numpy())
    with new_file(path, suffixes=(".png",), overwrite=overwrite) as part:
        image.save(part, format="PNG")
