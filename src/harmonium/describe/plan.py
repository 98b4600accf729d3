"""From a recipe and its data to the tasks of a run, in order.

Each trial: greedy layers, the whole machine, the unrolled net, the judges, and what it is compared
with. Nothing is built before its turn, not even a trial's rows, and building draws only from
sources of its own: of many trials one is in memory at a time.
"""

import copy
import dataclasses
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn

from harmonium.bridge import classifies
from harmonium.data import (
    Batches,
    DataSet,
    Split,
    check_array,
    fit_all,
    keep_labels,
    pieces,
    validation,
)
from harmonium.describe import labelled, up_down
from harmonium.describe.baselines import RandomStart
from harmonium.describe.build import build
from harmonium.describe.judged import check_judged
from harmonium.describe.judges import accuracy
from harmonium.describe.learner import learner
from harmonium.describe.recipe import Recipe
from harmonium.describe.schedules import schedules
from harmonium.describe.settings import Classify as FineTuning
from harmonium.describe.settings import Discriminative, Energy, Greedy, UpDown
from harmonium.describe.size import check_size
from harmonium.describe.trial import Trial, columns, derived, some
from harmonium.describe.turns import Turn, in_turn
from harmonium.graph import EnergyGraph
from harmonium.learning import Classify, ranks, start_from
from harmonium.learning.fixed import advice as fixed_advice
from harmonium.random import generator, seeded
from harmonium.runs.engine import Task
from harmonium.runs.stages import Once, Step, Training
from harmonium.runs.steps import ClassifyStep, EnergyStep, LabelledStep
from harmonium.runs.stopping import EarlyStopping

__all__ = ["plan", "trial"]

MEASURED = 50
"""Updates that are timed where a baseline is to have the same time."""


def trial(recipe: Recipe, dataset: DataSet, *, number: int, device: torch.device) -> Trial:
    """Rows, labels and machine of one trial: all random choices before the first update.

    Raises:
        ValueError: rows, labels and machine do not fit each other, or do not fit into memory.
    """
    if recipe.seed is None:
        raise ValueError("the recipe has no seed: resolve it first")
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
    data = _moved(data, device=device, dtype=dtype)
    draw = None if recipe.data.batch_transform is None else build(recipe.data.batch_transform)
    found = Trial(number, seed, machine, data, chain, draw)
    _check_fit(found)
    check_judged(recipe, data)
    return found


def plan(recipe: Recipe, dataset: DataSet, *, device: torch.device) -> list[Turn]:
    """The tasks of every trial.

    Raises:
        ValueError: a section does not fit the machine or the data; it names the section.
    """

    def begun(number: int) -> tuple[Trial, list[Task]]:
        one = trial(recipe, dataset, number=number, device=device)
        return one, _learning(recipe, one) + _judging(recipe, one) + _comparing(recipe, one)

    return in_turn(recipe.repeats, begun)


# --- learning -------------------------------------------------------------------------------


def _learning(recipe: Recipe, one: Trial) -> list[Task]:
    tasks = []
    if recipe.pretrain is not None:
        one.split()
        for layer, graph in enumerate(one.layers):
            settings, name = recipe.pretrain.layer(layer), f"pretrain/{layer}"
            build_it = partial(_energy, one, settings, graph=graph, name=name, layer=layer)
            last = layer + 1 == len(one.layers)
            tasks.append(_task(one, name, build_it=build_it, then=one.compose if last else None))
    if recipe.train is not None:
        fresh = recipe.pretrain is None
        graph = one.graphs[0]
        if isinstance(recipe.train, UpDown):
            build_it = partial(up_down.training, one, recipe.train, name="train", fresh=fresh)
        elif isinstance(recipe.train, Discriminative) or classifies(one.machine):
            build_it = partial(labelled.training, one, recipe.train, graph=graph, name="train")
        else:
            build_it = partial(_energy, one, recipe.train, graph=graph, name="train", fresh=fresh)
        tasks.append(_task(one, "train", build_it=build_it))
    if recipe.fine_tune is not None:
        if one.labelled(one.data.train) is None:
            raise ValueError(
                f"fine_tune: {one.data.name} has no labelled training rows; leave it out"
            )
        build_it = partial(_fine_tuning, one, recipe.fine_tune)
        tasks.append(_task(one, "fine_tune", build_it=build_it))
    return tasks


