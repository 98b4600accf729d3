"""The Boltzmann machine estimator: what it learns from, and its answers against enumeration."""

import copy
import itertools
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.utils.estimator_checks import parametrize_with_checks

from harmonium import RBM, BoltzmannMachine, Spin, exact
from harmonium.estimators import boltzmann, density
from harmonium.estimators.likelihood import partition
from harmonium.learning import Exact, MeanField
from tests.laws import judge

ALL = np.array(list(itertools.product([0.0, 1.0], repeat=4)))


# the checks' own data have means of 100
@pytest.mark.filterwarnings("ignore:.* far from mean 0 and standard deviation 1")
@parametrize_with_checks([BoltzmannMachine(2, n_epochs=3)])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def bits(n=200, *, seed=0):
    """Four features: the second repeats the first, the third is their parity with the last."""
    x = (np.random.default_rng(seed).random((n, 4)) < 0.5).astype(float)
    x[:, 1] = x[:, 0]
    x[:, 2] = (x[:, 0] + x[:, 3]) % 2
    return x


def model(**settings):
    return BoltzmannMachine(
        **{"n_components": 3, "n_epochs": 60, "learning_rate": 0.5, "random_state": 0} | settings
    )


@pytest.fixture(scope="module")
def fitted():
    return model().fit(bits())


def as_spins(x):
    return 2 * x - 1


@pytest.mark.parametrize(
    ("settings", "map_"),
    [({}, np.array), ({"n_components": 0}, np.array), ({"visible": Spin(4)}, as_spins)],
)
def test_score_samples_is_the_exact_log_likelihood(settings, map_):
    machine = model(n_epochs=10, **settings).fit(map_(bits()))
    v = torch.from_numpy(map_(ALL))
    expected = exact.log_prob(machine.graph_, {"v": v}).numpy()
    np.testing.assert_allclose(machine.score_samples(map_(ALL)), expected, rtol=0, atol=1e-9)
    assert np.exp(expected).sum() == pytest.approx(1)
    assert machine.log_partition_stderr_ == 0


def test_where_sums_are_too_long_both_are_estimated(fitted, monkeypatch):
    expected, hidden = fitted.score_samples(ALL), fitted.transform(ALL)
    monkeypatch.setattr(exact, "_WORK", 0)
    monkeypatch.setattr(boltzmann, "_STATES", 0)
    monkeypatch.setattr(density, "partition", partial(partition, betas=300))
    machine = copy.deepcopy(fitted)
    machine._partition = None
    off = machine.score_samples(ALL) - expected
    assert 0 < machine.log_partition_stderr_ < 0.2
    assert 0 < np.abs(off).max() < 0.5
    near = machine.transform(ALL)  # by mean field
    assert 0 < np.abs(near - hidden).max() < 0.9


def test_pairs_need_no_hidden_unit_and_parity_does():
    """Entropy of the data: 2 bits. Mean field, from small weights, sees no more than pairs."""
    x = bits()
    shares = np.unique(x, axis=0, return_counts=True)[1] / len(x)
    best = (shares * np.log(shares)).sum()

    def reached(n, **settings):
        exactly = {"contrast": Exact(), "n_epochs": 60, "learning_rate": 2.0, "batch_size": 20}
        return model(n_components=n, **exactly, **settings).fit(x).score(x)

    one_by_one = -4 * np.log(2)
    assert one_by_one + 0.6 < reached(0) < best - 0.6
    assert best - 0.1 < reached(3) < best
    assert reached(3, inference=MeanField()) < best - 0.6


def test_wires_within_the_groups_are_used(fitted):
    wires = fitted.graph_.connections
    assert [*wires] == ["v-v", "v-h", "h-h"]
    assert float(wires["v-v"].matrix().detach()[0, 1]) > 0.5
    assert fitted.score(bits()) > RBM(3, n_epochs=1, random_state=0).fit(bits()).score(bits())


def test_transform_is_the_posterior_mean(fitted):
    states, p = exact.distribution(fitted.graph_)
    for row, h in zip(ALL, fitted.transform(ALL), strict=True):
        here = (states["v"] == torch.from_numpy(row)).all(1)
        expected = (p[here] @ states["h"][here].double()) / p[here].sum()
        np.testing.assert_allclose(h, expected.numpy(), atol=1e-9)


def frequencies(x):
    return torch.from_numpy(np.bincount((x @ [8, 4, 2, 1]).astype(int), minlength=16))


def test_samples_follow_the_model_and_what_is_known(fitted):
    p = np.exp(fitted.score_samples(ALL))
    x = fitted.sample(20_000, random_state=1)
    assert abs(judge.chi_square(frequencies(x), torch.from_numpy(p))) < judge.LIMIT
    known = [np.nan, 1.0, np.nan, 0.0]
    x = fitted.sample(20_000, clamp=known, random_state=2)
    assert (x[:, 1] == 1).all()
    assert (x[:, 3] == 0).all()
    p = np.where((ALL[:, 1] == 1) & (ALL[:, 3] == 0), p, 0)
    assert abs(judge.chi_square(frequencies(x), torch.from_numpy(p / p.sum()))) < judge.LIMIT


def test_holes_are_filled_with_conditional_means(fitted):
    p = np.exp(fitted.score_samples(ALL))
    rows = np.array([[np.nan, 1.0, np.nan, 0.0]] * 200)
    filled = fitted.impute(rows, n_sweeps=600, random_state=0).mean(0)
    here = (ALL[:, 1] == 1) & (ALL[:, 3] == 0)
    expected = p[here] @ ALL[here] / p[here].sum()
    np.testing.assert_allclose(filled, expected, atol=0.02)
    np.testing.assert_array_equal(fitted.impute(ALL), ALL)


def test_a_machine_without_hidden_units_has_nothing_to_transform_to():
    with pytest.raises(ValueError, match="no hidden units: give n_components"):
        model(n_components=0, n_epochs=1).fit(bits()).transform(bits())
    with pytest.raises(ValueError, match="n_sweeps is 1"):
        model(n_epochs=1).fit(bits()).impute(bits(), n_sweeps=1)
