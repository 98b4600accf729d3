"""Known nets, each a function that returns a ``Net`` made from a list of layers.

A known net is its description: ``resnet50().settings`` holds the layers, which can be copied into
a recipe and changed. Parameter counts in the docstrings are for the default arguments.
"""

from harmonium.nets.architectures.alexnet import alexnet, alexnet2012
from harmonium.nets.architectures.alphago import alphago_policy, alphago_value
from harmonium.nets.architectures.densenet import (
    cifar_densenet,
    densenet121,
    densenet161,
    densenet169,
    densenet201,
)
from harmonium.nets.architectures.dilated import dilated_net
from harmonium.nets.architectures.dqn import dqn2013, dqn2015
from harmonium.nets.architectures.efficientnet import efficientnet_lite0
from harmonium.nets.architectures.googlenet import googlenet, googlenet2014
from harmonium.nets.architectures.lenet1 import lenet1
from harmonium.nets.architectures.lenet5 import lenet5
from harmonium.nets.architectures.resnet import (
    cifar_resnet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
)
from harmonium.nets.architectures.seven_layers import seven_layer_net
from harmonium.nets.architectures.two_stages import two_stage_net

__all__ = [
    "alexnet",
    "alexnet2012",
    "alphago_policy",
    "alphago_value",
    "cifar_densenet",
    "cifar_resnet",
    "densenet121",
    "densenet161",
    "densenet169",
    "densenet201",
    "dilated_net",
    "dqn2013",
    "dqn2015",
    "efficientnet_lite0",
    "googlenet",
    "googlenet2014",
    "lenet1",
    "lenet5",
    "resnet101",
    "resnet152",
    "resnet18",
    "resnet34",
    "resnet50",
    "seven_layer_net",
    "two_stage_net",
]
