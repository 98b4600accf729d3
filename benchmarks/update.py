"""One update against the matrix products that it cannot do without, and against other libraries.

    python benchmarks/update.py                    # a table in half an hour; benchmarks/out
    python benchmarks/update.py --all              # every size, batch and rule
    python benchmarks/update.py --only 784x500 --batch 100 --contestants ours scikit-learn

Each contestant runs in a process of its own (``measure.py``), in turn with the others and several
times over; contestants that are not installed are left out. The floor of a contestant is the
faster of two: the products one after the other, and with data and model rows stacked. With one
thread the process's CPU time is compared, which other work on the machine disturbs least; with
more, wall clock.
"""

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from contestants import CONTESTANTS, Setting, takes_part

HERE = Path(__file__).parent
SIZES = [(64, 64), (784, 500), (784, 2000), (4096, 4096)]
BATCHES = [20, 100, 1000]
RULES = [("cd", 1), ("pcd", 1), ("pcd", 10)]
FAMILIES = [
    Setting(784, 500, 100, family="gaussian"),
    Setting(784, 500, 100, family="potts"),
]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--all", action="store_true", help="the whole grid")
    options.add_argument("--only", nargs="*", help="sizes, like 784x500")
    options.add_argument("--batch", nargs="*", type=int)
    options.add_argument("--contestants", nargs="*", choices=CONTESTANTS, default=[*CONTESTANTS])
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--passes", type=int, default=3)
    options.add_argument("--seconds", type=float, default=2.0, help="per process")
    options.add_argument("--out", type=Path, default=HERE / "out" / "update.json")
    args = options.parse_args()
    wanted = [s for s in grid(everything=args.all) if _asked(s, args)]
    rows = []
    for setting in wanted:
        names = [n for n in args.contestants if takes_part(n, setting)]
        runs = {name: [] for name in names}
        for _, name in itertools.product(range(args.passes), names):
            print(f"{setting.title()}: {name}", end="\033[K\r", file=sys.stderr, flush=True)
            runs[name].append(_measured(name, setting, args))
        rows += [_summary(name, setting, found, args.threads) for name, found in runs.items()]
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps({"machine": _machine(args), "rows": rows}, indent=1))
    print("\033[K", end="", file=sys.stderr)
    print(table(rows))


def grid(*, everything: bool) -> list[Setting]:
    """What is measured: the grid, or a cross through its middle."""
    points = itertools.product(SIZES, BATCHES, RULES)
    full = [Setting(v, h, b, rule, k) for (v, h), b, (rule, k) in points]
    full = [s for s in full if s.visible * s.hidden * s.batch * s.steps < 10**11]
    if everything:
        return full + FAMILIES
    return [
        s
        for s in full
        if ((s.visible, s.hidden) != (784, 500))
        + (s.batch != 100)
        + ((s.rule, s.steps) != ("pcd", 1))
        <= 1
        or (s.visible, s.batch, s.rule, s.steps) == (64, 20, "pcd", 1)
    ] + FAMILIES


def _asked(setting: Setting, args: argparse.Namespace) -> bool:
    size = f"{setting.visible}x{setting.hidden}"
    return (not args.only or size in args.only) and (not args.batch or setting.batch in args.batch)


def _measured(name: str, setting: Setting, args: argparse.Namespace) -> dict:
    command = [sys.executable, str(HERE / "measure.py"), name, json.dumps(setting.as_dict())]
    command += ["--threads", str(args.threads), "--seconds", str(args.seconds)]
    env = {**os.environ, "OMP_NUM_THREADS": str(args.threads)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise SystemExit(f"{name}, {setting.title()}:\n{done.stderr}")
    return json.loads(done.stdout)


def _summary(name: str, setting: Setting, runs: list[dict], threads: int) -> dict:
    clock = "cpu_ms" if threads == 1 else "wall_ms"

    def median(part: str) -> float:
        return statistics.median(run[part][clock] for run in runs)

    floor = min(median("separate"), median("stacked"))
    peaks = [run["peak_mb"] for run in runs if run["peak_mb"] is not None]
    return {
        "contestant": name,
        "setting": setting.as_dict(),
        "title": setting.title(),
        "version": runs[0]["version"],
        "ms": median("update"),
        "floor_ms": floor,
        "over_floor": statistics.median(
            run["update"][clock] / min(run["separate"][clock], run["stacked"][clock])
            for run in runs
        ),
        "peak_mb": statistics.median(peaks) if peaks else None,
        "runs": runs,
    }


def _machine(args: argparse.Namespace) -> dict[str, object]:
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "threads": args.threads,
        "passes": args.passes,
        "seconds": args.seconds,
        "python": platform.python_version(),
    }


def table(rows: list[dict]) -> str:
    """Markdown: each contestant's time over its own floor, and over ours, with peak memory."""
    lines = [
        "| update | contestant | time / floor | time / ours | peak, MB |",
        "|---|---|---|---|---|",
    ]
    ours = {row["title"]: row["ms"] for row in rows if row["contestant"] == "ours"}
    for row in rows:
        base = ours.get(row["title"])
        over_ours = "" if base is None else f"{row['ms'] / base:.2f}"
        peak = "" if row["peak_mb"] is None else f"{row['peak_mb']:.0f}"
        names = f"| {row['title']} | {row['contestant']} "
        lines.append(f"{names}| {row['over_floor']:.2f} | {over_ours} | {peak} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
