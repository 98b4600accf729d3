"""The results of a run as a table: a line for each method, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from harmonium.report.intervals import spread
from harmonium.report.scores import Score, best_first, headline

__all__ = ["Method", "caption", "columns", "ranked", "rows"]


@dataclass(frozen=True)
class Method:
    """What one method reached.

    Args:
        name: in words.
        scores: figure -> score.
        own: whether it is what the recipe describes; the others are baselines.
    """

    name: str
    scores: dict[str, Score] = field(default_factory=dict)
    own: bool = False

    @property
    def seconds(self) -> float | None:
        """Mean processor time of a trial, to two digits."""
        known = [score.seconds for score in self.scores.values() if score.seconds]
        return float(f"{spread(known[0])[0]:.2g}") if known else None


def ranked(scores: Sequence[Score]) -> list[Method]:
    """The methods, best first by the figure that a run is remembered by; those without it last.

    Scores that are not finite are left out, and so is what another figure says as well.
    """
    known = [s for s in scores if all(map(math.isfinite, s.values)) and not s.meaning.repeats]
    found: dict[str, Method] = {}
    for score in known:
        method = found.setdefault(score.method, Method(score.name, own=score.own))
        method.scores[score.figure] = score
    best = headline(known)
    figure = best.figure if best is not None else known[0].figure if known else ""
    order = [score.method for score in best_first(known, figure)]
    return [found[name] for name in dict.fromkeys([*order, *found])]


def columns(methods: Sequence[Method]) -> dict[str, str]:
    """Figure -> its heading with the unit: "accuracy" -> "test accuracy, %"."""
    scores = [score for method in methods for score in method.scores.values()]
    return {score.figure: f"{score.title}, {score.unit}" for score in scores}


def rows(methods: Sequence[Method], *, plain: bool = False) -> list[list[str | float | None]]:
    """A line for each method: its name, each figure of `columns` with its spread, seconds."""
    figures = columns(methods)
    several = len(methods) > 1
    return [
        [
            f"{m.name} (this recipe)" if m.own and several else m.name,
            *(m.scores[n].short(plain=plain) if n in m.scores else None for n in figures),
            m.seconds,
        ]
        for m in methods
    ]


def caption(methods: Sequence[Method], *, plain: bool = False) -> str:
    """What the numbers are: how they were averaged, on how many rows, and what seconds mean."""
    scores = [score for method in methods for score in method.scores.values()]
    trials = max((len(score.values) for score in scores), default=0)
    tested = sorted({score.rows for score in scores if score.rows})
    on = f", on {tested[0]:,d} test rows" if len(tested) == 1 else ""
    if trials > 1:
        sign = "+-" if plain else "\N{PLUS-MINUS SIGN}"
        kind = f"Mean {sign} standard deviation of {trials} trials{on}"
    elif any(score.interval() for score in scores):
        kind = f"One trial{on}; in brackets the 95 % interval for the choice of the test rows"
    else:
        kind = f"One trial{on}"
    best = ". Best first" if len(methods) > 1 else ""
    timed = any(method.seconds is not None for method in methods)
    seconds = ". Seconds: processor time of one trial" if timed else ""
    return f"{kind}{best}{seconds}."
