"""The Bernoulli loss against its formula, and what classes mean to it."""

import torch
from torch import nn

from harmonium.learning.objectives import Bernoulli

X = torch.randn(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
T = torch.rand(5, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_it_is_the_cross_entropy_of_every_value():
    p = X.sigmoid()
    expected = -(T * p.log() + (1 - T) * (1 - p).log()).sum(1)
    torch.testing.assert_close(Bernoulli()(nn.Identity(), {"x": X, "y": T}), expected)


def test_classes_are_one_hot_targets():
    y = torch.tensor([0, 2, 1, 1, 0])
    one = Bernoulli()(nn.Identity(), {"x": X, "y": y})
    coded = nn.functional.one_hot(y, 3).double()
    torch.testing.assert_close(one, Bernoulli()(nn.Identity(), {"x": X, "y": coded}))


def test_the_softmax_is_the_class_given_that_exactly_one_output_is_on():
    """By listing the states with one output on."""
    one_on = torch.eye(3, dtype=torch.float64)
    losses = [Bernoulli()(nn.Identity(), {"x": X, "y": one_on[k].expand(5, 3)}) for k in range(3)]
    log_p = -torch.stack(losses, 1)
    torch.testing.assert_close((log_p - log_p.logsumexp(1, keepdim=True)), X.log_softmax(1))


def test_large_logits_stay_finite():
    z = torch.tensor([[800.0, -800.0]], dtype=torch.float64)
    loss = Bernoulli()(nn.Identity(), {"x": z, "y": torch.tensor([[0.0, 0.0]]).double()})
    assert loss.tolist() == [800.0]
