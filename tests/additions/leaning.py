"""A section of a report: what the visible units lean to."""

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.page import Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY"]


def section(evidence: Evidence) -> Section:
    """The mean of every column of the training rows."""
    means = evidence.data.train.x.mean(0).tolist()
    rows = [[k, mean] for k, mean in enumerate(means)]
    return Section("Leaning", [Table(columns=["column", "mean"], rows=rows)])


ENTRY = Entry("Leaning", section, Needs(data=("train",)))
