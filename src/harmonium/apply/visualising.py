"""Shows what the convolutional net of a run sees, as a page and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonium.errors import UsageError
from harmonium.needs import Needs, unmet
from harmonium.report import write
from harmonium.report.evidence import Evidence
from harmonium.report.figures import save_figures, with_bytes
from harmonium.report.page import Page, Picture, Section
from harmonium.report.sections import (
    deconvolved,
    excited,
    kernels,
    maps,
    moving,
    occlusion,
    saliency,
)
from harmonium.report.tables import Table
from harmonium.report.viewed import KERNELS, NEEDS, View
from harmonium.runs import Run

__all__ = ["VIEWS", "Views", "visualize"]

PAGE = "visualize.html"

VIEWS: dict[str, tuple[str, Callable[[View], list[str | Picture]], Needs]] = {
    "filters": (kernels.ENTRY.title, kernels.parts, KERNELS),
    "maps": (maps.ENTRY.title, maps.parts, NEEDS),
    "moving": (moving.ENTRY.title, moving.parts, NEEDS),
    "saliency": (saliency.ENTRY.title, saliency.parts, NEEDS),
    "occlusion": (occlusion.ENTRY.title, occlusion.parts, NEEDS),
    "excite": (excited.ENTRY.title, excited.parts, NEEDS),
    "deconvolution": (deconvolved.ENTRY.title, deconvolved.parts, NEEDS),
}
"""Name of a view -> its title in reports, what makes its parts, and what it needs."""


@dataclass(frozen=True)
class Views:
    """Views of a net.

    Args:
        page: with one section for each view.
        left_out: title of a view -> reason why it is not there.
    """

    page: Page
    left_out: dict[str, str]

    def write(self, folder: Path, *, overwrite: bool = True) -> tuple[Path, list[Path]]:
        """Writes ``visualize.html`` and its pictures to a folder; returns their paths.

        Raises:
            FileExistsError: the folder has such a page, and ``overwrite`` is False.
            OSError: the folder cannot be written.
        """
        if (folder / PAGE).exists() and not overwrite:
            raise FileExistsError(f"{folder / PAGE}: there already; --overwrite replaces it")
        drawn = with_bytes(self.page)
        folder.mkdir(parents=True, exist_ok=True)
        return write(drawn, folder / PAGE), save_figures(drawn, folder)


def visualize(
    run: Run,
    *,
    what: Sequence[str] = (),
    layer: str | None = None,
    rows: Sequence[int] | None = None,
    trial: int = 0,
) -> Views:
    """Makes views of the net of a run. The run is not changed.

    Args:
        run: whose net has convolutions.
        what: names of ``VIEWS``; empty for all that the run allows.
        layer: name of the layer to look at; None for the choice of each view.
        rows: numbers of held-out rows, from 0; None for the first of each class.
        trial: number of the trial.

    Raises:
        ValueError: there is no such view, layer, row or trial; or a view that is named, or every
            view, is not possible: the message gives the reason.
    """
    if unknown := [name for name in what if name not in VIEWS]:
        raise UsageError(f"no view {unknown[0]!r}: choose from {', '.join(VIEWS)}")
    evidence = Evidence(run, trial=trial)
    if not (run.path / "models" / f"{trial}-machine.safetensors").is_file():
        raise UsageError(f"{run.path}: trial {trial} has no finished model: train it first")
    evidence.read_data()
    view = View(evidence, None if rows is None else tuple(rows), layer)
    made: list[Section] = []
    left_out: dict[str, str] = {}
    for name in what or VIEWS:
        title, parts, needs = VIEWS[name]
        reason = unmet(needs, evidence.models.values(), data=evidence.data)
        if reason is None:
            made.append(Section(title, [*parts(view)]))
        elif what:
            raise UsageError(f"{name}: {reason}")
        else:
            left_out[title] = reason
    if not made:
        raise UsageError(next(iter(left_out.values())))
    name = str(evidence.recipe.get("name") or run.path.parent.name)
    page = Page(
        title=name,
        verdict="What the net sees",
        subtitle=f"run {run.path.name}, trial {trial}",
        sections=[*made, *_missing(left_out)],
    )
    return Views(page, left_out)


def _missing(left_out: dict[str, str]) -> list[Section]:
    rows = [[title, reason] for title, reason in left_out.items()]
    table = Table(columns=["view", "reason"], rows=rows)
    return [Section("Left out", [table])] if rows else []
