"""A codec whose code has a prior."""

import math
import os

import pytest
import torch

from harmonium.learning import objectives
from harmonium.models import VariationalModel
from harmonium.nets import Autoencoder
from harmonium.nets.codes import Gaussian
from harmonium.random import seeded
from tests.nets.codes.normal import Normal


def model():
    return VariationalModel(Autoencoder([6, 4, 2], code=Normal()))


def test_samples_are_decoded_draws_of_the_prior():
    made = model()
    drawn = made.sample(5, source=torch.Generator().manual_seed(1))["x"]
    like = torch.empty(2, dtype=torch.float32)
    codes = Normal().prior(5, like, source=torch.Generator().manual_seed(1))
    assert torch.equal(drawn, made.decode(codes)["x"])
    assert made.sweeps(1000) == 0


def test_no_column_is_held():
    x = torch.full((5, 6), float("nan"), dtype=torch.float32)
    with pytest.raises(ValueError, match="sample without given values"):
        model().sample(5, given={"x": x})


def test_measurements_before_training_agree():
    made = model()
    x = torch.rand(4, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    first, second = (made.reconstruct({"x": x})["the code"]["x"] for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(made(x), made(x))


# --- bounds ---------------------------------------------------------------------------------


def linear(std):
    """x = W c + b + noise of s.d. std: a Gaussian whose log-likelihood is known."""
    with seeded(1):
        net = Autoencoder([4, 2], activation="identity", code=Gaussian(), outputs="gaussian")
    objectives.Gaussian(std).prepare(net)
    return VariationalModel(net.double())


def log_density(made, x, std):
    decoder = made.net.decoder.outputs
    w = decoder.weight.detach()
    covariance = w @ w.T + std**2 * torch.eye(4, dtype=torch.float64)
    marginal = torch.distributions.MultivariateNormal(decoder.bias.detach(), covariance)
    return marginal.log_prob(x)


def test_bounds_of_a_linear_gaussian_model_lie_below_its_log_likelihood_and_rise():
    made, source = linear(0.7), torch.Generator().manual_seed(2)
    x = torch.randn(200, 4, generator=source, dtype=torch.float64)
    exact = log_density(made, x, 0.7)
    gaps = []
    for samples in (1, 10, 1000):
        found = made.bounds({"x": x}, samples=samples, source=source)
        gaps.append(float((exact - found["importance_weighted"]).mean()))
        assert float((exact - found["elbo"]).mean()) > 0
    assert gaps[0] > gaps[1] > gaps[2] > -0.05
    assert gaps[2] < 0.1


def test_the_elbo_is_tight_where_the_encoder_gives_the_exact_posterior():
    """One value, one number: W = 1, s = 1, so the posterior is N(x/2, 1/2)."""
    with seeded(1):
        net = Autoencoder([1, 1], activation="identity", code=Gaussian(), outputs="values")
    with torch.no_grad():
        net.encoder.h1.weight.copy_(torch.tensor([[0.5], [0.0]]))
        net.encoder.h1.bias.copy_(torch.tensor([0.0, math.log(0.5)]))
        net.decoder.outputs.weight.fill_(1.0)
        net.decoder.outputs.bias.zero_()
    made = VariationalModel(net.double())
    x = torch.ones(1, 1, dtype=torch.float64)
    found = made.bounds({"x": x}, samples=40_000, source=torch.Generator().manual_seed(0))
    assert float(found["importance_weighted"]) == pytest.approx(-1.5155121234846454, abs=1e-9)
    assert float(found["elbo"]) == pytest.approx(-1.5155121234846454, abs=0.02)


def test_a_bound_needs_a_sample():
    with pytest.raises(ValueError, match="at least 1"):
        linear(1.0).bounds({"x": torch.zeros(1, 4).double()}, samples=0)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif("HARMONIUM_DATA" not in os.environ, reason="it needs MNIST")
def test_grey_mnist_after_one_epoch(tmp_path):
    """Measured: -120.0 nats."""
    from harmonium.training import train

    changes = ("train.epochs=1", "repeats=1", "judge=[{type: bound, samples: 1}]")
    run = train("mnist_vae", *changes, output=tmp_path)
    assert run.results["trials"][0]["methods"]["autoencoder"]["elbo"] > -122
