"""Nearest neighbours of raw rows and of principal components."""

import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from harmonium.baselines.nearest_neighbours import NearestNeighbours
from harmonium.data import digits_set
from tests.stages import small

DIGITS = {
    "model": {"type": "embedding", "units": [64, 3]},
    "pretrain": None,
    "train": {"type": "similarity", "epochs": 1},
    "fine_tune": None,
}


@pytest.mark.parametrize("components", [None, 10])
def test_it_is_what_scikit_learn_finds(components):
    one = small.one(data=digits_set(), **DIGITS)
    found = NearestNeighbours(k=3, components=components)(one)
    x, test = (split.x.double().numpy() for split in (one.data.train, one.data.test))
    if components:
        reduction = PCA(components, svd_solver="full").fit(x)
        x, test = reduction.transform(x), reduction.transform(test)
    model = KNeighborsClassifier(3, algorithm="brute").fit(x, one.data.train.y)
    assert found["knn_error"] == pytest.approx(1 - model.score(test, one.data.test.y), abs=1e-9)
    assert found["settings"] == {"k": 3, "components": components, "metric": "euclid"}
    assert "accuracy" not in found
