"""How long an RBM of 500 hidden units takes to a test log-likelihood of -95 nats on MNIST.

    python benchmarks/likelihood.py                            # everybody; an hour of one core
    python benchmarks/likelihood.py --contestants ours loop    # adds to benchmarks/out

A race that was stopped goes on after the last trial that ended.

Every contestant (``racers.py``) runs in a process of its own, with one thread, batches of 100 and
as many chains, on rows binarised anew in every pass. Its learning rate falls linearly to zero over
a horizon of T seconds of the process's CPU time, in which only updates count: rows are drawn and
likelihoods judged off the clock. The shortest horizon that ends at the target is looked for:

* at the first horizon five rates are tried, and the next one beyond while the best is at an edge;
* the two best are tried at twice that horizon, and the better of them at twice that, and so on
  until the target or the cap;
* the last doubling is halved twice, by its geometric mean. So a time is known to 19 %.

All are judged alike: by annealed importance sampling from our end (``harmonium.ais``), and where
that optimistic side reaches the target, by the pessimistic one (``likelihood.density``), which
decides; the test rows are binarised once.
"""

import argparse
import importlib.util
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from racers import RACERS, Racer, Start
from torch import Tensor

HERE = Path(__file__).parent
BATCH = 100
SETTINGS = ("target", "first", "cap", "hidden", "betas")
RATES = {
    "ours": (0.05, 0.1, 0.2, 0.4, 0.8),
    "ours, fixed point": (0.05, 0.1, 0.2, 0.4, 0.8),
    "loop": (0.05, 0.1, 0.2, 0.4, 0.8),
    "scikit-learn": (0.0125, 0.025, 0.05, 0.1, 0.2),
    "rbms": (0.32, 0.64, 1.28, 2.56, 5.12),
    "learnergy": (0.025, 0.05, 0.1, 0.2, 0.4),
}
PACKAGES = {"scikit-learn": "sklearn", "rbms": "rbms", "learnergy": "learnergy"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--contestants", nargs="*", choices=RATES, default=[*RACERS])
    options.add_argument("--target", type=float, default=-95.0, help="nats")
    options.add_argument("--first", type=float, default=13.0, help="first horizon, CPU seconds")
    options.add_argument("--cap", type=float, default=110.0, help="longest horizon, CPU seconds")
    options.add_argument("--hidden", type=int, default=500)
    options.add_argument("--betas", type=int, default=1000, help="of the optimistic side")
    options.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--out", type=Path, default=HERE / "out" / "likelihood.json")
    args = options.parse_args()
    if args.alone:
        search(args.contestants[0], args)
        return
    for name in args.contestants:
        package = PACKAGES.get(name, "torch")
        if importlib.util.find_spec(package) is None:
            print(f"{name}: {package} is not installed", file=sys.stderr)
            continue
        command = [sys.executable, __file__, "--alone", "--contestants", name]
        for option in (*SETTINGS, "out"):
            command += [f"--{option}", str(getattr(args, option))]
        subprocess.run(command, check=True)
    print(table(_read(args)["found"]))


def _read(args: argparse.Namespace) -> dict:
    """What is known, if it was found with the same settings."""
    settings = {option: getattr(args, option) for option in SETTINGS}
    if args.out.exists():
        before = json.loads(args.out.read_text())
        if before["settings"] == settings:
            return before
    return {"settings": settings, "found": {}}


def _write(name: str, entry: dict, args: argparse.Namespace) -> None:
    known = _read(args)
    known["found"][name] = entry
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(known, indent=1))


# --- the search ----------------------------------------------------------------------------------


def search(name: str, args: argparse.Namespace) -> None:
    """Tries one contestant until its shortest horizon is known, and writes down every trial."""
    torch.set_num_threads(1)
    arena = Arena(args)
    entry = {"seconds": None, "trials": []} | _read(args)["found"].get(name, {})
    trials = entry["trials"]

    def score(rate: float, horizon: float) -> float:
        done = [t for t in trials if (t["rate"], t["horizon"]) == (rate, horizon)]
        if not done:
            done = [arena.trial(name, rate=rate, horizon=horizon)]
            trials.extend(done)
            _write(name, entry, args)
            print(f"{name}: {done[0]}", file=sys.stderr, flush=True)
        return done[0]["nats"]

    best = _rates(name, lambda rate: score(rate, args.first))
    horizon, rates = args.first, best[:2]
    while max(score(r, horizon) for r in rates) < args.target and 2 * horizon <= args.cap:
        horizon *= 2
        rates = sorted(rates, key=lambda r: score(r, horizon), reverse=True)[:1]
    rate = max(rates, key=lambda r: score(r, horizon))
    there = horizon if score(rate, horizon) >= args.target else None
    if there is not None:
        low = there / 2
        for _ in range(2):
            middle = math.sqrt(low * there)
            low, there = (low, middle) if score(rate, middle) >= args.target else (middle, there)
    _write(name, entry | {"seconds": there}, args)


