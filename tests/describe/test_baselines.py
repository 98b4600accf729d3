"""Baselines are scikit-learn's own, tuned on the labelled rows only."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression as Sklearn

from harmonium.describe.baselines import SVC, LabelSpreading, LogisticRegression, ReluNet, _folds
from harmonium.random import generator
from tests.describe import small


@pytest.mark.parametrize(
    "baseline",
    [
        LogisticRegression(),
        SVC(),
        ReluNet(sizes=((8,),), alpha=(1e-3,), max_iter=200),
        LabelSpreading(),
    ],
    ids=lambda b: type(b).__name__,
)
def test_each_beats_chance_on_easy_rows_and_repeats_itself(baseline):
    found = baseline(small.one())
    assert found["accuracy"] > 0.75
    assert found["error"] == pytest.approx(1 - found["accuracy"])
    assert found == baseline(small.one())


def test_only_the_labelled_rows_count():
    one = small.one("data.labels={per_class: 4}")
    seen = one.labelled(one.data.train)
    model = Sklearn(C=10.0, max_iter=3000).fit(seen.x.numpy(), seen.y.numpy())
    expected = model.score(one.data.test.x.numpy(), one.data.test.y.numpy())
    found = LogisticRegression(C=(10.0,))(one)
    assert (found["accuracy"], found["settings"]) == (expected, {"C": 10.0})


def test_the_best_of_several_settings_is_chosen():
    found = LogisticRegression(C=(1e-9, 10.0))(small.one())
    assert found["settings"] == {"C": 10.0}


def test_label_spreading_uses_the_unlabelled_rows():
    """Two far clusters with one label each: a neighbour's neighbour knows the class."""
    one = small.one()
    x = torch.rand(40, 6, generator=generator(1)) * 0.3
    x[20:] += 0.7
    y = torch.full((40,), -1)
    y[0], y[-1] = 0, 1
    test = replace(one.data.test, x=x, y=torch.arange(2).repeat_interleave(20))
    one.data = replace(one.data, train=replace(one.data.train, x=x, y=y), test=test)
    assert LabelSpreading(neighbours=(7,))(one)["accuracy"] == 1.0


def test_folds_are_as_many_as_the_rarest_class_has_rows():
    y = np.array([0] * 9 + [1] * 3)
    assert len(_folds(y, 0)) == 3
    assert all(set(y[b]) == {0, 1} for _, b in _folds(y, 0))
    assert len(_folds(np.array([0, 0, 0, 1]), 0)) == 1


def test_without_labels_there_is_nothing_to_compare():
    data = small.toy()
    one = small.one(data=replace(data, test=None))
    with pytest.raises(ValueError, match="toy has no labelled test rows; leave compare out"):
        SVC()(one)
