"""Roles of the columns of a table: features, labels, targets, weights and ids."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from torch import Tensor

from harmonium.data.streamed import Rows
from harmonium.errors import DataError

__all__ = [
    "Contents",
    "Places",
    "Roles",
    "check_identifiers",
    "is_index",
    "joined",
    "listed",
    "several",
]

_INDEX = re.compile(r"(Unnamed: 0(\.\d+)*)?|__index_level_\d+__", re.ASCII)
"""Names that pandas gives to the index of a frame: empty in CSV, its own in Parquet."""

_NUMBERS_OF_ROWS = {"#", "id", "idx", "index", "level_0", "number", "row", "row_id", "rownames"}
"""Usual names, in lower case, of columns that number the rows."""


@dataclass(frozen=True)
class Roles:
    """Roles of columns by the settings; `features` None for all columns without another role."""

    label: str | int | None
    weight: str | int | None
    ignore: tuple[str | int, ...]
    features: tuple[str | int, ...] | None = None
    header: bool | None = None
    """Whether the first line of a text file holds names; None to decide by its content."""
    targets: tuple[str | int, ...] = ()
    """Columns of real numbers to predict."""
    ids: tuple[str | int, ...] = ()
    """Columns that name the rows."""

    def named(self) -> set[str]:
        """Columns that the settings give by name."""
        several = (*self.targets, *self.ids, *self.ignore, *(self.features or ()))
        given = (self.label, self.weight, *several)
        return {c for c in given if isinstance(c, str)}

    def places(
        self, names: Sequence[str], path: Path, *, index: Collection[str] | None = None
    ) -> Places:
        """Finds the positions of the columns among these names.

        Without given features, these are all columns without another role. The index that pandas
        writes beside the columns is not a feature; a warning says so.

        Args:
            names: of all columns, in order.
            path: for messages.
            index: columns that the file marks as an index; None to decide by their names.

        Raises:
            ValueError: a name occurs twice, a column is missing or has two roles, or no column is
                left for features.
        """
        if len(set(names)) < len(names):
            twice = next(name for i, name in enumerate(names) if name in names[:i])
            raise DataError(
                f"{path}: two columns are named {twice!r}: each needs a name of its own"
            )
        label, weight = (
            None if column is None else _place(column, names, path=path)
            for column in (self.label, self.weight)
        )
        ignored = {_place(column, names, path=path) for column in self.ignore}
        targets = [_place(column, names, path=path) for column in self.targets]
        ids = [_place(column, names, path=path) for column in self.ids]
        own = (
            None if self.features is None else [_place(c, names, path=path) for c in self.features]
        )
        _check_once(
            (label, weight, *targets, *ids, *(own or ())),
            names,
            path=path,
            ignored=ignored if own or targets or ids else (),
        )
        others = own
        if own is None:
            taken = {label, weight, *targets, *ids, *ignored}
            others = _others(names, taken, path=path, index=index)
        if not others:
            raise DataError(f"{path}: no column is left for features, of {listed(names)}")
        return Places(label, weight, others, targets, ids)


_REMEDIES = {
    "feature": {
        "cell": "fill it in, name the column as label or id, or put it under ignore",
        "empty": "fill them in, or put the column under ignore",
        "type": "convert it, name it as label or id, or put it under ignore",
    },
    "target": {
        "cell": "fill it in, drop the row, or name the column as label if it holds classes",
        "empty": "fill them in, or drop these rows",
        "type": "convert it, or name it as label if it holds classes",
    },
    "weight": {
        "cell": "fill it in, drop the row, or leave weight out",
        "empty": "fill them in, drop these rows, or leave weight out",
        "type": "convert it, or leave weight out",
    },
}
"""Role of a column of numbers -> fault -> remedy."""


@dataclass(frozen=True)
class Places:
    """Positions of the columns."""

    label: int | None
    weight: int | None
    features: list[int]
    targets: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    def remedy(self, at: int, fault: Literal["cell", "empty", "type"]) -> str:
        """Remedy for a fault of the column of numbers at a position, according to its role.

        Args:
            at: position of a column of features, targets or weights.
            fault: "cell", which is not a number; "empty" cells; or the "type" of the column.
        """
        role = "weight" if at == self.weight else "target" if at in self.targets else "feature"
        return _REMEDIES[role][fault]

    def others(self, names: Sequence[str]) -> tuple[str | None, str | None]:
        """Names of the columns of labels and weights."""
        label, weight = (None if at is None else names[at] for at in (self.label, self.weight))
        return label, weight


@dataclass
class Contents:
    """Content of a file: x (N, D), weights (N,) and targets (N, K), all float32; names (N,)."""

    path: Path
    features: tuple[str, ...]
    x: Rows
    labels: list[object] | None
    weights: Tensor | None
    others: tuple[str | None, str | None] = (None, None)
    """Names of the columns of labels and weights."""
    targets: Tensor | None = None
    target_names: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    """Ids of the rows; None without a column of ids."""

    def __post_init__(self) -> None:
        if self.targets is None or bool(self.targets.isfinite().all()):
            return
        row, at = (~self.targets.isfinite()).nonzero()[0].tolist()
        raise DataError(
            f"{self.path}, column {self.target_names[at]!r}: {float(self.targets[row, at])} at "
            f"row {row} (from 0) is no target: drop the row, or fill it in"
        )


def check_identifiers(names: Sequence[str], x: Rows, *, path: Path) -> None:
    """Warns of columns that number the rows: with such a name, and all values different."""
    if not isinstance(x, Tensor) or len(x) < 3:
        return
    for i, name in enumerate(names):
        if name.lower() not in _NUMBERS_OF_ROWS:
            continue
        column = x[:, i]
        if bool((column == column.round()).all()) and len(column.unique()) == len(column):
            warnings.warn(
                f"{path}: column {name!r} has another whole number in every row and is read as a "
                "feature: name it as id, or put it under ignore, if it numbers the rows",
                UserWarning,
                stacklevel=4,
            )


def joined(cells: Sequence[str]) -> str:
    """Id of a row from its cells in the columns of ids.

    >>> joined([" P7", "2 "])
    'P7/2'
    """
    return "/".join(cell.strip() for cell in cells)


def listed(names: Sequence[object], most: int = 20) -> str:
    """The first names for a message, and how many more there are.

    >>> listed(["a", "b"]), listed(range(9), most=3)
    ('a, b', '0, 1, 2 and 6 more')
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def several(columns: str | int | Sequence[str | int] | None) -> tuple[str | int, ...]:
    """Columns of a setting that takes one column, several or none.

    >>> several("a"), several(["a", 2]), several(None)
    (('a',), ('a', 2), ())
    """
    if columns is None:
        return ()
    return (columns,) if isinstance(columns, str | int) else tuple(columns)


