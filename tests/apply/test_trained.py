import math

import pytest
import torch

from harmonium.apply import Trained
from harmonium.data import DataSet, Split
from harmonium.describe import load
from harmonium.stages.plan import trial
from tests.apply.learned import bits, classifier


def test_the_data_are_split_as_in_training():
    it = Trained(classifier())
    recipe = load(classifier().path / "recipe.resolved.yaml")
    digits = Trained(bits()).dataset()
    expected = trial(recipe, digits, number=0, device=torch.device("cpu")).data
    found = it.dataset()
    for name, split in expected.splits().items():
        assert torch.equal(it.rows(found.splits()[name].x), split.x)
        assert torch.equal(found.splits()[name].y, split.y)


def test_shape_and_classes_are_kept_with_the_run():
    it = Trained(classifier())
    assert it.shape == (8, 8)
    assert it.classes == tuple("0123456789")


def test_rows_come_in_order_and_transformed():
    it = Trained(classifier())
    x = torch.rand(2500, 64)
    pieces = [(at, rows.x) for at, rows in it.pieces(Split(x))]
    assert [piece.start for piece, _ in pieces] == [0, 1000, 2000]
    assert torch.equal(torch.cat([rows for _, rows in pieces]), x / 2)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_gaps_are_refused_with_their_place(bad):
    x = torch.rand(1500, 64)
    x[1200, 7] = bad
    with pytest.raises(ValueError, match=r"row 1200, value 7 \(from 0\) is (nan|inf): fill"):
        list(Trained(classifier()).pieces(Split(x)))


def test_values_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        list(Trained(bits()).pieces(Split(torch.full((2, 64), 3.0))))


def test_another_shape_is_refused_with_both():
    dataset = DataSet("mine", Split(torch.rand(2, 784)), shape=(28, 28))
    message = r"mine: rows of shape \(28, 28\), 784 values .*trained on \(8, 8\), 64 values"
    with pytest.raises(ValueError, match=message):
        Trained(classifier()).fits(dataset)


def test_a_trial_that_is_not_there_is_refused():
    with pytest.raises(FileNotFoundError, match="there are 0-machine"):
        _ = Trained(bits(), trial=3).machine
