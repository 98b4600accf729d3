"""A folder of pictures as a data set: labels from sub-folders or from a list."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from harmonium.bounds import Share
from harmonium.data.dataset import DataSet, Split
from harmonium.data.expand import opened_text
from harmonium.data.labels import encode
from harmonium.data.pictures import SUFFIXES, read_picture
from harmonium.data.split import with_test

__all__ = ["image_folder"]

_PARTS = ("train", "validation", "test")


def image_folder(
    path: Path,
    *,
    size: Sequence[int] | None = None,
    colour: Literal["grey", "rgb"] = "grey",
    labels: Path | None = None,
    test: Share = 0.0,
    seed: int = 0,
) -> DataSet:
    """Pictures of a folder, pixels in [0, 1], in the order of their paths.

    PNG, JPEG, BMP, GIF, TIFF, WebP, PGM and PPM; hidden and other files are left out. A folder
    `train` in it (with `validation` and `test`, where they are) holds the training pictures, else
    all are, and a random share is held out as test, stratified by label. The label of a picture is
    the name of the folder below that; pictures outside any have none. Shape of one row: (height,
    width), or (3, height, width) with colour.

    Args:
        path: Folder with the pictures.
        size: Height and width to which the largest centre part of that proportion is resampled;
            null where all pictures have one size.
        colour: grey, or rgb for three channels.
        labels: CSV with a picture (relative to the folder) and its label in each line, instead of
            labels from folders; pictures not in it have none.
        test: Share of pictures held out as test rows, where there is no folder `train`.
        seed: Decides which pictures are held out.

    Raises:
        FileNotFoundError: where the folder is missing.
        ImportError: where Pillow is missing.
        ValueError: for a folder without pictures, a damaged picture, pictures of several sizes
            without `size`, and a list that names files outside the folder or none; files are
            named.
    """
    root = Path(path)
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such folder")
    folders = {"train": root}
    if (root / "train").is_dir():
        folders = {part: root / part for part in _PARTS if (root / part).is_dir()}
    files = {part: list(_pictures(folder)) for part, folder in folders.items()}
    for part, found in files.items():
        if not found:
            raise ValueError(f"{folders[part]}: no picture in it ({', '.join(SUFFIXES)})")
    listed = None if labels is None else _listed(Path(labels), root)
    named = {
        part: [_label(file, folders[part], listed=listed) for file in found]
        for part, found in files.items()
    }
    codes, classes = encode(named, unlabelled="")
    size = None if size is None else _checked_size(size)
    read = {part: _read(found, colour=colour, size=size) for part, found in files.items()}
    _check_sizes({part: (files[part][0], pixels.shape[1:]) for part, pixels in read.items()})
    splits = {
        part: Split(
            torch.from_numpy(pixels).flatten(1),
            codes[part] if classes else None,
            names=tuple(file.relative_to(root).as_posix() for file in files[part]),
        )
        for part, pixels in read.items()
    }
    dataset = DataSet(
        root.resolve().name,
        splits["train"],
        validation=splits.get("validation"),
        test=splits.get("test"),
        shape=tuple(read["train"].shape[1:]),
        classes=classes,
    )
    return with_test(dataset, test, seed=seed) if folders["train"] == root else dataset


def _pictures(folder: Path) -> Iterator[Path]:
    """Pictures of a folder and the folders in it, in the order of their paths."""
    for place, inner, files in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and name.lower().endswith(SUFFIXES):
                yield Path(place) / name


def _label(file: Path, folder: Path, *, listed: Mapping[Path, str] | None) -> str:
    if listed is not None:
        return listed.get(file, "")
    parts = file.relative_to(folder).parts
    return parts[0] if len(parts) > 1 else ""


def _checked_size(size: Sequence[int]) -> tuple[int, int]:
    if len(size) != 2 or min(size) < 1:
        raise ValueError(f"size {list(size)}: height and width, both at least 1, are needed")
    return size[0], size[1]


def _read(
    files: Sequence[Path], *, colour: Literal["grey", "rgb"], size: tuple[int, int] | None
) -> np.ndarray[Any, np.dtype[np.float32]]:
    first = read_picture(files[0], colour=colour, size=size)
    pixels = np.empty((len(files), *first.shape), dtype=np.float32)
    for i, file in enumerate(files):
        picture = first if i == 0 else read_picture(file, colour=colour, size=size)
        _check_sizes({"": (files[0], first.shape), " ": (file, picture.shape)})
        pixels[i] = picture
    return pixels


def _check_sizes(found: Mapping[str, tuple[Path, tuple[int, ...]]]) -> None:
    (one, shape), *others = found.values()
    for other, its in others:
        if its != shape:
            raise ValueError(
                f"{one} is {shape[-2]} x {shape[-1]} pixels, {other} is {its[-2]} x {its[-1]}: "
                "all must have one size: set `size`, such as size: [28, 28]"
            )


def _listed(path: Path, root: Path) -> dict[Path, str]:
    """Picture -> label of a CSV; a first line that names no file is a title."""
    labels: dict[Path, str] = {}
    inside = root.resolve()
    with opened_text(path) as text:
        for number, cells in enumerate(filter(None, csv.reader(text)), start=1):
            if len(cells) < 2:
                raise ValueError(f"{path}, line {number}: a picture and its label are needed")
            file = root / cells[0].strip()
            if not file.resolve().is_relative_to(inside):
                raise ValueError(
                    f"{path}, line {number}: {cells[0]!r} lies outside {root}: name "
                    "files inside it"
                )
            if not file.is_file():
                if number == 1:
                    continue
                raise ValueError(f"{path}, line {number}: no file {cells[0]!r} in {root}")
            labels[file] = cells[1]
    if not labels:
        raise ValueError(f"{path}: no picture in it; each line needs a picture and its label")
    return labels
