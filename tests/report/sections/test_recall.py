"""Reconstructions: measured on held-out rows, drawn where rows are pictures."""

import pytest

from harmonium.report import Table
from harmonium.report.sections.recall import ENTRY, section


def test_the_errors_are_those_of_a_pass_up_and_down(evidence):
    seen = evidence("classifier")
    picture, table = section(seen).parts
    x = seen.data.test.x
    found = [b["x"] for b in seen.models["machine"].reconstruct({"x": x}).values()]
    for row, again in zip(table.rows, found, strict=True):
        assert row[1] == pytest.approx(float((again - x).square().mean()), rel=1e-5)
    assert [row[0] for row in table.rows] == ["layer 1", "layers 1 to 2"]
    assert picture.alt == "20 test rows, each above its reconstruction from the top layer"


def test_a_machine_that_learned_beats_the_mean(evidence):
    (*_, table) = section(evidence("energy")).parts
    assert table.rows[0][2] < 1


def test_rows_that_are_no_pictures_have_the_figures_alone(evidence):
    (only,) = section(evidence("table")).parts
    assert isinstance(only, Table)


def test_nothing_without_machine_or_data(evidence):
    assert ENTRY.section(evidence("failed")) is None
    assert ENTRY.section(evidence("energy", data=None)) is None
