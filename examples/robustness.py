"""Shifted, turned and scaled digits: a net with pooling, one without, and an MLP of equal size.

python examples/robustness.py                  # MNIST: some minutes; writes robustness.html
python examples/robustness.py --rows 10000 --epochs 2 --seeds 1
"""

import argparse
import time

import torch

from harmonium.data import Batches, mnist_set
from harmonium.judges.robustness import robustness, spread
from harmonium.learning import Descent, Training, cosine, cross_entropy
from harmonium.models import adapted
from harmonium.nets import MLP, Net
from harmonium.random import generator, seeded
from harmonium.report import Page, Picture, Section, Table, curves, write

WORDS = {
    "shift": "shift, pixels",
    "rotation": "rotation, degrees",
    "scale": "size, as a factor",
}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="robustness.html")
    options.add_argument("--rows", type=int, default=60_000)
    options.add_argument("--test", type=int, default=10_000)
    options.add_argument("--epochs", type=int, default=4)
    options.add_argument("--seeds", type=int, default=3)
    args = options.parse_args()
    data = mnist_set()
    train, test = spread(data.train, args.rows), spread(data.test, args.test)
    found = compared(train, test, epochs=args.epochs, seeds=args.seeds)
    table = rows_of(found)
    print("| change | amount |", " | ".join(found), "|")
    print("|---|---|" + "---|" * len(found))
    for change, amount, *shares in table:
        print(f"| {change} | {amount:g} |", " | ".join(f"{share:.1%}" for share in shares), "|")
    page = Page(
        title="Robustness",
        verdict="Filters that are moved over a picture find a stroke where it stands; pooling "
        "forgets its exact place.",
        sections=[
            Section("Curves", [
                Picture(drawn(found, side), f"accuracy by {side}") for side in WORDS
            ]),
            Section("Table", [
                Table(columns=["change", "amount", *found], rows=table,
                    specs={"amount": "g", **dict.fromkeys(found, ".1%")}),
            ]),
        ],
    )  # fmt: skip
    print(write(page, args.output))


# --- nets of equal size ------------------------------------------------------------------------


def nets():
    """Name -> net: 61,706 parameters twice, and 62,020."""

    def conv(maps, stride, **settings):
        sizes = {"out_channels": maps, "kernel_size": 5, "stride": stride}
        return [{"type": "conv2d", **sizes, **settings}, "relu"]

    pool = [{"type": "max_pool2d", "kernel_size": 2}]
    head = [*conv(120, 1), "flatten", {"type": "linear", "out_features": 84}, "relu"]
    head = [*head, {"type": "linear", "out_features": 10}]
    shape = [1, 28, 28]
    return {
        "pooling": Net(shape, [*conv(6, 1, padding=2), *pool, *conv(16, 1), *pool, *head]),
        "no pooling": Net(shape, [*conv(6, 2, padding=2), *conv(16, 2), *head]),
        "MLP": MLP([784, 78, 10], activation="relu"),
    }


def learned(net, rows, *, epochs, seed):
    """Trains a net on rows, by Adam with a rate that falls along a cosine."""
    model = adapted(net)
    source = generator(seed)
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
    batches = Batches(model.reads(rows), size=64, source=source)
    learner = Descent(net, optimiser, cross_entropy)
    training = Training(
        learner, batches, epochs, [cosine(optimiser, epochs * len(batches))], source=source
    )
    while not training.done:
        training.update()
    return model


def compared(train, test, *, epochs, seeds):
    """Name of the net -> side -> amount -> mean accuracy over seeds."""
    sums = {}
    for seed in range(seeds):
        with seeded(seed):
            made = nets()
        for name, net in made.items():
            began = time.process_time()
            found = robustness(learned(net, train, epochs=epochs, seed=seed), test)
            print(f"{name}, seed {seed}: {time.process_time() - began:.0f} s", flush=True)
            for side, curve in found.items():
                for amount, share in curve.items():
                    held = sums.setdefault(name, {}).setdefault(side, {})
                    held[amount] = held.get(amount, 0.0) + share / seeds
    return sums


def rows_of(found):
    """Rows of the table: change, amount, accuracy of every net."""
    first = next(iter(found.values()))
    return [
        [WORDS[side], amount, *(net[side][amount] for net in found.values())]
        for side, curve in first.items()
        for amount in curve
    ]


def drawn(found, side):
    """Accuracy by amount, a curve for every net."""
    return curves(
        {name: [100 * share for share in net[side].values()] for name, net in found.items()},
        steps={name: list(net[side]) for name, net in found.items()},
        x_label=WORDS[side],
        y_label="accuracy, %",
    )


if __name__ == "__main__":
    main()
