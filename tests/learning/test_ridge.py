"""The solved readout against scikit-learn's ridge regression."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge as Reference

from harmonium.learning import Ridge
from harmonium.learning import ridge as module
from harmonium.nets import ExtremeLearningMachine
from harmonium.random import seeded

SOURCE = torch.Generator().manual_seed(0)
X = torch.randn(60, 3, generator=SOURCE, dtype=torch.float64)
VALUES = torch.randn(60, 2, generator=SOURCE, dtype=torch.float64)
CLASSES = torch.randint(3, (60,), generator=SOURCE)


def net(outputs=2, hidden=8, **settings):
    with seeded(0):
        return ExtremeLearningMachine([3, hidden, outputs], **settings).double()


@pytest.mark.parametrize("rows", [5000, 7])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_ridge_regression_on_the_features(rows, weighted, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", rows)
    own, importance = net(), torch.ones(60).double()
    if weighted:
        importance = torch.rand(60, generator=SOURCE, dtype=torch.float64) + 0.1
    found = Ridge(own, strength=0.3).step({"x": X, "y": VALUES, "weights": importance})
    phi = own.features(X).numpy()
    reference = Reference(alpha=0.3).fit(phi, VALUES.numpy(), sample_weight=importance.numpy())
    np.testing.assert_allclose(own.weight.detach(), reference.coef_, atol=1e-9)
    np.testing.assert_allclose(own.bias.detach(), reference.intercept_, atol=1e-9)
    gap = np.square(reference.predict(phi) - VALUES.numpy()).sum(1)
    assert found["squared_error"] == pytest.approx(np.average(gap, weights=importance) / 2)


def test_classes_are_regressed_on_their_codes():
    own, other = net(3), net(3)
    Ridge(own).step({"x": X, "y": CLASSES})
    Ridge(other).step({"x": X, "y": torch.eye(3, dtype=torch.float64)[CLASSES]})
    torch.testing.assert_close(own.weight, other.weight)
    torch.testing.assert_close(own.bias, other.bias)


def test_as_many_random_features_as_rows_fit_any_values():
    own = net(hidden=60, scale=3.0)
    Ridge(own, strength=1e-12).step({"x": X, "y": VALUES})
    torch.testing.assert_close(own(X).detach(), VALUES, atol=1e-4, rtol=0)


def test_dependent_features_without_a_penalty_are_refused():
    own = net()
    with torch.no_grad():
        own.hidden_weight[1] = own.hidden_weight[0]
        own.hidden_bias[1] = own.hidden_bias[0]
    with pytest.raises(ValueError, match="linearly dependent.* give a strength above 0"):
        Ridge(own, strength=0.0).step({"x": X, "y": VALUES})
