"""784-500-500-2000-10 on all of MNIST: greedy RBM pre-training, then backpropagation.

    HARMONIUM_DATA=/path/to/sets python examples/mnist_dbn.py --seeds 3

Beside it the same net from random (Glorot) weights, given the same processor time. The recipe is
that of Hinton and Salakhutdinov (2006): CD-1 that reconstructs by expectations; fine-tuning by
Adam with a falling rate, smaller for the layers that were pre-trained.
"""

import argparse
import os
import time

import torch
from torch import Tensor, nn

import harmonium as hm
from harmonium.data import Batches, ImageSet, mnist
from harmonium.learning import (
    CD,
    L2,
    Classify,
    Learner,
    fit,
    greedy,
    linear_decay,
    start_from,
)
from harmonium.random import generator, seeded
from harmonium.sampling import mean

SIZES = (784, 500, 500, 2000)


def main() -> None:
    """Both nets for every seed, and the mean and spread of their errors."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--first-seed", type=int, default=0)
    options.add_argument("--pretrain-epochs", type=int, default=5)
    options.add_argument("--epochs", type=int, default=25)
    options.add_argument("--threads", type=int, default=os.cpu_count())
    args = options.parse_args()
    torch.set_num_threads(args.threads)

    images = mnist()
    found: dict[str, list[float]] = {"pre-trained": [], "random": []}
    for seed in range(args.first_seed, args.first_seed + args.seeds):
        began = time.process_time()
        net = pretrained(images.train, epochs=args.pretrain_epochs, seed=seed)
        rates = [2e-4] * (len(net) - 1) + [1e-3]
        error = fine_tuned(net, images, rates=rates, epochs=args.epochs, seed=seed)
        spent = time.process_time() - began
        found["pre-trained"].append(error)
        print(f"seed {seed}: pre-trained {error:.2f} % in {spent:.0f} s of processor", flush=True)

        began = time.process_time()
        with seeded(seed):
            net = at_random()
        rates = [1e-3] * len(net)
        error = fine_tuned(net, images, rates=rates, epochs=1000, seed=seed, seconds=spent)
        spent = time.process_time() - began
        found["random"].append(error)
        print(f"seed {seed}: random start {error:.2f} % in {spent:.0f} s of processor", flush=True)
    for name, errors in found.items():
        e = torch.tensor(errors)
        spread = float(e.std()) if len(e) > 1 else float("nan")
        print(f"{name}: test error {float(e.mean()):.2f} % +- {spread:.2f} over {len(e)} seeds")


def pretrained(x: Tensor, *, epochs: int, seed: int) -> nn.Sequential:
    """The stack of RBMs, unrolled, with an output layer that starts at zero."""
    source = generator(seed)
    with seeded(seed):
        machine = hm.belief_net(*SIZES, std=0.1)

    def train(graph: hm.EnergyGraph, below: Tensor) -> None:
        start_from(graph, {"v": below})
        optimiser = torch.optim.SGD(graph.parameters(), lr=0.1, momentum=0.5)
        learner = Learner(
            graph,
            optimiser,
            contrast=CD(reconstruct=mean),
            penalties=[L2(2e-4)],
            centring=None,
            source=source,
        )

        def quicker(epoch: int) -> None:
            if epoch == 2:
                optimiser.param_groups[0]["momentum"] = 0.9

        batches = Batches(below, size=100, source=source)
        fit(lambda v: learner.step({"v": v}), batches, epochs=epochs, observe=quicker)

    greedy(machine.graphs, x, train=train)
    return hm.unroll(machine, outputs=10)


def at_random() -> nn.Sequential:
    """The same net with Glorot's weights."""
    net = hm.unroll(hm.belief_net(*SIZES), outputs=10)
    for layer in net[:-1]:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return net


def fine_tuned(
    net: nn.Sequential,
    images: ImageSet,
    *,
    rates: list[float],
    epochs: int,
    seed: int,
    seconds: float | None = None,
) -> float:
    """Test error in per cent; the rates fall to zero over the epochs, or over the seconds."""
    source = generator(seed + 1000)
    groups = [
        {"params": list(part.parameters()), "lr": rate}
        for part, rate in zip(net, rates, strict=True)
        if list(part.parameters())
    ]
    optimiser = torch.optim.Adam(groups)
    update = Classify(net, optimiser)
    batches = Batches((images.train, images.train_labels), size=100, source=source)
    if (
        seconds is not None
    ):  # as many epochs as the time allows, measured on the first fifty updates
        trial, began = iter(batches), time.process_time()
        for _ in range(50):
            update(next(trial))
        epochs = int(seconds / ((time.process_time() - began) / 50 * len(batches)))
        print(f"  {epochs} epochs in the same time", flush=True)
    schedule = linear_decay(optimiser, epochs * len(batches))
    fit(update, batches, epochs=epochs, schedules=[schedule])
    with torch.no_grad():
        wrong = net(images.test).argmax(1) != images.test_labels
    return 100 * float(wrong.double().mean())


if __name__ == "__main__":
    main()
