"""The report of one run: every section that has something to show, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harmonium.report.evidence import Evidence
from harmonium.report.figures import save_figures, with_bytes
from harmonium.report.page import Page, Section, write
from harmonium.report.sections import (
    activity,
    again,
    chains,
    energy,
    learning,
    left_out,
    mistakes,
    noticed,
    partition,
    preview,
    recall,
    results,
    samples,
    trouble,
    values,
    weights,
)
from harmonium.report.sections.entry import Entry
from harmonium.report.verdict import facts, verdict

if TYPE_CHECKING:
    from harmonium.data import DataSet
    from harmonium.runs import Run

__all__ = ["SECTIONS", "run_page", "write_run"]

SECTIONS: tuple[Entry, ...] = (
    trouble.ENTRY,
    results.ENTRY,
    noticed.ENTRY,
    learning.ENTRY,
    preview.ENTRY,
    weights.ENTRY,
    recall.ENTRY,
    samples.ENTRY,
    activity.ENTRY,
    energy.ENTRY,
    mistakes.ENTRY,
    values.ENTRY,
    partition.ENTRY,
    chains.ENTRY,
    again.ENTRY,
    left_out.ENTRY,
)
"""In the order of the page."""


def write_run(run: Run, *, data: DataSet | None = None, trial: int = 0) -> Path:
    """Writes `report.html` and `figures/*.png` into a run's directory; returns the page's path.

    The run may be done, failed, interrupted or still going on: the page shows what there is, and
    says what is left out and why. Nothing of the run is changed, and all that is drawn at random
    comes from the report's own generators.

    Args:
        run: the run.
        data: its data after the transforms; None reads them as the recipe says.
        trial: the repeat whose machine, net and snapshots are shown.

    Raises:
        OSError: the directory cannot be written; an old report stays as it was.
        ImportError: a report's packages are not installed; the message says how to.
    """
    evidence = Evidence(run, data=data, trial=trial)
    if data is None:
        evidence.read_data()
    page = with_bytes(run_page(evidence))
    save_figures(page, run.path / "figures")
    return write(page, run.path / "report.html")


def run_page(evidence: Evidence) -> Page:
    """The page of a run, not yet written."""
    sections = [made for entry in SECTIONS if (made := _made(entry, evidence)) is not None]
    words, tone = verdict(evidence)
    name = str(evidence.recipe.get("name") or evidence.run.path.parent.name)
    begun = str(evidence.status.get("started", ""))[:16].replace("T", " ")
    return Page(
        title=name,
        verdict=words,
        status=tone,
        subtitle=f"run {evidence.run.path.name}{f', begun {begun}' if begun else ''}",
        facts=facts(evidence),
        sections=sections,
    )


def _made(entry: Entry, evidence: Evidence) -> Section | None:
    """A section, or None with the reason noted: one bad picture must not cost the report."""
    try:
        return entry.section(evidence)
    except ImportError:
        raise
    except Exception as error:
        evidence.left_out[entry.title] = str(error) or type(error).__name__
        return None
