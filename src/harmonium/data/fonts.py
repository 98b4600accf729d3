"""Capital letters drawn from the free fonts inside matplotlib: real shapes without a download."""

from __future__ import annotations

from pathlib import Path
from string import ascii_uppercase

import numpy as np
import torch
from torch import Tensor

from harmonium.data.images import ImageSet
from harmonium.extras import need

__all__ = ["font_letters"]

_SIDE, _SIZES = 29, (20, 24, 27)
_TRAIN = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-BoldOblique", "DejaVuSans-Oblique",
    "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-BoldOblique",
    "DejaVuSansMono-Oblique", "DejaVuSerif-Bold", "DejaVuSerif-BoldItalic", "DejaVuSerif-Italic",
    "STIXGeneralBol", "STIXGeneralBolIta", "STIXGeneralItalic", "cmb10", "cmss10", "cmtt10",
)  # fmt: skip
_TEST = ("DejaVuSerif", "STIXGeneral", "cmr10")


def font_letters() -> ImageSet:
    """Returns A to Z in 20 fonts and 3 sizes, centred on 29 x 29 pixels: grey, pixels / 255.

    1326 training rows of 17 fonts and 234 test rows of three other fonts. For each font come the
    sizes 20, 24 and 27, for each size the alphabet. DejaVu, STIX and Computer Modern are free
    fonts in matplotlib. They are drawn by Pillow, whose versions may differ in the last grey
    levels of edges.

    Raises:
        ImportError: matplotlib or Pillow is missing.

    >>> font_letters()
    ImageSet('letters': 1326 train and 234 test images of 29 x 29, 26 classes)
    """
    folder = Path(
        need("matplotlib", "letters come from the fonts of").get_data_path(), "fonts/ttf"
    )
    need("PIL", "letters are drawn by")
    train, test = (
        torch.cat([_alphabet(folder / f"{font}.ttf", size) for font in fonts for size in _SIZES])
        for fonts in (_TRAIN, _TEST)
    )
    train_labels, test_labels = (
        torch.arange(len(x)) % len(ascii_uppercase) for x in (train, test)
    )
    return ImageSet(
        "letters",
        train,
        train_labels,
        test,
        test_labels,
        shape=(_SIDE, _SIDE),
        classes=tuple(ascii_uppercase),
    )


def _alphabet(file: Path, size: int) -> Tensor:
    """Letters of one font and size, (26, 841), each centred in its picture."""
    image, draw, fonts = (need(f"PIL.{part}") for part in ("Image", "ImageDraw", "ImageFont"))
    font = fonts.truetype(str(file), size, layout_engine=fonts.Layout.BASIC)
    rows = []
    for letter in ascii_uppercase:
        sheet = image.new("L", (_SIDE, _SIDE), 0)
        pen = draw.Draw(sheet)
        left, top, right, bottom = pen.textbbox((0, 0), letter, font=font)
        corner = ((_SIDE - right + left) // 2 - left, (_SIDE - bottom + top) // 2 - top)
        pen.text(corner, letter, fill=255, font=font)
        rows.append(np.asarray(sheet).ravel())
    return torch.from_numpy(np.stack(rows)).float().div_(255)
