"""Checks whether data, net, objectives and judges of a recipe fit, without reading the data.

What the recipe's text does not tell is checked when the data are read (``stages.plan``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harmonium.catalogue.known import KNOWN
from harmonium.describe.component import Component
from harmonium.describe.problems import Path
from harmonium.describe.recipe import Recipe
from harmonium.describe.signature import module, resolve
from harmonium.describe.values import type_name
from harmonium.needs import lacking
from harmonium.registry import KINDS

__all__ = ["fits"]

_ENERGY = {"belief_net", "classification_rbm", "dbm", "rbm"}
"""Energy models, which become nets when they are unrolled."""

_JUDGED = {
    "accuracy": "decides",
    "error": "predicts",
    "likelihood": "scores",
    "reconstruction": "reconstructs",
}
"""Judge -> ability that it needs of the model."""


@dataclass(frozen=True)
class _Net:
    """A net of a recipe: its abilities, the kind of its outputs, and their number."""

    abilities: frozenset[str]
    outputs: str
    number: int | None
    setting: str
    """Where the recipe gives the number of outputs."""


def fits(recipe: Recipe, learning: list[tuple[Path, Any]]) -> Iterator[tuple[Path, str]]:
    """Yields the settings that do not fit each other, with a remedy.

    Args:
        recipe: a recipe whose settings are valid one by one.
        learning: every stage with its path, in order.
    """
    source = recipe.data.source
    if source.settings.get("label") is not None and source.settings.get("target") is not None:
        yield (
            ("data", "source", "target"),
            "is given beside label: a row has a class or real targets; give one of them, and put "
            "the other column under ignore",
        )
        return
    net = _net(recipe.model)
    if net is not None:
        yield from _stages(net, learning)
        yield from _judges(net, recipe)
        if any(_supervised(stage) for _, stage in learning):
            yield from _outputs(net, source)
    elif recipe.model.type in _ENERGY:
        yield from _unrolled(learning)


def _net(model: Component) -> _Net | None:
    """The net of a recipe; None for another model."""
    given = model.settings
    if model.type == "perceptron":
        abilities = frozenset({"net", "decides"})
        return _Net(abilities, "scores", given["classes"], "classes")
    if model.type == "autoencoder":
        return _Net(frozenset({"net", "reconstructs"}), given["outputs"], None, "units")
    if model.type in {"deep", "mlp"}:
        outputs = given.get("outputs", "classes")
        classes = outputs == "classes"
        does = {"classifies", "decides"} if classes else {"predicts"}
        last = given["units"][-1] if given["units"] else None
        setting = f"units.{len(given['units']) - 1}"
        return _Net(frozenset({"net"} | does), outputs, last, setting)
    return None


def _supervised(stage: Any) -> bool:  # noqa: ANN401
    return type_name(stage) in {"supervised", "error_correction"}


def _stages(net: _Net, learning: list[tuple[Path, Any]]) -> Iterator[tuple[Path, str]]:
    for path, stage in learning:
        if path[0] in {"pretrain", "fine_tune"}:  # `check` has better words
            continue
        if missing := [name for name in stage.needs.model if name not in net.abilities]:
            yield path, lacking(missing)
        elif reason := _outputs_of(net, stage):
            yield path, reason


def _outputs_of(net: _Net, stage: Any) -> str | None:  # noqa: ANN401
    """Reason why a stage cannot train these outputs, or None."""
    kind, objective = type_name(stage), getattr(stage, "objective", None)
    if kind == "supervised" and net.outputs not in {"classes", "values"}:
        return (
            "supervised training needs a net of classes or values, and the outputs of the model "
            f"are {net.outputs}: take another model, or another stage"
        )
    if kind == "error_correction" and net.outputs != "scores":
        return (
            "error correction moves a layer of threshold units, and the outputs of the model are "
            f"{net.outputs}: take type perceptron, or train with supervised"
        )
    compared = () if objective is None else _compared(objective)
    if objective is None or not compared or net.outputs in compared:
        return None
    return (
        f"the outputs of the model are {net.outputs}, and the objective {objective.type} compares "
        f"{' or '.join(compared)}: take another objective, or other outputs of the model"
    )


def _unrolled(learning: list[tuple[Path, Any]]) -> Iterator[tuple[Path, str]]:
    """Yields stages that need a net before an energy model is unrolled to one."""
    for path, stage in learning:
        if "net" in stage.makes:
            return
        if "net" in stage.needs.model:
            yield path, lacking(["net"])


def _judges(net: _Net, recipe: Recipe) -> Iterator[tuple[Path, str]]:
    for k, judge in enumerate(recipe.judge):
        needed = _JUDGED.get(judge.type)
        if needed is not None and needed not in net.abilities:
            yield ("judge", k), f"{judge.type}: {lacking([needed])}"


def _outputs(net: _Net, source: Component) -> Iterator[tuple[Path, str]]:
    """Yields outputs that do not fit what the source says of labels and targets."""
    what, number = _predicted(source)
    if net.outputs == "values" and what in {"classes", "nothing"}:
        yield (
            ("data", "source"),
            f"has no real targets, and the model predicts values: {_GIVE_TARGETS[what]}",
        )
    elif net.outputs in {"classes", "scores"} and what in {"targets", "nothing"}:
        yield (
            ("data", "source"),
            f"has no labels, and the model learns classes: {_GIVE_LABELS[what]}",
        )
    elif number is not None and net.number not in (None, number):
        key, _, last = net.setting.partition(".")
        words = f"is {net.number}, but {source.type} has {number} {what}: make it {number}"
        yield ("model", key, *([int(last)] if last else [])), words


_GIVE_TARGETS = {
    "classes": "set `target` of the source, or take outputs: classes",
    "nothing": "set `target` of the source",
}
_GIVE_LABELS = {
    "targets": "set `label` of the source, or take outputs: values with objective squared_error",
    "nothing": "set `label` of the source",
}


def _predicted(source: Component) -> tuple[str, int | None]:
    """What a source lets predict (classes, targets, nothing or unknown), and their number."""
    given, known = source.settings, KNOWN.get(source.type)
    if known is not None:
        named = {"classes": known.classes, "targets": known.targets}
        return next(((what, len(names)) for what, names in named.items() if names), ("nothing", 0))
    if source.type == "table":
        target = given["target"]
        if target is not None:
            return "targets", 1 if isinstance(target, str | int) else len(target)
        return ("nothing", 0) if given["label"] is None else ("classes", None)
    if source.type == "arrays":
        return ("targets" if given["target"] else "classes"), None
    return "unknown", None


def _compared(objective: Component) -> tuple[str, ...]:
    """Outputs that an objective compares, from its source text; empty if that does not say."""
    home, _, name = KINDS["Objective"].get(objective.type, "").partition(":")
    found = resolve(module(home), name) if home else None
    if found is None or not isinstance(found[1], ast.ClassDef):
        return ()
    for item in found[1].body:
        if (
            isinstance(item, ast.AnnAssign)
            and ast.unparse(item.target) == "outputs"
            and item.value
        ):
            return tuple(ast.literal_eval(item.value))
    return ()
