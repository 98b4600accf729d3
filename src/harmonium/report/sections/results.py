"""The final figures: every method, every figure, with intervals, baselines beside."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harmonium.report.charts import bars
from harmonium.report.evidence import Evidence
from harmonium.report.intervals import spread
from harmonium.report.page import Picture, Section
from harmonium.report.scores import Score, best_first, headline, read_scores
from harmonium.report.tables import Table

__all__ = ["section", "table"]


def section(evidence: Evidence) -> Section | None:
    """A table of scores and a chart of the headline figure; None before there is a score."""
    scores = [s for s in read_scores(evidence.run.results) if all(map(math.isfinite, s.values))]
    if not scores:
        return None
    parts: list[Table | Picture] = [table(scores)]
    best = headline(scores)
    rivals = [] if best is None else [s for s in scores if s.figure == best.figure]
    if best is not None and len(rivals) > 1:
        parts.append(_chart(rivals))
    return Section("Results", parts)


def table(scores: Sequence[Score]) -> Table:
    """One row per method and figure: mean, interval, what the interval is."""
    rows = [
        [s.method, s.title, s.number(s.mean), _interval(s), _kind(s), len(s.values)] for s in scores
    ]
    return Table(columns=["method", "figure", "value", "interval", "of", "trials"], rows=rows)


def _interval(score: Score) -> str | None:
    if len(score.values) > 1:
        return f"± {score.number(spread(score.values)[1])}"
    interval = score.interval()
    return None if interval is None else " to ".join(score.number(end) for end in interval)


def _kind(score: Score) -> str | None:
    if len(score.values) > 1:
        return "s.d. over trials"
    rows = f", {score.rows:,d} rows" if score.rows else ""
    return f"95 %{rows}" if score.interval() else None


def _chart(rivals: Sequence[Score]) -> Picture:
    many = len(rivals[0].values) > 1
    order = best_first(rivals, rivals[0].figure)
    points = {}
    for score in order:
        interval = score.interval()
        half = 0.0 if interval is None else (interval[1] - interval[0]) / 2
        points[score.method] = (score.mean, half)
    spec = ".3f" if rivals[0].is_share else ".2f"
    title = rivals[0].title
    figure = bars(points, x_label=title, title=title, spec=spec, from_zero=False)
    whisker = "± one s.d. over trials" if many else "half the width of the 95 % interval"
    told = ", ".join(f"{s.method} {s.number(s.mean)}" for s in order)
    return Picture(figure, alt=f"{title}: {told}", caption=f"Best first; whiskers: {whisker}.")
