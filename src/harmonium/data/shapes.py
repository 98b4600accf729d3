"""Drawn shapes in colour with captions: made pictures and words with known factors."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from harmonium.bounds import Count, Seed
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Joined, Numbers, Picture
from harmonium.errors import DataError

__all__ = ["COLOURS", "FACTORS", "GROUNDS", "covered", "shapes"]

COLOURS = {
    "red": (0.85, 0.15, 0.15),
    "orange": (0.95, 0.55, 0.1),
    "yellow": (0.95, 0.9, 0.2),
    "green": (0.2, 0.65, 0.25),
    "blue": (0.2, 0.35, 0.85),
    "purple": (0.55, 0.2, 0.65),
    "pink": (0.95, 0.6, 0.75),
    "brown": (0.45, 0.3, 0.15),
}
GROUNDS = {"white": 0.95, "grey": 0.55, "black": 0.05}
_SIZES = {"small": 0.14, "medium": 0.2, "large": 0.27}
_PLACES = {
    f"{row} {column}".replace("middle centre", "centre"): (0.28 + 0.22 * i, 0.28 + 0.22 * j)
    for i, row in enumerate(("top", "middle", "bottom"))
    for j, column in enumerate(("left", "centre", "right"))
}
_FORMS = ("circle", "square", "triangle", "cross", "diamond", "ring")

FACTORS: dict[str, tuple[str, ...]] = {
    "size": tuple(_SIZES),
    "colour": tuple(COLOURS),
    "form": _FORMS,
    "place": tuple(_PLACES),
    "ground": tuple(GROUNDS),
}
"""What differs from picture to picture, in the order of a caption."""

_FINE = 2
"""Each pixel is the mean of this many points on a side."""

_AT_ONCE = 250
"""Pictures that are drawn at the same time."""


def shapes(rows: Count = 6000, *, test: Count = 1000, size: Count = 16, seed: Seed = 0) -> DataSet:
    """Made pictures of one shape in colour, with their words, side by side in a row.

    Size, colour, form, place and ground differ (3 x 8 x 6 x 9 x 3 = 3888 combinations), as in "a
    small red circle top left on white". A row is a "picture", 3 x size x size values in [0, 1],
    and its "words", one 0 or 1 for each of 29 values of a factor. The shape is shifted and scaled
    at random by a little, its colour varies, and pixels have noise. Test rows have combinations
    that no training row has, each another one.

    Args:
        rows: number of training rows.
        test: number of test rows.
        size: height and width of the pictures.
        seed: seed of all random draws.

    Raises:
        ValueError: more test rows than half of the combinations.

    >>> made = shapes(20, test=5)
    >>> made.test.names[0]
    'a medium purple circle top left on white'
    """
    every = np.array(list(product(*(range(len(names)) for names in FACTORS.values()))))
    if test > len(every) // 2:
        raise DataError(
            f"{test} test rows: {len(every)} combinations leave at most {len(every) // 2}"
        )
    rng = np.random.default_rng(seed)
    every = rng.permutation(every)
    seen = every[test:][rng.integers(len(every) - test, size=rows)]
    train, held = (_rows(part, size=size, rng=rng) for part in (seen, every[:test]))
    words = tuple(name for names in FACTORS.values() for name in names)
    parts: dict[str, Numbers | Picture] = {
        "picture": Picture((3, size, size)),
        "words": Numbers((len(words),), words),
    }
    return DataSet("shapes", train, test=held, columns={"x": Joined(parts)})


def _rows(factors: NDArray[Any], *, size: int, rng: np.random.Generator) -> Any:  # noqa: ANN401
    pictures = _drawn(factors, size=size, rng=rng)
    words = torch.cat(
        [
            torch.nn.functional.one_hot(torch.from_numpy(column), len(names))
            for column, names in zip(factors.T, FACTORS.values(), strict=True)
        ],
        1,
    )
    listed = [*FACTORS.values()]
    names = [
        "a {} {} {} {} on {}".format(*(listed[k][i] for k, i in enumerate(row))) for row in factors
    ]
    return Split(torch.cat([pictures.flatten(1), words.float()], 1), names=names)


def _drawn(factors: NDArray[Any], *, size: int, rng: np.random.Generator) -> Tensor:
    """Pictures ``(N, 3, size, size)`` of combinations of factors ``(N, 5)``."""
    n = len(factors)
    radius = np.array([*_SIZES.values()])[factors[:, 0]] * rng.uniform(0.92, 1.08, n)
    colour = np.array([*COLOURS.values()])[factors[:, 1]] + rng.normal(0, 0.04, (n, 3))
    centre = np.array([*_PLACES.values()])[factors[:, 3]] + rng.uniform(-0.05, 0.05, (n, 2))
    ground = np.array([*GROUNDS.values()])[factors[:, 4]][:, None] + rng.normal(0, 0.02, (n, 3))
    share = covered(factors[:, 2], radius=radius, centre=centre, size=size)
    flat = ground[:, :, None, None] * (1 - share) + colour[:, :, None, None] * share
    noisy = flat + rng.normal(0, 0.03, flat.shape)
    return torch.from_numpy(noisy.clip(0, 1).astype(np.float32))


def covered(
    form: NDArray[Any], *, radius: NDArray[Any], centre: NDArray[Any], size: int
) -> NDArray[Any]:
    """The share of each pixel that a shape covers, ``(N, 1, size, size)``.

    Args:
        form: places in ``FACTORS["form"]``, ``(N,)``.
        radius: in widths of the picture, ``(N,)``.
        centre: y from the top and x from the left, in widths of the picture, ``(N, 2)``.
        size: height and width of the pictures.
    """
    at = (np.arange(size * _FINE) + 0.5) / (size * _FINE)
    y, x = ((at - centre[:, [k]]) / radius[:, None] for k in (0, 1))
    n = len(form)
    share = np.empty((n, 1, size, size))
    for first in range(0, n, _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        inside = _inside(y[part, :, None], x[part, None], form=form[part][:, None, None])
        share[part, 0] = inside.reshape(-1, size, _FINE, size, _FINE).mean((2, 4))
    return share


def _inside(y: NDArray[Any], x: NDArray[Any], *, form: NDArray[Any]) -> NDArray[Any]:
    """Whether points are inside a form of radius 1 around 0."""
    y, x = np.broadcast_arrays(y.astype(np.float32), x.astype(np.float32))
    far, wide, high = np.hypot(y, x), np.abs(x), np.abs(y)
    most = np.maximum(wide, high)
    masks = [
        far < 1,
        most < 0.88,
        (y < 0.75) & (wide < 0.55 * (y + 1.05)),
        (most < 1) & (np.minimum(wide, high) < 0.36),
        wide + high < 1.15,
        (far < 1) & (far > 0.55),
    ]
    return np.choose(form, masks)
