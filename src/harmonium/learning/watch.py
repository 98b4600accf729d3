"""Checks for problems in training, as functions that return findings with their remedies.

Every function returns a list of ``Finding``, which is empty if there is no problem; ``examine``
runs all checks. The thresholds are in ``Limits``, chosen so that a healthy run has no finding.

Rows are a state of the observed groups. If rows have weights, they are the data's phase,
``positive(graph, state, weights=...)``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from harmonium.connections.matrix import largest
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.random import generator
from harmonium.sampling import Phase, complete, swept, uniform_weights
from harmonium.sampling.ais import Estimate
from harmonium.sampling.diagnose import Probe

__all__ = [
    "Finding",
    "Limits",
    "Rows",
    "doubtful_estimate",
    "examine",
    "few_updates",
    "lagging_chains",
    "over_fitting",
    "runaway_weights",
    "unsteady_chains",
    "stuck_units",
]


_AGAIN = "look at the machine's parameters; start again with a lower learning rate"

_FOLLOW = (
    "lower the learning rate or let it decay, make more sweeps per update (the contrast's steps), "
    "or use parallel tempering"
)
_LAG = "The chains do not keep up with the model, so the gradient that they estimate is biased"

Rows = State | Phase
"""The observed groups: name -> ``(B, *shape)``, equally important; or the data's phase."""


@dataclass(frozen=True)
class Finding:
    """A problem that a check found.

    Args:
        kind: name of the problem, for programs and as a headline.
        found: the measurement behind it.
        remedy: what to do.
        means: why it matters, in a sentence or two without the last full stop.
    """

    kind: str
    found: str
    remedy: str
    means: str = ""

    def __str__(self) -> str:
        """The finding on one line."""
        means = f"{self.means}. " if self.means else ""
        return f"{self.kind}: {self.found}. {means}Remedy: {self.remedy}"


@dataclass(frozen=True)
class Limits:
    """Thresholds of the checks."""

    gap: float = 1.0
    """Largest gap between the mean free energies of data and chains, in standard deviations."""
    overfit: float = 0.5
    """Largest gap between those of training and validation rows, in standard deviations."""
    z: float = 5.0
    """Standard errors that such a gap must exceed as well."""
    fall: float = 1.0
    """Largest mean fall of the energy of a probe's chains, in nats."""
    r_hat: float = 1.2
    """Largest split R-hat of a probe (1.2 for 100 sweeps: autocorrelation time of about 20)."""
    draws: float = 2.0
    """Smallest effective sample size per chain of a probe; constant chains have 1."""
    flips: float = 1e-3
    """Smallest fraction of units that change per sweep."""
    still: float = 0.02
    """Smallest variance of a unit over the data, relative to that without bias and field
    (Bernoulli units: mean activity of .5 %)."""
    share: float = 0.01
    """Largest fraction of units of a group below ``still``."""
    coupling: float = 3.0
    """Largest weight x standard deviations of its two units without bias and field (Bernoulli
    units: a weight of 12)."""
    ess: float = 0.1
    """Smallest effective fraction of the runs of annealed importance sampling."""
    updates: int = 300
    """Smallest number of updates of a whole training."""
    bracket: float = 1.0
    """Largest difference of forward and reverse estimate, in nats above three standard errors."""


@torch.no_grad()
def examine(
    graph: EnergyGraph,
    data: Rows,
    *,
    validation: Rows | None = None,
    chains: State | None = None,
    probe: Probe | None = None,
    estimates: Sequence[Estimate] = (),
) -> list[Finding]:
    """Runs every check that the arguments allow, with the default limits.

    Args:
        graph: the machine.
        data: some hundred training rows.
        validation: rows kept out of training.
        chains: a learner's ``chains``; empty or None where it keeps none (contrastive divergence).
        probe: ``sampling.diagnose.probe`` of those chains.
        estimates: one estimate of log Z (forward), or two (forward, reverse).
    """
    findings = runaway_weights(graph)
    if any(f.kind == "not finite" for f in findings):
        return findings
    findings += stuck_units(graph, data)
    if chains:
        findings += lagging_chains(graph, data, chains=chains)
    if probe is not None:
        findings += unsteady_chains(probe)
    if validation is not None:
        findings += over_fitting(graph, data, validation=validation)
    return findings + (doubtful_estimate(*estimates[:2]) if estimates else [])


@torch.no_grad()
def lagging_chains(
    graph: Graph, data: Rows, *, chains: State, limits: Limits | None = None
) -> list[Finding]:
    """Compares the mean free energy of the chains with that of the data.

    At the maximum of the likelihood the two are equal. Early in training they differ because the
    model does not fit yet. Skipped for fractional data: the free energy of binary units is
    defined for 0 and 1 only.
    """
    limits = limits or Limits()
    observed = _observed(data)[0]
    if not _states(graph, observed):
        return []
    here, there = (_free(graph, s, observed=observed) for s in (data, chains))
    size, z = _apart(here, there)
    if not (abs(size) > limits.gap and abs(z) > limits.z):
        return []
    side = "below" if size > 0 else "above"
    return [
        Finding(
            "chains lag",
            f"the mean free energy of the sampling chains is {abs(size):.1f} standard deviations "
            f"{side} that of the data ({there.mean:.1f} against {here.mean:.1f} nats)",
            _FOLLOW,
            f"{_LAG}. Early in training such a difference is normal",
        )
    ]


