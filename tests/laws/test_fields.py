"""The computed receptive field of known nets is the support of the gradient of one unit.

Every kernel becomes a mean, and every maximum as well, so that nothing is cut off or cancels: the
gradient of a unit is positive on all places that it sees, and zero on others.
"""

import pytest
import torch
from torch import nn

from harmonium.nets import Net, architectures
from harmonium.nets.field import receptive_fields

SIZES = {"alphago_policy": 19, "alphago_value": 19, "cifar_densenet": 32, "cifar_resnet": 32}
SIZES |= {"dqn2013": 84, "dqn2015": 84, "alexnet": 99, "alexnet2012": 99}
QUICK = {"alexnet2012", "alphago_value", "cifar_densenet", "cifar_resnet", "dqn2015"}
QUICK |= {"densenet121", "googlenet2014", "resnet18", "resnet50"}
LARGE = [*sorted(set(architectures.__all__) - QUICK)]
LOOKED_AT = 6
"""Layers of every net whose central unit is studied."""


def trunk(name):
    """The net up to the layer that merges all places, on a small picture, in float64."""
    with torch.device("meta"):
        whole = getattr(architectures, name)()
    settings = whole.settings
    layers, size = [], SIZES.get(name, 79)
    for layer in settings["layers"]:
        kind = layer if isinstance(layer, str) else layer["type"]
        if kind in ("flatten", "bias_map") or kind.startswith("adaptive"):
            break
        if not str(kind if isinstance(layer, str) else layer.get("name")).startswith("aux"):
            layers.append(layer)
    return Net(shape=[whole.shape[0], size, size], layers=layers).double().eval()


@torch.no_grad()
def smoothed(net):
    """The net with kernels and pools that are means, and norms that do nothing."""
    for module in [*net.modules()]:
        for key, part in module.named_children():
            if isinstance(part, nn.MaxPool2d):
                mean = nn.AvgPool2d(part.kernel_size, part.stride, part.padding, part.ceil_mode)
                setattr(module, key, mean)
            elif isinstance(part, nn.LocalResponseNorm):
                setattr(module, key, nn.Identity())
    for part in net.modules():
        if isinstance(part, nn.Conv2d):
            part.weight.fill_(1 / part.weight[0].numel())
    return net


def seen(x, output):
    """First and last place, down and across, on which the central unit depends."""
    middle = [n // 2 for n in output.shape[2:]]
    (grad,) = torch.autograd.grad(output[0, :, *middle].sum(), x, retain_graph=True)
    places = grad[0].sum(0).nonzero()
    return tuple(zip(places.amin(0).tolist(), places.amax(0).tolist(), strict=True)), middle


def check(name):
    net = smoothed(trunk(name))
    fields = receptive_fields(net)
    x = torch.ones(1, *net.shape, dtype=torch.float64, requires_grad=True)
    outputs = net.activities(x)
    wide = [n for n, y in outputs.items() if y.shape[-1] > 1]
    for k in range(LOOKED_AT):
        layer = wide[(len(wide) - 1) * k // (LOOKED_AT - 1)]
        found, unit = seen(x, outputs[layer])
        expected = tuple(
            (max(first, 0), min(last, n - 1))
            for (first, last), n in zip(fields[layer].of(*unit), net.shape[1:], strict=True)
        )
        assert found == expected, (layer, fields[layer])
    assert len({fields[n].size for n in wide}) > 1


@pytest.mark.parametrize("name", sorted(QUICK))
def test_the_field_is_the_measured_support(name):
    check(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_the_field_is_the_measured_support_in_all_known_nets(name):
    check(name)


def test_a_wrong_field_breaks_the_law():
    net = smoothed(trunk("dqn2015"))
    field = receptive_fields(net)["conv2"]
    x = torch.ones(1, *net.shape, dtype=torch.float64, requires_grad=True)
    found, unit = seen(x, net.activities(x)["conv2"])
    assert found == field.of(*unit) == ((32, 51), (32, 51))
    assert found != type(field)((19, 19), field.stride, field.start).of(*unit)
