"""A learner: everything that one update of an energy graph needs and leaves behind."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph, State
from harmonium.learning import ranks
from harmonium.learning.contrast import PCD, Contrast
from harmonium.learning.fused import Fused, fused
from harmonium.learning.geometry import Geometry, Offsets, follow
from harmonium.learning.gradient import gradient
from harmonium.learning.inference import Clamped, Inference, MeanField
from harmonium.learning.penalties import Penalty
from harmonium.random import Source
from harmonium.sampling import uniform_weights

__all__ = ["Learner", "importance", "start_from"]


@dataclass
class Learner:
    """One update at a time, and a state that can be saved and continued to the bit.

    Args:
        graph: the machine.
        optimiser: any ``torch.optim`` optimiser of its parameters.
        contrast: where the model's side comes from.
        penalties: weight decay, sparsity and the like.
        centring: rate at which the centring offsets follow the data; None: no centring.
        scaling: measure weights and biases of units with a precision in standard deviations.
        source: random numbers.
        inference: what hidden groups that are connected do while data is observed.
        fused: take the fused update where there is one (``learning.fused``); False: never.
    """

    graph: EnergyGraph
    optimiser: torch.optim.Optimizer
    contrast: Contrast = field(default_factory=PCD)
    penalties: Sequence[Penalty] = ()
    centring: float | None = 0.01
    scaling: bool = True
    source: Source = None
    inference: Inference = field(default_factory=MeanField)
    chains: State = field(default_factory=dict)
    offsets: Offsets = field(default_factory=dict)
    fused: bool = True
    _bound: tuple[tuple[int, ...], Fused | None] = field(
        default=((), None), init=False, repr=False
    )

    @torch.no_grad()
    def step(self, batch: State, *, weights: Tensor | None = None) -> None:
        """One update from a batch, name -> ``(B, *shape)``; ``weights`` of its rows, ``(B,)``."""
        if (update := self._update(batch)) is not None:
            self.chains, self.offsets = update.step(
                batch,
                weights=weights,
                chains=self.chains,
                offsets=self.offsets,
                centring=self.centring,
                source=self.source,
            )
            return
        self.descend(batch, weights=weights, penalties=self.penalties)
        ranks.mean_gradients(self.graph.parameters(), weight=importance(batch, weights))
        self.optimiser.step()
        for penalty in self.penalties:
            penalty.project(self.graph)

    @torch.no_grad()
    def descend(
        self, batch: State, *, weights: Tensor | None = None, penalties: Sequence[Penalty] = ()
    ) -> None:
        """Writes the gradient of one update into ``.grad``; chains and offsets go on."""
        data = self.inference(self.graph, batch, weights=weights, source=self.source)
        model, self.chains = self.contrast(
            self.graph, data, chains=self.chains, source=self.source
        )
        if self.centring is not None:
            moved = follow(self.graph, data, offsets=self.offsets, rate=self.centring)
            means = ranks.mean(moved.values(), weight=importance(batch, weights))
            self.offsets = dict(zip(moved, means, strict=True))
        geometry = Geometry(self.offsets, scaling=self.scaling)
        gradient(self.graph, data, model=model, geometry=geometry, penalties=penalties)

    def _update(self, batch: State) -> Fused | None:
        """The fused update, bound anew if the learner's parts have changed."""
        if not self.fused or not isinstance(self.inference, MeanField | Clamped):
            return None  # those two are exact, and the same, wherever there is a fused update
        if ranks.world().size > 1:  # it stores no gradient that could be averaged
            return None
        groups = self.optimiser.param_groups
        parts = (self.graph, self.optimiser, self.contrast, *self.penalties, *groups)
        bound, update = self._bound
        if bound != (key := (*map(id, parts),)) or (update is not None and update.stale()):
            update = fused(
                self.graph, self.optimiser, contrast=self.contrast, penalties=self.penalties
            )
            self._bound = key, update
        return update if update is not None and update.takes(batch) else None

    def state_dict(self) -> dict[str, Any]:
        """Parameters, optimiser, chains, offsets and the position of the random source."""
        return {
            "graph": self.graph.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "chains": {name: ranks.gathered(x) for name, x in self.chains.items()},
            "offsets": {name: x.clone() for name, x in self.offsets.items()},
            "source": ranks.states(self.source),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state: the next updates are those of the run that saved it."""
        self.graph.load_state_dict(state["graph"])
        # a copy: torch's optimisers would go on to write into the tensors of the state itself
        self.optimiser.load_state_dict(copy.deepcopy(state["optimiser"]))
        self.chains = {name: ranks.split(x, what="chains") for name, x in state["chains"].items()}
        self.offsets = {name: x.clone() for name, x in state["offsets"].items()}
        ranks.restore(self.source, state["source"])


def importance(batch: State, weights: Tensor | None) -> float | Tensor:
    """What a batch counts for among those of other processes."""
    return len(next(iter(batch.values()))) if weights is None else weights.sum()


@torch.no_grad()
def start_from(graph: EnergyGraph, data: State, *, weights: Tensor | None = None) -> None:
    """Sets the observed groups' own parameters from the data's moments.

    Bernoulli biases become clipped logits of the means, Gaussian ones the independent Gaussian:
    otherwise constant and rare features dominate the first epochs.

    Args:
        graph: the machine.
        data: name -> ``(N, *shape)``.
        weights: importance of each row, ``(N,)``.

    Raises:
        ValueError: values outside of a family's domain, with the remedy.
    """
    for name, x in data.items():
        graph.units[name].check(x)
        w = uniform_weights(len(x), x) if weights is None else (weights / weights.sum()).to(x)
        units = graph.units[name]
        units.load(**units.start([torch.tensordot(w, t, 1) for t in units.statistics(x)]))
