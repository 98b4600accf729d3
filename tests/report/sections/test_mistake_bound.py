"""Mistakes beside their bound, and the reasons why it does not apply."""

import pytest

from harmonium.report.sections.mistake_bound import ENTRY, section
from tests.report.sections import gates


def test_and_has_a_bound_of_51_and_fewer_mistakes():
    seen = gates.gate("and")
    (picture,) = section(seen).parts
    mistakes = seen.metrics[-1]["train/mistakes_total"]
    assert 0 < mistakes < 51
    assert f"bound 51; {mistakes} mistakes" in picture.caption
    lines = {line.get_label(): line.get_ydata() for line in picture.figure.axes[0].lines}
    assert lines["mistakes"].tolist() == [row["train/mistakes_total"] for row in seen.metrics]
    assert lines["bound"] == pytest.approx([51] * 12)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (lambda: gates.gate("xor"), "no plane separates"),
        (lambda: gates.gate("and", batch_size=4), "used batches"),
        (lambda: gates.gate("and", schedules=("linear_decay",)), "changed its rate"),
        (gates.digits, "two classes, and the data have 10"),
    ],
)
def test_where_it_does_not_apply_there_is_a_reason(seen, reason):
    evidence = seen()
    assert reason in section(evidence)


def test_other_models_do_not_miss_it(evidence):
    seen = evidence("table")
    assert ENTRY.section(seen) is None
    assert "Mistakes and their bound" not in seen.left_out
