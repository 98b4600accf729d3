"""Tables of numbers: text of cells, and the best value of each column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from harmonium.errors import UsageError

__all__ = ["Cell", "Table", "read_cell"]

_SENTENCE, _WORD = 48, 20
"""Lengths in characters of a text, and of its longest word, above which a cell is a sentence."""

_ROOM: tuple[tuple[int, Literal["always", "small", "narrow"]], ...] = (
    (1080, "always"),
    (900, "small"),
    (340, "narrow"),
)
"""Pixels available for a table: in a wide window, in a small one, on a telephone."""

_LETTER, _PADDING = 8.5, 24
"""Pixels of a character, and of the padding of a cell."""


@dataclass(frozen=True)
class Cell:
    """One cell as printed."""

    text: str
    numeric: bool = False
    best: bool = False

    @property
    def long(self) -> bool:
        """Whether it is a sentence, or contains a word that may be broken."""
        return len(self.text) > _SENTENCE or self.widest > _WORD

    @property
    def widest(self) -> int:
        """Number of characters on one line: of a number all, of a text the longest word."""
        return len(self.text) if self.numeric else max(map(len, self.text.split(" ")))

    @property
    def least(self) -> int:
        """Minimum number of characters of the cell's column; a sentence is not squeezed."""
        return _WORD if self.long else self.widest


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: numbers on the right, pairs (mean, standard deviation) as mean ± s.d.

    `specs` maps a column to a format such as `".1%"`; `best` maps a column to `"max"` or `"min"`,
    and the best value of that column is emphasised, ties included.

    Raises:
        ValueError: a row has not the length of `columns`, or a column is unknown.

    >>> table = Table(columns=["model", "error"], rows=[["rbm", 0.1], ["dbn", 0.05]])
    >>> [cell.text for cell in table.cells()[1]]
    ['dbn', '0.05']
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str = ""
    specs: Mapping[str, str] = field(default_factory=dict)
    best: Mapping[str, Literal["max", "min"]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                message = f"row {number} has {len(row)} cells for {len(self.columns)} columns"
                raise UsageError(message)
        unknown = sorted({*self.specs, *self.best} - set(self.columns))
        if unknown:
            message = f"unknown columns {unknown}; there are {list(self.columns)}"
            raise UsageError(message)
        wrong = sorted(set(self.best.values()) - {"max", "min"})
        if wrong:
            message = f"the best is 'max' or 'min', not {wrong}"
            raise UsageError(message)

    def cells(self) -> list[list[Cell]]:
        """The rows as printed."""
        tops = {name: self._best_of(name) for name in self.best}
        return [
            [
                read_cell(value, spec=self.specs.get(name, ""), best=tops.get(name))
                for name, value in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]

    def numeric(self) -> list[bool]:
        """For each column, whether it contains only numbers (apart from empty cells)."""
        columns = zip(*self.cells(), strict=True) if self.rows else [[] for _ in self.columns]
        return [
            any(cell.numeric for cell in column)
            and all(cell.numeric or cell.text == "–" for cell in column)
            for column in columns
        ]

    def stacks(self) -> Literal["", "narrow", "small", "always"]:
        """Pages on which the cells of a row are stacked, because the table is too wide.

        "narrow": on a telephone; "small": in a small window as well; "always".

        >>> Table(columns=["a", "b"], rows=[[1, 2]]).stacks()
        ''
        >>> Table(columns=list("abcdefghijklmn"), rows=[list(range(14))]).stacks()
        'narrow'
        """
        lines = [[Cell(str(name)) for name in self.columns], *self.cells()]
        widths = [max(cell.least for cell in column) for column in zip(*lines, strict=True)]
        needed = sum(_LETTER * width + _PADDING for width in widths)
        return next((kind for room, kind in _ROOM if needed > room), "")

    def _best_of(self, name: str) -> float | None:
        place = list(self.columns).index(name)
        values = [_numbers(row[place])[:1] for row in self.rows]
        finite = [value[0] for value in values if value and math.isfinite(value[0])]
        return (max if self.best[name] == "max" else min)(finite) if finite else None


def read_cell(value: object, *, spec: str = "", best: float | None = None) -> Cell:
    """A value as text: `None` is a dash, a float has four digits unless `spec` differs.

    >>> read_cell((0.9731, 0.0021), spec=".3f").text
    '0.973 ± 0.002'
    """
    if value is None:
        return Cell("–")
    numbers = _numbers(value)
    if not numbers:
        return Cell(str(value))
    text = " ± ".join(_number_text(n, spec=spec) for n in numbers)
    return Cell(text, numeric=True, best=best is not None and numbers[0] == best)


def _numbers(value: object) -> list[float]:
    """The number, or the pair of numbers, in a cell; empty for other values."""
    if isinstance(value, tuple) and len(value) == 2:
        pair = [number for part in value for number in _numbers(part)]
        return pair if len(pair) == 2 else []
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _number_text(number: float, *, spec: str) -> str:
    if not math.isfinite(number):
        return str(float(number))
    if not spec:
        spec = ",d" if isinstance(number, int) else ".4g"
    return format(number, spec).replace("-", "\N{MINUS SIGN}", 1 if number < 0 else 0)
