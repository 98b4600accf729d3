"""Mode coverage: real rows cover all classes, one class covers one."""

import math

import pytest
import torch

from harmonium.data import digits_set
from harmonium.judges.modes import Modes
from tests.judges.test_parzen import GAN
from tests.stages import small


@pytest.fixture(scope="module")
def trial():
    return small.one(data=digits_set(), **GAN)


def drawing(trial, rows):
    trial.able("samples").sample = lambda n, **_: {"x": rows[torch.arange(n) % len(rows)]}


JUDGE = Modes(samples=400, updates=300)


def test_real_rows_cover_all_classes(trial):
    drawing(trial, trial.data.test.x.flatten(1))
    found = JUDGE(trial)
    assert found["classifier_accuracy"] > 0.9
    assert found["modes"] == 10
    assert found["mode_entropy"] > 0.98 * math.log(10)
    assert found["mode_smallest"] > 0.05
    assert 7 < found["confidence_score"] <= 10


def test_rows_of_two_classes_cover_two(trial):
    test = trial.data.test
    drawing(trial, test.x.flatten(1)[(test.labels == 0) | (test.labels == 6)])
    found = JUDGE(trial)
    assert 2 <= found["modes"] <= 4
    assert found["mode_smallest"] == 0
    assert found["mode_entropy"] < 1
    assert found["confidence_score"] < 3


def test_a_model_that_holds_classes_is_asked_for_them(trial):
    test = trial.data.test
    first = [test.x.flatten(1)[test.labels == k][0] for k in range(10)]

    def sample(n, *, given=None, **_):
        y = torch.zeros(n, dtype=torch.int64) if given is None else given["y"]
        return {"x": torch.stack([first[k] for k in y.tolist()])}

    trial.able("samples").sample = sample
    assert JUDGE(trial)["class_agreement"] > 0.85
    drawing(trial, trial.data.test.x.flatten(1))


def test_one_that_does_not_is_not():
    one = small.one(data=digits_set(), **GAN)
    assert "class_agreement" not in Modes(samples=20, updates=2)(one)
