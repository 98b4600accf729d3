r"""log Z from parallel tempering along the checkpoints of a training run.

The rungs are the checkpoints of a machine, oldest first, preceded by independent units, whose
log Z is known. Swaps of replicas (``tempering``) help to keep each rung r at equilibrium. With F
the free energy, with as many units summed out as the graphs allow,

.. math:: \log \frac{Z_{r+1}}{Z_r} = \log \Big\langle e^{F_r - F_{r+1}} \Big\rangle_r
          = -\log \Big\langle e^{F_{r+1} - F_r} \Big\rangle_{r+1}

so the sums over all neighbouring pairs give two estimates of log Z of the last machine (Bereux,
Decelle, Furtlehner, Rosset and Seoane, 2024, https://arxiv.org/abs/2405.15376). As in ``ais``, the
forward estimate is too low on average and the reverse estimate too high. Both assume that the
replicas are at equilibrium.
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
    """Forward and reverse estimates of log Z of the last machine, with the replicas.

    A *column* is one replica on every rung. The log-weights of an estimate are those of the single
    columns, without log Z of the independent units; its effective sample size counts columns.
    """

    forward: Estimate
    reverse: Estimate
    replicas: Replicas
    """The replicas after the last sweep; see ``rejection``, ``barrier`` and ``trips``."""


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
    """Estimates log Z of the last of several checkpoints by parallel tempering along them.

    Args:
        graphs: checkpoints of one machine, oldest first (``Run.trajectory``).
        chains: number of independent columns of replicas, at least 2.
        sweeps: sweeps over which each difference of log Z is averaged.
        burn_in: sweeps before those; None: half as many.
        base: means of the independent units on the first rung, by group; None: those given by the
            biases of the first checkpoint, which usually are close to the means of the data.
        source: random generator.

    Raises:
        ValueError: no graphs, graphs with different groups, or a single column.
    """
    if not graphs or chains < 2:
        raise UsageError(
            f"{len(graphs)} checkpoints and {chains} columns of replicas: at least one checkpoint "
            "and two columns are needed"
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
        for gains, rung, sign in ((up, r, 1), (down, r + 1, -1)):
            state = replicas.rung(rung)
            old, new = (g.potential(state, out).double().cpu() for g in (here, there))
            gains.append(sign * (old - new))
    return torch.stack(up), torch.stack(down)


def _estimate(log_means: Tensor, log_z0: Tensor, *, sign: int) -> Estimate:
    """The estimate from the log of the mean weight of each pair and column, ``(pairs, chains)``.

    Columns are independent, but the pairs of a column are not, so the relative deviations of its
    pairs are summed before the variance is taken over columns.
    """
    chains = log_means.shape[1]
    log_mean = torch.logsumexp(log_means, 1, keepdim=True) - math.log(chains)
    deviation = ((log_means - log_mean).exp() - 1).sum(0)
    variance = deviation.var()
    log_z = log_z0 + sign * log_mean.sum()
    error = (variance / chains).sqrt()
    return Estimate(log_z, error, chains / (1 + variance), log_means.sum(0))
