"""The measured reach: sizes and strides by arithmetic, borders, branches and dense layers."""

import torch
from torch import nn

from harmonium.nets import Net
from harmonium.nets.seeing import reach
from harmonium.random import seeded
from tests.nets.seeing.nets import conv_net


def only(net, picture, layer):
    return reach(net, picture, layers=[layer])[layer]


def test_by_arithmetic():
    net = nn.Sequential(nn.Conv2d(1, 2, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(2, 3, (3, 1)))
    x = torch.zeros(1, 20, 16)
    found = only(net, x, "2")
    assert found.size == (6, 6)
    assert found.rows.tolist() == [[2 * i, 2 * i + 6] for i in range(8)]
    found = only(net, x, "3")
    assert found.size == (10, 6)
    assert found.rows.tolist() == [[2 * i, 2 * i + 10] for i in range(6)]
    assert found.columns.tolist() == [[2 * i, 2 * i + 6] for i in range(6)]
    assert found.first(torch.tensor([[0, 0], [3, 4]])).tolist() == [[0, 0], [6, 8]]


def test_borders_begin_before_the_picture():
    found = only(nn.Sequential(nn.Conv2d(1, 1, 5, padding=2)), torch.zeros(1, 9, 9), "0")
    assert found.rows.tolist()[:3] == [[0, 3], [0, 4], [0, 5]]
    places = torch.tensor([[0, 1], [2, 3], [8, 8]])
    assert found.first(places).tolist() == [[-2, -1], [0, 1], [6, 6]]


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.small, self.large = nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 3, padding=4,
                                                                         dilation=4)  # fmt: skip
        self.both = nn.ReLU()

    def forward(self, x):
        return self.both(self.small(x) + self.large(x)).mean((2, 3))


def test_branches_dilation_and_dense_layers():
    found = only(Branches(), torch.zeros(1, 20, 20), "both")
    assert found.rows[10].tolist() == [6, 15]
    two = reach(Branches(), torch.zeros(1, 20, 20), layers=["small", "large"])
    assert [two[name].size for name in ("small", "large")] == [(3, 3), (9, 9)]
    found = only(conv_net(), torch.zeros(2, 8, 8), "6")
    assert found.rows.tolist() == found.columns.tolist() == [[0, 8]]
    assert conv_net()[0].weight.dtype == torch.float64


LAYERS = [
    {"type": "conv2d", "out_channels": 3, "kernel_size": 5, "padding": 2, "stride": 2},
    {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1},
    {"type": "conv2d", "out_channels": 2, "kernel_size": 3, "dilation": 2, "padding": 1},
    {"type": "basic_block", "planes": 4, "stride": 2},
    {"type": "adaptive_avg_pool2d", "output_size": 1},
    "flatten",
    {"type": "linear", "out_features": 2},
]


def test_computed_is_measured():
    with seeded(0):
        net = Net([1, 29, 37], LAYERS)
    names = [node.name for node in net.nodes][:-1]
    computed = reach(net, torch.zeros(1, 29, 37), layers=names)
    wrapped = nn.Sequential(net)
    measured = reach(wrapped, torch.zeros(1, 29, 37), layers=[f"0.{name}" for name in names])
    for name in names:
        assert computed[name].rows.equal(measured[f"0.{name}"].rows), name
        assert computed[name].columns.equal(measured[f"0.{name}"].columns), name


def test_large_pictures_are_measured_in_bands():
    found = only(nn.Sequential(nn.Conv2d(1, 1, 5)), torch.zeros(1, 10, 100), "0")
    assert found.rows.tolist() == [[i, i + 5] for i in range(6)]
    exact = torch.tensor([[j, j + 5] for j in range(96)])
    rounded = torch.stack([exact[:, 0] // 4 * 4, -(-exact[:, 1] // 4) * 4], 1)
    assert found.columns.equal(rounded)
