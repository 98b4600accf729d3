"""Neighbourhood components analysis: worked numbers, gradients, invariances."""

import numpy as np
import pytest
import torch
from torch import nn

from harmonium.learning.objectives.nca import (
    NCA,
    embedded,
    neighbour_log_probs,
    squared_distances,
)

LINE = torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64)
CLASSES = torch.tensor([0, 0, 1])
SOURCE = torch.Generator().manual_seed(0)
Z = torch.randn(9, 3, generator=SOURCE, dtype=torch.float64)
Y = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 0])


def loss(z, y, **settings):
    return NCA(**settings)(nn.Identity(), {"x": z, "y": y})


def slow(z, y):
    """p_i by the definition."""
    e = np.exp(-((z[:, None] - z) ** 2).sum(-1))
    np.fill_diagonal(e, 0)
    p = e / e.sum(1, keepdims=True)
    return (p * (y[:, None] == y)).sum(1)


def test_the_worked_example():
    z = LINE.clone().requires_grad_()
    losses = loss(z, CLASSES)
    assert (1 - losses).tolist() == pytest.approx([0.99966465, 0.95257413, 0], abs=1e-8)
    (-losses.sum()).backward()
    assert z.grad.flatten().tolist() == pytest.approx([0.08901237, -0.27173043, 0.18271806])


def test_it_is_the_definition():
    p = slow(Z.numpy(), Y.numpy())
    np.testing.assert_allclose(1 - loss(Z, Y).numpy(), p, atol=1e-12)
    np.testing.assert_allclose(loss(Z, Y, log=True).numpy(), -np.log(p), atol=1e-12)


def test_rows_without_partner():
    z = LINE.clone().requires_grad_()
    logs = loss(z, CLASSES, log=True)
    assert logs[2] == 0
    logs.sum().backward()
    assert bool(z.grad.isfinite().all())
    alone = torch.zeros(1, 2, dtype=torch.float64, requires_grad=True)
    assert loss(alone, Y[:1]).tolist() == [1]
    assert loss(alone, Y[:1], log=True).tolist() == [0]
    loss(alone, Y[:1]).sum().backward()
    assert alone.grad.tolist() == [[0, 0]]
    everybody_differs = loss(Z[:3], torch.arange(3))
    assert everybody_differs.tolist() == [1, 1, 1]


@pytest.mark.parametrize("log", [False, True])
def test_gradients_are_central_differences(log):
    z = Z.clone().requires_grad_()
    loss(z, Y, log=log).mean().backward()
    for i, j in np.ndindex(*Z.shape):
        ends = []
        for side in (1e-6, -1e-6):
            moved = Z.clone()
            moved[i, j] += side
            ends.append(float(loss(moved, Y, log=log).mean()))
        assert float(z.grad[i, j]) == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=2e-8)


def test_only_distances_count():
    turn, _ = torch.linalg.qr(torch.randn(3, 3, generator=SOURCE, dtype=torch.float64))
    torch.testing.assert_close(loss(Z @ turn + 5, Y), loss(Z, Y))
    torch.testing.assert_close(
        squared_distances(Z), torch.cdist(Z, Z).square(), atol=1e-12, rtol=0
    )


def test_codes_that_are_far_apart_stay_finite():
    z = (1e3 * Z).requires_grad_()
    log_p, partner = neighbour_log_probs(z, Y)
    log_p.sum().backward()
    assert bool(partner.all())
    assert bool(log_p.isfinite().all())
    assert bool(z.grad.isfinite().all())


def test_a_net_that_encodes_is_asked_for_codes():
    class Coder(nn.Module):
        def encode(self, x):
            return 2 * x

        def forward(self, x):
            raise AssertionError

    assert embedded(Coder(), Z).equal(2 * Z)
    assert NCA().figure == "nca"
    assert NCA(log=True).figure == "nca_log"
