"""Loads checked recipes from files or mappings, and writes them as YAML."""

import dataclasses
import io
import secrets
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML

from harmonium.describe.builtin import find_recipe
from harmonium.describe.check import check
from harmonium.describe.models import model
from harmonium.describe.override import override
from harmonium.describe.problems import Problem, RecipeError, shown
from harmonium.describe.read import Document, from_mapping, read_file
from harmonium.describe.recipe import Recipe
from harmonium.describe.values import from_model, plain
from harmonium.describe.wording import problems
from harmonium.printable import printable
from harmonium.registry import ROOT

__all__ = ["dump", "load", "resolve"]


def load(
    recipe: str | PathLike[str] | Mapping[str, Any] | Recipe, overrides: Iterable[str] = ()
) -> Recipe:
    """Reads and checks a recipe; every setting that it leaves out gets its default.

    Args:
        recipe: a file (YAML 1.2 or JSON), the name of a built-in recipe, or the content of a file
            as a mapping. Paths in a file are relative to its folder, those in a mapping to the
            working directory.
        overrides: ``key.sub=value``, applied in this order; the value is YAML.

    Raises:
        FileNotFoundError: there is no such file, nor a built-in recipe of this name.
        RecipeError: the recipe has problems; all are listed.
    """
    document = _document(recipe)
    name = printable(FilePath(document.name).stem)
    document = override(document, overrides)
    value = document.value
    if not isinstance(value, dict):
        message = f"is {shown(value)}; a recipe is a mapping: data, model, train and so on"
        raise RecipeError([Problem(document.place(()), "", message)])
    version = value.get("version")
    if isinstance(version, int) and version > 1:
        message = f"is {shown(version)}, but this harmonium reads version 1: upgrade harmonium"
        raise RecipeError([Problem(document.place(("version",)), "version", message)])
    try:
        given = {"name": name, **value} if name else value
        validated = model(ROOT).model_validate(given, context={"folder": document.folder})
    except ValidationError as error:
        raise RecipeError(_ordered(problems(error, document), document)) from None
    except RecursionError:
        raise RecipeError([Problem(document.name, "", "is nested too deeply")]) from None
    made: Recipe = from_model(validated)
    crossed = check(made, document)
    if crossed:
        raise RecipeError(_ordered(crossed, document))
    return made


def _document(recipe: str | PathLike[str] | Mapping[str, Any] | Recipe) -> Document:
    if isinstance(recipe, Recipe):
        return from_mapping(plain(recipe))
    if isinstance(recipe, Mapping):
        return from_mapping(recipe)
    return read_file(find_recipe(recipe))


def _ordered(unsorted: Iterable[Problem], document: Document) -> list[Problem]:
    """Sorts problems by line, those without a line last."""

    def line(problem: Problem) -> tuple[int, str]:
        number = problem.where.removeprefix(document.name).rpartition(":")[2]
        return (int(number) if number.isdigit() else 10**9), problem.where

    return sorted(unsorted, key=line)


def resolve(recipe: Recipe, *, seed: int | None = None) -> Recipe:
    """Returns the recipe with a seed; draws one if the recipe has none.

    Args:
        recipe: a checked recipe.
        seed: replaces the recipe's seed.
    """
    chosen = recipe.seed if seed is None else seed
    return dataclasses.replace(recipe, seed=secrets.randbelow(2**31) if chosen is None else chosen)


def dump(recipe: Recipe) -> str:
    """The whole recipe as YAML, defaults included; loading it gives the same recipe."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None  # writes lists of plain values on one line
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 98
    out = io.StringIO()
    yaml.dump(plain(recipe), out)
    return out.getvalue()
