"""The report of one run: every section that has something to show, in one file."""

from __future__ import annotations

from collections.abc import Callable
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
    weights,
)
from harmonium.report.verdict import facts, verdict

if TYPE_CHECKING:
    from harmonium.data import DataSet
    from harmonium.runs import Run

__all__ = ["SECTIONS", "run_page", "write_run"]

SECTIONS: tuple[Callable[[Evidence], Section | None], ...] = (
    trouble.section,
    results.section,
    noticed.section,
    learning.section,
    preview.section,
    weights.section,
    recall.section,
    samples.section,
    activity.section,
    energy.section,
    mistakes.section,
    partition.section,
    chains.section,
    again.section,
    left_out.section,
)
"""In the order of the page. A section gives None where it has nothing to show."""


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
    sections = [section for make in SECTIONS if (section := _made(make, evidence)) is not None]
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


def _made(make: Callable[[Evidence], Section | None], evidence: Evidence) -> Section | None:
    """A section, or None with the reason noted: one bad picture must not cost the report."""
    try:
        return make(evidence)
    except ImportError:
        raise
    except Exception as error:
        what = make.__module__.rpartition(".")[2].replace("_", " ")
        evidence.left_out[what] = str(error) or type(error).__name__
        return None
