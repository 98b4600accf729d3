"""Training of one energy graph, as the stages greedy, energy and discriminative share it."""

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from torch import Generator, Tensor

from harmonium.data import Examples, Rows, mapped
from harmonium.describe import build
from harmonium.errors import UsageError
from harmonium.learning import Discriminative, GraphLearner, Learner, Training, ceilings
from harmonium.learning.fixed import advice
from harmonium.machines.visible import by_group
from harmonium.models import Classifies, FreeEnergies, GraphModel
from harmonium.needs import Needs, unmet
from harmonium.stages.training import noise_of, training_of
from harmonium.stages.trial import Trial, derived, some
from harmonium.watch import (
    ChainWatch,
    FindingsWatch,
    FreeEnergyWatch,
    ReconstructionWatch,
    ValidationWatch,
    Watch,
    WeightsWatch,
)

__all__ = ["graph_training", "learned_from", "read_by"]


def graph_training(  # noqa: PLR0913
    trial: Trial,
    model: GraphModel,
    *,
    settings: Any,  # noqa: ANN401
    name: str,
    below: Sequence[GraphModel] = (),
    fresh: bool = True,
    **more: Any,  # noqa: ANN401
) -> Training:
    """Makes the training of a graph from the settings of its stage.

    Precisions of Gaussian visible units have a ceiling (``learning.ceiling``).

    Args:
        trial: data and random numbers.
        model: of the graph to train.
        settings: of the stage.
        name: of the part.
        below: the layers below the graph, the lowest first; rows pass up through their means.
        fresh: whether to set the initial parameters from the rows.
        **more: further settings of the learner, such as its inference.
    """
    unlabelled = getattr(settings, "unlabelled", 0)
    products: Literal["float", "fixed"] = getattr(settings, "products", "float")
    if products == "fixed" and (message := advice(model.device)) is not None:
        warnings.warn(message, UserWarning, stacklevel=2)
        products = "fixed" if model.device.type == "cpu" else "float"
    split = learned_from(trial, model, name=name, everything=unlabelled > 0)
    rows = read_by(model, split, below=below)
    if fresh:
        model.start(rows.columns, weights=split.weights)
    parts = by_group(model.machine, rows.x, groups=model.seen)
    limits = [limit for g, x in parts.items() for limit in ceilings(model.machine, x, group=g)]
    if fresh:
        for limit in limits:
            limit.project(model.machine)

    def begin(source: Generator) -> tuple[GraphLearner, list[Watch]]:
        learner = Learner(
            model.machine,
            build(settings.optimiser, model.machine.parameters()),
            contrast=build(settings.contrast),
            penalties=[*(build(p) for p in settings.penalties), *limits],
            centring=settings.centring,
            scaling=settings.scaling,
            source=source,
            products=products,
            **more,
        )
        generative = getattr(settings, "generative", None)
        sharpened = None
        if generative is not None:
            assert model.label is not None
            sharpened = Discriminative(learner, model.label, generative, unlabelled)
        watches = _watches(trial, model, learner=learner, split=split, below=below, name=name)
        return GraphLearner(learner, model.state, sharpened), watches

    draws = [] if below else [trial.draw, noise_of(settings, trial)]
    return training_of(trial, settings, name=name, rows=rows, begin=begin, draws=draws)


def learned_from(
    trial: Trial, model: GraphModel, *, name: str, everything: bool = False
) -> Examples:
    """Returns the training rows: those with a label for a model with labels, otherwise all.

    Args:
        trial: has the rows and the classes.
        model: to train.
        name: of the part, for messages.
        everything: keep rows without a label also for a model with labels.

    Raises:
        ValueError: no row has a label, or model and data differ in the number of classes.
    """
    if model.label is None:
        return trial.data.train
    if trial.data.targets and (reason := unmet(Needs(data=("classes",)), [], data=trial.data)):
        raise UsageError(f"{name}: {reason}, or take a model without a label")
    known = trial.labelled(trial.data.train)
    if known is None:
        raise UsageError(
            f"{name}: {trial.data.name} has no labelled training rows, and the model has a label: "
            "leave out its classes, or take type rbm"
        )
    needed, there = len(trial.data.classes), model.classes
    if needed != there:
        raise UsageError(
            f"model: its label has {there} classes, but {trial.data.name} has {needed}: make "
            f"classes {needed}"
        )
    return trial.data.train if everything else known


def read_by(model: GraphModel, split: Examples, *, below: Sequence[GraphModel] = ()) -> Examples:
    """Rows as a graph reads them: "x" passed up through ``below``, "y" only for a label group."""
    y = None if model.label is None else split.labels
    return model.reads(split.with_columns(x=lifted(split.x, below), y=y))


def lifted(x: Rows, below: Sequence[GraphModel]) -> Rows:
    """Passes rows ``(N, D)`` up through layers, from means to means."""
    if not below:
        return x
    return mapped(x, partial(_lifted, below=below), each=(below[-1].code_width,))


def _lifted(x: Tensor, *, below: Sequence[GraphModel]) -> Tensor:
    for layer in below:
        x = layer.up(x)
    return x


def _watches(  # noqa: PLR0913
    trial: Trial,
    model: GraphModel,
    *,
    learner: Learner,
    split: Examples,
    below: Sequence[GraphModel],
    name: str,
) -> list[Watch]:
    """Watches that observe the training of a graph."""
    seed, seen, held = derived(trial.seed, f"{name} observed"), some(split), trial.data.validation
    if model.label is not None:
        held = trial.labelled(held)
    seen = seen.with_columns(x=lifted(seen.x, below)[:])
    rows: Any = seen.x
    others: Any = None if held is None else lifted(some(held).x, below)[:]
    watches: list[Watch] = [
        WeightsWatch(model.machine.connections, None),
        ReconstructionWatch(model, seen, shown=False),
    ]
    if others is not None and isinstance(model, FreeEnergies):
        watches.append(FreeEnergyWatch(model, rows, validation=others))
    watches.append(ChainWatch(learner, seed=seed))
    if held is not None and held.labels is not None and isinstance(model, Classifies):
        watches.append(ValidationWatch(model, held.with_columns(x=lifted(held.x, below))))
    draw = None if below else trial.draw
    return [
        *watches,
        FindingsWatch(
            learner,
            lambda x: model.state({"x": x}),
            train=(rows, seen.weights),
            validation=others,
            draw=draw,
            seed=seed,
        ),
    ]
