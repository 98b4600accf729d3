"""Diagnoses problems while an energy model learns."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from harmonium.data import BatchTransform
from harmonium.graph import EnergyGraph, State
from harmonium.learning import Learner, Watch, examine, positive, watch
from harmonium.random import generator
from harmonium.sampling import of_lengths
from harmonium.sampling.diagnose import probe

__all__ = ["FindingsWatch", "WeightsFindingsWatch"]

PROBED, PROBE = 32, 20_000
"""Chains in a probe, and updates before the first one, since it costs up to 350 updates."""


@dataclass(eq=False)
class FindingsWatch(Watch):
    """Runs the checks of ``learning.watch`` on a model and its chains.

    Args:
        learner: the learner.
        state: function from rows ``(n, D)`` to a state of the observed groups.
        train: training rows, and their importance or None.
        validation: validation rows, or None.
        draw: the transform that draws binary from grey values in training, or None.
        seed: seed of the random draws of this watch.
    """

    learner: Learner
    state: Callable[[Tensor], State]
    _: KW_ONLY
    train: tuple[Tensor, Tensor | None]
    validation: Tensor | None = None
    draw: BatchTransform | None = None
    seed: int = 0

    @torch.no_grad()
    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings``, each with its remedy.

        After ``PROBE`` updates the chains are probed too: ``chains/r_hat`` is the largest split
        R-hat over 100 sweeps, ``chains/ess`` the effective sample size per chain.
        """
        graph, chains = self.learner.graph, self.learner.chains
        rows, weights = self.train
        source = generator(self.seed + epoch, rows.device)
        row: dict[str, float] = {}
        probed = None
        if chains and len(next(iter(chains.values()))) > 1 and updates >= PROBE:
            subset = {name: x[:PROBED] for name, x in chains.items()}
            probed = probe(of_lengths(graph, subset), subset, source=source)
            ess = probed.ess / probed.traces.shape[1]
            row = {"chains/r_hat": probed.r_hat, "chains/ess": ess}
        held = None if self.validation is None else self._observed(self.validation, source)
        observed = self._observed(rows, source)
        train: watch.Rows = observed
        if weights is not None:
            train = positive(graph, observed, weights=weights)
        findings = examine(graph, train, validation=held, chains=chains, probe=probed)
        if epoch > 1:  # a single pass is a trial of the set-up, or over many rows
            findings += watch.few_updates(updates)
        return {**row, "findings": [asdict(f) for f in findings]}

    def _observed(self, x: Tensor, source: torch.Generator) -> State:
        return self.state(x if self.draw is None else self.draw(x, source))


class WeightsFindingsWatch(Watch):
    """Checks several graphs for weights that are too large or not finite.

    Args:
        graphs: the graphs.
    """

    def __init__(self, graphs: Sequence[EnergyGraph]) -> None:
        self.graphs = graphs

    @torch.no_grad()
    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings``, each with its remedy."""
        del epoch, updates
        findings = [f for graph in self.graphs for f in watch.runaway_weights(graph)]
        return {"findings": [asdict(f) for f in findings]}
