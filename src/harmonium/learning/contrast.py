r"""Where the model's side of the learning rule comes from.

.. math:: \nabla \log p = \langle \cdot \rangle_{data} - \langle \cdot \rangle_{model}

The data's side is ``learning.inference``. Contrastive divergence, its persistent form and the
exact gradient differ only in where the model's states come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

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
    """A source of the model's side: state in, state out."""

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """The model's phase, and the chains to hand in next time (empty: none are kept)."""
        ...


@checked
@dataclass(frozen=True)
class CD:
    """Contrastive divergence: k sweeps from the data.

    (Hinton, 2002, https://doi.org/10.1162/089976602760128018.) Quick, and biased: its likelihoods
    are poor (docs/systems.md has the figures); use it to pre-train nets.

    Args:
        steps: sweeps from the data.
        reconstruct: the rule for the observed groups: sample, or mean as Hinton and Salakhutdinov
            did (2006, https://doi.org/10.1126/science.1127647), which is no sampler but is what
            grey pixels need: a draw of them has more variance than they have, and weights shrink.
    """

    steps: Count = 1
    reconstruct: Rule = sample

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """Starts from the batch, with its weights."""
        del chains
        drawn = {name: graph.units[name].sample(f, source) for name, f in data.fields.items()}
        state: State = {**data.values, **drawn}
        hidden, observed = (dict.fromkeys(n, True) for n in (drawn, set(state) - set(drawn)))
        seen: Mapping[str, Tensor] = {}
        fields: Mapping[str, Tensor] = {}
        for _ in range(self.steps):
            state, seen = swept(graph, state, rule=self.reconstruct, hold=hidden, source=source)
            state, fields = swept(graph, state, hold=observed, source=source)
        kept = dict(fresh(graph, fields, hold=observed))
        if self.reconstruct is mean:  # expectations stand for a draw: with their second moments
            kept |= seen
        return Phase(state, kept, data.weights), {}


@checked
@dataclass(frozen=True)
class PCD:
    """Persistent contrastive divergence, or stochastic maximum likelihood.

    k sweeps of chains that go on from update to update (Tieleman, 2008,
    https://doi.org/10.1145/1390156.1390290). Use SGD with a decaying rate: with a constant
    adaptive one the chains fall behind.

    Args:
        steps: sweeps per update.
        chains: how many there are, in all processes together.
    """

    steps: Count = 1
    chains: Count = 100

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """Goes on from ``chains``; the first ones start from the graph without its connections."""
        if not chains:
            rows = ranks.share(self.chains, what="chains")
            chains = complete(graph, {}, rows=rows, source=source)
        return _swept(graph, chains, steps=self.steps, source=source)


@checked
@dataclass(frozen=True)
class Exact:
    """The exact model side, by enumeration: for small graphs, and to judge the others."""

    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """Every state, weighted by its probability."""
        del data, chains, source
        return exact.phase(graph), {}


def _swept(graph: Graph, state: State, *, steps: int, source: Source) -> tuple[Phase, State]:
    fields: Mapping[str, Tensor] = {}
    for _ in range(steps):
        state, fields = swept(graph, state, source=source)
    rows = next(iter(state.values()))
    return Phase(state, fresh(graph, fields), uniform_weights(len(rows), rows)), state
