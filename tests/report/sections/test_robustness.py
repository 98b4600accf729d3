"""Robustness in a report: curves and a table that agree with the judge."""

import pytest

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture
from harmonium.report.sections.robustness import ENTRY, section
from harmonium.report.tables import Table
from harmonium.training import train

RECIPE = {
    "threads": 1,
    "data": {"source": "digits"},
    "model": {"type": "mlp", "units": [64, 20, 10]},
    "train": {"type": "supervised", "epochs": 5, "batch_size": 50},
    "judge": [{"type": "robustness", "shift": 2}],
}


def seen(folder, **sections):
    evidence = Evidence(train({**RECIPE, **sections}, output=folder))
    evidence.read_data()
    return evidence


def test_the_table_agrees_with_the_judge(tmp_path):
    evidence = seen(tmp_path)
    *pictures, table = section(evidence).parts
    assert ENTRY.title == "Robustness"
    assert all(isinstance(picture, Picture) for picture in pictures)
    assert [picture.figure.axes[0].get_xlabel() for picture in pictures] == [
        "shift, pixels",
        "rotation, degrees",
        "size, as a factor",
    ]
    assert isinstance(table, Table)
    assert len(table.rows) == 9 + 7 + 9
    shares = {(change, amount): share for change, amount, share in table.rows}
    judged = evidence.results["trials"][0]["methods"]["mlp"]
    shifts = [shares["shift, pixels", amount] for amount in (-2.0, -1.0, 1.0, 2.0)]
    assert sum(shifts) / 4 == pytest.approx(judged["shifted_accuracy"])
    turned = [shares["rotation, degrees", amount] for amount in (-15.0, 15.0)]
    assert sum(turned) / 2 == pytest.approx(judged["rotated_accuracy"])
    assert shares["shift, pixels", 0.0] == shares["size, as a factor", 1.0]
    assert shares["shift, pixels", 0.0] > shares["shift, pixels", 4.0]


def test_runs_that_do_not_judge_it_have_no_section(tmp_path):
    assert section(seen(tmp_path, judge=["accuracy"])) is None
