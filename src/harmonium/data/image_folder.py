"""A folder of pictures as a data set, with labels from sub-folders or a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from harmonium.bounds import Share
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.expand import check_expansion
from harmonium.data.labels import encode, folder_codes
from harmonium.data.picture_list import picture_list
from harmonium.data.picture_parts import Part, picture_parts
from harmonium.data.pictures import read_picture
from harmonium.data.split import with_test
from harmonium.errors import DataError

__all__ = ["image_folder"]


def image_folder(  # noqa: PLR0913
    path: Path,
    *,
    size: Sequence[int] | None = None,
    colour: Literal["grey", "rgb"] = "grey",
    labels: Path | None = None,
    test: Share = 0.0,
    seed: int = 0,
    splits: bool | None = None,
) -> DataSet:
    """Pictures of a folder, pixels in [0, 1], in the order of their paths.

    Formats: PNG, JPEG, BMP, GIF, TIFF, WebP, PBM, PGM and PPM, by suffix. Hidden files are left
    out; other files that may be pictures are left out with a warning. Links are followed.

    Folders train or training, validation, valid or val, test or testing, in any case, hold the
    splits if one has training pictures and no other folder has pictures; otherwise all pictures
    are training pictures. If there are other folders as well, `splits` must say what they are.
    The label of a picture is the name of the folder below its split; if all names are different
    whole numbers, labels are numbers. Pictures outside such folders have no label. The shape of
    a row is (height, width), or (3, height, width) with colour; transparency becomes white.

    Args:
        path: Folder with the pictures.
        size: Height and width to resample to, from the largest centred part of that proportion;
            null if all pictures have one size.
        colour: grey, or rgb for three channels.
        labels: CSV with a picture (relative to the folder) and its label in each line, instead of
            labels from folders; pictures that it does not list have no label.
        test: Fraction of the training pictures held out as test rows, stratified by label, if
            there is no folder with test pictures.
        seed: Seed of the choice of pictures held out.
        splits: Whether folders such as train and test are splits (other folders are then left out
            with a warning) or classes; null to decide as above.

    Raises:
        FileNotFoundError: the folder is missing.
        ImportError: Pillow is missing.
        ValueError: there are no pictures; folders may be either splits or classes; `test` is given
            beside test pictures; a picture is damaged, or exceeds a limit (`check_expansion`);
            sizes differ without `size`; or a list names files outside the folder, missing ones, or
            one twice. The message names the file.
    """
    root = Path(path)
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such folder")
    parts = picture_parts(root, splits)
    if test and "test" in parts:
        raise DataError(
            f"{root}: there are {len(parts['test'].files)} pictures in {parts['test'].folder.name}"
            f" and a share of {test} is asked for as well: leave test out, or rename the folder"
        )
    codes, classes = _labelled(parts, root, labels=labels)
    size = None if size is None else _checked_size(size)
    read = {
        part: _read(pictures.files, colour=colour, size=size) for part, pictures in parts.items()
    }
    _check_sizes({part: (parts[part].files[0], pixels.shape[1:]) for part, pixels in read.items()})
    by_split: dict[str, Any] = {
        part: Split(
            torch.from_numpy(pixels).flatten(1),
            codes[part] if classes else None,
            names=tuple(file.relative_to(root).as_posix() for file in parts[part].files),
        )
        for part, pixels in read.items()
    }
    shape = tuple(read["train"].shape[1:])
    dataset = DataSet(root.resolve().name, **by_split, shape=shape, classes=classes)
    return with_test(dataset, test, seed=seed)


def _labelled(
    parts: Mapping[str, Part], root: Path, *, labels: Path | None
) -> tuple[dict[str, Tensor], tuple[str | int, ...]]:
    """Codes of the labels of each part, and the classes: from a list, otherwise from folders."""
    if labels is not None:
        files = [file for part in parts.values() for file in part.files]
        listed = picture_list(Path(labels), root, files=files)
        named = {part: [listed.get(f, "") for f in its.files] for part, its in parts.items()}
        return encode(named, unlabelled="")
    named = {
        part: [_folder(file, its.folder) for file in its.files] for part, its in parts.items()
    }
    return folder_codes(named)


def _folder(file: Path, base: Path) -> str:
    """Folder below `base` that contains a picture; empty for none."""
    parts = file.relative_to(base).parts
    return parts[0] if len(parts) > 1 else ""


def _checked_size(size: Sequence[int]) -> tuple[int, int]:
    if len(size) != 2 or min(size) < 1:
        raise DataError(f"size {list(size)}: height and width, both at least 1, are needed")
    return size[0], size[1]


def _read(
    files: Sequence[Path], *, colour: Literal["grey", "rgb"], size: tuple[int, int] | None
) -> np.ndarray[Any, np.dtype[np.float32]]:
    first = read_picture(files[0], colour=colour, size=size)
    packed = sum(file.stat().st_size for file in files)
    where = f"{files[0].parent} and {len(files)} pictures like those in it"
    check_expansion(where, packed=packed, unpacked=len(files) * first.nbytes)
    pixels = np.empty((len(files), *first.shape), dtype=np.float32)
    for i, file in enumerate(files):
        picture = first if i == 0 else read_picture(file, colour=colour, size=size)
        _check_sizes({"": (files[0], first.shape), " ": (file, picture.shape)})
        pixels[i] = picture
    return pixels


def _check_sizes(sizes: Mapping[str, tuple[Path, tuple[int, ...]]]) -> None:
    (first, shape), *others = sizes.values()
    for other, its in others:
        if its != shape:
            raise DataError(
                f"{first} is {shape[-2]} x {shape[-1]} pixels, {other} is {its[-2]} x {its[-1]}: "
                "all must have one size: set `size`, such as size: [28, 28]"
            )
