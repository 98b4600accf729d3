"""Separability in a report: margins, or the proof that there is none."""

from harmonium.report.sections.separable import ENTRY, section
from tests.report.sections import gates

TITLE = "Can a plane separate the classes"


def test_and_has_a_plane_with_its_margin():
    words, table = section(gates.gate("and")).parts
    assert words == "A plane separates 1 of 1 pairs of classes in the training rows."
    assert table.rows == [["0 and 1", "yes", 0.5]]


def test_xor_has_a_proof():
    words, table = section(gates.gate("xor")).parts
    assert words.startswith("No plane separates the two classes")
    assert [row[1:] for row in table.rows] == [
        ["0, 0", "0", 1.0],
        ["0, 1", "1", 1.0],
        ["1, 0", "1", 1.0],
        ["1, 1", "0", 1.0],
    ]


def test_many_classes_are_taken_in_pairs():
    words, table = section(gates.digits()).parts
    assert len(table.rows) == 45
    yes = sum(row[1] == "yes" for row in table.rows)
    assert words.startswith(f"A plane separates {yes} of 45 pairs")
    assert yes > 35
    assert {(row[1], row[2] > 0) for row in table.rows} <= {("yes", True), ("no", False)}


def test_too_many_rows_are_a_reason(monkeypatch):
    monkeypatch.setattr("harmonium.report.sections.separable._ROWS", 100)
    seen = gates.digits()
    assert ENTRY.section(seen) is None
    assert "at most 100 rows of 10 classes" in seen.left_out.pop(TITLE)


def test_other_models_do_not_miss_it(evidence):
    seen = evidence("table")
    assert ENTRY.section(seen) is None
    assert TITLE not in seen.left_out
