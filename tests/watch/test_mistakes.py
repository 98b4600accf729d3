"""The number of mistakes since the start."""

import torch

from harmonium.learning import ErrorCorrection
from harmonium.nets import Perceptron
from harmonium.watch import MistakesWatch


def test_it_counts_rows_not_shares():
    net = Perceptron(2, 2)
    learner = ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=1.0))
    watch = MistakesWatch(learner)
    assert watch.measure(1) == {"train/mistakes_total": 0}
    x = torch.tensor([[1.0, 0], [0, 1], [1, 1]])
    learner.step({"x": x, "y": torch.tensor([1, 1, 0])})
    learner.step({"x": x, "y": torch.tensor([1, 1, 0])})
    assert watch.measure(2) == {"train/mistakes_total": 3}
