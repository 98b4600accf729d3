"""One picture file as numbers, through Pillow: bounded, upright, and refused by name."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from harmonium.extras import need

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["SUFFIXES", "read_picture"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # none that runs a program
_MODES = {"grey": "L", "rgb": "RGB"}


def read_picture(
    path: Path, *, colour: Literal["grey", "rgb"] = "grey", size: Sequence[int] | None = None
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the pixels in [0, 1] of a picture file: (height, width), or (3, height, width).

    The picture is turned upright (EXIF), of an animation the first frame is taken, transparency
    is ignored, 16-bit grey keeps its depth. With `size` (height, width) the largest part of that
    proportion is cut from the centre and resampled (Lanczos).

    Raises:
        ImportError: where Pillow is missing.
        ValueError: for a file that is damaged, no picture, or has more than Pillow's limit of
            pixels (PIL.Image.MAX_IMAGE_PIXELS); the file is named.
    """
    image, ops = (need(m, "pictures need") for m in ("PIL.Image", "PIL.ImageOps"))
    bombs = (image.DecompressionBombWarning, image.DecompressionBombError)
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")  # of metadata that do not matter here
            warnings.simplefilter("error", bombs[0])
            with image.open(file, formats=_FORMATS) as picture:
                return _pixels(ops.exif_transpose(picture), _MODES[colour], ops=ops, size=size)
    except bombs as error:
        raise ValueError(
            f"{path}: {error}: if you trust the file, raise PIL.Image.MAX_IMAGE_PIXELS"
        ) from error
    except FileNotFoundError:
        raise
    except image.UnidentifiedImageError as error:
        raise ValueError(
            f"{path}: no picture of a known kind: remove it, or convert it"
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ValueError(
            f"{path}: no whole picture ({error}): bring the file again, or remove it"
        ) from error


def _pixels(
    picture: Image, mode: str, *, ops: ModuleType, size: Sequence[int] | None
) -> np.ndarray[Any, np.dtype[np.float32]]:
    deep = picture.mode.startswith("I;16")
    if picture.mode in ("I", "F"):
        raise ValueError(f"pixels of mode {picture.mode} have no known largest value")
    if deep:  # Pillow would cut 16 bits down to 8
        scaled = np.asarray(picture).astype(np.float32) / 65535
        picture = need("PIL.Image").fromarray(scaled)
    elif picture.mode != mode:
        picture = picture.convert(mode)
    if size is not None:
        height, width = size
        picture = ops.fit(picture, (width, height), method=1)
    pixels = np.array(picture, dtype=np.float32)
    if not deep:
        pixels /= 255
    pixels = pixels.clip(0, 1)  # resampling overshoots
    if pixels.ndim == 2 and mode == "RGB":
        return np.stack([pixels] * 3)
    return pixels.transpose(2, 0, 1) if pixels.ndim == 3 else pixels
