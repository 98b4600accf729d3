"""The settings that a search varies, with their ranges."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmonium.describe.builtin import folder
from harmonium.describe.read import parse, read_file
from harmonium.errors import UsageError
from harmonium.extras import need

__all__ = ["Space", "overrides_of", "ready", "read_space"]

_KEYS = ("low", "high", "log", "step", "choices")


@dataclass(frozen=True)
class Space:
    """Dotted path of a setting -> its range.

    A range is {low, high} with "log" (spaced by factors) or "step", whole numbers if all of them
    are whole; or {choices: [...]} of any values, also lists and mappings.

    Args:
        ranges: path -> range.
        name: of the file, for errors.

    Raises:
        ValueError: a range is not valid.

    >>> Space({"train.optimiser.lr": {"low": 1e-4, "high": 0.1, "log": True}}).ranges
    {'train.optimiser.lr': {'low': 0.0001, 'high': 0.1, 'log': True}}
    >>> Space({"train.epochs": {"low": 5}})
    Traceback (most recent call last):
    harmonium.errors.UsageError: space, train.epochs: give low and high, or choices
    """

    ranges: Mapping[str, Mapping[str, Any]]
    name: str = "space"

    def __post_init__(self) -> None:
        if not self.ranges:
            raise UsageError(f"{self.name}: no settings: give at least one, such as train.epochs")
        for path, given in self.ranges.items():
            if reason := _wrong(given):
                raise UsageError(f"{self.name}, {path}: {reason}")

    def distributions(self) -> dict[str, Any]:
        """Path -> distribution of Optuna; choices are JSON texts.

        Raises:
            ImportError: optuna is missing.
        """
        optuna = need("optuna", "a search needs")
        made = {}
        for path, given in self.ranges.items():
            if "choices" in given:
                texts = [json.dumps(value) for value in given["choices"]]
                made[path] = optuna.distributions.CategoricalDistribution(texts)
                continue
            log, step = bool(given.get("log")), given.get("step")
            numbers = [given["low"], given["high"], *([] if step is None else [step])]
            if all(isinstance(n, int) for n in numbers):
                kind = optuna.distributions.IntDistribution
                made[path] = kind(given["low"], given["high"], log=log, step=step or 1)
            else:
                kind = optuna.distributions.FloatDistribution
                made[path] = kind(float(given["low"]), float(given["high"]), log=log, step=step)
        return made

    def some_values(self, path: str) -> list[Any]:
        """The choices of a setting, or the ends of its range."""
        given = self.ranges[path]
        return [*given["choices"]] if "choices" in given else [given["low"], given["high"]]

    def values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Path -> value of the recipe for parameters of Optuna."""
        return {
            path: json.loads(value) if "choices" in self.ranges[path] else value
            for path, value in parameters.items()
        }


def read_space(given: str | Path | Sequence[str] | Mapping[str, Any]) -> Space:
    """Reads a space.

    Args:
        given: a YAML file of path: range; the name of a ready space (``ready``); texts
            ``path={low: 1e-4, high: 1e-1, log: true}``; or a mapping.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file or a range is not valid.
    """
    if isinstance(given, Mapping):
        return Space({str(path): _plain(value) for path, value in given.items()})
    texts = [str(given)] if isinstance(given, str | Path) else [*given]
    ranges: dict[str, Any] = {}
    name = "space"
    for text in texts:
        path, equals, value = text.partition("=")
        if equals and not Path(text).is_file():
            ranges[path.strip()] = _plain(parse(value).value)
            continue
        file = Path(text)
        if not file.is_file() and text in ready():
            file = folder() / "spaces" / f"{text}.yaml"
        found = read_file(file).value
        name = file.name
        if not isinstance(found, dict):
            raise UsageError(f"{file}: a space is a mapping from settings to ranges")
        ranges |= {str(key): _plain(item) for key, item in found.items()}
    return Space(ranges, name)


def ready() -> list[str]:
    """Names of the spaces that come with the library."""
    return sorted(path.stem for path in (folder() / "spaces").glob("*.yaml"))


def overrides_of(values: Mapping[str, Any], document: Any) -> list[str]:  # noqa: ANN401
    """Overrides ``path=value`` for a recipe; names in a path that mean layers become numbers.

    >>> layers = {"model": {"layers": ["relu", {"type": "conv2d", "name": "conv1"}]}}
    >>> overrides_of({"model.layers.conv1.kernel_size": 5}, layers)
    ['model.layers.1.kernel_size=5']
    """
    return [f"{_numbered(path, document)}={json.dumps(v)}" for path, v in values.items()]


def _numbered(path: str, document: Any) -> str:  # noqa: ANN401
    here, keys = document, []
    for key in path.split("."):
        step: str | int = key
        if isinstance(here, list) and not key.isdigit():
            names = [item.get("name") if isinstance(item, dict) else None for item in here]
            if key not in names:
                there = ", ".join(str(name) for name in names if name) or "none"
                raise UsageError(f"space, {path}: no layer {key!r}; there are {there}")
            step = names.index(key)
        keys.append(str(step))
        here = _inside(here, step)
    return ".".join(keys)


def _inside(here: Any, step: str | int) -> Any:  # noqa: ANN401
    if isinstance(here, dict):
        return here.get(str(step))
    index = int(step) if str(step).isdigit() else -1
    return here[index] if isinstance(here, list) and 0 <= index < len(here) else None


def _plain(given: Any) -> Any:  # noqa: ANN401
    return {"choices": given} if isinstance(given, list) else given


def _wrong(given: Any) -> str | None:  # noqa: ANN401
    """What is wrong with a range, or None."""
    if not isinstance(given, Mapping):
        return f"{given!r} is no range: write {{low: 1, high: 10}} or {{choices: [a, b]}}"
    if unknown := [key for key in given if key not in _KEYS]:
        return f"unknown {', '.join(map(repr, unknown))}; a range has {', '.join(_KEYS)}"
    if "choices" in given:
        return _wrong_choices(given)
    if not {"low", "high"} <= {*given}:
        return "give low and high, or choices"
    numbers = [given[key] for key in ("low", "high", "step") if key in given]
    if any(not _is_number(n) for n in numbers):
        return f"low, high and step are finite numbers, and here {numbers}"
    if given["low"] >= given["high"]:
        return f"low is {given['low']} and high {given['high']}: low must be smaller"
    return _wrong_spacing(given)


def _wrong_choices(given: Mapping[str, Any]) -> str | None:
    choices = given["choices"]
    if len(given) > 1 or not isinstance(choices, list) or not choices:
        return "choices is a list, and stands alone"
    texts = [json.dumps(value) for value in choices]
    return "two choices are equal" if len({*texts}) < len(texts) else None


def _wrong_spacing(given: Mapping[str, Any]) -> str | None:
    if "log" in given and not isinstance(given["log"], bool):
        return "log is true or false"
    if given.get("log") and (given["low"] <= 0 or "step" in given):
        return "log needs a positive low, and no step"
    return "step must be positive" if given.get("step", 1) <= 0 else None


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)


def shown(values: Iterable[tuple[str, Any]]) -> str:
    """Settings in one line.

    >>> shown([("train.lr", 0.00123456), ("model.units", [64, 10])])
    'train.lr=0.00123, model.units=[64, 10]'
    """
    return ", ".join(
        f"{path}={value:.3g}" if isinstance(value, float) else f"{path}={value}"
        for path, value in values
    )
