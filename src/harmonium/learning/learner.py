"""The learner of an energy graph: its parameters, optimiser and chains, and its updates."""

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
from harmonium.sampling import normalised, of_lengths

__all__ = ["Learner", "importance", "start_from"]


@checked
@dataclass
class Learner:
    """Trains an energy graph by gradient ascent on the log-likelihood, one update per ``step``.

    Its state can be saved and restored; training then continues with exactly the same updates.

    Args:
        graph: the machine.
        optimiser: a ``torch.optim`` optimiser of its parameters.
        contrast: estimates the model's side of the gradient: ``CD``, ``PCD``, ``FPCD``, ``Exact``.
        penalties: weight decay, sparsity and others.
        centring: rate at which the centring offsets follow the means of the data; None: no
            centring.
        scaling: scale the gradients of groups with a precision (``learning.geometry``).
        source: random generator.
        inference: infers the hidden groups given the data.
        chains: the model's chains; empty at first.
        offsets: the centring offsets; empty at first.
        fused: use the fused update where it applies (``learning.fused``); False: never.
        products: arithmetic of the fused update's matrix products: "float", or "fixed" point
            (``learning.fixed``), which is faster on CPUs with fast products of bytes.
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
        """Makes one update from a batch.

        Args:
            batch: the observed groups, name -> ``(B, *shape)``.
            weights: importance of each row, ``(B,)``; None: equal.

        Raises:
            TypeError: the batch is not a mapping to tensors, or the weights are not a tensor.
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
        """Writes the gradient of one update into ``.grad``, and updates chains and offsets."""
        graph = of_lengths(self.graph, batch)
        data = self.inference(graph, batch, weights=weights, source=self.source)
        model, self.chains = self.contrast(graph, data, chains=self.chains, source=self.source)
        if self.centring is not None:
            moved = follow(self.graph, data, offsets=self.offsets, rate=self.centring)
            means = ranks.mean(moved.values(), weight=importance(batch, weights))
            self.offsets = dict(zip(moved, means, strict=True))
        geometry = Geometry(self.offsets, scaling=self.scaling)
        gradient(self.graph, data, model=model, geometry=geometry, penalties=penalties)

    def _update(self, batch: State) -> Fused | None:
        """The fused update if it applies; it is built again if parts of the learner changed."""
        if self.products not in _BINDERS:
            raise UsageError(f"products={self.products!r}: it must be 'float' or 'fixed'")
        # mean field and clamping are exact for an RBM, the only machine with a fused update; with
        # several processes it does not apply, because it stores no gradient to average
        exact = isinstance(self.inference, MeanField | Clamped)
        update = self._bind() if self.fused and exact and ranks.world().size == 1 else None
        if update is not None and update.takes(batch):
            return update
        if self.products != "float":
            raise UsageError(
                f"products={self.products!r} is for one process, the fused update, batches of "
                "the first group alone and a built-in inference; use products='float' here"
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
        """Parameters, optimiser, chains, offsets and the state of the random generator."""
        return {
            "graph": self.graph.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "chains": {name: ranks.gathered(x) for name, x in self.chains.items()},
            "offsets": {name: x.clone() for name, x in self.offsets.items()},
            "source": ranks.states(self.source),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``; training continues with the same updates.

        Raises:
            ValueError: it is not the state of a learner of this machine; the machine is unchanged.
        """
        before = copy.deepcopy(self.graph.state_dict())
        try:
            self._load(state)
        except (KeyError, RuntimeError, TypeError, AttributeError) as error:
            self.graph.load_state_dict(before)
            raise UsageError(
                f"this is no state of a learner of this machine ({error}): give the result of "
                "state_dict() of a learner of an equal machine"
            ) from error

    def _load(self, state: Mapping[str, Any]) -> None:
        self.graph.load_state_dict(state["graph"])
        # a copy, because torch's optimisers would update the tensors of the saved state in place
        self.optimiser.load_state_dict(copy.deepcopy(state["optimiser"]))
        self.chains = {name: ranks.split(x, what="chains") for name, x in state["chains"].items()}
        self.offsets = {name: x.clone() for name, x in state["offsets"].items()}
        ranks.restore(self.source, state["source"])


def importance(batch: State, weights: Tensor | None) -> float | Tensor:
    """The weight of a batch in a mean over processes: its rows, or the sum of their importance."""
    return len(next(iter(batch.values()))) if weights is None else weights.sum()


_BINDERS: dict[str, Callable[..., Fused | None]] = {"float": fused, "fixed": fixed}


@checked
@torch.no_grad()
def start_from(
    graph: EnergyGraph, data: Mapping[str, Rows], *, weights: Tensor | None = None
) -> None:
    """Sets the parameters of observed groups so that independent units match the data's moments.

    Bernoulli biases become clipped logits of the means; Gaussian units get the data's means and
    variances. With zero biases, constant and rare features would dominate the first epochs.

    Args:
        graph: the machine.
        data: name -> ``(N, *shape)``, in memory or in a file.
        weights: importance of each row, ``(N,)``; None: equal.

    Raises:
        ValueError: the shape does not fit, or values are outside the domain of their family.
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
            part = [torch.tensordot(w, t, 1) for t in units.statistics(piece)]
            moments = [a + b for a, b in zip(moments, part, strict=True)] if moments else part
            first = share.stop
        units.load(**units.start(moments))
