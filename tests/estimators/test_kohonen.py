"""The self-organising map as an estimator."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from harmonium import SelfOrganisingMap

X = StandardScaler().fit_transform(load_iris().data)


@pytest.mark.parametrize("start", ["principal", "rows"])
def test_fitted_maps_follow_the_rows_and_keep_neighbours_together(start):
    som = SelfOrganisingMap(rows=7, columns=7, n_epochs=30, start=start, random_state=0).fit(X)
    assert som.prototypes_.shape == (49, 4)
    distances = np.linalg.norm(X[:, None] - som.prototypes_[None], axis=2)
    assert som.quantisation_error_ == pytest.approx(distances.min(1).mean(), rel=1e-5)
    assert som.quantisation_error_ < 0.3 * np.linalg.norm(X, axis=1).mean()
    assert som.topographic_error_ < 0.15
    np.testing.assert_array_equal(som.predict(X), distances.argmin(1))
    np.testing.assert_allclose(som.transform(X), distances, atol=1e-5)
    places = som.places(X)
    np.testing.assert_array_equal(places[:, 1] * 7 + places[:, 0], som.predict(X))
    assert som.score(X) == pytest.approx(-som.quantisation_error_)


def test_small_batches_are_as_good_as_single_rows():
    errors = {
        size: SelfOrganisingMap(batch_size=size, n_epochs=20, random_state=0).fit(X)
        for size in (1, 20)
    }
    one, twenty = (som.quantisation_error_ for som in errors.values())
    assert twenty < 1.1 * one


def test_equal_seeds_give_equal_maps_and_others_do_not():
    maps = [SelfOrganisingMap(rows=4, columns=4, random_state=s).fit(X) for s in (1, 1, 2)]
    np.testing.assert_array_equal(maps[0].prototypes_, maps[1].prototypes_)
    assert (maps[0].prototypes_ != maps[2].prototypes_).any()


def test_distances_are_features_of_a_pipeline():
    model = make_pipeline(StandardScaler(), SelfOrganisingMap(rows=3, columns=2, random_state=0))
    assert model.fit_transform(X).shape == (150, 6)
    assert [*model.get_feature_names_out()][:2] == ["selforganisingmap0", "selforganisingmap1"]
