"""The report of a search: the best so far, all attempts, and each setting against the figure."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonium.extras import need
from harmonium.figures import figure
from harmonium.report.figures import save_figures, with_bytes
from harmonium.report.page import Code, Page, Picture, Section, write
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, chart
from harmonium.report.tables import Table
from harmonium.search.space import shown
from harmonium.search.study import Attempt, Study
from harmonium.search.words import in_units, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["search_page"]

_SETTINGS = 12
"""Settings that are drawn."""


def search_page(study: Study) -> Path:
    """Writes ``search.html`` into the directory of a study; returns its path.

    Raises:
        ValueError: no attempt is done.
        OSError: the page cannot be written.
    """
    attempts, best = study.attempts, study.best
    assert best is not None
    name = str(study.about["figure"])
    words = figure(name).words
    start = attempts[0]
    place = study.path / "best.yaml"
    top = said(name, float(best.figure or 0.0))
    verdict = f"The best {words} on validation rows is {top}, of attempt {best.number}"
    if start.figure is not None:
        verdict += f"; the recipe as it was has {said(name, start.figure)}"
    remark = (
        "The best of many figures on the same rows is a little too good: train the best recipe "
        "once, and take its figures on test rows, which the search has not looked at."
    )
    page = Page(
        title=f"Search of {Path(study.about['recipe']).stem}",
        verdict=f"{verdict}.",
        status="good" if best.number else "plain",
        facts={
            "attempts": len(attempts),
            "failed": sum(a.status == "failed" for a in attempts),
            "stopped early": sum(a.status == "stopped" for a in attempts),
        },
        sections=[
            Section(
                "The best recipe",
                [
                    shown(best.values.items())
                    or "No attempt is better than the recipe as it was.",
                    Code(f"harmonium train {shlex.quote(str(place))}"),
                    remark,
                ],
            ),
            Section("The course of the search", [_course(study, attempts)]),
            *_settings(study, attempts),
            Section("All attempts", [_table(attempts, name, study=study)]),
        ],
    )
    drawn = with_bytes(page)
    save_figures(drawn, study.path / "search-figures")
    return write(drawn, study.path / "search.html")


def _done(attempts: list[Attempt]) -> list[Attempt]:
    return [a for a in attempts if a.figure is not None]


def _values(study: Study, done: list[Attempt]) -> list[float]:
    """Figures of attempts in the unit of their axis."""
    return [float(in_units(str(study.about["figure"]), a.figure) or 0.0) for a in done]


def _course(study: Study, attempts: list[Attempt]) -> Picture:
    done = _done(attempts)
    drawn, axes = chart(WIDTH, 2.6)
    numbers, values = [a.number for a in done], _values(study, done)
    take: Any = min if study.about["direction"] == "min" else max
    best = [take(values[: k + 1]) for k in range(len(values))]
    axes.step(numbers, best, where="post", color=PALETTE[0], linewidth=1.4, zorder=1)
    axes.plot(numbers, values, "o", color=MUTED, ms=4, zorder=2)
    axis = figure(str(study.about["figure"])).axis
    axes.set(xlabel="attempt", ylabel=axis)
    axes.xaxis.set_major_locator(need("matplotlib.ticker").MaxNLocator(integer=True))
    return Picture(
        drawn,
        alt=f"{axis} of every attempt",
        caption="Points: attempts; attempt 0 is the recipe as it was. Line: the best so far.",
    )


def _settings(study: Study, attempts: list[Attempt]) -> list[Section]:
    """A picture of each setting, in the order of the space."""
    done = [a for a in _done(attempts) if a.number]
    if len(done) < 3:
        return []
    pictures = [_against(study, done, path=path) for path in [*study.space.ranges][:_SETTINGS]]
    return [Section("Every setting against the figure", pictures)]


def _against(study: Study, done: list[Attempt], *, path: str) -> Picture:
    drawn, axes = chart(WIDTH / 2, 2.2)
    given = study.space.ranges[path]
    values, axis = _values(study, done), figure(str(study.about["figure"])).axis
    if "choices" in given:
        places = [given["choices"].index(a.values[path]) for a in done]
        names = [_short(value) for value in given["choices"]]
        axes.set_xticks(range(len(names)), names, parse_math=False)
        axes.set_xlim(-0.5, len(names) - 0.5)
        if len("".join(names)) > 24:
            axes.tick_params(axis="x", rotation=90)
    else:
        places = [a.values[path] for a in done]
        low, high = min([given["low"], *places]), max([given["high"], *places])
        if given.get("log"):
            axes.set_xscale("log")
            axes.set_xlim(low / (high / low) ** 0.05, high * (high / low) ** 0.05)
            ticks = _ticks(low, high)
            axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            axes.set_xticks([], minor=True)
        else:
            room = 0.05 * (high - low)
            axes.set_xlim(low - room, high + room)
            whole = isinstance(low, int) and isinstance(high, int)
            locator = need("matplotlib.ticker").MaxNLocator(5, integer=whole)
            axes.xaxis.set_major_locator(locator)
    best = min if study.about["direction"] == "min" else max
    axes.plot(places, values, "o", color=PALETTE[0], ms=4, alpha=0.7)
    top = values.index(best(values))
    axes.plot(places[top], values[top], "o", color=PALETTE[1], ms=6)
    axes.set_xlabel(path, color=INK, parse_math=False)
    axes.set_ylabel(axis)
    _wide(drawn)
    return Picture(drawn, alt=f"{axis} against {path}", caption="")


def _ticks(low: float, high: float) -> list[float]:
    """At most six round numbers for an axis of logarithms from low to high, both above 0.

    >>> _ticks(8, 32), _ticks(1e-4, 1e-1)
    ([10.0, 20.0], [0.0001, 0.001, 0.01, 0.1])
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    few = [
        [float(f"{first}e{power}") for power in powers[::step] for first in firsts]
        for firsts, step in (((1, 2, 5), 1), ((1,), 1), ((1,), 3))
    ]
    inside = [[tick for tick in ticks if low <= tick <= high] for ticks in few]
    return next((ticks for ticks in inside if len(ticks) <= 6), inside[-1]) or [low, high]


def _wide(drawn: Figure) -> None:
    drawn.set_layout_engine("constrained")


def _short(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 16 else f"{text[:15]}…"


def _table(attempts: list[Attempt], name: str, *, study: Study) -> Table:
    sign = 1 if study.about["direction"] == "min" else -1
    ranked = sorted(
        attempts, key=lambda a: math.inf if a.figure is None else sign * float(a.figure)
    )
    paths = [*study.space.ranges]
    rows = [
        [
            a.number,
            in_units(name, a.figure),
            *(a.values.get(path) for path in paths),
            round(a.seconds),
            _state(a),
        ]
        for a in ranked
    ]
    return Table(
        columns=["attempt", figure(name).axis, *paths, "seconds", "state"],
        rows=[[_cell(value) for value in row] for row in rows],
    )


def _cell(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else str(value)


def _state(attempt: Attempt) -> str:
    return attempt.status if not attempt.reason else f"{attempt.status}: {attempt.reason}"
