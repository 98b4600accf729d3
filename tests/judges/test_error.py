"""The error of predicted values, by hand and against scikit-learn."""

import pytest
import torch
from sklearn.metrics import r2_score, root_mean_squared_error

from harmonium.data import DataSet, Split
from harmonium.judges.error import Error, errors
from tests.stages import small

SOURCE = torch.Generator().manual_seed(0)
Y = torch.randn(50, 2, generator=SOURCE, dtype=torch.float64) * torch.tensor([3.0, 9.0]).double()
FOUND = Y + torch.randn(50, 2, generator=SOURCE, dtype=torch.float64)
SECTIONS = {
    "model": {"type": "mlp", "units": [6, 3, 1], "outputs": "values"},
    "pretrain": None,
    "fine_tune": None,
    "train": {"type": "supervised", "epochs": 1, "objective": "squared_error"},
}


def targets(n=60):
    x = small.toy(n).train.x
    y = (10 * x.sum(1, keepdim=True)) + 100
    return DataSet("sums", Split(x, y), test=Split(x[:20], y[:20]))


def test_the_figures_are_scikit_learns():
    found = errors(Y, FOUND)
    assert found["r2"] == pytest.approx(r2_score(Y, FOUND))
    flat = root_mean_squared_error(Y.flatten(), FOUND.flatten())
    assert found["rmse"] == pytest.approx(flat)


def test_the_standard_error_is_the_spread_over_draws_of_rows():
    drawn = [
        errors(Y[rows], FOUND[rows])["rmse"]
        for rows in torch.randint(50, (2000, 50), generator=SOURCE)
    ]
    spread = float(torch.tensor(drawn, dtype=torch.float64).std())
    assert errors(Y, FOUND)["rmse_stderr"] == pytest.approx(spread, rel=0.15)


def test_it_judges_test_rows_in_the_unit_of_the_targets():
    one = small.one(data=targets(), **SECTIONS)
    found = Error()(one)
    test = one.data.test
    predicted = one.models["machine"].predict({"x": test.x})
    assert found == errors(test.targets, predicted)
    assert found["rmse"] > 50  # nothing is learned yet: the targets are around 130


def test_transforms_of_the_targets_are_undone():
    scaled = "data.transforms=[{type: standardise, column: y}]"
    one = small.one(scaled, data=targets(), **SECTIONS)
    predicted = one.chain.back(one.models["machine"].predict({"x": one.data.test.x}))
    assert Error()(one) == errors(one.chain.back(one.data.test.targets), predicted)
    torch.testing.assert_close(one.chain.back(one.data.test.targets), targets().test.targets)


def test_what_it_cannot_judge():
    with pytest.raises(ValueError, match="judge error: toy has no real targets"):
        small.tasks(judge=["error"])
