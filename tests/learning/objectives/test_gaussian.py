"""The Gaussian loss: a density, fixed or learned standard deviations."""

import math

import pytest
import torch
from torch import nn

from harmonium.errors import UsageError
from harmonium.learning.objectives import Gaussian, SquaredError

X = torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
T = torch.randn(6, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


class Same(nn.Identity):
    """A net that returns its rows, with a standard deviation for each of three values."""

    def __init__(self):
        super().__init__()
        self.log_std = nn.Parameter(torch.zeros(3, dtype=torch.float64))


def test_it_is_minus_the_log_density():
    net = Same()
    with torch.no_grad():
        net.log_std.copy_(torch.tensor([-1.0, 0.0, 2.0]))
        expected = -torch.distributions.Normal(X, net.log_std.exp()).log_prob(T).sum(1)
    torch.testing.assert_close(Gaussian()(net, {"x": X, "y": T}), expected)


def test_with_unit_deviations_it_is_the_squared_error_and_a_constant():
    one = Gaussian()(Same(), {"x": X, "y": T})
    other = SquaredError()(Same(), {"x": X, "y": T}) + 1.5 * math.log(2 * math.pi)
    torch.testing.assert_close(one, other)


def test_fixed_deviations_are_set_and_do_not_learn():
    net = Same()
    Gaussian(0.5).prepare(net)
    torch.testing.assert_close(net.log_std.exp(), torch.full((3,), 0.5, dtype=torch.float64))
    assert not net.log_std.requires_grad
    Gaussian("learned").prepare(net)
    assert net.log_std.requires_grad


def test_learned_deviations_become_those_of_the_errors():
    net, objective = Same(), Gaussian()
    objective.prepare(net)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(600):
        optimiser.zero_grad()
        objective(net, {"x": X, "y": T}).mean().backward()
        optimiser.step()
    spread = (T - X).square().mean(0).sqrt()
    torch.testing.assert_close(net.log_std.exp().detach(), spread, rtol=1e-3, atol=0)


@pytest.mark.parametrize("std", [0, -1.0, "free"])
def test_a_deviation_is_positive_or_learned(std):
    with pytest.raises((UsageError, TypeError), match="std"):
        Gaussian(std)
