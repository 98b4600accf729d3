"""One hidden layer fits a curve the better, the more units it has: error against width.

python examples/approximation.py                   # writes approximation.html: minutes
python examples/approximation.py --updates 200     # less training
"""

import argparse

import numpy as np
import torch

from harmonium.data import curve
from harmonium.learning import Descent, SquaredError
from harmonium.nets import MLP
from harmonium.random import seeded
from harmonium.report import Page, Picture, Section, Table, write
from harmonium.report.style import DASHES, INK, MARKERS, MUTED, PALETTE, WIDTH, above, blank, chart

WIDTHS = (1, 2, 4, 8, 16, 32, 64)
SEEDS = (0, 1, 2)
LOWEST = 3e-4
"""Bottom of the picture."""

SERIES = {
    "sine, ReLU": ("sine", "relu"),
    "sine, tanh": ("sine", "tanh"),
    "|x|, ReLU": ("abs", "relu"),
    "|x|, tanh": ("abs", "tanh"),
}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="approximation.html")
    options.add_argument("--updates", type=int, default=2000)
    args = options.parse_args()
    errors = {name: of_widths(*setting, args.updates) for name, setting in SERIES.items()}
    for name, each in errors.items():
        means = "  ".join(f"{mean:.5f}" for mean in each.mean(1))
        print(f"{name:11} {means}   slope up to 16 units {slope(each.mean(1)):.2f}")
    page = Page(
        title="Universal approximation",
        verdict="The error falls with the number of hidden units, until training is the limit.",
        sections=[
            Section("Error against width", [_ERRORS, picture(errors), table(errors)]),
            Section("Fits", [fits(args.updates)]),
        ],
    )
    print(write(page, args.output))


_ERRORS = (
    "Root mean square error on points between the 200 that were learned, as a share of the "
    "curve's own root mean square about its mean: means of three seeds, and areas from the lowest "
    "to the highest. Two rectified units can give |x| exactly; tanh has a floor at its kink. The "
    "dotted line is what m units give on the sine by straight pieces of equal length between its "
    "points."
)


def trained(function, activation, *, width, seed, updates):
    """A net of one hidden layer on a curve, by full batches and a rate that falls to zero."""
    data = curve(function, rows=200)
    x, y = (part.double() for part in (data.train.x, data.train.y))
    unit = float(x.max())
    with seeded(seed):
        net = MLP([1, width, 1], activation=activation, outputs="values").double()
    if activation == "relu":  # kinks all over the interval, not all at 0
        kinks = 2 * torch.rand(width, generator=torch.Generator().manual_seed(seed)) - 1
        net.h1.bias.data.copy_(kinks * net.h1.weight.data.abs()[:, 0])
    net.rescaled.fit(y)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
    falls = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: 1 - n / updates)
    learner = Descent(net, optimiser, SquaredError())
    for _ in range(updates):
        learner.step({"x": x / unit, "y": y})
        falls.step()
    test_x, test_y = (part.double() for part in (data.test.x, data.test.y))
    gap = net(test_x / unit).detach() - test_y
    return net, float(gap.square().mean().sqrt() / test_y.std(unbiased=False))


def of_widths(function, activation, updates):
    """Errors ``(widths, seeds)``."""
    return np.array(
        [
            [
                trained(function, activation, width=width, seed=seed, updates=updates)[1]
                for seed in SEEDS
            ]
            for width in WIDTHS
        ]
    )


def slope(means):
    """Slope of log error against log width, up to 16 units."""
    few = [k for k, width in enumerate(WIDTHS) if width <= 16]
    return float(np.polyfit(np.log([WIDTHS[k] for k in few]), np.log(means[few]), 1)[0])


def equal_pieces(width):
    """Error of the sine by width + 1 straight pieces of equal length between its points."""
    ends = np.linspace(-np.pi, np.pi, width + 2)
    x = np.linspace(-np.pi, np.pi, 20001)
    gap = np.interp(x, ends, np.sin(ends)) - np.sin(x)
    return float(np.sqrt((gap**2).mean() / (np.sin(x) ** 2).mean()))


def draw(errors):
    figure, axes = chart(WIDTH, 3.2, title="Error of one hidden layer")
    for k, (name, each) in enumerate(errors.items()):
        low, high = each.min(1).clip(LOWEST), each.max(1)
        axes.fill_between(WIDTHS, low, high, color=PALETTE[k], alpha=0.12, lw=0)
        line = {"ls": DASHES[k % 2], "color": PALETTE[k], "ms": 4, "lw": 1.3}
        axes.plot(WIDTHS, each.mean(1), MARKERS[k], **line, label=name)
    floor = [equal_pieces(width) for width in WIDTHS]
    axes.plot(WIDTHS, floor, ls=DASHES[2], color=INK, lw=1, label="sine, equal pieces")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
    axes.set(xlabel="hidden units", ylabel="error, share of the curve's spread")
    axes.set(ylim=(LOWEST, 1.5))
    axes.legend(**above())
    return figure


def picture(errors):
    return Picture(draw(errors), alt="Error against the number of hidden units, both logarithmic")


def table(errors):
    rows = [
        [str(width), *(float(each.mean(1)[k]) for each in errors.values())]
        for k, width in enumerate(WIDTHS)
    ]
    names = ["units", *errors]
    return Table(columns=names, rows=rows, specs=dict.fromkeys(errors, ".2g"))


def draw_fits(updates, widths=(1, 2, 4, 16), seed=0):
    """The sine by rectified and by tanh units, for some widths."""
    figure = blank(7.2, 3.4)
    x = torch.linspace(-1, 1, 401, dtype=torch.float64)[:, None]
    for row, activation in enumerate(("relu", "tanh")):
        for column, width in enumerate(widths):
            net, error = trained("sine", activation, width=width, seed=seed, updates=updates)
            axes = figure.add_axes((0.04 + 0.245 * column, 0.54 - 0.5 * row, 0.21, 0.37))
            axes.plot(x, torch.sin(np.pi * x), color=PALETTE[1], lw=2.2, alpha=0.5)
            axes.plot(x, net(x).detach(), color=PALETTE[0], lw=1.3)
            axes.set(xticks=[], yticks=[], ylim=(-1.35, 1.35))
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_title(f"{width} {activation}: {error:.2g}", loc="left", fontsize=8,
                           color=MUTED)  # fmt: skip
    return figure


def fits(updates):
    return Picture(
        draw_fits(updates),
        alt="A sine and what nets of 1, 2, 4 and 16 units make of it",
        caption="The sine (orange) and the net (blue), with the error of one seed.",
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
