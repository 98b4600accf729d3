"""Known visible values, from a file or a text."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from harmonium.data.archive import opened_archive
from harmonium.data.columns import Roles, listed
from harmonium.data.from_csv import csv_lines, misread
from harmonium.data.numerals import number

__all__ = ["known_values"]


def known_values(spec: str, width: int, *, features: Sequence[str] = ()) -> Tensor:
    """Known values ``(width,)`` or ``(n, width)``, NaN where free, from a file or a text.

    A .npy file holds NaN where a value is free. A file of text holds nothing or "nan" there, in
    columns as ``data.table`` reads them: where its first line holds names, they are matched with
    those of the features, and features that it does not name are free.

    Args:
        spec: a file; or "0=1,10:20=0", positions from 0 and what they are.
        width: number of visible values.
        features: names of the visible values, where they have any.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: what is there does not make sense; it says what.

    >>> known_values("0=1,2:4=0", 5)
    tensor([1., nan, 0., 0., nan])
    """
    path = Path(spec)
    if path.suffix.lower() in {".npy", ".csv"} or path.exists():
        return _from_file(path, width, features=features)
    known = torch.full((width,), torch.nan)
    for item in spec.split(","):
        place, _, value = item.partition("=")
        first, _, last = place.partition(":")
        try:
            begin = _whole(first)
            end = _whole(last) if last else begin + 1
            given = number(value)
        except ValueError:
            raise ValueError(
                f"known values {item!r}: give position=value or first:end=value, such as 10:20=0, "
                "or a .npy or .csv file"
            ) from None
        if not 0 <= begin < end <= width:
            raise ValueError(f"known values {item!r}: positions are from 0 to {width - 1}")
        known[begin:end] = given
    return known


def _whole(text: str) -> int:
    number(text)
    return int(text)


def _from_file(path: Path, width: int, *, features: Sequence[str]) -> Tensor:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    if path.suffix.lower() != ".npy":
        return _from_text(path, width, features=features)
    try:
        with opened_archive(path) as archive:
            values = archive.read("x")
    except ValueError as error:
        raise ValueError(f"{path}: no array of numbers ({error})") from error
    if values.dtype.kind not in "buif":
        raise ValueError(f"{path}: no array of numbers (of type {values.dtype})")
    return torch.from_numpy(np.array(values, dtype=np.float32))


def _from_text(path: Path, width: int, *, features: Sequence[str]) -> Tensor:
    with csv_lines(path, Roles(None, None, (), tuple(features))) as lines:
        places = _places(lines.names, width, features=features, path=path)
        count = lines.width if lines.names is None else len(lines.names)
        rows = []
        for line, cells in lines.rest:
            if len(cells) != count:
                raise ValueError(
                    f"{path}, line {line}: {len(cells)} fields; {count} are needed, as in the "
                    "first line"
                )
            where = f"{path}, line {line}, field"
            rows.append([_value(cell, f"{where} {i}") for i, cell in enumerate(cells, start=1)])
    if not rows:
        raise ValueError(f"{path}: names of columns but no rows; at least one row is needed")
    found = torch.tensor(rows, dtype=torch.float32)
    if places is not None:
        known = torch.full((len(rows), width), torch.nan)
        known[:, places] = found
        found = known
    return found[0] if len(found) == 1 else found


def _value(cell: str, where: str) -> float:
    """The number in a cell, NaN where it is free."""
    if not cell.strip():
        return torch.nan
    try:
        return number(cell)
    except ValueError as error:
        remedy = misread(cell) or 'a free value is empty or "nan"'
        raise ValueError(f"{where}: {error}: {remedy}") from None


def _places(
    names: Sequence[str] | None, width: int, *, features: Sequence[str], path: Path
) -> list[int] | None:
    """Where the columns of a file with names belong; None where they are all, in order."""
    if names is None or list(names) == list(features):
        return None
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(f"{path}: two columns are named {twice!r}: each needs a name of its own")
    if len(features) == width:
        if unknown := [name for name in names if name not in features]:
            raise ValueError(
                f"{path}: no visible value is named {listed(unknown)}; there are "
                f"{listed(features)}"
            )
        return [list(features).index(name) for name in names]
    if list(names) != [str(k) for k in range(len(names))]:
        warnings.warn(
            f"{path}: columns are matched by position, as the visible values have no names",
            UserWarning,
            stacklevel=6,
        )
    return None
