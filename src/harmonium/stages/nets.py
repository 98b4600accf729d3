"""Training of an ordinary net by gradient descent on an objective."""

from dataclasses import asdict
from typing import Any

from harmonium.data import Batches, Rows
from harmonium.describe import build
from harmonium.errors import UsageError
from harmonium.learning import Descent, EarlyStopping, Training, cross_entropy, ranks
from harmonium.models import Classifier
from harmonium.stages.schedules import schedules
from harmonium.stages.trial import Trial
from harmonium.watch import ValidationWatch, Watch, WeightsWatch

__all__ = ["net_training"]


def net_training(
    trial: Trial,
    settings: Any,  # noqa: ANN401
    *,
    model: Classifier,
    name: str,
) -> Training:
    """The training of a net that classifies, from the settings of its stage.

    Raises:
        ValueError: no training row has a label.
    """
    rows = trial.labelled(trial.data.train)
    if rows is None or rows.labels is None:
        raise UsageError(f"{name}: {trial.data.name} has no labelled training rows; leave it out")
    source = trial.source(name)
    columns: dict[str, Rows] = {"x": rows.x, "y": rows.labels}
    if rows.weights is not None:
        columns["weights"] = rows.weights
    batches: Batches[Any] = Batches(
        columns, size=settings.batch_size, source=source, share=ranks.world()
    )
    *body, head = model.net
    groups: list[dict[str, Any]] = [
        {"params": [p for part in body for p in part.parameters()]},
        {"params": list(head.parameters())},
    ]
    if settings.head_rate is not None:
        groups[1]["lr"] = settings.head_rate
    optimiser = build(settings.optimiser, groups)
    held = trial.labelled(trial.data.validation)
    watches: list[Watch] = [WeightsWatch(None, model)]
    if held is not None and held.labels is not None:
        watches.insert(0, ValidationWatch(model, held.x, labels=held.labels))
    stopping = settings.early_stopping
    return Training(
        Descent(model.net, optimiser, cross_entropy),
        batches,
        settings.epochs,
        schedules(settings.schedules, optimiser, batches=batches, epochs=settings.epochs),
        stopping=None if stopping is None else EarlyStopping(**asdict(stopping)),
        source=source,
        watches=watches,
    )
