r"""Convergence diagnostics of chains: effective sample size, split R-hat, flip rate.

They follow Vehtari, Gelman, Simpson, Carpenter and Buerkner, 2021
(https://doi.org/10.1214/20-BA1221), without the rank transform. A *trace* is one number per chain
and step, ``(chains, steps)``, such as an energy, a magnetisation or a unit. ``probe`` records
traces of copies of the chains, with fixed parameters.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph, State
from harmonium.random import Source, normal
from harmonium.sampling.sweep import swept

__all__ = ["Probe", "autocovariance", "effective_sample_size", "probe", "r_hat"]


@dataclass(frozen=True)
class Probe:
    """Traces of chains over some sweeps, with diagnostics.

    ``traces``, ``(quantities, chains, steps)``, float64, are the energy in nats and random
    projections of the state, which distinguish modes of equal energy. ``flips`` is the fraction of
    values of countable groups that change per sweep; NaN if there are no such groups. ``fall``,
    ``(chains,)``, is a chain's energy before the sweeps less its mean energy in their second half,
    in nats. Its mean is about 0 at equilibrium, and positive if the chains lag behind the
    parameters.
    """

    traces: Tensor
    flips: float
    fall: Tensor

    @property
    def r_hat(self) -> float:
        """The largest split R-hat of the traces; infinite if chains are constant and differ."""
        worst = torch.stack([r_hat(t) for t in self.traces]).nan_to_num(nan=1.0, posinf=torch.inf)
        return float(worst.max())

    @property
    def ess(self) -> float:
        """The smallest effective sample size of the traces, over all chains together."""
        sizes = torch.stack([effective_sample_size(t) for t in self.traces])
        return float(sizes[~sizes.isnan()].min()) if not bool(sizes.isnan().all()) else 0.0


@torch.no_grad()
def probe(
    graph: Graph, chains: State, *, sweeps: int = 100, projections: int = 4, source: Source = None
) -> Probe:
    """Sweeps copies of the chains with fixed parameters and records their traces.

    Args:
        graph: a machine or view.
        chains: name -> ``(chains, *shape)`` for every group, at least two chains.
        sweeps: steps of the traces, at least 4.
        projections: number of random projections of the joint state.
        source: random generator; give a separate one so that a run's draws do not change.
    """
    state: State = {name: chains[name] for name in graph.units}
    countable = [name for name, u in graph.units.items() if u.growth == "finite"]
    width = sum(x[0].numel() for x in state.values())
    like = torch.empty(width, projections, dtype=torch.float64, device=_joint(state).device)
    directions = normal(like, source)
    before = graph.potential(state, ()).double()
    traces, moved, numbers = [], 0.0, 0
    for _ in range(sweeps):
        new, _ = swept(graph, state, source=source)
        for name in countable:
            moved += float((new[name] != state[name]).sum())
            numbers += new[name].numel()
        state = new
        projected = _joint(state) @ directions
        traces.append(torch.cat([graph.potential(state, ()).double()[:, None], projected], 1))
    flips = moved / numbers if numbers else float("nan")
    recorded = torch.stack(traces, 1).permute(2, 0, 1)
    return Probe(recorded, flips, before - recorded[0, :, sweeps // 2 :].mean(1))


def _joint(state: State) -> Tensor:
    return torch.cat([x.flatten(1).double() for x in state.values()], 1)


def autocovariance(trace: Tensor) -> Tensor:
    """The biased autocovariance of each chain at every lag, ``(chains, steps)``, float64."""
    return _autocovariance(_checked(trace))


def _autocovariance(x: Tensor) -> Tensor:
    steps = x.shape[1]
    x = x - x.mean(1, keepdim=True)
    spectrum = torch.fft.rfft(x, n=2 * steps)
    return torch.fft.irfft(spectrum * spectrum.conj(), n=2 * steps)[:, :steps] / steps


def effective_sample_size(trace: Tensor) -> Tensor:
    """The number of independent samples that estimate the mean equally well; a float64 scalar.

    Chains are split into halves, as for R-hat, so that a common drift counts as disagreement.
    Autocorrelations are summed by Geyer's initial monotone sequence. Constant chains count as one
    sample each if they differ, and give NaN if they are equal.
    """
    x = _halves(trace)
    chains, steps = x.shape
    cov = _autocovariance(x)
    within = (cov[:, 0] * steps / (steps - 1)).mean()
    total = within * (steps - 1) / steps + x.mean(1).var()
    rho = 1 - (within - cov.mean(0) * steps / (steps - 1)) / total
    rho[0] = 1.0
    pairs = rho[: steps // 2 * 2].reshape(-1, 2).sum(1)
    positive = (pairs > 0).to(pairs.dtype).cumprod(0)
    monotone = (pairs * positive).cummin(0).values
    tau = -1 + 2 * monotone.sum()
    return chains * steps / tau.clamp(min=1 / math.log10(chains * steps))


def r_hat(trace: Tensor) -> Tensor:
    """Split R-hat, near 1 if all half chains have the same distribution; a float64 scalar."""
    halves = _halves(trace)
    half = halves.shape[1]
    within = halves.var(1).mean()
    between = halves.mean(1).var()
    return (((half - 1) / half * within + between) / within).sqrt()


def _halves(trace: Tensor) -> Tensor:
    """Splits chains into halves; with an odd number of steps the middle one is left out."""
    x = _checked(trace)
    half = x.shape[1] // 2
    return torch.cat([x[:, :half], x[:, -half:]])


def _checked(trace: Tensor) -> Tensor:
    if trace.ndim != 2 or trace.shape[1] < 4:
        raise UsageError(
            f"a trace has shape (chains, steps) with at least 4 steps, not {tuple(trace.shape)}"
        )
    return trace.double()
