"""Linear separability: which gates a unit can be, and how many rows it can tell apart.

python examples/separability.py              # writes separability.html: a minute
python examples/separability.py --draws 20   # fewer draws
"""

import argparse
import itertools
from math import comb

import numpy as np

from harmonium.learning import separable
from harmonium.report import Page, Picture, Section, Table, curves, write

POINTS = (10, 14, 18, 20, 22, 26, 30, 40)
"""Numbers of rows for a unit of ten inputs."""


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="separability.html")
    options.add_argument("--draws", type=int, default=200)
    args = options.parse_args()
    counts = [[n, 2 ** (2**n), separable_functions(n)] for n in (1, 2, 3)]
    for n, total, good in counts:
        print(f"{n} bits: {good} of {total} functions are separable")
    page = Page(
        title="Linear separability",
        verdict="A unit can be 14 of the 16 functions of two bits, and tell apart about twice as "
        "many random rows as it has inputs.",
        sections=[
            Section("Functions of bits", [Table(columns=["bits", "functions", "separable"],
                rows=counts)]),
            Section("Random rows", [Picture(draw_cover(args.draws),
                "share of separable labellings by number of rows")]),
        ],
    )  # fmt: skip
    print(write(page, args.output))


def separable_functions(bits):
    """Number of functions of so many bits that a threshold unit can be.

    >>> separable_functions(2)
    14
    """
    rows = list(itertools.product([0, 1], repeat=bits))
    outputs = itertools.product([0, 1], repeat=len(rows))
    return sum(len(set(y)) == 1 or separable(rows, y).separable for y in outputs)


def cover(points, inputs):
    """Share of separable labellings of rows in general position (Cover, 1965).

    >>> cover(20, 10)
    0.5
    """
    return 2 * sum(comb(points - 1, k) for k in range(min(inputs, points))) / 2**points


def share(points, inputs, *, draws):
    """The same by linear programming, for random rows; a bias is one of the inputs."""
    rng, good = np.random.default_rng(points), 0
    for _ in range(draws):
        rows, labels = rng.standard_normal((points, inputs - 1)), rng.integers(2, size=points)
        good += len(np.unique(labels)) == 1 or separable(rows, labels).separable
    return good / draws


def draw_cover(draws):
    """Share of separable labellings, measured at ten inputs, and Cover's formula."""
    series = {
        f"{draws} draws of 10 inputs": [share(p, 10, draws=draws) for p in POINTS],
        "Cover, 10 inputs": [cover(p, 10) for p in POINTS],
        "Cover, 100 inputs": [cover(10 * p, 100) for p in POINTS],
    }
    return curves(
        series,
        x_label="rows for each input",
        y_label="share of separable labellings",
        title="how many rows a unit can tell apart",
        steps=dict.fromkeys(series, [p / 10 for p in POINTS]),
    )


if __name__ == "__main__":
    main()