def unsteady_chains(probe: Probe, *, limits: Limits | None = None) -> list[Finding]:
    """Checks that the chains are samples of the model: they keep up, move, mix and agree.

    The energy of chains that lag falls once the parameters stop changing.
    """
    limits = limits or Limits()
    findings = []
    fall, error = float(probe.fall.mean()), float(probe.fall.std()) / len(probe.fall) ** 0.5
    if fall > limits.fall and fall > limits.z * error:
        text = f"with fixed parameters, the energy of the sampling chains falls by {fall:.1f} nats"
        findings.append(Finding("chains lag", text, _FOLLOW, _LAG))
    _, chains, steps = probe.traces.shape
    mix = "use parallel tempering, a lower learning rate, or stronger weight decay"
    if probe.flips < limits.flips:
        text = f"only {100 * probe.flips:.3g} % of the units change in a sweep of the chains"
        means = "The chains stay where they are, so they are not samples of the model"
        findings.append(Finding("chains frozen", text, mix, means))
    if probe.r_hat > limits.r_hat:
        text = (
            f"split R-hat of {steps} sweeps of the chains is {probe.r_hat:.2f} instead of about 1"
        )
        means = "Each chain samples a part of the model's distribution, and none samples all of it"
        findings.append(Finding("chains disagree", text, mix, means))
    if probe.ess < limits.draws * chains:
        text = f"{chains} chains of {steps} sweeps equal {probe.ess:.0f} independent samples"
        means = "Successive states of a chain are nearly copies, so averages over them are noisy"
        findings.append(Finding("chains slow", text, mix, means))
    return findings


@torch.no_grad()
def stuck_units(graph: Graph, data: Rows, *, limits: Limits | None = None) -> list[Finding]:
    """Counts hidden units that have nearly the same value on every row."""
    limits = limits or Limits()
    observed, w = _observed(data)
    state = _filled(graph, observed)
    findings = []
    for name in (n for n in graph.units if n not in observed):
        u, field = graph.units[name], graph.field(name, state)
        nothing = torch.zeros_like(field[:1]) - u.natural()[0]
        mean, free = u.mean(field), u.variance(nothing)[0]
        centre = torch.tensordot(w, mean, 1)
        total = torch.tensordot(w, (mean - centre).square() + u.variance(field), 1)
        still = total < limits.still * free
        high = centre > u.mean(nothing)[0]
        for kind, which in (("dead", still & ~high), ("saturated", still & high)):
            number, of = int(which.sum()), which.numel()
            if number <= limits.share * of:
                continue
            findings.append(
                Finding(
                    f"{kind} units",
                    f"{number} of {of} hidden units (group {name!r}) stay at their "
                    f"{'lowest value (off)' if kind == 'dead' else 'highest value (on)'} on "
                    "nearly every training row",
                    "start with zero biases and small weights, lower the learning rate, centre "
                    "the gradient, or add a sparsity penalty with the mean activity as its target",
                    "Such a unit does not distinguish rows. A few of them do no harm; many are "
                    "wasted",
                )
            )
    return findings


def few_updates(updates: int, *, limits: Limits | None = None) -> list[Finding]:
    """Finds a training whose number of updates is too small for it to have converged."""
    least = (limits or Limits()).updates
    finding = Finding(
        "few updates",
        f"learning ended after {updates} updates; an energy model takes {least} at least, and "
        "often 1000 or more",
        "give more epochs, or smaller batches: of few rows a pass is few updates",
        "The model is still close to its start, and so are its samples and its features",
    )
    return [finding] if updates < least else []


@torch.no_grad()
def runaway_weights(graph: EnergyGraph, *, limits: Limits | None = None) -> list[Finding]:
    """Finds parameters that are not finite, and weights with which one unit decides another."""
    limits = limits or Limits()
    bad = [name for name, p in graph.named_parameters() if not bool(torch.isfinite(p).all())]
    remedy = (
        "start again with a lower learning rate, add weight decay, and standardise real-valued "
        "data"
    )
    if bad:
        text = f"parameters {', '.join(bad)} hold values that are not finite numbers"
        return [Finding("not finite", text, remedy, "Learning diverged, and the model is lost")]
    findings = []
    for e in graph.edges:
        spread = []
        for name in (e.source, e.target):
            u = graph.units[name]
            u = u.given(u.bias.new_ones(1)) if u.takes_context else u
            nothing = (-u.natural()[0]).expand(1, *u.shape)
            spread.append(u.variance(nothing).sqrt().flatten())
        size = largest(e.connection, spread[0], target=spread[1])
        if size > limits.coupling:
            findings.append(
                Finding(
                    "runaway weights",
                    f"the largest weight of connection {e.source}-{e.target} is "
                    f"{size:.1f}, in standard deviations of the units that it joins; "
                    f"more than {limits.coupling:g} is very large",
                    "lower the learning rate, or add a penalty: L2 or MaxNorm",
                    "With such a weight one unit decides the value of another, the chains move "
                    "slowly, and learning may diverge",
                )
            )
    return findings


