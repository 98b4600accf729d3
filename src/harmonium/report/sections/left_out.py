"""Parts that a report could not show, with reasons."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY", "section"]


def section(evidence: Evidence) -> Section | str | None:
    """Section with a row for each part; None if everything was shown."""
    if not evidence.left_out:
        return None
    rows = [[what, why] for what, why in evidence.left_out.items()]
    return Section("Left out", [Table(columns=["part", "reason"], rows=rows)])


ENTRY = Entry("Left out", section)
