"""What goes wrong while an energy model learns."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from harmonium.data import BatchTransform
from harmonium.graph import EnergyGraph, State
from harmonium.learning import Learner, Watch, examine, positive, watch
from harmonium.random import generator
from harmonium.sampling.diagnose import probe

__all__ = ["FindingsWatch", "WeightsFindingsWatch"]

PROBED, PROBE = 32, 20_000
"""Chains that are probed after so many updates: one probe costs at most about 350 updates."""


class FindingsWatch(Watch):
    """Asks ``learning.watch`` what is wrong with the model and its chains.

    Args:
        learner: the learner.
        state: from rows ``(n, D)`` to a state of the observed groups.
        train: training rows, and their importance or None.
        validation: rows that are not learned from, or None.
        draw: bits drawn from grey values, as the updates see them, or None.
        seed: of the draws of this watch.
    """

    def __init__(  # noqa: PLR0913
        self,
        learner: Learner,
        state: Callable[[Tensor], State],
        *,
        train: tuple[Tensor, Tensor | None],
        validation: Tensor | None = None,
        draw: BatchTransform | None = None,
        seed: int = 0,
    ) -> None:
        self.learner, self.state = learner, state
        self.train, self.validation = train, validation
        self.draw, self.seed = draw, seed

    @torch.no_grad()
    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings``, each with its remedy.

        After many updates the chains are probed: ``chains/r_hat`` is the largest split R-hat of
        100 sweeps, ``chains/ess`` the effective draws of a chain in them.
        """
        graph, chains = self.learner.graph, self.learner.chains
        rows, weights = self.train
        source = generator(self.seed + epoch, rows.device)
        row: dict[str, float] = {}
        found = None
        if chains and len(next(iter(chains.values()))) > 1 and updates >= PROBE:
            some = {name: x[:PROBED] for name, x in chains.items()}
            found = probe(graph, some, source=source)
            row = {"chains/r_hat": found.r_hat, "chains/ess": found.ess / found.traces.shape[1]}
        held = None if self.validation is None else self._seen(self.validation, source)
        seen = self._seen(rows, source)
        train: watch.Rows = seen if weights is None else positive(graph, seen, weights=weights)
        findings = examine(graph, train, validation=held, chains=chains, probe=found)
        if epoch > 1:  # a single pass is a trial of the set-up, or over many rows
            findings += watch.few_updates(updates)
        return {**row, "findings": [asdict(f) for f in findings]}

    def _seen(self, x: Tensor, source: torch.Generator) -> State:
        return self.state(x if self.draw is None else self.draw(x, source))


class WeightsFindingsWatch(Watch):
    """Weights of any of some graphs that run away.

    Args:
        graphs: the graphs.
    """

    def __init__(self, graphs: Sequence[EnergyGraph]) -> None:
        self.graphs = graphs

    @torch.no_grad()
    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings``."""
        del epoch, updates
        found = [f for graph in self.graphs for f in watch.runaway_weights(graph)]
        return {"findings": [asdict(f) for f in found]}
