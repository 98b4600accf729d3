"""What stages of linear memories have in common: their model, and its rows."""

from typing import Any

from harmonium.data import Examples
from harmonium.errors import UsageError
from harmonium.models import Filters
from harmonium.models.net import NetModel
from harmonium.stages.nets import known_rows
from harmonium.stages.trial import Trial

__all__ = ["drawn", "memory_and_rows"]


def memory_and_rows(trial: Trial, *, name: str) -> tuple[NetModel, Examples]:
    """The memory of a trial, and the training rows that it can store.

    Raises:
        ValueError: the model is no memory, rows have no labels for a memory of classes, or sizes
            differ.
    """
    model: NetModel = trial.able("net")
    if model.output_kind != "recall":
        raise UsageError(
            f"{name}: pairs are stored in a matrix, and the outputs of the model are "
            f"{model.output_kind}: take type linear_memory"
        )
    if getattr(model.net, "recalls", "") == "classes":
        return model, model.reads(known_rows(trial, model, name=name))
    return model, model.reads(trial.data.train)


def drawn(model: NetModel) -> Any:  # noqa: ANN401
    """The model, if it has filters to draw, otherwise None."""
    return model if isinstance(model, Filters) else None
