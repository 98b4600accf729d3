"""The associative memory as an estimator."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from harmonium import AssociativeMemory

RNG = np.random.default_rng(0)
KEYS, VALUES = RNG.standard_normal((6, 10)), RNG.standard_normal((6, 3))


def test_independent_keys_are_recalled_exactly():
    memory = AssociativeMemory().fit(KEYS, VALUES)
    np.testing.assert_allclose(memory.predict(KEYS), VALUES, atol=1e-10)
    assert memory.score(KEYS, VALUES) == pytest.approx(1)
    assert memory.coef_.shape == (3, 10)


def test_it_is_least_squares_without_an_intercept():
    x, y = RNG.standard_normal((50, 4)), RNG.standard_normal(50)
    theirs = LinearRegression(fit_intercept=False).fit(x, y)
    ours = AssociativeMemory().fit(x, y)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), atol=1e-10)
    assert ours.predict(x).shape == (50,)


def test_without_values_a_damaged_row_comes_back_nearer_to_its_own():
    memory = AssociativeMemory().fit(KEYS)
    noise = 0.3 * RNG.standard_normal(KEYS.shape)
    left = np.square(memory.predict(KEYS + noise) - KEYS).sum()
    assert left < 0.8 * np.square(noise).sum()
    np.testing.assert_allclose(memory.predict(KEYS), KEYS, atol=1e-10)


def test_the_correlation_form_and_the_condition():
    memory = AssociativeMemory(form="correlation").fit(KEYS, VALUES)
    np.testing.assert_allclose(memory.coef_, VALUES.T @ KEYS)
    assert memory.condition_ == pytest.approx(np.linalg.cond(KEYS))


def test_values_of_text_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match="values are text: give numbers, such as a column of 0"):
        AssociativeMemory().fit([[0.0, 1.0], [1.0, 0.0]], ["cat", "dog"])
