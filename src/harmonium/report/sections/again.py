"""How to repeat the run: command, recipe, environment."""

from __future__ import annotations

from harmonium.report.differences import flat
from harmonium.report.evidence import Evidence
from harmonium.report.page import Code, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY", "section", "typed"]


def section(evidence: Evidence) -> Section | str:
    """Section of command, recipe and environment, or the reason why none is known."""
    parts: list[str | Code | Table] = []
    command = evidence.text("command.txt").strip()
    if command:
        parts.append(Code(typed(command), title="command"))
    recipe = evidence.text("recipe.resolved.yaml") or evidence.text("recipe.yaml")
    if recipe.strip():
        parts.append(Code(recipe.rstrip(), title="recipe with every default filled in"))
    if evidence.environment:
        rows = [[name, _said(value)] for name, value in flat(evidence.environment).items()]
        parts.append(Table(columns=["environment", "value"], rows=rows))
    return (
        Section("How to repeat this run", parts)
        if parts
        else "the run has no recipe and no command"
    )


def typed(command: str) -> str:
    """The command as typed, with the program by its name instead of its path.

    >>> typed("/opt/venv/bin/harmonium train recipe.yaml")
    'harmonium train recipe.yaml'
    """
    program, _, rest = command.partition(" ")
    if program.rpartition("/")[2] in ("harmonium", "__main__.py"):
        return f"harmonium {rest}".strip()
    return command


def _said(value: object) -> str:
    if value in (None, [], {}):
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


ENTRY = Entry("How to repeat this run", section)
