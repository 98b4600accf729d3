"""The final figures: every method, every figure, with intervals, baselines beside."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harmonium.report.charts import bars
from harmonium.report.evidence import Evidence
from harmonium.report.intervals import spread
from harmonium.report.page import Picture, Section
from harmonium.report.scores import Score, best_first, headline
from harmonium.report.tables import Table

__all__ = ["chart", "section", "table"]


def section(evidence: Evidence) -> Section | None:
    """A table of scores and a chart of the headline figure; None before there is a score."""
    finite = [s for s in evidence.scores if all(map(math.isfinite, s.values))]
    scores = [s for s in finite if not s.meaning.repeats]
    if not scores:
        return None
    parts: list[Table | Picture] = [table(scores)]
    best = headline(scores)
    rivals = [] if best is None else [s for s in scores if s.figure == best.figure]
    if best is not None and len(rivals) > 1:
        parts.append(chart(rivals))
    return Section("Results", parts)


def table(scores: Sequence[Score]) -> Table:
    """One row per method and figure: mean, interval, trials, rows, processor time of a trial."""
    rows = [
        [
            s.name,
            s.title,
            s.number(s.mean),
            _interval(s),
            len(s.values),
            s.rows,
            spread(s.seconds)[0] if s.seconds else None,
        ]
        for s in scores
    ]
    columns = [
        "method",
        "figure",
        "value",
        "interval",
        "trials",
        "test rows",
        "processor s a trial",
    ]
    specs = {"processor s a trial": ".1f"}
    return Table(columns=columns, rows=rows, caption=_kinds(scores), specs=specs)


def _interval(score: Score) -> str | None:
    if len(score.values) > 1:
        return f"± {score.number(spread(score.values)[1])}"
    interval = score.interval()
    return None if interval is None else " to ".join(score.number(end) for end in interval)


def _kinds(scores: Sequence[Score]) -> str:
    """What the intervals of a table are."""
    several = any(len(s.values) > 1 for s in scores)
    single = any(len(s.values) == 1 and s.interval() for s in scores)
    words = ["Means of the trials with one standard deviation"] if several else []
    words += ["95% intervals, for shares Wilson's"] if single else []
    return "; ".join(words)


def chart(rivals: Sequence[Score]) -> Picture:
    """Methods by one figure, the best first, with their intervals."""
    many = any(len(score.values) > 1 for score in rivals)
    order = best_first(rivals, rivals[0].figure)
    points: dict[str, tuple[float, ...]] = {}
    meaning = rivals[0].meaning
    factor = 100 if meaning.is_share else 1
    for score in order:
        low, high = score.interval() or (score.mean, score.mean)
        ends = (high - score.mean,) if many else (low, high)
        points[score.name] = tuple(factor * value for value in (score.mean, *ends))
    spec, unit = (".1f", "%") if meaning.is_share else (".2f", meaning.unit)
    title = rivals[0].title
    figure = bars(points, x_label=f"{title}, {unit}", title=title, spec=spec, from_zero=False)
    whisker = "± one s.d. over trials" if many else "95% interval"
    told = ", ".join(f"{s.name} {s.number(s.mean)}" for s in order)
    return Picture(figure, alt=f"{title}: {told}", caption=f"Best first; whiskers: {whisker}.")
