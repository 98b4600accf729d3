r"""Fast persistent contrastive divergence: the chains have additional, fast weights.

The chains are swept with :math:`\theta + \theta_{fast}`, while the data's side uses :math:`\theta`
alone. The fast parameters follow the same gradient (data less chains) with their own rate, and
decay. They raise the energy where the chains are, so that the chains keep moving although the
model learns slowly (Tieleman and Hinton, 2009, https://doi.org/10.1145/1553374.1553506). The price
is that the chains sample a model that differs from the one that learns.
"""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative, Share
from harmonium.errors import UsageError, UsageTypeError
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.learning import ranks
from harmonium.learning.gradient import gradient
from harmonium.random import Source
from harmonium.sampling import Phase, complete, fresh, swept, uniform_weights

__all__ = ["FPCD"]


@checked
@dataclass(frozen=True)
class FPCD:
    """Fast persistent contrastive divergence (PCD with fast weights).

    Args:
        steps: sweeps per update.
        chains: number of chains.
        rate: learning rate of the fast parameters; the initial regular rate is a good choice.
        decay: factor that multiplies the fast parameters at every update.

    The fast parameters are kept with the chains, under names like "fast connections.v-h.weight".
    Weights and biases have fast parts. Precisions have none, because the energy might then have no
    normaliser.
    """

    steps: Count = 1
    chains: Count = 100
    rate: NonNegative = 0.05
    decay: Share = 0.95

    @torch.no_grad()
    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """Sweeps the chains with the sum of both parameters, then updates the fast ones.

        Raises:
            TypeError: the graph is a view, which has no parameters.
            ValueError: there is more than one process.
        """
        if not isinstance(graph, EnergyGraph):
            raise UsageTypeError("fast weights need a machine (EnergyGraph), not a view of one")
        if ranks.world().size > 1:
            raise UsageError(
                "fast weights follow the chains of one process: use contrast pcd, or one process"
            )
        shadow = copy.deepcopy(graph)
        fast = {
            name: chains.get(_key(name), torch.zeros_like(p))
            for name, p in shadow.named_parameters()
            if not name.endswith("log_precision")
        }
        for name, offset in fast.items():
            shadow.get_parameter(name).add_(offset)
        state: State = {name: x for name, x in chains.items() if name in graph.units}
        if not state:
            state = complete(graph, {}, rows=self.chains, source=source)
        for _ in range(self.steps):
            state, fields = swept(shadow, state, source=source)
        weights = uniform_weights(self.chains, next(iter(state.values())))
        # the phase is read with the graph's regular biases, so its fields include the fast ones
        total = {n: f + fast[f"units.{n}.bias"] for n, f in fresh(shadow, fields).items()}
        model = Phase(state, total, weights)
        shadow.load_state_dict(graph.state_dict())  # the data's side has no fast parameters
        gradient(shadow, data, model=model)
        moved = {
            _key(name): self.decay * offset - self.rate * _slope(shadow.get_parameter(name))
            for name, offset in fast.items()
        }
        return model, {**state, **moved}


def _key(name: str) -> str:
    return f"fast {name}"


def _slope(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
