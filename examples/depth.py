"""Depth against width: regions of units, pieces of the tent map, deep and wide nets that learn it.

python examples/depth.py                           # writes depth.html: two minutes
python examples/depth.py --updates 200             # less training
"""

import argparse

import numpy as np
import torch

from harmonium.learning import Descent, SquaredError, most_regions, pieces, regions
from harmonium.nets import MLP, tent_net
from harmonium.random import seeded
from harmonium.report import Page, Picture, Section, Table, write
from harmonium.report.style import INK, PALETTE, blank, heading

LINES = torch.tensor([[1.0, 0.25], [-0.3, 1.0], [0.75, 1.0]]), torch.tensor([0.0, 0.3, -0.5])
"""Weights and biases of three units in the plane: the root of the tree and its two children."""

NETS = {
    "deep: 1-8-8-8-8-1": [1, 8, 8, 8, 8, 1],
    "two layers: 1-14-14-1": [1, 14, 14, 1],
    "wide: 1-80-1": [1, 80, 1],
}
"""Nets of 239 to 253 parameters."""

SEEDS = (0, 1, 2)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="depth.html")
    options.add_argument("--updates", type=int, default=3000)
    args = options.parse_args()
    results = [learned(name, updates=args.updates) for name in NETS]
    for name, parameters, errors, counts in results:
        each = ", ".join(f"{error:.4f}" for error in errors)
        print(f"{name:22} {parameters} parameters, rms {each}, pieces {counts}")
    page = Page(
        title="Depth against width",
        verdict="Three units make 7 regions of the plane, a tree with as many splits makes 4; "
        "eight layers of two units make 256 pieces of a line, one layer of sixteen at most 17.",
        sections=[
            Section("Regions", [_REGIONS, picture_of_partitions()]),
            Section("Pieces", [_PIECES, pieces_table(), picture_of_tents()]),
            Section("Learned", [_LEARNED, learned_table(results)]),
        ],
    )
    print(write(page, args.output))


# --- regions of the plane --------------------------------------------------------------------

_REGIONS = (
    "Each unit cuts the plane by a line. A tree asks one unit first and then one of the two "
    "others, so that each new question divides one region. Units side by side are a distributed "
    "code: every line divides all regions that it crosses."
)


def leaf(code):
    """The leaf of the tree for a code: the root, then its left or its right child.

    >>> leaf((False, True, False)), leaf((True, True, False))
    ((False, True), (True, False))
    """
    return code[0], code[2 if code[0] else 1]


def partitions():
    """Name -> the number of regions, for one unit, the tree and three units."""
    codes = [tuple(code) for code in regions(*LINES).codes.tolist()]
    return {
        "one unit": len(regions(LINES[0][:1], LINES[1][:1])),
        "tree of depth 2": len({leaf(code) for code in codes}),
        "three units": len(codes),
    }


def draw_partitions():
    """The three partitions side by side, every region in its own colour."""
    counts = partitions()
    side = np.linspace(-2, 2, 401)
    grid = torch.tensor(np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)).float()
    on = (grid @ LINES[0].mT + LINES[1] > 0).tolist()
    codes = {
        "one unit": [(row[0],) for row in on],
        "tree of depth 2": [leaf(row) for row in on],
        "three units": [tuple(row) for row in on],
    }
    figure = blank(7.2, 2.6)
    colours = ("#cfe5f5", "#fbdcc4", "#cdeadf", "#f3dcea", "#fbeecb", "#d9effb", "#e6e6e6")
    for k, (name, of_rows) in enumerate(codes.items()):
        axes = figure.add_axes((0.01 + 0.333 * k, 0.03, 0.31, 0.86))
        known = sorted(set(of_rows))
        shown = np.array([known.index(code) for code in of_rows]).reshape(401, 401)
        colour = listed(colours[: len(known)])
        square = {"origin": "lower", "extent": (-2, 2, -2, 2), "interpolation": "nearest"}
        axes.imshow(shown, cmap=colour, **square)
        for number, code in enumerate(known):
            rows, columns = np.nonzero(shown == number)
            place = centre(rows, columns)
            text = "".join(str(int(bit)) for bit in code)
            axes.text(side[place[1]], side[place[0]], text, ha="center", va="center",
                      fontsize=8, color=INK)  # fmt: skip
        draw_lines(axes, name)
        axes.set(xticks=[], yticks=[], xlim=(-2, 2), ylim=(-2, 2))
        axes.set_title(f"{name}: {counts[name]} regions", loc="left", **heading())
    return figure


def listed(colours):
    from matplotlib.colors import ListedColormap

    return ListedColormap(colours)


