"""A mixture of Gaussians of the machine's size."""

from harmonium.baselines.gaussian_mixture import GaussianMixture
from harmonium.baselines.independent_gaussians import IndependentGaussians
from tests.baselines.test_densities import made


def test_a_mixture_has_as_many_parameters_as_the_machine():
    trial = made()
    found = GaussianMixture()(trial)
    assert found["settings"] == {"components": round((3 * 7 + 14 + 3) / 15)}
    assert found["log_likelihood"] > IndependentGaussians()(trial)["log_likelihood"]
