"""Learning curves: every stage's figures by epoch, training beside validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmonium.figures import figure, figures
from harmonium.report.evidence import Evidence
from harmonium.report.lines import curves
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.runs.words import stage_words

__all__ = ["ENTRY", "curve_picture", "drawn", "section"]

_SERIES = 8
_ORDER = {entry.name: place for place, entry in enumerate(figures())}
"""Order of figures within a stage; others follow."""
_PARTS = {
    "train": "training",
    "val": "validation",
    "rbm": "",
    "net": "",
    "chains": "",
    "weights": "",
}
"""Group of figures -> the rows that they describe; figures of a machine itself have no word."""

Key = tuple[str, str]
"""Chart (of stages that belong together) and figure."""


def section(evidence: Evidence) -> Section | str:
    """Section with a chart for each figure of each kind of stage, or the reason for none."""
    charts = drawn(evidence.metrics)
    if not charts:
        return "no stage has recorded two epochs"
    trials = len({row.get("trial", 0) for row in evidence.metrics})
    lines = (
        "" if trials == 1 else f": mean of {trials} trials, with a band of ± 1 standard deviation"
    )
    pictures = [curve_picture(key, series, note=lines) for key, series in charts.items()]
    return Section("Learning", pictures)


def drawn(rows: list[dict[str, Any]]) -> dict[Key, dict[str, tuple[NDArray[Any], NDArray[Any]]]]:
    """Chart -> line -> (epochs, values (trials, epochs)), for charts with at least two epochs."""
    by_chart: dict[Key, dict[str, dict[int, dict[int, float]]]] = {}
    for row in rows:
        stage, trial, epoch = str(row.get("stage", "")), row.get("trial", 0), row.get("epoch")
        if epoch is None:
            continue
        for name, value in row.items():
            part, _, bare = name.partition("/")
            if part not in _PARTS or not bare or figure(bare).repeats:
                continue
            chart, line = stage_words(stage)
            lines = by_chart.setdefault((chart, bare), {})
            word = ", ".join(w for w in (line, _PARTS[part]) if w)
            number = float(value) if isinstance(value, int | float) else np.nan
            lines.setdefault(word, {}).setdefault(trial, {})[int(epoch)] = number
    charts = {key: _lines(lines) for key, lines in by_chart.items()}
    stages = list(dict.fromkeys(stage for stage, _ in charts))

    def place(key: Key) -> tuple[int, int]:
        stage, bare = key
        return stages.index(stage), _ORDER.get(bare, len(_ORDER))

    return {key: charts[key] for key in sorted(charts, key=place) if charts[key]}


def _lines(
    lines: Mapping[str, dict[int, dict[int, float]]],
) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """Epochs and values of the lines with at least two finite points."""
    kept = {}
    for word, trials in list(lines.items())[:_SERIES]:
        epochs = sorted({epoch for values in trials.values() for epoch in values})
        table = [[values.get(epoch, np.nan) for epoch in epochs] for values in trials.values()]
        values = np.array(table, dtype=float)
        if np.isfinite(values).any(0).sum() > 1 and not _always_one(values):
            kept[word] = np.array(epochs, dtype=float), values
    return kept


def _always_one(values: NDArray[Any]) -> bool:
    """Whether a rate is constantly 1, as that of real values, which change in every sweep."""
    return bool((values[np.isfinite(values)] == 1).all())


def curve_picture(
    key: Key, series: Mapping[str, tuple[NDArray[Any], NDArray[Any]]], *, note: str
) -> Picture:
    """Chart of lines by epoch, shares in per cent; `note` is added to its caption."""
    chart, name = key
    meaning = figure(name)
    factor = 100 if meaning.is_share else 1
    values = {name or chart: factor * value for name, (_, value) in series.items()}
    steps = {name or chart: epochs for name, (epochs, _) in series.items()}
    title = f"{chart}: {meaning.axis}"
    picture = curves(values, steps=steps, y_label=meaning.axis, title=title, log_y=_spans(values))
    ends = "; ".join(f"{name} {_ends(value)}" for name, value in values.items())
    unit = "%" if meaning.is_share else meaning.unit
    unit = f" ({unit})" if unit else ""
    caption = f"{meaning.words[0].upper()}{meaning.words[1:]}{unit} by epoch{note}."
    return Picture(picture, alt=f"{chart}: {meaning.axis} by epoch. {ends}.", caption=caption)


def _spans(values: Mapping[str, NDArray[Any]]) -> bool:
    """Whether all values are positive and span more than a factor of 30."""
    flat = np.concatenate([value.ravel() for value in values.values()])
    flat = flat[np.isfinite(flat)]
    return bool(len(flat) and flat.min() > 0 and flat.max() / flat.min() > 30)


def _ends(values: NDArray[Any]) -> str:
    means = [
        np.mean(column[np.isfinite(column)]) for column in values.T if np.isfinite(column).any()
    ]
    return f"from {means[0]:.4g} to {means[-1]:.4g}"


ENTRY = Entry("Learning", section)
