"""Sizes of the net of seven layers."""

import math

import pytest

from harmonium.nets.architectures import seven_layer_net
from tests.nets.architectures.test_lenet5 import counts


@pytest.mark.parametrize("pool", ["mean", "max"])
def test_counts_and_maps(pool):
    net = seven_layer_net(pool=pool, hidden=50)
    found = counts(net)
    assert found == {"C1": 182, "S2": 14, "C3": 734, "S4": 18, "hidden": 145 * 50, "output": 510}
    shapes = {node.name: node.shape for node in net.nodes}
    assert [shapes[name][1] for name in ("C1", "S2", "C3", "S4")] == [24, 12, 8, 4]
    assert math.prod(shapes["S4"]) == 144
