"""Training of an ordinary net by gradient descent on an objective."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch

from harmonium.data import Batches, Examples, Rows
from harmonium.describe import build
from harmonium.describe.ends import last_setting
from harmonium.errors import UsageError
from harmonium.learning import Descent, EarlyStopping, Learns, Training, ranks
from harmonium.models import Classifies, Filters, Predicts
from harmonium.models.net import NetModel
from harmonium.needs import Needs, unmet
from harmonium.stages.schedules import schedules
from harmonium.stages.trial import Trial
from harmonium.watch import ObjectiveWatch, ValidationWatch, Watch, WeightsWatch

__all__ = ["check_outputs", "columns_of", "known_rows", "net_training", "training_of"]


def net_training(
    trial: Trial,
    settings: Any,  # noqa: ANN401
    *,
    model: NetModel,
    name: str,
) -> Training:
    """Makes the training of a net that classifies or predicts, from the settings of its stage.

    Raises:
        ValueError: no training row has a label or a target, or the outputs of the net fit neither
            the rows nor the objective.
    """
    if not isinstance(model, Classifies | Predicts):
        raise UsageError(
            f"{name}: supervised training needs a net of classes or values, and the outputs of "
            f"the model are {model.output_kind}: take another model, or another stage"
        )
    rows = known_rows(trial, model, name=name)
    objective = build(settings.objective)
    check_outputs(model, objective, name=name)
    optimiser = build(settings.optimiser, _groups(model, settings.head_rate))
    model.take_units(columns_of(rows))
    held = trial.known(trial.data.validation)
    watches: list[Watch] = [WeightsWatch(None, model if isinstance(model, Filters) else None)]
    if held is not None and held.y is not None:
        if isinstance(model, Classifies):
            watches.insert(0, ValidationWatch(model, held.x, labels=held.y))
        if objective.figure != "loss":
            columns = {"x": held.x, "y": held.y}
            watches.insert(0, ObjectiveWatch(model.net, objective, columns=columns))
    return training_of(
        trial,
        settings,
        learner=lambda source: Descent(model.net, optimiser, objective),
        columns=columns_of(rows),
        watches=watches,
        name=name,
    )


def training_of(
    trial: Trial,
    settings: Any,  # noqa: ANN401
    *,
    learner: Callable[[torch.Generator], Learns],
    columns: Mapping[str, Rows],
    watches: Sequence[Watch],
    name: str,
) -> Training:
    """Makes the training of a net, with batches, schedules and early stopping.

    Args:
        trial: random numbers.
        settings: of the stage.
        learner: makes the object that updates the net, from the random generator of its draws.
        columns: of the training rows.
        watches: observe the net at the ends of epochs.
        name: of the part.
    """
    source = trial.source(name)
    batches: Batches[Any] = Batches(
        columns, size=settings.batch_size, source=source, share=ranks.world()
    )
    made = learner(source)
    stopping = settings.early_stopping
    return Training(
        made,
        batches,
        settings.epochs,
        schedules(settings.schedules, made.optimisers[0], batches=batches, epochs=settings.epochs),
        stopping=None if stopping is None else EarlyStopping(**asdict(stopping)),
        source=source,
        watches=watches,
    )


def known_rows(trial: Trial, model: NetModel, *, name: str) -> Examples:
    """Returns the training rows with a label, or with a target where the net predicts values.

    Raises:
        ValueError: there are no such rows, or the number of outputs differs from the number of
            classes or targets.
    """
    real = isinstance(model, Predicts)
    rows, data = trial.known(trial.data.train), trial.data
    if reason := unmet(
        Needs(data=("targets train" if real else "labelled train",)), [], data=data
    ):
        raise UsageError(f"{name}: {reason}")
    assert rows is not None
    needed, what = (len(data.targets), "targets") if real else (len(data.classes), "classes")
    if model.sizes[-1] != needed:
        raise UsageError(
            f"model: the net has {model.sizes[-1]} outputs, but {data.name} has {needed} {what}: "
            f"make {last_setting(getattr(model.net, 'settings', {}))} {needed}"
        )
    return rows


def check_outputs(model: NetModel, objective: Any, *, name: str) -> None:  # noqa: ANN401
    """Checks that an objective accepts the outputs of a net.

    Raises:
        ValueError: it does not; the message lists the outputs that it accepts.
    """
    if model.output_kind not in objective.outputs:
        inner = getattr(objective, "objective", objective)
        raise UsageError(
            f"{name}: the outputs of the model are {model.output_kind}, and the objective "
            f"{inner.figure if inner.figure != 'loss' else 'cross_entropy'} compares "
            f"{' or '.join(objective.outputs)}: take another objective, or other outputs of the "
            "model"
        )


def columns_of(rows: Examples) -> dict[str, Rows]:
    """Columns that a supervised update reads: "x", "y" and "weights"."""
    assert rows.y is not None
    columns: dict[str, Rows] = {"x": rows.x, "y": rows.y}
    if rows.weights is not None:
        columns["weights"] = rows.weights
    return columns


def _groups(model: NetModel, head_rate: float | None) -> list[dict[str, Any]]:
    """Parameter groups for the optimiser: the hidden layers, and the output layer."""
    parts = [[*part.parameters()] for part in model.net.children()]
    *body, head = [part for part in parts if part]
    groups: list[dict[str, Any]] = [
        {"params": [p for part in body for p in part]},
        {"params": head},
    ]
    if head_rate is not None:
        groups[1]["lr"] = head_rate
    return groups
