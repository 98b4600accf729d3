"""Layers in figures: counts of multiply-adds, lists as one row."""

import pytest

from harmonium.nets import Net
from harmonium.nets.anatomy import anatomy, multiply_adds
from harmonium.nets.architectures import lenet5

BLOCK = {
    "type": "sequential",
    "name": "block",
    "repeat": 3,
    "layers": [
        {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3, "padding": 1},
        {"type": "add", "name": "sum", "inputs": ["input", "conv"]},
    ],
}
LAYERS = [
    {"type": "conv2d", "name": "stem", "out_channels": 4, "kernel_size": 3, "groups": 2},
    {"type": "sequential", "name": "blocks", "layers": [BLOCK]},
    {"type": "conv_transpose2d", "name": "up", "out_channels": 3, "kernel_size": 2, "stride": 2},
    "flatten",
    {"type": "linear", "name": "fc", "out_features": 5},
]


def test_multiply_adds_are_kernels_times_places():
    found = multiply_adds(Net([2, 8, 8], LAYERS))
    assert found["stem"] == 4 * 1 * 9 * 36
    assert found["blocks.block2.conv"] == 4 * 4 * 9 * 36
    assert found["up"] == 4 * 3 * 4 * 36
    assert found["fc"] == 3 * 144 * 5
    assert found["3"] == found["blocks.block1.sum"] == 0


def test_those_of_lenet():
    rows = {row.name: row for row in anatomy(lenet5())}
    places = {"C1": 28 * 28, "C3": 10 * 10, "C5": 1}
    kernels = {"C1": 6, "C3": 6 * 16, "C5": 16 * 120}  # a table has zeros that are computed
    for name, count in kernels.items():
        assert rows[name].multiply_adds == 25 * count * places[name]
    assert rows["output"].multiply_adds == 840
    assert sum(row.parameters for row in rows.values()) == 60_000


def test_lists_become_one_row_with_the_sums_of_their_layers():
    net = Net([2, 8, 8], LAYERS)
    whole, two, one = anatomy(net), anatomy(net, 2), anatomy(net, 1)
    assert [row.name for row in whole][1:3] == ["blocks.block1.conv", "blocks.block1.sum"]
    assert [row.name for row in two][1:4] == [f"blocks.block{k}" for k in (1, 2, 3)]
    assert [row.name for row in one] == ["stem", "blocks", "up", "3", "fc"]
    assert (one[1].type, one[1].inputs, one[1].shape) == ("6 layers", ("stem",), (4, 6, 6))
    assert two[2].inputs == ("blocks.block1",)
    for rows in (two, one):
        for total in ("parameters", "multiply_adds", "values"):
            sums = [sum(getattr(row, total) for row in found) for found in (whole, rows)]
            assert sums[0] == sums[1]
    assert one[1].field == whole[6].field


@pytest.mark.parametrize(("copies", "rows"), [(10, 40), (200, 202)])
def test_a_large_net_is_shown_by_its_blocks(copies, rows):
    flat = {"type": "sequential", "name": "s", "layers": ["relu", "tanh"], "repeat": copies}
    found = anatomy(Net([4], [{"type": "linear", "out_features": 4, "name": "a"}, flat, "relu"]))
    assert len(found) == (2 * copies + 2 if copies == 10 else copies + 2)
    assert len(found) <= rows
