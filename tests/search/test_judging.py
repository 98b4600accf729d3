"""Figures on validation rows, over several trials."""

import pytest

import harmonium
from harmonium import describe
from harmonium.errors import UsageError
from harmonium.search.judging import judged

RECIPE = {
    "version": 1,
    "threads": 1,
    "data": {"source": "digits", "validation": 0.2, "transforms": [{"type": "standardise"}]},
    "model": {"type": "mlp", "units": [64, 10]},
    "train": {"type": "supervised", "epochs": 1, "batch_size": 100},
    "repeats": 2,
}


def test_the_mean_over_trials_of_validation_rows(tmp_path):
    run = harmonium.train(RECIPE, output=tmp_path)
    recipe = describe.load({**RECIPE, "judge": ["accuracy"]})
    figures = judged(run, recipe)
    errors = [row["val/error"] for row in run.metrics()]
    assert len(errors) == 2
    assert figures["error"] == pytest.approx(sum(errors) / 2)
    assert "rows" not in figures


def test_validation_rows_are_needed(tmp_path):
    bare = {**RECIPE, "data": {"source": "digits"}, "repeats": 1}
    run = harmonium.train(bare, output=tmp_path)
    with pytest.raises(UsageError, match="data.validation"):
        judged(run, describe.load({**bare, "judge": ["accuracy"]}))
