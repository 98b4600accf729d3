"""Receptive fields are what the gradient says."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from harmonium.errors import UsageError
from harmonium.nets import Net
from harmonium.nets.architectures import (
    dilated_net,
    lenet1,
    lenet5,
    seven_layer_net,
    two_stage_net,
)
from harmonium.nets.field import Field, receptive_fields
from harmonium.random import seeded

CONV = {"type": "conv2d", "out_channels": 6, "kernel_size": 3}
BRANCHED = [
    {**CONV, "name": "stem", "padding": 1},
    {"type": "max_pool2d", "name": "halved", "kernel_size": 3, "stride": 2, "padding": 1},
    {**CONV, "name": "one", "kernel_size": 1, "inputs": "halved"},
    {**CONV, "name": "three", "kernel_size": [3, 5], "padding": [1, 2], "inputs": "halved"},
    {**CONV, "name": "far", "dilation": 3, "padding": 3, "inputs": "halved"},
    {"type": "avg_pool2d", "name": "pool", "kernel_size": 3, "stride": 1, "padding": 1,
     "inputs": "halved"},
    {"type": "concat", "name": "all", "inputs": ["one", "three", "far", "pool"]},
    {**CONV, "name": "down", "out_channels": 24, "stride": 2, "padding": 1},
    {**CONV, "name": "straight", "out_channels": 24, "kernel_size": 1, "stride": 2,
     "inputs": "all"},
    {"type": "add", "name": "sum", "inputs": ["down", "straight"]},
    {"type": "local_response_norm", "name": "norm", "size": 3},
    {"type": "adaptive_avg_pool2d", "name": "cells", "output_size": 3},
    {"type": "lp_pool2d", "name": "top", "norm_type": 2.0, "kernel_size": 2, "stride": 1},
]  # fmt: skip


def branched():
    return Net([2, 24, 24], BRANCHED)


NETS = [branched, dilated_net, lenet1, lenet5, lambda: lenet5(variant="modern")]
NETS += [two_stage_net, seven_layer_net]


def support(net, name, unit, rows=48):
    """First and last place of each axis that a unit's gradient reaches, of any map and row."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(rows, *net.shape, generator=generator, dtype=torch.float64).requires_grad_()
    output = {**net.activities(x), **dict(zip([net.nodes[-1].name], [net(x)], strict=True))}[name]
    chosen = output[(slice(None), slice(None), *unit)] if output.ndim > 2 else output
    (slope,) = torch.autograd.grad(chosen.sum(), x)
    reached = (slope != 0).any(0).any(0)
    found = []
    for axis in range(reached.ndim):
        others = [k for k in range(reached.ndim) if k != axis]
        places = reached.amax(others).nonzero().flatten() if others else reached.nonzero()
        found.append((int(places[0]), int(places[-1])))
    return tuple(found)


@pytest.mark.parametrize("make", NETS)
def test_fields_are_the_support_of_the_gradient(make):
    with seeded(0):
        net = make().double().eval()
    fields = receptive_fields(net)
    assert [*fields] == [node.name for node in net.nodes]
    for node in net.nodes:
        units = {tuple(0 for _ in node.shape[1:]), tuple(n // 2 for n in node.shape[1:])}
        units = units if len(node.shape) > 1 else {(0,) * (len(net.shape) - 1)}
        for unit in units | (
            {tuple(n - 1 for n in node.shape[1:])} if len(node.shape) > 1 else set()
        ):
            ends = fields[node.name].of(*unit)
            inside = tuple(
                (max(0, a), min(n - 1, b)) for (a, b), n in zip(ends, net.shape[1:], strict=True)
            )
            if any(a > b for a, b in inside):
                continue  # the unit sees padding only
            assert support(net, node.name, unit) == inside, (node.name, unit)


def test_known_fields():
    fields = receptive_fields(dilated_net((3, 32, 32)))
    assert fields["6"] == Field((19, 19), (4, 4), (-9, -9))
    assert receptive_fields(lenet5())["C5"].size == (32, 32)
    dilations = [{"type": "conv1d", "out_channels": 1, "kernel_size": 3, "dilation": d}
                 for d in (1, 2, 4)]  # fmt: skip
    sizes = [field.size for field in receptive_fields(Net([1, 30], dilations)).values()]
    assert sizes == [(3,), (7,), (15,)]


def test_any_module_is_seen_through():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(4, 4, 3, padding=1)

        def forward(self, x):
            return torch.cat([x[:, :, ::2, ::2], self.conv(x)[:, :, 1::2, 1::2]], 1)

    net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.Sequential(Residual(), nn.ReLU()))
    found = receptive_fields(net, (1, 12, 12))
    assert found["0"] == Field((3, 3), (1, 1), (-1, -1))
    assert found["1.0.conv"] == Field((5, 5), (1, 1), (-2, -2))
    assert found["1.1"] == Field((5, 5), (2, 2), (-1, -1))


def test_larger_maps_have_smaller_strides():
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2), nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1)
    )
    field = receptive_fields(net, (1, 15, 15))["1"]
    assert (field.size, field.stride, field.start) == ((6, 6), (1, 1), (-2, -2))
    assert receptive_fields(nn.Upsample(scale_factor=2), (1, 4, 4))[""].stride == (0.5, 0.5)


