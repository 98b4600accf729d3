"""What is wrong with a set is said before the first step, with place, finding and remedy."""

import pytest
import torch

from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.inspect import inspect, target_figures
from harmonium.data.kinds import Series

NAN, INF = float("nan"), float("inf")


def rows(n=20, *, seed=0):
    return torch.rand(n, 3, generator=torch.Generator().manual_seed(seed))


def toy(x=None, **changes):
    train = changes.pop("train", None) or Split(rows() if x is None else x)
    return DataSet("toy", train, shape=(3,), **changes)


def bounded(data):
    return inspect(data, low=0, high=1, user="Bernoulli units need")


def test_a_good_set_gives_no_warning():
    y = torch.tensor([0, 1] * 10)
    data = toy(
        train=Split(rows(), y, weights=torch.ones(20)),
        test=Split(rows(seed=1), y),
        classes=("a", "b"),
    )
    assert bounded(data) == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0, NAN, 0], "toy, train: 1 NaN and 0 infinite values, the first at row 20, feature 1"),
        (
            [INF, 0, -INF],
            "toy, train: 0 NaN and 2 infinite values, the first at row 20, feature 0",
        ),
        (
            [0, 1.5, 0],
            r"values range from .* to 1.5; Bernoulli units need \[0, 1\]: add a `scale`",
        ),
        ([-0.5, 0, 0], r"values range from -0.5 to .*Bernoulli units need"),
    ],
)
def test_unusable_values_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        bounded(toy(torch.cat((rows(), torch.tensor([values])))))


def test_the_test_rows_are_checked_too():
    with pytest.raises(ValueError, match="toy, test: values range"):
        bounded(toy(test=Split(rows() + 1)))


def test_8_bit_values_are_recognised():
    with pytest.raises(ValueError, match=r"range from 0.0 to 25\d.0; .*8-bit.*divide: 255"):
        bounded(toy((rows(300) * 256).floor()))


def test_an_empty_split_is_refused():
    with pytest.raises(ValueError, match=r"toy, test: shape \(0, 3\) is empty"):
        bounded(toy(test=Split(rows()[:0])))


def test_equal_rows_are_refused():
    with pytest.raises(ValueError, match="all 20 rows are equal"):
        bounded(toy(torch.full((20, 3), 0.5)))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0] * 18 + [-1, NAN], "weight -1.0 at row 18 .* 2 of 20"),
        ([0.0] * 20, "all 20 weights are 0"),
    ],
)
def test_unusable_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        bounded(toy(train=Split(rows(), weights=torch.tensor(weights))))


def test_few_rows_are_warned_of():
    assert bounded(toy(rows(9))) == ["toy: only 9 training rows"]


def test_missing_classes_are_named_per_split():
    y = torch.tensor([0, 1, -1, 0] * 5)
    data = toy(
        train=Split(rows(), y),
        test=Split(rows(seed=1), torch.full((20,), 2)),
        validation=Split(rows(seed=2), torch.full((20,), -1)),
        classes=("cat", "dog", "elk"),
    )
    assert bounded(data) == [
        "toy, train: no labelled row of 1 of 3 classes: elk",
        "toy, test: no labelled row of 2 of 3 classes: cat, dog",
    ]


def test_many_missing_classes_are_cut_short():
    data = toy(train=Split(rows(), torch.zeros(20, dtype=torch.int64)), classes=tuple(range(9)))
    assert bounded(data) == [
        "toy, train: no labelled row of 8 of 9 classes: 1, 2, 3, 4, 5 and 3 more"
    ]


def test_rows_in_both_training_and_test_are_counted():
    test = torch.cat((rows(seed=1), rows()[3:5], rows(seed=2)))
    (warning,) = bounded(toy(test=Split(test)))
    assert "2 of 42 test rows are also training rows, the first at row 20" in warning


def test_real_valued_rows_are_looked_at_for_gaussian_units():
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    assert inspect(toy(x)) == []
    x[:, 1] = 4
    x[:, 2] = 1000 * x[:, 2] + 7
    constant, scale = inspect(toy(x, features=("age", "size", "pay")))
    assert constant == "toy: 1 of 3 features never change in the training rows: size"
    assert "1 of 3 features are far from mean 0" in scale
    assert scale.endswith("add `standardise`")


def test_a_target_that_never_changes_is_warned_about():
    y = torch.stack([torch.arange(20.0), torch.full((20,), 3.0)], 1)
    (warning,) = bounded(toy(train=Split(rows(), y)))
    assert warning == "toy: 1 of 2 targets never change in the training rows: target_1"


def test_the_figures_of_each_target():
    y = torch.tensor([[1.0, 5.0], [3.0, 5.0]])
    data = toy(train=Split(rows()[:2], y), test=Split(rows()[:1], y[:1]), validation=Split(rows()))
    found = target_figures(data)
    assert list(found) == ["train", "test"]
    assert found["train"]["target_0"] == {
        "mean": 2,
        "deviation": pytest.approx(2**0.5),
        "smallest": 1,
        "largest": 3,
    }
    assert found["test"]["target_1"]["deviation"] == 0
    assert target_figures(toy()) == {}


def test_a_whole_truth_table_is_neither_few_rows_nor_a_leak():
    table = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    data = DataSet("bits", Split(table), test=Split(table))
    assert inspect(data, low=0, high=1) == []
    part = DataSet("bits", Split(table[:3]), test=Split(table[:3]))
    assert len(inspect(part, low=0, high=1)) == 2


def test_channels_of_series_need_not_all_change():
    """A note of a piano roll that never sounds at some time is no fault."""
    x = torch.zeros(20, 6)
    x[:, 0] = torch.arange(20) % 2
    x[:, 3] = torch.arange(20) // 2 % 2
    x[:, 2] = torch.arange(20) // 4 % 2
    x[:, 4] = torch.arange(20) // 8 % 2
    x[:, 1] = torch.arange(20) // 16
    plain = DataSet("toy", Split(x))
    assert any("never change" in warning for warning in inspect(plain, low=None, high=None))
    rolls = DataSet("toy", Split(x), columns={"x": Series(2, 3)})
    assert inspect(rolls, low=None, high=None) == []
