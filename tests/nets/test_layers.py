"""Dense layers: what they compute, and where their first weights come from."""

import pytest
import torch
from torch import nn

from harmonium.nets.layers import check_sizes, dense_layers, layer_activities
from harmonium.random import seeded


def layers(seed, slope=None):
    with seeded(seed):
        return dense_layers(
            [5, 4, 3], names=["h1", "out"], kinds=["tanh", "identity"], slope=slope
        )


def test_each_layer_has_its_activation_and_no_bias_to_begin_with():
    found = layers(0)
    assert [*found] == ["h1", "h1_activation", "out"]
    x = torch.rand(2, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float32)
    h = layer_activities(nn.Sequential(), x)
    assert h == {}
    net = nn.Sequential()
    for name, part in found.items():
        net.add_module(name, part)
    values = layer_activities(net, x)
    hidden = (x @ found["h1"].weight.mT).tanh()
    torch.testing.assert_close(values["h1"], hidden)
    torch.testing.assert_close(values["out"], hidden @ found["out"].weight.mT)


def test_first_weights_are_those_of_the_seed():
    one, same, other = (layers(seed)["h1"].weight for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_torchs_own_source_is_not_touched():
    before = torch.get_rng_state()
    layers(0)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("units", [[], [5], [5, 0]])
def test_too_few_sizes_are_refused(units):
    with pytest.raises(ValueError, match="give at least two"):
        check_sizes(units, kind="relu", slope=None, what="give at least two")


def test_a_slope_that_means_nothing_is_refused():
    with pytest.raises(ValueError, match="slope: relu has none"):
        check_sizes([5, 2], kind="relu", slope=0.5, what="")


def test_layers_that_do_not_fit_into_memory_are_refused_before_they_are_made():
    with pytest.raises(ValueError, match="learning layers of 64 x 1000000000000 units needs"):
        dense_layers([64, 10**12], names=["h1"], kinds=["relu"], slope=None)
