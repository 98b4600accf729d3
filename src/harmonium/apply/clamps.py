"""Known visible values for sampling, from a file or a text."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from harmonium.data.archive import opened_archive
from harmonium.data.columns import Roles, is_index, listed
from harmonium.data.from_csv import csv_lines, misread
from harmonium.data.numerals import is_number, number
from harmonium.errors import UsageError

__all__ = ["known_values"]


def known_values(spec: str, width: int, *, features: Sequence[str] = ()) -> Tensor:
    """Reads known values ``(width,)`` or ``(n, width)``, NaN for free ones, from a file or a text.

    Free values are NaN in a .npy file, and empty or "nan" in a text file. Columns are read as
    ``data.table`` reads them. If the first line holds names, they are matched with those of the
    features; features without a column are free.

    Args:
        spec: a file; or a text such as "0=1,10:20=0", of positions (from 0) and their values.
        width: number of visible values.
        features: names of the visible values, if they have names.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file or text is not valid; the message gives place and remedy.

    >>> known_values("0=1,2:4=0", 5)
    tensor([1., nan, 0., 0., nan])
    """
    path = Path(spec)
    if path.suffix.lower() in {".npy", ".csv"} or _exists(path):
        return _from_file(path, width, features=features)
    known = torch.full((width,), torch.nan, dtype=torch.float32)
    for item in spec.split(","):
        place, _, value = item.partition("=")
        first, _, last = place.partition(":")
        try:
            begin = _whole(first)
            end = _whole(last) if last else begin + 1
            given = number(value)
        except ValueError:
            raise UsageError(
                f"known values {item!r}: give position=value or first:end=value, such as 10:20=0, "
                "or a .npy or .csv file"
            ) from None
        if not 0 <= begin < end <= width:
            raise UsageError(f"known values {item!r}: positions are from 0 to {width - 1}")
        known[begin:end] = given
    return known


def _exists(path: Path) -> bool:
    """Whether the file exists; False for a text that is too long for a file name."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _whole(text: str) -> int:
    number(text)
    return int(text)


def _from_file(path: Path, width: int, *, features: Sequence[str]) -> Tensor:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    suffix = path.suffix.lower()
    if suffix in _OTHERS:
        raise UsageError(f"{path}: known values are read from .npy or .csv, not from {suffix}")
    if suffix != ".npy":
        return _from_text(path, width, features=features)
    try:
        with opened_archive(path) as archive:
            values = archive.read("x")
    except ValueError as error:
        raise UsageError(f"{path}: no array of numbers ({error})") from error
    if values.dtype.kind not in "buif":
        raise UsageError(f"{path}: no array of numbers (of type {values.dtype})")
    return torch.from_numpy(np.array(values, dtype=np.float32))


_OTHERS = {".arrow", ".feather", ".h5", ".hdf5", ".npz", ".parquet"}


def _from_text(path: Path, width: int, *, features: Sequence[str]) -> Tensor:
    with csv_lines(path, Roles(None, None, (), header=False)) as table:
        lines = list(table.rest)
    first = [cell.strip() for cell in lines[0][1]]
    places, wide = {i: i for i in range(len(first))}, len(first)
    if _is_title(first):
        places, wide = _places(first, features if len(features) == width else (), path=path)
        lines = lines[1:]
    if not lines:
        raise UsageError(f"{path}: names of columns but no rows; at least one row is needed")
    known = torch.full((len(lines), wide), torch.nan, dtype=torch.float32)
    for row, (line, cells) in zip(known, lines, strict=True):
        if len(cells) != len(first):
            raise UsageError(
                f"{path}, line {line}: {len(cells)} fields; {len(first)} are needed, as in the "
                "first line"
            )
        for i, place in places.items():
            row[place] = _value(cells[i], f"{path}, line {line}, field {i + 1}")
    return known[0] if len(known) == 1 else known


def _value(cell: str, where: str) -> float:
    """The number in a cell, NaN if the value is free."""
    if not cell.strip():
        return torch.nan
    try:
        return number(cell)
    except ValueError as error:
        remedy = misread(cell) or 'a free value is empty or "nan"'
        raise UsageError(f"{where}: {error}: {remedy}") from None


def _is_title(first: Sequence[str]) -> bool:
    """Whether a line holds names of columns: texts, or the positions that pandas writes."""
    cells = [cell for i, cell in enumerate(first) if cell and not is_index(cell, at=i)]
    if cells == [str(k) for k in range(len(cells))]:
        return len(cells) > 2
    return not any(map(is_number, cells))


def _places(
    first: Sequence[str], features: Sequence[str], *, path: Path
) -> tuple[dict[int, int], int]:
    """Column of the file -> visible value, and the number of visible values."""
    columns = [i for i, name in enumerate(first) if not is_index(name, at=i)]
    names = [first[i] for i in columns]
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise UsageError(f"{path}: two columns are named {twice!r}: each needs a name of its own")
    counted = names == [str(k) for k in range(len(names))]
    unknown = [name for name in names if name not in features]
    if features and unknown and not counted:
        remedy = misread(unknown[0]) or f"there are {listed(features)}"
        raise UsageError(f"{path}: no visible value is named {listed(unknown)}: {remedy}")
    if features and not unknown:
        return {i: list(features).index(first[i]) for i in columns}, len(features)
    if not counted:
        warnings.warn(
            f"{path}: columns are matched by position, as the visible values have no names",
            UserWarning,
            stacklevel=6,
        )
    return {i: k for k, i in enumerate(columns)}, len(columns)
