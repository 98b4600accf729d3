"""Accuracy counts the labelled test rows, by the last model that classifies."""

from dataclasses import replace

import pytest
import torch

from harmonium.judges.accuracy import Accuracy
from tests.stages import small

MEMORY = {
    "model": {"type": "belief_net", "units": [6, 5, 4], "classes": 2, "std": 0.5},
    "fine_tune": None,
}


def tuned(**options):
    trial = small.one(**options)
    for name, stage in trial.stages.items():
        stage.parts(trial, name)
    trial.model("net")
    return trial


def test_it_counts_the_labelled_test_rows():
    one = tuned()
    with torch.no_grad():
        one.models["net"].net[-1].bias.copy_(torch.tensor([0.0, 1.0]))
    share = float((one.data.test.y == 1).double().mean())
    assert Accuracy()(one) == {"accuracy": share, "error": 1 - share, "rows": 20}


def test_a_net_with_labels_reads_them_itself():
    one = small.one(**MEMORY)
    found, test = Accuracy()(one), one.data.test
    guesses = one.models["machine"].machine.log_label_prob(test.x).argmax(1)
    assert found["accuracy"] == pytest.approx(float((guesses == test.y).double().mean()))
    assert found["error"] == pytest.approx(1 - found["accuracy"])
    assert found["rows"] == len(test)


@pytest.mark.parametrize(
    ("sections", "data", "message"),
    [
        ({}, replace(small.toy(), test=None), "judge accuracy: toy has no test rows"),
        (
            {},
            replace(small.toy(), test=small.toy().test.with_columns(y=None)),
            "judge accuracy: toy has no labelled test rows",
        ),
    ],
)
def test_what_it_cannot_judge(sections, data, message):
    with pytest.raises(ValueError, match=message):
        small.tasks(**sections, data=data, judge=["accuracy"])
