"""One contestant in a process of its own, beside its own floor; prints one line of JSON.

    python benchmarks/measure.py "scikit-learn" '{"visible": 64, "hidden": 64, "batch": 100}'

Floor and update take turns, so that they see the same machine. Each turn lasts at least 20 ms;
the medians over turns of wall clock and of the process's own CPU time per call are reported, in
milliseconds, and the memory that the update added at its peak.
"""

import argparse
import importlib.metadata
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from contestants import CONTESTANTS, Setting, floors

TURN = 0.02


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("name", choices=CONTESTANTS)
    options.add_argument("setting", type=json.loads)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--seconds", type=float, default=3.0)
    args = options.parse_args()
    setting = Setting(**args.setting)
    by_numpy = args.name == "scikit-learn"
    _limit(args.threads, by_numpy=by_numpy)
    make = CONTESTANTS[args.name]
    make(replace(setting, visible=8, hidden=8, batch=4))()  # what is imported late, by now
    before = _memory("VmRSS")
    _reset_peak()
    update = make(setting)
    for _ in range(3):
        update()
    peak = _memory("VmHWM")
    calls = {"update": update, **floors(setting, by_numpy=by_numpy)}
    found = in_turn(calls, seconds=args.seconds)
    added = None if before is None or peak is None else (peak - before) / 1024
    json.dump({**found, "peak_mb": added, "version": _version(args.name)}, sys.stdout)


def in_turn(calls: dict[str, Callable[[], object]], *, seconds: float) -> dict[str, object]:
    repeats = {}
    for name, call in calls.items():
        call()
        began = time.perf_counter()
        call()
        repeats[name] = max(1, round(TURN / (time.perf_counter() - began)))
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(taken["update"]) < 3:
        for name, call in calls.items():
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(repeats[name]):
                call()
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            taken[name].append((1000 * wall / repeats[name], 1000 * cpu / repeats[name]))
    return {
        name: {
            "wall_ms": statistics.median(wall for wall, _ in turns),
            "cpu_ms": statistics.median(cpu for _, cpu in turns),
            "turns": len(turns),
        }
        for name, turns in taken.items()
    }


def _limit(threads: int, *, by_numpy: bool) -> None:
    """Threads of whichever library is about to compute."""
    if by_numpy:
        import sklearn.neural_network  # noqa: F401  # so that its pools are there to be limited
        from threadpoolctl import threadpool_limits

        threadpool_limits(threads)
    else:
        import torch

        torch.set_num_threads(threads)
        import harmonium  # noqa: F401


def _memory(kind: str) -> float | None:
    """Kilobytes, where the system tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    (line,) = [x for x in status.read_text().splitlines() if x.startswith(kind)]
    return float(line.split()[1])


def _reset_peak() -> None:
    """Forgets the peak that the imports made."""
    place = Path("/proc/self/clear_refs")
    if place.exists():
        place.write_text("5")


def _version(name: str) -> str:
    package = name if name in {"scikit-learn", "rbms", "learnergy"} else "torch"
    return f"{package} {importlib.metadata.version(package)}"


if __name__ == "__main__":
    main()
