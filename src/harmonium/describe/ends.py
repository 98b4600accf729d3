"""Names the setting of a model that gives the number of its inputs or of its outputs."""

from collections.abc import Mapping
from typing import Any

__all__ = ["first_setting", "last_setting"]


def first_setting(settings: Mapping[str, Any]) -> str:
    """The setting with the number of values that a model reads, in words.

    Args:
        settings: of the model, as in a recipe.

    >>> first_setting({"units": [64, 10]}), first_setting({"visible": 64, "hidden": 9})
    ("the first of the model's units", "the model's visible")
    """
    return _named(settings, "first", names=("visible", "inputs"))


def last_setting(settings: Mapping[str, Any]) -> str:
    """The setting with the number of outputs of a model, in words.

    >>> last_setting({"units": [64, 10]}), last_setting({"inputs": 64, "classes": 10})
    ("the last of the model's units", "the model's classes")
    """
    return _named(settings, "last", names=("classes", "outputs"))


def _named(settings: Mapping[str, Any], end: str, *, names: tuple[str, ...]) -> str:
    if "layers" in settings:
        return "the model's shape" if end == "first" else "the last of the model's layers"
    if "units" in settings:
        return f"the {end} of the model's units"
    own = next((name for name in names if name in settings), None)
    return f"the model's {own}" if own else f"the {end} of the model's sizes"
