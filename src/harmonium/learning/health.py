"""Is the training well? Warnings while it runs, each with what was found and its remedy.

What is watched: whether the chains follow the model, which is put to the test by sweeping them on
while the model stands still (chains at equilibrium stay at their free energy, chains that lag
fall); whether they move and agree (units that flip, R-hat, effective sample size); whether hidden
units do anything; whether weights run away; and, once estimated, whether log Z can be believed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.graph import Graph, State
from harmonium.learning.learner import Learner
from harmonium.random import generator
from harmonium.sampling import Estimate, run
from harmonium.sampling.diagnose import effective_sample_size, r_hat

__all__ = ["Finding", "Watch", "reliable"]

_RELAX = 50
"""Sweeps that the chains are given to catch up."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    kind: str
    """"lagging", "frozen", "disagreeing", "dead", "saturated", "runaway" or "unreliable"."""
    value: float
    """What was measured."""
    message: str
    """What was found, the limit, and the remedy."""


@dataclass
class Watch:
    """Looks over a learner's shoulder; call ``note`` after every update or every few.

    Args:
        learner: whose machine, chains and batches are looked at.
        window: noted steps that are kept.
        lag: nats by which the chains' free energy may fall while the model stands still.
        flips: the least share of units that change between notes.
        agreement: the largest R-hat of the chains.
        idle: the largest share of hidden units that are dead, or saturated.
        weight: the largest size of a single weight.
    """

    learner: Learner
    window: Count = 200
    lag: float = 1.0
    flips: float = 1e-3
    agreement: float = 1.5
    idle: float = 0.25
    weight: float = 20.0
    _energies: list[Tensor] = field(default_factory=list, repr=False)
    _flips: list[float] = field(default_factory=list, repr=False)
    _before: State = field(default_factory=dict, repr=False)

    @torch.no_grad()
    def note(self) -> None:
        """Takes down where the chains are; nothing, if the contrast keeps none."""
        graph = self.learner.graph
        chains = {n: x for n, x in self.learner.chains.items() if n in graph.units}
        if not chains:
            return
        if self._before and all(self._before[n].shape == x.shape for n, x in chains.items()):
            changed = [(self._before[n] != x).flatten() for n, x in chains.items()]
            self._flips.append(float(torch.cat(changed).double().mean()))
        self._before = dict(chains)
        energy = graph.energy(chains).double()
        self._energies.append(energy - energy.mean())  # what all of them do together is learning
        del self._energies[: -self.window], self._flips[: -self.window]

    @torch.no_grad()
    def findings(self, batch: State) -> list[Finding]:
        """What is wrong now, judged with a batch of data, name -> ``(B, *shape)``."""
        checks: list[Callable[[State], list[Finding]]] = [
            self._lagging,
            self._chains,
            self._hidden,
            self._weights,
        ]
        return [found for check in checks for found in check(batch)]

    def _lagging(self, batch: State) -> list[Finding]:
        graph = self.learner.graph
        chains = {n: x for n, x in self.learner.chains.items() if n in graph.units}
        out = tuple(n for n in graph.units if n not in batch)
        out = out if out in set(graph.summable()) else ()
        if not chains:
            return []
        device = next(iter(chains.values())).device
        later = run(graph, chains, sweeps=_RELAX, source=generator(0, device))
        fall = (graph.free_energy(chains, out) - graph.free_energy(later, out)).double()
        value = float(fall.mean())
        if not (value > self.lag and value > 4 * float(fall.std()) / len(fall) ** 0.5):
            return []
        return [
            Finding(
                "lagging",
                value,
                f"the chains' free energy falls by {value:.1f} nats (limit {self.lag:g}) in "
                f"{_RELAX} sweeps of the model as it is: they do not follow its learning. Lower "
                "the learning rate or let it decay, take more sweeps per update or more chains",
            )
        ]

    def _chains(self, batch: State) -> list[Finding]:
        del batch
        found = []
        if self._flips and (rate := sum(self._flips) / len(self._flips)) < self.flips:
            found.append(
                Finding(
                    "frozen",
                    rate,
                    f"{rate:.1e} of the chains' units change from note to note (limit "
                    f"{self.flips:g}): they stand still. Weights are too large: use L2 or a "
                    "smaller rate, or parallel tempering",
                )
            )
        if len(self._energies) >= min(50, self.window) and len(self._energies[0]) > 1:
            trace = torch.stack(self._energies, 1)
            value, size = float(r_hat(trace)), float(effective_sample_size(trace))
            if not value <= self.agreement:
                found.append(
                    Finding(
                        "disagreeing",
                        value,
                        f"R-hat of the chains' energies is {value:.2f} over the last "
                        f"{trace.shape[1]} notes (limit {self.agreement:g}), worth {size:.0f} "
                        f"independent draws of {trace.numel()}: they do not mix. Take more "
                        "sweeps per update, FPCD or parallel tempering",
                    )
                )
        return found

    def _hidden(self, batch: State) -> list[Finding]:
        graph, found = self.learner.graph, []
        data = self.learner.inference(graph, batch, source=None)
        for name in (n for n in graph.units if n not in batch):
            mean = data.moments(graph, name)[0].double()
            low, high = _ends(graph, name)
            idle = (mean < low).all(0).double().mean(), (mean > high).all(0).double().mean()
            for kind, share in zip(("dead", "saturated"), map(float, idle), strict=True):
                if share > self.idle:
                    state = "off" if kind == "dead" else "on"
                    found.append(
                        Finding(
                            kind,
                            share,
                            f"{share:.0%} of the units of {name!r} are {state} for every row of "
                            f"the batch (limit {self.idle:.0%}): they carry nothing. Use "
                            "centring, a Sparsity penalty, smaller initial weights, a lower rate",
                        )
                    )
        return found

    def _weights(self, batch: State) -> list[Finding]:
        del batch
        found = []
        for name, p in self.learner.graph.connections.named_parameters():
            value = float(p.abs().max())
            if not value <= self.weight:
                found.append(
                    Finding(
                        "runaway",
                        value,
                        f"a weight of {name.split('.')[0]!r} has reached {value:.3g} (limit "
                        f"{self.weight:g}). Lower the learning rate, or use L2 or MaxNorm",
                    )
                )
        return found


def _ends(graph: Graph, name: str) -> tuple[float, float]:
    """Means below the first are off, above the second on."""
    family = type(graph.units[name]).__name__
    if family == "Spin":
        return -0.99, 0.99
    if family in {"Bernoulli", "Categorical"}:
        return 0.005, 0.995
    return (1e-3, float("inf")) if family == "Rectified" else (-float("inf"), float("inf"))


def reliable(estimate: Estimate, *, share: float = 0.05, stderr: float = 1.0) -> list[Finding]:
    """What is wrong with an estimate of log Z; nothing, if it can be believed.

    Args:
        estimate: of ``ais`` or ``reverse_ais``.
        share: the least effective sample size, as a share of the chains.
        stderr: the largest standard error, in nats.
    """
    n = estimate.log_weights.shape[-1]
    size, error = float(estimate.ess.min()) / n, float(estimate.stderr.max())
    if size >= share and error <= stderr:
        return []
    return [
        Finding(
            "unreliable",
            size,
            f"{estimate}: an effective sample size below {share:.0%} of the chains or an error "
            f"above {stderr:g} nats. Take more betas, a base from the data's rates, more chains",
        )
    ]
