r"""The up-down algorithm: wake-sleep for a stack of directed layers under an undirected top.

*Awake*, a row is recognised by samples, and what generates learns to make it again:

.. math:: \nabla_\theta\, \mathrm{E}_{q(h|v)} \Big[ \sum_k \log p(h_{k-1} \mid h_k)
          + \log p_{top}(h_{L-1}, y) \Big]

*Asleep*, the top's chains are drawn down to a dream, and what recognises learns its causes:

.. math:: \nabla_\phi\, \mathrm{E}_{p(v,h)} \Big[ \sum_k \log q(h_k \mid h_{k-1}) \Big]

(Hinton, Osindero and Teh, 2006, https://doi.org/10.1162/neco.2006.18.7.1527, appendix B.) Awake
it climbs the variational bound; asleep it minimises KL(p || q) and not KL(q || p), so the bound as
a whole may fall.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State
from harmonium.learning import ranks
from harmonium.learning.contrast import CD, Contrast
from harmonium.learning.gradient import gradient
from harmonium.learning.inference import positive
from harmonium.random import Source
from harmonium.sampling import Phase, ascend, descend, sample

__all__ = ["UpDown", "conditional_gradient", "sleep", "wake"]


@torch.no_grad()
def conditional_gradient(graph: EnergyGraph, state: State, *, name: str, weights: Tensor) -> None:
    r"""Writes the gradient of the weighted mean of -log p(group | the others) into ``.grad``.

    .. math:: \nabla \log p(x \mid rest)
              = \nabla (-E)(x, rest) - \mathrm{E}_{x' \mid rest} [\nabla (-E)(x', rest)]

    A difference of two phases like every other: the same rows, with the group as it is and at its
    expectation. Parameters that the conditional does not depend on get zero.

    Args:
        graph: an RBM of a directed layer.
        state: values of all groups, ``(B, *shape)``.
        name: the group that is predicted; it is not wired to itself.
        weights: of the rows, ``(B,)``; they sum to one.
    """
    expected = Phase(state, {name: graph.field(name, state)}, weights)
    gradient(graph, Phase(state, {}, weights), model=expected)


def wake(graphs: Sequence[EnergyGraph], values: Sequence[Tensor], *, weights: Tensor) -> None:
    """The gradient of what generates, from recognised rows, into ``.grad``.

    Args:
        graphs: the directed layers, the lowest first.
        values: v, h_1, ..., one more than there are layers, ``(B, *shape)`` each.
        weights: of the rows, ``(B,)``; they sum to one.
    """
    for graph, below, above in zip(graphs, values[:-1], values[1:], strict=True):
        conditional_gradient(graph, {"v": below, "h": above}, name="v", weights=weights)


def sleep(graphs: Sequence[EnergyGraph], values: Sequence[Tensor], *, weights: Tensor) -> None:
    """The gradient of what recognises, from dreams, into ``.grad``; arguments as of ``wake``."""
    for graph, below, above in zip(graphs, values[:-1], values[1:], strict=True):
        conditional_gradient(graph, {"v": below, "h": above}, name="h", weights=weights)


@dataclass
class UpDown:
    """Updates of all layers at once, after greedy pre-training.

    Args:
        graphs: what generates, the lowest first; the last is the top (``BeliefNet.graphs``).
        recognition: what recognises, one for each layer below the top (``BeliefNet.upwards`` of an
            untied net).
        optimiser: of the parameters of both.
        contrast: of the top, and where dreams come from.
        source: random numbers.

    Raises:
        ValueError: the two share a layer.
    """

    graphs: Sequence[EnergyGraph]
    recognition: Sequence[EnergyGraph]
    optimiser: torch.optim.Optimizer
    contrast: Contrast = field(default_factory=lambda: CD(3))
    source: Source = None
    chains: State = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.recognition) != len(self.graphs) - 1:
            raise UsageError(
                f"{len(self.recognition)} recognition layers for {len(self.graphs) - 1} directed "
                "ones below the top: give one for each"
            )
        if any(up is g for up in self.recognition for g in self.graphs):
            raise UsageError(
                "a layer recognises and generates with the same weights, which up-down must part: "
                "call untie() on the net, and make the optimiser after that"
            )

    @torch.no_grad()
    def step(self, batch: State, *, weights: Tensor | None = None) -> None:
        """One update from a batch: "v" of the lowest layer, and further groups of the top.

        Args:
            batch: name -> ``(B, *shape)``: rows "v", one-hot labels "y".
            weights: importance of each row, ``(B,)``.
        """
        *directed, top = self.graphs
        awake = [
            batch["v"],
            *ascend(self.recognition, batch["v"], rule=sample, source=self.source),
        ]
        data = positive(top, {**batch, "v": awake[-1]}, weights=weights)
        wake(directed, awake, weights=data.weights)
        model, self.chains = self.contrast(top, data, chains=self.chains, source=self.source)
        gradient(top, data, model=model)
        highest = model.values["v"]
        if "v" in model.fields:  # an expectation, where a dream needs a draw
            highest = top.units["v"].sample(model.fields["v"], self.source)
        dream = [*descend(directed, highest, source=self.source), highest]
        sleep(self.recognition, dream, weights=model.weights)
        weight = len(awake[0]) if weights is None else weights.sum()
        ranks.mean_gradients(self._parameters(), weight=weight)
        self.optimiser.step()

    def _parameters(self) -> list[Tensor]:
        return [p for g in (*self.graphs, *self.recognition) for p in g.parameters()]

    def state_dict(self) -> dict[str, Any]:
        """Parameters, optimiser, chains and the position of the random source."""
        return {
            "graphs": [g.state_dict() for g in self.graphs],
            "recognition": [g.state_dict() for g in self.recognition],
            "optimiser": self.optimiser.state_dict(),
            "chains": {name: ranks.gathered(x) for name, x in self.chains.items()},
            "source": ranks.states(self.source),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state: the next updates are those of the run that saved it."""
        for part in ("graphs", "recognition"):
            for graph, saved in zip(getattr(self, part), state[part], strict=True):
                graph.load_state_dict(saved)
        # a copy: torch's optimisers would go on to write into the tensors of the state itself
        self.optimiser.load_state_dict(copy.deepcopy(state["optimiser"]))
        self.chains = {name: ranks.split(x, what="chains") for name, x in state["chains"].items()}
        ranks.restore(self.source, state["source"])
