"""The sigmoid belief net as an estimator."""

import numpy as np
import pytest
import torch

from harmonium import SigmoidBeliefNet
from harmonium.errors import UsageError

SOURCE = np.random.default_rng(0)


def rows(n, classes=3):
    """Nine bits, of which three neighbours are on together, whichever three."""
    blocks = np.eye(classes).repeat(3, 1)[SOURCE.integers(classes, size=n)]
    flips = SOURCE.random(blocks.shape) < 0.05
    return np.abs(blocks - flips)


X, TEST = rows(2000), rows(500)


@pytest.fixture(scope="module")
def model():
    return SigmoidBeliefNet(
        (6,), n_epochs=30, batch_size=100, learning_rate=0.03, random_state=0
    ).fit(X)


def entropy():
    """Mean log-probability of the rows under the law that they were drawn from."""
    blocks = np.eye(3).repeat(3, 1)
    flips = np.abs(TEST[:, None] - blocks)
    p = np.where(flips == 1, 0.05, 0.95).prod(2).mean(1)
    return np.log(p).mean()


def test_it_comes_near_the_density_of_the_rows(model):
    independent = X.mean(0)
    alone = (TEST * np.log(independent) + (1 - TEST) * np.log(1 - independent)).sum(1).mean()
    exact = model.net_.log_prob(torch.from_numpy(TEST)).numpy()
    assert model.score(TEST) == pytest.approx(exact.mean(), abs=0.1)
    assert exact.mean() < entropy()
    assert exact.mean() > entropy() - 0.25 * (entropy() - alone)


def test_bounds_rise_with_their_samples(model):
    one = model.log_likelihood(TEST, 1).mean()
    many = model.log_likelihood(TEST, 500).mean()
    assert one < model.score(TEST) < many + 0.1
    assert model.log_likelihood(TEST, 1, random_state=1).mean() != one


def test_the_score_of_a_row_does_not_depend_on_other_rows(model):
    whole = model.score_samples(TEST)
    np.testing.assert_allclose(model.score_samples(TEST[70:72]), whole[70:72])


def test_samples_follow_the_rows_and_the_seed(model):
    drawn = model.sample(2000)
    np.testing.assert_array_equal(drawn, model.sample(2000))
    assert not np.array_equal(drawn, model.sample(2000, random_state=1))
    assert np.corrcoef(drawn.T)[0, 1] > 0.5
    assert model.transform(TEST).shape == (500, 6)
    with pytest.raises(UsageError, match="draw fewer at a time"):
        model.sample(10**11)


def test_real_values_take_gaussian_outputs():
    x = 5 + 2 * SOURCE.standard_normal((300, 1)) + 0.5 * SOURCE.standard_normal((300, 3))
    made = SigmoidBeliefNet((4,), n_epochs=200, learning_rate=0.02, random_state=0).fit(x)
    assert made.net_.output_kind == "gaussian"
    spread = x.std(0)
    alone = -np.log(spread * np.sqrt(2 * np.pi * np.e)).sum()
    assert made.score(x) > alone + 0.3


def test_settings_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="take sleep"):
        SigmoidBeliefNet((3,), samples=1).fit(X)
    with pytest.raises(UsageError, match="units of every hidden layer"):
        SigmoidBeliefNet(()).fit(X)