@torch.no_grad()
def over_fitting(
    graph: Graph, data: Rows, *, validation: Rows, limits: Limits | None = None
) -> list[Finding]:
    """Compares the mean free energy of validation rows with that of training rows.

    In the difference log Z cancels, so it is a difference of mean log-likelihoods.
    """
    limits = limits or Limits()
    observed = _observed(data)[0]
    here, there = (_free(graph, s, observed=observed) for s in (data, validation))
    size, z = _apart(here, there)
    if not (-size > limits.overfit and -z > limits.z):
        return []
    nats = there.mean - here.mean
    return [
        Finding(
            "over-fitting",
            f"validation rows are {nats:.1f} nats less probable than training rows ({-size:.1f} "
            "standard deviations)",
            "stop early, use fewer hidden units, add weight decay, or use more training rows",
            "The model has learned details of the training rows that new rows do not share",
        )
    ]


@torch.no_grad()
def doubtful_estimate(
    forward: Estimate, reverse: Estimate | None = None, *, limits: Limits | None = None
) -> list[Finding]:
    """Checks the effective number of annealing runs, and that the two estimates agree."""
    limits = limits or Limits()
    findings = []
    remedy = "take 10 times as many temperatures (betas), start from base rates, or take more runs"
    means = "log Z, and every likelihood that rests on it, may be wrong by more than its error bar"
    for side, e in (("forward", forward), ("reverse", reverse)):
        if e is None:
            continue
        chains = e.log_weights.shape[-1]
        if not bool(torch.isfinite(e.log_z).all()):
            findings.append(Finding("doubtful log Z", f"{side}: it is not finite", _AGAIN))
            continue
        if chains < 2 or not bool(torch.isfinite(e.stderr).all()):
            text = f"{side}: {chains} chain{'s' * (chains > 1)}, so its standard error is unknown"
            findings.append(Finding("doubtful log Z", text, "take more chains, 100 or so"))
        share = float(e.ess.min()) / chains
        if share < limits.ess:
            text = f"only {100 * share:.0f} % of the annealing runs count in the {side} estimate"
            findings.append(Finding("doubtful log Z", text, remedy, means))
    if reverse is not None:
        error = 3 * (forward.stderr.square() + reverse.stderr.square()).sqrt()
        excess = reverse.log_z - forward.log_z
        if bool((excess.abs() > limits.bracket + error).any()):
            width = float(excess[excess.abs().argmax()]) if excess.ndim else float(excess)
            text = f"the reverse estimate of log Z is {width:.1f} nats from the forward estimate"
            remedy += ", and start the reverse runs from chains at equilibrium"
            findings.append(Finding("doubtful log Z", text, remedy, means))
    return findings


class _Summary(NamedTuple):
    """Mean and variance of weighted numbers, and the standard error of that mean."""

    mean: float
    variance: float
    error: float


def _apart(a: _Summary, b: _Summary) -> tuple[float, float]:
    """The difference of means in pooled standard deviations, and in standard errors."""
    gap = a.mean - b.mean
    tiny = 1e-9 * (1 + abs(gap))
    spread = math.sqrt((a.variance + b.variance) / 2)
    return gap / max(spread, tiny), gap / max(math.hypot(a.error, b.error), tiny)


def _observed(rows: Rows) -> tuple[State, Tensor]:
    """The observed groups and the weights of the rows, which sum to 1."""
    if isinstance(rows, Phase):
        return {n: x for n, x in rows.values.items() if n not in rows.fields}, rows.weights
    first = next(iter(rows.values()))
    return rows, uniform_weights(len(first), first)


def _states(graph: Graph, observed: State) -> bool:
    """Whether the values of all bounded groups are whole numbers."""
    return all(
        torch.equal(x, x.round()) for n, x in observed.items() if graph.units[n].growth == "finite"
    )


def _free(graph: Graph, rows: Rows, *, observed: State) -> _Summary:
    """The free energies of rows, with as many hidden groups summed out as the graph allows."""
    hidden = {name for name in graph.units if name not in observed}
    sets = [out for out in graph.summable() if set(out) <= hidden]
    out = max(sets, key=lambda s: sum(graph.units[n].shape.numel() for n in s))
    state, w = _observed(rows)
    if set(out) != hidden:
        state = _filled(graph, state)
    values, w = graph.free_energy(state, out).double(), w.double()
    mean = w @ values
    variance = w @ (values - mean).square()
    error = w.square() @ (values - mean).square()
    return _Summary(float(mean), float(variance), float(error.sqrt()))


def _filled(graph: Graph, state: State, *, sweeps: int = 20) -> State:
    """Samples the groups that are missing, from a generator with a fixed seed."""
    source = generator(0, next(iter(state.values())).device)
    missing = [name for name in graph.units if name not in state]
    new = complete(graph, state, source=source)
    if any(graph.neighbours(name) & set(missing) for name in missing):
        for _ in range(sweeps):
            new, _ = swept(graph, new, hold=dict.fromkeys(state, True), source=source)
    return new
