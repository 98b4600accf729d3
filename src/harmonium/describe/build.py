"""Builds the object of a component: the only step that imports the constructors."""

import functools
from collections.abc import Mapping
from typing import Any

from harmonium.describe.component import Component
from harmonium.describe.models import model
from harmonium.describe.values import plain
from harmonium.registry import KINDS, SHARED, target

__all__ = ["build"]


def build(component: Any, *given: Any) -> Any:  # noqa: ANN401
    """Imports the constructor of a component and calls it with the settings.

    Arguments that no recipe can give come first, as ``given``: ``build(optimiser, parameters)``,
    ``build(schedule, optimiser, updates)``. Without them, the result is a function that takes
    them; for a rule, this is the rule itself.

    Args:
        component: a component, or a list or mapping of them; other values are returned unchanged.
        *given: the first arguments of the constructor.

    A component of a kind that its holder builds (``registry.SHARED``) becomes the name or mapping
    that a recipe writes.

    >>> from harmonium.describe.component import Component
    >>> build(Component("Contrast", "pcd", {"steps": 2}))
    PCD(steps=2, chains=100)
    """
    if isinstance(component, list | tuple):
        return [build(item) for item in component]
    if isinstance(component, Mapping):
        return {name: build(item) for name, item in component.items()}
    if not isinstance(component, Component):
        return component
    if component.kind in SHARED:
        return plain(component)
    place = KINDS[component.kind][component.type]
    make = target(place)
    described = model(place, component.kind, name=component.type)
    settings = {key: build(value) for key, value in component.settings.items()}
    several = settings.pop(described.variadic_, ()) if described.variadic_ else ()
    if described.awaited_ and not given:
        return functools.partial(make, **settings) if settings else make
    return make(*given, *several, **settings)
