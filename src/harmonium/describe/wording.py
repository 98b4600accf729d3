"""Turns the errors of pydantic into problems of a recipe: place, value found and remedy."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import ValidationError

from harmonium.describe.annotations import MARK
from harmonium.describe.models import Described, model
from harmonium.describe.problems import Path, Problem, dotted, nearest, shown
from harmonium.describe.read import Document
from harmonium.registry import KINDS, ROOT

__all__ = ["problems"]

_NEEDED = {
    "int_type": "a whole number is needed",
    "float_type": "a number is needed",
    "bool_type": "true or false is needed",
    "string_type": "text is needed (put it in quotes)",
    "list_type": "a list is needed",
    "tuple_type": "a list is needed",
    "dict_type": "a mapping is needed",
    "model_type": "a mapping is needed",
    "model_attributes_type": "a mapping is needed",
    "none_required": "null is needed",
    "finite_number": "a finite number is needed",
}

_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def problems(error: ValidationError, document: Document) -> list[Problem]:
    """Lists the problems of a pydantic error, each once."""
    unique: dict[Problem, None] = {}
    for item in error.errors(include_url=False):
        loc = item["loc"]
        path = _path(loc, document.value)
        message = _message(cast(Mapping[str, Any], item), loc, path=path, document=document)
        if item["type"] == "component" and isinstance(_value(document, (*path, "type")), str):
            path = (*path, "type")
        place = path if item["type"] != "missing" else path[:-1]
        unique[Problem(document.place(place), dotted(path), message)] = None
    return list(unique)


def _path(loc: Path, value: Any) -> Path:  # noqa: ANN401
    """The path without union tags, and no deeper than the recipe."""
    path: list[str | int] = []
    for step in loc:
        if isinstance(step, str) and step.startswith(MARK):
            continue
        if not isinstance(value, dict | list):
            break
        path.append(step)
        inside = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            inside = value[step]
        value = inside
    return tuple(path)


def _value(document: Document, path: Path) -> Any:  # noqa: ANN401
    value = document.value
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _message(item: Mapping[str, Any], loc: Path, *, path: Path, document: Document) -> str:
    kind, context = item["type"], item.get("ctx", {})
    value = _value(document, path)
    if kind == "extra_forbidden":
        right = [name for name in _level(loc).model_fields if name != "type"]
        return f"is not a setting here{nearest(str(loc[-1]), right)}"
    if kind == "missing":
        doc = _level(loc).model_fields[str(loc[-1])].description
        return "is missing" + (f" ({doc.rstrip('.')})" if doc else "") + ": add it"
    if kind == "component":
        holder = _value(document, path[:-1]) if path[-1:] == ("type",) else None
        return _component(context["kind"], holder or value)
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"is {shown(value)}; {words} {context[name]} is needed"
    if kind == "mismatch":
        return f"is {shown(value)}; {context['words']} is needed{_guess(value, context)}"
    if kind == "literal_error":
        right = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        if value in right:
            return f"is {shown(value)}; write {value} without quotes"
        guess = nearest(value, right) if isinstance(value, str) else f"; needed: {_any(right)}"
        return f"is {shown(value)}{guess}"
    if kind in ("too_long", "too_short"):
        return f"is {shown(value)}; {item['msg'][0].lower()}{item['msg'][1:]}"
    if kind == "int_type" and isinstance(value, float) and value.is_integer():
        return f"is {value!r}; a whole number is needed: write {int(value)}"
    return f"is {shown(value)}; {_NEEDED.get(kind, item['msg'])}"


def _any(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def _guess(value: Any, context: Mapping[str, Any]) -> str:  # noqa: ANN401
    """The nearest name of a choice, for a text that is none of its members."""
    text = value[:100] if isinstance(value, str) else ""
    near = difflib.get_close_matches(text, context["names"], n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _component(kind: str, value: Any) -> str:  # noqa: ANN401
    types = KINDS[kind]
    if isinstance(value, dict) and "type" not in value:
        return f"has no type; add one of: {', '.join(types)}"
    name = value["type"] if isinstance(value, dict) else value
    if isinstance(name, str):
        return f"{name[:60]!r} is not a kind of {kind}{nearest(name, types)}"
    number = " or a number" if kind == "Units" else ""
    return (
        f"is {shown(name)}; {kind} is needed: the name of its type{number}, or a mapping with type"
        f": {', '.join(types)}"
    )


def _level(loc: Path) -> type[Described]:
    """Model of the mapping that contains the last step of the path."""
    level = model(ROOT)
    for step in loc[:-1]:
        if isinstance(step, str) and step.startswith(MARK):
            kind, _, name = step.removeprefix(MARK).partition(":")
            if name in KINDS.get(kind, ()):
                level = model(KINDS[kind][name], kind, name=name)
        elif isinstance(step, str):
            level = level.sections_.get(step, level)
    return level
