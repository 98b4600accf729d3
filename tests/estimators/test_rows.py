"""Tensors are rows like arrays; dates are no numbers."""

import datetime

import numpy as np
import pandas as pd
import pytest
import torch

from harmonium import DBM, RBM, BoltzmannMachine, ClassificationRBM, DBNClassifier, HopfieldMemory
from harmonium.estimators.rows import validate_data

X = (np.random.default_rng(0).random((30, 4)) < 0.5).astype(float)
DAYS = np.arange("2020-01-01", "2020-01-31", dtype="M8[D]")
TIMES = {
    "array": np.stack([DAYS, DAYS], 1),
    "durations": np.stack([DAYS - DAYS[0]] * 2, 1),
    "frame": pd.DataFrame({"a": X[:, 0], "born": DAYS}),
    "zone": pd.DataFrame({"a": X[:, 0], "born": pd.to_datetime(DAYS).tz_localize("UTC")}),
    "frame of durations": pd.DataFrame({"a": X[:, 0], "born": pd.to_timedelta(DAYS - DAYS[0])}),
    "list": [[d] for d in DAYS],
    "objects": np.array([[datetime.date(2020, 1, 1)]] * 5, dtype=object),
}
MODELS = [RBM(2), DBM((2, 2)), BoltzmannMachine(2), HopfieldMemory()]


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_dates_and_durations_are_refused(model, name):
    with pytest.raises(TypeError, match="dates and durations|not 'datetime.date'"):
        model.fit(TIMES[name])


@pytest.mark.parametrize("model", [ClassificationRBM(2), DBNClassifier((2,))])
def test_classifiers_refuse_them_too_and_name_the_column(model):
    with pytest.raises(TypeError, match="column 'born': dates and durations are no features"):
        model.fit(TIMES["frame"], X[:, 0])


def test_tensors_are_taken_as_they_are():
    expected = RBM(2, n_epochs=1, random_state=0).fit(X)
    for x in (torch.from_numpy(X), torch.from_numpy(X).requires_grad_()):
        found = RBM(2, n_epochs=1, random_state=0).fit(x)
        assert np.array_equal(found.components_, expected.components_)
        assert np.array_equal(found.transform(x), expected.transform(X))


def test_what_scikit_learn_refuses_is_refused():
    with pytest.raises(ValueError, match="Found array with 0 sample"):
        validate_data(RBM(), X[:0])
