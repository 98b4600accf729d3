r"""Parallel tempering: replicas on a ladder of graphs that are swapped between rungs.

Each rung r of the ladder, hottest first, makes Gibbs sweeps of its own graph. Then neighbouring
rungs swap their states with the probability that leaves every rung's distribution invariant,

.. math:: \min\big(1, \exp( E_r(x_r) + E_{r+1}(x_{r+1}) - E_r(x_{r+1}) - E_{r+1}(x_r) )\big)

with the *joint* energies of all groups (:math:`e^{-\beta F}` is not the marginal of a tempered
machine). Even and odd pairs alternate, which moves replicas along the ladder faster than random
pairs do. The *barrier*, the sum of the rejection rates of all pairs, limits the round trips per
sweep. They are most frequent if all pairs have the same rejection rate, with about two rungs per
unit of barrier (Syed, Bouchard-Cote, Deligiannidis and Doucet, 2022,
https://doi.org/10.1111/rssb.12464). In a ladder of ``tempered`` views the quadratic term of
Gaussian units is never scaled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.errors import UsageError
from harmonium.graph import Graph, State, View
from harmonium.random import Source
from harmonium.sampling.ais import base_fields
from harmonium.sampling.stack import stacked
from harmonium.sampling.sweep import complete, swept
from harmonium.sampling.views import tempered

__all__ = ["Ladder", "Replicas", "ladder", "tuned"]


@dataclass(frozen=True)
class Replicas:
    """The states on every rung, with statistics of the swaps so far."""

    states: State
    """name -> ``(rungs * chains, *shape)``, rung after rung, the hottest first."""
    walker: Tensor
    """The walker on each rung, identified by its rung at the start, ``(rungs, chains)``."""
    leg: Tensor
    """The stage of a walker's round trip, ``(rungs, chains)``: 1 after the hottest rung, 2 after
    the coldest one, 0 before either."""
    trips: Tensor
    """Completed round trips hot - cold - hot, ``(chains,)``."""
    tried: Tensor
    """Number of swaps tried for each pair of neighbours, ``(rungs - 1,)``."""
    accepted: Tensor
    """The sum of their acceptance probabilities, ``(rungs - 1,)``, float64."""
    turn: int = 0
    """The pairs that are swapped next: 0 for even, 1 for odd."""

    @property
    def rejection(self) -> Tensor:
        """The mean rejection rate of each pair, ``(rungs - 1,)``, float64."""
        return 1 - self.accepted / self.tried.clamp(min=1)

    @property
    def barrier(self) -> float:
        """The sum of the mean rejection rates of all pairs."""
        return float(self.rejection.sum())

    def rung(self, r: int) -> State:
        """The states of one rung, name -> ``(chains, *shape)``; -1 is the last rung."""
        rungs, chains = self.walker.shape
        r %= rungs
        return {n: x[r * chains : (r + 1) * chains] for n, x in self.states.items()}

    def forgotten(self) -> "Replicas":
        """The same states with the statistics of swaps and trips reset, as after a burn-in."""
        zeros = (torch.zeros_like(t) for t in (self.trips, self.tried, self.accepted))
        trips, tried, accepted = zeros
        return replace(self, trips=trips, tried=tried, accepted=accepted)


class Ladder:
    """Parallel tempering over a list of graphs with the same groups, hottest first.

    For views of one machine (from ``ladder``) one sweep updates all rungs together; graphs with
    separate parameters are swept one after the other.

    Args:
        graphs: at least two graphs; the last one is the graph to be sampled.

    Raises:
        ValueError: fewer than two graphs, or their groups differ.

    >>> from harmonium import rbm
    >>> rungs = Ladder(ladder(rbm(4, 3), [0.0, 0.5, 1.0]))
    >>> replicas = rungs.run(rungs.start(chains=10), sweeps=5)
    >>> replicas.rung(-1)["v"].shape
    torch.Size([10, 4])
    """

    @checked
    def __init__(self, graphs: Sequence[Graph]) -> None:
        if len(graphs) < 2 or any([*g.units] != [*graphs[0].units] for g in graphs):
            raise UsageError(
                f"{len(graphs)} graphs with groups {[[*g.units] for g in graphs]}: "
                "a ladder is at least two graphs with the same groups"
            )
        for graph in graphs:
            graph.check_proper()
        self.graphs = list(graphs)

    @checked
    def start(self, *, chains: Count, source: Source = None) -> Replicas:
        """Initial replicas on all rungs, drawn group by group (``sampling.complete``).

        Args:
            chains: number of independent replicas on each rung.
            source: random generator.
        """
        parts = [complete(g, {}, rows=chains, source=source) for g in self.graphs]
        states = {n: torch.cat([p[n] for p in parts]) for n in parts[0]}
        rungs, device = len(parts), next(iter(states.values())).device
        walker = torch.arange(rungs, device=device)[:, None].expand(-1, chains).clone()
        leg = torch.zeros_like(walker)
        leg[0] = 1
        none = walker.new_zeros(rungs - 1)
        return Replicas(states, walker, leg, walker.new_zeros(chains), none, none.double())

    @checked
    @torch.no_grad()
    def run(self, replicas: Replicas, *, sweeps: Size, source: Source = None) -> Replicas:
        """Repeats a sweep of every rung, followed by swaps of the even or the odd pairs.

        Args:
            replicas: from ``start`` or an earlier ``run``.
            sweeps: number of repetitions.
            source: random generator.
        """
        chains = replicas.walker.shape[1]
        whole = stacked(self.graphs, rows=chains)
        partners = [self._partners(turn) for turn in (0, 1)]
        swapped = [stacked([self.graphs[p] for p in ps], rows=chains) for ps in partners]
        for _ in range(sweeps):
            states = self._swept(replicas.states, whole, chains=chains, source=source)
            ps, other = partners[replicas.turn], swapped[replicas.turn]
            here = self._energies(states, whole, under=[*range(len(ps))], chains=chains)
            there = self._energies(states, other, under=ps, chains=chains)
            replicas = _exchange(
                replace(replicas, states=states), here - there, partners=ps, source=source
            )
        return replicas

    def _partners(self, turn: int) -> list[int]:
        """The rung with which each rung swaps; itself if it has no partner this turn."""
        rungs = range(len(self.graphs))
        return [p if (p := r + 1 if (r - turn) % 2 == 0 else r - 1) in rungs else r for r in rungs]

    def _swept(self, states: State, whole: View | None, *, chains: int, source: Source) -> State:
        if whole is not None:
            return swept(whole, states, source=source)[0]
        parts = [
            swept(
                g, {n: x[r * chains : (r + 1) * chains] for n, x in states.items()}, source=source
            )
            for r, g in enumerate(self.graphs)
        ]
        return {n: torch.cat([p[n] for p, _ in parts]) for n in states}

    def _energies(
        self, states: State, whole: View | None, *, under: Sequence[int], chains: int
    ) -> Tensor:
        """The energy of each replica under the graphs ``under``, ``(rungs, chains)``, float64."""
        if whole is not None:
            return whole.potential(states, ()).double().reshape(len(under), chains)
        rows = (
            self.graphs[g].potential(
                {n: x[r * chains : (r + 1) * chains] for n, x in states.items()}, ()
            )
            for r, g in enumerate(under)
        )
        return torch.stack([*rows]).double()


def _exchange(
    replicas: Replicas, gain: Tensor, *, partners: Sequence[int], source: Source
) -> Replicas:
    """One turn of swaps; ``gain`` is a replica's energy on its rung less that on the partner's."""
    rungs, chains = gain.shape
    pairs = [r for r, p in enumerate(partners) if p > r]
    low = torch.tensor(pairs, dtype=torch.long, device=gain.device)
    log_p = gain[low] + gain[low + 1]
    p = log_p.clamp(max=0).exp()
    swap = torch.rand(p.shape, generator=source, dtype=p.dtype, device=p.device) < p
    place = torch.arange(rungs, device=gain.device)[:, None].repeat(1, chains)
    place[low] += swap.long()
    place[low + 1] -= swap.long()
    rows = (place * chains + torch.arange(chains, device=gain.device)).flatten()
    leg = replicas.leg.gather(0, place)
    back = leg[0] == 2
    leg[0] = 1
    leg[-1] = torch.where(leg[-1] == 1, 2, leg[-1])
    tried, accepted = replicas.tried.clone(), replicas.accepted.clone()
    tried[low] += chains
    accepted[low] += p.sum(1)
    return Replicas(
        {n: x[rows] for n, x in replicas.states.items()},
        replicas.walker.gather(0, place),
        leg,
        replicas.trips + back.long(),
        tried,
        accepted,
        1 - replicas.turn,
    )


@checked
def ladder(
    graph: Graph, betas: Sequence[float] | Tensor, *, base: Mapping[str, Tensor] | None = None
) -> list[View]:
    """``tempered`` views of a graph at rising inverse temperatures: rungs for ``Ladder``.

    Args:
        graph: a machine or view.
        betas: rising inverse temperatures, from 0 (independent units) or above to 1 (the graph).
        base: means of the independent units at 0, by group; give the means of the data and the
            mean hidden activities. Without them the hottest rung depends on the biases alone and
            may cover a single mode; then swaps are accepted, but replicas do not change modes.

    Raises:
        ValueError: the numbers do not rise to 1.
    """
    steps = [float(b) for b in betas]
    if len(steps) < 2 or steps[0] < 0 or steps[-1] != 1 or steps != sorted(set(steps)):
        raise UsageError(f"betas {steps} must rise from at least 0 to 1")
    extra = base_fields(graph, base or {})
    return [tempered(graph, b, base=extra) for b in steps]


def tuned(
    betas: Sequence[float] | Tensor, rejection: Tensor, *, rungs: Count | None = None
) -> Tensor:
    """New inverse temperatures with equal rejection rates, from measured rates.

    The cumulative sum of the rates is the barrier as a function of beta; the new rungs divide it
    into equal parts. Run the new ladder and repeat: two or three rounds are enough.

    Args:
        betas: the inverse temperatures that were run, ``(rungs,)``.
        rejection: the measured rates, ``(rungs - 1,)``; see ``Replicas.rejection``.
        rungs: number of new rungs; None: as many as before. About ``1 + 2 * barrier`` is best.

    Returns:
        ``(rungs,)``, float64, with the same first and last value.
    """
    old = torch.as_tensor(betas, dtype=torch.float64)
    rates = rejection.double().cpu().clamp(min=1e-6)
    height = torch.cat([rates.new_zeros(1), rates.cumsum(0)])
    wanted = torch.linspace(0, float(height[-1]), rungs or len(old), dtype=torch.float64)
    pair = (torch.searchsorted(height, wanted, right=True) - 1).clamp(max=len(rates) - 1)
    share = (wanted - height[pair]) / rates[pair]
    new = old[pair] + share * (old[pair + 1] - old[pair])
    new[0], new[-1] = old[0], old[-1]
    return new
