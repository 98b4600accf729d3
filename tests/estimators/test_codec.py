"""What estimators of codecs share: the kind of values by their range, and codes of one size."""

import numpy as np
import pytest
import torch

from harmonium import VAE, Autoencoder
from harmonium.estimators.codec import kind_of

UNIT = torch.tensor([[0.0, 0.5], [1.0, 0.2]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("x", "outputs", "kind"),
    [
        (UNIT, "auto", "probabilities"),
        (UNIT + 1, "auto", "gaussian"),
        (-UNIT, "auto", "gaussian"),
        (UNIT, "probabilities", "probabilities"),
        (UNIT, "shares", "shares"),
    ],
)
def test_the_kind_is_the_one_given_or_that_of_the_range(x, outputs, kind):
    assert kind_of(x, outputs, real="gaussian") == kind


@pytest.mark.parametrize(("x", "low", "high"), [(UNIT + 1, "1", "2"), (-UNIT, "-1", "-?0")])
def test_values_that_are_no_probabilities_are_refused(x, low, high):
    with pytest.raises(ValueError, match=f"from {low} to {high}, .* or set outputs='values'"):
        kind_of(x, "probabilities", real="values")


@pytest.mark.parametrize("estimator", [Autoencoder, VAE])
@pytest.mark.parametrize("sizes", [(), (5, 0)])
def test_a_codec_without_layers_is_refused(estimator, sizes):
    with pytest.raises(ValueError, match="give the units of every layer of the encoder"):
        estimator(sizes).fit(np.eye(4))
