"""The log-likelihood of rows, with the estimate of log Z and the assumptions behind it."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.data import Rows
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State
from harmonium.learning.watch import doubtful_estimate
from harmonium.machines.visible import visible_groups, visible_state
from harmonium.random import generator
from harmonium.sampling import Phase, ais, bound, exact, log_marginal, mean_field, reverse_ais
from harmonium.sampling.ais import Estimate
from harmonium.sampling.chains import run

__all__ = ["Ladder", "density", "quick"]

Machine = Any
"""An energy graph or a belief net: ``graphs`` are its layers, the last one is the top."""

_BATCH = 1000
"""Rows that are evaluated at once."""

_DRAWS = 10
"""Recognition samples per row in the bound of a belief net."""

_ROWS = 100
"""Rows for which the gap between log-likelihood and bound of a deep machine is estimated."""

_PER_ROW = 20, 200
"""Chains and annealing steps for each of those rows."""


@checked
@dataclass(frozen=True)
class Ladder:
    """Settings of annealed importance sampling.

    Args:
        betas: steps from independent units to the model.
        chains: independent runs in each direction.
        sweeps: Gibbs sweeps, from training rows, to the starting states of the reverse runs.
        seed: of the random draws.
    """

    betas: Count = 10_000
    chains: Count = 100
    sweeps: Size = 5000
    seed: int = 54321


def quick(machine: Machine) -> bool:
    """Whether log Z can be computed by enumeration within seconds."""
    return exact.quick(machine.graphs[-1])


@checked
@torch.no_grad()
def density(
    machine: Machine,
    rows: Mapping[str, Rows],
    *,
    train: Rows | None = None,
    ladder: Ladder | None = None,
) -> dict[str, Any]:
    """Mean log-likelihood of rows, in nats per row, with bounds on log Z from both sides.

    For a belief net (with log Z of the top RBM) and for a deep machine with connected hidden
    groups the result is the variational bound on the log-likelihood. For a deep machine the gap
    between the two is estimated on the first rows, by annealed importance sampling of the hidden
    groups given each row.

    Args:
        machine: an RBM, a deep Boltzmann machine, or a belief net.
        rows: rows to evaluate, name -> ``(N, D)``, in memory or in a file.
        train: training rows ``(N, D)``. Annealing starts from independent units with their means,
            and the chains for the reverse runs start near some of them. Enumeration needs none.
        ladder: settings of annealed importance sampling; None: enumerate.

    Returns:
        * "log_z": "forward" and "reverse" (or "exact"), each with "value", "stderr" and "ess";
        * "rows": by name "count", "optimistic" and "pessimistic" (or "exact"), and "stderr", the
          standard error over rows; for a deep machine also "gap": the mean "value", in nats, by
          which the log-likelihood of "count" rows exceeds their bound, and its "stderr";
        * "assumption": what the pessimistic value assumes, in words;
        * "findings": doubts about log Z (``learning.watch``).

    Raises:
        ValueError: too many states for enumeration, or a ladder without training rows.
    """
    began = time.perf_counter()
    top = machine.graphs[-1]
    stacked = len(machine.graphs) > 1
    deep = not stacked and _is_deep(top)
    device = next(machine.parameters()).device
    source = generator(54321 if ladder is None else ladder.seed, device)
    partition: dict[str, Any]
    if ladder is None:
        z = float(exact.log_partition(top))
        findings = []
        exactly = {"value": z, "stderr": 0.0, "ess": None}
        partition = {"method": "exact", "log_z": {"exact": exactly}}
        sides = {"exact": z}
        assumption = "none: log Z is a sum over all states"
    elif train is None:
        raise UsageError("annealed importance sampling starts from training rows: give some")
    else:
        forward, reverse = _both_sides(machine, train, ladder=ladder, source=source)
        findings = [asdict(f) for f in doubtful_estimate(forward, reverse)]
        partition = {
            "method": "ais",
            "ladder": {"betas": ladder.betas, "chains": ladder.chains, "sweeps": ladder.sweeps},
            "log_z": {"forward": _summary(forward), "reverse": _summary(reverse)},
        }
        low, high = float(forward.log_z), float(torch.maximum(forward.log_z, reverse.log_z))
        sides = {"optimistic": low, "pessimistic": high}
        assumption = (
            "the pessimistic value holds if the chains that start the reverse runs are at "
            f"equilibrium; they made {ladder.sweeps} sweeps from training rows"
        )
    results: dict[str, dict[str, Any]] = {}
    for name, x in rows.items():
        scores = _scores(machine, x, source=source)
        results[name] = {"count": len(x), "stderr": _stderr(scores)} | {
            side: float(scores.mean()) - z for side, z in sides.items()
        }
        if deep:
            results[name]["gap"] = _gap(top, x[:_ROWS], bounds=scores[:_ROWS], source=source)
    return {
        **partition,
        "bound": deep or stacked,
        "rows": results,
        "assumption": assumption,
        "findings": findings,
        "seconds": round(time.perf_counter() - began, 3),
    }


def _is_deep(graph: EnergyGraph) -> bool:
    """Whether hidden groups are connected, so that they cannot be summed out in closed form.

    A machine with a label group is not deep here: its label's states are enumerated.
    """
    if "y" in graph.units:
        return False
    seen = visible_groups(graph)
    return tuple(name for name in graph.units if name not in seen) not in graph.summable()


def _summary(estimate: Estimate) -> dict[str, float]:
    return {
        "value": float(estimate.log_z),
        "stderr": float(estimate.stderr),
        "ess": float(estimate.ess),
    }


def _stderr(scores: Tensor) -> float | None:
    return float(scores.std()) / len(scores) ** 0.5 if len(scores) > 1 else None


def _scores(machine: Machine, x: Rows, *, source: Generator) -> Tensor:
    """log p + log Z of each row, or its bound, in nats, ``(N,)``, float64."""
    graph = machine.graphs[0]
    parts = []
    for piece in x.split(_BATCH):
        seen = _observed(graph, piece)
        for name, values in seen.items():
            graph.units[name].check(values)
        if len(machine.graphs) > 1:
            parts.append(machine.bound(seen["v"], 0.0, samples=_DRAWS, source=source))
        elif "y" in graph.units:
            parts.append(log_marginal(graph, "y", given=seen).double())
        else:
            parts.append(bound(graph, _inferred(graph, seen), log_z=0.0))
    return torch.cat(parts)


def _observed(graph: EnergyGraph, x: Tensor) -> State:
    """Rows ``(N, D)`` as values of the visible groups."""
    return visible_state(graph, x, groups=visible_groups(graph))


def _inferred(graph: EnergyGraph, seen: State) -> Phase:
    """The hidden groups given the visible ones, by mean field if they are connected."""
    return mean_field(graph, seen, tolerance=1e-4, cap=200)


def _gap(graph: EnergyGraph, x: Tensor, *, bounds: Tensor, source: Generator) -> dict[str, Any]:
    """Mean of log p - bound, in nats, by annealing that starts at the mean-field solution."""
    seen = _observed(graph, x)
    data = _inferred(graph, seen)
    base = {name: graph.units[name].mean(f) for name, f in data.fields.items()}
    chains, betas = _PER_ROW
    estimate = ais(graph, betas=betas, chains=chains, base=base, hold=seen, source=source)
    gaps = estimate.log_z - bounds
    return {"value": float(gaps.mean()), "stderr": _stderr(gaps), "count": len(x)}


def _both_sides(
    machine: Machine, train: Rows, *, ladder: Ladder, source: Generator
) -> tuple[Estimate, Estimate]:
    """log Z of the top graph, annealed from independent units and from the model."""
    top = machine.graphs[-1]
    base = _base(machine, train)
    forward = ais(top, betas=ladder.betas, chains=ladder.chains, base=base, source=source)
    first = (torch.arange(ladder.chains) % len(train)).to(train.device)
    data = _inferred(top, _lifted(machine, train.index_select(0, first)))
    hidden = {name: top.units[name].sample(f, source) for name, f in data.fields.items()}
    drawn = {
        name: top.units[name].sample(top.field(name, hidden), source)
        for name in visible_groups(top)
    }
    state: State = {**drawn, **hidden}
    state = run(top, state, sweeps=ladder.sweeps, source=source)
    reverse = reverse_ais(top, state, betas=ladder.betas, base=base, source=source)
    return forward, reverse


def _lifted(machine: Machine, x: Tensor) -> State:
    """The top graph's visible values for some rows, by means."""
    seen = _observed(machine.graphs[0], x)
    return {"v": machine.features(seen["v"])} if len(machine.graphs) > 1 else seen


def _base(machine: Machine, train: Rows) -> dict[str, Tensor]:
    """Mean values of the top graph's groups over the training rows, name -> ``(*shape)``."""
    top = machine.graphs[-1]
    totals: dict[str, Tensor] = {}
    for piece in train.split(_BATCH):
        data = mean_field(top, _lifted(machine, piece), tolerance=1e-2, cap=10)
        for name in top.units:
            totals[name] = totals.get(name, 0) + data.moments(top, name)[0].double().sum(0)
    like = next(top.parameters())
    return {name: (total / len(train)).to(like) for name, total in totals.items()}
