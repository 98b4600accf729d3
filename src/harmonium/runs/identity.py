"""Identity of a run and its recipe, which a checkpoint must match before a run is resumed."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonium.errors import RunError

if TYPE_CHECKING:
    from harmonium.runs.run import Run

__all__ = ["check_identity", "identity", "read_recipe"]

FREE = frozenset({"output", "report", "track", "checkpoint"})
"""Sections of a recipe that do not affect what is learned."""

LARGEST = 1_000_000
"""Maximum size of a recipe in bytes; ``harmonium.describe`` has the same limit."""


def read_recipe(place: Path) -> dict[str, Any]:
    """Reads a resolved recipe from a file, unchanged.

    Raises:
        ValueError: the file is not YAML, or not a mapping.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        if place.stat().st_size > LARGEST:
            raise RunError(f"larger than {LARGEST} bytes")
        recipe = YAML(typ="safe").load(place.read_text(encoding="utf-8"))
        if not isinstance(recipe, dict):
            raise RunError("not a mapping")
    except (YAMLError, ValueError, LookupError, TypeError, RecursionError) as error:
        words = (str(error) or repr(error)).splitlines()[0]
        raise RunError(f"{place}: not a recipe ({words}); bring it back from a copy") from error
    return recipe


def identity(run: "Run") -> dict[str, Any]:
    """The identity of a run that its checkpoints carry."""
    return {"run": run.identity, "recipe": json.loads(json.dumps(run.recipe, default=str))}


def check_identity(run: "Run", saved: Mapping[str, Any], *, place: Path) -> None:
    """Checks that a checkpoint was written by this run with its present recipe.

    Text settings of a data source, such as paths, may differ: the data are compared separately.

    Raises:
        ValueError: it was not; the message names the settings that differ.
    """
    now = identity(run)
    if saved.get("run") != now["run"]:
        raise RunError(
            f"{place}: a checkpoint of another run; bring back this run's own, or resume in the "
            "directory that it belongs to"
        )
    if "recipe" not in saved:  # checkpoints of the first format have no recipe
        return
    changed = [*differences(saved["recipe"], now["recipe"])]
    if changed:
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        raise RunError(
            f"{run.path / 'recipe.resolved.yaml'}: not the recipe that the run began with: "
            f"{', '.join(changed[:5])}{more}; put it back, or train with the edited recipe in a "
            "run of its own"
        )


def differences(was: object, now: object, *, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """Yields each setting that differs, with both values.

    >>> [*differences({"train": {"epochs": 5}, "track": []}, {"train": {"epochs": 7}})]
    ['train.epochs is 7, was 5']
    """
    if len(path) == 1 and path[0] in FREE:
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*was, *now]):
            yield from differences(was.get(key, _NONE), now.get(key, _NONE), path=(*path, key))
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, pair in enumerate(zip(was, now, strict=True)):
            yield from differences(*pair, path=(*path, number))
    elif (was != now or type(was) is not type(now)) and not _a_place(was, now, path=path):
        yield f"{'.'.join(map(str, path))} is {_shown(now)}, was {_shown(was)}"


_NONE = object()


def _a_place(was: object, now: object, *, path: tuple[str | int, ...]) -> bool:
    """Whether only the place of a source changed: a text in ``data.source``, except its type."""
    inside = path[:2] == ("data", "source") and path[2:] != ("type",) and len(path) > 2
    return inside and isinstance(was, str) and isinstance(now, str)


def _shown(value: object) -> str:
    return "not there" if value is _NONE else str(value)[:60]
