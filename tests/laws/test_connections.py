"""Law 2: a connection is what its energy says it is, in both directions."""

import copy

import pytest
import torch
from torch.testing import assert_close

from harmonium.connections import Chain, Convolution, Dense, SumPool
from tests.laws.registry import CONNECTIONS
from tests.laws.specimens import ROWS, numbers

everyone = pytest.mark.parametrize("name", CONNECTIONS)


def made(name):
    """The connection and values at both ends; those of a group wired to itself are the same."""
    c = CONNECTIONS[name]()
    x = numbers(ROWS, *c.source, seed=1)
    y = x if c.blocks() is not None else numbers(ROWS, *c.target, seed=2)
    return c, x, y


def inner(a, b):
    return (a * b).flatten(1).sum(1)


def slopes(c, x, y, *, weights):
    """The weighted sum of -dE/dW by autograd."""
    parameters = dict(c.named_parameters())
    energy = -(weights * c.energy(x, y)).sum()
    if not parameters:
        return {}
    return dict(zip(parameters, torch.autograd.grad(energy, [*parameters.values()]), strict=True))


@everyone
def test_the_linear_parts_are_adjoint(name):
    c, x, _ = made(name)
    y = numbers(ROWS, *c.target, seed=3)
    forth = c(x) - c(torch.zeros_like(x))
    back = c.adjoint(y) - c.adjoint(torch.zeros_like(y))
    assert forth.shape == y.shape
    assert back.shape == x.shape
    assert_close(inner(forth, y), inner(x, back))


@everyone
def test_linear_is_what_it_says(name):
    c, x, y = made(name)
    y = numbers(ROWS, *c.target, seed=3)
    alone = torch.stack([c.energy(x, torch.zeros_like(y)), c.energy(torch.zeros_like(x), y)])
    assert bool((alone == 0).all()) is c.linear


@everyone
def test_fields_are_slopes_of_the_energy(name):
    c, x, y = made(name)
    for end, field in ((x, lambda: c.adjoint(y)), (y, lambda: c(x))):
        end.requires_grad_()
        (slope,) = torch.autograd.grad(-c.energy(x, y).sum(), end)
        end.requires_grad_(False)
        assert_close(field(), slope)


@everyone
def test_energy_is_affine_in_each_argument(name):
    c, x, _ = made(name)
    y = numbers(ROWS, *c.target, seed=3)
    a, b = numbers(ROWS, *c.source, seed=4), numbers(ROWS, *c.target, seed=5)
    between_x = 0.3 * c.energy(x, y) + 0.7 * c.energy(a, y)
    between_y = 0.3 * c.energy(x, y) + 0.7 * c.energy(x, b)
    assert_close(c.energy(0.3 * x + 0.7 * a, y), between_x)
    assert_close(c.energy(x, 0.3 * y + 0.7 * b), between_y)


@everyone
@pytest.mark.parametrize("weights", ["ones", "shares", "signed"])
def test_correlate_is_the_slope_by_the_weights(name, weights):
    c, x, y = made(name)
    w = {
        "ones": torch.ones(ROWS, dtype=torch.float64),
        "shares": torch.tensor([0.1, 0.2, 0.0, 0.7], dtype=torch.float64),
        "signed": torch.tensor([0.5, -0.5, 0.25, -0.25], dtype=torch.float64),
    }[weights]
    assert_close(c.correlate(x, y, weights=w), slopes(c, x, y, weights=w))
    y = numbers(ROWS, *c.target, seed=3)  # of a group wired to itself: two values of it
    assert_close(c.correlate(x, y, weights=w), slopes(c, x, y, weights=w))


@everyone
def test_rows_are_slices(name):
    c, x, y = made(name)
    for whole, some, size in (
        (c(x), lambda rows: c(x, rows=rows), c.target.numel()),
        (c.adjoint(y), lambda rows: c.adjoint(y, rows=rows), c.source.numel()),
    ):
        for rows in (torch.tensor([size - 1, 0]), torch.arange(size), torch.tensor([1])):
            assert_close(some(rows), whole.flatten(1)[:, rows])


@everyone
def test_layer_is_the_linear_map(name):
    c, x, _ = made(name)
    y = numbers(ROWS, *c.target, seed=3)
    up, down = c.layer(), c.layer(transposed=True)
    assert_close(up(x.flatten(1)), (c(x) - c(torch.zeros_like(x))).flatten(1))
    assert_close(down(y.flatten(1)), (c.adjoint(y) - c.adjoint(torch.zeros_like(y))).flatten(1))
    before = {n: p.clone() for n, p in c.named_parameters()}
    with torch.no_grad():
        for p in up.parameters():
            p.add_(1.0)
    assert all(torch.equal(p, before[n]) for n, p in c.named_parameters())  # the layer is a copy


@pytest.mark.parametrize("name", [n for n, make in CONNECTIONS.items() if make().blocks()])
def test_blocks_hold_every_unit_once_and_no_two_that_are_joined(name):
    c, _, _ = made(name)
    blocks = c.blocks()
    assert sorted(torch.cat(list(blocks)).tolist()) == list(range(c.source.numel()))
    eye = torch.eye(c.source.numel(), dtype=torch.float64).unflatten(1, c.source)
    joint = c(eye).flatten(1)
    for block in blocks:
        assert bool((joint[block][:, block] == 0).all())


# --- the law can fail --------------------------------------------------------------------------


class OneWay(Dense):
    """Wrong on purpose: speaks back through twice its weights."""

    def adjoint(self, y, *, rows=None):
        return 2 * super().adjoint(y, rows=rows)

    def correlate(self, x, y, *, weights):
        return super().correlate(x, y, weights=weights.abs())


def test_a_wrong_adjoint_and_a_wrong_correlation_are_caught():
    c = OneWay((3,), (2,), std=1.0).double()
    x, y = numbers(ROWS, 3, seed=1), numbers(ROWS, 2, seed=2)
    assert not torch.allclose(inner(c(x), y), inner(x, c.adjoint(y)))
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
    wrong = c.correlate(x, y, weights=signs)["weight"]
    assert not torch.allclose(wrong, slopes(c, x, y, weights=signs)["weight"])


class Turned(Convolution):
    """Wrong on purpose: sends back through kernels turned by 180 degrees."""

    def adjoint(self, y, *, rows=None):
        turned = copy.deepcopy(self)
        with torch.no_grad():
            turned.weight.copy_(self.weight.flip(-1, -2))
        return super(Turned, turned).adjoint(y, rows=rows)


class Doubled(Chain):
    """Wrong on purpose: twice the sum of -dE/dW."""

    def correlate(self, x, y, *, weights):
        return {n: 2 * g for n, g in super().correlate(x, y, weights=weights).items()}


def test_a_turned_kernel_and_a_wrong_chain_are_caught():
    c = Turned((1, 3, 4), (2, 2, 3), kernel=2, std=1.0).double()
    x, y = numbers(ROWS, *c.source, seed=1), numbers(ROWS, *c.target, seed=2)
    assert not torch.allclose(inner(c(x), y), inner(x, c.adjoint(y)))
    parts = [SumPool((1, 2, 2), (1, 1, 1)), Convolution((1, 1, 1), (2, 1, 1), kernel=1, std=1.0)]
    chain = Doubled(parts).double()
    x, y = numbers(ROWS, 1, 2, 2, seed=1), numbers(ROWS, 2, 1, 1, seed=2)
    ones = torch.ones(ROWS, dtype=torch.float64)
    (wrong,) = chain.correlate(x, y, weights=ones).values()
    (right,) = slopes(chain, x, y, weights=ones).values()
    assert not torch.allclose(wrong, right)
