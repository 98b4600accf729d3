"""A layer that goes back through another one."""

import torch
from torch import nn

from harmonium.nets.tied import Tied
from harmonium.random import seeded

X = torch.rand(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


def test_it_multiplies_by_the_transposed_weights():
    with seeded(0):
        layer = nn.Linear(4, 3)
    tied = Tied(layer)
    assert (tied.in_features, tied.out_features) == (3, 4)
    torch.testing.assert_close(tied(X), X @ layer.weight)
    with torch.no_grad():
        tied.bias.fill_(2.0)
        layer.weight.mul_(3.0)
    torch.testing.assert_close(tied(X), X @ layer.weight + 2)


def test_only_the_bias_is_its_own():
    tied = Tied(nn.Linear(4, 3))
    assert [name for name, _ in tied.named_parameters()] == ["bias"]
    assert [*tied.state_dict()] == ["bias"]
    assert tied.weight is tied.layer.weight


def test_a_change_of_type_or_device_reaches_both():
    net = nn.ModuleDict({"up": nn.Linear(4, 3)})
    net["down"] = Tied(net["up"])
    net.double()
    assert net["down"](X.double()).dtype == torch.float64
    net.to("meta")
    assert net["down"](X.double().to("meta")).shape == (6, 4)
