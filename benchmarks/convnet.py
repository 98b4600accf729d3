"""What a run adds to a plain torch loop over an epoch of LeNet-5, and what loading data costs.

    python benchmarks/convnet.py                     # three tables; benchmarks/out/convnet.json
    python benchmarks/convnet.py --turns 9 --rows 12800 --only augmented
    python benchmarks/convnet.py --whole             # whole runs, with watches and checkpoints

Both loops train the same net from the same weights on the same rows, with SGD and momentum, a
cosine schedule and batches of 64, in turns, in one process. The plain loop is what one writes by
hand: a permutation, slices, zero_grad, forward, cross-entropy, backward, step. With augmentation
it calls the same transforms. Ratios are medians over neighbouring turns of processor time with one
thread, wall time with several. "batches" is the share of the epoch that making batches takes:
drawing the order, gathering rows, and augmentation.

With ``--whole``, "run" is an epoch of ``harmonium.train`` on a recipe with the same settings, with
its watches, metrics and checkpoints after every epoch: the time from the end of an epoch to that
of the next. What a run does once, such as reading data and the report, is not in it. After
epochs 1, 2, 5, 10 and the last one a run looks at the gradients of all layers, whose time is a
column of its own. The last column is the ratio of 12 epochs of 60,000 rows with five looks, from
these times.

MNIST is read from $HARMONIUM_DATA.
"""

import argparse
import copy
import itertools
import json
import math
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor, nn

from harmonium.data import Affine, Batches, BatchTransform, Elastic, InTurn, mnist
from harmonium.learning import Descent, Training, cosine, cross_entropy
from harmonium.random import generator, seeded

HERE = Path(__file__).parent
BATCH = 64
SETTINGS: dict[str, Sequence[BatchTransform]] = {
    "plain": (),
    "augmented": (
        Affine(shift=2, rotation=10, scale=0.1, shear=8),
        Elastic(alpha=24, sigma=5),
    ),
}
"""Name of a row -> augmentation."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--turns", type=int, default=7)
    options.add_argument("--rows", type=int, default=6400)
    options.add_argument("--only", choices=[*SETTINGS])
    options.add_argument("--whole", action="store_true")
    options.add_argument("--out", type=Path, default=HERE / "out" / "convnet.json")
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    clock = time.perf_counter if args.threads > 1 else time.process_time
    data = mnist()
    assert data.train_labels is not None
    x = ((data.train[: args.rows] - 0.1307) / 0.3081).reshape(-1, 1, 28, 28)
    y = data.train_labels[: args.rows]
    with seeded(0):
        net = lenet()
    if args.whole:
        print("| epoch | plain loop | run | ratio | a look | 12 epochs of MNIST |")
        print("|---|---|---|---|---|---|")
        for name in [args.only] if args.only else SETTINGS:
            print(whole(net, (x, y), name=name, turns=args.turns, clock=clock), flush=True)
        return
    found = {
        name: compared(net, (x, y), augmentation=SETTINGS[name], turns=args.turns, clock=clock)
        for name in ([args.only] if args.only else SETTINGS)
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    where = {"processor": processor(), "threads": args.threads, "torch": torch.__version__}
    args.out.write_text(json.dumps({**where, "rows": args.rows, "found": found}, indent=1))
    print(f"{where['processor']}, {args.threads} thread(s), torch {torch.__version__}, ", end="")
    print(f"{args.rows} rows an epoch, {args.turns} turns\n")
    print("| epoch | plain loop | Training | ratio | batches |")
    print("|---|---|---|---|---|")
    for name, row in found.items():
        print(
            f"| {name} | {row['loop_s']:.2f} s | {row['training_s']:.2f} s | {row['ratio']:.3f} "
            f"({row['low']:.3f} to {row['high']:.3f}) | {row['batches']:.1%} |"
        )


def lenet() -> nn.Module:
    """LeNet-5 of 1998."""
    from harmonium.nets.architectures import lenet5

    return lenet5()


def compared(
    net: nn.Module,
    rows: tuple[Tensor, Tensor],
    *,
    augmentation: Sequence[BatchTransform],
    turns: int,
    clock: Callable[[], float],
) -> dict[str, float]:
    """Medians over turns of the times of an epoch, their ratio, and the share of batches."""
    ways = {"loop": looped, "training": trained, "batches": batched}
    taken: dict[str, list[float]] = {way: [] for way in ways}
    ends = {}
    for turn in range(turns + 1):
        order = list(ways) if turn % 2 else list(reversed(ways))
        for way in order:
            mine = copy.deepcopy(net)
            began = clock()
            ways[way](mine, rows, augmentation)
            if turn:  # the first one warms up
                taken[way].append(clock() - began)
            ends[way] = mine
    check_equal(ends["loop"], ends["training"])
    ratios = sorted(a / b for a, b in zip(taken["training"], taken["loop"], strict=True))
    medians = {way: statistics.median(values) for way, values in taken.items()}
    return {
        "loop_s": medians["loop"],
        "training_s": medians["training"],
        "ratio": statistics.median(ratios),
        "low": ratios[len(ratios) // 4],
        "high": ratios[-1 - len(ratios) // 4],
        "batches": medians["batches"] / medians["training"],
    }


def whole(
    net: nn.Module,
    rows: tuple[Tensor, Tensor],
    *,
    name: str,
    turns: int,
    clock: Callable[[], float],
) -> str:
    """A line of the table of whole runs: medians over turns."""
    import harmonium

    taken: dict[str, list[float]] = {"loop": [], "run": []}
    with tempfile.TemporaryDirectory() as folder:
        numpy.savez(f"{folder}/rows.npz", x=rows[0].numpy(), y=rows[1].numpy())
        recipe = recipe_of(f"{folder}/rows.npz", noise=NOISE[name])
        watch = Marks(clock)
        harmonium.train(recipe, f"train.epochs={turns + 1}", output=folder, watch=watch)
        taken["run"] = [after - before for before, after in itertools.pairwise(watch.marks)]
        for _ in range(turns + 1):
            began = clock()
            looped(copy.deepcopy(net), rows, SETTINGS[name])
            taken["loop"].append(clock() - began)
    loop, run = statistics.median(taken["loop"][1:]), taken["run"]
    looked = {*LOOKED, turns + 1}
    quiet = statistics.median(t for k, t in enumerate(run, 2) if k not in looked)
    look = statistics.median(t for k, t in enumerate(run, 2) if k in looked) - quiet
    scale = 60_000 / len(rows[0])
    whole_run = (12 * scale * quiet + 5 * look) / (12 * scale * loop)
    return (
        f"| {name} | {loop:.2f} s | {quiet:.2f} s | {quiet / loop:.3f} | {look:.2f} s | "
        f"{whole_run:.3f} |"
    )


LOOKED = (1, 2, 5, 10)
"""Epochs after which gradients of all layers are measured; the last one is another. The time of an
epoch of a run ends after what follows its last update."""


class Marks:
    """The times at which epochs of a run end."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.marks: list[float] = []

    def __call__(self, state: Mapping[str, Any]) -> None:
        """Is called after every update."""
        each = state["updates"] // state["epochs"]
        if state["stage"] == "train" and state["update"] and state["update"] % each == 0:
            self.marks.append(self.clock())


