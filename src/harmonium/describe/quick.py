"""Cuts a recipe down to seconds: every stage, judge and baseline runs on a few rows."""

from dataclasses import fields, replace
from typing import Any

import torch

from harmonium.data import DataSet, Examples, Tokens, held_out
from harmonium.data.split import strata
from harmonium.describe.component import Component
from harmonium.describe.recipe import Recipe

__all__ = ["few", "quick"]

SMALL: dict[str, dict[str, Any]] = {
    "likelihood": {"betas": 10, "chains": 5, "reverse_sweeps": 5},
    "logistic_regression": {"C": (1.0,), "max_iter": 5},
    "svc": {"C": (1.0,), "gamma": ("scale",)},
    "relu_net": {"alpha": (1e-3,), "max_iter": 2},
    "label_spreading": {"neighbours": (5,)},
    "random_start": {"epochs": 1, "same_time": False},
}
PER_CLASS = 5


def quick(recipe: Recipe) -> Recipe:
    """Reduces a recipe to one trial, one epoch per stage, and small judges and baselines.

    >>> from harmonium.describe import load
    >>> toy = {"data": {"source": "digits"}, "model": {"type": "rbm", "visible": 64, "hidden": 9}}
    >>> quick(load({**toy, "train": {"type": "energy", "epochs": 99}})).train.epochs
    1
    """
    labels = recipe.data.labels
    if labels is not None and labels.per_class is not None:
        labels = replace(labels, per_class=min(labels.per_class, PER_CLASS))
    return replace(
        recipe,
        repeats=1,
        data=replace(recipe.data, labels=labels),
        pretrain=_one_epoch(recipe.pretrain),
        train=_one_epoch(recipe.train),
        fine_tune=_one_epoch(recipe.fine_tune),
        stages=tuple(map(_one_epoch, recipe.stages)),
        judge=tuple(_small(c) for c in recipe.judge),
        compare=tuple(_small(c) for c in recipe.compare),
    )


def _one_epoch(section: Any) -> Any:  # noqa: ANN401
    if section is None or "epochs" not in {field.name for field in fields(section)}:
        return section
    changes: dict[str, Any] = {"epochs": 1}
    if layers := [{**layer, "epochs": 1} for layer in getattr(section, "layers", ())]:
        changes["layers"] = tuple(layers)
    if planned := getattr(section, "schedules", ()):
        changes["schedules"] = tuple(map(_short, planned))
    return replace(section, **changes)


def _short(schedule: Component) -> Component:
    """The schedule; a warm-up ends with the single epoch."""
    epochs = schedule.settings.get("epochs", 0) if schedule.type == "warm_up" else 0
    if epochs <= 1:
        return schedule
    return replace(schedule, settings={**schedule.settings, "epochs": 1.0})


def _small(component: Component) -> Component:
    return replace(component, settings={**component.settings, **SMALL.get(component.type, {})})


def few(dataset: DataSet, recipe: Recipe) -> DataSet:
    """Two batches of every split, balanced by class, with enough rows for the labels."""
    sizes = [getattr(stage, "batch_size", 0) for stage in recipe.learning().values()]
    n = max([100, *sizes, 2 * PER_CLASS * len(dataset.classes)]) * 2
    return dataset.each(lambda split: _some(split, n))


def _some(split: Examples, n: int) -> Examples:
    if len(split) <= n:
        return split
    kind = split.kinds.get("x")
    if isinstance(kind, Tokens) and kind.stream:  # whose rows continue each other
        return split.take(torch.arange(n))
    _, indices = held_out(strata(split), n / len(split), source=torch.Generator().manual_seed(0))
    return split.take(indices)
