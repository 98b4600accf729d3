"""The persistent chains of a learner: how much they move, and what they show."""

import torch
from torch import Tensor

from harmonium.graph import State
from harmonium.learning import Learner, Watch
from harmonium.random import generator
from harmonium.sampling import swept

__all__ = ["ChainWatch"]

SHOWN = 64
"""Chains that a snapshot keeps."""


class ChainWatch(Watch):
    """Chains of an energy learner.

    Args:
        learner: with or without chains of its own.
        seed: of the draws of this watch.
    """

    def __init__(self, learner: Learner, *, seed: int) -> None:
        self.learner, self.seed = learner, seed

    @property
    def _visible(self) -> str:
        return next(iter(self.learner.graph.units))

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``chains/flip_rate``: the share of their visible values that one sweep changes."""
        if not (chains := self.learner.chains):
            return {}
        source = generator(self.seed + epoch, next(iter(chains.values())).device)
        moved, _ = swept(self.learner.graph, chains, source=source)
        v = self._visible
        return {"chains/flip_rate": float((moved[v] != chains[v]).double().mean())}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``chains``: mean visible values given the hidden ones, ``(64, D)``."""
        if not (chains := self.learner.chains):
            return {}
        state: State = {name: x[:SHOWN] for name, x in chains.items()}
        graph, v = self.learner.graph, self._visible
        return {"chains": graph.units[v].mean(graph.field(v, state)).flatten(1)}