NOISE: dict[str, list[dict[str, Any]]] = {
    "plain": [],
    "augmented": [
        {"type": "affine", "shift": 2, "rotation": 10, "scale": 0.1, "shear": 8},
        {"type": "elastic", "alpha": 24, "sigma": 5},
    ],
}
"""The augmentation of ``SETTINGS`` as recipes name it."""


def recipe_of(file: str, *, noise: list[dict[str, Any]]) -> dict[str, Any]:
    """The recipe that trains as ``looped`` does."""
    return {
        "threads": torch.get_num_threads(),
        "device": "cpu",
        "data": {"source": {"type": "arrays", "train": file}},
        "model": {"type": "lenet5"},
        "train": {
            "type": "supervised",
            "epochs": 1,
            "batch_size": BATCH,
            "optimiser": {"type": "sgd", "lr": 0.002, "momentum": 0.9, "weight_decay": 1e-4},
            "schedules": ["cosine"],
            "noise": noise,
        },
    }


def looped(
    net: nn.Module, rows: tuple[Tensor, Tensor], augmentation: Sequence[BatchTransform]
) -> None:
    """An epoch by hand."""
    x, y = rows
    source = generator(0)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.002, momentum=0.9, weight_decay=1e-4)
    total = -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda t: (1 + math.cos(math.pi * min(t / total, 1.0))) / 2
    )
    net.train()
    for part in torch.randperm(len(x), generator=source).split(BATCH):
        batch = x[part]
        for change in augmentation:
            batch = change(batch, source)
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(net(batch), y[part])
        loss.backward()
        optimiser.step()
        schedule.step()


def trained(
    net: nn.Module, rows: tuple[Tensor, Tensor], augmentation: Sequence[BatchTransform]
) -> None:
    """An epoch in the loop of runs."""
    optimiser = torch.optim.SGD(net.parameters(), lr=0.002, momentum=0.9, weight_decay=1e-4)
    learner = Descent(net, optimiser, cross_entropy)
    made, source = batches(rows, augmentation)
    training = Training(learner, made, 1, [cosine(optimiser, len(made))], source=source)
    while not training.done:
        training.update()
    training.observe()


def batched(
    net: nn.Module, rows: tuple[Tensor, Tensor], augmentation: Sequence[BatchTransform]
) -> None:
    """The batches of an epoch, and nothing else."""
    del net
    made, _ = batches(rows, augmentation)
    for _ in made:
        pass


def batches(
    rows: tuple[Tensor, Tensor], augmentation: Sequence[BatchTransform]
) -> tuple[Batches[Any], torch.Generator]:
    source = generator(0)
    change = InTurn(augmentation) if augmentation else None
    made: Batches[Any] = Batches(
        {"x": rows[0], "y": rows[1]},
        size=BATCH,
        source=source,
        transform=None if change is None else lambda x: change(x, source),
    )
    return made, source


def check_equal(one: nn.Module, other: nn.Module) -> None:
    """Both loops must have made the same net, to rounding."""
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


def processor() -> str:
    """Name of the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
