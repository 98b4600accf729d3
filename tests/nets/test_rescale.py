"""A fixed change of scale."""

import torch

from harmonium.nets.rescale import Rescale


def test_it_has_nothing_to_learn():
    layer = Rescale(2.0, -1.0)
    assert layer(torch.tensor([0.0, 0.5, 1.0])).tolist() == [-1, 0, 1]
    assert not [*layer.parameters()]
    assert not layer.state_dict()
