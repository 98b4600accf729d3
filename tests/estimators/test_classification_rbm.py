"""The classifier: exact probabilities, labels that are missing, classes that are sampled."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris

from harmonium import ClassificationRBM, Gaussian
from harmonium.sampling import exact, log_conditional, log_marginal
from tests.estimators.test_dbn import bits


def model(**settings):
    settings = {"n_components": 12, "n_epochs": 20, "random_state": 0} | settings
    return ClassificationRBM(**settings)


@pytest.fixture(scope="module")
def fitted():
    """Trained well enough; nobody changes it."""
    return model(n_epochs=60, generative=0.3).fit(*bits(300))


def test_it_tells_classes_apart(fitted):
    x, y = bits(300, seed=1)
    assert fitted.score(x, y) > 0.85


def test_probabilities_are_the_graphs_own(fitted):
    x, _ = bits()
    with torch.no_grad():
        log_p = log_conditional(fitted.graph_, "y", given={"v": torch.from_numpy(x)})
    np.testing.assert_allclose(fitted.predict_log_proba(x), log_p, rtol=0, atol=1e-12)
    np.testing.assert_allclose(fitted.predict_proba(x).sum(1), 1, atol=1e-12)
    np.testing.assert_array_equal(fitted.decision_function(x), fitted.predict_log_proba(x))


def test_two_classes_have_one_decision_value():
    x, y = bits()
    two = model().fit(x, y == 1)
    np.testing.assert_array_equal(two.predict(x), two.decision_function(x) > 0)


def test_transform_is_the_mean_over_the_classes(fitted):
    x, _ = bits()
    v, graph = torch.from_numpy(x), fitted.graph_
    p, mean = fitted.predict_proba(x), 0
    with torch.no_grad():
        for k, one in enumerate(torch.eye(3).double()):
            h = graph.units["h"].mean(graph.field("h", {"v": v, "y": one.expand(len(v), 3)}))
            mean = mean + p[:, k, None] * h.numpy()
    np.testing.assert_allclose(fitted.transform(x), mean, rtol=0, atol=1e-12)
    assert list(fitted.get_feature_names_out())[0] == "classificationrbm0"


def test_samples_of_a_class_are_of_that_class(fitted):
    for k in range(3):
        drawn = fitted.sample(50, y=k, n_sweeps=100)
        assert drawn.shape == (50, 6)
        assert drawn[:, k].mean() > drawn[:, [j for j in range(3) if j != k]].mean() + 0.3
    np.testing.assert_array_equal(fitted.sample(3, n_sweeps=5), fitted.sample(3, n_sweeps=5))
    with pytest.raises(ValueError, match=r"no class 7; there are \[0, 1, 2\]"):
        fitted.sample(y=7)


def test_it_learns_from_real_values():
    x, y = load_iris(return_X_y=True)
    x = (x - x.mean(0)) / x.std(0)
    found = model(n_epochs=100).fit(x[::2], y[::2])
    assert type(found.graph_.units["v"]) is Gaussian
    assert found.score(x[1::2], y[1::2]) > 0.9


def test_unlabelled_rows_are_learned_from_unless_they_weigh_nothing():
    x, y = bits()
    marked = np.where(np.arange(90) < 45, y, -1)

    def weights(**settings):
        return model(missing_label=-1, n_epochs=3, **settings).fit(x, marked).components_

    alone = model(n_epochs=3).fit(x[:45], y[:45]).components_
    np.testing.assert_array_equal(weights(unlabelled=0.0), alone)
    assert (weights(unlabelled=0.5) != alone).any()
    with pytest.raises(ValueError, match="one class"):
        model().fit(x, 0 * y)


def test_rows_without_labels_may_be_given_apart_to_the_bit():
    x, y = bits()
    marked = np.where(np.arange(90) < 60, y, -1)
    together = model(missing_label=-1, n_epochs=3).fit(x, marked)
    apart = model(n_epochs=3).fit(x[:60], y[:60], unlabelled=x[60:])
    np.testing.assert_array_equal(together.components_, apart.components_)
    ignored = model(n_epochs=3, unlabelled=0.0).fit(x[:60], y[:60], unlabelled=x[60:])
    alone = model(n_epochs=3, unlabelled=0.0).fit(x[:60], y[:60])
    np.testing.assert_array_equal(ignored.components_, alone.components_)


def test_rows_without_labels_are_settled_as_those_with_labels():
    """Rounding past the ends of [0, 1] is taken back in both."""
    x, y = bits()
    past = np.where(x == 1, 1 + 2e-16, x)
    found, expected = (model(n_epochs=3).fit(x[:60], y[:60], unlabelled=m[60:]) for m in (past, x))
    np.testing.assert_array_equal(found.components_, expected.components_)


def test_rows_without_labels_raise_the_likelihood_of_such_rows_as_the_objective_says():
    x, y = bits(40)
    more, _ = bits(400, seed=5)
    new, _ = bits(400, seed=6)

    def log_p(**given):
        found = model(n_epochs=30, unlabelled=1.0).fit(x, y, **given)
        v = torch.from_numpy(new)
        with torch.no_grad():
            scores = log_marginal(found.graph_, "y", given={"v": v})
        return float(scores.mean() - exact.log_partition(found.graph_))

    assert log_p(unlabelled=more) > log_p() + 0.2


def test_rows_without_labels_are_checked_like_the_others():
    x, y = bits()
    for more, words in (
        (x[:, :5], "X has 5 features, but ClassificationRBM is expecting 6"),
        (x * np.nan, "contains NaN"),
        (x + 5, r"range from .*; Bernoulli units need"),
    ):
        with pytest.raises(ValueError, match=words):
            model(visible="bernoulli").fit(x, y, unlabelled=more)


def test_one_class_is_held_and_not_several():
    found = model(n_epochs=1).fit(*bits())
    with pytest.raises(ValueError, match="one class is held, so give one label"):
        found.sample(1, y=[0, 1])


def test_early_stopping_keeps_the_best():
    x, y = bits(200)
    found = model(early_stopping=True, validation_fraction=0.3, patience=2, n_epochs=500)
    assert found.fit(x, y).n_epochs_ < 500
    with pytest.raises(ValueError, match="early stopping needs two labelled rows"):
        model(early_stopping=True, validation_fraction=0.99).fit(x[:3], y[:3])


def test_rows_of_no_weight_are_left_out():
    x, y = bits()
    weights = (np.arange(90) < 30).astype(float)
    one = model(n_epochs=3).fit(x, y, sample_weight=weights)
    other = model(n_epochs=3).fit(x[:30], y[:30])
    np.testing.assert_array_equal(one.components_, other.components_)


def test_double_weight_is_as_good_as_two_rows():
    """Labels that the data say nothing about: their weights are the probabilities."""
    x, _ = bits()
    y = np.arange(90) // 3 % 2
    weights = 1.0 + 2 * y
    for rows in ({"sample_weight": weights}, {}):
        repeated = np.repeat(np.arange(90), 1 if rows else weights.astype(int))
        settings = {"n_components": 2, "learning_rate": 0.05, "batch_size": 45}
        rbm = model(**settings, generative=0.0).fit(x[repeated], y[repeated], **rows)
        assert rbm.predict_proba(x)[:, 1].mean() == pytest.approx(0.75, abs=0.05)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_types_are_kept(dtype):
    x, y = bits()
    found = model(n_epochs=2).fit(x.astype(dtype), y)
    for answer in (found.predict_proba(x), found.transform(x), found.sample(2, n_sweeps=1)):
        assert answer.dtype == dtype
