"""Two modes that plain Gibbs sampling cannot cross, and parallel tempering that can.

    python examples/tempering.py                        # tables; tempering.html with pictures

An RBM of 12 visible and 8 hidden units prefers all visible units on to all off, 64 to 36, with
a wall between. The truth is enumerated: the share of units that are on, over all 2^12 states.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

import harmonium as hm
from harmonium.random import generator
from harmonium.report.page import Page, Picture, Section, write
from harmonium.report.style import PALETTE, WIDTH, above, chart
from harmonium.report.tables import Table
from harmonium.sampling import Ladder, Replicas, ladder, sweep, tuned
from harmonium.sampling.chains import start

VISIBLE, HIDDEN = 12, 8


class Findings(NamedTuple):
    """Shares of the number of units that are on, ``(13,)``, and the replicas of two ladders."""

    exact: Tensor
    gibbs: Tensor
    tempering: Tensor
    even: tuple[Tensor, Replicas]
    """Rungs at equal distances of beta, and what became of their swaps."""
    tuned: tuple[Tensor, Replicas]


def machine() -> hm.EnergyGraph:
    """All on or all off: each unit is pulled to the side of the others."""
    graph = hm.rbm(VISIBLE, HIDDEN, std=0.0)
    with torch.no_grad():
        graph.connections["v-h"].weight.fill_(1.0)
        graph.units["v"].bias.fill_(-HIDDEN / 2 + 0.05)
        graph.units["h"].bias.fill_(-VISIBLE / 2)
    return graph


def findings(*, chains: int = 100, sweeps: int = 2000, rungs: int = 6) -> Findings:
    """Runs plain Gibbs and both ladders, each from all units off, for as many sweeps."""
    graph = machine()
    states = graph.units["v"].states()
    p = hm.exact.log_prob(graph, {"v": states}).exp()
    exact = torch.zeros(VISIBLE + 1, dtype=p.dtype).index_add(0, states.sum(1).long(), p)
    off = torch.zeros(chains, VISIBLE)
    state, source = start(graph, chains, seen={"v": off}, source=generator(0)), generator(1)
    plain = torch.zeros(VISIBLE + 1, dtype=torch.float64)
    for _ in range(sweeps):
        state, _ = sweep(graph, state, source=source)
        plain += _counts(state["v"])
    even, source = torch.linspace(0, 1, rungs, dtype=torch.float64), generator(2)
    first, _ = _tempered(graph, even, chains=chains, sweeps=sweeps // 4, source=source)
    better = tuned(even, first.rejection)
    replicas, seen = _tempered(graph, better, chains=chains, sweeps=sweeps, source=source)
    first, _ = _tempered(graph, even, chains=chains, sweeps=sweeps, source=source)
    shares = (counts / counts.sum() for counts in (plain, seen))
    return Findings(exact, *shares, (even, first), (better, replicas))


def _tempered(
    graph: hm.EnergyGraph, betas: Tensor, *, chains: int, sweeps: int, source: torch.Generator
) -> tuple[Replicas, Tensor]:
    """The replicas after so many sweeps, and how often each number of units was on."""
    base = {name: torch.full(u.shape, 0.5) for name, u in graph.units.items()}
    rungs = Ladder(ladder(graph, betas, base=base))
    replicas = rungs.start(chains=chains, source=source)
    off = {name: torch.zeros_like(x) for name, x in replicas.states.items()}
    replicas = Replicas(off, *list(vars(replicas).values())[1:])
    replicas = rungs.run(replicas, sweeps=100, source=source).forgotten()
    counts = torch.zeros(VISIBLE + 1, dtype=torch.float64)
    for _ in range(sweeps):
        replicas = rungs.run(replicas, sweeps=1, source=source)
        counts += _counts(replicas.rung(-1)["v"])
    return replicas, counts


def _counts(v: Tensor) -> Tensor:
    return v.sum(1).long().bincount(minlength=VISIBLE + 1).double()


def distance(found: Tensor, exact: Tensor) -> float:
    """Total variation: half the sum of absolute differences."""
    return float((found - exact).abs().sum() / 2)


def page(found: Findings) -> Page:
    """Histograms beside the truth, and what the ladders did."""
    figure, axes = chart(WIDTH, 3.2, title="visible units that are on")
    places = range(VISIBLE + 1)
    axes.bar(places, found.exact.tolist(), width=0.8, color="#c9d1da", label="enumerated")
    for name, shares, colour, marker in (
        ("plain Gibbs", found.gibbs, PALETTE[1], "s"),
        ("parallel tempering", found.tempering, PALETTE[0], "o"),
    ):
        axes.plot(
            places, shares.tolist(), marker, color=colour, label=name, ms=6, mfc="none", mew=1.6
        )
    axes.set(xlabel="units on, of 12", ylabel="share of states", xticks=places)
    axes.legend(**above())
    gibbs, swapped = (distance(x, found.exact) for x in (found.gibbs, found.tempering))
    rows = []
    for name, (betas, replicas) in (("even", found.even), ("tuned", found.tuned)):
        cells = ", ".join(f"{b:.2f}" for b in betas.tolist())
        rates = ", ".join(f"{r:.2f}" for r in replicas.rejection.tolist())
        rows.append([name, cells, rates, replicas.barrier, int(replicas.trips.sum())])
    table = Table(
        columns=["ladder", "inverse temperatures", "rejection by pair", "barrier", "round trips"],
        rows=rows,
        specs={"barrier": ".2f"},
        caption="For as many sweeps; a round trip goes from hot to cold and back",
    )
    told = (
        f"Total variation from the truth: {gibbs:.3f} by plain Gibbs sampling, {swapped:.3f} by "
        "parallel tempering. All chains start with every unit off."
    )
    picture = Picture(figure, alt=told, caption="All chains start with every unit off.")
    return Page(
        title="Two modes",
        verdict=told,
        status="good",
        sections=[Section("Samples", [picture, table])],
    )


def main() -> None:
    """Writes the page and prints its verdict and table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", type=Path, default=Path("tempering.html"))
    args = options.parse_args()
    found = findings()
    made = page(found)
    print(made.verdict)
    for name, (betas, replicas) in (("even", found.even), ("tuned", found.tuned)):
        rates = [round(float(r), 2) for r in replicas.rejection]
        rungs = [round(float(b), 2) for b in betas]
        print(f"{name}: betas {rungs}, rejection {rates}, barrier {replicas.barrier:.2f}, "
              f"round trips {int(replicas.trips.sum())}")  # fmt: skip
    print(write(made, args.output))


if __name__ == "__main__":
    main()
