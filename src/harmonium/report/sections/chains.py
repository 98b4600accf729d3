"""Whether chains from different starts agree: traces, split R-hat, effective sample size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.figures import figure
from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.lines import traces
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.graph import EnergyGraph, State

__all__ = ["ENTRY", "section"]

_CHAINS, _SWEEPS, _WORK, _MIXED = 8, 600, 1.5e10, 1.05


def section(evidence: Evidence) -> Section | str:
    """Section of the energies of chains of the (top) machine."""
    import torch

    assert evidence.data is not None
    if len(evidence.data.train) < _CHAINS:
        return f"{_CHAINS} chains start from training rows, and there are fewer"
    graph, seen = evidence.able("mixes").chain({"x": evidence.rows(evidence.data.train, _CHAINS)})
    if any(units.takes_context for units in graph.units.values()):
        return "chains of counts need the length of every row"
    with torch.no_grad():
        groups = _run(graph, seen, evidence=evidence)
    kept = {name: trace[:, trace.shape[1] // 2 :] for name, trace in groups.items()}
    return _told(groups, kept=kept, top=graph is not evidence.able("mixes").machine)


def _run(graph: EnergyGraph, seen: State, *, evidence: Evidence) -> dict[str, Tensor]:
    """Start -> energies (chains, sweeps)."""
    import torch

    from harmonium.models.graph import moves
    from harmonium.sampling import swept
    from harmonium.sampling.chains import start

    source = evidence.source()
    size = sum(parameter.numel() for parameter in graph.parameters())
    most = min(2 * _SWEEPS // moves(graph), _WORK / (4 * _CHAINS * size))
    sweeps = int(min(_SWEEPS, max(60, most)))
    starts = {
        "started from data": start(graph, _CHAINS, seen=seen, source=source),
        "started at random": start(graph, _CHAINS, source=source),
    }
    energies_by_start = {}
    for name, state in starts.items():
        energies = []
        for _ in range(sweeps):
            state, _ = swept(graph, state, source=source)
            energies.append(graph.energy(state).double())
        energies_by_start[name] = torch.stack(energies, 1)
    return energies_by_start


def _told(groups: dict[str, Tensor], *, kept: dict[str, Tensor], top: bool) -> Section:
    import torch

    from harmonium.sampling.diagnose import effective_sample_size, r_hat

    together = torch.cat(list(kept.values()))
    agreement = float(r_hat(together))
    rows = [
        [name, *(f(trace) for f in (_mean, _deviation)), float(effective_sample_size(trace)),
         trace.numel(), float(r_hat(trace))]
        for name, trace in [*kept.items(), ("all together", together)]
    ]  # fmt: skip
    sweeps = next(iter(groups.values())).shape[1]
    which = "the top machine" if top else "the machine"
    if agreement < _MIXED:
        verdict = (
            f"The chains of {which} mix: after {sweeps // 2} sweeps, chains from different "
            f"starts agree (split R-hat {agreement:.3f}, below {_MIXED})."
        )
    else:
        verdict = (
            f"The chains of {which} mix slowly: after {sweeps // 2} sweeps, chains from "
            f"different starts still differ (split R-hat {agreement:.3g}, above {_MIXED}). Do not "
            "rely on samples and estimates that assume equilibrium."
        )
    specs = {
        "chains": "",
        "mean energy": ".2f",
        "standard deviation": ".2f",
        "effective sample size": ".0f",
        "states": ",d",
        "split R-hat": ".3f",
    }
    table = Table(
        columns=list(specs),
        rows=rows,
        specs=specs,
        caption="Energies in nats, over the second half of the sweeps. The effective sample size "
        "is the number of independent samples that are worth as much.",
    )  # fmt: skip
    picture = Picture(
        traces(groups, y_label=figure("energy").axis, title="energy along the chains"),
        alt=f"Energies of {2 * _CHAINS} chains over {sweeps} sweeps. {verdict}",
        caption=f"{_CHAINS} chains that start at training rows and {_CHAINS} that start at random "
        f"values, {sweeps} Gibbs sweeps each. They agree where the two colours overlap.",
    )
    return Section("Chains", [verdict, picture, table])


def _mean(trace: Tensor) -> float:
    return float(trace.mean())


def _deviation(trace: Tensor) -> float:
    return float(trace.std())


ENTRY = Entry("Chains", section, Needs(model=("mixes",), data=("train",)))
