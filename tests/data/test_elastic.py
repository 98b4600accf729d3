"""Elastic distortions: the field of an independent reference, and its size."""

import math

import numpy as np
import pytest
import torch
from scipy import ndimage

from harmonium.data import Elastic
from harmonium.data.elastic import smoothing
from harmonium.random import generator, uniform

X = uniform(torch.empty(300, 1, 28, 28), generator(0))


@pytest.mark.parametrize(("size", "sigma"), [(28, 4.0), (9, 1.3), (40, 2.0)])
def test_the_window_is_that_of_scipy(size, sigma):
    x = np.random.default_rng(0).uniform(-1, 1, (5, size))
    found = x @ smoothing(size, sigma, like=torch.empty(0, dtype=torch.float64)).numpy().T
    expected = ndimage.gaussian_filter1d(x, sigma, mode="constant", truncate=4.0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_the_field_is_smooth_noise_of_the_size_of_its_formula():
    field = Elastic(34, 4).field(X, generator(1))
    drawn = X.new_empty(2, 300, 28, 28).uniform_(generator=generator(1)) * 2 - 1
    expected = 34 * ndimage.gaussian_filter(drawn[0, 7].numpy(), 4, mode="constant")
    np.testing.assert_allclose(field[0, 7].numpy(), expected, atol=1e-5)
    middle = field[:, :, 12:16, 12:16]
    assert float(middle.std()) == pytest.approx(34 / (math.sqrt(12 * math.pi) * 4), rel=0.08)


def test_a_pixel_is_read_where_the_field_points():
    ramp = torch.arange(28.0).expand(300, 1, 28, 28).contiguous()  # the value is the column
    distort = Elastic(20, 4)
    columns = distort.field(ramp, generator(2))[1] + torch.arange(28.0)
    found = distort(ramp, generator(2))[:, 0]
    torch.testing.assert_close(found, columns.clamp(0, 27), rtol=0, atol=1e-4)


def test_draws_come_from_the_generator_alone():
    before = torch.get_rng_state()
    assert torch.equal(Elastic()(X, generator(3)), Elastic()(X, generator(3)))
    assert torch.equal(torch.get_rng_state(), before)


def test_unusable_settings_are_refused():
    with pytest.raises(ValueError, match="alpha is at least 0 and finite"):
        Elastic(sigma=0)
    for settings in ({"alpha": float("inf")}, {"sigma": float("inf")}, {"sigma": 1e10}):
        with pytest.raises(ValueError, match="above 0 and at most 10000"):
            Elastic(**settings)
