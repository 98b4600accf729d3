"""Pictures of the page on multilayer perceptrons: python docs/course/pictures/mlp.py."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import torch
from matplotlib import pyplot

from harmonium.data import digits
from harmonium.learning import Descent, cross_entropy
from harmonium.learning.range_test import RateRange, range_test
from harmonium.nets import MLP
from harmonium.nets.activations import activation
from harmonium.random import seeded

HERE = Path(__file__).parent


def main() -> None:
    """Writes mlp.png: activation functions, and the range test of learning rates."""
    torch.set_num_threads(1)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8, 3), layout="constrained")
    z = torch.linspace(-4, 4, 201)
    styles = zip(("logistic", "tanh", "softsign", "relu"), ("-", "--", ":", "-."), strict=True)
    for name, style in styles:
        left.plot(z, activation(name)(z), style, label=name)
    left.set(xlabel="z", ylabel="g(z)", ylim=(-1.2, 2.2), title="Activation functions")
    left.legend(frameon=False)
    found = ranges()
    right.semilogx(found.rates, found.losses)
    right.axvline(found.suggestion, color="grey", linestyle="--")
    right.text(found.suggestion * 1.3, 2.0, f"suggested: {found.suggestion:.2g}")
    right.set(xlabel="learning rate of Adam", ylabel="cross-entropy, nats", title="Range test")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "mlp.png", dpi=90)


def ranges() -> RateRange:
    """The range test of a net 64-100-10 on the digits."""
    data = digits()
    with seeded(0):
        net = MLP([64, 100, 10])
    learner = Descent(net, torch.optim.Adam(net.parameters()), cross_entropy)
    batches = [
        {"x": data.train[k : k + 50], "y": data.train_labels[k : k + 50]}
        for k in range(0, len(data.train), 50)
    ]
    return range_test(learner, batches, low=1e-5, high=1.0)


if __name__ == "__main__":
    main()
