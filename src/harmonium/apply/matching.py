"""Matches the columns of a new table, by name, with those that a run learned from."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonium.data.columns import is_index, listed
from harmonium.data.table import column_names
from harmonium.errors import UsageError

__all__ = ["known_names", "table_settings"]


def table_settings(
    path: Path, learned: Sequence[str], *, own: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Settings for reading a new table, so that its features are those of the run.

    Columns are matched by name, in any order; by position only if the table of the run had no
    names. With two results, try the first, which has labels or targets, before the second.

    Args:
        path: the new table.
        learned: names of the run's features; empty if its data had no names.
        own: settings of the run's own reader of tables.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: columns are missing or ambiguous; the message names them.
    """
    bare = {k: v for k, v in own.items() if k not in {"label", "weight", "target"}}
    named = known_names(learned, own=own)
    names = column_names(path, header=own.get("header"), known=learned if named else ())
    if not named:
        if names is not None and known_names(names, own={}) and own:
            _warn(f"{path}: columns are matched by position, as the run's own had no names")
        return [dict(own), bare] if own else [{}]
    if names is None:
        raise UsageError(
            f"{path}: its columns have no names, and the run learned from {listed(learned)}: add "
            "a first line with the names"
        )
    if missing := [name for name in learned if name not in names]:
        raise UsageError(_lacking(path, names, missing=missing, learned=learned))
    found = {k: v for k, v in bare.items() if k in {"header", "stream", "unlabelled"}}
    found["features"] = list(learned)
    label, targets = _label(names, learned, own=own), _targets(names, learned, own=own)
    _check_rest(
        path, names, used=[*learned, *targets, *([] if label is None else [label])], own=own
    )
    if targets:
        return [found | {"target": targets}, found]
    return [found | {"label": label}, found] if label is not None else [found]


def known_names(learned: Sequence[str], *, own: Mapping[str, Any]) -> bool:
    """Whether features have names, not the positions "0", "1", ... of a table without names.

    >>> known_names(["0", "1", "3"], own={"label": 2}), known_names(["2019", "2020"], own={})
    (False, True)
    """
    roles = [own.get("label"), own.get("weight"), *_own_targets(own), *own.get("ignore", ())]
    columns = len(learned) + sum(role is not None for role in roles)
    return not all(name.isdecimal() and int(name) < columns for name in learned)


def _lacking(
    path: Path, names: Sequence[str], *, missing: Sequence[str], learned: Sequence[str]
) -> str:
    others = [name for name in names if name not in learned]
    there = f"; it has {listed(others)}, which the run does not know" if others else ""
    return (
        f"{path}: no column {', '.join(map(repr, missing[:20]))}{there}: columns are matched by "
        f"name, and the run learned from {listed(learned)}"
    )


def _label(names: Sequence[str], learned: Sequence[str], *, own: Mapping[str, Any]) -> str | None:
    """Column of labels: by its name, or by its position if no feature has that position."""
    label = own.get("label")
    if label is None or isinstance(label, str):
        return label if label in names else None
    others = [name for name in names if name not in learned]
    if -len(names) <= label < len(names) and names[label] in others:
        return names[label]
    return others[0] if len(others) == 1 else None


def _own_targets(own: Mapping[str, Any]) -> list[str | int]:
    """Columns of real targets in the run's own table."""
    given = own.get("target")
    return [] if given is None else [given] if isinstance(given, str | int) else list(given)


def _targets(names: Sequence[str], learned: Sequence[str], *, own: Mapping[str, Any]) -> list[str]:
    """Columns of real targets, by name or position; empty unless all are present."""
    wanted = _own_targets(own)
    there = [
        names[c] if isinstance(c, int) and -len(names) <= c < len(names) else c for c in wanted
    ]
    found = [c for c in there if isinstance(c, str) and c in names and c not in learned]
    return found if len(found) == len(wanted) else []


def _check_rest(
    path: Path, names: Sequence[str], *, used: Sequence[str], own: Mapping[str, Any]
) -> None:
    """Warns of columns that are left out.

    Raises:
        ValueError: one of them may be the column of labels or targets under another name.
    """
    known = {own.get("weight"), *_own_targets(own), *own.get("ignore", ())}
    rest = [name for i, name in enumerate(names) if not {name, i, i - len(names)} & known]
    rest = [n for n in rest if n not in used and not is_index(n, at=list(names).index(n))]
    if not rest:
        return
    label = own.get("label")
    if isinstance(label, str) and label not in names:
        raise UsageError(
            f"{path}: no column {label!r}, which holds the run's labels; it has {listed(rest)}, "
            f"which the run does not know: rename the column of labels to {label!r}, or leave "
            "those columns out"
        )
    missing = [c for c in _own_targets(own) if isinstance(c, str) and c not in names]
    if missing:
        raise UsageError(
            f"{path}: no column {listed(missing)}, which the run predicts; it has {listed(rest)}, "
            "which the run does not know: rename the columns of targets, or leave those out"
        )
    _warn(f"{path}: the run did not learn from {listed(rest)}: left out")


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=5)
