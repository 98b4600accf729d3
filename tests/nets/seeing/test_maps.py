"""Maps of layers: against the layers by hand; nothing of the net changes."""

import pytest
import torch
from torch import nn

from harmonium.nets.seeing import activation_maps, convolutions, first_kernels, stages
from tests.nets.seeing.nets import conv_net, drawn


def test_maps_are_the_outputs_of_the_layers():
    net, x = conv_net(), drawn(3, 2, 8, 8)
    maps = activation_maps(net, x)
    assert list(maps) == ["0", "1", "2", "3", "4"]
    h = nn.functional.conv2d(x, net[0].weight, net[0].bias, padding=1)
    assert maps["0"].equal(h)  # although the next module changes it in place
    assert maps["1"].equal(h.clamp(min=0))
    assert maps["2"].equal(nn.functional.max_pool2d(h.clamp(min=0), 2))
    assert list(activation_maps(net, x, layers=["2"])) == ["2"]
    assert convolutions(net) == ("0", "3")
    assert first_kernels(net).equal(net[0].weight)


def test_stages_are_where_the_shape_changes():
    assert stages(conv_net(), drawn(2, 8, 8)) == ("1", "2", "4")
    single = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 6, 6), nn.Flatten())
    assert stages(single, torch.zeros(1, 8, 8)) == ("0",)


def test_nothing_of_the_net_changes():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5))
    net[1].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    x = torch.ones(2, 1, 5, 5)
    once, again = (activation_maps(net, x)["2"] for _ in range(2))
    assert once.equal(again)  # no dropout
    assert [part.training for part in net] == [True, False, True]
    assert all(value.equal(before[name]) for name, value in net.state_dict().items())
    assert not any(part._forward_hooks for part in net.modules())


def test_refusals():
    net, x = conv_net(), drawn(1, 2, 8, 8)
    with pytest.raises(ValueError, match="no layer 'conv1': choose from 0, 1, 2"):
        activation_maps(net, x, layers=["conv1"])
    with pytest.raises(ValueError, match="layer 6 gives no maps: choose from 0, 1, 2, 3, 4"):
        activation_maps(net, x, layers=["6"])
    dense = nn.Sequential(nn.Linear(4, 2))
    assert convolutions(dense) == ()
    with pytest.raises(ValueError, match="add a conv2d layer"):
        first_kernels(dense)
