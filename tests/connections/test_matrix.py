"""Connections as matrices and back."""

import pytest
import torch
from torch.testing import assert_close

from harmonium.connections import Convolution, Dense
from harmonium.connections.matrix import largest, matrix, set_matrix
from harmonium.random import generator
from tests.laws.registry import CONNECTIONS
from tests.laws.specimens import numbers


@pytest.mark.parametrize("name", CONNECTIONS)
def test_the_matrix_is_the_linear_part(name):
    c = CONNECTIONS[name]()
    x = numbers(5, *c.source, seed=1)
    linear = (c(x) - c(torch.zeros_like(x))).flatten(1)
    assert matrix(c).shape == (c.target.numel(), c.source.numel())
    assert_close(x.flatten(1) @ matrix(c).to(x).mT, linear)


MIXED = ("chain-behind", "sum-pool", "sum-pool-wide")
"""Entries of the matrix are sums of several weights, or fixed."""


@pytest.mark.parametrize("name", MIXED)
def test_a_matrix_of_mixed_or_fixed_entries_is_not_set(name):
    with pytest.raises(ValueError, match="no parameters give this matrix"):
        set_matrix(CONNECTIONS[name](), 3 * matrix(CONNECTIONS[name]()) + 1)


@pytest.mark.parametrize("name", [n for n in CONNECTIONS if n not in MIXED])
def test_a_matrix_that_was_set_is_there(name):
    c = CONNECTIONS[name]()
    value = 3 * matrix(c)
    set_matrix(c, value)
    assert_close(matrix(c), value)


class Shared(Dense):
    """One number for all pairs."""

    def forward(self, x, *, rows=None):
        return self.weight.mean() * x.flatten(1).sum(1, keepdim=True).expand(len(x), *self.target)

    def adjoint(self, y, *, rows=None):
        return self.weight.mean() * y.flatten(1).sum(1, keepdim=True).expand(len(y), *self.source)

    def correlate(self, x, y, *, weights):
        return {"weight": super().correlate(x, y, weights=weights)["weight"].mean().expand(2, 3)}


def test_shared_weights_refuse_what_they_cannot_be_and_stay():
    c = Shared((3,), (2,))
    before = c.weight.clone()
    with pytest.raises(ValueError, match="no parameters give this matrix"):
        set_matrix(c, torch.arange(6.0).reshape(2, 3))
    assert torch.equal(c.weight, before)


def test_a_lateral_connection_refuses_a_matrix_that_is_not_symmetric():
    c = CONNECTIONS["lateral"]()
    with pytest.raises(ValueError, match="no parameters give this matrix"):
        set_matrix(c, numbers(4, 4, seed=0))


def test_a_matrix_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="not finite: training diverged"):
        set_matrix(Dense((2,), (1,)), torch.tensor([[1.0, torch.nan]]))


@pytest.mark.parametrize(("source", "target"), [((300_000,), (2,)), ((3,), (200_000,))])
def test_memory_is_that_of_the_matrix(source, target):
    """All unit vectors of the wider group would be 160 GB and more."""
    c = Dense(source, target, std=0.1)
    value = matrix(c)
    assert torch.equal(value, c.weight.detach())
    set_matrix(c, 2 * value)
    assert torch.equal(c.weight.detach(), 2 * value)


def test_unit_vectors_are_sent_in_blocks(monkeypatch):
    monkeypatch.setattr("harmonium.connections.matrix._BLOCK", 2)
    c = CONNECTIONS["dense"]()
    x = numbers(5, *c.source, seed=1)
    assert_close(x.flatten(1) @ matrix(c).mT, (c(x) - c(torch.zeros_like(x))).flatten(1))


def test_the_largest_weight_is_bounded_where_the_matrix_would_be_too_large(monkeypatch):
    connection = Convolution((1, 6, 6), (2, 4, 4), kernel=3, std=1.0)
    ones = torch.ones(36), torch.ones(32)
    source, target = torch.rand(36, generator=generator(0)), torch.rand(32, generator=generator(1))
    exact = largest(connection, source, target=target)
    scaled_matrix = matrix(connection).abs() * target[:, None] * source
    assert exact == float(scaled_matrix.max())
    same = largest(connection, ones[0], target=ones[1])
    monkeypatch.setattr("harmonium.connections.matrix._PAIRS", 100)
    assert largest(connection, ones[0], target=ones[1]) == same
    assert largest(connection, source, target=target) >= exact
    whole = Convolution((3, 300, 300), (8, 298, 298), kernel=3, std=1.0)  # 10^11 pairs
    spread = torch.ones(270_000), torch.ones(8 * 298**2)
    assert largest(whole, spread[0], target=spread[1]) == float(whole.weight.detach().abs().max())


def test_a_matrix_that_does_not_fit_into_memory_is_refused(monkeypatch):
    monkeypatch.setattr("harmonium.memory.free", lambda: 1e6)
    with pytest.raises(ValueError, match="the full matrix of Convolution.* needs .* of memory"):
        matrix(Convolution((1, 100, 100), (4, 98, 98), kernel=3))
    assert matrix(Dense((10,), (10,))).shape == (10, 10)
