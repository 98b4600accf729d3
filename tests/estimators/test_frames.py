"""Frames and arrays that users hand in: names of columns, and what is no number."""

import datetime
from decimal import Decimal

import numpy as np
import pytest
import torch

from harmonium import DBM, RBM, BoltzmannMachine, ClassificationRBM, DBNClassifier, HopfieldMemory
from harmonium.estimators.frames import check_numbers, in_order, new_rows, used_rows, validate_data

pandas = pytest.importorskip("pandas")

BITS = np.random.default_rng(0).integers(0, 2, (20, 4)).astype(float)
FRAME = pandas.DataFrame(BITS, columns=list("abcd"))
TURNED = FRAME[list("dcba")]
DAYS = pandas.date_range("2020-01-01", periods=20)
LABELS = np.arange(20) % 2


@pytest.mark.parametrize(
    "model",
    [
        RBM(2, n_epochs=1, random_state=0),
        BoltzmannMachine(1, n_epochs=1, random_state=0),
        ClassificationRBM(2, n_epochs=1, random_state=0),
        DBNClassifier((2,), n_epochs=1, pretrain_epochs=1, random_state=0),
        HopfieldMemory(),
    ],
)
def test_columns_in_another_order_are_refused(model):
    model.fit(FRAME[:3], LABELS[:3])
    names = ("transform", "predict", "score_samples", "impute", "energy", "predict_proba")
    found = [getattr(model, name) for name in names if hasattr(model, name)]
    for function in found:
        assert len(function(FRAME)) == 20
        with pytest.raises(ValueError, match="feature names should match"):
            function(TURNED)


def test_more_rows_without_labels_have_the_same_columns():
    model = DBNClassifier((2,), n_epochs=1, pretrain_epochs=1)
    with pytest.raises(ValueError, match="feature names should match"):
        model.fit(FRAME, LABELS, unlabelled=TURNED)


def test_names_that_are_no_strings_count_too():
    frame = pandas.DataFrame(BITS)
    model = RBM(2, n_epochs=1, random_state=0).fit(frame)
    assert model.transform(frame).shape == model.transform(BITS).shape == (20, 2)
    with pytest.raises(ValueError, match="columns of X are 3, 2, 1, 0, and fit saw 0, 1, 2, 3"):
        model.transform(frame[[3, 2, 1, 0]])


def test_missing_values_of_a_frame_are_filled_without_a_warning():
    holes = FRAME.copy()
    holes.iloc[0, 0] = np.nan
    assert RBM(2, n_epochs=1, random_state=0).fit(FRAME).transform(holes).shape == (20, 2)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (DAYS, "datetime64"),
        (DAYS.tz_localize("UTC"), "datetime64"),
        (DAYS - DAYS[0], "timedelta64"),
        (DAYS.to_period("D"), "Period"),
        (["100_1"] * 20, "str"),
        (pandas.Categorical(["x", "y"] * 10), "str"),
        ([[1.0]] * 20, "list"),
        ([datetime.date(2020, 1, 1)] * 20, "date"),
    ],
)
def test_columns_of_no_numbers_are_named(values, kind):
    with pytest.raises(ValueError, match=f"X, column 't': of type {kind}"):
        RBM(2, n_epochs=1).fit(FRAME.assign(t=values))


@pytest.mark.parametrize(
    "X",
    [
        np.zeros((3, 2), "M8[s]"),
        np.zeros((3, 2), "m8[s]"),
        np.array([["1", "0"], ["0", "1"]]),
        [["1_0", "0"], ["0", "1"]],
        np.array([[datetime.date(2020, 1, 1)]], dtype=object),
    ],
)
def test_arrays_of_no_numbers_are_refused(X):
    with pytest.raises(ValueError, match="X: of type .*, .*: convert it"):
        check_numbers(X)


@pytest.mark.parametrize("kind", [bool, int, "Int64", "boolean", object, "category", "float32"])
def test_columns_of_numbers_are_taken_as_they_are(kind):
    frame = FRAME.astype(int).astype(kind)
    model = RBM(2, n_epochs=1, random_state=0).fit(frame)
    assert np.allclose(model.transform(frame), model.transform(FRAME), atol=1e-6)
    check_numbers(FRAME.assign(d=[Decimal("0.5")] * 20))


