"""Non-negative factors: sums of parts, no better than the best linear code without a mean."""

import numpy as np
import pytest

from harmonium.baselines.nmf import NMF, fitted
from harmonium.baselines.svd import SVD
from harmonium.data.known import digits_set
from harmonium.errors import UsageError
from tests.baselines.test_pca import auto
from tests.stages import small


def test_digits_come_back_with_an_error_above_that_of_svd():
    made = small.one(data=digits_set(), **auto(64, 10))
    own, rival = NMF()(made), SVD()(made)
    assert own["settings"] == {"components": 10}
    best, worst = rival["reconstruction_error"], float(digits_set().test.x.square().mean())
    assert best < own["reconstruction_error"] < 0.25 * worst


def test_parts_and_codes_are_not_negative_and_an_exact_product_is_found():
    draws = np.random.default_rng(0)
    parts, codes = draws.uniform(size=(2, 6)), draws.uniform(size=(80, 2))
    model = fitted(codes @ parts, 2, seed=0, max_iter=5000)
    rows = model.transform(codes @ parts)
    assert rows.min() >= 0
    assert model.components_.min() >= 0
    assert np.abs(model.inverse_transform(rows) - codes @ parts).max() < 0.02


def test_rows_with_negative_values_are_refused_in_words():
    rows = digits_set().train.x.flatten(1).double().numpy() - 0.5
    with pytest.raises(UsageError, match="a value of a training row is -0.5.*leave nmf out"):
        fitted(rows, 2, seed=0)
