"""The net of dilated convolutions, from Python and from its recipe."""

import math

import pytest
import torch

from harmonium.describe import build, load
from harmonium.nets.architectures import dilated_net


@pytest.mark.parametrize(
    ("shape", "classes", "expected"),
    [((1, 28, 28), 10, 50_080), ((3, 32, 32), 10, 60_256), ((3, 128, 128), 2, 150_368)],
)
def test_its_parameters_follow_from_the_size_of_the_picture(shape, classes, expected):
    net = dilated_net(shape, classes)
    c, h, w = shape
    ends = math.ceil(h / 4) * math.ceil(w / 4)
    assert sum(p.numel() for p in net.parameters()) == expected
    assert expected == 288 * c + 18_432 + 64 * ends * classes
    assert all(not name.endswith("bias") for name, _ in net.named_parameters())


def test_the_recipe_says_the_same_net():
    with torch.device("meta"):
        net, expected = build(load("mnist_dilated").model), dilated_net()
    assert [node.type for node in net.nodes] == [node.type for node in expected.nodes]
    shapes = [tuple(p.shape) for p in net.parameters()]
    assert shapes == [tuple(p.shape) for p in expected.parameters()]


def test_weights_start_as_they_should():
    net = dilated_net((3, 32, 32))
    conv1, conv2, dense = (p.detach() for p in net.parameters())
    assert float(conv1.std()) == pytest.approx((2 / 27) ** 0.5, rel=0.1)
    assert float(conv2.std()) == pytest.approx((2 / 288) ** 0.5, rel=0.05)
    assert float(dense.abs().max()) == pytest.approx((6 / (4096 + 10)) ** 0.5, rel=0.01)
