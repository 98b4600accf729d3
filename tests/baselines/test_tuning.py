"""Baselines are scikit-learn's own, tuned on the labelled rows only."""

from dataclasses import replace

import numpy as np
import pytest

from harmonium.baselines.label_spreading import LabelSpreading
from harmonium.baselines.logistic_regression import LogisticRegression
from harmonium.baselines.relu_net import ReluNet
from harmonium.baselines.svc import SVC
from harmonium.baselines.tuning import folds_of
from tests.stages import small


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


def test_the_best_of_several_settings_is_chosen():
    found = LogisticRegression(C=(1e-9, 10.0))(small.one())
    assert found["settings"] == {"C": 10.0}


def test_folds_are_as_many_as_the_rarest_class_has_rows():
    y = np.array([0] * 9 + [1] * 3)
    assert len(folds_of(y, 0)) == 3
    assert all(set(y[b]) == {0, 1} for _, b in folds_of(y, 0))
    assert len(folds_of(np.array([0, 0, 0, 1]), 0)) == 1


def test_without_labels_there_is_nothing_to_compare():
    with pytest.raises(ValueError, match="compare svc: toy has no test rows"):
        small.tasks(data=replace(small.toy(), test=None), compare=["svc"])
