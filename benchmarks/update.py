"""One update of a Bernoulli RBM against its floor and scikit-learn, as ratios of medians.

    python benchmarks/update.py --threads 1

The floor is the five matrix products that an update cannot do without (PCD-1: one down, two up,
two correlations). All three are timed in turn within one process, so that they see the same
machine.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from sklearn.neural_network import BernoulliRBM
from threadpoolctl import threadpool_limits

from harmonium import rbm
from harmonium.learning import PCD, Learner
from harmonium.random import generator, seeded

SIZES = ((64, 64), (784, 500), (2000, 2000))


def main() -> None:
    """Prints a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--batch", type=int, default=100)
    options.add_argument("--rounds", type=int, default=60)
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    print(
        f"PCD-1, batch {args.batch}, {args.threads} thread(s), medians of {args.rounds} rounds\n"
    )
    print("| size | ours / floor | scikit-learn / ours |\n|---|---|---|")
    with threadpool_limits(args.threads):
        for visible, hidden in SIZES:
            timed = _round_robin(_contestants(visible, hidden, batch=args.batch), args.rounds)
            ours, floor, rival = (timed[n] for n in ("ours", "floor", "scikit-learn"))
            print(
                f"| {visible} x {hidden} | {ours / floor:.2f} | {rival / ours:.2f} |", flush=True
            )


def _contestants(visible: int, hidden: int, *, batch: int) -> dict[str, Callable[[], object]]:
    source = generator(0)
    with seeded(0):
        graph = rbm(visible, hidden)
        v = (torch.rand(batch, visible) < 0.2).float()
        h = torch.rand(batch, hidden)
    weight = graph.connections["v-h"].weight.detach()
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.01)
    learner = Learner(graph, optimiser, contrast=PCD(chains=batch), source=source)
    rival = BernoulliRBM(hidden, batch_size=batch, n_iter=1, random_state=0)
    data = v.numpy()
    rival.fit(data)
    draws = np.random.RandomState(0)
    return {
        "ours": lambda: learner.step({"v": v}),
        "floor": lambda: (h @ weight, v @ weight.T, v @ weight.T, h.T @ v, h.T @ v),
        "scikit-learn": lambda: rival._fit(data, draws),
    }


def _round_robin(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in calls}
    for k in range(rounds + 5):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            if k >= 5:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(t) for name, t in times.items()}


if __name__ == "__main__":
    main()
