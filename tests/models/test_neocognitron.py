"""The neocognitron as a model: its planes are those of the net."""

import torch

from harmonium.data import moved_digits
from harmonium.models import NeocognitronModel
from harmonium.nets import Neocognitron


def test_planes_are_those_of_the_net():
    data = moved_digits(5, test=4)
    net = Neocognitron([1, 32, 32], 5, planes=(4, 6), kernels=(5, 5), selectivity=(3.0, 2.0))
    net.prepare(data.train.x)
    model = NeocognitronModel(net)
    planes = model.planes({"x": data.test.x})
    assert [*planes] == ["contrasts", "S1", "C1", "S2", "C2"]
    assert torch.equal(planes["S1"], net.planes(data.test.x)[0])
    assert torch.equal(model.decide({"x": data.test.x}), net.decide(data.test.x))
