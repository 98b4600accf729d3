"""What could not be shown is said with its reason."""

from harmonium.report.sections.left_out import section


def test_one_row_each(evidence):
    seen = evidence("energy")
    assert section(seen) is None
    seen.left_out["samples"] = "3 pixel values are not finite: did it diverge?"
    (table,) = section(seen).parts
    assert table.rows == [["samples", "3 pixel values are not finite: did it diverge?"]]
