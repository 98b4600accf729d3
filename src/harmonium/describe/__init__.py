"""Recipes as files and objects: read, check, complete, build. Only ``build`` imports torch."""

try:
    import pydantic  # noqa: F401
    import ruamel.yaml  # noqa: F401
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f'recipes need {missing.name}: pip install "harmonium[app]"', name=missing.name
    ) from missing

from harmonium.describe.build import build
from harmonium.describe.component import Component
from harmonium.describe.load import dump, load, resolve
from harmonium.describe.models import schema
from harmonium.describe.problems import Problem, RecipeError
from harmonium.describe.recipe import Recipe

__all__ = [
    "Component",
    "Problem",
    "Recipe",
    "RecipeError",
    "build",
    "dump",
    "load",
    "resolve",
    "schema",
]
