"""The results of a run as a table: a line for each method, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from harmonium.report.intervals import spread
from harmonium.report.scores import Score, best_first, headline

__all__ = ["Method", "Row", "caption", "ranked", "summary"]

_BOUNDED = ("belief_net", "dbm", "multimodal_dbm")
"""Models whose log-likelihood has only a (variational) lower bound."""

Row = list[str | float | None]
"""A row of a table."""


@dataclass(frozen=True)
class Method:
    """The scores of one method.

    Args:
        name: in words.
        scores: figure -> score.
        own: whether it is the recipe's own method; the others are baselines.
    """

    name: str
    scores: dict[str, Score] = field(default_factory=dict)
    own: bool = False

    @property
    def seconds(self) -> float | None:
        """Mean CPU time of a trial in seconds, to two digits."""
        known = [score.seconds for score in self.scores.values() if score.seconds]
        return float(f"{spread(known[0])[0]:.2g}") if known else None


def ranked(scores: Sequence[Score]) -> list[Method]:
    """The methods, the best first by the headline figure; methods without it come last.

    Scores that are not finite are left out, as are figures that another figure repeats.
    """
    known = [s for s in scores if all(map(math.isfinite, s.values)) and not s.meaning.repeats]
    methods: dict[str, Method] = {}
    for score in known:
        method = methods.setdefault(score.method, Method(score.name, own=score.own))
        method.scores[score.figure] = score
    best = headline(known)
    figure = best.figure if best is not None else known[0].figure if known else ""
    order = [score.method for score in best_first(known, figure)] if known else []
    return [methods[name] for name in dict.fromkeys([*order, *methods])]


def summary(methods: Sequence[Method], *, plain: bool = False) -> tuple[list[str], list[Row]]:
    """Headings and rows: a row for each method; for a single method, a row for each figure.

    Args:
        methods: as `ranked` returns them.
        plain: in ASCII, for a terminal.
    """
    if len(methods) == 1:
        return _figures(methods[0], plain=plain)
    scores = [score for method in methods for score in method.scores.values()]
    headings = {score.figure: score.heading for score in scores}
    rows: list[Row] = [
        [
            f"{m.name} (this recipe)" if m.own else m.name,
            *(m.scores[n].short(plain=plain) if n in m.scores else None for n in headings),
            m.seconds,
        ]
        for m in methods
    ]
    return ["method", *headings.values(), "seconds"], rows


def _figures(method: Method, *, plain: bool) -> tuple[list[str], list[Row]]:
    rows: list[Row] = [
        [score.title, score.short(plain=plain), score.unit] for score in method.scores.values()
    ]
    if method.seconds is not None:
        rows.append(["processor time", f"{method.seconds:g}", "seconds"])
    return [method.name, "value", "unit"], rows


def caption(methods: Sequence[Method], *, plain: bool = False) -> str:
    """Explains the numbers: averages, number of rows, and the meaning of seconds."""
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
    two = any(score.meaning.brackets for score in scores)
    ends = ". The optimistic end takes the smaller of the two estimates of log Z" if two else ""
    deep = any(s.method in _BOUNDED and s.meaning.unit == "nats per row" for s in scores)
    bound = ". The log-likelihood of a deep model is a lower bound (variational)" if deep else ""
    return f"{kind}{best}{seconds}{ends}{bound}."
