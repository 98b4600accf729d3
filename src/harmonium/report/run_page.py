"""The report of one run: every section that has content, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harmonium.report.evidence import Evidence
from harmonium.report.figures import save_figures, with_bytes
from harmonium.report.page import Page, Section, write
from harmonium.report.sections import (
    activity,
    again,
    bits,
    boards,
    captions,
    chains,
    code_map,
    continuation,
    cross_modal,
    decision_line,
    deconvolved,
    energy,
    excited,
    fit,
    flow,
    forecast,
    found_objects,
    heads,
    interpolation,
    kernels,
    latent_walk,
    layers,
    learning,
    left_out,
    maps,
    memory,
    mistake_bound,
    mistakes,
    modalities,
    moving,
    music,
    neighbours,
    noticed,
    occlusion,
    partition,
    patches,
    planes,
    play,
    preview,
    recall,
    reservoir,
    resolution,
    restored,
    results,
    retrieval,
    robustness,
    saliency,
    samples,
    separable,
    tags,
    text_units,
    texts,
    topics,
    transitions,
    traversal,
    trees,
    trouble,
    unit_map,
    values,
    weights,
    written,
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
    flow.ENTRY,
    layers.ENTRY,
    preview.ENTRY,
    play.ENTRY,
    boards.ENTRY,
    found_objects.ENTRY,
    topics.ENTRY,
    modalities.ENTRY,
    cross_modal.ENTRY,
    weights.ENTRY,
    patches.ENTRY,
    kernels.ENTRY,
    maps.ENTRY,
    planes.ENTRY,
    moving.ENTRY,
    saliency.ENTRY,
    occlusion.ENTRY,
    excited.ENTRY,
    deconvolved.ENTRY,
    memory.ENTRY,
    unit_map.ENTRY,
    recall.ENTRY,
    resolution.ENTRY,
    restored.ENTRY,
    samples.ENTRY,
    latent_walk.ENTRY,
    continuation.ENTRY,
    music.ENTRY,
    forecast.ENTRY,
    reservoir.ENTRY,
    transitions.ENTRY,
    written.ENTRY,
    captions.ENTRY,
    heads.ENTRY,
    tags.ENTRY,
    texts.ENTRY,
    text_units.ENTRY,
    activity.ENTRY,
    retrieval.ENTRY,
    bits.ENTRY,
    code_map.ENTRY,
    traversal.ENTRY,
    interpolation.ENTRY,
    energy.ENTRY,
    separable.ENTRY,
    decision_line.ENTRY,
    mistake_bound.ENTRY,
    trees.ENTRY,
    mistakes.ENTRY,
    robustness.ENTRY,
    neighbours.ENTRY,
    fit.ENTRY,
    values.ENTRY,
    partition.ENTRY,
    chains.ENTRY,
    again.ENTRY,
    left_out.ENTRY,
)
"""All sections, in the order of the page."""


def write_run(run: Run, *, data: DataSet | None = None, trial: int = 0) -> Path:
    """Writes `report.html` and `figures/*.png` into a run's directory; returns the page's path.

    The run may be done, failed, interrupted or in progress: the page shows what exists, and lists
    what is left out and why. The run is not changed, and all random draws come from the report's
    own generators.

    Args:
        run: the run.
        data: its data after the transforms; None to read them by the recipe.
        trial: the trial whose models and snapshots are shown.

    Raises:
        OSError: the directory cannot be written; an old report stays unchanged.
        ImportError: packages for reports are missing; the message says how to install them.
    """
    evidence = Evidence(run, data=data, trial=trial)
    if data is None:
        evidence.read_data()
    page = with_bytes(run_page(evidence))
    save_figures(page, run.path / "figures")
    return write(page, run.path / "report.html")


def run_page(evidence: Evidence) -> Page:
    """Makes the page of a run without writing it."""
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
    """Makes a section; an error gives None and is noted, so that the other sections appear."""
    try:
        return entry.section(evidence)
    except ImportError:
        raise
    except Exception as error:
        evidence.left_out[entry.title] = str(error) or type(error).__name__
        return None
