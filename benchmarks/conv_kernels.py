"""What learned kernels are worth: a convolutional RBM against random kernels and random patches.

All three have as many kernels of the same size, probabilistic max-pooling, the same mean activity,
a further max-pooling, and the same linear support vector machine on labels of MNIST.

    HARMONIUM_DATA=... python benchmarks/conv_kernels.py --kernels learned random patches

Under a minute of processor for each. Nothing is chosen on test rows: the penalty of the machine is
chosen on its training rows.
"""

import argparse
import time

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from harmonium import EnergyGraph, convolutional_rbm
from harmonium.data import mnist
from harmonium.judges.linear_svm import svm_error
from harmonium.learning import CD, Learner, Sparsity, linear_decay, start_from
from harmonium.random import generator, normal, permutation, seeded
from harmonium.sampling import mean

MAPS, SIDE, PLACES = 40, 9, 20


def machine(*, std: float) -> EnergyGraph:
    """An RBM of 40 maps with kernels of 9 x 9, on pictures of 28 x 28."""
    return convolutional_rbm([1, 28, 28], MAPS, kernel=SIDE, pool=2, activity=0.02, std=std)


def learned(x: Tensor, *, source: torch.Generator) -> EnergyGraph:
    """CD-1 on 5000 pictures, twice, with the settings of the recipe mnist_conv_rbm."""
    graph, x = machine(std=0.05), x[:5000]
    start_from(graph, {"v": x})
    adam = torch.optim.Adam(graph.parameters(), lr=0.03)
    sparse = [Sparsity(0.02, 0.3)]
    learner = Learner(graph, adam, contrast=CD(reconstruct=mean), penalties=sparse, source=source)
    decay = linear_decay(adam, 400)
    for _ in range(2):
        for rows in permutation(len(x), source).split(25):
            learner.step({"v": x[rows]})
            decay.step()
    return graph


def random(x: Tensor, *, source: torch.Generator) -> EnergyGraph:
    """Normal kernels of length 2."""
    del x
    return _of(normal(torch.empty(MAPS, 1, SIDE, SIDE), source))


def patches(x: Tensor, *, source: torch.Generator) -> EnergyGraph:
    """Patches of pictures that are not nearly empty, less their mean, of length 2."""
    cut = x[permutation(len(x), source)[:500], 0].unfold(1, SIDE, 1).unfold(2, SIDE, 1)
    cut = cut.reshape(-1, 1, SIDE, SIDE)
    cut = cut[cut.mean((1, 2, 3)) > 0.1]
    cut = cut[permutation(len(cut), source)[:MAPS]]
    return _of(cut - cut.mean((2, 3), keepdim=True))


def _of(kernels: Tensor) -> EnergyGraph:
    graph = machine(std=0.0)
    lengths = kernels.flatten(1).norm(dim=1).reshape(-1, 1, 1, 1)
    with torch.no_grad():
        graph.edges[0].connection.get_parameter("weight").copy_(2 * kernels / lengths)
    return graph


@torch.no_grad()
def settle(graph: EnergyGraph, x: Tensor, *, rate: float) -> None:
    """Sets every bias by bisection so that a block of its map is on at this rate."""
    h = graph.units["h"]
    field = graph.field("h", {"v": x})
    low, high = torch.full_like(h.bias, -60), torch.full_like(h.bias, 20)
    for _ in range(25):
        h.bias.copy_((low + high) / 2)
        idle = h.pooled(h.mean(field)).mean((0, 2, 3)).reshape(h.bias.shape) < rate
        low, high = torch.where(idle, h.bias, low), torch.where(idle, high, h.bias)


@torch.no_grad()
def features(graph: EnergyGraph, x: Tensor, *, pool: int) -> Tensor:
    """Pooling units, and of blocks of them the largest, ``(N, features)``."""
    h = graph.units["h"]
    means = (h.pooled(h.mean(graph.field("h", {"v": part}))) for part in x.split(500))
    return torch.cat([max_pool2d(p, pool, ceil_mode=True).flatten(1) for p in means])


def main() -> None:
    """Prints the test error of each kind of kernels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", nargs="+", default=["learned", "random", "patches"])
    parser.add_argument("--rate", type=float, default=0.1, help="of fixed kernels' blocks")
    parser.add_argument("--labels", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--pool", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    images = mnist().dataset()
    train, test = (split.x.reshape(-1, 1, 28, 28) for split in (images.train, images.test))
    for name in given.kernels:
        began, source = time.process_time(), generator(given.seed)
        with seeded(given.seed):
            graph = globals()[name](train, source=source)
        if name != "learned":
            settle(graph, train[:300], rate=given.rate)
        asked = features(graph, test, pool=given.pool), images.test.y
        errors = []
        for _ in range(given.draws):
            order = permutation(len(train), source)
            each = given.labels // 10
            rows = torch.cat([order[images.train.y[order] == c][:each] for c in range(10)])
            known = features(graph, train[rows], pool=given.pool), images.train.y[rows]
            errors.append(svm_error(known, asked, source=source)[0])
        found = 100 * torch.tensor(errors)
        spread = float(found.std()) / len(errors) ** 0.5 if len(errors) > 1 else float("nan")
        seconds = time.process_time() - began
        print(f"{name:8} {float(found.mean()):.2f} +- {spread:.2f} %, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
