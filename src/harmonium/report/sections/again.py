"""How to do it again: command, recipe, environment."""

from __future__ import annotations

from typing import Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Code, Section
from harmonium.report.tables import Table

__all__ = ["flat", "section"]


def section(evidence: Evidence) -> Section | None:
    """What was asked, where it ran, and what to type; None where the run says none of it."""
    parts: list[str | Code | Table] = []
    command = evidence.text("command.txt").strip()
    if command:
        parts.append(Code(command, title="command"))
    recipe = evidence.text("recipe.resolved.yaml") or evidence.text("recipe.yaml")
    if recipe.strip():
        parts.append(Code(recipe.rstrip(), title="recipe, every default filled in"))
    if evidence.environment:
        rows = [[name, _said(value)] for name, value in flat(evidence.environment).items()]
        parts.append(Table(columns=["environment", "found"], rows=rows))
    return Section("Do it again", parts) if parts else None


def flat(nested: Any, prefix: str = "") -> dict[str, Any]:  # noqa: ANN401
    """Dotted path -> leaf of nested mappings and lists; empty ones are leaves.

    >>> flat({"a": {"b": 1}, "c": [2, {"d": 3}]})
    {'a.b': 1, 'c.0': 2, 'c.1.d': 3}
    """
    if isinstance(nested, dict) and nested:
        items = [(str(key), value) for key, value in nested.items()]
    elif isinstance(nested, list) and nested:
        items = [(str(place), value) for place, value in enumerate(nested)]
    else:
        return {prefix: nested}
    found: dict[str, Any] = {}
    for key, value in items:
        found |= flat(value, f"{prefix}.{key}" if prefix else key)
    return found


def _said(value: object) -> str:
    return "–" if value is None else str(value)
