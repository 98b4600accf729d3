"""log Z for estimators, exact where that is quick, and early stopping by likelihood."""

import copy
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from harmonium.graph import EnergyGraph
from harmonium.random import generator
from harmonium.sampling import ais, exact

__all__ = ["Best", "held_out_likelihood", "partition"]


class Fitted(Protocol):
    """What early stopping needs of an estimator."""

    graph_: EnergyGraph
    patience: int
    _base: Tensor
    _seed: int


def partition(
    graph: EnergyGraph, *, base: Tensor, seed: int, betas: int = 2000, chains: int = 100
) -> tuple[float, float]:
    """(log Z, its standard error) in nats; the error is zero where log Z is exact.

    Args:
        graph: an RBM.
        base: the data's mean, where annealed importance sampling starts.
        seed: of the draws.
        betas: steps of the ladder.
        chains: independent runs.
    """
    if exact.quick(graph):
        return float(exact.log_partition(graph)), 0.0
    v = base.reshape(1, *graph.units["v"].shape)
    with torch.no_grad():
        h = graph.units["h"].mean(graph.field("h", {"v": v}))[0]
    source = generator(seed)
    found = ais(graph, betas=betas, chains=chains, base={"v": v[0], "h": h}, source=source)
    return float(found.log_z), float(found.stderr)


@torch.no_grad()
def held_out_likelihood(graph: EnergyGraph, x: Tensor, *, base: Tensor, seed: int) -> Tensor:
    """log p of held-out rows in nats, ``(N,)``: a short ladder, the same draws each time."""
    log_z, _ = partition(graph, base=base, seed=seed, betas=200, chains=50)
    return -graph.free_energy({"v": x.reshape(-1, *graph.units["v"].shape)}, ("h",)) - log_z


class Best:
    """Watches held-out likelihood after every epoch and keeps the best parameters."""

    def __init__(self, model: Fitted, x: Tensor, *, weights: Tensor) -> None:
        self.model, self.x, self.weights = model, x, weights / weights.sum()
        self.best, self.since = -np.inf, 0
        self.kept: dict[str, Any] | None = None

    def __call__(self, epoch: int) -> bool:
        """True when patience is at an end."""
        del epoch
        graph = self.model.graph_
        log_p = held_out_likelihood(graph, self.x, base=self.model._base, seed=self.model._seed)
        now = float(log_p @ self.weights)
        self.since = 0 if now > self.best else self.since + 1
        if now > self.best:
            self.best, self.kept = now, copy.deepcopy(graph.state_dict())
        return self.since >= self.model.patience

    def restore(self) -> None:
        """Puts them back."""
        if self.kept is not None:
            self.model.graph_.load_state_dict(self.kept)
