"""A centred RBM of 500 hidden units on MNIST, by persistent contrastive divergence, with its
test log-likelihood from both sides.

    HARMONIUM_DATA=/path/to/sets python examples/mnist_rbm.py

Pixels are binarised by a fresh draw in every pass (the convention of Salakhutdinov and Murray,
2008); the test set is drawn once, from its own seed. The pessimistic side, with reverse annealed
importance sampling, is the figure that counts; it assumes that the chains it starts from are at
equilibrium.
"""

import argparse
import os
import time
from pathlib import Path

import torch

import harmonium as hm
from harmonium.data import Batches, mnist, sampled
from harmonium.learning import PCD, Learner, fit, hidden_means, linear_decay, start_from
from harmonium.random import generator, seeded
from harmonium.sampling.chains import run, start


def main() -> None:
    """Trains, judges, saves."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--epochs", type=int, default=120)
    options.add_argument("--hidden", type=int, default=500)
    options.add_argument("--betas", type=int, default=10_000)
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--save", type=Path, help="write the machine here (safetensors)")
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    began = time.perf_counter(), time.process_time()

    images = mnist()
    source = generator(args.seed)
    with seeded(args.seed):
        graph = hm.rbm(784, args.hidden)
    start_from(graph, {"v": images.train})

    optimiser = torch.optim.SGD(graph.parameters(), lr=0.05)
    learner = Learner(graph, optimiser, contrast=PCD(steps=1, chains=100), source=source)
    batches = Batches(
        images.train, size=100, source=source, transform=lambda x: sampled(x, source)
    )
    fit(
        lambda v: learner.step({"v": v}),
        batches,
        epochs=args.epochs,
        schedules=[linear_decay(optimiser, args.epochs * len(batches))],
        observe=lambda epoch: print(f"\repoch {epoch}", end="", flush=True),
    )
    print()
    report("trained", began)

    judge(graph, images, betas=args.betas)
    report("judged", began)
    if args.save:
        print("saved to", hm.save(graph, args.save))


def judge(graph: hm.EnergyGraph, images, *, betas: int) -> None:
    """Prints the mean test log-likelihood from both sides, in nats."""
    test = sampled(images.test, generator(12345))
    source = generator(54321)
    rates = {"v": images.train.mean(0), "h": hidden_means(graph, images.train).mean(0)}
    forward = hm.ais(graph, betas=betas, chains=100, base=rates, source=source)
    seen = {"v": sampled(images.train[:100], source)}
    chains = run(graph, start(graph, 100, seen=seen, source=source), sweeps=5000, source=source)
    reverse = hm.reverse_ais(graph, chains, betas=betas, base=rates, source=source)
    with torch.no_grad():
        free = -graph.free_energy({"v": test}, ("h",)).double()
    error = float(free.std()) / len(test) ** 0.5
    for side, z in (("optimistic, forward ", forward), ("pessimistic, reverse", reverse)):
        print(
            f"test log-likelihood ({side}): {float(free.mean() - z.log_z):.2f} nats, "
            f"+- {float(z.stderr):.2f} from log Z, +- {error:.2f} from the test sample; {z}"
        )
    low = float(free.mean() - torch.maximum(forward.log_z, reverse.log_z))
    print(f"the figure that counts: {low:.2f} nats per test image (sampled binarisation)")


def report(what: str, began: tuple[float, float]) -> None:
    """Prints wall and processor time since the start."""
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    print(f"{what}: {wall:.0f} s wall, {cpu:.0f} s processor", flush=True)


if __name__ == "__main__":
    main()
