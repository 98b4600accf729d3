"""Throughput of one process and of two, and what their exchange costs.

    python benchmarks/ranks.py                     # a table; benchmarks/out/ranks.json
    python benchmarks/ranks.py --ranks 1 2 4 --sizes 784x500x100

Centred PCD-1, gloo, one thread a process, started by torchrun. The batch and the chains are those
of all processes together. A single process is measured twice: as it comes (the fused update), and by the
general path, which is what several processes take, since only it stores a gradient to be averaged.
Rates are by wall clock, median over turns; "exchange" is the share of it inside ``all_reduce``, where
a process also waits for the slower one; beside them the CPU time of one process per update, with that of
gloo's threads, which other work on the machine disturbs less.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist

HERE = Path(__file__).parent
SIZES = ["784x500x100", "784x500x1000", "4096x4096x100"]  # visible, hidden, batch


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--sizes", nargs="*", default=SIZES, help="visible x hidden x batch")
    options.add_argument("--ranks", nargs="*", type=int, default=[1, 2])
    options.add_argument("--seconds", type=float, default=5.0, help="per figure")
    options.add_argument("--out", type=Path, default=HERE / "out" / "ranks.json")
    args = options.parse_args()
    if "RANK" in os.environ:
        process(args)
        return
    rows = []
    for size in args.sizes:
        for ranks in args.ranks:
            rows += started(size, ranks, args)
    found = {"torch": torch.__version__, "cores": os.cpu_count(), "rows": rows}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(found, indent=1))
    print(table(rows))


def started(size: str, ranks: int, args: argparse.Namespace) -> list[dict]:
    """What the first of so many processes found."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += [f"--nproc-per-node={ranks}", __file__]
    command += ["--sizes", size, "--seconds", str(args.seconds)]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=env, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def process(args: argparse.Namespace) -> None:
    """One process's part; the first prints a line of JSON for each path."""
    from harmonium.learning import ranks

    torch.set_num_threads(1)
    with ranks.joined() as world:
        (size,) = args.sizes
        sizes = tuple(map(int, size.split("x")))
        for fused in (True, False) if world.size == 1 else (False,):
            row = measured(sizes, fused=fused, seconds=args.seconds)
            if world.rank == 0:
                print(json.dumps(row), flush=True)


def measured(sizes: tuple[int, int, int], *, fused: bool, seconds: float) -> dict:
    """Updates per second of this process, its share of them in the exchange, bytes sent in."""
    from harmonium import rbm
    from harmonium.learning import PCD, Learner, ranks
    from harmonium.random import generator

    world = ranks.world()
    visible, hidden, batch = sizes
    torch.manual_seed(0)
    graph = rbm(visible, hidden)
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=0.01),
        contrast=PCD(chains=batch),
        source=generator(world.rank),
        fused=fused,
    )
    rows = (torch.rand(batch, visible) < 0.2).float()[world.rank :: world.size]
    exchange = Exchange()
    for _ in range(3):
        learner.step({"v": rows})
    exchange.seconds, exchange.numbers = 0.0, 0
    turns, until, cpu = [], time.perf_counter() + seconds, time.process_time()
    while ranks.agreed(time.perf_counter() < until or len(turns) < 5):
        began = time.perf_counter()
        learner.step({"v": rows})
        turns.append(time.perf_counter() - began)
    cpu = (time.process_time() - cpu) / len(turns)
    ranks.check_equal(graph.parameters())
    wall = statistics.median(turns)
    return {
        "update": f"{visible} x {hidden}, batch {batch}",
        "ranks": world.size,
        "path": "fused" if fused else "general",
        "updates_per_s": 1 / wall,
        "rows_per_s": batch / wall,
        "cpu_ms": 1000 * cpu,
        "exchange": exchange.seconds / sum(turns),
        "bytes": exchange.numbers // len(turns),
    }


class Exchange:
    """Stands in ``all_reduce``'s place and keeps the time."""

    def __init__(self) -> None:
        self.seconds, self.numbers, self.inner = 0.0, 0, dist.all_reduce
        dist.all_reduce = self

    def __call__(self, x: torch.Tensor, *args: object, **settings: object) -> object:
        began = time.perf_counter()
        found = self.inner(x, *args, **settings)
        self.seconds += time.perf_counter() - began
        self.numbers += x.numel() * x.element_size()
        return found


def table(rows: list[dict]) -> str:
    """Markdown."""
    lines = [
        "| update | processes | path | updates/s | rows/s | CPU ms | exchange | MB per update |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r['update']} | {r['ranks']} | {r['path']} | {r['updates_per_s']:.0f} "
        f"| {r['rows_per_s']:.0f} | {r['cpu_ms']:.2f} | {100 * r['exchange']:.0f} % | {r['bytes'] / 1e6:.2f} |"
        for r in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
