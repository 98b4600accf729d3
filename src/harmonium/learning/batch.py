"""A batch, looked at before an update: afterwards nothing would tell what was wrong."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph, State

__all__ = ["check_batch"]


def check_batch(graph: Graph, batch: State) -> State:
    """The batch, if it fits the graph; rows of booleans as numbers of the graph's type.

    Values are looked at in the memory of the processor only: elsewhere a look would wait for
    what is still being computed.

    Args:
        graph: the machine that learns.
        batch: name -> ``(B, *shape)``.

    Raises:
        TypeError: the batch is no mapping to tensors.
        ValueError: it has no groups or no rows, does not fit the graph, or holds a value that is
            not finite; each with the remedy.
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
                "or learn from data with holes by learning.Missing"
            )
    return batch


def _finite(x: Tensor) -> bool:
    return bool(x.isfinite().all())
