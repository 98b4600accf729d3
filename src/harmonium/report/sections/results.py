"""Final figures: methods with intervals, the best first, with baselines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harmonium.report.charts import bars
from harmonium.report.evidence import Evidence
from harmonium.report.methods import Method, caption, ranked, summary
from harmonium.report.page import Picture, Section
from harmonium.report.scores import Score, best_first, headline
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY", "chart", "section", "table"]


def section(evidence: Evidence) -> Section | str:
    """Section with a table of methods and a chart of the headline figure."""
    scores = [s for s in evidence.scores if all(map(math.isfinite, s.values))]
    methods = ranked(scores)
    if not methods:
        return "no judge and no baseline has given a finite figure"
    parts: list[Table | Picture] = [table(methods)]
    best = headline(scores)
    rivals = [] if best is None else [s for s in scores if s.figure == best.figure]
    if best is not None and len(rivals) > 1:
        parts.append(chart(rivals))
    return Section("Results", parts)


def table(methods: Sequence[Method]) -> Table:
    """Table with a row for each method: figures, intervals and CPU time."""
    head, rows = summary(methods)
    specs = {"seconds": "g"} if "seconds" in head else {}
    return Table(columns=head, rows=rows, caption=caption(methods), specs=specs)


def chart(rivals: Sequence[Score]) -> Picture:
    """Chart of methods by one figure, the best first, with intervals."""
    many = all(len(score.values) > 1 for score in rivals)
    mixed = not many and any(len(score.values) > 1 for score in rivals)
    order = best_first(rivals, rivals[0].figure)
    points: dict[str, tuple[float, ...]] = {}
    factor = 100 if rivals[0].is_share else 1
    for score in order:
        low, high = score.interval() or (score.mean, score.mean)
        ends = (high - score.mean,) if many else (low, high)
        points[score.name] = tuple(factor * value for value in (score.mean, *ends))
    small = max(abs(value) for values in points.values() for value in values) < 1
    spec = ".1f" if rivals[0].is_share else ".3g" if small else ".2f"
    title, heading = rivals[0].title, rivals[0].heading
    figure = bars(points, x_label=heading, title=title, spec=spec, from_zero=False)
    spread, interval = "± one standard deviation over trials", "the 95 % interval"
    whisker = spread if many else f"{spread}, or of one trial {interval}" if mixed else interval
    means = ", ".join(f"{s.name} {s.number(s.mean)}" for s in order)
    return Picture(figure, alt=f"{title}: {means}", caption=f"Best first; whiskers: {whisker}.")


ENTRY = Entry("Results", section)
