"""Assigns the pictures of a folder to training, validation and test rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from harmonium.data.columns import listed
from harmonium.data.pictures import SUFFIXES
from harmonium.data.walk import walked
from harmonium.errors import DataError

__all__ = ["Part", "picture_parts"]

_PART_OF = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
    "testing": "test",
}
"""Name of a folder in lower case -> its split."""

_NO_PICTURES = frozenset(
    ".txt .csv .tsv .json .jsonl .xml .md .rst .yaml .yml .toml .html .htm .db .ini .log "
    ".py .ipynb .npy .npz .h5 .hdf5 .mat .parquet".split()
)
"""Suffixes of files that are clearly not pictures, which are left out without a warning."""


class Part(NamedTuple):
    """Pictures of one split, and the folder whose sub-folders are their classes."""

    folder: Path
    files: list[Path]


def picture_parts(root: Path, splits: bool | None) -> dict[str, Part]:  # noqa: FBT001
    """Returns the pictures of each split, in the order of their paths.

    Folders train or training, validation, valid or val, test or testing, in any case, are the
    splits if one of them holds training pictures and no other folder has a picture. Otherwise all
    pictures are training pictures, and every folder is a class.

    Args:
        root: the folder.
        splits: None to decide as above; True to leave out folders of other names, with a warning;
            False to treat all folders as classes.

    Raises:
        OSError: a folder cannot be read.
        ValueError: there is no picture, or none in a split; two folders are the same split;
            folders of splits are mixed with others, or lack training pictures, so that their
            meaning is unclear; or a link makes pictures count twice.
    """
    pictures, skipped = _found(root)
    why = f"left out, as their suffix is not one of {', '.join(SUFFIXES)}"
    _warn_of(skipped, why, root=root)
    named = {} if splits is False else _named(root)
    holding = {file.relative_to(root).parts[0] for file in pictures if file.parent != root}
    others = sorted(holding - {folder.name for folder in named.values()})
    meant = any(folder.name in holding for folder in named.values())
    if not meant:
        named = {}
    elif "train" not in named or (others and not splits):
        _refuse(root, [folder.name for folder in named.values()], others=others)
    if not named:
        parts = {"train": Part(root, pictures)}
    else:
        parts = {
            part: Part(folder, [file for file in pictures if file.is_relative_to(folder)])
            for part, folder in sorted(named.items(), key=lambda item: item[0] != "train")
        }
        used = {file for part in parts.values() for file in part.files}
        beside = [file for file in pictures if file not in used]
        why = f"left out, as they lie beside the folder {named['train'].name}"
        _warn_of(beside, why, root=root)
    for part in parts.values():
        _check(part, root, skipped=skipped)
    return parts


def _found(root: Path) -> tuple[list[Path], list[Path]]:
    """Pictures, and files that may be pictures but are not read."""
    pictures, skipped = [], []
    for place, _, files in walked(root):
        for name in files:
            if name.lower().endswith(SUFFIXES):
                pictures.append(place / name)
            elif Path(name).suffix.lower() not in _NO_PICTURES:
                skipped.append(place / name)
    return pictures, skipped


def _named(root: Path) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for folder in sorted(root.iterdir()):
        part = _PART_OF.get(folder.name.lower())
        if part is None or not folder.is_dir():
            continue
        if part in folders:
            raise DataError(
                f"{folders[part]} and {folder} are both read as {part} pictures: put them into "
                "one folder, or set `splits` to false if all folders are classes"
            )
        folders[part] = folder
    return folders


def _refuse(root: Path, named: Sequence[str], *, others: Sequence[str]) -> None:
    splits = listed(named, most=3)
    if others:
        raise DataError(
            f"{root}: {splits} may be a part of the data or a class, as {listed(others, most=3)} "
            "beside it holds pictures too: set `splits` to false if all folders are classes, to "
            "true to leave those others out, or move classes into the folder train"
        )
    raise DataError(
        f"{root}: there is {splits} but no folder train: name the folder inside, move the "
        "training pictures into train, or set `splits` to false if all folders are classes"
    )


def _check(part: Part, root: Path, *, skipped: Sequence[Path]) -> None:
    if not part.files:
        raise DataError(f"{part.folder}: no picture in it ({', '.join(SUFFIXES)})")
    paths = [file.relative_to(part.folder).parts for file in part.files]
    known = {parts[0] for parts in paths if len(parts) > 1}
    known |= {folder.name for file in skipped for folder in file.parents}
    empty = [
        folder
        for folder in sorted(part.folder.iterdir())
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in known
    ]
    _warn_of(empty, "without a picture, which make no class", root=root, what="folders")
    inside = [
        file
        for file, parts in zip(part.files, paths, strict=True)
        if any(name.lower() in _PART_OF for name in parts[1:-1])
    ]
    why = "in a folder such as train or test below a class, which makes no part"
    _warn_of(inside, why, root=root)


def _warn_of(paths: Sequence[Path], why: str, *, root: Path, what: str = "files") -> None:
    if paths:
        example = paths[0].relative_to(root).as_posix()
        warnings.warn(
            f"{root}: {len(paths)} {what} {why}; such as {example}", UserWarning, stacklevel=4
        )