def test_known_values_are_matched_by_name():
    model = RBM(2, n_epochs=1, random_state=0).fit(FRAME)
    for known in ({"d": 1, "a": 0}, pandas.Series({"d": 1, "a": 0})):
        drawn = model.sample(3, clamp=known, n_sweeps=2)
        assert drawn[:, [0, 3]].tolist() == [[0, 1]] * 3
    rows = pandas.DataFrame({"c": [1.0, 0.0]})
    assert model.sample(2, clamp=rows, n_sweeps=2)[:, 2].tolist() == [1, 0]
    assert in_order([1, np.nan, 0, 0], model) == [1, np.nan, 0, 0]
    with pytest.raises(ValueError, match="no feature is named z; fit saw a, b, c, d"):
        model.sample(1, clamp={"z": 1})
    with pytest.raises(ValueError, match="of type .*convert it"):
        model.sample(1, clamp=["1_0", "0", "0", "0"])
    unnamed = RBM(2, n_epochs=1, random_state=0).fit(BITS)
    with pytest.raises(ValueError, match="fitted without names"):
        unnamed.sample(1, clamp={"a": 1})


# --- times, tensors, empty rows ---

ROWS = (np.random.default_rng(0).random((30, 4)) < 0.5).astype(float)
DATES = np.arange("2020-01-01", "2020-01-31", dtype="M8[D]")
TIMES = {
    "array": np.stack([DATES, DATES], 1),
    "durations": np.stack([DATES - DATES[0]] * 2, 1),
    "frame": pandas.DataFrame({"a": ROWS[:, 0], "born": DATES}),
    "zone": pandas.DataFrame(
        {"a": ROWS[:, 0], "born": pandas.to_datetime(DATES).tz_localize("UTC")}
    ),
    "frame of durations": pandas.DataFrame(
        {"a": ROWS[:, 0], "born": pandas.to_timedelta(DATES - DATES[0])}
    ),
    "list": [[d] for d in DATES],
    "objects": np.array([[datetime.date(2020, 1, 1)]] * 5, dtype=object),
}
FITTED = [RBM(2), DBM((2, 2)), BoltzmannMachine(2), HopfieldMemory()]


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("model", FITTED, ids=lambda m: type(m).__name__)
def test_dates_and_durations_are_refused(model, name):
    with pytest.raises(ValueError, match="of type .*these are no numbers: convert it"):
        model.fit(TIMES[name])


@pytest.mark.parametrize("model", [ClassificationRBM(2), DBNClassifier((2,))])
def test_classifiers_refuse_them_too_and_name_the_column(model):
    with pytest.raises(ValueError, match="column 'born': of type datetime.*no numbers"):
        model.fit(TIMES["frame"], ROWS[:, 0])


def test_tensors_are_taken_as_they_are():
    expected = RBM(2, n_epochs=1, random_state=0).fit(ROWS)
    for x in (torch.from_numpy(ROWS), torch.from_numpy(ROWS).requires_grad_()):
        found = RBM(2, n_epochs=1, random_state=0).fit(x)
        assert np.array_equal(found.components_, expected.components_)
        assert np.array_equal(found.transform(x), expected.transform(ROWS))


def test_empty_rows_are_refused_as_scikit_learn_does():
    with pytest.raises(ValueError, match="Found array with 0 sample"):
        validate_data(RBM(), ROWS[:0])


def test_rows_of_no_weight_are_left_out():
    used, weights = used_rows([0, 2.0, 1], ROWS[:3])
    assert used.tolist() == [False, True, True]
    assert weights.tolist() == [2, 1]
    with pytest.raises(ValueError, match="(all sample weights are|one non-)zero"):
        used_rows(np.zeros(3), ROWS[:3])


def test_new_rows_are_a_copy_for_a_fitted_estimator():
    with pytest.raises(ValueError, match="not fitted"):
        new_rows(RBM(), ROWS)
    model = RBM(2, n_epochs=1, random_state=0).fit(ROWS)
    x = new_rows(model, ROWS)
    assert x.dtype is torch.float64
    assert not np.shares_memory(x.numpy(), ROWS)
    holes = np.where(ROWS > 0, np.nan, ROWS)
    assert bool(new_rows(model, holes, gaps=True).isnan().any())
    with pytest.raises(ValueError, match="NaN"):
        new_rows(model, holes)
