r"""Contrasts: estimates of the model's side of the learning rule.

.. math:: \nabla \log p = \langle \cdot \rangle_{data} - \langle \cdot \rangle_{model}

Contrastive divergence, persistent contrastive divergence and the exact gradient differ only in the
states from which the model's side is computed. The data's side is in ``learning.inference``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.graph import Graph, State
from harmonium.learning import ranks
from harmonium.random import Source
from harmonium.sampling import (
    Phase,
    Rule,
    complete,
    exact,
    fresh,
    mean,
    sample,
    swept,
    uniform_weights,
)

__all__ = ["CD", "PCD", "Contrast", "Exact"]


class Contrast(Protocol):
    """A function from a graph and the data's phase to the model's phase."""

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """Returns the model's phase and the chains for the next call (empty if none are kept).

        Args:
            graph: the machine that learns.
            data: the data's phase.
            chains: those of the previous call; empty at first.
            source: random generator.
        """
        ...


@checked
@dataclass(frozen=True)
class CD:
    """Contrastive divergence: the model's states are k sweeps away from the data.

    (Hinton, 2002, https://doi.org/10.1162/089976602760128018.) Fast but biased: the likelihoods
    are poor (figures in docs/systems.md). Use it to pre-train nets.

    Args:
        steps: sweeps from the data.
        reconstruct: the rule for the observed groups: ``sample``, or ``mean`` as in Hinton and
            Salakhutdinov (2006, https://doi.org/10.1126/science.1127647). ``mean`` is not a
            sampler, but suits grey pixels: binary samples have more variance than grey values,
            and so shrink the weights.
    """

    steps: Count = 1
    reconstruct: Rule = sample

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """The phase after ``steps`` sweeps from the batch, with its weights; no chains."""
        del chains
        drawn = {name: graph.units[name].sample(f, source) for name, f in data.fields.items()}
        state: State = {**data.values, **drawn}
        hidden, observed = (dict.fromkeys(n, True) for n in (drawn, set(state) - set(drawn)))
        reconstructions: Mapping[str, Tensor] = {}
        fields: Mapping[str, Tensor] = {}
        for _ in range(self.steps):
            state, reconstructions = swept(
                graph, state, rule=self.reconstruct, hold=hidden, source=source
            )
            state, fields = swept(graph, state, hold=observed, source=source)
        kept = dict(fresh(graph, fields, hold=observed))
        if self.reconstruct is mean:  # with fields, second moments are those of a sample
            takes = {name for name, units in graph.units.items() if units.takes_context}
            kept |= {name: f for name, f in reconstructions.items() if name not in takes}
        return Phase(state, kept, data.weights), {}


@checked
@dataclass(frozen=True)
class PCD:
    """Persistent contrastive divergence, also called stochastic maximum likelihood.

    The chains continue from update to update, k sweeps each time (Tieleman, 2008,
    https://doi.org/10.1145/1390156.1390290). Use SGD with a decaying learning rate: with a
    constant adaptive rate the chains lag behind the model.

    Chains of documents take the lengths of the batch by rank, the shortest first: a chain keeps
    its topics, and its length changes little from update to update.

    Args:
        steps: sweeps per update.
        chains: number of chains, in all processes together.
    """

    steps: Count = 1
    chains: Count = 100

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """Sweeps ``chains``; if empty, they start as samples of the graph without connections."""
        rows = (
            len(next(iter(chains.values()))) if chains else ranks.share(self.chains, what="chains")
        )
        graph = _ranked(graph, rows)
        if not chains:
            chains = complete(graph, {}, rows=rows, source=source)
        return _swept(graph, chains, steps=self.steps, source=source)


@checked
@dataclass(frozen=True)
class Exact:
    """The exact model's side, by enumeration, for small graphs and as a reference."""

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """The phase of all states, weighted by their probabilities; no chains."""
        del data, chains, source
        return exact.phase(graph), {}


def _ranked(graph: Graph, rows: int) -> Graph:
    """The graph with contexts of this many chains: evenly spaced ranks of those of the batch."""
    context = {}
    for name, units in graph.units.items():
        if units.context is not None and (n := units.context.numel()) > 1:
            rank = (2 * torch.arange(rows, device=units.context.device) + 1) * n // (2 * rows)
            context[name] = units.context.reshape(-1).sort().values[rank]
    return graph.given(**context) if context else graph


def _swept(graph: Graph, state: State, *, steps: int, source: Source) -> tuple[Phase, State]:
    fields: Mapping[str, Tensor] = {}
    for _ in range(steps):
        state, fields = swept(graph, state, source=source)
    rows = next(iter(state.values()))
    return Phase(state, fresh(graph, fields), uniform_weights(len(rows), rows)), state
