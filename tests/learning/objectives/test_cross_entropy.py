"""The cross-entropy by hand."""

import torch

from harmonium.learning.objectives import cross_entropy


def test_it_is_minus_the_log_probability_of_the_class():
    net = torch.nn.Linear(3, 4)
    x, y = torch.rand(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])
    p = net(x).softmax(1)
    expected = -p[torch.arange(6), y].log()
    torch.testing.assert_close(cross_entropy(net, {"x": x, "y": y}), expected)
