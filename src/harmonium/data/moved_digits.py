"""Printed digits that are moved and damaged: the experiment of the neocognitron."""

import torch
from torch import Generator, Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Share, Size
from harmonium.data.bitmaps import digit_codes
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples, Split
from harmonium.data.kinds import Classes, Picture
from harmonium.errors import DataError

__all__ = ["moved_digits"]

_SIDE, _LARGEST = 32, 4
"""Rows and columns of a picture, and pixels of paper above and below a digit in its middle."""


@checked
def moved_digits(
    rows: Count = 100,
    *,
    test: Count = 500,
    digits: Count = 5,
    shift: Size = 3,
    noise: Share = 0.1,
    seed: int = 0,
) -> DataSet:
    """Printed digits of 14 x 24 pixels on 32 x 32, black or white, some pixels of them flipped.

    Training digits stand in the middle. Test digits are moved, to the side and up or down, by
    whole pixels, each amount from -shift to shift equally often; no training row shows that.

    Args:
        rows: Number of training rows; the digits take turns.
        test: Number of test rows.
        digits: How many of the digits 0 to 9 there are, the first ones.
        shift: Largest number of pixels that a test digit is moved, at most 4.
        noise: Share of the pixels that is flipped, in all rows.
        seed: Seed of shifts and noise.

    Raises:
        ValueError: there are more than 10 digits, or a digit would leave the picture.

    >>> moved_digits()
    DataSet('moved_digits': 100 train, 500 test, each 32 x 32, 5 classes)
    """
    if digits > 10:
        raise DataError(f"digits is {digits}: there are 10")
    if shift > _LARGEST:
        raise DataError(
            f"shift is {shift}: digits leave the picture when moved by more than {_LARGEST} pixels"
        )
    source = torch.Generator().manual_seed(seed)
    moves = torch.randint(-shift, shift + 1, (test, 2), generator=source)
    return DataSet(
        "moved_digits",
        _split(torch.zeros_like(moves[:1]).expand(rows, 2), digits, noise=noise, source=source),
        test=_split(moves, digits, noise=noise, source=source),
        columns={
            "x": Picture((1, _SIDE, _SIDE)),
            "y": Classes(tuple("0123456789"[:digits])),
        },
    )


def _split(moves: Tensor, digits: int, *, noise: float, source: Generator) -> Examples:
    """A row for each move ``(N, 2)``, down and to the right."""
    ink = (digit_codes().view(10, 12, 7) > 0).float().repeat_interleave(2, 1)
    middle = torch.zeros(10, _SIDE, _SIDE, dtype=torch.float32)
    middle[:, 4:28, 9:23] = ink.repeat_interleave(2, 2)
    label, place = torch.arange(len(moves)) % digits, torch.arange(_SIDE)
    down = (place - moves[:, :1]) % _SIDE
    right = (place - moves[:, 1:]) % _SIDE
    x = middle[label[:, None, None], down[:, :, None], right[:, None]]
    flipped = torch.rand(x.shape, generator=source, dtype=torch.float32) < noise
    return Split((x - flipped.float()).abs().flatten(1), label)
