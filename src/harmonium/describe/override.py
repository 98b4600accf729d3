"""Applies overrides ``key.sub=value`` to the document of a recipe."""

import copy
from collections.abc import Iterable
from typing import Any

from harmonium.describe.models import Described, model
from harmonium.describe.problems import Path, Problem, RecipeError, dotted
from harmonium.describe.read import Document, parse
from harmonium.errors import UsageError
from harmonium.registry import KINDS, ROOT

__all__ = ["override"]


def override(document: Document, assignments: Iterable[str]) -> Document:
    """Returns the document with values replaced or added.

    Values are YAML; a number as key selects an item of a list. Keys that do not exist are added;
    checking the recipe then refuses unknown ones.

    Raises:
        RecipeError: there is no "=", an index is out of range, or a value is not YAML.

    >>> override(Document({"train": {"layers": [{}, {}]}}), ["train.layers.1.epochs=3"]).value
    {'train': {'layers': [{}, {'epochs': 3}]}}
    """
    changed = Document(
        copy.deepcopy(document.value), document.name, document.folder, dict(document.places)
    )
    problems: list[Problem] = []
    for text in assignments:
        where = f"override {text[:80]!r}"
        try:
            _assign(changed, text, where=where)
        except ValueError as error:
            message = error.problems[0].message if isinstance(error, RecipeError) else str(error)
            problems.append(Problem(where, "", message))
    if problems:
        raise RecipeError(problems)
    return changed


def _assign(document: Document, text: str, *, where: str) -> None:
    key, equals, value = text.partition("=")
    keys = key.strip().split(".")
    if not equals or not all(keys):
        raise UsageError("is no override: write key.sub=value")
    new = parse(value).value if value.strip() else None
    if not isinstance(document.value, dict):
        return  # the check of the recipe reports it
    *above, last = keys
    target: Any = document.value
    path: Path = ()
    level: type[Described] | None = model(ROOT)
    for name in above:
        inner, here, new_here = _enter(target, path, name=name, level=level)
        level = _inside(level, name, value=inner)
        target, path = inner, here
        if new_here:
            document.places[path] = where
    step = _step(target, path, name=last)
    target[step] = new
    here = (*path, step)
    for old in [p for p in document.places if p[: len(here)] == here]:
        del document.places[old]
    document.places[here] = where


def _enter(
    target: Any,  # noqa: ANN401
    path: Path,
    *,
    name: str,
    level: type[Described] | None,
) -> tuple[Any, Path, bool]:
    """Returns the value of a key, its path, and whether it was missing."""
    step = _step(target, path, name=name)
    inner = target.get(step) if isinstance(target, dict) else target[step]
    if isinstance(inner, str):  # only the type of a component
        inner = {"type": inner}
    elif inner is not None and not isinstance(inner, dict | list):
        raise UsageError(f"{dotted((*path, step))} is {inner!r} and has nothing inside")
    fresh = inner is None
    target[step] = inner = _default(level, name) if fresh else inner
    return inner, (*path, step), fresh


def _default(level: type[Described] | None, name: str) -> dict[str, Any] | list[Any]:
    """Default of a setting that the recipe leaves out, if it is a mapping or a list."""
    field = None if level is None else level.model_fields.get(name)
    start = None if field is None else field.default
    if isinstance(start, list | tuple):
        return copy.deepcopy([*start])
    return copy.deepcopy(start) if isinstance(start, dict) else {}


def _inside(
    level: type[Described] | None,
    name: str,
    *,
    value: Any,  # noqa: ANN401
) -> type[Described] | None:
    """Model of the value of a setting; an index keeps the model of its list."""
    if level is None or name.isdigit():
        return level
    if name in level.sections_:
        return level.sections_[name]
    types = KINDS.get(level.kinds_.get(name, ""), {})
    chosen = value.get("type") if isinstance(value, dict) else None
    if not isinstance(chosen, str) or chosen not in types:
        return None
    return model(types[chosen], level.kinds_[name], name=chosen)


def _step(target: Any, path: Path, *, name: str) -> str | int:  # noqa: ANN401
    if isinstance(target, dict):
        return name
    if not len(target):
        raise UsageError(
            f"{dotted(path)} is an empty list: {name!r} is no index in it; give the whole list, "
            f"{dotted(path)}=[...]"
        )
    if not name.isascii() or not name.isdigit() or int(name[:9]) >= len(target):
        raise UsageError(
            f"{dotted(path)} is a list of {len(target)}: {name!r} is no index from 0 to "
            f"{len(target) - 1}"
        )
    return int(name)
