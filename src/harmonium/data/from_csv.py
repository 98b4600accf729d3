"""Rows of a CSV file: numbers line by line, every bad cell refused by line and column."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import torch

from harmonium.data.columns import Contents, Places, Roles
from harmonium.data.expand import opened_text

__all__ = ["read_csv"]


@dataclass
class _Columns:
    """Numbers and labels, as they come in line by line."""

    path: Path
    names: list[str]
    places: Places
    x: array[float] = field(default_factory=lambda: array("f"))
    labels: list[object] = field(default_factory=list)
    weights: array[float] = field(default_factory=lambda: array("f"))

    def add(self, cells: list[str], line: int) -> None:
        if len(cells) != len(self.names):
            raise ValueError(
                f"{self.path}, line {line}: {len(cells)} fields; {len(self.names)} are needed, as "
                "in the first line"
            )
        try:
            self.x.extend([float(cells[i]) for i in self.places.features])
            if self.places.weight is not None:
                self.weights.append(float(cells[self.places.weight]))
        except ValueError:
            self._refuse(cells, line)
        if self.places.label is not None:
            self.labels.append(cells[self.places.label])

    def _refuse(self, cells: list[str], line: int) -> None:
        numeric = [*self.places.features, self.places.weight]
        bad = next(i for i in numeric if i is not None and not _is_number(cells[i]))
        raise ValueError(
            f"{self.path}, line {line}, column {self.names[bad]!r}: {cells[bad]!r} is no number: "
            "fill it in, name the column as label, or put it under ignore"
        )


def read_csv(path: Path, roles: Roles) -> Contents:
    """Read a CSV file, plain or .gz.

    Fields are separated by whichever of comma, semicolon and tab the first line has most of. The
    first line holds names where it has a column that `roles` names, no number at all, or a name
    above a number; else columns are named "0", "1", ...

    Raises:
        ValueError: where the file is damaged, empty, or not UTF-8; where a row has another number
            of fields than the first; where a feature or weight is no number.
    """
    with opened_text(path) as text:
        first = next(text, "")
        delimiter = max(",;\t", key=first.count) if first.strip() else ","
        reader = csv.reader(chain([first], text), delimiter=delimiter, strict=True)
        try:
            columns = _filled(path, reader, roles=roles)
        except csv.Error as error:
            raise ValueError(f"{path}, line {reader.line_num}: {error}") from error
    places = columns.places
    x = torch.frombuffer(columns.x, dtype=torch.float32).reshape(-1, len(places.features))
    weighted = places.weight is not None
    return Contents(
        path,
        tuple(columns.names[i] for i in places.features),
        x,
        None if places.label is None else columns.labels,
        torch.frombuffer(columns.weights, dtype=torch.float32) if weighted else None,
    )


def _filled(path: Path, reader: Iterator[list[str]], *, roles: Roles) -> _Columns:
    lines = ((reader.line_num, cells) for cells in reader if cells)  # type: ignore[attr-defined]
    head = list(islice(lines, 2))
    if not head:
        raise ValueError(f"{path}: the file is empty; at least one row is needed")
    first = [cell.strip() for cell in head[0][1]]
    titled = _is_title(first, head[1][1] if len(head) > 1 else [], named=roles.named())
    names = first if titled else [str(i) for i in range(len(first))]
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(f"{path}: two columns are named {twice!r}: each needs a name of its own")
    columns = _Columns(path, names, roles.places(names, path))
    for line, cells in chain(head[titled:], lines):
        columns.add(cells, line)
    if not columns.x:
        raise ValueError(f"{path}: names of columns but no rows; at least one row is needed")
    return columns


def _is_title(first: Sequence[str], second: Sequence[str], *, named: set[str]) -> bool:
    """Whether the first line holds names."""
    if named & set(first):
        return True
    if not any(map(_is_number, first)):
        return True
    return any(
        a and not _is_number(a) and _is_number(b) for a, b in zip(first, second, strict=False)
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
