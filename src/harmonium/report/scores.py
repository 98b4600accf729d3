"""Final figures of a run, one number per trial, and how far each would move by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harmonium.report.intervals import apart, spread, wilson
from harmonium.report.words import figure_words, task_words

__all__ = ["Score", "best_first", "headline", "noise", "read_scores"]

_HIGH = ("accuracy", "log_likelihood", "bound", "pseudo_likelihood")
_LOW = ("error", "loss", "cross_entropy", "free_energy_gap")
_SHARES = ("accuracy", "error")


@dataclass(frozen=True)
class Score:
    """One figure of one method over the trials.

    `figure` is such as "test/accuracy"; `values` has one number per trial; `rows` is the number
    of rows that each was taken on, `errors` the standard error of each, where they are known.
    """

    method: str
    figure: str
    values: tuple[float, ...]
    rows: int | None = None
    errors: tuple[float, ...] = ()

    @property
    def mean(self) -> float:
        """Over the trials."""
        return spread(self.values)[0]

    @property
    def is_share(self) -> bool:
        """Whether it is a share of rows, such as accuracy."""
        return self.figure.rpartition("/")[2] in _SHARES

    @property
    def higher_is_better(self) -> bool | None:
        """None where neither is."""
        name = self.figure.rpartition("/")[2]
        return True if name in _HIGH else False if name in _LOW else None

    @property
    def title(self) -> str:
        """The figure in words: "test accuracy"."""
        split, _, name = self.figure.rpartition("/")
        words = figure_words(name).partition(",")[0]
        return f"{ {'val': 'validation'}.get(split, split) } {words}".strip()

    def number(self, value: float) -> str:
        """One value as it is printed.

        >>> Score("net", "test/accuracy", (0.9,)).number(0.9)
        '90.0%'
        """
        if self.is_share:
            return f"{value:.1%}"
        if not 0.01 <= abs(value) < 1e6:
            return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
        return f"{value:,.2f}".replace("-", "\N{MINUS SIGN}")

    def interval(self) -> tuple[float, float] | None:
        """Where the mean may lie: ± s.d. over trials; of one share, Wilson's 95 % interval."""
        mean, deviation = spread(self.values)
        if len(self.values) > 1:
            return mean - deviation, mean + deviation
        if self.is_share and self.rows and 0 <= mean <= 1:
            return wilson(mean, self.rows)
        if self.errors and math.isfinite(self.errors[0]):
            return mean - 1.96 * self.errors[0], mean + 1.96 * self.errors[0]
        return None

    def told(self) -> str:
        """The mean with its interval, in words."""
        mean, deviation = spread(self.values)
        if len(self.values) > 1:
            said = f"{self.number(mean)} ± {self.number(deviation)}"
            return f"{said} (mean ± s.d. of {len(self.values)} trials)"
        interval = self.interval()
        if interval is None:
            return self.number(mean)
        rows = f", {self.rows:,d} rows" if self.rows else ""
        ends = " to ".join(self.number(end) for end in interval)
        return f"{self.number(mean)} (95% interval {ends}{rows})"


def read_scores(results: Mapping[str, Any]) -> list[Score]:
    """The scores in a run's `results.json`, our own method first, in the order written."""
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    for trial in results.get("trials", []):
        for task, figures in (trial.get("tasks") or {}).items():
            for name, value in _figures(task, figures):
                entry = found.setdefault((task, name), {"values": [], "rows": [], "errors": []})
                entry["values"].append(float(value))
                for extra, key in (("rows", f"{name}/rows"), ("errors", f"{name}/stderr")):
                    if isinstance(figures.get(key), int | float):
                        entry[extra].append(float(figures[key]))
    return [
        Score(
            task_words(task.removeprefix("compare/")),
            name,
            tuple(entry["values"]),
            rows=int(entry["rows"][0]) if entry["rows"] else None,
            errors=tuple(entry["errors"]),
        )
        for (task, name), entry in found.items()
    ]


def _figures(task: str, figures: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The numbers of one task that are final figures of a split."""
    kept = []
    for name, value in figures.items():
        parts = name.split("/")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and len(parts) == 2 and parts[0] in ("train", "val", "test"):
            kept.append((name, float(value)))
    return kept


def headline(scores: Sequence[Score]) -> Score | None:
    """The figure that a run is remembered by: test before validation, accuracy before others."""
    names = [f"{split}/{figure}" for split in ("test", "val") for figure in (*_HIGH, *_LOW)]
    for name in names:
        for score in scores:
            if score.figure == name and all(map(math.isfinite, score.values)):
                return score
    return None


def noise(ours: Score, theirs: Score) -> tuple[bool | None, str]:
    """Whether two scores differ by more than the noise (None: it is unknown), and in words.

    Trials are compared by two standard errors of their mean difference. Single figures are
    compared by their own standard errors: of shares of rows the binomial one, which is too wide
    where both were taken on the same rows.
    """
    beyond = apart(ours.values, theirs.values)
    if beyond is not None:
        return beyond, f"{'more than' if beyond else 'within'} two standard errors over the trials"
    errors = [_error(score) for score in (ours, theirs)]
    if len(ours.values) > 1 or len(theirs.values) > 1 or None in errors:
        return None, "how much of that is noise is unknown: repeat the runs"
    beyond = abs(ours.mean - theirs.mean) > 2 * math.hypot(*[e for e in errors if e is not None])
    rows = "of the figures, one trial each"
    return beyond, f"{'more than' if beyond else 'within'} two standard errors {rows}"


def _error(score: Score) -> float | None:
    """Standard error of a single figure."""
    share = score.values[0]
    if score.is_share and score.rows:
        return math.sqrt(max(share * (1 - share), 0.0) / score.rows)
    return score.errors[0] if score.errors else None


def best_first(scores: Sequence[Score], figure: str) -> list[Score]:
    """The methods that have this figure, the best first."""
    rivals = [s for s in scores if s.figure == figure and math.isfinite(s.mean)]
    up = bool(rivals) and rivals[0].higher_is_better is not False
    return sorted(rivals, key=lambda s: s.mean, reverse=up)
