"""The squared error in units of the targets' spread."""

import torch
from torch import nn
from torch.distributions import Normal

from harmonium.learning.objectives import SquaredError
from harmonium.nets import MLP

X = torch.randn(5, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
Y = torch.randn(5, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_it_is_half_the_squared_distance():
    loss = SquaredError()(nn.Identity(), {"x": X, "y": Y})
    torch.testing.assert_close(loss, ((Y - X) ** 2).sum(1) / 2)


def test_with_a_scale_it_is_a_gaussian_log_probability_up_to_a_constant():
    net = MLP([2, 2], outputs="values").double()
    net.rescaled.fit(30 * Y + 7)
    target = 30 * Y + 7
    loss = SquaredError()(net, {"x": X, "y": target})
    log_p = Normal(net(X), net.scale).log_prob(target).sum(1)
    constant = loss + log_p
    torch.testing.assert_close(constant, constant[:1].expand(5))
