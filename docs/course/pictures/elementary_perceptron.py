"""Picture of the page on the elementary perceptron: XOR by number of random features."""

from math import log2
from pathlib import Path

from harmonium.data import gate
from harmonium.learning import separable
from harmonium.nets import ElementaryPerceptron
from harmonium.random import seeded
from harmonium.report import curves

COUNTS = (1, 2, 4, 8, 16, 32, 64)


def share(features, draws=200):
    """Share of draws of the features in which a plane separates the rows of XOR."""
    rows, good = gate("xor").train, 0
    for seed in range(draws):
        with seeded(seed):
            net = ElementaryPerceptron(2, features, classes=2, links=2)
        net.set_thresholds(rows.x)
        good += separable(net.features(rows.x), rows.y).separable
    return good / draws


curves(
    {"XOR is separable": [share(n) for n in COUNTS]},
    x_label="random features, as a power of 2",
    y_label="share of 200 draws",
    title="XOR by fixed random features",
    steps={"XOR is separable": [log2(n) for n in COUNTS]},
).savefig(Path(__file__).parent / "elementary_perceptron.png", dpi=130)
