"""log Z for estimators: exact if that is quick, otherwise by annealed importance sampling."""

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph
from harmonium.random import generator
from harmonium.sampling import ais, bound, exact, mean_field

__all__ = ["held_out_likelihood", "partition", "unnormalised"]


def partition(
    graph: EnergyGraph, *, base: Tensor, seed: int, betas: int = 2000, chains: int = 100
) -> tuple[float, float]:
    """Returns log Z and its standard error in nats; the error is zero if log Z is exact.

    Args:
        graph: a machine with a visible group "v".
        base: mean of the data, from which annealed importance sampling starts.
        seed: of the draws.
        betas: number of inverse temperatures.
        chains: number of independent chains.
    """
    if exact.quick(graph):
        return float(exact.log_partition(graph)), 0.0
    v = base.reshape(1, *graph.units["v"].shape)
    data = mean_field(graph, {"v": v})
    with torch.no_grad():
        means = {name: data.moments(graph, name)[0][0] for name in graph.units}
    estimate = ais(graph, betas=betas, chains=chains, base=means, source=generator(seed))
    return float(estimate.log_z), float(estimate.stderr)


@torch.no_grad()
def unnormalised(graph: EnergyGraph, v: Tensor) -> Tensor:
    """log p + log Z of rows ``(N, *shape)``, ``(N,)``, in nats, float64.

    A variational lower bound if hidden groups are connected with each other.
    """
    return bound(graph, mean_field(graph, {"v": v}, tolerance=1e-6, cap=200), log_z=0.0)


def held_out_likelihood(graph: EnergyGraph, x: Tensor, *, base: Tensor, seed: int) -> Tensor:
    """log p of held-out rows, ``(N,)``, nats, from few temperatures and equal draws each time."""
    log_z, _ = partition(graph, base=base, seed=seed, betas=200, chains=50)
    return (unnormalised(graph, x.reshape(-1, *graph.units["v"].shape)) - log_z).to(x.dtype)
