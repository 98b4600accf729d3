"""Gibbs sampling of free visible values given the known ones, for estimators."""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from torch import Tensor

from harmonium.ambient import room
from harmonium.graph import EnergyGraph, State
from harmonium.random import Source, generator
from harmonium.sampling import Hold, complete, mean, swept

__all__ = ["begun", "conditioned", "free", "gibbs", "seed_of"]


def seed_of(random_state: Any, default: int) -> int:  # noqa: ANN401
    """Seed for one draw: from ``random_state``, otherwise the estimator's own."""
    if random_state is None:
        return default
    return int(check_random_state(random_state).randint(2**31))


@torch.no_grad()
def begun(graph: EnergyGraph, known: NDArray[Any], *, source: Source) -> tuple[State, Hold | None]:
    """Initial state that contains the known visible values, and which values to hold.

    Args:
        graph: a machine with a group "v".
        known: ``(B, n_features)``, NaN for free values.
        source: random generator.

    Raises:
        ValueError: known values lie outside the domain of the units.
    """
    units = graph.units["v"]
    values = units.settled(torch.from_numpy(known)).reshape(-1, *units.shape)
    mask = ~torch.isnan(values)
    v = torch.where(mask, values, complete(graph, {}, rows=len(values), source=source)["v"])
    units.check(v)
    return complete(graph, {"v": v}, source=source), {"v": mask} if bool(mask.any()) else None


@torch.no_grad()
def conditioned(
    graph: EnergyGraph, state: State, *, hold: Hold | None, n_sweeps: int, source: Source
) -> tuple[Tensor, Tensor]:
    """Last visible values, and the mean of E[v | the rest] over the second half of the sweeps.

    Args:
        graph: the machine.
        state: initial state of every group.
        hold: values to hold, as in ``sweep``.
        n_sweeps: number of sweeps.
        source: random generator.
    """
    total, count = torch.zeros_like(state["v"]), 0
    for k in range(n_sweeps):
        state, _ = swept(graph, state, hold=hold, source=source)
        if 2 * k >= n_sweeps - 1:
            total += mean(graph.units["v"], graph.field("v", state))
            count += 1
    return state["v"], total / max(count, 1)


def gibbs(
    graph: EnergyGraph, known: NDArray[Any], *, n_sweeps: int, seed: int
) -> tuple[Tensor, Tensor]:
    """Runs ``conditioned`` from known values ``(B, n_features)``, NaN for free values."""
    source = generator(seed)
    state, hold = begun(graph, known, source=source)
    return conditioned(graph, state, hold=hold, n_sweeps=n_sweeps, source=source)


def free(known: Any, shape: tuple[int, int], *, dtype: Any) -> NDArray[Any]:  # noqa: ANN401
    """Known values of every row, NaN for free ones; all are free if nothing is known.

    Raises:
        ValueError: the rows do not fit into memory, or the known values do not fit the rows.
    """
    room(math.prod(shape), f"a table of {shape[0]} samples of {shape[1]} values", size=8)
    return np.array(np.broadcast_to(np.nan if known is None else known, shape), dtype=dtype)
