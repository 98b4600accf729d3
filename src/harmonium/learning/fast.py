r"""Fast persistent contrastive divergence: weights of the chains' own that chase them about.

The chains are swept under :math:`\theta + \theta_{fast}`, while the data's side is that of
:math:`\theta` alone. The fast parameters follow the same gradient, the data's side less the
chains', at a rate of their own and decay: wherever the chains linger the energy rises under them,
so that they move on although the model itself learns slowly (Tieleman and Hinton, 2009,
https://doi.org/10.1145/1553374.1553506). The price is that the chains sample another model than
the one that learns.
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
    """PCD with fast weights.

    Args:
        steps: sweeps for each update.
        chains: how many.
        rate: of the fast parameters; the regular one at the start is a good choice.
        decay: what is left of the fast parameters from update to update.

    Their values travel with the chains, under names like "fast connections.v-h.weight". Weights
    and biases have fast parts; precisions do not, which could make the energy improper.
    """

    steps: Count = 1
    chains: Count = 100
    rate: NonNegative = 0.05
    decay: Share = 0.95

    @torch.no_grad()
    def __call__(
        self, graph: Graph, data: Phase, *, chains: State, source: Source
    ) -> tuple[Phase, State]:
        """Sweeps under the sum, then moves the fast parameters.

        Raises:
            TypeError: the graph is a view, which has no parameters of its own.
            ValueError: there is more than one process.
        """
        if not isinstance(graph, EnergyGraph):
            raise UsageTypeError("fast weights need a machine (EnergyGraph), not a view of one")
        if ranks.world().size > 1:
            raise UsageError(
                "fast weights follow the chains of one process: take contrast pcd, or one process"
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
        # the graph's own units read a field against their own bias: hand them the fast one in it
        heard = {n: f + fast[f"units.{n}.bias"] for n, f in fresh(shadow, fields).items()}
        dreamt = Phase(state, heard, weights)
        shadow.load_state_dict(graph.state_dict())  # the data's side knows no fast parameters
        gradient(shadow, data, model=dreamt)
        moved = {
            _key(name): self.decay * offset - self.rate * _slope(shadow.get_parameter(name))
            for name, offset in fast.items()
        }
        return dreamt, {**state, **moved}


def _key(name: str) -> str:
    return f"fast {name}"


def _slope(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
