"""The model of a perceptron."""

import torch

from harmonium.models import Classifies, Encodes, PerceptronModel
from harmonium.nets import Perceptron

X = torch.randn(9, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


def model():
    net = Perceptron(4, 3)
    with torch.no_grad():
        net.weight.normal_(generator=torch.Generator().manual_seed(1))
    return PerceptronModel(net)


def test_it_decides_as_the_net_does():
    one = model()
    assert torch.equal(one.decide({"x": X}), one.net(X).argmax(1))


def test_its_scores_are_not_called_probabilities():
    assert not isinstance(model(), Classifies)
    assert not isinstance(model(), Encodes)


def test_a_class_has_a_filter():
    one = model()
    assert torch.equal(one.filters()["classes"], one.net.weight)
