"""LeNet-5 has the maps and parameters that were published, and it learns."""

import math

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.learning import Descent
from harmonium.learning.objectives import CrossEntropy
from harmonium.nets.architectures import lenet5
from harmonium.random import seeded


def counts(net):
    found = {n.name: sum(p.numel() for p in n.module.parameters()) for n in net.nodes}
    return {name: count for name, count in found.items() if count}


def test_the_net_of_1998_has_60_000_parameters_where_they_should_be():
    expected = {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48_120, "F6": 10_164}
    assert counts(lenet5()) == expected
    assert sum(expected.values()) == 60_000


def test_its_maps_shrink_from_32_to_1():
    shapes = {node.name: node.shape for node in lenet5().nodes}
    found = [shapes[name] for name in ("padding", "C1", "S2", "C3", "S4", "C5")]
    assert found == [
        *((1, 32, 32), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1))
    ]


def test_its_connections_are_those_that_were_published():
    """Every parameter is used once at every place of its map: 340,908 connections."""
    net = lenet5()
    places = {n.name: math.prod(n.shape[1:]) for n in net.nodes}
    convolutions = {"C1": 156, "C3": 1516, "C5": 48_120, "F6": 10_164}
    connections = sum(count * places[name] for name, count in convolutions.items())
    connections += sum((4 + 1) * maps * places[f"S{k}"] for k, maps in ((2, 6), (4, 16)))
    assert connections + 10 * 84 == 340_908


def test_the_modern_one_is_a_plain_net():
    assert sum(counts(lenet5(variant="modern")).values()) == 61_706
    net = lenet5(variant="modern", classes=26)
    assert sum(counts(net).values()) == 61_706 + 16 * 85
    assert net(torch.zeros(2, 1, 28, 28)).shape == (2, 26)


def test_paper_in_the_padding_is_paper_in_the_picture():
    """A picture of paper looks the same at the edge and in the middle of every map."""
    maps = lenet5().activities(torch.zeros(1, 1, 28, 28))["C3"]
    assert torch.allclose(maps, maps[..., :1, :1].expand_as(maps), atol=1e-6)


def test_other_classes_need_other_codes():
    with pytest.raises(UsageError, match="codes for 10 digits, not for 26"):
        lenet5(classes=26)


@pytest.mark.data
def test_it_learns_digits():
    from harmonium.data import mnist

    images = mnist()
    x, y = images.train[:9600].reshape(-1, 1, 28, 28), images.train_labels[:9600]
    with seeded(0):
        net = lenet5()
    optimiser = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    step = Descent(net, optimiser, CrossEntropy()).step
    for start in range(0, 9600, 32):
        step({"x": x[start : start + 32], "y": y[start : start + 32]})
    test = net(images.test[:2000].reshape(-1, 1, 28, 28)).argmax(1)
    assert (test != images.test_labels[:2000]).double().mean() < 0.2
