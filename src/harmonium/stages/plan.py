"""Turns a recipe and its data into the tasks of a run, in order.

The tasks of a trial are its stages of learning, its judges and its baselines. Trials and parts are
built when their turn comes; building draws only from random generators of its own.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol, runtime_checkable

import torch

from harmonium.data import (
    DataSet,
    check_array,
    fit_all,
    keep_labels,
    validation,
)
from harmonium.data.streamed import PIECE
from harmonium.describe import Recipe, build
from harmonium.describe.ends import first_setting
from harmonium.describe.size import check_size
from harmonium.errors import UsageError
from harmonium.learning import Training
from harmonium.models import Model, adapted
from harmonium.needs import Needs, unmet
from harmonium.random import generator, seeded
from harmonium.runs.engine import Task
from harmonium.runs.stages import Once
from harmonium.stages.part import Part
from harmonium.stages.trial import Trial, derived
from harmonium.stages.turns import Turn, in_turn

__all__ = ["TrainedBaseline", "check_rows", "parts_of", "plan", "trial"]


@runtime_checkable
class TrainedBaseline(Protocol):
    """A baseline that learns in epochs and can be stopped and resumed."""

    def begin(self, trial: Trial, name: str) -> Training:
        """Makes its training."""
        ...

    def results(self, trial: Trial, training: Training) -> dict[str, Any]:
        """Returns the results of its finished training."""
        ...


def trial(recipe: Recipe, dataset: DataSet, *, number: int, device: torch.device) -> Trial:
    """Makes one trial: its rows, labels and models, with all random choices before training.

    Raises:
        ValueError: rows, labels and model do not fit each other, or do not fit into memory.
    """
    if recipe.seed is None:
        raise UsageError("the recipe has no seed: resolve it first")
    check_size(recipe)
    seed = recipe.seed + number
    source = generator(derived(seed, "data"))
    data = validation(dataset, recipe.data.validation, source=source)
    if recipe.data.labels is not None:
        wanted = dataclasses.asdict(recipe.data.labels)
        data = keep_labels(data, **wanted, source=generator(seed))
    chain, data = fit_all([build(t) for t in recipe.data.transforms], data)
    dtype = getattr(torch, recipe.precision)
    with seeded(seed):
        machine = build(recipe.model).to(device, dtype)
    data = data.each(lambda split: split.to(device, dtype))
    model = adapted(machine)
    model.meet(data)
    made = Trial(
        number,
        seed,
        {"machine": model},
        data,
        chain,
        recipe.learning(),
        draw=None if recipe.data.draw is None else build(recipe.data.draw),
    )
    _check_fit(made, recipe.model.settings)
    check_rows(recipe, data)
    return made


def plan(recipe: Recipe, dataset: DataSet, *, device: torch.device) -> list[Turn]:
    """Returns the tasks of every trial, in order.

    Raises:
        ValueError: a section does not fit the model or the data; the message names the section.
    """

    def begun(number: int) -> tuple[Trial, list[Task]]:
        made = trial(recipe, dataset, number=number, device=device)
        return made, _tasks(recipe, made)

    return in_turn(recipe.repeats, begun)


def check_rows(recipe: Recipe, dataset: DataSet) -> None:
    """Checks that every judge and baseline has the rows that it needs.

    Raises:
        ValueError: there are no such rows, or none with a label; the message names the judge and
            the remedy.
    """
    for section, components in (("judge", recipe.judge), ("compare", recipe.compare)):
        for component in components:
            rows = Needs(data=build(component).needs.data)
            if reason := unmet(rows, [], data=dataset):
                raise UsageError(f"{section} {component.type}: {reason}")


def _tasks(recipe: Recipe, made: Trial) -> list[Task]:
    tasks = [_learning(made, part) for part in parts_of(made)]
    if recipe.judge:
        tasks.append(_judging(recipe, made))
    return tasks + [_comparing(made, component) for component in recipe.compare]


def parts_of(made: Trial) -> list[Part]:
    """Returns the parts of all stages, in order.

    When a part is built, the models that its stage and those before it promised are made.

    Raises:
        ValueError: a stage lacks a model or rows that it needs; the message names the stage.
    """
    parts = []
    for name, stage in made.stages.items():
        if reason := made.unmet_later(stage.needs):
            raise UsageError(f"{name}: {reason}")
        for part in stage.parts(made, name):
            build_part = partial(_begun, made, part, promised=made.promised)
            parts.append(dataclasses.replace(part, build=build_part))
    return parts


def _begun(made: Trial, part: Part, *, promised: Sequence[str]) -> Training:
    for name in promised:
        made.model(name)
    return part.build()


def _learning(made: Trial, part: Part) -> Task:
    def finish(training: Training) -> dict[str, dict[str, Any]]:
        made.seconds += training.seconds
        if part.then is not None:
            part.then()
        return {}

    return Task(made.number, part.name, part.build, finish, made)


def _judging(recipe: Recipe, made: Trial) -> Task:
    judges = {component.type: build(component) for component in recipe.judge}
    for name, judge in judges.items():
        if reason := made.unmet_later(judge.needs):
            raise UsageError(f"judge {name}: {reason}")

    def call() -> dict[str, Any]:
        results: dict[str, Any] = {"processor_s": made.seconds}
        for judge in judges.values():
            results |= judge(made)
        return results

    method = recipe.model.type
    return Task(
        made.number, "judge", lambda: Once(call), lambda stage: {method: stage.results}, made
    )


def _comparing(made: Trial, component: Any) -> Task:  # noqa: ANN401
    name, baseline = component.type, build(component)
    place = f"compare/{name}"
    if reason := made.unmet_later(baseline.needs):
        raise UsageError(f"compare {name}: {reason}")
    if isinstance(baseline, TrainedBaseline):
        return Task(
            made.number,
            place,
            partial(baseline.begin, made, place),
            lambda stage: {name: {**baseline.results(made, stage), "processor_s": stage.seconds}},
            made,
        )
    return Task(
        made.number,
        place,
        lambda: Once(lambda: baseline(made)),
        lambda stage: {name: {**(stage.results or {}), "processor_s": stage.seconds}},
        made,
    )


def _check_fit(made: Trial, settings: Mapping[str, Any]) -> None:
    model: Any = made.models["machine"]
    row_width = made.data.train.x.shape[1]
    size = max(1, PIECE // row_width)
    if reason := _other_kind(model, made.data):
        raise UsageError(f"model: {reason}")
    if model.width and model.width != row_width:
        raise UsageError(
            f"model: it reads {model.width} values, but the rows of "
            f"{made.data.name} have {row_width} (shape {made.data.shape}): make "
            f"{first_setting(settings)} {_size(made.data.shape, settings)}"
        )
    for name, split in made.data.splits().items():
        if not model.reads_tokens:
            check_array(split.x, name=f"{made.data.name}, {name}")
        try:
            for batch in model.batches(split, size):
                model.check(batch)
        except ValueError as error:
            raise UsageError(f"{made.data.name}, {name}: {error}") from error


def _other_kind(model: Model, data: DataSet) -> str | None:
    """Why a model cannot read rows of this kind: texts or numbers; None if it can."""
    if model.reads_tokens and data.vocabulary is None:
        return (
            f"it reads texts, and the rows of {data.name} are numbers: take another model, or a "
            "source of characters or words"
        )
    if data.vocabulary is not None and not model.reads_tokens:
        return (
            f"it reads numbers, and the rows of {data.name} are texts: take the model language, "
            "or count words by the source text"
        )
    return None


def _size(shape: Sequence[int], settings: Mapping[str, Any]) -> int | list[int]:
    """What the first setting of a model has to be for rows of this shape."""
    if "layers" in settings:
        return [1, *shape] if len(shape) == 2 else [*shape]  # grey pictures have no channels
    return math.prod(shape)
