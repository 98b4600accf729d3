"""Lower bounds of rows, by the run's own transforms and draws."""

import pytest
import torch

from harmonium.apply import Trained, bounds
from harmonium.data import Split, sampled
from harmonium.errors import UsageError
from harmonium.models import adapted
from harmonium.random import generator
from harmonium.stages.trial import TEST_DRAW
from tests.apply.learned import classifier, coder, drawn


def test_they_are_those_of_the_model_on_test_rows_drawn_once():
    found = bounds(drawn(), samples=4, seed=9)
    x = sampled(Trained(drawn()).dataset().test.x.flatten(1), generator(TEST_DRAW))
    model = adapted(drawn().machine())
    expected = model.bounds({"x": x}, samples=4, source=generator(9))
    row = found["rows"]["test"]
    for name in ("elbo", "importance_weighted"):
        values = expected[name].double()
        assert row[name] == pytest.approx(float(values.mean()))
        assert row[f"{name}_stderr"] == pytest.approx(float(values.std()) / 500**0.5)
    assert row["gap"] == pytest.approx(row["importance_weighted"] - row["elbo"])
    assert row["count"] == 500
    assert (found["samples"], found["seed"], found["method"]) == (4, 9, "bound")


def test_they_agree_with_the_judge():
    judged = drawn().results["trials"][0]["methods"]["autoencoder"]
    row = bounds(drawn(), samples=50)["rows"]["test"]
    for name in ("elbo", "importance_weighted"):
        assert row[name] == pytest.approx(judged[name], abs=0.05)


def test_other_rows_are_transformed_as_in_training(monkeypatch):
    test = Trained(drawn()).dataset().test
    few = Split(test.x[:30])
    one = bounds(drawn(), samples=2, others={"few": few})["rows"]["few"]
    monkeypatch.setattr("harmonium.apply.bounding.BATCH", 7)
    many = bounds(drawn(), samples=2, others={"few": few})["rows"]["few"]
    assert one["count"] == many["count"] == 30
    assert one["elbo"] == pytest.approx(many["elbo"], abs=1.5)


def test_one_row_has_no_standard_error():
    few = Split(Trained(drawn()).dataset().test.x[:1])
    row = bounds(drawn(), samples=2, others={"few": few})["rows"]["few"]
    assert torch.tensor(row["elbo_stderr"]).isnan()


@pytest.mark.parametrize("run", [classifier, coder])
def test_models_without_a_drawn_code_have_none(run):
    with pytest.raises(UsageError, match="has a lower bound on the likelihood"):
        bounds(run())


def test_a_sample_is_needed():
    with pytest.raises(UsageError, match="at least 1"):
        bounds(drawn(), samples=0)
