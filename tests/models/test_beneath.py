"""Paths from rows to the layers of a machine of several pathways."""

import torch
from torch.testing import assert_close

from harmonium import multimodal_dbm
from harmonium.models import adapted
from tests.laws.specimens import randomised


def test_each_layer_gets_its_part_of_a_row_through_the_layers_below():
    graph = randomised(multimodal_dbm({"a": [4, 3, 2], "b": [3]}, 2), 3)
    model = adapted(graph)
    layers = model.split()
    x = torch.rand(5, 7, dtype=torch.float64)
    lowest, second, joint = (model.beneath(layers, k)[0] for k in range(3))
    assert [b.code_width for b in (lowest, second, joint)] == [4, 3, 5]
    assert torch.equal(lowest.up(x), x[:, :4])
    h1 = torch.sigmoid(2 * graph.edges[0].connection(x[:, :4]) + layers[0].machine.units["h"].bias)
    assert_close(second.up(x), h1)
    assert_close(joint.up(x)[:, :2], layers[1].up(h1))
    assert torch.equal(joint.up(x)[:, 2:], x[:, 4:])
