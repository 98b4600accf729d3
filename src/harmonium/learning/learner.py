"""A learner: everything that one update of an energy graph needs and leaves behind."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Share
from harmonium.data import Rows, pieces
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State
from harmonium.learning import ranks
from harmonium.learning.batch import check_batch
from harmonium.learning.contrast import PCD, Contrast
from harmonium.learning.fixed import fixed
from harmonium.learning.fused import Fused, fused
from harmonium.learning.geometry import Geometry, Offsets, follow
from harmonium.learning.gradient import gradient
from harmonium.learning.inference import Clamped, Inference, MeanField
from harmonium.learning.penalties import Penalty
from harmonium.random import Source
from harmonium.sampling import normalised

__all__ = ["Learner", "importance", "start_from"]


@checked
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
        products: how the fused update multiplies matrices: in "float", as everything else, or in
            "fixed" point (``learning.fixed``), faster where a CPU multiplies bytes.
    """

    graph: EnergyGraph
    optimiser: torch.optim.Optimizer
    contrast: Contrast = field(default_factory=PCD)
    penalties: Sequence[Penalty] = ()
    centring: Share | None = 0.01
    scaling: bool = True
    source: Source = None
    inference: Inference = field(default_factory=MeanField)
    chains: State = field(default_factory=dict)
    offsets: Offsets = field(default_factory=dict)
    fused: bool = True
    products: Literal["float", "fixed"] = "float"
    _bound: tuple[tuple[object, ...], Fused | None] = field(
        default=((), None), init=False, repr=False
    )

    @torch.no_grad()
    def step(self, batch: State, *, weights: Tensor | None = None) -> None:
        """One update from a batch, name -> ``(B, *shape)``; ``weights`` of its rows, ``(B,)``.

        Raises:
            TypeError: the batch or its weights are of another kind.
            ValueError: they do not fit the machine, or are not finite; nothing is changed.
        """
        batch = check_batch(self.graph, batch)
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
        if self.products not in _BINDERS:
            raise UsageError(f"products={self.products!r}: say 'float' or 'fixed'")
        # mean field and clamping are exact, and the same, wherever there is a fused update;
        # of several processes none stores a gradient there that could be averaged
        exact = isinstance(self.inference, MeanField | Clamped)
        update = self._bind() if self.fused and exact and ranks.world().size == 1 else None
        if update is not None and update.takes(batch):
            return update
        if self.products != "float":
            raise UsageError(
                f"products={self.products!r} is for one process, the fused update and batches of "
                "the first group alone, without an inference of one's own; take 'float' here"
            )
        return None

    def _bind(self) -> Fused | None:
        groups = self.optimiser.param_groups
        parts = (self.graph, self.optimiser, self.contrast, *self.penalties, *groups)
        bound, update = self._bound
        if bound != (key := (self.products, *map(id, parts))) or (update and update.stale()):
            bind = _BINDERS[self.products]
            update = bind(
                self.graph, self.optimiser, contrast=self.contrast, penalties=self.penalties
            )
            self._bound = key, update
        return update

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
        """Goes on from a saved state: the next updates are those of the run that saved it.

        Raises:
            ValueError: it is the state of another machine, or none at all; nothing is changed.
        """
        before = copy.deepcopy(self.graph.state_dict())
        try:
            self._load(state)
        except (KeyError, RuntimeError, TypeError, AttributeError) as error:
            self.graph.load_state_dict(before)
            raise UsageError(
                f"this is no state of a learner of this machine ({error}): give what "
                "state_dict() of a learner of an equal machine gave"
            ) from error

    def _load(self, state: Mapping[str, Any]) -> None:
        self.graph.load_state_dict(state["graph"])
        # a copy: torch's optimisers would go on to write into the tensors of the state itself
        self.optimiser.load_state_dict(copy.deepcopy(state["optimiser"]))
        self.chains = {name: ranks.split(x, what="chains") for name, x in state["chains"].items()}
        self.offsets = {name: x.clone() for name, x in state["offsets"].items()}
        ranks.restore(self.source, state["source"])


def importance(batch: State, weights: Tensor | None) -> float | Tensor:
    """What a batch counts for among those of other processes."""
    return len(next(iter(batch.values()))) if weights is None else weights.sum()


_BINDERS: dict[str, Callable[..., Fused | None]] = {"float": fused, "fixed": fixed}


@checked
@torch.no_grad()
def start_from(
    graph: EnergyGraph, data: Mapping[str, Rows], *, weights: Tensor | None = None
) -> None:
    """Sets the observed groups' own parameters from the data's moments.

    Bernoulli biases become clipped logits of the means, Gaussian ones the independent Gaussian:
    otherwise constant and rare features dominate the first epochs.

    Args:
        graph: the machine.
        data: name -> ``(N, *shape)``, in memory or in a file.
        weights: importance of each row, ``(N,)``.

    Raises:
        ValueError: values outside of a family's domain, with the remedy.
    """
    graph.known(data)
    for name, x in data.items():
        units, first = graph.units[name], 0
        if x.shape[1:] != units.shape or not len(x):
            raise UsageError(
                f"group {name!r}: the data have shape {tuple(x.shape)}; at least one row of "
                f"{tuple(units.shape)} is needed"
            )
        if weights is not None:
            normalised(weights, weights.new_empty(len(x), 1))
        moments: list[Tensor] = []
        for piece in pieces(x):
            units.check(piece)
            share = slice(first, first + len(piece))
            if weights is None:
                w = piece.new_full((len(piece),), 1 / len(x))
            else:
                w = (weights[share] / weights.sum()).to(piece)
            found = [torch.tensordot(w, t, 1) for t in units.statistics(piece)]
            moments = [a + b for a, b in zip(moments, found, strict=True)] if moments else found
            first = share.stop
        units.load(**units.start(moments))
