"""Parts and stages of a model, from its recipe."""

import dataclasses
import math
from typing import Any

from torch import nn

from harmonium.data import DataSet, ImageSet, keep_labels, validation
from harmonium.describe import Recipe, build
from harmonium.describe.size import BYTES, check_size, outlined
from harmonium.models import Described, Model, adapted
from harmonium.stages.plan import check_rows

__all__ = ["count", "outline", "summary"]


def count(module: nn.Module) -> int:
    """Number of parameters of a module."""
    return sum(p.numel() for p in module.parameters())


def outline(machine: nn.Module) -> list[dict[str, Any]]:
    """One row for each group and connection; the lowest RBM of a belief net comes first."""
    return adapted(machine).outline()


def summary(recipe: Recipe, *, depth: int | None = None) -> dict[str, Any]:
    """Parts, parameters, memory and stages of a recipe.

    The data are read for the number of updates, which is None if they are not on this computer.

    Args:
        recipe: the recipe.
        depth: of names at which lists of layers of a described net become one row
            (``nets.anatomy``).

    Returns:
        "parts" as ``outline``; "parameters"; "bytes" of the parameters, and "training_bytes" with
        gradients, momentum and moments for the stage that needs most; "precision"; "stages", each
        with "stage", "epochs", "batch_size" and "updates"; "rows", by split the number of "rows"
        and of those "unlabelled" in data with labels, empty if the data are not on this computer.
        Of a net described by its layers also "layers" (``nets.anatomy``) and "activation_bytes",
        of the outputs of all layers for one example.

    Raises:
        ValueError: the machine needs more memory than is free, or the data have no rows for a
            judge or a baseline.
    """
    check_size(recipe)
    model = adapted(outlined(recipe))
    size = BYTES[recipe.precision]
    total = count(model)
    dataset = _read(recipe)
    stages = _stages(recipe, model, dataset=dataset)
    copies = max((stage.pop("copies") for stage in stages), default=1)
    return {
        "parts": model.outline(),
        "parameters": total,
        "precision": recipe.precision,
        "bytes": total * size,
        "training_bytes": total * size * copies,
        "stages": stages,
        "rows": {} if dataset is None else _rows(dataset),
    } | _layers(model, depth=depth, size=size)


def _layers(model: Model, *, depth: int | None, size: int) -> dict[str, Any]:
    """Layers of a described net, and the memory of their outputs; empty for other models."""
    rows = model.anatomy(depth) if isinstance(model, Described) else []
    if not rows:
        return {}
    return {
        "layers": [dataclasses.asdict(row) for row in rows],
        "activation_bytes": size * sum(row.values for row in rows),
    }


_COPIES = {"sgd": 3, "adam": 4, "adamw": 4}
"""Numbers per parameter in training: its value, gradient, and momentum or two moments."""


def _rows(dataset: DataSet) -> dict[str, dict[str, int]]:
    """Split -> number of rows, and of rows without a label where the data have labels."""
    return {
        name: {"rows": len(split)}
        | ({} if split.labels is None else {"unlabelled": len(split) - split.labelled_rows})
        for name, split in dataset.splits().items()
    }


def _stages(recipe: Recipe, model: Model, *, dataset: DataSet | None) -> list[dict[str, Any]]:
    rows, labelled = (None, None) if dataset is None else _sizes(recipe, dataset)
    outlines = []
    for name, stage in recipe.learning().items():
        n = labelled if {"labelled train", "known train"} & {*stage.needs.data} else rows
        for part, settings in stage.outline(model, name):
            stream = dataset is not None and dataset.is_stream  # whose last rows are left out
            each = None if n is None else n / settings.batch_size
            whole = math.floor if stream else math.ceil
            if (own := getattr(settings, "updates", None)) is not None:
                updates = settings.epochs * own  # a stage that makes its batches itself
            else:
                updates = None if each is None else settings.epochs * max(1, whole(each))
            outlines.append(
                {
                    "stage": part,
                    "epochs": settings.epochs,
                    "batch_size": settings.batch_size
                    if n is None
                    else min(settings.batch_size, n),
                    "updates": updates,
                    "copies": _copies(settings),
                }
            )
    return outlines


def _copies(settings: Any) -> int:  # noqa: ANN401
    """Numbers per parameter while a stage trains; one for a stage without an optimiser."""
    optimiser = getattr(settings, "optimiser", None)
    return 1 if optimiser is None else _COPIES[optimiser.type]


def _read(recipe: Recipe) -> DataSet | None:
    """The data with their splits; None if they are not on this computer."""
    try:
        read = build(recipe.data.source)
    except FileNotFoundError:
        return None
    dataset = validation(
        read.dataset() if isinstance(read, ImageSet) else read, recipe.data.validation
    )
    check_rows(recipe, dataset)
    return dataset


def _sizes(recipe: Recipe, dataset: DataSet) -> tuple[int, int]:
    """Number of training rows, and of those with the label or target that learning may see."""
    if recipe.data.labels is not None:
        dataset = keep_labels(dataset, **dataclasses.asdict(recipe.data.labels))
    train = dataset.train
    all_known = bool(dataset.targets) or dataset.written is not None
    return len(train), len(train) if all_known else train.labelled_rows
