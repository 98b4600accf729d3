"""The RBM estimator: what it learns from, and its answers against enumeration."""

import itertools

import numpy as np
import pytest
import scipy.stats
import torch
from sklearn.datasets import load_iris

from harmonium import RBM, Bernoulli, Categorical, Gaussian, exact
from harmonium.estimators import likelihood
from harmonium.learning import CD, PCD
from tests.laws import judge

ALL = np.array(list(itertools.product([0.0, 1.0], repeat=4)))


def bits(n=120, d=4, *, seed=0):
    """Rows in which the second feature repeats the first and the last is rare."""
    x = (np.random.default_rng(seed).random((n, d)) < 0.5).astype(float)
    x[:, 1] = x[:, 0]
    x[:, -1] = np.arange(n) % 5 == 0
    return x


def reals(n=120, d=3, *, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, d))
    x[:, 1] = 0.8 * x[:, 0] + 0.6 * x[:, 1]
    return x


def letters(n=120, *, seed=0):
    """Two one-hot units of three states, flattened."""
    return np.eye(3)[np.random.default_rng(seed).integers(3, size=(n, 2))].reshape(n, 6)


DATA = {
    "bernoulli": (bits, "auto"),
    "spin": (lambda: 2 * bits() - 1, "spin"),
    "gaussian": (reals, "auto"),
    "rectified": (lambda: np.abs(reals()), "rectified"),
    "categorical": (letters, Categorical(2, 3)),
}


def model(**settings):
    settings = {
        "n_epochs": 20,
        "batch_size": 20,
        "learning_rate": 0.1,
        "random_state": 0,
    } | settings
    return RBM(3, **settings)


@pytest.fixture(scope="module")
def fitted():
    """A small machine that has learned something; nobody changes it."""
    return model(n_epochs=100, learning_rate=0.5).fit(bits())


def same(one, other):
    return all(
        torch.equal(p, q)
        for p, q in zip(one.graph_.parameters(), other.graph_.parameters(), strict=True)
    )


# --- judging ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DATA)
def test_score_samples_is_the_exact_log_likelihood(name):
    data, visible = DATA[name]
    x = data()
    rbm = model(visible=visible).fit(x)
    v = torch.from_numpy(x).reshape(-1, *rbm.graph_.units["v"].shape)
    expected = exact.log_prob(rbm.graph_, {"v": v}).numpy()
    np.testing.assert_allclose(rbm.score_samples(x), expected, rtol=0, atol=1e-9)
    assert rbm.score(x) == pytest.approx(expected.mean(), abs=1e-9)
    assert rbm.log_partition_ == pytest.approx(float(exact.log_partition(rbm.graph_)), abs=1e-9)
    assert rbm.log_partition_stderr_ == 0.0


def test_probabilities_sum_to_one(fitted):
    assert np.exp(fitted.score_samples(ALL)).sum() == pytest.approx(1, abs=1e-12)


def test_it_learns(fitted):
    """More than the features one by one: it knows that the second repeats the first."""
    x = bits()
    p = x.mean(0)
    alone = (x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1).mean()
    shares = np.unique(x, axis=0, return_counts=True)[1] / len(x)
    best = (shares * np.log(shares)).sum()
    assert alone + 0.4 < fitted.score(x) < best


def test_where_the_sum_is_too_long_log_z_is_estimated(fitted, monkeypatch):
    x = bits()
    log_z = fitted.log_partition_
    monkeypatch.setattr(exact, "_WORK", 0)
    rbm = model(n_epochs=100, learning_rate=0.5).fit(x)
    assert same(rbm, fitted)
    error = rbm.log_partition_stderr_
    assert 0 < error < 0.05
    off = rbm.log_partition_ - log_z
    assert 0 < abs(off) < 4 * error
    difference = rbm.score_samples(x) - fitted.score_samples(x)
    np.testing.assert_allclose(difference, -off, rtol=0, atol=1e-9)