def centre(rows, columns):
    """The point of a region that is farthest from its border."""
    inside = np.zeros((403, 403), dtype=bool)
    inside[rows + 1, columns + 1] = True
    depth = np.zeros(inside.shape, dtype=int)
    while inside.any():
        depth += inside
        inner = inside.copy()
        for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
            inner &= np.roll(inside, shift, axis)
        inside = inner
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    return row - 1, column - 1


def draw_lines(axes, name):
    """The boundaries; in the tree, a child's line ends at that of the root."""
    (w, b), x = LINES, torch.linspace(-3, 3, 2001)
    for k in range(1 if name == "one unit" else 3):
        y = -(b[k] + w[k, 0] * x) / w[k, 1]
        if name == "tree of depth 2" and k:
            root = w[0, 0] * x + w[0, 1] * y + b[0] > 0
            y = torch.where(root == (k == 2), y, torch.nan)
        axes.plot(x, y, color=INK, lw=1.1)


def picture_of_partitions():
    return Picture(
        draw_partitions(),
        alt="The plane cut by one line in 2 regions, by a tree in 4, by three lines in 7",
        caption="Regions with the codes of their units. In the middle, the second digit is that "
        "of the child that is asked. Of the 8 codes of three units, 7 occur.",
    )


# --- pieces of a line ------------------------------------------------------------------------

_PIECES = (
    "The tent map is 1 − |2x − 1| on [0, 1], two rectified units. Composed k times, it has 2^k "
    "linear pieces. One layer of m rectified units has at most m + 1 pieces, because each unit "
    "adds one kink. All counts are exact: kinks are solved for, not sampled."
)


def pieces_table(most=8):
    rows = []
    for k in range(1, most + 1):
        widest = most_regions(2 * k, 1)
        rows.append([str(k), 2 * k, pieces(tent_net(k), low=0, high=1).count, widest])
    names = ["layers k", "units 2k", "pieces of the tents", "most of one layer"]
    return Table(columns=names, rows=rows)


def draw_tents(layers=(1, 2, 3, 4)):
    figure = blank(7.2, 1.9)
    for place, k in enumerate(layers):
        axes = figure.add_axes((0.03 + 0.245 * place, 0.14, 0.215, 0.68))
        exact = pieces(tent_net(k), low=0, high=1)
        axes.plot(exact.ends, exact.values, color=PALETTE[0], lw=1.3, clip_on=False)
        axes.set(xticks=[0, 1], yticks=[0, 1], xlim=(0, 1), ylim=(0, 1.05))
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=7)
        axes.set_title(f"{2 * k} units: {exact.count} pieces", loc="left",
                       **{**heading(), "fontsize": 8.5})  # fmt: skip
    return figure


def picture_of_tents():
    return Picture(draw_tents(), alt="The tent map composed 1 to 4 times: 2, 4, 8, 16 pieces")


# --- nets that learn -------------------------------------------------------------------------

_LEARNED = (
    "Nets with about as many parameters learn the tent map composed three times, 8 pieces, from "
    "513 points; root mean square errors on points between, and their mean. The wide net "
    "uses nearly all the pieces that it can have and puts few of them where they are needed."
)


def target(x, times=3):
    for _ in range(times):
        x = 1 - (2 * x - 1).abs()
    return x


def trained(units, *, seed, updates):
    """A net that learned the target, by full batches and a rate that falls to zero."""
    x = torch.linspace(0, 1, 513, dtype=torch.float64)[:, None]
    with seeded(seed):
        net = MLP(units, outputs="values").double()
    net.rescaled.fit(target(x))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    falls = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: 1 - n / updates)
    learner = Descent(net, optimiser, SquaredError())
    for _ in range(updates):
        learner.step({"x": 2 * x - 1, "y": target(x)})
        falls.step()
    return net


def learned(name, *, updates):
    """Name, parameters, and the errors and pieces of each seed."""
    x = torch.linspace(0, 1, 1999, dtype=torch.float64)[:, None]
    errors, counts = [], []
    for seed in SEEDS:
        net = trained(NETS[name], seed=seed, updates=updates)
        gap = net(2 * x - 1).detach() - target(x)
        errors.append(float(gap.square().mean().sqrt()))
        counts.append(pieces(net[:-1], low=-1, high=1).count)
    size = sum(p.numel() for p in net.parameters())
    return name, size, errors, counts


def learned_table(results):
    rows = [
        [name, size, float(np.mean(errors)), ", ".join(f"{error:.3f}" for error in errors),
         ", ".join(map(str, counts))]
        for name, size, errors, counts in results
    ]  # fmt: skip
    names = ["net", "parameters", "rms error", "of each seed", "pieces of each seed"]
    return Table(columns=names, rows=rows, specs={"rms error": ".3f"}, best={"rms error": "min"})


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
