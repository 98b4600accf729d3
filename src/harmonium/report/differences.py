"""Nested settings under dotted keys: all, or those in which runs differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["ABSENT", "compact", "differences", "flat"]

ABSENT = "(not there)"


def differences(sides: Sequence[Any], prefix: str = "") -> dict[str, list[str]]:
    """Dotted key -> value of each side as text, for the keys that differ.

    Mappings are compared key by key if every side has a mapping there, and components only if
    their types are equal; other differences are shown as whole values.

    >>> differences([{"a": 1, "b": {"c": [2]}}, {"a": 1, "b": {"c": [3]}}])
    {'b.c': ['[2]', '[3]']}
    >>> differences([{"x": {"type": "cd", "steps": 1}}, {"x": {"type": "pcd"}}, {}])
    {'x': ['cd(steps=1)', 'pcd', '(not there)']}
    """
    if all(side == sides[0] for side in sides):
        return {}
    kinds = {side.get("type") for side in sides if isinstance(side, dict)}
    if len(kinds) != 1 or not all(isinstance(side, dict) for side in sides):
        return {prefix: [compact(side) for side in sides]}
    differing: dict[str, list[str]] = {}
    for key in dict.fromkeys(key for side in sides for key in side):
        parts = [side.get(key, ABSENT) for side in sides]
        differing |= differences(parts, f"{prefix}.{key}" if prefix else str(key))
    return differing


def compact(value: Any) -> str:  # noqa: ANN401
    """A setting as one line of text; a component as a call.

    >>> compact({"type": "sgd", "lr": 0.1})
    'sgd(lr=0.1)'
    >>> compact([None, {"after": 2}, True])
    '[null, {after: 2}, true]'
    """
    if isinstance(value, dict):
        if "type" in value:
            rest = [f"{k}={compact(v)}" for k, v in value.items() if k != "type"]
            return f"{value['type']}({', '.join(rest)})" if rest else str(value["type"])
        return f"{{{', '.join(f'{k}: {compact(v)}' for k, v in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(compact, value))}]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return str(value)


def flat(tree: object, prefix: str = "") -> dict[str, Any]:
    """Dotted path -> leaf of a nested document; a list without mappings is a leaf.

    >>> flat({"model": {"units": [784, 500]}, "schedules": [{"type": "linear_decay"}]})
    {'model.units': [784, 500], 'schedules.0.type': 'linear_decay'}
    """
    if isinstance(tree, Mapping):
        items = [(str(key), value) for key, value in tree.items()]
    elif isinstance(tree, list) and any(isinstance(item, Mapping) for item in tree):
        items = [(str(i), item) for i, item in enumerate(tree)]
    else:
        items = []
    if not items:
        return {prefix: tree} if prefix else {}
    leaves: dict[str, Any] = {}
    for key, value in items:
        leaves |= flat(value, f"{prefix}.{key}" if prefix else key)
    return leaves
