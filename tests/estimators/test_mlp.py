"""The multilayer perceptron as a classifier: as good as scikit-learn's, and reproducible."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.exceptions import NotFittedError

from harmonium import MLPClassifier, MLPRegressor
from harmonium.data import digits

DIGITS = digits()
X, Y = DIGITS.train.numpy(), DIGITS.train_labels.numpy()
X_TEST, Y_TEST = DIGITS.test.numpy(), DIGITS.test_labels.numpy()
LABELS, LABELS_TEST = (np.c_[y % 2, y > 4, y % 3 == 0].astype(int) for y in (Y, Y_TEST))


@pytest.mark.parametrize(
    "settings",
    [
        {"max_iter": 100},
        {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.1, "max_iter": 60},
        {"solver": "lbfgs", "max_iter": 100},
        {"early_stopping": True, "learning_rate_init": 0.01},
        {"activation": "tanh", "learning_rate": "linear", "max_iter": 60},
    ],
)
def test_it_classifies_digits_as_well_as_scikit_learns(settings):
    """Measured with the defaults and seeds 0 to 2: see docs/systems.md."""
    ours = MLPClassifier((100,), random_state=0, **settings).fit(X, Y)
    settings = {k: v for k, v in settings.items() if v != "linear"}
    theirs = neural_network.MLPClassifier((100,), random_state=0, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged
        theirs.fit(X, Y)
    assert ours.score(X_TEST, Y_TEST) > theirs.score(X_TEST, Y_TEST) - 0.02
    assert ours.score(X_TEST, Y_TEST) > 0.94
    p = ours.predict_proba(X_TEST)
    np.testing.assert_allclose(p.sum(1), 1, rtol=0, atol=1e-5)
    assert ours.loss_curve_[-1] < ours.loss_curve_[0] / 4


def test_it_has_the_settings_and_results_of_scikit_learns():
    kinds = (
        (MLPClassifier, neural_network.MLPClassifier),
        (
            MLPRegressor,
            neural_network.MLPRegressor,
        ),
    )
    for own, other in kinds:
        mine, theirs = own(), other()
        shared = theirs.get_params()
        assert shared.keys() <= mine.get_params().keys()
        assert {name: mine.get_params()[name] for name in shared} == shared
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has not converged
            mine.set_params(max_iter=2, random_state=0).fit(X, Y)
            theirs.set_params(max_iter=2, random_state=0).fit(X, Y)
        results = [n for n in vars(theirs) if n.endswith("_") and not n.startswith("_")]
        for name in results:
            assert hasattr(mine, name), name
        assert mine.t_ == theirs.t_ == 2 * len(X)
        assert mine.n_iter_ == theirs.n_iter_ == 2
        assert mine.n_layers_ == theirs.n_layers_ == 3
        assert mine.n_outputs_ == theirs.n_outputs_
        assert mine.out_activation_ == theirs.out_activation_
        for one, two in zip(mine.coefs_, theirs.coefs_, strict=True):
            assert one.shape == two.shape
        for one, two in zip(mine.intercepts_, theirs.intercepts_, strict=True):
            assert one.shape == two.shape
        assert len(mine.loss_curve_) == 2
        assert mine.best_loss_ == min(mine.loss_curve_)
        assert mine.validation_scores_ is None


def test_the_results_are_the_net():
    model = MLPClassifier((7, 5), activation="tanh", max_iter=3, random_state=0).fit(X, Y)
    h = X_TEST
    for w, b in zip(model.coefs_[:-1], model.intercepts_[:-1], strict=True):
        h = np.tanh(h @ w + b)
    logits = h @ model.coefs_[-1] + model.intercepts_[-1]
    np.testing.assert_allclose(model.decision_function(X_TEST), logits, rtol=0, atol=1e-4)
    assert not model.net_.training


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.3}, {"activation": "gelu"}])
def test_the_same_seed_gives_the_same_net(kind, settings):
    settings = {"hidden_layer_sizes": (5,), "max_iter": 3, "batch_size": 20, **settings}
    one, same = (kind(**settings, random_state=0).fit(X[:99], Y[:99]) for _ in range(2))
    other = kind(**settings, random_state=1).fit(X[:99], Y[:99])
    assert np.array_equal(one.coefs_[0], same.coefs_[0])
    assert not np.array_equal(one.coefs_[0], other.coefs_[0])


@pytest.mark.parametrize("through", [lambda m: m, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.1}, {"solver": "sgd"}])
def test_a_partial_fit_is_a_pass(settings, through):
    model = MLPClassifier((30,), learning_rate_init=0.05, random_state=0, **settings)
    if not settings:
        model.set_params(learning_rate_init=0.01)
    with pytest.raises(ValueError, match="none of the classes"):
        MLPClassifier((3,)).partial_fit(X[:9], Y[:9], classes=[0, 1])
    scores = []
    for k in range(12):
        model = through(model.partial_fit(X, Y, classes=range(10)))
        scores.append(model.score(X_TEST, Y_TEST))
        assert model.n_iter_ == len(model.loss_curve_) == k + 1
    assert scores[-1] > 0.85
    assert scores[-1] > scores[0]


def test_partial_fits_go_on_like_passes_of_a_fit():
    """Without shuffling, moments of the optimiser included."""
    settings = {"hidden_layer_sizes": (9,), "shuffle": False, "tol": 0.0, "random_state": 0}
    whole = MLPClassifier(max_iter=3, **settings).fit(X, Y)
    parts = MLPClassifier(**settings)
    for _ in range(3):
        parts.partial_fit(X, Y)
    np.testing.assert_allclose(parts.coefs_[0], whole.coefs_[0], rtol=0, atol=1e-7)


def test_partial_fit_is_refused_where_it_makes_no_sense():
    with pytest.raises(ValueError, match="set early_stopping=False"):
        MLPClassifier(early_stopping=True).partial_fit(X, Y)
    assert not hasattr(MLPClassifier(solver="lbfgs"), "partial_fit")


def test_a_warm_start_goes_on():
    settings = {"hidden_layer_sizes": (20,), "max_iter": 5, "random_state": 0}
    warm = MLPClassifier(warm_start=True, **settings).fit(X, Y)
    first = warm.loss_
    warm.fit(X, Y)
    assert warm.loss_ < first
    assert warm.n_iter_ == len(warm.loss_curve_) == 10
    cold = MLPClassifier(**settings).fit(X, Y).fit(X, Y)
    assert cold.n_iter_ == 5
    assert cold.loss_ == first
    with pytest.raises(ValueError, match="warm_start goes on with the classes"):
        warm.fit(X[:50], Y[:50] % 2)


def test_several_labels_of_a_row():
    model = MLPClassifier((60,), learning_rate_init=0.01, max_iter=60, random_state=0)
    model.fit(X, LABELS)
    p, decided = model.predict_proba(X_TEST), model.predict(X_TEST)
    assert p.shape == decided.shape == (500, 3)
    assert np.array_equal(decided, (p > 0.5).astype(int))
    assert (decided == LABELS_TEST).mean() > 0.95
    assert (decided.sum(1) > 1).any()
    assert model.out_activation_ == "logistic"
    assert model.classes_.tolist() == [0, 1, 2]
    np.testing.assert_allclose(
        1 / (1 + np.exp(-model.decision_function(X_TEST))), p, rtol=0, atol=1e-5
    )
    with pytest.raises(ValueError, match="rows of y have several labels"):
        MLPClassifier(class_weight="balanced").fit(X, LABELS)


def test_class_weights_are_weights_of_the_rows():
    rare = np.r_[np.flatnonzero(Y == 1)[:8], np.flatnonzero(Y == 8)]
    x, y = X[rare], Y[rare]
    settings = {"hidden_layer_sizes": (10,), "max_iter": 20, "random_state": 0}
    by_class = MLPClassifier(class_weight={1: 5.0}, **settings).fit(x, y)
    by_row = MLPClassifier(**settings).fit(x, y, sample_weight=np.where(y == 1, 5.0, 1.0))
    np.testing.assert_allclose(by_class.coefs_[0], by_row.coefs_[0], rtol=0, atol=1e-6)
    plain = MLPClassifier(**settings).fit(x, y)
    balanced = MLPClassifier(class_weight="balanced", **settings).fit(x, y)
    test = Y_TEST == 1
    recalls = [(m.predict(X_TEST[test]) == 1).mean() for m in (plain, balanced)]
    assert recalls[1] > recalls[0]


def test_regularisers_shrink_the_weights():
    def norm(**settings):
        model = MLPClassifier((20,), max_iter=30, learning_rate_init=0.01, random_state=0)
        return np.linalg.norm(model.set_params(**settings).fit(X, Y).coefs_[0], axis=0)

    plain = norm(alpha=0.0)
    assert norm(max_norm=0.8).max() <= 0.8 + 1e-5
    assert norm(alpha=10.0).sum() < plain.sum()
    assert norm(alpha=0.0, weight_decay=3.0).sum() < plain.sum()
    for solver in ("adam", "sgd"):  # the penalty is the same by autograd
        fused = norm(alpha=10.0, solver=solver)
        plain = norm(alpha=10.0, solver=solver, activation="gelu")
        assert plain.sum() < norm(alpha=0.0, solver=solver, activation="gelu").sum()
        assert fused.sum() < norm(alpha=0.0, solver=solver).sum()


def test_dropout_is_off_where_the_model_is_used():
    model = MLPClassifier((30,), dropout=[0.1, 0.5], max_iter=5, random_state=0).fit(X, Y)
    assert np.array_equal(model.predict_proba(X_TEST), model.predict_proba(X_TEST))


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("settings", [{}, {"solver": "lbfgs"}, {"activation": "gelu"}])
def test_double_weight_is_as_good_as_two_rows(kind, settings):
    """All rows in a batch, so that nothing is drawn but the first weights."""
    x, y = X[:40], Y[:40] % 2
    settings = {"max_iter": 20, "batch_size": 100, "random_state": 0, "alpha": 0.5, **settings}
    weights = np.r_[2 * np.ones(20), np.ones(20)]
    one = kind((5,), **settings).fit(x, y, sample_weight=weights)
    two = kind((5,), **settings).fit(np.r_[x[:20], x], np.r_[y[:20], y])
    np.testing.assert_allclose(one.coefs_[0], two.coefs_[0], rtol=0, atol=1e-3)
    without = kind((5,), **settings).fit(x, y)
    assert np.abs(one.coefs_[0] - without.coefs_[0]).max() > 1e-3


def test_before_it_is_fitted_there_are_no_results():
    with pytest.raises(NotFittedError):
        MLPClassifier().predict(X)
    assert not hasattr(MLPClassifier(), "coefs_")
