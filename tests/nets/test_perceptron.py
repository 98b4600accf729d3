"""The perceptron: scores and decisions."""

import torch

from harmonium import load, save
from harmonium.nets import Perceptron

X = torch.randn(20, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def drawn(classes):
    net = Perceptron(3, classes).double()
    source = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for p in net.parameters():
            p.normal_(generator=source)
    return net


def test_the_greatest_score_wins():
    net = drawn(4)
    scores = torch.stack([X @ w + b for w, b in zip(net.weight, net.bias, strict=True)], 1)
    torch.testing.assert_close(net(X), scores)
    assert torch.equal(net.decide(X), scores.argmax(1))
    assert len(net.decide(X).unique()) > 1


def test_two_classes_are_one_threshold_unit():
    net = drawn(2)
    fires = X @ (net.weight[1] - net.weight[0]) + net.bias[1] - net.bias[0] > 0
    assert torch.equal(net.decide(X) == 1, fires)


def test_of_equal_scores_the_first_wins():
    assert Perceptron(3, 4).double().decide(X).tolist() == [0] * 20


def test_what_is_saved_comes_back(tmp_path):
    net = drawn(4)
    back = load(save(net, tmp_path / "net.safetensors"))
    assert torch.equal(back.decide(X), net.decide(X))
    assert back.units == (3, 4)
