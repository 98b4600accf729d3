"""A memory in a report: its load, its likeness, recall, and growth."""

import re

import numpy as np
import pytest

from harmonium.learning import condition
from harmonium.report.evidence import Evidence
from harmonium.report.sections.memory import ENTRY, section
from harmonium.training import train


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Model and stage -> evidence of a run on digits."""

    def learned(model, stage):
        recipe = {
            "threads": 1,
            "data": {"source": "digits"},
            "model": {"type": "linear_memory", "inputs": 64, **model},
            "train": stage,
        }
        evidence = Evidence(train(recipe, output=tmp_path_factory.mktemp("memory")))
        evidence.read_data()
        return evidence

    return learned


def test_the_numbers_are_those_of_the_pairs(seen):
    evidence = seen({"outputs": 10}, {"type": "associate"})
    table, picture = section(evidence).parts
    ((pairs, width, load, dependent, error, zero),) = table.rows
    assert (pairs, width, load) == (1297, 64, 1297 / 64)
    keys = evidence.data.train.x
    assert dependent == pytest.approx(condition(keys))
    codes = np.eye(10)[evidence.data.train.y]
    least = np.linalg.lstsq(keys.double().numpy(), codes, rcond=1e-9)[0]
    gap = np.square(keys.double().numpy() @ least - codes).sum() / codes.sum()
    assert error == pytest.approx(gap, rel=1e-3)
    assert 0 <= zero < 0.3
    assert "first 8 classes" in picture.caption


def test_weights_are_shown_as_they_grow(seen):
    evidence = seen({"outputs": 10}, {"type": "hebbian", "epochs": 5, "decay": 0.02, "floor": 0.0})
    table, picture = section(evidence).parts
    removed = evidence.metrics[-1]["train/removed"]
    assert table.rows[0][-1] == pytest.approx(removed)
    assert removed > 0.1
    assert picture.alt == "Weights of the first 8 classes, epochs 1, 2, 5"


def test_rows_are_recalled_from_noise(seen):
    evidence = seen({"outputs": 64, "recalls": "rows"}, {"type": "associate", "cutoff": 0.1})
    _, picture = section(evidence).parts
    numbers = re.findall(r"0\.\d+", picture.caption)
    before, after = map(float, numbers[-2:])
    assert after < before / 2


def test_other_models_do_not_miss_it(evidence):
    other = evidence("table")
    assert ENTRY.section(other) is None
    assert "Memory" not in other.left_out
