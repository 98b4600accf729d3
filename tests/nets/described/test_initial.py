"""Initial values are those of the named rule, drawn from the seed."""

import pytest
import torch
from torch import nn

from harmonium.nets import Net
from harmonium.nets.described import LayerError
from harmonium.random import seeded
from harmonium.registry import KINDS

RULES = {"constant": {"val": 0.5}, "normal": {"std": 0.01}}
PICTURES_ONLY = ("dirac",)


@pytest.mark.parametrize("rule", [*KINDS["Initialiser"]])
def test_every_rule_is_torchs(rule):
    settings = RULES.get(rule, {})
    layer = {
        "type": "linear",
        "out_features": 6,
        "initial": {"weight": {"type": rule, **settings}},
    }
    if rule in PICTURES_ONLY:
        layer |= {"type": "conv2d", "out_channels": 3, "kernel_size": 3}
        del layer["out_features"]
    shape = (3, 5, 5) if rule in PICTURES_ONLY else (5,)
    with seeded(3):
        net = Net(shape, [layer])
    other = torch.empty_like(net.get_submodule("0").weight)
    generator = torch.Generator().manual_seed(3)
    plain = nn.Linear(5, 6) if rule not in PICTURES_ONLY else nn.Conv2d(3, 3, 3)
    nn.init.kaiming_uniform_(plain.weight, generator=generator)  # PyTorch's own draws come first
    nn.init.uniform_(plain.bias, generator=generator)
    fill = getattr(nn.init, f"{rule}_")
    drawn = "generator" in fill.__annotations__
    fill(other, **settings, **({"generator": generator} if drawn else {}))
    assert torch.equal(net.get_submodule("0").weight, other)


def test_a_layers_own_rule_goes_before_that_of_the_list_around_it():
    ones = {"type": "linear", "out_features": 2, "initial": {"weight": "ones"}}
    layers = [{"type": "linear", "out_features": 3}, ones]
    net = Net([4], [{"type": "sequential", "initial": {"weight": "zeros"}, "layers": layers}])
    assert net.get_submodule("0.0").weight.abs().sum() == 0
    assert (net.get_submodule("0.1").weight == 1).all()


def test_a_rule_of_a_list_that_would_change_nothing_is_refused():
    conv = {"type": "conv2d", "out_channels": 2, "kernel_size": 3}
    inner = {"type": "sequential", "initial": {"wieght": "zeros"}, "layers": [conv, "relu"]}
    outer = {"type": "sequential", "initial": {"bias": "zeros"}, "layers": ["relu", inner]}
    with pytest.raises(LayerError, match="no layer of the list has a parameter 'wieght'") as e:
        Net([1, 8, 8], ["relu", outer])
    assert e.value.place == ("layers", 1, "layers", 1)
    silent = {"type": "sequential", "initial": {"weight": "zeros"}, "layers": ["relu"]}
    with pytest.raises(LayerError, match=r"layers\[0\] .* 'weight'; they have none"):
        Net([1, 8, 8], [silent, conv])
