r"""log Z from parallel tempering along a trajectory: the machine as it was while it learned.

The rungs are a machine's checkpoints, oldest first, below them independent units, whose log Z is
known. With replicas that trade places (``tempering``) each rung r is sampled at equilibrium, and
with F the free energy, as many units summed away as the graphs allow,

.. math:: \log \frac{Z_{r+1}}{Z_r} = \log \Big\langle e^{F_r - F_{r+1}} \Big\rangle_r
          = -\log \Big\langle e^{F_{r+1} - F_r} \Big\rangle_{r+1}

so that the sums over all pairs of neighbours give log Z of the last machine from two sides
(Bereux, Decelle, Furtlehner, Rosset and Seoane, 2024, https://arxiv.org/abs/2405.15376). As with
``ais`` the forward side errs downwards on average and the reverse side upwards; both assume that
the replicas are at equilibrium.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, Graph
from harmonium.random import Source
from harmonium.sampling.ais import Estimate, alone, base_fields, widest
from harmonium.sampling.tempering import Ladder, Replicas
from harmonium.sampling.views import tempered

__all__ = ["Along", "log_z_along"]


@dataclass(frozen=True)
class Along:
    """log Z of the last machine from both sides, and how the replicas moved.

    The log-weights of the estimates are those of each column of replicas by itself, less log Z of
    independent units, and their effective sample size is that of as many independent columns.
    """

    forward: Estimate
    reverse: Estimate
    replicas: Replicas
    """After the last sweep; ``rejection``, ``barrier`` and ``trips`` tell what the ladder does."""


@checked
@torch.no_grad()
def log_z_along(
    graphs: Sequence[EnergyGraph],
    *,
    chains: Count = 100,
    sweeps: Count = 1000,
    burn_in: Size | None = None,
    base: Mapping[str, Tensor] | None = None,
    source: Source = None,
) -> Along:
    """Runs replicas along checkpoints of one machine and adds up the steps of log Z.

    Args:
        graphs: the machine as it was, oldest first (``Run.trajectory``); the last is the one whose
            log Z is wanted.
        chains: independent columns of replicas.
        sweeps: over which the steps are averaged.
        burn_in: sweeps before; half as many by default.
        base: means of the independent units at the bottom, by group; from the biases of the first
            checkpoint by default, which are near the data's base rates.
        source: random numbers.

    Raises:
        ValueError: no graphs, graphs with different groups, or one column alone.
    """
    if not graphs or chains < 2:
        raise UsageError(
            f"{len(graphs)} checkpoints and {chains} columns of replicas: take one checkpoint and "
            "two columns at least"
        )
    extra = base_fields(graphs[0], base or {})
    bottom = tempered(graphs[0], 0.0, base=extra)
    ladder = Ladder([bottom, *graphs])
    replicas = ladder.start(chains=chains, source=source)
    burn_in = sweeps // 2 if burn_in is None else burn_in
    replicas = ladder.run(replicas, sweeps=burn_in, source=source).forgotten()
    up = down = torch.full((len(graphs), chains), -torch.inf, dtype=torch.float64)
    for _ in range(sweeps):
        replicas = ladder.run(replicas, sweeps=1, source=source)
        gains = _gains(ladder.graphs, replicas)
        up, down = torch.logaddexp(up, gains[0]), torch.logaddexp(down, gains[1])
    log_z0 = alone(graphs[0], extra)[0].cpu()
    forward, reverse = (
        _estimate(total - math.log(sweeps), log_z0, sign=sign)
        for total, sign in ((up, 1), (down, -1))
    )
    return Along(forward, reverse, replicas)


def _gains(graphs: Sequence[Graph], replicas: Replicas) -> tuple[Tensor, Tensor]:
    """F_r - F_{r+1} at rung r, and its negative at rung r + 1, ``(pairs, chains)`` each."""
    out = widest(graphs[-1])
    up: list[Tensor] = []
    down: list[Tensor] = []
    for r, (here, there) in enumerate(zip(graphs, graphs[1:], strict=False)):
        for found, rung, sign in ((up, r, 1), (down, r + 1, -1)):
            state = replicas.rung(rung)
            old, new = (g.potential(state, out).double().cpu() for g in (here, there))
            found.append(sign * (old - new))
    return torch.stack(up), torch.stack(down)


def _estimate(log_means: Tensor, log_z0: Tensor, *, sign: int) -> Estimate:
    """From the log of each pair's mean weight in each column, ``(pairs, chains)``.

    Columns are independent, the pairs of one are not: their relative deviations are added up.
    """
    chains = log_means.shape[1]
    log_mean = torch.logsumexp(log_means, 1, keepdim=True) - math.log(chains)
    deviation = ((log_means - log_mean).exp() - 1).sum(0)
    variance = deviation.var()
    log_z = log_z0 + sign * log_mean.sum()
    error = (variance / chains).sqrt()
    return Estimate(log_z, error, chains / (1 + variance), log_means.sum(0))
