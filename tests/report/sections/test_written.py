"""The section of sequences that a run writes."""

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture
from harmonium.report.sections.written import section
from tests.apply import sequences, texts


def evidence(run):
    found = Evidence(run)
    found.read_data()
    return found


def test_rows_and_alignments():
    made = section(evidence(sequences.run()))
    table, *pictures = made.parts
    assert "0 of 36 differ" in table.caption
    assert [row[1] for row in table.rows] == [row[2] for row in table.rows]
    assert [row[0].upper() for row in table.rows] == [row[1] for row in table.rows]
    assert len(pictures) == 3
    assert all(isinstance(part, Picture) for part in pictures)
    assert pictures[0].alt.startswith(f"Where each symbol of {table.rows[0][1]!r} looked in")


def test_other_models_have_none():
    assert section(evidence(texts.run())) is None
