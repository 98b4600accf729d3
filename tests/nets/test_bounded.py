"""Bounds of a codec, many samples and rows at a time; their values are in test_variational."""

import pytest
import torch

from harmonium.nets import Autoencoder
from harmonium.nets import bounded as module
from harmonium.nets.bounded import bounds
from harmonium.nets.codes import Gaussian
from harmonium.random import generator, seeded

X = torch.randn(7, 4, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


@pytest.fixture
def net():
    with seeded(1):
        return Autoencoder([4, 2], code=Gaussian(), outputs="values").double().eval()


@torch.no_grad()
def test_bounds_in_pieces_are_those_of_the_same_codes(net, monkeypatch):
    whole = bounds(net, X[:1], samples=250, source=generator(4))
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    parts = bounds(net, X, samples=250, source=generator(4))
    for name in ("elbo", "importance_weighted"):
        torch.testing.assert_close(parts[name][:1], whole[name])
        assert parts[name].shape == (7,)


@torch.no_grad()
def test_they_are_the_formulas_on_one_draw(net):
    z = net.encoder(X)
    c = net.code.draw(z, generator(5))
    log_p = torch.distributions.Normal(net.decoder(c), 1.0).log_prob(X).sum(1)
    found = bounds(net, X, samples=1, source=generator(5))
    torch.testing.assert_close(found["elbo"], log_p - net.code.cost(z))
    ratio = net.code.log_ratio(z, c)
    torch.testing.assert_close(found["importance_weighted"], log_p + ratio)


def test_a_sample_is_needed(net):
    with pytest.raises(ValueError, match="at least 1"):
        bounds(net, X, samples=0)
