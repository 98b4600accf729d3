"""Drawn scenes of one or two shapes in colour, each with a caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from harmonium.data.shapes import COLOURS, FACTORS, GROUNDS, covered
from harmonium.data.tokens import Tokens, padded

__all__ = ["Scenes", "scenes"]

_RADII = np.array([0.15, 0.195, 0.24])
"""Radius of a small, a medium and a large shape, in widths of the picture."""

_HELD = 0.25
"""Share of all combinations that is of test rows only."""

_SHORT = 0.3
"""Share of shapes whose size a caption leaves out."""


@dataclass(frozen=True, repr=False)
class Scenes(Numbers):
    """What drawn scenes hold, as whole numbers, ``(11,)``.

    Places in ``shapes.FACTORS`` of size, colour and form, then row and column from the top left,
    of the first shape, and of the second one or -1; then the place of the ground.
    """


def scenes(rows: Count = 8000, *, test: Count = 1000, size: Count = 24, seed: Seed = 0) -> DataSet:
    """Made pictures of one shape or two in colour, each with a caption.

    As in "a small red circle left of a blue square" or "on white we see an orange ring". Twelve
    forms of captions state different facts; sizes are left out of some. Columns are "x", the
    picture, 3 x size x size values in [0, 1]; "target", the words of the caption; and "scene",
    what is drawn.

    A quarter of the combinations is of test rows only, and these have no others: for one shape, of
    its size, colour, form and place with the ground (3888 in all), for two, of the sizes, colours
    and forms of both (10 296).

    Args:
        rows: number of training rows.
        test: number of test rows.
        size: height and width of the pictures.
        seed: seed of all random draws.

    >>> made = scenes(20, test=5)
    >>> made.test.names[0]
    'on black we see a large brown square'
    """
    rng = np.random.default_rng(seed)
    able = {name: rng.permutation(table) for name, table in _combinations().items()}
    drawn = {}
    for part, n in {"train": rows, "test": test}.items():
        at = {name: int(len(table) * _HELD) for name, table in able.items()}
        own = {
            name: table[: at[name]] if part == "test" else table[at[name] :]
            for name, table in able.items()
        }
        drawn[part] = _placed(own, n, rng=rng)
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


def _combinations() -> dict[str, NDArray[Any]]:
    """All combinations of one shape with place and ground, ``(K, 6)``, and of two, ``(K, 6)``."""
    sizes = [len(FACTORS[name]) for name in ("size", "colour", "form")]
    shapes = np.array(list(product(*map(range, sizes))))
    one = np.array(list(product(*map(range, (*sizes, 3, 3, len(GROUNDS))))))
    first, second = np.triu_indices(len(shapes), 1)
    return {"one": one, "two": np.concatenate([shapes[first], shapes[second]], 1)}


def _placed(able: Mapping[str, NDArray[Any]], n: int, *, rng: np.random.Generator) -> NDArray[Any]:
    """Scenes ``(n, 11)`` of some combinations; half of them have one shape."""
    one, two = (table[rng.integers(len(table), size=n)] for table in able.values())
    single = np.concatenate([one[:, :5], np.full((n, 5), -1), one[:, 5:]], 1)
    first, second = two[:, :3], two[:, 3:]
    swapped = (rng.random(n) < 0.5)[:, None]
    first, second = np.where(swapped, second, first), np.where(swapped, first, second)
    line, turned = rng.integers(3, size=n), (rng.random(n) < 0.5)[:, None]
    here, there = (np.stack([line, np.full(n, k)], 1) for k in (0, 2))
    here, there = (np.where(turned, x[:, ::-1], x) for x in (here, there))
    ground = rng.integers(len(GROUNDS), size=(n, 1))
    double = np.concatenate([first, here, second, there, ground], 1)
    return np.where((rng.random(n) < 0.5)[:, None], single, double)


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
    named = zip(("size", "colour", "form"), factors, strict=False)
    words = [FACTORS[name][k] for name, k in named]
    told = " ".join(words[int(short) :])
    return f"an {told}" if told.startswith("o") else f"a {told}"


def _pictures(scene: NDArray[Any], *, size: int, rng: np.random.Generator) -> NDArray[Any]:
    """Pictures ``(N, 3, size, size)`` of scenes ``(N, 11)``."""
    n = len(scene)
    ground = np.array([*GROUNDS.values()])[scene[:, 10]][:, None] + rng.normal(0, 0.02, (n, 3))
    flat = np.broadcast_to(ground[:, :, None, None], (n, 3, size, size))
    for shape in (scene[:, :5], scene[:, 5:10]):
        there = (shape[:, 0] >= 0)[:, None, None, None]
        radius = _RADII[shape[:, 0]] * rng.uniform(0.92, 1.08, n)
        colour = np.array([*COLOURS.values()])[shape[:, 1]] + rng.normal(0, 0.04, (n, 3))
        centre = 0.25 * (1 + shape[:, 3:]) + rng.uniform(-0.03, 0.03, (n, 2))
        form = shape[:, 2].clip(0)
        share = covered(form, radius=radius, centre=centre, size=size) * there
        flat = flat * (1 - share) + colour[:, :, None, None] * share
    noisy = flat + rng.normal(0, 0.03, flat.shape)
    return noisy.clip(0, 1).astype(np.float32)