def test_log_z_is_computed_once_and_when_asked_for(monkeypatch):
    asked = []

    def counted(graph, **settings):
        asked.append(settings)
        return likelihood.partition(graph, **settings)

    monkeypatch.setattr("harmonium.estimators.density.partition", counted)
    rbm = model(n_epochs=2).fit(bits())
    rbm.transform(bits())
    assert len(asked) == 0
    first = rbm.log_partition_
    rbm.score(bits())
    assert rbm.log_partition_stderr_ == 0
    assert len(asked) == 1
    rbm.partial_fit(bits())
    second = rbm.log_partition_
    assert len(asked) == 2
    assert second != first
    assert second == pytest.approx(float(exact.log_partition(rbm.graph_)), abs=1e-9)


# --- the hidden side -------------------------------------------------------------------------


def test_transform_and_back(fitted):
    w, graph = fitted.components_, fitted.graph_
    b, c = (graph.units[n].bias.detach().numpy() for n in ("v", "h"))
    assert w.shape == (3, 4)
    h = fitted.transform(ALL)
    np.testing.assert_allclose(h, 1 / (1 + np.exp(-(ALL @ w.T + c))), rtol=0, atol=1e-12)
    v = fitted.inverse_transform(h)
    np.testing.assert_allclose(v, 1 / (1 + np.exp(-(h @ w + b))), rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="X has 4 features, the RBM 3 components"):
        fitted.inverse_transform(ALL)


def test_hidden_families_by_name_and_by_units():
    x = bits()
    rbm = model(hidden="spin").fit(x)
    assert set(np.sign(rbm.transform(x)).flatten()) == {-1.0, 1.0}
    shaped = RBM(6, hidden=Categorical(2, 3), n_epochs=2, random_state=0).fit(x)
    h = shaped.transform(x)
    assert h.shape == (120, 6)
    np.testing.assert_allclose(h.reshape(-1, 2, 3).sum(2), 1, rtol=0, atol=1e-12)
    assert shaped.inverse_transform(h).shape == (120, 4)


def test_components_are_a_copy(fitted):
    before = fitted.transform(ALL)
    kept = fitted.components_.copy()
    fitted.components_[:] = 0
    np.testing.assert_array_equal(fitted.transform(ALL), before)
    fitted.components_[:] = kept


# --- sampling and filling in -----------------------------------------------------------------


def frequencies(x):
    return torch.from_numpy(np.bincount((x @ [8, 4, 2, 1]).astype(int), minlength=16))


def test_samples_follow_the_model(fitted):
    x = fitted.sample(20_000, n_sweeps=200, random_state=1)
    assert x.shape == (20_000, 4)
    p = torch.from_numpy(np.exp(fitted.score_samples(ALL)))
    assert abs(judge.chi_square(frequencies(x), p)) < judge.LIMIT


CLAMP = [np.nan, 1.0, np.nan, 0.0]


def test_clamped_samples_follow_the_conditional_distribution(fitted):
    x = fitted.sample(20_000, clamp=CLAMP, n_sweeps=200, random_state=2)
    assert (x[:, 1] == 1).all()
    assert (x[:, 3] == 0).all()
    p = np.exp(fitted.score_samples(ALL))
    kept = (ALL[:, 1] == 1) & (ALL[:, 3] == 0)
    conditional = torch.from_numpy(np.where(kept, p, 0) / p[kept].sum())
    assert abs(judge.chi_square(frequencies(x), conditional)) < judge.LIMIT
    whole = torch.from_numpy(fitted.sample(20_000, n_sweeps=200, random_state=2))
    assert abs(judge.mean(whole[:, :1], torch.from_numpy(x[:, :1].mean(0)))) > judge.LIMIT


def test_every_row_can_have_its_own_clamp(fitted):
    clamp = np.array([[1, np.nan, np.nan, np.nan], [np.nan] * 4, [0, 1, 0, 1]], dtype=float)
    x = fitted.sample(3, clamp=clamp, n_sweeps=5)
    assert x[0, 0] == 1
    np.testing.assert_array_equal(x[2], [0, 1, 0, 1])
    assert set(x.flatten()) <= {0.0, 1.0}


