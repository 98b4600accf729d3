"""Checks of a batch before an update, so that an error can name the cause."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph, State

__all__ = ["check_batch"]


def check_batch(graph: Graph, batch: State) -> State:
    """Checks that a batch fits the graph and returns it, with booleans converted to floats.

    Values are checked on the CPU only, because on a GPU the check would wait for the computations
    in progress.

    Args:
        graph: the machine that learns.
        batch: name -> ``(B, *shape)``.

    Raises:
        TypeError: the batch is not a mapping from names to tensors.
        ValueError: the batch has no groups or no rows, does not fit the graph, or has a value that
            is not finite.
    """
    if isinstance(batch, Mapping):
        batch = {
            name: x.to(graph.units[name].bias.dtype)
            if isinstance(x, Tensor) and x.dtype == torch.bool and name in graph.units
            else x
            for name, x in batch.items()
        }
    graph.check(batch)
    if not batch:
        raise UsageError(f"the batch has no groups; give values of some of {[*graph.units]}")
    for name, x in batch.items():
        if not len(x):
            raise UsageError(f"group {name!r}: the batch has no rows")
        if x.device.type == "cpu" and not math.isfinite(float(x.sum())) and not _finite(x):
            raise UsageError(
                f"group {name!r}: the batch has values that are not finite; leave such rows out, "
                "or learn from rows with missing values by learning.Missing"
            )
    return batch


def _finite(x: Tensor) -> bool:
    return bool(x.isfinite().all())
