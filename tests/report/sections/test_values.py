"""Predicted against true values in a report."""

import numpy as np
import pytest

from harmonium.report.evidence import Evidence
from harmonium.report.sections.values import ENTRY, section
from harmonium.training import train

RECIPE = {
    "data": {"source": "diabetes", "transforms": ["standardise"]},
    "model": {"type": "mlp", "units": [10, 4, 1], "outputs": "values"},
    "train": {"type": "supervised", "epochs": 2, "objective": "squared_error"},
    "judge": ["error"],
}


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    found = Evidence(train(RECIPE, output=tmp_path_factory.mktemp("values")))
    found.read_data()
    return found


def test_the_points_are_the_test_rows(learned):
    (picture,) = section(learned).parts
    test = learned.data.test
    predicted = learned.models["machine"].predict({"x": test.x})
    (points,) = picture.figure.axes[0].collections
    expected = np.c_[test.targets.numpy(), predicted.numpy()]
    np.testing.assert_allclose(points.get_offsets(), expected, rtol=1e-6)
    rmse = learned.results["trials"][0]["methods"]["mlp"]["rmse"]
    assert f"88 test rows, root mean square error {rmse:.4g}" in picture.caption


def test_a_model_that_cannot_is_the_reason(learned, monkeypatch):
    monkeypatch.setitem(learned.__dict__, "models", {})
    assert ENTRY.section(learned) is None
    reason = learned.left_out.pop("Predicted and true")
    assert "no model of this run predicts real values" in reason


def test_data_of_classes_do_not_miss_it(evidence):
    seen = evidence("table")
    assert ENTRY.section(seen) is None
    assert "Predicted and true" not in seen.left_out
