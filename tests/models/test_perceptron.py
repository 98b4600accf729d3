"""The model of a perceptron."""

import torch

from harmonium.data import Split
from harmonium.models import Classifies, Encodes, PerceptronModel
from harmonium.models.perceptron import ElementaryModel
from harmonium.nets import ElementaryPerceptron, Perceptron

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


def test_fixed_features_are_a_hidden_layer_that_reads_the_rows():
    one = ElementaryModel(ElementaryPerceptron(4, 8, classes=3, links=2))
    one.prepare(Split(X))
    assert torch.equal(one.net.thresholds, (X @ one.net.connections.mT).median(0).values)
    assert isinstance(one, Encodes)
    assert torch.equal(one.codes({"x": X})["h1"], one.net.features(X))
    assert torch.equal(one.filters()["h1"], one.net.connections)
    assert torch.equal(one.decide({"x": X}), one.net(X).argmax(1))
