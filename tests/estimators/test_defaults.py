"""What estimators do where nothing is said, on tables that used to defeat them."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import FactorAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from harmonium import (
    RBM,
    Bernoulli,
    ClassificationRBM,
    DBNClassifier,
    DReLU,
    Gaussian,
    Rectified,
    Spin,
    rbm,
)
from harmonium.estimators.defaults import (
    is_grey,
    is_steady,
    liveliness,
    passes,
    rate_for,
)
from harmonium.random import generator


def standardised(x):
    deviation = x.std(0)
    return (x - x.mean(0)) / np.where(deviation > 0, deviation, 1)


def wide(d, n=200, *, seed=0):
    """Rows of a few factors and noise, standardised."""
    r = np.random.default_rng(seed)
    return standardised(r.normal(size=(n, 5)) @ r.normal(size=(5, d)) + r.normal(size=(n, d)))


TABLES = {
    "two": lambda: wide(2),
    "ten": lambda: wide(10),
    "wider than long": lambda: wide(600),
    "one column often": lambda: np.repeat(wide(3), 20, axis=1),
    "cauchy": lambda: standardised(np.random.default_rng(0).standard_cauchy((200, 12))),
    "log-normal": lambda: standardised(np.exp(2 * wide(12))),
    "one outlier": lambda: np.concatenate([wide(12), np.full((1, 12), 1e4)]),
    "on other scales": lambda: wide(8) * np.logspace(-4, 4, 8) + 3,
}


@pytest.mark.filterwarnings("ignore:.* far from mean 0 and standard deviation 1")
@pytest.mark.parametrize("hidden", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("name", TABLES)
def test_real_tables_of_any_kind_are_learned(name, hidden):
    """At least as well as columns one by one, and new rows have a likelihood."""
    x = TABLES[name]()
    model = RBM(40, hidden=hidden, n_epochs=30, random_state=0).fit(x)
    spread = x.std(0)
    alone = -0.5 * (np.log(2 * np.pi * spread**2) + 1).sum()
    assert model.score(x) > alone - 1
    assert np.isfinite(model.score_samples(x + 3 * spread)).all()
    assert is_steady(model.graph_)


def test_correlated_columns_come_near_factor_analysis():
    x = standardised(load_breast_cancer().data)
    train, test = x[::2], x[1::2]
    found = RBM(n_epochs=150, random_state=0).fit(train).score(test)
    assert found > FactorAnalysis(12).fit(train).score(test) - 6
    assert found > FactorAnalysis(3).fit(train).score(test)


def test_constant_columns_are_named():
    x = np.hstack([wide(4), np.ones((200, 1)), wide(3, seed=1), np.zeros((200, 1))])
    with pytest.warns(UserWarning, match=r"2 of 9 features never change \(constant columns 4, 8"):
        model = RBM(10, random_state=0).fit(x)
    assert np.isfinite(model.score(x))
    with pytest.warns(UserWarning, match="never change"):
        ClassificationRBM(10, n_epochs=1).fit(x, x[:, 0] > 0)
    with pytest.warns(UserWarning, match="never change"):
        DBNClassifier((10,), n_epochs=1, pretrain_epochs=1).fit(x, x[:, 0] > 0)


# --- values just beyond the domain -----------------------------------------------------------


def test_rounding_above_one_is_binary_data_to_all():
    x = MinMaxScaler().fit_transform(load_breast_cancer().data)
    y = load_breast_cancer().target
    assert 1 < x.max() < 1 + 1e-12
    assert type(RBM(2, n_epochs=1).fit(x).graph_.units["v"]) is Bernoulli
    assert type(RBM(2, n_epochs=1, visible="bernoulli").fit(x).graph_.units["v"]) is Bernoulli
    for model in (
        ClassificationRBM(2, n_epochs=1),
        DBNClassifier((2,), n_epochs=1, pretrain_epochs=1),
    ):
        model.fit(x, y).predict(x)
    graph = ClassificationRBM(2, n_epochs=1).fit(x, y).graph_
    assert type(graph.units["v"]) is Bernoulli
    np.testing.assert_array_equal(
        RBM(2, n_epochs=1, random_state=0).fit(x).components_,
        RBM(2, n_epochs=1, random_state=0).fit(x.clip(0, 1)).components_,
    )


def test_folds_of_a_scaled_table_are_all_of_one_family():
    x, y = load_breast_cancer(return_X_y=True)
    model = make_pipeline(
        MinMaxScaler(),
        RBM(4, visible="bernoulli", n_epochs=2, random_state=0),
        LogisticRegression(),
    )
    assert np.isfinite(cross_val_score(model, x, y, cv=5, error_score="raise")).all()


# --- how much, how fast ----------------------------------------------------------------------


def test_updates_are_counted_not_passes():
    assert passes(None, batches=6, updates=1200) == 200
    assert passes(None, batches=1200, updates=1200) == 10
    assert passes(3, batches=6, updates=1200) == 3
    x = (np.random.default_rng(0).random((60, 5)) < 0.5).astype(float)
    assert RBM(3).fit(x).n_epochs_ == 600


def test_binary_and_grey_values_are_told_apart():
    r = np.random.default_rng(0)
    binary = torch.from_numpy((r.random((50, 9)) < 0.3).astype(float))
    assert liveliness(Bernoulli(9), binary) == pytest.approx(1)
    assert not is_grey(Bernoulli(9), binary)
    scan = torch.from_numpy(r.random((50, 9)))
    assert liveliness(Bernoulli(9), scan) == pytest.approx(1 / 3, abs=0.05)
    assert is_grey(Bernoulli(9), scan)
    assert not is_grey(Spin(9), scan)
    assert not is_grey(Bernoulli(9), torch.zeros(5, 9))


def test_real_data_are_learned_below_the_inverse_curvature():
    x = torch.from_numpy(np.repeat(wide(1), 100, axis=1))
    graph = rbm(Gaussian(100), 4).double()
    assert rate_for(graph, x, curvature=None) == pytest.approx(1.5 / 100, rel=1e-3)
    assert rate_for(graph, x, curvature=300.0) == 1.5 / 300
    assert rate_for(graph, x, curvature=1.0) == 0.15


@pytest.mark.parametrize("n", [280, 1200])
def test_features_of_grey_pictures_tell_as_much_as_pixels(n):
    x, y = load_digits(return_X_y=True)
    x = 0.4 + x / 80  # faint
    model = RBM(random_state=0).fit(x[:n])

    def found(a, b):
        return LogisticRegression(max_iter=2000).fit(a, y[:n]).score(b, y[1200:])

    pixels = found(x[:n], x[1200:])
    assert found(model.transform(x[:n]), model.transform(x[1200:])) > pixels - 0.02


def test_more_passes_go_on_at_the_gentler_rate_after_a_divergence(monkeypatch):
    x = wide(8)
    usual = RBM(8, n_epochs=2, random_state=0).fit(x).partial_fit(x)
    steady = iter([False, True])
    monkeypatch.setattr("harmonium.estimators.machine.is_steady", lambda _: next(steady))
    found = RBM(8, n_epochs=2, random_state=0).fit(x).partial_fit(x)
    rates = [m._learner.optimiser.param_groups[0]["lr"] for m in (found, usual)]
    assert rates[0] == pytest.approx(rates[1] / 4)


def test_hidden_units_of_any_quadratic_energy_get_the_careful_rate():
    x = torch.randn(200, 6, generator=generator(0))
    rates = [
        rate_for(rbm(Gaussian(6), hidden(3)), x, curvature=30.0) for hidden in (Rectified, DReLU)
    ]
    assert rates[0] == rates[1] < rate_for(rbm(Gaussian(6), 3), x, curvature=30.0)