def test_what_is_clamped_must_be_possible(fitted):
    with pytest.raises(
        ValueError, match=r"values range from .* to 2; Bernoulli units need \[0, 1\]"
    ):
        fitted.sample(clamp=[2.0, np.nan, np.nan, np.nan])
    with pytest.raises(ValueError, match="could not be broadcast"):
        fitted.sample(clamp=[1.0, np.nan])


def test_samples_are_reproducible(fitted):
    one = fitted.sample(50, n_sweeps=3, random_state=5)
    np.testing.assert_array_equal(fitted.sample(50, n_sweeps=3, random_state=5), one)
    assert (fitted.sample(50, n_sweeps=3, random_state=6) != one).any()
    own = fitted.sample(50, n_sweeps=3)
    np.testing.assert_array_equal(fitted.sample(50, n_sweeps=3), own)


def test_filling_in_takes_conditional_means(fitted):
    n = 4000
    gaps = np.tile(CLAMP, (n, 1))
    filled = fitted.impute(gaps, n_sweeps=60, random_state=3)
    p = np.exp(fitted.score_samples(ALL))
    kept = (ALL[:, 1] == 1) & (ALL[:, 3] == 0)
    expected = (p[kept, None] * ALL[kept]).sum(0) / p[kept].sum()
    assert abs(judge.mean(torch.from_numpy(filled), torch.from_numpy(expected))) < judge.LIMIT
    assert np.abs(expected - (p[:, None] * ALL).sum(0)).max() > 0.2  # of no use without the rest


def test_filling_in_real_values_takes_the_conditional_mean():
    """Two features that nearly agree: the gap is filled by what the other one says."""
    rbm = model(n_epochs=60, learning_rate=0.1).fit(reals(600))
    graph = rbm.graph_
    grid = torch.linspace(-6, 6, 601, dtype=torch.float64)
    rows = torch.tensor([1.5, 0.0, -0.5], dtype=torch.float64).repeat(601, 1)
    rows[:, 1] = grid
    with torch.no_grad():
        p = torch.softmax(-graph.free_energy({"v": rows}, ("h",)), 0)
    expected = (p * grid).sum()[None]
    filled = rbm.impute(np.tile([1.5, np.nan, -0.5], (3000, 1)), n_sweeps=40, random_state=0)
    assert abs(judge.mean(torch.from_numpy(filled[:, 1:2]), expected)) < judge.LIMIT
    assert float(expected) > 0.3


def test_filling_in_keeps_what_was_seen(fitted):
    x = bits(30)
    gaps = x.copy()
    gaps[::2, 1] = np.nan
    gaps[1] = np.nan
    before = gaps.copy()
    filled = fitted.impute(gaps, n_sweeps=20)
    np.testing.assert_array_equal(gaps, before)
    seen = ~np.isnan(gaps)
    np.testing.assert_array_equal(filled[seen], x[seen])
    assert np.isfinite(filled).all()
    assert ((filled > 0) & (filled < 1))[~seen].all()
    np.testing.assert_array_equal(fitted.impute(x), x)


@pytest.mark.parametrize("n_sweeps", [1, 2])
def test_one_sweep_fills_in_the_means_of_one_hidden_state(fitted, n_sweeps):
    """The second half of one or two sweeps is the last one."""
    filled = fitted.impute(np.full((200, 4), np.nan), n_sweeps=n_sweeps)
    hidden = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    possible = fitted.inverse_transform(hidden)
    assert np.abs(filled[:, None] - possible).max(2).min(1).max() < 1e-12
    assert np.ptp(filled[:, 0]) > 0.1


def test_no_sweeps_fill_in_nothing(fitted):
    with pytest.raises(ValueError, match="n_sweeps is 0"):
        fitted.impute(np.full((2, 4), np.nan), n_sweeps=0)


