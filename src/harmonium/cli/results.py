"""Tables of results for a terminal: full names, units, the best method first."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonium.cli.output import table
from harmonium.report.differences import flat
from harmonium.report.methods import caption, ranked, summary
from harmonium.report.scores import Score, read_scores

if TYPE_CHECKING:
    from harmonium.runs import Run

__all__ = ["results_side_by_side", "results_table"]

_WIDTH = 88
"""Maximum number of characters per line of text."""


def results_table(run: "Run") -> str:
    """Table with a line for each method; for a single method, a line for each figure.

    Results of other kinds, which Python code may have written, are listed unchanged.
    """
    methods = ranked(_scores(run))
    if not methods:
        lines = [f"{name}: {value}" for name, value in flat(run.results).items()]
        figures = [line for line in lines if not line.startswith(("trials.", "summary"))]
        return "\n".join(figures) or "No results: the recipe has no judge that measures any."
    explanation = textwrap.fill(caption(methods, plain=True), _WIDTH)
    return f"{table(*summary(methods, plain=True))}\n\n{explanation}"


def results_side_by_side(runs: Sequence["Run"]) -> str:
    """Table with a line for each method and figure, a column for each run."""
    names = [run.path.name for run in runs]
    scores_of_runs = [{_line(score): score for score in _known(run)} for run in runs]
    lines = list(dict.fromkeys(line for scores in scores_of_runs for line in scores))
    if lines:
        body = [
            [*line, *(_short(scores.get(line)) for scores in scores_of_runs)] for line in lines
        ]
        return table(["method", "result", *names], body)
    trees = [flat(run.results) for run in runs]
    keys = dict.fromkeys(key for tree in trees for key in tree)
    return table(["result", *names], ([key, *(tree.get(key) for tree in trees)] for key in keys))


def _scores(run: "Run") -> list[Score]:
    model: Any = run.recipe.get("model")
    own = model.get("type", "") if isinstance(model, dict) else str(model)
    return read_scores(run.results, own=own)


def _known(run: "Run") -> list[Score]:
    return [score for method in ranked(_scores(run)) for score in method.scores.values()]


def _line(score: Score) -> tuple[str, str]:
    return score.name, score.heading


def _short(score: Score | None) -> str | None:
    return None if score is None else score.short(plain=True)
