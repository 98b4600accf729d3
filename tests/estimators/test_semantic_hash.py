"""Semantic hashing as an estimator: bits that keep what is alike together, and the search."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from harmonium import SemanticHash
from harmonium.data import digits
from harmonium.errors import HarmoniumError
from harmonium.hashing import HammingIndex, packed, rerank


@pytest.fixture(scope="module")
def pictures():
    found = digits()
    return found.train.double().numpy(), found.train_labels.numpy(), found.test.double().numpy()


@pytest.fixture(scope="module")
def model(pictures):
    return SemanticHash(n_bits=32, n_epochs=20, random_state=0).fit(pictures[0])


def topics(n=400, *, seed=0):
    """Counts of 60 words in documents on four topics, each with 15 words of its own."""
    source = np.random.default_rng(seed)
    y = np.arange(n) % 4
    rates = np.where(np.arange(60) // 15 == y[:, None], 0.8, 0.15)
    return source.poisson(rates).astype(float), y


# --- bits -----------------------------------------------------------------------------------


def test_bits_are_values_above_one_half(pictures, model):
    x = pictures[2]
    values, bits = model.values(x), model.transform(x)
    assert values.min() >= 0
    assert values.max() <= 1
    assert np.array_equal(bits, (values > 0.5).astype(float))
    assert bits.dtype == x.dtype
    assert np.array_equal(model.encode(x), packed(bits))
    assert np.array_equal(model.transform(x), bits)  # no noise is drawn
    assert model.get_feature_names_out()[0] == "semantichash0"


def test_bits_above_the_median_are_on_for_half_of_the_rows(pictures):
    model = SemanticHash(n_bits=12, n_epochs=5, threshold="median", random_state=0)
    shares = model.fit_transform(pictures[0]).mean(0)
    assert np.abs(shares - 0.5).max() < 0.01


def test_equal_seeds_give_equal_bits_and_another_fit_forgets(pictures):
    x = pictures[0][:300]
    fits = [SemanticHash(n_bits=16, n_epochs=2, random_state=1).fit(x) for _ in range(2)]
    assert np.array_equal(fits[0].encode(x), fits[1].encode(x))
    fits[0].add(x).fit(x)
    assert len(fits[0].index_) == 300
    assert np.array_equal(fits[0].encode(x), fits[1].encode(x))


def test_rows_near_in_bits_have_the_same_label(pictures, model):
    x, y, test = pictures
    rows = model.search(test, k=10)[1]
    test_labels = digits().test_labels.numpy()
    assert (y[rows] == test_labels[:, None]).mean() > 0.7
    assert (y[rows] == np.roll(test_labels, 7)[:, None]).mean() < 0.2  # the specimen


@pytest.mark.parametrize("outputs", ["probabilities", "values", "shares"])
def test_documents_of_a_topic_are_found_with_each_kind_of_outputs(outputs):
    x, y = topics()
    weights = make_pipeline(TfidfTransformer(), FunctionTransformer(lambda x: x.toarray()))
    x = weights.fit_transform(x)
    model = SemanticHash(n_bits=24, n_epochs=60, std=1.0, outputs=outputs, random_state=0).fit(x)
    rows = model.search(x, k=11)[1][:, 1:]
    assert (y[rows] == y[:, None]).mean() > 0.5  # at random: 0.25


# --- searching ------------------------------------------------------------------------------


def test_the_search_agrees_with_scikit_learns(pictures, model):
    x, _, test = pictures
    distances, rows = model.search(test[:50], k=7)
    theirs = NearestNeighbors(n_neighbors=7, metric="hamming", algorithm="brute")
    wanted, _ = theirs.fit(model.transform(x)).kneighbors(model.transform(test[:50]))
    np.testing.assert_allclose(distances, 32 * wanted)
    far = (model.transform(test[:50])[:, None] != model.transform(x)[rows]).sum(2)
    assert np.array_equal(far, distances)


def test_rows_within_a_radius(pictures, model):
    x, _, test = pictures
    found = model.within(test[:5], 4)
    apart = (model.transform(test[:5])[:, None] != model.transform(x)).sum(2)
    assert len(found.row) == (apart <= 4).sum()
    assert np.array_equal(apart[found.query, found.row], found.distance)


def test_added_rows_are_found(pictures):
    x, _, test = pictures
    model = SemanticHash(n_bits=16, n_epochs=2, random_state=0).fit(x[:100])
    assert model.add(test[:7]) is model
    assert len(model.index_) == 107
    distances, rows = model.search(test[:7], k=107)
    assert all(
        100 + i in near[far == 0]
        for i, (near, far) in enumerate(zip(rows, distances, strict=True))
    )


def test_many_probes_are_exact_and_few_are_not(pictures):
    x, _, test = pictures
    model = SemanticHash(n_bits=12, n_epochs=5, random_state=0).fit(np.tile(x, (4, 1)))
    assert model.index_._tables is not None
    exact = model.search(test[:40], k=5)[0]
    every = model.search(test[:40], k=5, probes=4096)[0]
    few = model.search(test[:40], k=5, probes=1)[0]
    assert np.array_equal(exact, every)
    assert ((few == -1) | (few >= exact)).all()
    assert not np.array_equal(few, exact)


def test_a_short_list_is_ranked_again_by_values(pictures, model):
    x, y, test = pictures
    values, asked = model.values(x), model.values(test[:30])
    short = model.search(test[:30], k=50)[1]
    best = [rerank(values, q, rows=rows, k=5)[1] for q, rows in zip(asked, short, strict=True)]
    right = (y[np.stack(best)] == digits().test_labels[:30, None].numpy()).mean()
    assert right > 0.7


def test_the_index_is_saved_and_opened(pictures, model, tmp_path):
    model.index_.save(tmp_path / "index")
    opened = HammingIndex.open(tmp_path / "index")
    test = pictures[2][:9]
    for a, b in zip(opened.nearest(model.encode(test), 4), model.search(test, k=4), strict=True):
        assert np.array_equal(a, b)


# --- with scikit-learn ----------------------------------------------------------------------


def test_the_score_is_the_loss_of_rows_given_back_from_their_bits(pictures, model):
    import torch

    x = pictures[2][:20]
    bits = torch.from_numpy(model.transform(x))
    p = model.net_.decode(bits).detach().numpy()
    wanted = (x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1)
    np.testing.assert_allclose(model.score_samples(x), wanted, rtol=1e-6)
    assert model.score(x) == pytest.approx(wanted.mean())


def test_a_grid_search_prefers_noise_to_none(pictures):
    """Without noise the values are far from 0 and 1, so that bits give rows back badly."""
    once = ShuffleSplit(1, test_size=0.2, random_state=0)
    model = SemanticHash(n_bits=16, n_epochs=80, random_state=0)
    search = GridSearchCV(model, {"std": [0.0, 2.0]}, cv=once, refit=False).fit(pictures[0])
    assert search.best_params_ == {"std": 2.0}


def test_rows_of_zero_weight_are_not_learned_but_indexed(pictures):
    x = pictures[0][:200]
    strange = np.concatenate([x, 1 - x])
    weights = np.r_[np.ones(200), np.zeros(200)]
    make = {"n_bits": 16, "n_epochs": 3, "random_state": 0}
    weighted = SemanticHash(**make).fit(strange, sample_weight=weights)
    assert np.array_equal(weighted.encode(x), SemanticHash(**make).fit(x).encode(x))
    assert len(weighted.index_) == 400


@pytest.mark.parametrize(
    ("settings", "rows", "words"),
    [
        ({"outputs": "probabilities"}, [[0.0, 2.0]], "probabilities lie in .0, 1.: scale"),
        ({"outputs": "shares"}, [[0.0, -2.0]], "shares are of values of at least 0: give counts"),
    ],
)
def test_rows_that_do_not_fit_the_outputs_are_refused(settings, rows, words):
    with pytest.raises(HarmoniumError, match=words):
        SemanticHash(n_bits=4, **settings).fit(rows)


def test_more_rows_than_the_index_holds_are_refused(model, pictures):
    with pytest.raises(HarmoniumError, match="the index holds 1297 codes: ask for fewer"):
        model.search(pictures[2][:1], k=1298)
