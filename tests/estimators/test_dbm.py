"""The DBM estimator: its answers against enumeration, and what it learns."""

import itertools

import numpy as np
import pytest
import torch

from harmonium import DBM, RBM, exact
from harmonium.sampling import mean_field
from tests.laws.specimens import randomised

ALL = np.array(list(itertools.product([0.0, 1.0], repeat=4)))


def rows(n=120, *, seed=0):
    """Rows in which the second feature repeats the first and the last is rare."""
    x = (np.random.default_rng(seed).random((n, 4)) < 0.5).astype(float)
    x[:, 1] = x[:, 0]
    x[:, -1] = np.arange(n) % 5 == 0
    return x


def model(**settings):
    settings = {"n_epochs": 60, "batch_size": 20, "learning_rate": 0.3} | settings
    return DBM((5, 3), random_state=0, **settings)


@pytest.fixture(scope="module")
def fitted():
    """A machine with sizeable weights in both layers; nobody changes it."""
    found = model(n_epochs=1).fit(rows())
    randomised(found.graph_, 5, std=0.8)
    return found


def test_scores_are_a_lower_bound_near_the_log_likelihood(fitted):
    v = torch.from_numpy(ALL)
    truth = exact.log_prob(fitted.graph_, {"v": v}).numpy()
    gap = truth - fitted.score_samples(ALL)
    assert fitted.log_partition_ == pytest.approx(float(exact.log_partition(fitted.graph_)))
    assert gap.min() > -1e-9
    assert 1e-6 < gap.max() < 0.5
    assert np.exp(truth).sum() == pytest.approx(1)


def test_it_learns():
    """The best there is: two coins, and one that falls on one side once in five."""
    best = -2 * np.log(2) + 0.2 * np.log(0.2) + 0.8 * np.log(0.8)
    assert model(n_epochs=200).fit(rows()).score(rows()) > best - 0.1
    assert model(n_epochs=1, learning_rate=1e-6).fit(rows()).score(rows()) < best - 0.5


def test_transform_is_the_mean_field_of_the_highest_layer(fitted):
    v = torch.from_numpy(ALL)
    data = mean_field(fitted.graph_, {"v": v}, tolerance=1e-9, cap=1000)
    expected = data.moments(fitted.graph_, "h2")[0].detach().numpy()
    np.testing.assert_allclose(fitted.transform(ALL), expected, rtol=0, atol=1e-4)
    assert list(fitted.get_feature_names_out()) == ["dbm0", "dbm1", "dbm2"]
    assert fitted.components_.shape == (5, 4)


def test_samples_and_fillings_follow_the_model(fitted):
    drawn = fitted.sample(2000, n_sweeps=50)
    p = np.exp(exact.log_prob(fitted.graph_, {"v": torch.from_numpy(ALL)}).numpy())
    found = np.array([(drawn == row).all(1).mean() for row in ALL])
    assert np.abs(found - p).sum() / 2 < 0.06
    holes = np.array([[1, np.nan, 0, 0], [0, np.nan, 0, 0]], dtype=float)
    filled = fitted.impute(holes, n_sweeps=400)
    likely = p.reshape(2, 2, 2, 2)[:, :, 0, 0]
    expected = likely[:, 1] / likely.sum(1)
    np.testing.assert_allclose(filled[:, 1], expected[[1, 0]], rtol=0, atol=0.06)


def test_pre_training_gives_the_higher_layer_something_to_say():
    """Without it the weights above stay where they were drawn, or shrink."""

    def above(epochs):
        found = model(pretrain_epochs=epochs, pretrain_learning_rate=0.2, n_epochs=1).fit(rows())
        return float(found.graph_.edges[1].connection.weight.detach().norm())

    assert above(100) > 20 * above(0)


def test_one_layer_is_an_rbm():
    x = rows()
    one = DBM((5,), pretrain_epochs=0, n_epochs=5, random_state=0).fit(x)
    other = RBM(5, n_epochs=5, random_state=0).fit(x)
    np.testing.assert_allclose(one.score_samples(x), other.score_samples(x), rtol=0, atol=1e-9)


def test_early_stopping_keeps_the_best_bound():
    x = rows()
    stopped = model(early_stopping=True, patience=2, n_epochs=200, validation_fraction=0.3).fit(x)
    assert stopped.n_epochs_ < 200


@pytest.mark.parametrize("sizes", [(), (3, 0)])
def test_layers_without_units_are_refused(sizes):
    with pytest.raises(ValueError, match="give each layer at least one unit"):
        DBM(sizes).fit(rows())
