"""The training of a stage: batches, schedules and early stopping from the stage's settings."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import torch
from torch import Tensor

from harmonium.data import Batches, BatchTransform, Examples, Passes, StreamBatches, Tokens
from harmonium.data.picture_noise import fitted
from harmonium.describe import build
from harmonium.learning import EarlyStopping, Learns, Training, ranks
from harmonium.stages.schedules import schedules
from harmonium.stages.trial import Trial
from harmonium.watch import Watch

__all__ = ["noise_of", "training_of"]


def training_of(
    trial: Trial,
    settings: Any,  # noqa: ANN401
    *,
    name: str,
    rows: Examples | Passes,
    begin: Callable[[torch.Generator], tuple[Learns, Sequence[Watch]]],
    draws: Sequence[BatchTransform | None] = (),
) -> Training:
    """Makes the training of a stage.

    Args:
        trial: random numbers.
        settings: of the stage: epochs, batch_size, schedules and perhaps early_stopping.
        name: of the part.
        rows: training rows, in the form that the model reads; or batches that are ready.
        begin: random generator of the updates -> the learner, and watches of its model.
        draws: random transforms of the rows of every batch, in order; None is left out.
    """
    order = trial.source(name)
    source = trial.own_source(name, order)
    steps = [draw for draw in draws if draw is not None]
    batches: Passes
    if not isinstance(rows, Examples):
        batches = rows
    elif _is_stream(rows):
        batches = StreamBatches(rows, size=settings.batch_size, share=ranks.world())
    else:
        batches = Batches(
            rows,
            size=settings.batch_size,
            source=order,
            transform=partial(_drawn, draws=steps, source=source) if steps else None,
            share=ranks.world(),
        )
    learner, watches = begin(source)
    stopping = getattr(settings, "early_stopping", None)
    return Training(
        learner,
        batches,
        settings.epochs,
        [
            schedule
            for optimiser in learner.optimisers
            for schedule in schedules(
                settings.schedules, optimiser, batches=batches, epochs=settings.epochs
            )
        ],
        stopping=None if stopping is None else EarlyStopping(**asdict(stopping)),
        source=source,
        watches=watches,
    )


def _is_stream(rows: Examples) -> bool:
    kind = rows.kinds.get("x")
    return isinstance(kind, Tokens) and kind.stream


def noise_of(settings: Any, trial: Trial) -> BatchTransform | None:  # noqa: ANN401
    """The noise that a stage adds to its training rows; None for none.

    Raises:
        ValueError: it changes pictures, and the rows of the trial are none.
    """
    given = settings.noise
    if given is None or not (listed := given if isinstance(given, Sequence) else (given,)):
        return None
    return fitted([build(noise) for noise in listed], trial.data.columns["x"])


def _drawn(x: Tensor, *, draws: Sequence[BatchTransform], source: torch.Generator) -> Tensor:
    for draw in draws:
        x = draw(x, source)
    return x
