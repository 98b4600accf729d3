"""Matches the columns of a new table, by name, with those that a run learned from."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonium.data.columns import is_index, listed, several
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
    bare = _without(own, "label", "weight", "target")
    named = known_names(learned, own=own)
    names = column_names(path, header=own.get("header"), known=learned if named else ())
    if not named:
        if names is not None and known_names(names, own={}) and own:
            _warn(f"{path}: columns are matched by position, as the run's own had no names")
        less = [dict(own), bare]
        without_ids = [
            _without(options, "id") for options in less if options.get("id") is not None
        ]
        return [*less, *without_ids] if own else [{}]
    if names is None:
        raise UsageError(
            f"{path}: its columns have no names, and the run learned from {listed(learned)}: add "
            "a first line with the names"
        )
    if missing := [name for name in learned if name not in names]:
        raise UsageError(_lacking(path, names, missing=missing, learned=learned))
    settings = {k: v for k, v in bare.items() if k in {"header", "stream", "unlabelled"}}
    settings["features"] = list(learned)
    ids = _there(several(own.get("id")), names, learned=learned)
    if ids:
        settings["id"] = ids
    label, targets = (
        _label(names, [*learned, *ids], own=own),
        _there(several(own.get("target")), names, learned=[*learned, *ids]),
    )
    used = [*learned, *ids, *targets, *([] if label is None else [label])]
    _check_rest(path, names, used=used, own=own)
    if targets:
        return [settings | {"target": targets}, settings]
    return [settings | {"label": label}, settings] if label is not None else [settings]


def known_names(learned: Sequence[str], *, own: Mapping[str, Any]) -> bool:
    """Whether features have names, not the positions "0", "1", ... of a table without names.

    >>> known_names(["0", "1", "3"], own={"label": 2}), known_names(["2019", "2020"], own={})
    (False, True)
    """
    given = (*several(own.get("target")), *several(own.get("id")), *own.get("ignore", ()))
    roles = [own.get("label"), own.get("weight"), *given]
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


def _without(settings: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key not in keys}


def _there(
    wanted: Sequence[str | int], names: Sequence[str], *, learned: Sequence[str]
) -> list[str]:
    """Columns of real targets or ids, by name or position; empty unless all are present."""
    there = [
        names[c] if isinstance(c, int) and -len(names) <= c < len(names) else c for c in wanted
    ]
    columns = [c for c in there if isinstance(c, str) and c in names and c not in learned]
    return columns if len(columns) == len(wanted) else []


def _check_rest(
    path: Path, names: Sequence[str], *, used: Sequence[str], own: Mapping[str, Any]
) -> None:
    """Warns of columns that are left out.

    Raises:
        ValueError: one of them may be the column of labels or targets under another name.
    """
    targets = several(own.get("target"))
    known = {own.get("weight"), *targets, *several(own.get("id")), *own.get("ignore", ())}
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
    missing = [c for c in targets if isinstance(c, str) and c not in names]
    if missing:
        raise UsageError(
            f"{path}: no column {listed(missing)}, which the run predicts; it has {listed(rest)}, "
            "which the run does not know: rename the columns of targets, or leave those out"
        )
    _warn(f"{path}: the run did not learn from {listed(rest)}: left out")


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=5)
