"""The variational autoencoder as an estimator."""

import numpy as np
import pytest
from sklearn.decomposition import FactorAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from harmonium import VAE
from harmonium.data import digits
from harmonium.errors import UsageError
from harmonium.estimators.vae import _noises

X = digits().train.numpy()
Y = digits().train_labels.numpy()
TEST = digits().test.numpy()


@pytest.fixture(scope="module")
def model():
    return VAE((60, 8), n_epochs=40, learning_rate=3e-3, random_state=0).fit(X)


def test_codes_are_means_and_rows_come_back(model):
    codes = model.transform(TEST)
    assert codes.shape == (500, 8)
    np.testing.assert_array_equal(codes, model.transform(TEST))
    back = model.inverse_transform(codes)
    assert 0 <= back.min() < back.max() <= 1
    assert ((back - TEST) ** 2).mean() < 0.8 * TEST.var(0).mean()
    with pytest.raises(UsageError, match="codes of 3 numbers, but the net has 8"):
        model.inverse_transform(codes[:, :3])


def test_more_rows_than_memory_holds_are_refused(model):
    with pytest.raises(UsageError, match="draw fewer at a time"):
        model.sample(10**9)


def test_the_score_of_a_row_does_not_depend_on_other_rows_or_calls(model):
    whole = model.score_samples(TEST)
    np.testing.assert_allclose(model.score_samples(TEST[7:9]), whole[7:9], rtol=1e-5)
    np.testing.assert_array_equal(model.score_samples(TEST), whole)
    assert model.score(TEST) == pytest.approx(whole.mean())


def test_the_bounds_are_in_order(model):
    elbo = model.score(TEST[:200])
    few = model.log_likelihood(TEST[:200], 5).mean()
    many = model.log_likelihood(TEST[:200], 500).mean()
    assert elbo - 0.2 < few < many
    again = model.log_likelihood(TEST[:200], 5, random_state=0).mean()
    assert again == pytest.approx(few, abs=0.3)


def test_samples_are_rows_of_the_prior_by_seed(model):
    one = model.sample(200)
    np.testing.assert_array_equal(one, model.sample(200))
    assert not np.array_equal(one, model.sample(200, random_state=1))
    assert one.shape == (200, 64)
    assert np.abs(one.mean(0) - X.mean(0)).mean() < 0.1


def test_a_linear_model_scores_at_most_what_factor_analysis_does():
    """The best linear Gaussian model: factor analysis, whose likelihood is exact."""
    source = np.random.default_rng(0)
    loadings = source.normal(size=(2, 6))
    rows = source.normal(size=(1500, 2)) @ loadings + source.normal(size=(1500, 6)) * 0.5
    best = FactorAnalysis(2).fit(rows[:1000]).score(rows[1000:])
    settings = {"activation": "identity", "outputs": "gaussian", "random_state": 0}
    model = VAE((2,), n_epochs=120, learning_rate=0.02, **settings).fit(rows[:1000])
    assert best - 0.25 < model.score(rows[1000:]) < best + 0.02
    assert model.log_likelihood(rows[1000:], 300).mean() > best - 0.15


@pytest.mark.parametrize("size", [1, 5, 40])
def test_the_noise_of_scores_has_the_moments_of_the_prior(size):
    noise = _noises(size, 0)
    assert len(noise) >= 64
    np.testing.assert_allclose(noise.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(noise.mT @ noise / len(noise), np.eye(size), atol=1e-12)


def test_more_codes_in_learning_are_allowed_without_a_beta_alone():
    assert VAE((4, 2), samples=5, n_epochs=1).fit(X[:50]).n_epochs_ == 1
    with pytest.raises(UsageError, match="samples is 5"):
        VAE((4, 2), samples=5, beta=0.5, n_epochs=1).fit(X[:50])


def test_a_large_beta_keeps_the_code_at_its_prior():
    settings = {"n_epochs": 10, "learning_rate": 3e-3, "random_state": 0}
    models = [VAE((20, 4), beta=beta, **settings).fit(X) for beta in (1.0, 50.0)]
    spreads = [model.transform(TEST).var(0).max() for model in models]
    assert spreads[1] < 0.05 * spreads[0]


def test_values_that_are_no_probabilities():
    with pytest.raises(ValueError, match="probabilities lie in"):
        VAE((4,), n_epochs=1, outputs="probabilities").fit(X - 0.5)
    assert VAE((4,), n_epochs=1).fit(X - 0.5).net_.output_kind == "gaussian"
    assert VAE((4,), n_epochs=1).fit(X).net_.output_kind == "probabilities"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_type_of_the_rows_stays(dtype):
    model = VAE((4, 2), n_epochs=1, random_state=0).fit(X[:60].astype(dtype))
    rows = TEST[:5].astype(dtype)
    for found in (model.transform(rows), model.score_samples(rows), model.sample(2)):
        assert found.dtype == dtype


def test_equal_seeds_give_equal_models_and_a_refit_forgets():
    one = VAE((8, 2), n_epochs=2, random_state=3).fit(X)
    two = VAE((8, 2), n_epochs=2, random_state=3).fit(X[:100]).fit(X)
    np.testing.assert_array_equal(one.transform(TEST), two.transform(TEST))
    assert len(two.loss_curve_) == 2


def test_it_stands_in_pipelines_and_searches():
    pipeline = make_pipeline(
        StandardScaler(),
        VAE((50, 10), n_epochs=60, learning_rate=3e-3, random_state=0),
        LogisticRegression(max_iter=2000),
    )
    names = pipeline.fit(X, Y)[:-1].get_feature_names_out()
    assert list(names) == [f"vae{k}" for k in range(10)]
    assert pipeline.score(TEST, digits().test_labels.numpy()) > 0.7
    grid = {"learning_rate": [1e-6, 3e-3]}
    search = GridSearchCV(VAE((20, 3), n_epochs=5, random_state=0), grid, cv=2).fit(X)
    assert search.best_params_ == {"learning_rate": 3e-3}


def test_early_stopping_scores_held_out_rows():
    stopped = VAE((10, 2), n_epochs=5, early_stopping=True, random_state=0).fit(X)
    assert len(stopped.validation_scores_) == stopped.n_epochs_
    assert all(score < 0 for score in stopped.validation_scores_)