def test_impossible_values_are_not_filled_around(fitted):
    with pytest.raises(ValueError, match=r"to 3; Bernoulli units need \[0, 1\]"):
        fitted.impute(np.array([[3.0, np.nan, 0.0, 1.0]]))


# --- random numbers --------------------------------------------------------------------------


def test_a_seed_decides_everything():
    x = bits()
    assert same(model(random_state=1).fit(x), model(random_state=1).fit(x))
    assert not same(model(random_state=1).fit(x), model(random_state=2).fit(x))
    state = np.random.RandomState(3)
    assert not same(model(random_state=state).fit(x), model(random_state=state).fit(x))


def test_the_global_sources_are_left_alone():
    torch.manual_seed(11)
    torch_before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    x = bits()
    rbm = model(early_stopping=True).fit(x)
    rbm.partial_fit(x)
    rbm.score(x)
    rbm.sample(3, n_sweeps=2)
    rbm.impute(np.full((2, 4), np.nan), n_sweeps=2)
    assert torch.equal(torch.get_rng_state(), torch_before)
    assert (np.random.get_state()[1] == numpy_before).all()


# --- arrays ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_types_are_kept(dtype):
    x = bits().astype(dtype)
    rbm = model().fit(x)
    answers = [
        rbm.components_,
        rbm.transform(x),
        rbm.inverse_transform(rbm.transform(x)),
        rbm.score_samples(x),
        rbm.sample(2, n_sweeps=1),
        rbm.impute(x),
    ]
    for answer in answers:
        assert type(answer) is np.ndarray
        assert answer.dtype == dtype


def test_both_float_types_learn_the_same():
    x = bits()
    one, other = model().fit(x), model().fit(x.astype(np.float32))
    assert one.score(x) == pytest.approx(other.score(x), abs=0.2)


def test_other_types_of_the_same_values_give_the_same_answers(fitted):
    assert same(model().fit(bits()), model().fit(bits().astype(int)))
    assert same(model().fit(bits()), model().fit(bits().tolist()))
    expected = fitted.transform(ALL)
    np.testing.assert_array_equal(fitted.transform(ALL.astype(int).tolist()), expected)
    np.testing.assert_allclose(fitted.transform(ALL.astype(np.float32)), expected, atol=1e-6)


def test_the_data_are_not_written_to():
    x = bits()
    x.setflags(write=False)
    rbm = model().fit(x)
    rbm.transform(x)
    rbm.score(x)
    rbm.impute(x)
    np.testing.assert_array_equal(x, bits())


