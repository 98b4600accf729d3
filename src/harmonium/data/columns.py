"""Which column of a table is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from harmonium.data.streamed import Rows

__all__ = ["Places", "Roles", "Contents"]


@dataclass(frozen=True)
class Roles:
    """What the settings say of columns."""

    label: str | int | None
    weight: str | int | None
    ignore: tuple[str | int, ...]

    def named(self) -> set[str]:
        """The columns that the settings give by name."""
        return {c for c in (self.label, self.weight, *self.ignore) if isinstance(c, str)}

    def places(self, names: Sequence[str], path: Path) -> Places:
        """Where the columns are among these names; features are all that have no other role.

        Raises:
            ValueError: where a column is missing, or none is left for features.
        """
        label, weight = (
            None if column is None else _place(column, names, path=path)
            for column in (self.label, self.weight)
        )
        ignored = {_place(column, names, path=path) for column in self.ignore}
        others = [i for i in range(len(names)) if i not in {label, weight, *ignored}]
        if not others:
            raise ValueError(f"{path}: no column is left for features, of {', '.join(names)}")
        return Places(label, weight, others)


@dataclass(frozen=True)
class Places:
    """Where the columns are."""

    label: int | None
    weight: int | None
    features: list[int]


@dataclass
class Contents:
    """What a file holds: x (N, D) and weights (N,) float32."""

    path: Path
    features: tuple[str, ...]
    x: Rows
    labels: list[object] | None
    weights: Tensor | None


def _place(column: str | int, names: Sequence[str], *, path: Path) -> int:
    if isinstance(column, int):
        if -len(names) <= column < len(names):
            return column % len(names)
        raise ValueError(f"{path}: no column {column}; there are {len(names)}, from 0")
    if column not in names:
        raise ValueError(f"{path}: no column {column!r}; there are {_listed(names)}")
    return names.index(column)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(names[:20]) + more
