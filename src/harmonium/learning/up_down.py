r"""The up-down algorithm: wake-sleep learning of a deep belief net with an undirected top.

In the *wake* phase, hidden values are sampled by the recognition layers, and the generative layers
learn to reproduce the values below them:

.. math:: \nabla_\theta\, \mathrm{E}_{q(h|v)} \Big[ \sum_k \log p(h_{k-1} \mid h_k)
          + \log p_{top}(h_{L-1}, y) \Big]

In the *sleep* phase, the generative layers draw a sample from the top's chains downwards, and the
recognition layers learn to recover its hidden values:

.. math:: \nabla_\phi\, \mathrm{E}_{p(v,h)} \Big[ \sum_k \log q(h_k \mid h_{k-1}) \Big]

(Hinton, Osindero and Teh, 2006, https://doi.org/10.1162/neco.2006.18.7.1527, appendix B.) The wake
phase ascends the variational bound. The sleep phase minimises KL(p || q) instead of KL(q || p), so
the bound can fall.
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
    r"""Writes the gradient of the weighted mean of -log p(group | other groups) into ``.grad``.

    .. math:: \nabla \log p(x \mid rest)
              = \nabla (-E)(x, rest) - \mathrm{E}_{x' \mid rest} [\nabla (-E)(x', rest)]

    It is the difference of two phases of the same rows, with the group at its values and at its
    expectation. The gradients of parameters that do not affect the conditional are zero.

    Args:
        graph: the RBM of a directed layer.
        state: values of all groups, name -> ``(B, *shape)``.
        name: the group to predict; it must not be connected to itself.
        weights: weights of the rows, ``(B,)``; they sum to 1.
    """
    expected = Phase(state, {name: graph.field(name, state)}, weights)
    gradient(graph, Phase(state, {}, weights), model=expected)


def wake(graphs: Sequence[EnergyGraph], values: Sequence[Tensor], *, weights: Tensor) -> None:
    """Writes the wake gradients of the generative layers into ``.grad``.

    Args:
        graphs: the directed layers, lowest first.
        values: v, h_1, ..., one more than there are layers, ``(B, *shape)`` each.
        weights: weights of the rows, ``(B,)``; they sum to 1.
    """
    for graph, below, above in zip(graphs, values[:-1], values[1:], strict=True):
        conditional_gradient(graph, {"v": below, "h": above}, name="v", weights=weights)


def sleep(graphs: Sequence[EnergyGraph], values: Sequence[Tensor], *, weights: Tensor) -> None:
    """Writes the sleep gradients of the recognition layers into ``.grad``.

    Args:
        graphs: the recognition layers, lowest first.
        values: generated v, h_1, ..., one more than there are layers, ``(B, *shape)`` each.
        weights: weights of the rows, ``(B,)``; they sum to 1.
    """
    for graph, below, above in zip(graphs, values[:-1], values[1:], strict=True):
        conditional_gradient(graph, {"v": below, "h": above}, name="h", weights=weights)


@dataclass
class UpDown:
    """Up-down updates of all layers of a belief net, after greedy pre-training.

    Args:
        graphs: the generative layers, lowest first; the last one is the top
            (``BeliefNet.graphs``).
        recognition: the recognition layers, one for each layer below the top
            (``BeliefNet.upwards`` of an untied net).
        optimiser: optimiser of the parameters of both.
        contrast: contrast of the top graph; its model states are the tops of the sleep samples.
        source: random generator.

    Raises:
        ValueError: the number of layers does not fit, or a layer is both generative and
            recognition layer.
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
                "a layer recognises and generates with the same weights, but up-down needs "
                "separate ones: call untie() on the net, and create the optimiser after that"
            )

    @torch.no_grad()
    def step(self, batch: State, *, weights: Tensor | None = None) -> None:
        """Makes one update from a batch.

        Args:
            batch: name -> ``(B, *shape)``: "v" of the lowest layer, and observed groups of the
                top, such as one-hot labels "y".
            weights: importance of each row, ``(B,)``; None: equal.
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
        if "v" in model.fields:  # an expectation, but the sleep phase needs a sample
            highest = top.units["v"].sample(model.fields["v"], self.source)
        generated = [*descend(directed, highest, source=self.source), highest]
        sleep(self.recognition, generated, weights=model.weights)
        weight = len(awake[0]) if weights is None else weights.sum()
        ranks.mean_gradients(self._parameters(), weight=weight)
        self.optimiser.step()

    def _parameters(self) -> list[Tensor]:
        return [p for g in (*self.graphs, *self.recognition) for p in g.parameters()]

    def state_dict(self) -> dict[str, Any]:
        """Parameters, optimiser, chains and the state of the random generator."""
        return {
            "graphs": [g.state_dict() for g in self.graphs],
            "recognition": [g.state_dict() for g in self.recognition],
            "optimiser": self.optimiser.state_dict(),
            "chains": {name: ranks.gathered(x) for name, x in self.chains.items()},
            "source": ranks.states(self.source),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``; training continues with the same updates."""
        for part in ("graphs", "recognition"):
            for graph, saved in zip(getattr(self, part), state[part], strict=True):
                graph.load_state_dict(saved)
        # a copy, because torch's optimisers would update the tensors of the saved state in place
        self.optimiser.load_state_dict(copy.deepcopy(state["optimiser"]))
        self.chains = {name: ranks.split(x, what="chains") for name, x in state["chains"].items()}
        ranks.restore(self.source, state["source"])
