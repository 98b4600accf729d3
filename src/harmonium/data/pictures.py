"""Reads one picture file as numbers through Pillow, with limits and errors that name the file."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.files import regular

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["SUFFIXES", "read_picture"]

SUFFIXES = (
    ".png",
    ".apng",
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".bmp",
    ".dib",
    ".gif",
    ".tif",
    ".tiff",
    ".webp",
    ".pgm",
    ".ppm",
    ".pbm",
    ".pnm",
)
_FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "TIFF", "WEBP", "PPM")  # no embedded programs
_MODES = {"grey": "L", "rgb": "RGB"}
_ORIENTATION = 0x0112  # the tag of EXIF
_TURNS = {  # its value -> what turns the picture upright
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_DEEPEST = 65535


def read_picture(
    path: Path, *, colour: Literal["grey", "rgb"] = "grey", size: Sequence[int] | None = None
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Returns the pixels in [0, 1] of a picture file: (height, width), or (3, height, width).

    The picture is turned upright as its EXIF metadata say; other or damaged metadata are ignored.
    Of an animation, the first frame is used; transparency becomes white; 16-bit grey keeps its
    depth. With `size` (height, width), the largest centred part of that proportion is cut out and
    resampled (Lanczos).

    Raises:
        FileNotFoundError: there is no such file.
        ImportError: Pillow is missing.
        ValueError: it is not a regular file, is damaged, not a picture, or exceeds Pillow's limit
            of pixels (PIL.Image.MAX_IMAGE_PIXELS); the message names the file.
    """
    image, ops = (need(m, "pictures need") for m in ("PIL.Image", "PIL.ImageOps"))
    bombs = (image.DecompressionBombWarning, image.DecompressionBombError)
    with warnings.catch_warnings(), regular(path).open("rb") as file:
        warnings.simplefilter("ignore")  # about irrelevant metadata
        warnings.simplefilter("error", bombs[0])
        try:
            with image.open(file, formats=_FORMATS) as picture:
                return _pixels(_upright(picture), _MODES[colour], ops=ops, size=size)
        except bombs as error:
            raise DataError(
                f"{path}: {error}: if you trust the file, raise PIL.Image.MAX_IMAGE_PIXELS"
            ) from error
        except image.UnidentifiedImageError as error:
            raise DataError(
                f"{path}: no picture of a known kind: remove it, or convert it"
            ) from error
        except MemoryError:
            raise
        except Exception as error:  # decoders raise errors of any type
            raise DataError(
                f"{path}: no whole picture ({error}): bring the file again, or remove it"
            ) from error


def _upright(picture: Image) -> Image:
    """The picture turned upright, or unchanged if its metadata are damaged."""
    if picture.format == "TIFF":  # Pillow turns these itself, and fails on damaged metadata
        turn = _turn(picture)
        picture.load_end = lambda: None  # type: ignore[attr-defined]
        picture.load()
        picture._size = picture.im.size
    else:
        picture.load()
        turn = _turn(picture)
    return picture if turn is None else picture.transpose(need("PIL.Image").Transpose[turn])


def _turn(picture: Image) -> str | None:
    """Turn that the metadata of a picture ask for; None for no turn."""
    try:
        return _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged metadata raise errors of any type
        return None


def _pixels(
    picture: Image, mode: str, *, ops: ModuleType, size: Sequence[int] | None
) -> np.ndarray[Any, np.dtype[np.float32]]:
    deep = _deep(picture)
    if deep is not None:
        picture = need("PIL.Image").fromarray(deep)
    else:
        picture = _on_white(picture)
        picture = picture if picture.mode == mode else picture.convert(mode)
    if size is not None:
        height, width = size
        picture = ops.fit(picture, (width, height), method=1)
    pixels = np.array(picture, dtype=np.float32)
    if deep is None:
        pixels /= 255
    pixels = pixels.clip(0, 1)  # resampling overshoots
    if pixels.ndim == 2 and mode == "RGB":
        return np.stack([pixels] * 3)
    return pixels.transpose(2, 0, 1) if pixels.ndim == 3 else pixels


def _deep(picture: Image) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """16-bit grey in [0, 1], which Pillow would reduce to 8 bits; None for other pixels."""
    graymap = picture.format == "PPM" and picture.mode == "I"  # Pillow scales these to 16 bits
    if picture.mode in ("I", "F") and not graymap:
        raise DataError(f"pixels of mode {picture.mode} have no known largest value")
    if not graymap and not picture.mode.startswith("I;16"):
        return None
    values = np.asarray(picture)
    scaled = values.astype(np.float32) / np.float32(_DEEPEST)
    clear = picture.info.get("transparency")  # the value that counts as transparent
    if isinstance(clear, int):
        scaled[values == clear] = 1
    return scaled


def _on_white(picture: Image) -> Image:
    """The picture on a white background, if parts of it are transparent."""
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    ground = need("PIL.Image").new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")
