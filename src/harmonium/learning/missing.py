r"""Learning from rows with missing values, each with a persistent chain of its missing values.

The gradient of the observed-data likelihood,

.. math:: \nabla \log \sum_{x_{missing}} p(x)
          = \langle \cdot \rangle_{p(x_{missing}, h \mid x_{observed})}
          - \langle \cdot \rangle_{model}

needs samples of the missing values given the observed ones. The missing values and hidden units of
each row are a persistent chain, which is advanced by some sweeps each time the row is used. So
missing values are sampled again and again, and never treated as data.
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
from harmonium.sampling import check_mask, complete, of_lengths, swept

__all__ = ["Missing", "filled_by_means"]


def filled_by_means(x: Tensor) -> Tensor:
    """Replaces each NaN by the mean of the observed values of its column, ``(N, *shape)``.

    For a baseline and for ``start_from``; use ``Missing`` for learning.

    Raises:
        ValueError: a column has no observed value.
    """
    mean = x.nanmean(0)
    if empty := int(mean.isnan().sum()):
        raise UsageError(f"{empty} columns hold no observed value: leave them out")
    return torch.where(x.isnan(), mean, x)


class Missing:
    """Persistent chains that complete rows with missing values.

    Use ``learner.step(missing.batch(rows))`` in place of ``learner.step({"v": x[rows]})``.

    Args:
        graph: the machine that learns; completions are drawn with its present parameters.
        data: name -> ``(N, *shape)``, NaN where missing; one-hot units are missing as a whole,
            and counts may not be missing, since their total is read off them.
        sweeps: Gibbs sweeps each time a row is used.
        source: random generator, used for the first completion too.

    Raises:
        ValueError: a part of a one-hot unit is missing.
    """

    @checked
    def __init__(
        self, graph: Graph, data: State, *, sweeps: Count = 5, source: Source = None
    ) -> None:
        graph.known(data)
        self.graph, self.sweeps, self.source = graph, sweeps, source
        self.hold = {name: ~x.isnan() for name, x in data.items()}
        for name, observed in self.hold.items():
            check_mask(graph.units[name], observed, name=name)
        n = len(next(iter(data.values())))
        alone = complete(of_lengths(graph, data), {}, rows=n, source=source)
        self.states = {
            name: torch.where(self.hold[name], data[name].nan_to_num(), x) if name in data else x
            for name, x in alone.items()
        }

    @torch.no_grad()
    def batch(self, rows: Tensor) -> State:
        """Sweeps the chains of these rows and returns the completed rows.

        Args:
            rows: indices of the rows, ``(B,)``.

        Returns:
            name -> ``(B, *shape)``, for the groups of the data.
        """
        state: State = {name: x[rows] for name, x in self.states.items()}
        hold = {name: observed[rows] for name, observed in self.hold.items()}
        hidden = [name for name in self.graph.units if name not in hold]
        known = {name: x for name, x in state.items() if name in hold}
        graph = of_lengths(self.graph, known)
        if not any(graph.neighbours(name) & set(hidden) for name in hidden):
            state = complete(graph, known, source=self.source)  # draws hidden units again
        for _ in range(self.sweeps):
            state, _ = swept(graph, state, hold=hold, source=self.source)
        for name, x in state.items():
            self.states[name][rows] = x
        return {name: state[name] for name in hold}

    @torch.no_grad()
    def means(self, rows: Tensor, *, sweeps: int = 200, burn: int = 50) -> State:
        """The rows with missing values replaced by their mean given the observed values.

        Args:
            rows: indices of the rows, ``(B,)``.
            sweeps: Gibbs sweeps over which the means are averaged.
            burn: sweeps before those.

        Returns:
            name -> ``(B, *shape)``, for the groups of the data.
        """
        hold = {name: observed[rows] for name, observed in self.hold.items()}
        state: State = {name: x[rows] for name, x in self.states.items()}
        graph = of_lengths(self.graph, {name: state[name] for name in hold})
        total = {name: torch.zeros_like(state[name]) for name in hold}
        for t in range(burn + sweeps):
            state, _ = swept(graph, state, hold=hold, source=self.source)
            if t >= burn:
                for name, sum_ in total.items():
                    sum_ += graph.units[name].mean(graph.field(name, state))
        return {n: torch.where(hold[n], state[n], total[n] / sweeps) for n in hold}

    def state_dict(self) -> dict[str, Any]:
        """The present completions of all rows."""
        return {name: x.clone() for name, x in self.states.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores completions from ``state_dict``."""
        self.states = {name: x.clone() for name, x in state.items()}
