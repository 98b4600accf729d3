"""From checked models to the recipe's own values, and from those to what a file would contain."""

import dataclasses
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harmonium.describe.component import Component
from harmonium.describe.models import Described
from harmonium.registry import KINDS

__all__ = ["from_model", "plain", "type_name"]


def from_model(value: Any) -> Any:  # noqa: ANN401
    """Models become components; sections and stages become dataclasses."""
    if isinstance(value, list | tuple):
        return tuple(from_model(item) for item in value)
    if isinstance(value, dict):
        return {key: from_model(item) for key, item in value.items()}
    if not isinstance(value, Described):
        return value
    if not value.target_:  # overrides: only what is given
        return {name: from_model(getattr(value, name)) for name in sorted(value.model_fields_set)}
    names = [name for name in type(value).model_fields if name != "type"]
    settings = {name: from_model(getattr(value, name)) for name in names}
    home, _, name = value.target_.partition(":")
    if home.startswith(("harmonium.describe.", "harmonium.stages.")):
        return getattr(importlib.import_module(home), name)(**settings)
    return Component(value.kind_, value.name_, settings)


def plain(value: Any) -> Any:  # noqa: ANN401
    """A recipe or part of it as a file would contain it: mappings, lists, text and numbers."""
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
    """The type of a stage in a recipe; empty for anything else."""
    return _TYPES.get(f"{type(value).__module__}:{type(value).__name__}", "")


_TYPES = {target: name for types in KINDS.values() for name, target in types.items()}


def _short(component: Component, settings: dict[str, Any]) -> Any:  # noqa: ANN401
    """A plain number for Bernoulli units, the type alone where there are no settings."""
    if not settings:
        return component.type
    shape = settings.get("shape")
    if component.type == "bernoulli" and component.kind == "Units" and not settings.get("tied"):
        if isinstance(shape, list) and len(shape) == 1:
            return shape[0]
    return {"type": component.type, **settings}
