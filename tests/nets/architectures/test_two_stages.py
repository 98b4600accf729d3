"""Sizes of the net of two stages."""

import math

from harmonium.nets.architectures import two_stage_net
from tests.nets.architectures.test_lenet5 import counts


def test_counts_and_maps():
    net = two_stage_net()
    assert counts(net) == {"conv1": 104, "conv2": 1010, "output": 1610}
    shapes = {node.name: node.shape for node in net.nodes}
    rows = [shapes[name][1] for name in ("conv1", "pool1", "conv2", "pool2")]
    assert rows == [24, 12, 8, 4]
    assert math.prod(shapes["pool2"]) == 160
