"""AlphaGo's nets: exact counts, and a bias for every point of the board."""

import torch

from harmonium.nets.architectures import alphago_policy, alphago_value
from harmonium.random import seeded
from tests.nets.architectures.counted import count, outlined


def test_counts_are_exact():
    assert count(outlined(alphago_policy)) == 3_882_793
    assert count(outlined(alphago_value)) == 3_980_162


def test_the_policy_has_thirteen_layers_and_the_value_fifteen():
    for make, layers in ((alphago_policy, 13), (alphago_value, 15)):
        parts = outlined(make).state_dict()
        assert sum(name.endswith("weight") for name in parts) == layers


def small(make, planes):
    with seeded(0):
        return make(maps=6, shape=(planes, 7, 7)).eval()


@torch.no_grad()
def test_the_policy_has_a_bias_for_every_point():
    net = small(alphago_policy, 4)
    x = torch.zeros(1, 4, 7, 7)
    assert net(x).shape == (1, 49)
    before = net(x).clone()
    net.get_submodule("point").bias[0, 3, 5] += 2
    after = net(x)
    assert float(after[0, 3 * 7 + 5] - before[0, 3 * 7 + 5]) == 2
    assert int((after != before).sum()) == 1


@torch.no_grad()
def test_the_value_lies_between_a_loss_and_a_win():
    net = small(alphago_value, 5)
    x = 30 * torch.randn(64, 5, 7, 7, generator=torch.Generator().manual_seed(0))
    found = net(x)
    assert found.shape == (64, 1)
    assert float(found.abs().max()) <= 1
    assert net.output_kind == "values"