@pytest.mark.parametrize("batch_size", [1, 7, 40, 119, 120, 121, 1000])
def test_any_size_of_the_last_batch(batch_size):
    """120 rows: batches that divide them or not; the visible means are those of the data."""
    x = bits()
    updates = -(-120 // batch_size)
    rbm = model(batch_size=batch_size, n_epochs=max(10, 1500 // updates)).fit(x)
    found = exact.moments(rbm.graph_)["v"][0].numpy()
    assert np.abs(found - x.mean(0)).max() < 0.1


# --- more of it ------------------------------------------------------------------------------


def test_partial_fit_goes_on():
    x = bits()
    rbm = model(learning_rate=0.5)
    scores = []
    for k in range(100):
        assert rbm.partial_fit(x) is rbm
        assert rbm.n_epochs_ == k + 1
        scores.append(rbm.score(x))
    assert scores[-1] > scores[0] + 0.2


def test_partial_fit_after_fit_still_learns():
    """The rate that fell to zero in ``fit`` is back, and it is the present one."""
    x = bits()
    rbm = model(n_epochs=2).fit(x)
    before = rbm.components_.copy()
    rbm.partial_fit(x)
    moved = np.abs(rbm.components_ - before).max()
    assert moved > 1e-4
    slow = model(n_epochs=2).fit(x).set_params(learning_rate=1e-6).partial_fit(x)
    assert 0 < np.abs(slow.components_ - before).max() < 1e-3 * moved


def test_chains_go_on_from_one_partial_fit_to_the_next():
    seen = []

    def contrast(graph, data, *, chains, source):
        seen.append(bool(chains))
        return PCD(chains=5)(graph, data, chains=chains, source=source)

    rbm = model(contrast=contrast, batch_size=60)
    for _ in range(2):
        rbm.partial_fit(bits())
    assert seen == [False, True, True, True]


def test_partial_fit_keeps_the_type_it_began_with():
    rbm = model().fit(bits())
    rbm.partial_fit(bits().astype(np.float32))
    assert rbm.components_.dtype == np.float64


def test_partial_fit_refuses_other_features_and_values():
    rbm = model().fit(bits())
    with pytest.raises(ValueError, match="X has 5 features, but RBM is expecting 4"):
        rbm.partial_fit(bits(d=5))
    before = rbm.components_.copy()
    with pytest.raises(ValueError, match=r"Bernoulli units need \[0, 1\]"):
        rbm.partial_fit(3 * bits())
    np.testing.assert_array_equal(rbm.components_, before)


# --- weights ---------------------------------------------------------------------------------


def test_rows_of_no_weight_are_left_out():
    x = bits()
    weights = np.arange(120) % 3.0
    one = model().fit(x, sample_weight=weights)
    other = model().fit(x[weights > 0], sample_weight=weights[weights > 0])
    assert same(one, other)
    wild = np.concatenate([x, [[9.0, -9.0, 9.0, 9.0]]])  # not even a possible row counts
    assert same(one, model().fit(wild, sample_weight=np.append(weights, 0)))


def test_equal_weights_are_no_weights():
    one, other = model().fit(bits()), model().fit(bits(), sample_weight=np.full(120, 4.0))
    np.testing.assert_allclose(one.components_, other.components_, rtol=0, atol=1e-12)


@pytest.mark.parametrize("weights", [np.zeros(120), -np.ones(120), np.full(120, np.nan)])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weight"):
        model().fit(bits(), sample_weight=weights)


def test_double_weight_is_as_good_as_two_rows():
    """In distribution, not to the bit: stands in for scikit-learn's check of exact equality."""
    x = bits(60)
    weights = 1 + 2 * x[:, 0]
    twice = np.repeat(x, weights.astype(int), axis=0)

    def learned(rows, **settings):
        found = []
        for seed in range(10):
            rbm = RBM(3, n_epochs=60, batch_size=30, learning_rate=0.1, random_state=seed)
            found.append([rbm.fit(rows, **settings).score(twice), *visible_means(rbm)])
        return np.array(found)

    def furthest(one, other):
        error = np.sqrt(one.var(0, ddof=1) / len(one) + other.var(0, ddof=1) / len(other))
        return np.abs((one.mean(0) - other.mean(0)) / error).max()

    weighted = learned(x, sample_weight=weights)
    assert furthest(weighted, learned(twice)) < judge.LIMIT
    assert furthest(weighted, learned(x)) > judge.LIMIT


def visible_means(rbm):
    return exact.moments(rbm.graph_)["v"][0].numpy()


# --- early stopping --------------------------------------------------------------------------


def scripted(monkeypatch, script):
    """Held-out likelihoods as told, epoch by epoch; returns the weights that each one saw."""
    seen = []

    def held_out(graph, x, **settings):
        del settings
        seen.append(graph.connections["v-h"].weight.detach().numpy().copy())
        return torch.full((len(x),), script[len(seen) - 1], dtype=x.dtype)

    monkeypatch.setattr("harmonium.estimators.stopping.held_out_likelihood", held_out)
    return seen


def test_early_stopping_keeps_the_best_and_stops(monkeypatch):
    seen = scripted(monkeypatch, [-5.0, -4.0, -3.0, -3.5, -3.0, -3.2, -1.0, -1.0])
    rbm = model(early_stopping=True, patience=3).fit(bits())
    assert rbm.n_epochs_ == len(seen) == 6
    np.testing.assert_array_equal(rbm.components_, seen[2])


def test_patience_starts_anew_with_every_best(monkeypatch):
    seen = scripted(monkeypatch, [-5.0, -6.0, -4.0, -6.0, -3.0, -6.0, -6.0, -1.0])
    rbm = model(early_stopping=True, patience=2).fit(bits())
    assert rbm.n_epochs_ == 7
    np.testing.assert_array_equal(rbm.components_, seen[4])


def test_without_a_stop_the_best_is_still_kept(monkeypatch):
    seen = scripted(monkeypatch, [-5.0, -3.0, -4.0])
    rbm = model(early_stopping=True, patience=9, n_epochs=3).fit(bits())
    assert rbm.n_epochs_ == 3
    np.testing.assert_array_equal(rbm.components_, seen[1])


def test_no_early_stopping_looks_at_nothing(monkeypatch):
    seen = scripted(monkeypatch, [])
    assert model(n_epochs=3).fit(bits()).n_epochs_ == 3
    assert seen == []


@pytest.mark.parametrize(("fraction", "kept"), [(0.1, 108), (0.25, 90), (0.001, 119)])
def test_the_held_out_rows_are_not_learned_from(monkeypatch, fraction, kept):
    rows, held = [], []

    def contrast(graph, data, *, chains, source):
        rows.append(len(data.weights))
        return CD()(graph, data, chains=chains, source=source)

    def held_out(graph, x, **settings):
        del graph, settings
        held.append(len(x))
        return torch.zeros(len(x), dtype=x.dtype)

    monkeypatch.setattr("harmonium.estimators.stopping.held_out_likelihood", held_out)
    model(contrast=contrast, early_stopping=True, validation_fraction=fraction, n_epochs=1).fit(
        bits()
    )
    assert sum(rows) == kept
    assert held == [120 - kept]


def test_early_stopping_for_real_ends_at_the_best_it_saw(monkeypatch):
    """Fast learning from few random rows overfits: the last epoch is not the best one."""
    scores = []

    def held_out(graph, x, **settings):
        found = likelihood.held_out_likelihood(graph, x, **settings)
        scores.append(float(found.mean()))
        held_out.rows = x
        return found

    monkeypatch.setattr("harmonium.estimators.stopping.held_out_likelihood", held_out)
    x = (np.random.default_rng(4).random((30, 8)) < 0.5).astype(float)
    rbm = RBM(16, learning_rate=0.5, n_epochs=300, early_stopping=True, random_state=0)
    rbm.set_params(validation_fraction=0.3, patience=10).fit(x)
    assert rbm.n_epochs_ == len(scores) < 300
    assert np.argmax(scores) == len(scores) - 11
    kept = float(exact.log_prob(rbm.graph_, {"v": held_out.rows}).mean())
    assert kept == pytest.approx(max(scores), abs=1e-9)


def test_one_row_cannot_be_held_out():
    with pytest.raises(ValueError, match="at least two samples; set early_stopping=False"):
        model(early_stopping=True).fit(bits(1))


# --- settings --------------------------------------------------------------------------------


def test_weight_decay_makes_weights_smaller():
    x = bits()
    sizes = [
        np.abs(model(weight_decay=w, n_epochs=60).fit(x).components_).mean() for w in (0, 0.1, 1)
    ]
    assert sizes[0] > 2 * sizes[1] > 4 * sizes[2]


@pytest.mark.parametrize(("data", "kind"), [(bits, Bernoulli), (reals, Gaussian)])
def test_auto_chooses_by_the_range(data, kind):
    assert type(model(n_epochs=1).fit(data()).graph_.units["v"]) is kind


def test_units_given_are_not_changed():
    mine = Gaussian(3)
    model(visible=mine).fit(reals())
    assert not mine.bias.any()
    assert mine.bias.dtype == torch.float32


@pytest.mark.parametrize(
    ("settings", "rows", "message"),
    [
        ({"visible": "bernoulli"}, 3 * bits(), r"range from 0 to 3; Bernoulli .* use Gaussian"),
        (
            {"visible": "spin"},
            3 * bits(),
            r"range from 0 to 3; Spin .* map binary data by 2 x - 1",
        ),
        ({"visible": "rectified"}, reals(), r"Rectified units need non-negative.* shift the data"),
        ({"visible": "poisson"}, bits(), r"'poisson' is not a family .* choose from"),
        ({"hidden": "auto"}, bits(), r"'auto' is not a family"),
        ({"visible": Gaussian(5)}, bits(), r"has 5 values, but 4 are needed"),
        ({"visible": Categorical(2, 2)}, bits(), r"one_hot"),
        ({"n_epochs": 0}, bits(), r"'n_epochs' parameter of RBM must be an int in the range \[1"),
        ({"validation_fraction": 1.0}, bits(), r"'validation_fraction' parameter of RBM"),
        ({}, np.where(bits() > 0, np.nan, [[0, 0, 0, np.nan]]), "1 columns hold no observed"),
        ({"early_stopping": True}, np.where(bits() > 0, np.nan, 0), "early_stopping=False"),
        ({}, np.where(bits() > 0, np.inf, 0), "Input X contains infinity"),
        ({}, np.array([["a", "b"]]), "could not convert string to float"),
    ],
)
def test_what_cannot_be_learned_from(settings, rows, message):
    with pytest.raises(ValueError, match=message):
        model(**settings).fit(rows)


def test_gaps_are_missing_values():
    """Two copies of a bit, either hidden at random: what is left tells that they agree."""
    source = np.random.default_rng(0)
    x = np.repeat(source.integers(2, size=(600, 3)), 2, axis=1).astype(float)
    hidden = source.random(x.shape) < 0.3
    gaps = np.where(hidden, np.nan, x)
    machine = RBM(12, n_epochs=60, learning_rate=0.5, random_state=0).fit(gaps)
    partner = np.isnan(gaps) & ~np.isnan(gaps[:, [1, 0, 3, 2, 5, 4]])
    filled = machine.impute(gaps)
    assert np.mean((filled[partner] > 0.5) == x[partner]) > 0.95
    assert np.array_equal(filled[~hidden], x[~hidden])
    assert np.array_equal(machine.transform(gaps), machine.transform(filled))


def test_only_fit_and_transform_take_gaps(fitted):
    gaps = np.array([[1.0, np.nan, 0.0, 1.0]])
    for ask in (fitted.score_samples, fitted.score, fitted.partial_fit):
        with pytest.raises(ValueError, match="Input X contains NaN"):
            ask(gaps)


def test_values_far_from_standard_earn_a_warning():
    with pytest.warns(UserWarning, match="3 of 3 features .* use .*StandardScaler"):
        model(n_epochs=1).fit(1000 + 50 * reals())


def test_it_learns_from_real_values_far_from_zero():
    """Raw iris, in centimetres: more than one Gaussian per feature, and no divergence."""
    x = load_iris().data
    alone = scipy.stats.norm(x.mean(0), x.std(0)).logpdf(x).sum(1).mean()
    for shift in (0, 1):
        rbm = RBM(8, learning_rate=0.1, n_epochs=150, random_state=0).fit(x + shift)
        assert rbm.score(x + shift) > alone + 1  # measured: +1.7


def test_only_learning_data_are_expected_to_be_standard():
    """Two rows always look odd: no warning (an error here) when they are scored or added."""
    rbm = model(n_epochs=1).fit(reals())
    near = np.array([[1.0, 1.0, 1.0], [1.01, 1.0, 1.02]])
    assert np.isfinite(rbm.score_samples(near)).all()
    rbm.partial_fit(near)


def test_scores_of_impossible_rows_are_refused(fitted):
    with pytest.raises(ValueError, match=r"Bernoulli units need \[0, 1\]"):
        fitted.score_samples(2 * ALL)
