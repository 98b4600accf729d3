"""Checks before the first step: each fault is found, placed, and met with a remedy."""

import math

import pytest
import torch

from harmonium.data import Standardiser, check_array, constant_features, standardised_warning

NAN, INF = math.nan, math.inf


def grey(**faults):
    x = torch.full((5, 20), 0.5)
    for place, value in faults.items():
        row, feature = map(int, place[1:].split("_"))
        x[row, feature] = value
    return x


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_good_values_pass(dtype):
    x = torch.tensor([[0.0, 1.0]], dtype=dtype)
    check_array(x, name="x", low=0, high=1)
    check_array(-1e4 * x, name="x")
    check_array(7 * x, name="x", low=0)
    check_array(-7 * x, name="x", high=0)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (grey(r3_17=NAN), "1 NaN and 0 infinite values, the first at row 3, feature 17"),
        (grey(r4_0=NAN, r2_19=-INF, r3_1=INF), "1 NaN and 2 .*row 2, feature 19"),
        (grey(r2_3=INF).reshape(5, 4, 5), r"row 2, feature \(0, 3\)"),
        (torch.zeros(5), r"shape \(5,\).*x\.reshape\(1, -1\)"),
        (torch.zeros(0, 5), r"shape \(0, 5\) is empty"),
        (torch.zeros(5, 0), r"shape \(5, 0\) is empty"),
    ],
)
def test_unusable_arrays_are_refused(x, message):
    with pytest.raises(ValueError, match=f"^my rows: .*{message}"):
        check_array(x, name="my rows")


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.zeros(2, 2, dtype=torch.uint8), r"torch\.uint8.*x\.float\(\) / 255"),
        ([[0.0]], r"list.*torch\.as_tensor"),
    ],
)
def test_wrong_types_are_refused(x, message):
    with pytest.raises(TypeError, match=f"^my rows: {message}"):
        check_array(x, name="my rows")


@pytest.mark.parametrize(
    ("bounds", "interval"),
    [({"low": 0, "high": 1}, "[0, 1]"), ({"low": 0}, "[0, inf)"), ({"high": 1}, "(-inf, 1]")],
)
def test_range_message_is_built_from_its_parts(bounds, interval):
    with pytest.raises(ValueError, match="pixel") as caught:
        check_array(
            torch.tensor([[-0.42, 2.8]]), name="pixels", user="U need", remedy="do it", **bounds
        )
    assert str(caught.value) == f"pixels range from -0.42 to 2.8; U need {interval}: do it"


def test_each_bound_is_checked_on_its_own():
    low, high = torch.tensor([[-0.001, 0.5]]), torch.tensor([[0.5, 1.001]])
    for x in (low, high):
        with pytest.raises(ValueError, match="range from"):
            check_array(x, name="x", low=0, high=1)
    check_array(low, name="x", high=1)
    check_array(high, name="x", low=0)


def test_constant_features_are_those_that_never_change():
    x = torch.tensor([[0.1, 0.0, 3.0], [0.1, 1.0, 3.0], [0.1, 0.0, 3.0001]])
    assert constant_features(x).tolist() == [0]
    assert constant_features(x[:, None]).tolist() == [0]
    assert constant_features(x[:1]).tolist() == [0, 1, 2]


def columns(*means_and_deviations):
    x = torch.randn(2000, len(means_and_deviations), generator=torch.Generator().manual_seed(0))
    x = (x - x.mean(0)) / x.std(0, correction=0)
    mean, deviation = torch.tensor(means_and_deviations).T
    return x * deviation + mean


def test_no_warning_within_the_limits():
    assert standardised_warning(columns((0.0, 1.0), (9.0, 1.0), (0.0, 9.0), (0.0, 0.12))) is None


@pytest.mark.parametrize("far", [(11.0, 1.0), (-11.0, 1.0), (0.0, 11.0), (0.0, 0.09)])
def test_warning_beyond_each_limit_names_the_feature_and_the_remedy(far):
    message = standardised_warning(columns((0.0, 1.0), far))
    assert "1 of 2 features" in message
    assert "feature 1 the most" in message
    assert "Standardiser" in message


def test_warning_names_the_worst_and_standardising_removes_it():
    x = columns((0.0, 1.0), (20.0, 1.0), (1e4, 1.0), (0.0, 20.0))
    x = torch.cat((x, torch.full((2000, 1), 0.1)), 1)  # constant: left out
    message = standardised_warning(x)
    assert message.startswith("3 of 5 features")
    assert "feature 2 the most (mean 1e+04, deviation 1)" in message
    assert standardised_warning(Standardiser.fit(x)(x)) is None
