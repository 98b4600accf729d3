"""The cross-entropy by hand."""

import pytest
import torch

from harmonium.learning.fused_backward import is_fusible
from harmonium.learning.objectives import CrossEntropy, cross_entropy


def test_it_is_minus_the_log_probability_of_the_class():
    net = torch.nn.Linear(3, 4)
    x, y = torch.rand(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])
    p = net(x).softmax(1)
    expected = -p[torch.arange(6), y].log()
    torch.testing.assert_close(cross_entropy(net, {"x": x, "y": y}), expected)


def test_a_smooth_target_is_a_mixture_with_every_class():
    net = torch.nn.Linear(3, 4).double()
    x, y = torch.rand(6, 3, dtype=torch.float64), torch.tensor([0, 1, 2, 3, 0, 1])
    target = 0.8 * torch.nn.functional.one_hot(y, 4) + 0.2 / 4
    expected = -(target * net(x).log_softmax(1)).sum(1)
    torch.testing.assert_close(CrossEntropy(0.2)(net, {"x": x, "y": y}), expected)
    assert not is_fusible(net, CrossEntropy(0.2))
    assert is_fusible(net, CrossEntropy())


def test_a_smoothing_beyond_1_is_refused():
    with pytest.raises(ValueError, match="smoothing is 1.5"):
        CrossEntropy(1.5)