def _place(column: str | int, names: Sequence[str], *, path: Path) -> int:
    if isinstance(column, bool):
        raise DataError(f"{path}: column {column}: give the name or the position of a column")
    if not isinstance(column, str):
        if -len(names) <= column < len(names):
            return int(column) % len(names)
        raise DataError(f"{path}: no column {column}; there are {len(names)}, from 0")
    if column not in names:
        raise DataError(f"{path}: no column {column!r}; there are {listed(names)}")
    return list(names).index(column)


def _check_once(
    roles: Sequence[int | None], names: Sequence[str], *, path: Path, ignored: Collection[int]
) -> None:
    """Raises ValueError if the settings give a column two roles."""
    given = [at for at in roles if at is not None] + list(ignored)
    twice = next((at for i, at in enumerate(given) if at in given[:i]), None)
    if twice is not None:
        raise DataError(
            f"{path}: column {names[twice]!r} is given twice among label, weight, "
            "features, target, id and ignore: give it once"
        )


def _others(
    names: Sequence[str],
    taken: Collection[int | None],
    *,
    path: Path,
    index: Collection[str] | None,
) -> list[int]:
    """Columns without a role, except the index of a frame."""
    rest = [i for i in range(len(names)) if i not in taken]
    left_out = [i for i in rest if is_index(names[i], at=i, stored=index)]
    if left_out:
        shown = ", ".join(repr(names[i]) for i in left_out)
        warnings.warn(
            f"{path}: {shown} is read as the index of a pandas frame and left out: put it under "
            "ignore, or give it another name if it is a feature",
            UserWarning,
            stacklevel=5,
        )
    return [i for i in rest if i not in left_out]


def is_index(name: str, *, at: int, stored: Collection[str] | None = None) -> bool:
    """Whether a column, by its name and position, is the index of a pandas frame.

    >>> is_index("", at=0), is_index("Unnamed: 0", at=0), is_index("a", at=0)
    (True, True, False)
    """
    if stored is not None and name in stored:
        return True
    return _INDEX.fullmatch(name) is not None and (at == 0 or name != "")
