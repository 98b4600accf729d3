"""Reference of everything that a recipe can name: settings, defaults and meanings."""

import difflib
from typing import Any, NamedTuple

from harmonium.describe.models import model
from harmonium.errors import UsageError
from harmonium.registry import KINDS, ROOT, SECTIONS

__all__ = ["Entry", "Setting", "reference"]


class Setting(NamedTuple):
    """One setting: the values that it takes, its default as written in a recipe, its meaning."""

    name: str
    takes: str
    required: bool
    default: Any
    about: str


class Entry(NamedTuple):
    """One type of a kind; for the kind "Section", one of the recipe's own mappings."""

    kind: str
    type: str
    about: str
    settings: tuple[Setting, ...]


def reference(kind: str | None = None) -> list[Entry]:
    """Returns every entry, or those of one kind ("Section" for the recipe's own mappings).

    Raises:
        ValueError: there is no such kind; the message gives the nearest one.

    >>> [entry.type for entry in reference("Rule")]
    ['mean', 'mode', 'sample']
    >>> [setting.name for setting in reference("Contrast")[0].settings]
    ['steps', 'reconstruct']
    """
    sections = {"Recipe": ROOT, **SECTIONS}
    names = ["Section", *KINDS]
    by_lower = {name.lower(): name for name in names}
    if kind is not None and kind.lower() not in by_lower:
        near = difflib.get_close_matches(kind.lower(), by_lower, n=1)
        hint = f", did you mean {by_lower[near[0]]!r}?" if near else "."
        raise UsageError(f"no kind {kind!r}{hint} There are: {', '.join(names)}")
    wanted = names if kind is None else [by_lower[kind.lower()]]
    return [
        _entry(name, type_, target=target)
        for name in wanted
        for type_, target in (sections if name == "Section" else KINDS[name]).items()
    ]


def _entry(kind: str, type_: str, *, target: str) -> Entry:
    found = model(target) if kind == "Section" else model(target, kind, name=type_)
    settings = tuple(
        Setting(
            name,
            found.words_[name],
            field.is_required(),
            None if field.is_required() else field.default,
            field.description or "",
        )
        for name, field in found.model_fields.items()
        if name in found.words_
    )
    return Entry(kind, type_, found.__doc__ or "", settings)
