"""Nearest neighbours as a judge: on codes, like scikit-learn's."""

from dataclasses import replace

import pytest
from sklearn.neighbors import KNeighborsClassifier

from harmonium.judges.neighbours import Neighbours
from tests.stages import small

NET = {
    "model": {"type": "embedding", "units": [6, 3]},
    "pretrain": None,
    "train": {"type": "similarity", "epochs": 1},
    "fine_tune": None,
}


@pytest.mark.parametrize(("k", "metric"), [(1, "euclid"), (5, "euclid"), (1, "cosine")])
def test_it_is_the_error_on_the_codes(k, metric):
    one = small.one(**NET)
    found = Neighbours(k, metric)(one)
    net, data = one.models["machine"].net, one.data
    codes = [net(split.x).detach().numpy() for split in (data.train, data.test)]
    name = {"euclid": "euclidean"}.get(metric, metric)
    model = KNeighborsClassifier(k, metric=name, algorithm="brute").fit(codes[0], data.train.y)
    assert found["knn_error"] == pytest.approx(1 - model.score(codes[1], data.test.y))
    assert found["neighbours"] == k
    assert found["rows"] == 20


def test_rows_without_a_label_are_no_neighbours():
    one = small.one("data.labels={per_class: 2}", **NET)
    assert Neighbours(5)(one)["neighbours"] == 4


def test_a_machine_is_judged_by_its_hidden_units():
    found = Neighbours()(small.one())
    assert 0 <= found["knn_error"] <= 1


def test_what_it_cannot_judge():
    data = replace(small.toy(), test=None)
    with pytest.raises(ValueError, match="judge neighbours: toy has no test rows"):
        small.tasks(**NET, data=data, judge=["neighbours"])
