"""Final figures of a run, one number per trial, with their statistical errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harmonium.figures import Figure, direction, figure, figures, is_result
from harmonium.report.intervals import apart, spread, wilson
from harmonium.runs.words import task_words

__all__ = ["Score", "best_first", "headline", "noise", "read_scores"]

_FINAL = {entry.name: place for place, entry in enumerate(figures(final=True))}
"""Figures of the test rows -> rank; the first is the headline figure."""

_MINUS, _SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
_PLAIN = str.maketrans({"\N{PLUS-MINUS SIGN}": "+-", _MINUS: "-", _SPACE: " "})


@dataclass(frozen=True)
class Score:
    """One figure of one method on test rows, over the trials.

    `values` has one number per trial; `rows` is the number of test rows of a fraction, `errors`
    the standard error of each value over the rows, and `seconds` the CPU time of each trial, if
    they are known; `own` marks the run's own method; `label` replaces the method's name if several
    runs are compared.
    """

    method: str
    figure: str
    values: tuple[float, ...]
    rows: int | None = None
    errors: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()
    own: bool = False
    label: str = ""

    @property
    def name(self) -> str:
        """The label, otherwise the method in words."""
        return self.label or task_words(self.method)

    @property
    def mean(self) -> float:
        """Mean over the trials."""
        return spread(self.values)[0]

    @property
    def meaning(self) -> Figure:
        """Words, unit and direction of the figure."""
        return figure(self.figure)

    @property
    def is_share(self) -> bool:
        """Whether it is printed in per cent, such as accuracy."""
        return self.meaning.is_share

    @property
    def title(self) -> str:
        """The figure in words: "test accuracy"."""
        return f"test {self.meaning.words}"

    @property
    def heading(self) -> str:
        """The figure in words, with its unit if it has one: "test accuracy, %"."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def number(self, value: float) -> str:
        """One value as text.

        >>> Score("net", "accuracy", (0.9,)).number(0.9)
        '90.0%'
        """
        if self.is_share:
            return f"{value:.1%}"
        if not 0.1 <= abs(value) < 1e6:
            return f"{value:.3g}".replace("-", _MINUS)
        return f"{value:,.2f}".replace("-", _MINUS)

    @property
    def unit(self) -> str:
        """Unit of the numbers in `short`."""
        return "%" if self.is_share else self.meaning.unit

    def short(self, *, plain: bool = False) -> str:
        """The mean with its standard deviation or interval, in `unit`, as a text without the unit.

        Args:
            plain: in ASCII, for a terminal.

        >>> Score("net", "accuracy", (0.9, 0.92)).short(plain=True)
        '91.0 +- 1.4'
        """
        mean, deviation = spread(self.values)
        interval = self.interval()
        text = self.number(mean)
        if len(self.values) > 1:
            text += f"{_SPACE}\N{PLUS-MINUS SIGN}{_SPACE}{self.number(deviation)}"
        elif interval is not None:
            text += f" ({' to '.join(map(self.number, interval))})"
        text = text.replace("%", "")
        return text.translate(_PLAIN) if plain else text

    def interval(self) -> tuple[float, float] | None:
        """Interval of the mean: ± s.d. over trials; for one proportion, Wilson's 95 % interval."""
        mean, deviation = spread(self.values)
        if len(self.values) > 1:
            return mean - deviation, mean + deviation
        if self.meaning.proportion and self.rows and 0 <= mean <= 1:
            return wilson(mean, self.rows)
        if self.errors and math.isfinite(self.errors[0]):
            return mean - 1.96 * self.errors[0], mean + 1.96 * self.errors[0]
        return None

    def sentence(self) -> str:
        """Text of the mean with its interval, unit and number of trials or rows."""
        mean, deviation = spread(self.values)
        unit = "" if self.is_share or not self.unit else f" {self.unit}"
        if len(self.values) > 1:
            text = f"{self.number(mean)} ± {self.number(deviation)}{unit}"
            return f"{text} (mean ± standard deviation of {len(self.values)} trials)"
        interval = self.interval()
        if interval is None:
            return f"{self.number(mean)}{unit}"
        rows = f", {self.rows:,d} rows" if self.rows else ""
        ends = " to ".join(self.number(end) for end in interval)
        return f"{self.number(mean)}{unit} (95% interval {ends}{rows})"


