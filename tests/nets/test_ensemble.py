"""Ensembles of noisy members: the law of their noise, and its floor."""

import numpy as np
import pytest
import torch
from torch import nn

from harmonium.nets import Ensemble, Noisy
from harmonium.nets.ensemble import deviation_of_mean
from harmonium.random import generator

X = torch.linspace(-1, 1, 4000, dtype=torch.float64)[:, None]
COUNTS = (1, 4, 16, 64, 256)


def spread(n, *, correlation):
    """Standard deviation of the error of n members with noise of 1 around tanh."""
    own, shared = (1 - correlation) ** 0.5, correlation**0.5
    source = generator(n)
    members = [Noisy(nn.Tanh(), own, source=source) for _ in range(n)]
    net = Noisy(Ensemble(members), shared, source=source)
    return float((net(X) - X.tanh()).std())


def test_independent_noise_falls_as_the_root_of_the_number():
    found = [spread(n, correlation=0) for n in COUNTS]
    slope = np.polyfit(np.log(COUNTS), np.log(found), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.03)


@pytest.mark.parametrize("correlation", [0.2, 0.5])
def test_correlated_noise_has_a_floor(correlation):
    found = [spread(n, correlation=correlation) for n in COUNTS]
    expected = [deviation_of_mean(n, correlation=correlation) for n in COUNTS]
    np.testing.assert_allclose(found, expected, rtol=0.05)
    assert found[-1] > 0.95 * correlation**0.5


def test_the_formula_by_known_numbers():
    found = [deviation_of_mean(n, correlation=0.2) for n in COUNTS]
    np.testing.assert_allclose(found, [1, 0.632456, 0.5, 0.460977, 0.450694], atol=1e-6)
    assert deviation_of_mean(25, 2.0) == pytest.approx(0.4)


def test_the_mean_is_over_members():
    nets = [nn.Linear(2, 3) for _ in range(4)]
    x = torch.rand(5, 2)
    torch.testing.assert_close(Ensemble(nets)(x), sum(net(x) for net in nets) / 4)
    with pytest.raises(ValueError, match="at least one net"):
        Ensemble([])
