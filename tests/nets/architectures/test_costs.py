"""Multiply-adds of one picture, against those that torchvision publishes with its weights."""

import pytest
import torch
from torch import nn

from harmonium.nets import architectures
from tests.nets.architectures.counted import outlined, shapes

PUBLISHED = {  # thousand millions
    "alexnet": 0.714,
    "densenet121": 2.834,
    "densenet161": 7.728,
    "densenet169": 3.360,
    "densenet201": 4.291,
    "googlenet": 1.498,
    "resnet18": 1.814,
    "resnet34": 3.664,
    "resnet50": 4.089,
    "resnet101": 7.801,
    "resnet152": 11.514,
}


def multiply_adds(net):
    """Products of weights and values for one example, by what each layer gives."""
    found = []

    def count(module, _, output):
        found.append(output[0].numel() * module.weight[0].numel())

    for part in net.modules():
        if isinstance(part, nn.Conv2d | nn.Linear):
            part.register_forward_hook(count)
    with torch.no_grad():
        net(torch.empty(1, *net.shape, device="meta"))
    return sum(found)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_cost_is_the_published_one(name):
    net = outlined(getattr(architectures, name)).eval()
    assert multiply_adds(net) / 1e9 == pytest.approx(PUBLISHED[name], abs=6e-4)


@pytest.mark.parametrize("name", ["alphago_policy", "cifar_densenet", "dqn2013", "googlenet"])
def test_a_known_net_is_what_its_settings_describe(name):
    net = outlined(getattr(architectures, name))
    again = outlined(type(net), **net.settings)
    assert shapes(again) == shapes(net)
    assert [(n.name, n.inputs, n.shape) for n in again.nodes] == [
        (n.name, n.inputs, n.shape) for n in net.nodes
    ]
