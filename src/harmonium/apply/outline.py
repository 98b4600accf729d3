"""What a machine is made of: groups, connections, shapes, numbers of parameters."""

import dataclasses
import math
from typing import Any

from torch import nn

from harmonium.data import ImageSet, keep_labels, validation
from harmonium.describe import Recipe, build
from harmonium.describe.judged import check_judged
from harmonium.describe.size import BYTES, check_size, outlined
from harmonium.graph import EnergyGraph
from harmonium.machines import BeliefNet

__all__ = ["count", "outline", "summary"]


def count(module: nn.Module) -> int:
    """Parameters of a module."""
    return sum(p.numel() for p in module.parameters())


def outline(machine: EnergyGraph | BeliefNet) -> list[dict[str, Any]]:
    """One row per group and connection, those of a belief net's lowest RBM first.

    >>> from harmonium import rbm
    >>> for row in outline(rbm(6, 3)):
    ...     print(row["part"], row["kind"], row["shape"], row["parameters"])
    v Bernoulli (6,) 6
    h Bernoulli (3,) 3
    v-h Dense (3, 6) 18
    """
    if not isinstance(machine, BeliefNet):
        return _rows(machine, "")
    graphs = machine.graphs
    return [
        row for k, graph in enumerate(graphs) for row in _rows(graph, f"{k}." * (len(graphs) > 1))
    ]


def summary(recipe: Recipe) -> dict[str, Any]:
    """Parts, parameters, memory and stages of a recipe.

    Data are read for the number of updates; where they are not on this computer it is None.

    Returns:
        "parts" as ``outline``; "parameters"; "bytes" of the parameters, and "training_bytes" with
        gradients, momentum and moments of the hungriest stage; "precision"; "stages", each with
        "stage", "epochs", "batch_size" and "updates".

    Raises:
        ValueError: the machine needs more memory than is free, or the data have no rows for a
            judge or a baseline.
    """
    check_size(recipe)
    machine = outlined(recipe)
    size = BYTES[recipe.precision]
    total = count(machine)
    stages = _stages(recipe, machine)
    copies = max((stage.pop("copies") for stage in stages), default=1)
    return {
        "parts": outline(machine),
        "parameters": total,
        "precision": recipe.precision,
        "bytes": total * size,
        "training_bytes": total * size * copies,
        "stages": stages,
    }


_COPIES = {"sgd": 3, "adam": 4, "adamw": 4}
"""Numbers held for each parameter in training: itself, its gradient, momentum or two moments."""


def _stages(recipe: Recipe, machine: EnergyGraph | BeliefNet) -> list[dict[str, Any]]:
    layers = len(machine.graphs) if isinstance(machine, BeliefNet) else 1
    rows, labelled = _sizes(recipe)
    found: list[tuple[str, Any, int | None]] = []
    if recipe.pretrain is not None:
        found += [(f"pretrain/{k}", recipe.pretrain.layer(k), rows) for k in range(layers)]
    if recipe.train is not None:
        found.append(("train", recipe.train, rows))
    if recipe.fine_tune is not None:
        found.append(("fine_tune", recipe.fine_tune, labelled))
    return [
        {
            "stage": name,
            "epochs": section.epochs,
            "batch_size": section.batch_size,
            "updates": None if n is None else section.epochs * math.ceil(n / section.batch_size),
            "copies": _COPIES[section.optimiser.type],
        }
        for name, section, n in found
    ]


def _sizes(recipe: Recipe) -> tuple[int | None, int | None]:
    """Training rows, and those of them that have a label; None where the data are not here."""
    try:
        read = build(recipe.data.source)
    except FileNotFoundError:
        return None, None
    dataset = validation(
        read.dataset() if isinstance(read, ImageSet) else read, recipe.data.validation
    )
    check_judged(recipe, dataset)
    if recipe.data.labels is not None:
        dataset = keep_labels(dataset, **dataclasses.asdict(recipe.data.labels))
    y = dataset.train.y
    return len(dataset.train), 0 if y is None else int((y >= 0).sum())


def _rows(graph: EnergyGraph, prefix: str) -> list[dict[str, Any]]:
    groups = [
        {
            "part": f"{prefix}{name}",
            "kind": type(units).__name__,
            "shape": tuple(units.shape),
            "parameters": count(units),
        }
        for name, units in graph.units.items()
    ]
    connections = [
        {
            "part": f"{prefix}{e.source}-{e.target}",
            "kind": type(e.connection).__name__,
            "shape": next((tuple(p.shape) for p in e.connection.parameters()), ()),
            "parameters": count(e.connection),
        }
        for e in graph.edges
    ]
    return groups + connections