def _task(
    one: Trial,
    name: str,
    *,
    build_it: Callable[[], Training],
    then: Callable[[], None] | None = None,
) -> Task:
    def finish(stage: Training) -> dict[str, dict[str, Any]]:
        one.seconds += stage.seconds
        if then is not None:
            then()
        return {}

    return Task(one.number, name, build_it, finish, one)


def _energy(
    one: Trial,
    settings: Greedy | Energy,
    *,
    graph: EnergyGraph,
    name: str,
    layer: int = 0,
    fresh: bool = True,
) -> Training:
    split = one.learned_from(graph)
    observed, weights = one.observed(split, layer=layer), split.weights
    if fresh:
        start_from(graph, observed, weights=weights)
    order = one.source(name)
    source = one.own_source(name, order)
    batches: Batches[Any] = Batches(
        columns(observed, weights),
        size=settings.batch_size,
        source=order,
        transform=None if layer else one.transform(source),
        share=ranks.world(),
    )
    update = learner(graph, settings, source=source, **_whole(settings))
    held, seen = one.data.validation, some(one.data.train)
    energy = EnergyStep(
        update,
        one.rows(seen, layer=layer)[:],
        None if held is None else one.rows(some(held), layer=layer)[:],
        weights=seen.weights,
        draw=None if layer else one.draw,
        seed=derived(one.seed, f"{name} observed"),
    )
    step: Step = energy
    if "y" in observed:
        known = one.labelled(held)
        y = None if known is None else known.y
        read = None if known is None or y is None else (one.rows(known, layer=layer), y)
        step = LabelledStep(energy, validation=read)
    planned = settings.schedules
    changes = schedules(planned, update.optimiser, batches=batches, epochs=settings.epochs)
    return Training(step, batches, settings.epochs, changes, source=source)


def _whole(settings: Greedy | Energy) -> dict[str, Any]:
    """What only the training of a whole machine can say."""
    if isinstance(settings, Greedy):
        return {}
    if settings.products == "fixed" and (message := fixed_advice()) is not None:
        warnings.warn(message, UserWarning, stacklevel=2)
    return {"inference": build(settings.inference), "products": settings.products}


def _fine_tuning(one: Trial, settings: FineTuning) -> Training:
    one.net = one.unrolled()
    return _classification(one, settings, net=one.net, name="fine_tune")


def _classification(
    one: Trial, settings: FineTuning, *, net: nn.Sequential, name: str
) -> Training:
    rows = one.labelled(one.data.train)
    if rows is None or rows.y is None:
        raise ValueError(f"{name}: {one.data.name} has no labelled training rows; leave it out")
    source = one.source(name)
    columns = (one.rows(rows), rows.y, *([] if rows.weights is None else [rows.weights]))
    batches: Batches[Any] = Batches(
        columns, size=settings.batch_size, source=source, share=ranks.world()
    )
    *body, head = net
    groups: list[dict[str, Any]] = [
        {"params": [p for part in body for p in part.parameters()]},
        {"params": list(head.parameters())},
    ]
    if settings.head_rate is not None:
        groups[1]["lr"] = settings.head_rate
    optimiser = build(settings.optimiser, groups)
    held = one.labelled(one.data.validation)
    seen = None if held is None or held.y is None else (one.rows(held), held.y)
    stopping = settings.early_stopping
    return Training(
        ClassifyStep(Classify(net, optimiser), seen),
        batches,
        settings.epochs,
        schedules(settings.schedules, optimiser, batches=batches, epochs=settings.epochs),
        stopping=None if stopping is None else EarlyStopping(**dataclasses.asdict(stopping)),
        source=source,
    )


# --- judging --------------------------------------------------------------------------------


def _judging(recipe: Recipe, one: Trial) -> list[Task]:
    def judge() -> dict[str, Any]:
        found: dict[str, Any] = {"processor_s": one.seconds}
        for component in recipe.judge:
            found |= build(component)(one)
        return found

    if not recipe.judge:
        return []
    method = recipe.model.type
    return [
        Task(
            one.number,
            "judge",
            lambda: Once(judge),
            lambda stage: {method: stage.results},
            one,
        )
    ]


