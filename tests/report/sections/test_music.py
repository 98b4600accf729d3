"""The section of music: the true piece, and what a model makes of its beginning."""

import pytest

from harmonium.report.evidence import Evidence
from harmonium.report.sections import continuation
from harmonium.report.sections.music import ENTRY, section
from tests.apply.music import run, toy_chorales
from tests.report.test_piano_roll import bars

__all__ = ["toy_chorales"]


@pytest.mark.usefixtures("toy_chorales")
@pytest.mark.parametrize(("kind", "given", "steps"), [("notes", 16, 32), ("rolls", 8, 16)])
def test_draws_begin_like_the_true_piece(kind, given, steps):
    evidence = Evidence(run(kind))
    evidence.read_data()
    (picture,) = section(evidence).parts
    true, *drawn = (bars(axes) for axes in picture.figure.axes)
    assert len(drawn) == 2
    assert max(end for _, end, _ in true) == pytest.approx(steps, abs=0.2)

    def beginning(piece):
        return sorted((a, b, y) for a, b, y in piece if b < given - 1)

    for piece in drawn:
        assert beginning(piece) == beginning(true)
        assert max(end for _, end, _ in piece) > given
    assert f"2 continuations of its first {given} steps" in picture.alt
    assert continuation.section(evidence) is None


def test_other_data_have_no_such_section(evidence):
    assert ENTRY.section(evidence("classifier")) is None