@pytest.mark.parametrize(
    "larger",
    [
        nn.ConvTranspose2d(2, 2, 2, stride=2, padding=1),
        nn.ConvTranspose2d(2, 2, 4, stride=3, padding=2, dilation=2),
        nn.Upsample(scale_factor=3),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Upsample(scale_factor=2, mode="bicubic"),
    ],
)
def test_no_unit_of_a_larger_map_sees_more_than_its_field(larger):
    net = nn.Sequential(nn.Conv2d(1, 2, 3), larger).double()
    x = torch.randn(1, 1, 10, 10, dtype=torch.float64, requires_grad=True)
    made = net(x)
    field = receptive_fields(net, (1, 10, 10))["1"]
    reached = []
    for unit in range(made.shape[-1]):
        (slope,) = torch.autograd.grad(made[0, :, 5, unit].sum(), x, retain_graph=True)
        places = (slope != 0).any(2).flatten().nonzero().flatten()
        first, last = field.of(5, unit)[1]
        assert first <= int(places[0])
        assert int(places[-1]) <= last
        reached.append(int(places[-1]) - int(places[0]) + 1)
    assert max(reached) > field.size[1] - 2 * 3  # the field is no larger than the phases need


def test_a_gate_over_the_whole_picture_lets_every_unit_see_it():
    layers = [
        {**CONV, "name": "maps"},
        {"type": "adaptive_avg_pool2d", "name": "mean", "output_size": 1},
        {"type": "conv2d", "name": "gate", "out_channels": 6, "kernel_size": 1},
        {"type": "multiply", "inputs": ["maps", "gate"]},
    ]
    assert receptive_fields(Net([1, 9, 9], layers))["3"] == Field((9, 9), (0, 0), (0, 0))


def test_branches_that_move_apart_are_refused():
    layers = [
        {**CONV, "name": "a", "stride": 2, "padding": 1},
        {"type": "upsample", "name": "b", "scale_factor": 2.0, "mode": "nearest"},
        {**CONV, "name": "c", "stride": 2, "padding": 1, "inputs": "b"},
        {**CONV, "name": "d", "kernel_size": 5, "inputs": "input"},
        {"type": "add", "inputs": ["c", "d"]},
    ]
    with pytest.raises(UsageError, match=r"branches of the strides \[1, 2\] meet"):
        receptive_fields(Net([1, 8, 8], layers))


def test_rows_without_axes_have_no_fields():
    assert receptive_fields(Net([6], ["relu"])) == {"0": Field((), (), ())}
    with pytest.raises(UsageError, match="the net has no shape"):
        receptive_fields(nn.ReLU())


@pytest.mark.parametrize("stride", [2, 3])
def test_a_kernel_on_a_strided_output_is_the_dilated_kernel_on_the_dense_output(stride):
    generator = torch.Generator().manual_seed(0)
    x, first, second = (
        torch.randn(*shape, generator=generator, dtype=torch.float64)
        for shape in ((2, 3, 31, 31), (4, 3, 3, 3), (5, 4, 3, 3))
    )
    strided = functional.conv2d(functional.conv2d(x, first, stride=stride), second)
    dense = functional.conv2d(functional.conv2d(x, first), second, dilation=stride)
    sampled = dense[:, :, ::stride, ::stride]
    assert torch.allclose(strided, sampled, rtol=0, atol=1e-12)
