"""Reads rows of CSV files; a cell that is not a number is refused with line and column."""

from __future__ import annotations

import csv
import re
import warnings
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from harmonium.data.columns import Contents, Places, Roles, joined
from harmonium.data.expand import opened_text
from harmonium.data.header import LOOKED_AT, Title, title
from harmonium.data.numerals import is_number, number, numbers
from harmonium.errors import DataError

__all__ = ["Lines", "csv_lines", "csv_names", "misread", "read_csv"]

_SEPARATORS = ",;\t"
_EXCEL = re.compile(r'"?sep=([^\w"\r\n])"?\s*', re.IGNORECASE)
"""First line that gives Excel the separator of fields."""
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*(\.\d{3})*,\d+([eE][+-]?\d+)?\s*", re.ASCII)


class Lines(NamedTuple):
    """A table of text: names (None without any), and the lines below, with their numbers."""

    names: list[str] | None
    width: int
    rest: Iterator[tuple[int, list[str]]]


@dataclass
class _Columns:
    """Collects numbers and labels, line by line."""

    path: Path
    names: list[str]
    places: Places
    x: array[float] = field(default_factory=lambda: array("f"))
    labels: list[object] = field(default_factory=list)
    weights: array[float] = field(default_factory=lambda: array("f"))
    targets: array[float] = field(default_factory=lambda: array("f"))
    ids: list[str] = field(default_factory=list)

    def add(self, cells: list[str], line: int) -> None:
        if len(cells) != len(self.names):
            raise DataError(
                f"{self.path}, line {line}: {len(cells)} fields; {len(self.names)} are needed, as "
                "in the first line"
            )
        try:
            self.x.extend(numbers([cells[i] for i in self.places.features]))
            if self.places.weight is not None:
                self.weights.append(number(cells[self.places.weight]))
            if self.places.targets:
                self.targets.extend(numbers([cells[i] for i in self.places.targets]))
        except ValueError:
            self._refuse(cells, line)
        if self.places.label is not None:
            self.labels.append(cells[self.places.label])
        if self.places.ids:
            self.ids.append(joined([cells[i] for i in self.places.ids]))

    def _refuse(self, cells: list[str], line: int) -> None:
        numeric = [*self.places.features, self.places.weight, *self.places.targets]
        bad = next(i for i in numeric if i is not None and not is_number(cells[i]))
        remedy = misread(cells[bad]) or self.places.remedy(bad, "cell")
        raise DataError(
            f"{self.path}, line {line}, column {self.names[bad]!r}: {cells[bad]!r} is no number: "
            f"{remedy}"
        )


def read_csv(path: Path, roles: Roles) -> Contents:
    """Reads a CSV file, plain or .gz.

    The separator of fields is the most frequent of comma, semicolon and tab in the first line, or
    as a first line "sep=;" says. The next line holds names if `roles.header` or `title` says so;
    otherwise columns are named "0", "1", ...

    Raises:
        ValueError: the file is damaged, empty, or not UTF-8; a row has another number of fields
            than the first; a feature or weight is not a number; or the first line may hold either
            names or values.
    """
    with csv_lines(path, roles) as lines:
        names = lines.names or [str(i) for i in range(lines.width)]
        columns = _Columns(path, names, roles.places(names, path))
        for line, cells in lines.rest:
            columns.add(cells, line)
    if not columns.x:
        raise DataError(f"{path}: names of columns but no rows; at least one row is needed")
    places = columns.places
    x = torch.frombuffer(columns.x, dtype=torch.float32).reshape(-1, len(places.features))
    weighted = places.weight is not None
    return Contents(
        path,
        tuple(columns.names[i] for i in places.features),
        x,
        None if places.label is None else columns.labels,
        torch.frombuffer(columns.weights, dtype=torch.float32) if weighted else None,
        places.others(columns.names),
        _targets(columns) if places.targets else None,
        tuple(columns.names[i] for i in places.targets),
        tuple(columns.ids) if places.ids else None,
    )


def _targets(columns: _Columns) -> Tensor:
    """Real targets (N, K)."""
    values = torch.frombuffer(columns.targets, dtype=torch.float32)
    return values.reshape(-1, len(columns.places.targets))


def csv_names(path: Path, roles: Roles) -> tuple[str, ...] | None:
    """Names of all columns; None if the file has none.

    Raises:
        ValueError: as `read_csv`.
    """
    with csv_lines(path, roles) as lines:
        return None if lines.names is None else tuple(lines.names)


@contextmanager
def csv_lines(path: Path, roles: Roles) -> Iterator[Lines]:
    """Opens the lines of a table of text that are not empty, with the names apart.

    Raises:
        ValueError: as `read_csv`, except for cells that are not numbers.
    """
    with opened_text(path) as text:
        first, skipped = next(text, ""), 0
        if announced := _EXCEL.fullmatch(first):
            first, skipped = next(text, ""), 1
        separator = announced[1] if announced else _separator(first)
        reader = csv.reader(chain([first], text), delimiter=separator, strict=True)
        lines = ((reader.line_num + skipped, cells) for cells in reader if cells)
        try:
            head = list(islice(lines, 1 + LOOKED_AT))
            if not head:
                raise DataError(f"{path}: the file is empty; at least one row is needed")
            start = [cell.strip() for cell in head[0][1]]
            titled = _titled(start, [cells for _, cells in head[1:]], roles=roles, path=path)
            yield Lines(start if titled else None, len(start), chain(head[titled:], lines))
        except csv.Error as error:
            raise DataError(f"{path}, line {reader.line_num + skipped}: {error}") from error


def misread(cell: str) -> str | None:
    """Remedy for a cell with a number in another notation, or several numbers; otherwise None.

    >>> misread("1,5")
    'it has a decimal comma: write decimal points, such as with pandas.read_csv(..., decimal=",")'
    """
    if _DECIMAL_COMMA.fullmatch(cell):
        return (
            "it has a decimal comma: write decimal points, such as with "
            'pandas.read_csv(..., decimal=",")'
        )
    if any(mark in cell for mark in ";\t|"):
        return (
            "its fields are separated by another mark than those of the first line; separate all "
            "by comma, semicolon or tab, and write decimal points, not decimal commas"
        )
    pieces = cell.split()
    if len(pieces) > 1 and any(map(is_number, pieces)):
        return (
            "fields are separated by white space; separate them by comma, semicolon or tab, such "
            'as with pandas.read_csv(..., sep=r"\\s+")'
        )
    return None


def _separator(first: str) -> str:
    outside = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=outside.count) if first.strip() else ","


def _titled(first: list[str], below: list[list[str]], *, roles: Roles, path: Path) -> bool:
    try:
        heading = (
            title(first, below, named=roles.named())
            if roles.header is None
            else Title(names=roles.header)
        )
    except ValueError as error:
        raise DataError(f"{path}: {error}") from None
    if heading.assumed:
        warnings.warn(f"{path}: {heading.assumed}", UserWarning, stacklevel=4)
    return heading.names
