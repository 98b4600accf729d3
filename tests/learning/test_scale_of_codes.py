"""The scale of codes before similarity is learned."""

import pytest
import torch

from harmonium.learning.neighbours import nearest
from harmonium.learning.objectives.nca import embedded
from harmonium.learning.scale_of_codes import scale_codes
from harmonium.nets import Autoencoder, Embedding
from harmonium.random import seeded

X = torch.rand(60, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def median(net):
    z = embedded(net, X).detach()
    return float(nearest(z, z, k=1, itself=False)[0].median())


@pytest.mark.parametrize("units", [[6, 2], [6, 5, 2]])
def test_an_embedding_gets_the_wanted_distance(units):
    with seeded(0):
        net = Embedding(units).double()
    before, was = net(X).detach(), median(net)
    factor = scale_codes(net, X, distance=0.01)
    assert factor == pytest.approx(0.01 / was)
    assert median(net) == pytest.approx(0.01)
    torch.testing.assert_close(net(X).detach(), factor * before)


def test_reconstructions_stay_the_same():
    with seeded(0):
        net = Autoencoder([6, 5, 2], code="linear").double()
    before = net.reconstruct(X).detach()
    assert scale_codes(net, X, distance=0.01) is not None
    assert median(net) == pytest.approx(0.01)
    torch.testing.assert_close(net.reconstruct(X).detach(), before)


def test_codes_with_an_activation_are_left_as_they_are():
    with seeded(0):
        net = Autoencoder([6, 5, 2], activation="logistic").double()
    before = [p.clone() for p in net.parameters()]
    assert scale_codes(net, X, distance=1e-6) is None
    assert all(p.equal(q) for p, q in zip(net.parameters(), before, strict=True))


@pytest.mark.parametrize("rows", [X[:1], X[:1].expand(5, 6)])
def test_rows_without_distances_change_nothing(rows):
    with seeded(0):
        net = Embedding([6, 2]).double()
    assert scale_codes(net, rows, distance=1e-6) is None


def test_codes_that_are_near_stay():
    with seeded(0):
        net = Embedding([6, 2]).double()
    was = median(net)
    assert scale_codes(net, X, distance=1.01 * was) is None
    assert median(net) == was
