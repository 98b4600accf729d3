"""Convolution by a table is the sum of the plain convolutions of the maps that it reads."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from harmonium.errors import UsageError
from harmonium.nets.table_conv import TableConv2d
from harmonium.random import by_torch, seeded


def maps(channels, rows=12):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, channels, rows, rows, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("table", "inputs"), [("lenet_c3", 6), ("cyclic_7x9", 7)])
def test_every_map_is_the_sum_over_the_maps_that_its_column_names(table, inputs):
    from harmonium.nets.tables import TABLES

    layer, x = TableConv2d(inputs, table, kernel_size=5).double(), maps(inputs)
    kernels = iter(layer.weight)
    for o, column in enumerate(zip(*TABLES[table], strict=True)):
        expected = sum(
            functional.conv2d(x[:, i : i + 1], next(kernels)[None, None])
            for i, read in enumerate(column)
            if read
        )
        assert torch.allclose(layer(x)[:, o : o + 1], expected + layer.bias[o], atol=1e-12)


def test_a_full_table_is_a_plain_convolution_with_its_gradients():
    layer = TableConv2d(3, [[1] * 4] * 3, kernel_size=3, stride=2, padding=1).double()
    plain = nn.Conv2d(3, 4, 3, stride=2, padding=1).double()
    with torch.no_grad():
        plain.weight.copy_(layer.dense_weight())
        plain.bias.copy_(layer.bias)
    x = maps(3)
    assert torch.allclose(layer(x), plain(x), atol=1e-12)
    for net in (layer, plain):
        net(x).square().sum().backward()
    assert torch.allclose(layer.weight.grad, plain.weight.grad.flatten(0, 1), atol=1e-10)
    assert torch.allclose(layer.bias.grad, plain.bias.grad, atol=1e-10)


def test_gradients_are_those_of_finite_differences():
    layer = TableConv2d(3, [[1, 0], [1, 1], [0, 1]], kernel_size=2).double()
    assert torch.autograd.gradcheck(layer, maps(3, rows=4).requires_grad_())

    def output(weight):
        return torch.func.functional_call(layer, {"weight": weight}, maps(3, rows=4))

    assert torch.autograd.gradcheck(output, layer.weight.detach().requires_grad_())


@pytest.mark.parametrize(
    ("table", "inputs", "k", "expected"),
    [
        ("lenet_c3", 6, 5, 1516),
        ("cyclic_7x9", 7, 5, 734),
        ("cyclic_7x9", 7, 3, 270),
        ([[1] * 9] * 7, 7, 5, 1584),
        ([[1] * 9] * 7, 7, 3, 576),
    ],
)
def test_there_are_parameters_only_for_ones(table, inputs, k, expected):
    layer = TableConv2d(inputs, table, kernel_size=k)
    assert sum(p.numel() for p in layer.parameters()) == expected


def test_maps_that_read_more_start_with_smaller_weights():
    with seeded(0), by_torch():
        layer = TableConv2d(6, "lenet_c3", kernel_size=5)
    spread = layer.dense_weight().detach().flatten(1)
    assert float(spread[0].square().sum()) == pytest.approx(1, rel=0.3)
    assert float(spread[15].square().sum()) == pytest.approx(1, rel=0.3)


def test_a_table_of_other_maps_is_refused():
    with pytest.raises(UsageError, match="the table has 6 rows, and there are 5 maps below"):
        TableConv2d(5, "lenet_c3", kernel_size=5)
