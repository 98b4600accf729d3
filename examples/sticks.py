"""Hand-made features against learned ones: pixels, sticks, and a small convolutional net.

python examples/sticks.py                  # needs MNIST: three minutes
python examples/sticks.py --data letters   # capital letters in new fonts: one minute

A linear classifier reads the pixels, then the sticks: the line that dominates in every block of
8 x 8 pixels, and the stick that dominates in every block of 8 x 8 sticks. The convolutional net
learns its own features. All three are trained alike.
"""

import argparse

import torch
from torch import nn

from harmonium.data.known import letters_set, mnist_set
from harmonium.nets.sticks import stick_features
from harmonium.random import generator, seeded
from harmonium.report import write
from harmonium.report.page import Page, Picture, Section
from harmonium.report.style import INK, blank
from harmonium.report.tables import Table

READERS = {"letters": letters_set, "mnist": mnist_set}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--data", choices=sorted(READERS), default="mnist")
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("--output", default="sticks.html")
    args = options.parse_args()
    found = errors(args.data, rows=args.rows, epochs=args.epochs)
    rows = [[name, error] for name, error in found.items()]
    for name, error in rows:
        print(f"{name:10} test error {error:.2%}")
    caption = f"{args.data}, at most {args.rows} training rows, {args.epochs} epochs"
    table = Table(
        columns=["features", "test error"], rows=rows, specs={"test error": ".2%"}, caption=caption
    )
    page = Page(
        title="Hand-made and learned features",
        verdict="Sticks made by hand against pixels and learned features.",
        sections=[Section("Errors", [table]), Section("Sticks", [drawn(args.data)])],
    )
    print(write(page, args.output))


def errors(name, *, rows, epochs):
    """Test error of the three methods on a data set."""
    data = READERS[name]()
    side = data.shape[0]
    x, y = data.train.x[:rows].reshape(-1, side, side), data.train.labels[:rows]
    test, truth = data.test.x.reshape(-1, side, side), data.test.labels
    classes = len(data.classes)
    inputs = {
        "pixels": (x.flatten(1), test.flatten(1)),
        "sticks": tuple(torch.cat([stick_features(p).float() for p in half.split(2000)])
                        for half in (x, test)),
        "conv net": (x[:, None], test[:, None]),
    }  # fmt: skip
    found = {}
    for method, (train, held) in inputs.items():
        with seeded(0):
            net = conv_net(side, classes) if method == "conv net" else nn.Sequential(
                nn.Linear(train.shape[1], classes)
            )  # fmt: skip
        learn(net, train, y, epochs=epochs)
        with torch.no_grad():
            guess = torch.cat([net(some).argmax(1) for some in held.split(1000)])
        found[method] = float((guess != truth).double().mean())
    return found


def conv_net(side, classes):
    """Two layers of kernels, each with a pooling; a linear classifier on their features."""
    last = ((side - 4) // 2 - 4) // 2
    return nn.Sequential(
        nn.Conv2d(1, 12, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(24 * last**2, classes),
    )  # fmt: skip


def learn(net, x, y, *, epochs):
    """Adam on the cross-entropy, batches of 50; the rate falls to zero."""
    source = generator(0)
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    fall = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, epochs)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=source).split(50):
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            optimiser.step()
        fall.step()


# --- sticks, drawn ---------------------------------------------------------------------------


def drawn(name, count=4):
    """Some pictures with the sticks of their blocks."""
    from harmonium.nets.sticks import sticks

    data = READERS[name]()
    side = data.shape[0]
    pictures = data.train.x[:count].reshape(-1, side, side)
    figure = blank(2.2 * count, 4.4)
    found = sticks(pictures, stride=4)
    for k, (picture, lines) in enumerate(zip(pictures, found, strict=True)):
        for row in (0, 1):
            axes = figure.add_axes(((k + 0.04) / count, 0.52 - 0.5 * row, 0.92 / count, 0.46))
            axes.imshow(picture.numpy(), cmap="gray" if row == 0 else "gray_r", vmin=0, vmax=1,
                        alpha=1 if row == 0 else 0.2)  # fmt: skip
            axes.set(xticks=[], yticks=[])
        draw_sticks(axes, lines)
    caption = "Above: pictures. Below: the sticks of their blocks of 8 x 8 pixels, every 4 pixels."
    return Picture(figure, alt="Pictures and the sticks of their blocks", caption=caption)


def draw_sticks(axes, lines, *, block=8, stride=4):
    """Draws the sticks of one picture, (4, rows, columns): longer where they dominate more."""
    ways = {0: (1, 0), 1: (0.71, -0.71), 2: (0, 1), 3: (0.71, 0.71)}
    for line, i, j in lines.nonzero().tolist():
        length = 0.42 * stride * float(lines[line, i, j])
        x, y = (stride * place + (block - 1) / 2 for place in (j, i))
        dx, dy = (length * part for part in ways[line])
        axes.plot([x - dx, x + dx], [y - dy, y + dy], color=INK, linewidth=1.6)


if __name__ == "__main__":
    main()
