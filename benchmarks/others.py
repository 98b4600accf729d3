"""What is not one update of an RBM, against the matrix products that it cannot do without.

    python benchmarks/others.py                    # a table; benchmarks/out/others.json

A temperature of annealed importance sampling: two products through the weights. An update of a
deep Boltzmann machine of two hidden layers, with K sweeps of mean field and PCD-1: one product of
the data, two between the layers per sweep, four of the chains, four correlations. One thread, CPU
time, work and floor in turns as in ``measure.py``.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch
from measure import in_turn

from harmonium import ais, dbm, rbm
from harmonium.learning import PCD, Learner, MeanField
from harmonium.random import generator

HERE = Path(__file__).parent
SWEEPS, RUNGS = 10, 20
Calls = tuple[Callable[[], object], Callable[[], object]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--units", nargs=3, type=int, default=[784, 500, 500])
    options.add_argument("--rows", type=int, default=100, help="of a batch, and chains")
    options.add_argument("--seconds", type=float, default=3.0, help="per figure")
    options.add_argument("--out", type=Path, default=HERE / "out" / "others.json")
    args = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    visible, hidden, top = args.units
    settings = {
        f"AIS, a temperature, {visible} x {hidden}, {args.rows} chains": (
            annealing(visible, hidden, args.rows),
            RUNGS,
        ),
        f"DBM, {visible}-{hidden}-{top}, batch {args.rows}, {SWEEPS} mean-field sweeps": (
            deep(visible, hidden, top=top, rows=args.rows),
            1,
        ),
    }
    rows = []
    for title, ((work, floor), times) in settings.items():
        found = in_turn({"update": work, "floor": floor}, seconds=args.seconds)
        ms, least = (found[name]["cpu_ms"] / times for name in ("update", "floor"))
        rows.append({"what": title, "ms": ms, "floor_ms": least, "over_floor": ms / least})
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"torch": torch.__version__, "rows": rows}, indent=1))
    print("| what | ms | time / floor |\n|---|---|---|")
    for row in rows:
        print(f"| {row['what']} | {row['ms']:.2f} | {row['over_floor']:.2f} |")


def annealing(visible: int, hidden: int, rows: int) -> Calls:
    """So many temperatures, and their products."""
    graph, source = rbm(visible, hidden, std=0.1), generator(0)
    w = graph.edges[0].connection.weight.detach()
    v, h = torch.rand(rows, visible), torch.rand(rows, hidden)

    def floor() -> None:
        for _ in range(RUNGS):
            _ = v @ w.mT
            _ = h @ w

    return lambda: ais(graph, betas=RUNGS, chains=rows, source=source), floor


def deep(visible: int, hidden: int, *, top: int, rows: int) -> Calls:
    """An update, and its products."""
    graph = dbm(visible, hidden, top)
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=0.01),
        contrast=PCD(chains=rows),
        inference=MeanField(tolerance=1e-30, cap=SWEEPS),
        source=generator(0),
    )
    x = (torch.rand(rows, visible) < 0.2).float()
    first, second = (edge.connection.weight.detach().clone() for edge in graph.edges)
    h1, h2 = torch.rand(rows, hidden), torch.rand(rows, top)

    @torch.no_grad()
    def floor() -> None:
        _ = x @ first.mT
        for _ in range(SWEEPS):
            _ = h1 @ second.mT
            _ = h2 @ second
        _ = h1 @ first, x @ first.mT, h2 @ second, h1 @ second.mT
        for _ in range(2):
            _ = h1.mT @ x, h2.mT @ h1

    return lambda: learner.step({"v": x}), floor


if __name__ == "__main__":
    main()