def _rates(name: str, score) -> list[float]:
    """Rates, best first: five, and beyond an edge while the best one is there."""
    tried = sorted(RATES[name])
    while True:
        best = max(tried, key=score)
        if best == tried[-1]:
            tried.append(tried[-1] * tried[-1] / tried[-2])
        elif best == tried[0]:
            tried.insert(0, tried[0] * tried[0] / tried[1])
        else:
            return sorted(tried, key=score, reverse=True)


# --- one trial -----------------------------------------------------------------------------------


class Arena:
    """The data and the judge, the same for all."""

    def __init__(self, args: argparse.Namespace) -> None:
        from harmonium.data import mnist, sampled
        from harmonium.random import generator

        self.args = args
        data = mnist()
        self.train = data.train.flatten(1)
        self.test = sampled(data.test.flatten(1), generator(1))
        self.means = self.train.mean(0)
        self.seen = sampled(self.train[:5000], generator(2))

    def trial(self, name: str, *, rate: float, horizon: float) -> dict:
        """Learns for so many CPU seconds, and is judged."""
        torch.manual_seed(0)
        racer = RACERS[name](Start(self.args.hidden, BATCH, rate, self.means))
        updates, used = 0, 0.0
        for x in self.rows():
            now = rate * (1 - used / horizon)
            began = time.process_time()
            racer.step(x, now)
            used += time.process_time() - began
            updates += 1
            if used >= horizon:
                break
        found = self.judge(racer)
        return {"rate": rate, "horizon": horizon, "updates": updates, **found}

    def rows(self) -> Iterator[Tensor]:
        """Batches, pass after pass."""
        from harmonium.random import bernoulli, generator

        source = generator(3)
        while True:
            for rows in torch.randperm(len(self.train), generator=source).split(BATCH):
                if len(rows) == BATCH:
                    yield bernoulli(self.train[rows], source)

    def judge(self, racer: Racer) -> dict[str, object]:
        """Mean test log-likelihood, nats; of the pessimistic side where the other gets there."""
        from harmonium import ais, rbm
        from harmonium.likelihood import Ladder, density
        from harmonium.random import generator

        w, b, c = racer.parameters()
        if not all(bool(torch.isfinite(p).all()) for p in (w, b, c)):
            return {"nats": -math.inf, "side": "diverged"}
        graph = rbm(w.shape[1], w.shape[0])
        graph.load_state_dict(dict(zip(graph.state_dict(), (b, c, w), strict=True)))
        with torch.no_grad():
            base = {"v": self.means, "h": torch.sigmoid(self.seen @ w.T + c).mean(0)}
            log_z = ais(graph, betas=self.args.betas, base=base, source=generator(4)).log_z
            nats = float(-graph.free_energy({"v": self.test}, ("h",)).double().mean() - log_z)
        if nats < self.args.target:
            return {"nats": nats, "side": "optimistic"}
        ladder = Ladder(betas=2 * self.args.betas, chains=100, sweeps=1000)
        found = density(graph, {"test": self.test}, train=self.seen, ladder=ladder)
        sides = {side: found["rows"]["test"][side] for side in ("optimistic", "pessimistic")}
        return {"nats": sides["pessimistic"], "side": "pessimistic", **sides}


def table(found: dict[str, dict]) -> str:
    """Markdown: what each took, and how far the others came."""
    lines = [
        "| contestant | CPU s to target | / ours | best rate | updates | ms each | test, nats |",
        "|---|---|---|---|---|---|---|",
    ]
    ours = found.get("ours", {}).get("seconds")
    for name, entry in found.items():
        last = entry["seconds"] or max(t["horizon"] for t in entry["trials"])
        mine = [t for t in entry["trials"] if t["horizon"] == last]
        end = max(mine, key=lambda t: t["nats"])
        took = f"{last:.1f}" if entry["seconds"] else f"not in {last:.0f}"
        ratio = f"{last / ours:.2f}" if ours else ""
        ratio = ratio if entry["seconds"] else f"> {ratio}"
        lines.append(
            f"| {name} | {took} | {ratio} | {end['rate']:g} | {end['updates']} "
            f"| {1000 * last / end['updates']:.2f} | {end['nats']:.1f} ({end['side']}) |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
