"""Convolutions, norms and pools over 1, 2 or 3 axes."""

import pytest
import torch
from torch import nn

from harmonium.nets.spatial import average_pool, batch_norm, convolution, max_pool
from harmonium.random import seeded


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_every_part_works_over_its_axes(axes):
    x = torch.zeros(2, 4, *[6] * axes)
    with seeded(0):
        layer = convolution(4, 6, dimensions=axes, kernel_size=3, stride=2, groups=2)
    assert layer(x).shape == (2, 6, *[2] * axes)
    assert layer.weight.shape == (6, 2, *[3] * axes)
    for part in (max_pool, average_pool):
        assert part(2, dimensions=axes, stride=2)(x).shape == (2, 4, *[3] * axes)
    assert batch_norm(4, dimensions=axes)(x).shape == x.shape


def test_first_weights_are_uniform_as_in_torch_and_repeat_by_seed():
    with seeded(0):
        layer = convolution(16, 64, kernel_size=5)
    with seeded(0):
        again = convolution(16, 64, kernel_size=5)
    edge = (16 * 25) ** -0.5
    values = layer.weight.detach().flatten()
    assert values.abs().max() <= edge
    assert layer.bias.detach().abs().max() <= edge
    assert float(values.mean()) == pytest.approx(0, abs=4 * edge / len(values) ** 0.5)
    assert float(values.std()) == pytest.approx(edge / 3**0.5, rel=0.02)
    assert torch.equal(layer.weight, again.weight)
    assert torch.equal(layer.bias, again.bias)


@pytest.mark.parametrize(("start", "read"), [("he_in", 16 * 25), ("he_out", 64 * 25)])
def test_weights_of_he_keep_variances(start, read):
    with seeded(0):
        layer = convolution(16, 64, kernel_size=5, start=start)
    values = layer.weight.detach().flatten()
    assert float(values.std()) == pytest.approx((2 / read) ** 0.5, rel=0.02)
    assert float(values.mean()) == pytest.approx(0, abs=4 * float(values.std()) / 160)
    assert not layer.bias.detach().any()


def test_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    with seeded(0):
        convolution(3, 4, kernel_size=3)
    assert torch.equal(before, torch.get_rng_state())


def test_nothing_is_drawn_on_the_meta_device():
    with torch.device("meta"):
        layer = convolution(3, 4, kernel_size=3)
    assert isinstance(layer, nn.Conv2d)
    assert layer.weight.is_meta