def _comparing(recipe: Recipe, one: Trial) -> list[Task]:
    tasks = []
    for component in recipe.compare:
        name, baseline = component.type, build(component)
        if isinstance(baseline, RandomStart):
            tasks.append(_random_start(recipe, one, baseline=baseline))
        else:
            tasks.append(_comparison(one, name, baseline=baseline))
    return tasks


def _comparison(one: Trial, name: str, *, baseline: Any) -> Task:  # noqa: ANN401
    def finish(stage: Once) -> dict[str, dict[str, Any]]:
        return {name: {**(stage.results or {}), "processor_s": stage.seconds}}

    return Task(one.number, f"compare/{name}", lambda: Once(lambda: baseline(one)), finish, one)


def _random_start(recipe: Recipe, one: Trial, *, baseline: RandomStart) -> Task:
    tuning, name = recipe.fine_tune, "compare/random_start"
    if tuning is None:
        raise ValueError("compare: random_start needs a fine_tune section, whose net it trains")

    def build_it() -> Training:
        settings = _like(tuning, baseline)
        if baseline.same_time:
            if name not in one.epochs:
                one.epochs[name] = ranks.agreed(_affordable(one, settings))
            settings = dataclasses.replace(settings, epochs=one.epochs[name])
        return _classification(one, settings, net=_at_random(one), name=name)

    def finish(stage: Training) -> dict[str, dict[str, Any]]:
        found = accuracy(one, stage.step.module)
        epochs = stage.position["epoch"]
        return {"random_start": {**found, "epochs": epochs, "processor_s": stage.seconds}}

    return Task(one.number, name, build_it, finish, one)


def _like(tuning: FineTuning, baseline: RandomStart) -> FineTuning:
    """The settings of fine-tuning with what the baseline says instead."""
    settings = tuning
    if baseline.epochs is not None:
        settings = dataclasses.replace(settings, epochs=baseline.epochs)
    if baseline.lr is not None:
        optimiser = tuning.optimiser
        faster = dataclasses.replace(optimiser, settings={**optimiser.settings, "lr": baseline.lr})
        settings = dataclasses.replace(settings, optimiser=faster, head_rate=None)
    return settings


def _affordable(one: Trial, settings: FineTuning) -> int:
    """How many epochs take the processor time that the trial has spent."""
    stage = _classification(one, settings, net=_at_random(one), name="timed")
    began, updates = time.process_time(), min(MEASURED, stage.position["updates"])
    for _ in range(updates):
        stage.update()
    each = (time.process_time() - began) / updates
    return max(1, int(one.seconds / (each * len(stage.batches))))


def _at_random(one: Trial) -> nn.Sequential:
    """The net with Glorot's normalised weights and zero biases, the usual start."""
    net = copy.deepcopy(one.unrolled())
    source = generator(derived(one.seed, "random start"), next(net.parameters()).device)
    for layer in list(net)[:-1]:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight, generator=source)
            nn.init.zeros_(layer.bias)
    return net


# --- rows -----------------------------------------------------------------------------------


def _moved(data: DataSet, *, device: torch.device, dtype: torch.dtype) -> DataSet:
    def moved(split: Split | None) -> Split | None:
        if split is None:
            return None
        y = None if split.y is None else split.y.to(device)
        weights = None if split.weights is None else split.weights.to(device, dtype)
        return dataclasses.replace(split, x=split.x.to(device, dtype), y=y, weights=weights)

    return dataclasses.replace(
        data,
        train=moved(data.train) or data.train,
        validation=moved(data.validation),
        test=moved(data.test),
    )


def _check_fit(one: Trial) -> None:
    units = one.graphs[0].units["v"]
    width, found = units.shape.numel(), one.data.train.x.shape[1]
    if width != found:
        raise ValueError(
            f"model: the visible group has {width} values, but the rows of {one.data.name} have "
            f"{found} (shape {one.data.shape}): make the first of the model's units {found}"
        )
    for name, split in one.data.splits().items():
        check_array(split.x, name=f"{one.data.name}, {name}")
        try:
            for piece in pieces(one.rows(split)):
                units.check(piece)
        except ValueError as error:
            raise ValueError(f"{one.data.name}, {name}: {error}") from error
