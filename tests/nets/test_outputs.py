"""Kinds of outputs: rows in the range of the data, and what a file keeps beside the layers."""

import pytest
import torch

import harmonium as hm
from harmonium.learning.objectives import Gaussian, Mixed
from harmonium.nets import Autoencoder
from harmonium.nets.outputs import log_likelihood
from harmonium.random import seeded

X = torch.rand(5, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


def net(kind):
    with seeded(0):
        return Autoencoder([6, 4, 2], code="linear", outputs=kind)


def test_probabilities_and_shares_are_in_their_range():
    with torch.no_grad():
        p = net("probabilities").reconstruct(X)
        shares = net("shares")
        decoded, again = shares.decode(shares.encode(X)), shares.reconstruct(X)
    assert 0 <= float(p.min()) <= float(p.max()) <= 1
    torch.testing.assert_close(decoded.sum(1), torch.ones(5))
    torch.testing.assert_close(again.sum(1), X.sum(1))


def test_values_are_the_outputs():
    for kind in ("values", "gaussian"):
        made = net(kind)
        with torch.no_grad():
            assert torch.equal(made.reconstruct(X), made(X))


def test_a_file_keeps_deviations_and_blocks(tmp_path):
    for kind, objective in (
        ("gaussian", Gaussian(0.25)),
        ("mixed", Mixed([(4, "cross_entropy"), (2, "bernoulli")])),
    ):
        made = net(kind)
        objective.prepare(made)
        hm.save(made, tmp_path / f"{kind}.safetensors")
        again = hm.load(tmp_path / f"{kind}.safetensors")
        for name, value in made.state_dict().items():
            assert torch.equal(value, again.state_dict()[name])
        with torch.no_grad():
            assert torch.equal(again.reconstruct(X), made.reconstruct(X))
    torch.testing.assert_close(again.reconstruct(X)[:, :4].sum(1), torch.ones(5))


@pytest.mark.parametrize("kind", ["probabilities", "values", "shares"])
def test_other_kinds_add_nothing(kind):
    assert [*net(kind).state_dict()] == [*net("probabilities").state_dict()]


@pytest.mark.parametrize("kind", ["probabilities", "values", "gaussian", "shares", "mixed"])
def test_the_log_likelihood_of_a_row_is_a_density_of_its_kind(kind):
    with seeded(0):
        net = Autoencoder([3, 2], outputs=kind).double()
    if kind == "gaussian":
        Gaussian(0.3).prepare(net)
    if kind == "mixed":
        Mixed([(2, "cross_entropy"), (1, "squared_error")]).prepare(net)
    c = torch.tensor([[0.3, -0.2]], dtype=torch.float64)
    x = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)
    z = net.decoder(c)
    normal = torch.distributions.Normal(z, 0.3 if kind == "gaussian" else 1.0).log_prob(x)
    expected = {
        "probabilities": torch.distributions.Bernoulli(logits=z).log_prob(x).sum(1),
        "values": normal.sum(1),
        "gaussian": normal.sum(1),
        "shares": z.log_softmax(1)[:, 0],
        "mixed": z[:, :2].log_softmax(1)[:, 0] + normal[:, 2],
    }[kind]
    torch.testing.assert_close(log_likelihood(net.decoder, c, rows=x, kind=kind), expected)
