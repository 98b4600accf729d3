r"""Data with holes: every row keeps a chain of its own for what was not observed.

The gradient of the observed-data likelihood,

.. math:: \nabla \log \sum_{x_{missing}} p(x)
          = \langle \cdot \rangle_{p(x_{missing}, h \mid x_{seen})}
          - \langle \cdot \rangle_{model}

needs the missing values drawn given the seen ones. Each row's missing values (and hidden units)
are a persistent chain, swept on whenever the row comes by: no filling-in is final, and none is
taken for data.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.graph import Graph, State
from harmonium.random import Source
from harmonium.sampling import check_mask, complete, swept

__all__ = ["Missing", "filled_by_means"]


def filled_by_means(x: Tensor) -> Tensor:
    """Rows with each NaN replaced by the mean of what was observed of its column.

    A baseline, and what ``start_from`` may see; a ``Missing`` is for learning.

    Raises:
        ValueError: a column was never observed.
    """
    mean = x.nanmean(0)
    if empty := int(mean.isnan().sum()):
        raise UsageError(f"{empty} columns hold no observed value: leave them out")
    return torch.where(x.isnan(), mean, x)


class Missing:
    """Persistent completions of rows with NaN where nothing was observed.

    Args:
        graph: the machine that learns; the completions are drawn from it as it is.
        data: name -> ``(N, *shape)``, NaN where missing. Of one-hot units all states or none.
        sweeps: Gibbs sweeps each time that a row comes by.
        source: random numbers, for the first completion too.

    Raises:
        ValueError: a one-hot unit is missing in part.

    Use ``learner.step(missing.batch(rows))`` where one had ``learner.step({"v": x[rows]})``.
    """

    @checked
    def __init__(
        self, graph: Graph, data: State, *, sweeps: Count = 5, source: Source = None
    ) -> None:
        graph.known(data)
        self.graph, self.sweeps, self.source = graph, sweeps, source
        self.hold = {name: ~x.isnan() for name, x in data.items()}
        for name, seen in self.hold.items():
            check_mask(graph.units[name], seen, name=name)
        n = len(next(iter(data.values())))
        alone = complete(graph, {}, rows=n, source=source)
        self.states = {
            name: torch.where(self.hold[name], data[name].nan_to_num(), x) if name in data else x
            for name, x in alone.items()
        }

    @torch.no_grad()
    def batch(self, rows: Tensor) -> State:
        """These rows, completed: the data's groups only, name -> ``(B, *shape)``."""
        state: State = {name: x[rows] for name, x in self.states.items()}
        hold = {name: seen[rows] for name, seen in self.hold.items()}
        hidden = [name for name in self.graph.units if name not in hold]
        known = {name: x for name, x in state.items() if name in hold}
        if not any(self.graph.neighbours(name) & set(hidden) for name in hidden):
            state = complete(self.graph, known, source=self.source)  # what was drawn is forgotten
        for _ in range(self.sweeps):
            state, _ = swept(self.graph, state, hold=hold, source=self.source)
        for name, x in state.items():
            self.states[name][rows] = x
        return {name: state[name] for name in hold}

    @torch.no_grad()
    def means(self, rows: Tensor, *, sweeps: int = 200, burn: int = 50) -> State:
        """The expected values of what is missing given what was seen, beside the seen ones.

        Args:
            rows: which.
            sweeps: over which expectations given the rest of the row are averaged.
            burn: sweeps before those.
        """
        hold = {name: seen[rows] for name, seen in self.hold.items()}
        state: State = {name: x[rows] for name, x in self.states.items()}
        total = {name: torch.zeros_like(state[name]) for name in hold}
        for t in range(burn + sweeps):
            state, _ = swept(self.graph, state, hold=hold, source=self.source)
            if t >= burn:
                for name, sum_ in total.items():
                    sum_ += self.graph.units[name].mean(self.graph.field(name, state))
        return {n: torch.where(hold[n], state[n], total[n] / sweeps) for n in hold}

    def state_dict(self) -> dict[str, Any]:
        """The completions."""
        return {name: x.clone() for name, x in self.states.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from saved completions."""
        self.states = {name: x.clone() for name, x in state.items()}
