"""Triplets: worked numbers, and every mining against a loop over all triplets."""

import pytest
import torch
from torch import nn

from harmonium.errors import UsageError
from harmonium.learning.objectives.triplet import Triplet

SOURCE = torch.Generator().manual_seed(0)
Z = torch.randn(12, 2, generator=SOURCE, dtype=torch.float64)
Y = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 0, 3, 1, 0])


def loss(z, y, **settings):
    return Triplet(**settings)(nn.Identity(), {"x": z, "y": y})


def slow(z, y, *, margin, mining):
    d = torch.cdist(z, z).square()
    losses = []
    for a in range(len(z)):
        positives = [i for i in range(len(z)) if y[i] == y[a] and i != a]
        negatives = [i for i in range(len(z)) if y[i] != y[a]]
        if not positives or not negatives:
            losses.append(0.0)
            continue
        pairs = [(p, n) for p in positives for n in negatives]
        if mining == "hard":
            p = max(positives, key=lambda i: d[a, i])
            pairs = [(p, min(negatives, key=lambda i: d[a, i]))]
        if mining == "semi_hard":
            pairs = []
            for p in positives:
                beyond = [n for n in negatives if d[a, n] > d[a, p]]
                nearest = min(beyond, key=lambda i: d[a, i]) if beyond else None
                farthest = max(negatives, key=lambda i: d[a, i])
                pairs.append((p, farthest if nearest is None else nearest))
        hinges = [max(0.0, margin + float(d[a, p] - d[a, n])) for p, n in pairs]
        losses.append(sum(hinges) / len(hinges))
    return losses


def test_the_worked_example():
    """Margin .2, squared distances .5 to the positive and .6 or .9 to the negative."""
    for far, expected in ((0.6, 0.1), (0.9, 0.0)):
        z = torch.tensor([[0.0, 0.0], [0.5**0.5, 0.0], [-(far**0.5), 0.0]], dtype=torch.float64)
        y = torch.tensor([0, 0, 1])
        for mining in ("hard", "all", "semi_hard"):
            found = loss(z, y, margin=0.2, mining=mining)
            assert float(found[0]) == pytest.approx(expected, abs=1e-12)
            assert float(found[2]) == 0  # no positive


@pytest.mark.parametrize("mining", ["hard", "all", "semi_hard"])
@pytest.mark.parametrize("margin", [0.1, 1.0, 5.0])
def test_it_is_the_loop_over_triplets(margin, mining):
    found = loss(Z, Y, margin=margin, mining=mining)
    assert found.tolist() == pytest.approx(slow(Z, Y, margin=margin, mining=mining), abs=1e-9)
    assert max(found) > 0


@pytest.mark.parametrize("mining", ["hard", "all", "semi_hard"])
def test_gradients_are_central_differences(mining):
    z = Z.clone().requires_grad_()
    loss(z, Y, mining=mining).mean().backward()
    for i, j in [(i, j) for i in range(12) for j in range(2)]:
        ends = []
        for side in (1e-6, -1e-6):
            moved = Z.clone()
            moved[i, j] += side
            ends.append(float(loss(moved, Y, mining=mining).mean()))
        assert float(z.grad[i, j]) == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)


@pytest.mark.parametrize("mining", ["hard", "all", "semi_hard"])
@pytest.mark.parametrize("y", [torch.zeros(4, dtype=torch.int64), torch.arange(4)])
def test_without_triplets_nothing_is_learned(y, mining):
    z = Z[:4].clone().requires_grad_()
    found = loss(z, y, mining=mining)
    assert found.tolist() == [0, 0, 0, 0]
    found.sum().backward()
    assert not z.grad.any()


def test_what_is_refused():
    with pytest.raises(UsageError, match="margin is 0"):
        Triplet(margin=0)
    with pytest.raises(UsageError, match="mining"):
        Triplet(mining="easy")
