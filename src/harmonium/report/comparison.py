"""Compares several runs on one page: ranking, differences of results and of settings."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonium.errors import UsageError
from harmonium.report.differences import differences
from harmonium.report.evidence import Evidence
from harmonium.report.figures import save_figures, with_bytes
from harmonium.report.page import Code, Page, Picture, Section, write
from harmonium.report.scores import Score, best_first, headline, noise
from harmonium.report.sections.again import typed
from harmonium.report.sections.learning import curve_picture, drawn
from harmonium.report.sections.results import chart
from harmonium.report.tables import Table
from harmonium.report.verdict import Tone, took

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harmonium.runs import Run

__all__ = ["compare"]

_LINES, _CHARTS = 8, 12


def compare(runs: Sequence[Run], *, path: str | os.PathLike[str] | None = None) -> Path:
    """Writes one page that compares several runs; returns its path.

    Args:
        runs: two or more, in the order of the table; they may have failed.
        path: of the page; None for `comparison.html` in the folder that contains all the runs.

    Raises:
        ValueError: there are fewer than two runs, or a run occurs twice.
        OSError: the page cannot be written.
    """
    places = [run.path.resolve() for run in runs]
    if len(set(places)) < 2 or len(set(places)) < len(places):
        message = f"{len(places)} runs, {len(set(places))} different: give two or more, each once"
        raise UsageError(message)
    home = Path(os.path.commonpath(places))
    place = home / "comparison.html" if path is None else Path(path)
    entries = _entries(runs)
    page = with_bytes(_page(entries))
    save_figures(page, place.parent / f"{place.stem}-figures")
    return write(page, place)


def _entries(runs: Sequence[Run]) -> dict[str, Evidence]:
    """Label -> run; runs of the same name get the end of their directory's name as well."""
    entries = [Evidence(run) for run in runs]
    names = [str(e.recipe.get("name") or e.run.path.parent.name) for e in entries]
    many = Counter(names)
    ids = [evidence.run.path.name for evidence in entries]
    if len({(name, run[-4:]) for name, run in zip(names, ids, strict=True)}) == len(ids):
        ids = [run[-4:] for run in ids]
    labels = [
        name if many[name] == 1 else f"{name} {run}" for name, run in zip(names, ids, strict=True)
    ]
    return dict(zip(labels, entries, strict=True))


def _page(entries: Mapping[str, Evidence]) -> Page:
    scores = {label: e.scores for label, e in entries.items()}
    ranked = _ranked(scores)
    words, tone = _verdict(ranked, total=len(entries))
    sections = [
        _results(entries, scores, ranked=ranked),
        _curves(entries),
        _differences("Settings that differ", {k: e.recipe for k, e in entries.items()}),
        _differences("Environments that differ", {k: e.environment for k, e in entries.items()}),
        _commands(entries),
    ]
    return Page(
        title=f"{len(entries)} runs compared",
        verdict=words,
        status=tone,
        subtitle=", ".join(entries),
        sections=[section for section in sections if section is not None],
    )


def _ranked(scores: Mapping[str, Sequence[Score]]) -> list[Score]:
    """Each run's own score of the figure that most runs have, the best first."""
    own = [
        replace(score, label=label)
        for label, run_scores in scores.items()
        if (score := headline(run_scores)) is not None
    ]
    if not own:
        return []
    figure = Counter(score.figure for score in own).most_common(1)[0][0]
    return best_first(own, figure)


def _verdict(ranked: Sequence[Score], *, total: int) -> tuple[str, Tone]:
    if not ranked:
        return "No run has a final result yet, so the runs cannot be ranked.", "warning"
    best = ranked[0]
    text = f"Best by {best.title}: {best.name}, {best.sentence()}"
    missing = total - len(ranked)
    rest = f" {missing} of {total} runs have no {best.title}." if missing else ""
    if len(ranked) < 2:
        return f"{text}.{rest}", "warning"
    second = ranked[1]
    gap = abs(best.mean - second.mean)
    size = f"{100 * gap:.1f} points" if best.is_share else f"{gap:.2f}"
    beyond, words = noise(best, second)
    text += f". Next: {second.name}, {second.number(second.mean)} ({size} apart; {words})."
    return text + rest, "good" if beyond else "plain"


