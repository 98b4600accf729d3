"""The elementary perceptron: fixed features as its formula says, and XOR by enough of them."""

import pytest
import torch

from harmonium import load, save
from harmonium.learning import ErrorCorrection, separable
from harmonium.nets import ElementaryPerceptron
from harmonium.random import seeded

X = (torch.rand(50, 12, generator=torch.Generator().manual_seed(0)) > 0.5).float()
SQUARE = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
XOR = torch.tensor([0, 1, 1, 0])


def drawn(seed=0, *, inputs=12, associations=30, links=5):
    with seeded(seed):
        return ElementaryPerceptron(inputs, associations, classes=2, links=links)


def test_every_feature_has_its_links_of_plus_and_minus_one():
    net = drawn()
    assert set(net.connections.unique().tolist()) == {-1, 0, 1}
    assert net.connections.abs().sum(1).tolist() == [5] * 30
    assert drawn(links=99).connections.abs().sum(1).tolist() == [12] * 30
    assert not torch.equal(net.connections, drawn(1).connections)
    assert torch.equal(net.connections, drawn(0).connections)


def test_features_and_scores_are_those_of_the_formula():
    net = drawn()
    net.set_thresholds(X)
    with torch.no_grad():
        net.weight.normal_(generator=torch.Generator().manual_seed(0))
        net.bias.normal_(generator=torch.Generator().manual_seed(1))
    for row in X[:5]:
        on = [
            float(sum(c * v for c, v in zip(connection, row, strict=True)) >= threshold)
            for connection, threshold in zip(net.connections, net.thresholds, strict=True)
        ]
        assert net.features(row[None])[0].tolist() == on
        scores = net.weight @ torch.tensor(on) + net.bias
        torch.testing.assert_close(net(row[None])[0], scores)
    assert torch.equal(net.activities(X)["h1"], net.features(X))


def test_a_feature_is_on_for_about_half_of_the_rows():
    """At least half: rows at the median are on, and sums of five bits have many ties."""
    net = drawn()
    net.set_thresholds(X)
    share = net.features(X).mean(0)
    assert share.min() >= 0.5
    assert share.max() < 0.95
    net.set_thresholds(torch.randn(999, 12, generator=torch.Generator().manual_seed(0)))
    real = net.features(torch.randn(999, 12, generator=torch.Generator().manual_seed(0)))
    torch.testing.assert_close(real.mean(0), torch.full((30,), 500 / 999))
    with pytest.raises(ValueError, match="at least one row"):
        net.set_thresholds(X[:0])


def test_xor_becomes_separable_with_enough_random_features():
    """Share of draws in which it is; one or two features never do. Measured: 0, .7, 1, 1."""
    shares = []
    for n in (1, 4, 16, 64):
        good = 0
        for seed in range(60):
            net = drawn(seed, inputs=2, associations=n, links=2)
            net.set_thresholds(SQUARE)
            good += separable(net.features(SQUARE), XOR).separable
        shares.append(good / 60)
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] > 0.95


def test_it_learns_xor():
    net = drawn(inputs=2, associations=64, links=2)
    net.set_thresholds(SQUARE)
    rule = ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=1.0), sequential=True)
    for _ in range(100):
        if not float(rule.step({"x": SQUARE, "y": XOR})["mistakes"]):
            break
    assert torch.equal(net.decide(SQUARE), XOR)


def test_what_is_saved_comes_back_with_its_features(tmp_path):
    net = drawn()
    net.set_thresholds(X)
    back = load(save(net, tmp_path / "net.safetensors"))
    assert torch.equal(back.features(X), net.features(X))
    assert back.units == (12, 30, 2)
