"""Drawn scenes of one or two shapes in colour, each with a caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.bounds import Count, Seed
from harmonium.data.captions import PAIRS, RELATIONS, SINGLES, WORDS
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.kinds import Numbers, Picture
from harmonium.data.shapes import COLOURS, FACTORS, GROUNDS, SIZES, covered
from harmonium.data.tokens import Tokens, padded

__all__ = ["Scenes", "scenes"]

_SCALE = 0.85
"""Radius of a shape, in radii of one that is alone in a picture."""

_HELD = 28
"""Of the 144 combinations of size, colour and form, those of test pictures."""

_SHORT = 0.3
"""Share of shapes whose size a caption leaves out."""


@dataclass(frozen=True, repr=False)
class Scenes(Numbers):
    """What drawn scenes hold, as whole numbers, ``(11,)``.

    Places in ``shapes.FACTORS`` of size, colour and form, then row and column from the top left,
    of the first shape, and of the second one or -1; then the place of the ground.
    """


def scenes(
    rows: Count = 8000, *, test: Count = 1000, size: Count = 24, seed: Seed = 0
) -> DataSet:
    """Made pictures of one shape or two in colour, each with a caption.

    As in "a small red circle left of a blue square" or "on white we see an orange ring". Twelve
    forms of captions state different facts; sizes are left out of some. Columns are "x", the
    picture, 3 x size x size values in [0, 1]; "target", the words of the caption; and "scene",
    what is drawn. Of the 144 combinations of size, colour and form, 28 are of test rows only, and
    these have no others.

    Args:
        rows: number of training rows.
        test: number of test rows.
        size: height and width of the pictures.
        seed: seed of all random draws.

    >>> made = scenes(20, test=5)
    >>> made.test.names[0]
    ''
    """
    rng = np.random.default_rng(seed)
    sizes = (len(FACTORS[name]) for name in ("size", "colour", "form"))
    combined = rng.permutation(np.array(list(product(*map(range, sizes)))))
    parts = {"train": (combined[_HELD:], rows), "test": (combined[:_HELD], test)}
    drawn = {part: _placed(able, n, rng=rng) for part, (able, n) in parts.items()}
    texts = {part: _captions(scene, rng=rng) for part, scene in drawn.items()}
    coded = {part: [WORDS.encode(text) for text in listed] for part, listed in texts.items()}
    longest = max(len(text) for listed in coded.values() for text in listed)
    splits: dict[str, Any] = {
        part: Examples(
            {
                "x": torch.from_numpy(_pictures(scene, size=size, rng=rng)).flatten(1),
                "target": padded(coded[part], longest),
                "scene": torch.from_numpy(scene.astype(np.float32)),
            },
            tuple(texts[part]),
        )
        for part, scene in drawn.items()
    }
    columns: dict[str, Any] = {
        "x": Picture((3, size, size)),
        "target": Tokens(WORDS, longest),
        "scene": Scenes((11,)),
    }
    return DataSet("scenes", **splits, columns=columns)


def _placed(able: NDArray[Any], n: int, *, rng: np.random.Generator) -> NDArray[Any]:
    """Scenes ``(n, 11)`` of shapes with some combinations of size, colour and form ``(K, 3)``."""
    first = rng.integers(len(able), size=n)
    second = (first + rng.integers(1, len(able), size=n)) % len(able)
    alone = rng.random(n) < 0.5
    line, along, turned = rng.integers(3, size=n), 2 * rng.integers(2, size=n), rng.random(n) < 0.5
    one = np.where(turned[:, None], np.stack([along, line], 1), np.stack([line, along], 1))
    two = np.where(turned[:, None], np.stack([2 - along, line], 1), np.stack([line, 2 - along], 1))
    one[alone] = rng.integers(3, size=(n, 2))[alone]
    other = np.concatenate([able[second], two], 1)
    other[alone] = -1
    ground = rng.integers(len(GROUNDS), size=(n, 1))
    return np.concatenate([able[first], one, other, ground], 1)


def _captions(scene: NDArray[Any], *, rng: np.random.Generator) -> list[str]:
    """A caption of each scene; of two shapes each may come first."""
    n = len(scene)
    form, brief = rng.integers(len(SINGLES), size=n), rng.random((n, 2)) < _SHORT
    shapes = scene[:, :10].reshape(n, 2, 5)
    swapped = (rng.random(n) < 0.5) & (shapes[:, 1, 0] >= 0)
    shapes = np.where(swapped[:, None, None], shapes[:, ::-1], shapes)
    down, right = (shapes[:, 0, k] - shapes[:, 1, k] for k in (3, 4))
    relation = np.where(right != 0, (right > 0).astype(int), 2 + (down > 0))
    ground = [FACTORS["ground"][k] for k in scene[:, 10]]
    return [
        (SINGLES if two[0] < 0 else PAIRS)[k].format(
            a=_shape(one, short[0]),
            b=_shape(two, short[1]),
            place=FACTORS["place"][3 * one[3] + one[4]],
            other=FACTORS["place"][3 * two[3] + two[4]],
            relation=RELATIONS[way],
            ground=on,
        )
        for k, (one, two), short, way, on in zip(
            form, shapes, brief, relation, ground, strict=True
        )
    ]


def _shape(factors: Sequence[int], short: bool) -> str:  # noqa: FBT001
    """A shape in words, with or without its size."""
    words = [FACTORS[name][k] for name, k in zip(("size", "colour", "form"), factors, strict=False)]
    told = " ".join(words[int(short) :])
    return f"an {told}" if told.startswith("o") else f"a {told}"


def _pictures(scene: NDArray[Any], *, size: int, rng: np.random.Generator) -> NDArray[Any]:
    """Pictures ``(N, 3, size, size)`` of scenes ``(N, 11)``."""
    n = len(scene)
    ground = np.array([*GROUNDS.values()])[scene[:, 10]][:, None] + rng.normal(0, 0.02, (n, 3))
    flat = np.broadcast_to(ground[:, :, None, None], (n, 3, size, size))
    for shape in (scene[:, :5], scene[:, 5:10]):
        there = (shape[:, 0] >= 0)[:, None, None, None]
        radius = _SCALE * np.array([*SIZES.values()])[shape[:, 0]] * rng.uniform(0.92, 1.08, n)
        colour = np.array([*COLOURS.values()])[shape[:, 1]] + rng.normal(0, 0.04, (n, 3))
        centre = 0.25 * (1 + shape[:, 3:]) + rng.uniform(-0.03, 0.03, (n, 2))
        form = shape[:, 2].clip(0)
        share = covered(form, radius=radius, centre=centre, size=size) * there
        flat = flat * (1 - share) + colour[:, :, None, None] * share
    noisy = flat + rng.normal(0, 0.03, flat.shape)
    return noisy.clip(0, 1).astype(np.float32)