def _results(
    entries: Mapping[str, Evidence],
    scores: Mapping[str, Sequence[Score]],
    *,
    ranked: Sequence[Score],
) -> Section:
    figures = _figures(scores)
    rows = []
    for label, evidence in entries.items():
        own = {score.figure: score for score in scores[label] if score.own}
        cells = [_cell(own.get(figure)) for figure in figures]
        seed = evidence.recipe.get("seed", evidence.environment.get("seed"))
        rows.append([label, str(evidence.status.get("status")), *cells, str(seed), took(evidence)])
    blank = [Score("", figure, (0.0,)) for figure in figures]
    titles = [score.heading for score in blank]
    table = Table(
        columns=["run", "status", *titles, "seed", "duration"],
        rows=rows,
        caption="The method of each run's own recipe: mean ± standard deviation over its trials, "
        "or of one trial the 95 % interval in brackets.",
    )
    parts: list[Table | Picture] = [table]
    if len(ranked) > 1:
        parts.append(chart(ranked))
    return Section("Results", parts)


def _figures(scores: Mapping[str, Sequence[Score]]) -> list[str]:
    """Figures of the runs' own methods, those that most runs have first."""
    count: Counter[str] = Counter()
    for run_scores in scores.values():
        own = (s for s in run_scores if s.own)
        count.update(s.figure for s in own if not (s.meaning.repeats or s.meaning.brackets))
    return [figure for figure, _ in count.most_common()]


def _cell(score: Score | None) -> str | None:
    if score is None or not math.isfinite(score.mean):
        return None
    return score.short()


def _curves(entries: Mapping[str, Evidence]) -> Section | None:
    """Curves of the figures that at least two runs have by epoch, overlaid."""
    charts: dict[tuple[str, str], dict[str, tuple[NDArray[Any], NDArray[Any]]]] = {}
    holders: Counter[tuple[str, str]] = Counter()
    for label, evidence in entries.items():
        for key, lines in drawn(evidence.metrics).items():
            own = [line for line in lines if "random start" not in line]
            if not own:
                continue
            holders[key] += 1
            shown = [line for line in own if "validation" in line] or own
            for line in shown:
                charts.setdefault(key, {})[f"{label}, {line}" if line else label] = lines[line]
    pictures = [
        curve_picture(key, dict(list(lines.items())[:_LINES]), note="")
        for key, lines in charts.items()
        if holders[key] > 1
    ]
    return Section("Learning", pictures[:_CHARTS]) if pictures else None


def _differences(title: str, sides: Mapping[str, Mapping[str, Any]]) -> Section | None:
    """Table of the dotted keys that differ, one column per run; None without any."""
    if not any(sides.values()):
        return None
    differing = differences(list(sides.values()))
    if not differing:
        return Section(title, ["None: all entries are the same in every run."])
    table = Table(
        columns=["entry", *sides],
        rows=[[key or "everything", *values] for key, values in differing.items()],
        caption="All other entries are the same in every run.",
    )
    return Section(title, [table])


def _commands(entries: Mapping[str, Evidence]) -> Section | None:
    lines = [typed(evidence.text("command.txt").strip()) for evidence in entries.values()]
    text = [f"# {label}\n{line}" for label, line in zip(entries, lines, strict=True) if line]
    if not text:
        return None
    paths = "\n".join(str(evidence.run.path) for evidence in entries.values())
    return Section(
        "How to repeat these runs",
        [Code("\n".join(text), title="commands"), Code(paths, title="directories")],
    )
