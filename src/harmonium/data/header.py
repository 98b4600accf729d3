"""Decides whether the first line of a text table holds names of columns or values."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from harmonium.data.numerals import is_number, number
from harmonium.errors import DataError

__all__ = ["LABELS", "LOOKED_AT", "Title", "title"]

LOOKED_AT = 50
"""Number of lines below the first one that are compared with it."""

_MISSING = {"", "?", "-", ".", "na", "n/a", "nan", "none", "null", "missing"}
"""Usual texts for a missing value, in lower case; not names of columns."""

LABELS = {"category", "class", "kind", "label", "labels", "species", "target", "type", "y"}
"""Usual names of columns of labels, in lower case."""

_WHOLE = re.compile(r"0|[1-9]\d*", re.ASCII)


class Title(NamedTuple):
    """Whether the first line holds names, and a remark if that is not certain."""

    names: bool
    assumed: str | None = None


def title(
    first: Sequence[str], below: Sequence[Sequence[str]], *, named: Collection[str]
) -> Title:
    """Decides whether the first line holds names.

    It does if it contains a column named in the settings; if it has no number; if a name is above
    a number; if its numbers count the columns from 0, as pandas writes them; or if it has whole
    numbers above values that all have a decimal point. A text that occurs again below, in the same
    column, is a value.

    Args:
        first: the cells of the first line, stripped.
        below: cells of the next lines, up to ``LOOKED_AT``.
        named: columns that the settings give by name.

    Raises:
        ValueError: the numbers may be either names or values.

    >>> title(["0", "1", "2"], [[".1", ".9", ".3"]], named=()).names
    True
    >>> title(["5.1", "3.5", "setosa"], [["4.9", "3", "setosa"]], named=()).names
    False
    """
    positions = {str(i) for i in range(len(first))}
    if set(first) & (set(named) - positions):
        return Title(names=True)
    numbers = [i for i, cell in enumerate(first) if is_number(cell) and not _is_missing(cell)]
    words = [i for i, cell in enumerate(first) if not is_number(cell) and not _is_missing(cell)]
    if not numbers:
        return Title(names=bool(words))
    if any(_comes_again(first, below, at=i) for i in words):
        return Title(names=False)
    if any(is_number(_next(below, at=i)) or first[i].lower() in LABELS for i in words):
        return Title(names=True)
    return _of_numbers(first, below, numbers=numbers, words=words)


def _of_numbers(
    first: Sequence[str],
    below: Sequence[Sequence[str]],
    *,
    numbers: Sequence[int],
    words: Sequence[int],
) -> Title:
    """Decides for a first line of numbers, which may also have texts above texts."""
    cells = [first[i] for i in numbers]
    rows = [[line[i] for i in numbers] for line in below if len(line) == len(first)]
    shown = ", ".join(first[:4]) + (", ..." if len(first) > 4 else "")
    if cells == [str(k) for k in range(len(cells))]:
        others = words or len(cells) == len(first)  # an empty cell is the index of pandas
        if rows and others and _all_whole(rows) and (len(cells) < 3 or _steps(rows[0])):
            raise DataError(
                f"the first line, {shown}, may hold names of columns or values: set header to "
                "true or false"
            )
        return Title(names=True, assumed=_names(shown, "it counts the columns"))
    if any(cell and _is_missing(cell) for cell in first):
        return Title(names=False)
    whole = len(set(cells)) == len(cells) and all(map(_WHOLE.fullmatch, cells))
    if whole and len(cells) > 1 and rows and all("." in cell for row in rows for cell in row):
        return Title(names=True, assumed=_names(shown, "only the lines below have decimal points"))
    regular = bool(_steps(cells)) and not (rows and _steps(rows[0]))
    lone = any(_stands_out(below, at=i) for i in words)
    if lone or (regular and len(cells) + len(words) > 2):
        return Title(
            names=False,
            assumed=f"the first line, {shown}, is read as values: set header to true if it holds "
            "names of columns, to false if not",
        )
    return Title(names=False)


def _names(shown: str, why: str) -> str:
    return (
        f"the first line, {shown}, is read as names of columns, because {why}: set header to "
        "false if it holds values, to true if not"
    )


def _is_missing(cell: str) -> bool:
    return cell.lower() in _MISSING


def _next(below: Sequence[Sequence[str]], *, at: int) -> str:
    """First cell of a column that is not missing."""
    cells = (line[at].strip() for line in below if len(line) > at)
    return next((cell for cell in cells if not _is_missing(cell)), "")


def _comes_again(first: Sequence[str], below: Sequence[Sequence[str]], *, at: int) -> bool:
    return any(len(line) > at and line[at].strip() == first[at] for line in below)


def _stands_out(below: Sequence[Sequence[str]], *, at: int) -> bool:
    """Whether texts of a column recur below the first line, but not the first line's own."""
    column = [line[at].strip() for line in below if len(line) > at]
    return len(column) > 2 and all(column.count(cell) > 1 for cell in column)


def _all_whole(rows: Sequence[Sequence[str]]) -> bool:
    return all(is_number(cell) and number(cell).is_integer() for row in rows for cell in row)


def _steps(cells: Sequence[str]) -> float:
    """The constant step between successive numbers; 0 if there is none."""
    if len(cells) < 2 or not all(map(is_number, cells)):
        return 0
    values = [number(cell) for cell in cells]
    steps = {round(b - a, 9) for a, b in zip(values, values[1:], strict=False)}
    return steps.pop() if len(steps) == 1 and min(steps) > 0 else 0
