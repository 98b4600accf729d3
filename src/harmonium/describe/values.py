"""Converts checked models to recipe objects, and those to the content of a file."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harmonium.describe.component import Component
from harmonium.describe.models import Described
from harmonium.registry import KINDS, SHARED, STAGES, target

__all__ = ["from_model", "plain", "type_name"]


def from_model(value: Any) -> Any:  # noqa: ANN401
    """Converts models to components, sections and stages."""
    if isinstance(value, list | tuple):
        return tuple(from_model(item) for item in value)
    if isinstance(value, dict):
        return {key: from_model(item) for key, item in value.items()}
    if not isinstance(value, Described):
        return value
    if not value.target_:  # overrides keep only the given settings
        return {name: from_model(getattr(value, name)) for name in sorted(value.model_fields_set)}
    every = [name for name in type(value).model_fields if name != "type"]
    brief = value.kind_ in SHARED  # a description keeps only what is said
    names = [name for name in every if name in value.model_fields_set] if brief else every
    settings = {name: from_model(getattr(value, name)) for name in names}
    if not value.kind_ or value.kind_ in STAGES:
        return target(value.target_)(**settings)
    return Component(value.kind_, value.name_, settings)


def plain(value: Any) -> Any:  # noqa: ANN401
    """A recipe, or a part of it, as mappings, lists, text and numbers of a file."""
    if isinstance(value, Component):
        settings = {name: plain(item) for name, item in value.settings.items()}
        return _short(value, settings)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in dataclasses.fields(value)]
        typed = type_name(value)
        head = {"type": typed} if typed else {}
        return head | {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def type_name(value: object) -> str:
    """Type of a stage in a recipe; empty for other values."""
    place = f"{type(value).__module__}:{type(value).__name__}"
    return next((n for types in KINDS.values() for n, p in types.items() if p == place), "")


def _short(component: Component, settings: dict[str, Any]) -> Any:  # noqa: ANN401
    """Shortest form: a number for Bernoulli units, the type alone without settings."""
    if not settings:
        return component.type
    shape = settings.get("shape")
    if component.type == "bernoulli" and component.kind == "Units" and not settings.get("tied"):
        if isinstance(shape, list) and len(shape) == 1:
            return shape[0]
    return {"type": component.type, **settings}