def read_scores(
    results: Mapping[str, Any], *, own: str = "", rows: Mapping[str, int] | None = None
) -> list[Score]:
    """Reads the scores of a run's `results.json`, in their order, the run's own method first.

    Args:
        results: "trials", each with "methods": method -> name -> number.
        own: the run's own method; its scores come first and are marked.
        rows: figure -> number of test rows, if known; None for the number in the results, which
            holds for every method.
    """
    by_figure: dict[tuple[str, str], list[dict[str, Any]]] = {}
    shares = _tested(results)
    for trial in results.get("trials", []):
        for method, numbers in trial.get("methods", {}).items():
            for name in (*_FINAL, *(n for n in numbers if n not in _FINAL and is_result(n))):
                one_end = figure(name).brackets and numbers.get("log_z_exact") is True
                if _is_number(numbers.get(name)) and not one_end:
                    by_figure.setdefault((method, name), []).append(numbers)
    scores = [
        Score(
            method,
            name,
            tuple(float(numbers[name]) for numbers in entries),
            rows=(rows or {}).get(name, shares if figure(name).proportion else None),
            errors=_numbers(entries, figure(name).error),
            seconds=_numbers(entries, "processor_s"),
            own=method == own,
        )
        for (method, name), entries in by_figure.items()
    ]
    return sorted(scores, key=lambda score: not score.own)


def _tested(results: Mapping[str, Any]) -> int | None:
    """Number of labelled test rows, which the run's own method writes."""
    methods = (n for trial in results.get("trials", []) for n in trial.get("methods", {}).values())
    return next((numbers["rows"] for numbers in methods if "rows" in numbers), None)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(entries: Sequence[Mapping[str, Any]], name: str) -> tuple[float, ...]:
    return tuple(float(entry[name]) for entry in entries if _is_number(entry.get(name)))


def headline(scores: Sequence[Score]) -> Score | None:
    """The headline figure of the run's own method; None without one, or of unknown meaning."""
    known = [score for score in scores if score.own and score.figure in _FINAL]
    mine = [score for score in known if all(map(math.isfinite, score.values))]
    return min(mine, key=lambda score: _FINAL[score.figure], default=None)


def noise(ours: Score, theirs: Score) -> tuple[bool | None, str]:
    """Whether two scores differ by more than the noise (None if unknown), and a text for it.

    Trials are compared by two standard errors of their mean difference. Single figures are
    compared by their own standard errors; for fractions of rows this is the binomial one, which is
    too wide if both were measured on the same rows.
    """
    beyond = apart(ours.values, theirs.values)
    if beyond is not None:
        size = "more" if beyond else "less"
        return beyond, f"{size} than two standard errors over the trials"
    errors = [_error(score) for score in (ours, theirs)]
    if len(ours.values) > 1 or len(theirs.values) > 1 or None in errors:
        return None, "repeat the runs to see whether that is more than noise"
    beyond = abs(ours.mean - theirs.mean) > 2 * math.hypot(*[e for e in errors if e is not None])
    return beyond, f"{'more' if beyond else 'less'} than two standard errors of one trial each"


def _error(score: Score) -> float | None:
    """Standard error of a single figure."""
    share = score.values[0]
    if score.meaning.proportion and score.rows:
        return math.sqrt(max(share * (1 - share), 0.0) / score.rows)
    return score.errors[0] if score.errors else None


def best_first(scores: Sequence[Score], name: str) -> list[Score]:
    """Scores of the methods that have this figure, the best first if that is known."""
    rivals = [s for s in scores if s.figure == name and math.isfinite(s.mean)]
    if figure(name).better is None:
        return rivals
    return sorted(rivals, key=lambda s: s.mean, reverse=direction(name) == "max")
