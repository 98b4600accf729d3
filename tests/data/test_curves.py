"""Curves and the ring: values, places of the test points, and what no line can do."""

import math

import pytest
import torch

from harmonium.data.curves import CURVES, curve, ring

FORMULAS = {
    "abs": (abs, -1, 1),
    "sine": (math.sin, -math.pi, math.pi),
    "tent": (lambda x: 2 * x if x < 0.5 else 2 - 2 * x, 0, 1),
}


@pytest.mark.parametrize("name", CURVES)
def test_points_are_those_of_the_function(name):
    value, low, high = FORMULAS[name]
    data = curve(name, rows=21)
    for split in (data.train, data.test):
        expected = [[value(x)] for x in split.x[:, 0].tolist()]
        torch.testing.assert_close(split.y, torch.tensor(expected))
    step = (high - low) / 20
    assert data.train.x[[0, -1], 0].tolist() == pytest.approx([low, high])
    assert data.test.x[[0, -1], 0].tolist() == pytest.approx([low + step / 2, high - step / 2])
    assert data.targets == (name,)


def test_noise_is_on_training_targets_only_and_repeats_with_its_seed():
    clean, noisy = curve("sine", rows=2000), curve("sine", rows=2000, noise=0.3)
    assert float((noisy.train.y - clean.train.y).std()) == pytest.approx(0.3, rel=0.05)
    assert torch.equal(noisy.test.y, clean.test.y)
    assert torch.equal(noisy.train.y, curve("sine", rows=2000, noise=0.3).train.y)
    other = curve("sine", rows=2000, noise=0.3, seed=1)
    assert not torch.equal(noisy.train.y, other.train.y)


def test_a_ring_lies_around_a_disc():
    data = ring(1000)
    for split in (data.train, data.test):
        radius = split.x.norm(dim=1)
        assert float(radius[split.y == 0].max()) < 1
        assert 1.2 < float(radius[split.y == 1].min()) < float(radius.max()) < 1.7
        assert split.y.double().mean() == 0.5
    assert not torch.equal(data.train.x, data.test.x)
    assert torch.equal(data.train.x, ring(1000).train.x)


def test_no_line_separates_the_ring_from_the_disc():
    data = ring(400)
    source = torch.Generator().manual_seed(0)
    w = torch.randn(2000, 2, generator=source)
    b = 3 * torch.rand(2000, generator=source) - 1.5
    right = ((data.train.x @ w.mT + b > 0) == (data.train.y[:, None] == 1)).double().mean(0)
    assert float(right.max()) < 0.8


@pytest.mark.parametrize(("make", "rows"), [(lambda n: curve(rows=n), 2), (ring, 3)])
def test_too_few_points_are_refused(make, rows):
    with pytest.raises(ValueError, match=f"rows is {rows}: .* needs at least {rows + 1} points"):
        make(rows)
