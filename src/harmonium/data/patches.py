"""Small patches of large pictures as a data set."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from harmonium.bounds import Count, Share
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples, Split
from harmonium.data.pictures import SUFFIXES, read_picture
from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.files import regular

__all__ = ["flat_spectrum", "patches", "patches_of", "picture_files"]

Pixels = np.ndarray[Any, np.dtype[np.float32]]

_CUT = 0.4
"""Frequency in cycles per pixel above which the flat spectrum falls."""

_LARGEST = 2**27
"""Bytes of one picture in an archive, at most."""


def patches(  # noqa: PLR0913
    path: Path | None = None,
    *,
    shape: Sequence[int] = (8, 8),
    count: Count = 10_000,
    colour: Literal["grey", "rgb"] = "grey",
    flatten_spectrum: bool = False,
    test: Share = 0.0,
    seed: int = 0,
) -> DataSet:
    """Patches at random places of pictures, pixels in [0, 1], no labels.

    Every picture gives the same number of patches, the first ones one more if need be. Test
    patches are those of whole pictures, the last ones in the order of their names, because patches
    of one picture overlap.

    Neighbouring pixels of photographs are nearly equal: their power falls with the square of the
    frequency. With `flatten_spectrum` every picture is filtered so that all frequencies up to 0.4
    cycles per pixel have about the same power (Olshausen and Field, 1997,
    https://doi.org/10.1016/S0042-6989(97)00169-7), and scaled to variance 1; its values then have
    mean 0 and both signs.

    Args:
        path: Folder with pictures (its sub-folders are not searched), or a .tar of pictures; null
            for the two photographs of scikit-learn, china and flower, of 427 x 640.
        shape: Height and width of a patch.
        count: Number of patches of all pictures together.
        colour: grey, or rgb for three channels.
        flatten_spectrum: Whether to filter the pictures before patches are cut.
        test: Fraction of the pictures that give test patches; at least one if it is above 0.
        seed: Seed of the places.

    Raises:
        FileNotFoundError: there is no such folder or file.
        ImportError: Pillow is missing; or scikit-learn is, without a path.
        ValueError: there are no pictures, a picture is damaged or smaller than a patch, or no
            picture would be left for training.

    >>> patches(count=100, test=0.5)
    DataSet('photographs': 50 train, 50 test, each 8 x 8, 0 classes)
    """
    height, width = _checked(shape)
    name = "photographs" if path is None else Path(path).resolve().stem
    with picture_files(path) as files:
        held = _held(test, len(files), name=name)
        each = [count // len(files) + (i < count % len(files)) for i in range(len(files))]
        source = np.random.default_rng(seed)
        cut: list[Pixels] = []
        for file, n in zip(files, each, strict=True):
            pixels = read_picture(file, colour=colour)
            if pixels.shape[-2] < height or pixels.shape[-1] < width:
                raise DataError(
                    f"{file.name} is {pixels.shape[-2]} x {pixels.shape[-1]} pixels, a patch "
                    f"{height} x {width}: make `shape` smaller, or remove the picture"
                )
            if flatten_spectrum:
                pixels = flat_spectrum(pixels)
            cut.append(patches_of(pixels, (height, width), count=n, source=source))
    splits = [_split(part) for part in (cut[: len(cut) - held], cut[len(cut) - held :])]
    if splits[0] is None:
        raise DataError(f"{count} patches: none is left for training: raise `count`")
    channels = (3,) if colour == "rgb" else ()
    return DataSet(name, splits[0], test=splits[1], shape=(*channels, height, width))


def patches_of(
    pixels: Pixels, shape: tuple[int, int], *, count: int, source: np.random.Generator
) -> Pixels:
    """Patches at random places of one picture.

    Args:
        pixels: ``(..., height, width)``.
        shape: height and width of a patch.
        count: number of patches n.
        source: random generator.

    Returns:
        ``(n, ..., height, width)`` of a patch.
    """
    seen = np.lib.stride_tricks.sliding_window_view(pixels, shape, axis=(-2, -1))
    rows, columns = (source.integers(0, seen.shape[axis], count) for axis in (-4, -3))
    return np.ascontiguousarray(np.moveaxis(seen[..., rows, columns, :, :], -3, 0))


def flat_spectrum(pixels: Pixels) -> Pixels:
    r"""Pictures ``(..., height, width)`` filtered by :math:`f e^{-(f / 0.4)^4}`, of variance 1.

    f is the frequency in cycles per pixel. A picture of one colour becomes 0.
    """
    height, width = pixels.shape[-2:]
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    f = np.hypot(down, across)
    spectrum = np.fft.rfft2(pixels.astype(np.float64)) * f * np.exp(-((f / _CUT) ** 4))
    filtered = np.fft.irfft2(spectrum, s=(height, width))
    deviation = filtered.std()
    flat = deviation <= 1e-9
    return (filtered * 0 if flat else filtered / deviation).astype(np.float32)


def _checked(shape: Sequence[int]) -> tuple[int, int]:
    if len(shape) != 2 or min(shape) < 1:
        raise DataError(f"shape {list(shape)}: height and width of a patch are needed")
    return int(shape[0]), int(shape[1])


def _held(test: float, pictures: int, *, name: str) -> int:
    """Number of pictures for testing."""
    held = max(1, round(test * pictures)) if test else 0
    if held >= pictures:
        raise DataError(
            f"{name}: {pictures} picture{'s' * (pictures > 1)}, and a share of {test} for testing "
            "leaves none for training: bring more pictures, or lower `test`"
        )
    return held


def _split(parts: Sequence[Pixels]) -> Examples | None:
    """Examples of the patches of some pictures; None for no patches."""
    whole = [part.reshape(len(part), -1) for part in parts if len(part)]
    return Split(torch.from_numpy(np.concatenate(whole))) if whole else None


@contextmanager
def picture_files(path: Path | None) -> Iterator[list[Path]]:
    """Picture files in the order of their names; those of an archive in a folder for a while."""
    if path is None:
        images = Path(need("sklearn.datasets", "photographs come with").__file__).parent / "images"
        yield sorted(images.glob("*.jpg"))
        return
    place = Path(path)
    if place.is_dir():
        found = [f for f in place.iterdir() if f.suffix.lower() in SUFFIXES and f.name[0] != "."]
        yield _some(sorted(found), place)
        return
    if not place.exists():
        raise FileNotFoundError(f"{place}: no such folder or file")
    with tempfile.TemporaryDirectory() as folder:
        yield _some(_unpacked(place, Path(folder)), place)


def _some(files: list[Path], place: Path) -> list[Path]:
    if not files:
        raise DataError(f"{place}: no pictures; known are {', '.join(SUFFIXES)}")
    return files


def _unpacked(archive: Path, folder: Path) -> list[Path]:
    """Copies the pictures of a .tar; their names in the archive decide the order only."""
    files = []
    try:
        with regular(archive).open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            members = [m for m in tar if m.isfile() and Path(m.name).suffix.lower() in SUFFIXES]
            for i, member in enumerate(sorted(members, key=lambda m: m.name)):
                content = tar.extractfile(member)
                if member.size > _LARGEST or content is None:
                    raise DataError(f"{archive}: {member.name} has {member.size} bytes: too large")
                files.append(folder / f"{i:06d}{Path(member.name).suffix.lower()}")
                files[-1].write_bytes(content.read())
    except tarfile.TarError as error:
        raise DataError(
            f"{archive}: no .tar of pictures ({error}): give a folder, or a .tar that is not "
            "compressed"
        ) from error
    return files
