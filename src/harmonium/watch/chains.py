"""Measures the persistent chains of a learner: how fast they move, and what they generate."""

import torch
from torch import Tensor

from harmonium.graph import State
from harmonium.learning import Learner, Watch
from harmonium.random import generator
from harmonium.sampling import of_lengths, swept

__all__ = ["ChainWatch"]

SHOWN = 64
"""Number of chains in a snapshot."""


class ChainWatch(Watch):
    """Flip rate and mean visible values of a learner's chains.

    Args:
        learner: the learner; without persistent chains nothing is measured.
        seed: seed of the random draws of this watch.
    """

    def __init__(self, learner: Learner, *, seed: int) -> None:
        self.learner, self.seed = learner, seed

    @property
    def _visible(self) -> str:
        return next(iter(self.learner.graph.units))

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``chains/flip_rate``: the fraction of visible values that change in one sweep."""
        if not (chains := self.learner.chains):
            return {}
        source = generator(self.seed + epoch, next(iter(chains.values())).device)
        moved, _ = swept(of_lengths(self.learner.graph, chains), chains, source=source)
        v = self._visible
        return {"chains/flip_rate": float((moved[v] != chains[v]).double().mean())}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``chains``: mean visible values given the hidden values, ``(64, D)``."""
        if not (chains := self.learner.chains):
            return {}
        state: State = {name: x[:SHOWN] for name, x in chains.items()}
        graph, v = of_lengths(self.learner.graph, state), self._visible
        return {"chains": graph.units[v].mean(graph.field(v, state)).flatten(1)}
