"""Forecasts with intervals over the true series, and errors by horizon beside the baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.style import INK, MUTED, PALETTE, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_ORIGINS, _CHANNELS = 4, 4
"""Forecasts and channels to draw."""

_NEEDS = Needs(model=("intervals",))


def section(evidence: Evidence) -> Section | str | None:
    """Section of forecasts; None for models of other kinds, which the page does not mention."""
    if unmet(_NEEDS, evidence.models.values(), data=None):
        return None
    needed = Needs(data=("targets held out", "windows"))
    if reason := unmet(needed, (), data=evidence.data):
        return reason
    parts: list[str | Picture] = [_drawn(evidence)]
    curves = _curves(evidence)
    if curves:
        parts += [_by_horizon(curves, "mae"), _by_horizon(curves, "coverage")]
    return Section("Forecasts", parts)


def _drawn(evidence: Evidence) -> Picture:
    """Forecasts from a few origins over the true series."""
    import torch

    from harmonium.data.windows import frames_of
    from harmonium.judges.horizon import shaped

    assert evidence.held_out is not None
    name, split = evidence.held_out
    model = evidence.able("intervals")
    like = next(model.parameters())
    rows = model.reads(split.to(like.device, like.dtype))
    with torch.no_grad():
        found = model.intervals(rows.batch(slice(None)))
    x, y = shaped(split)
    inside = ((y >= found["lower"]) & (y <= found["upper"])).double().mean()
    some = [k * (len(x) - 1) // max(1, _ORIGINS - 1) for k in range(min(_ORIGINS, len(x)))]
    kind: Any = evidence.data.columns["x"] if evidence.data is not None else None
    channels = kind.channels
    names = [f"channel {k}" for k in range(channels)] if isinstance(channels, int) else channels
    truth = frames_of(x, y)
    figure = _lines(truth, found, origins=some, context=x.shape[1], names=[*names][:_CHANNELS])
    share = f"{float(inside):.0%} of all forecast values of {name} rows are in their intervals"
    return Picture(
        figure,
        alt=f"Forecasts from {len(some)} origins with intervals over the true series: {share}",
        caption=f"The true series (grey), and forecasts (blue) with their intervals from "
        f"{len(some)} of {len(x)} origins. {share[0].upper()}{share[1:]}.",
    )


def _lines(
    truth: Tensor,
    found: dict[str, Tensor],
    *,
    origins: list[int],
    context: int,
    names: list[str],
) -> Figure:
    """One panel for each channel."""
    figure, _ = chart(7.0, 0.6 + 1.8 * len(names))
    figure.clear()
    panels = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    shown = max(0, context - 2 * found["value"].shape[1])
    for k, axes in enumerate(panels):
        axes.plot(range(shown, len(truth)), truth[shown:, k].cpu(), color=MUTED, lw=1.2)
        for row in origins:
            low, middle, high = (
                found[name][row, :, k].cpu() for name in ("lower", "value", "upper")
            )
            steps = range(context + row, context + row + len(middle))
            axes.fill_between(steps, low, high, color=PALETTE[0], alpha=0.2, lw=0)
            axes.plot(steps, middle, color=PALETTE[0], lw=1.2)
            axes.axvline(context + row - 0.5, color=INK, lw=0.5, ls=":")
        axes.set_ylabel(names[k], fontsize=7, color=MUTED, parse_math=False)
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("frame", fontsize=8, color=MUTED)
    return figure


def _curves(evidence: Evidence) -> dict[str, dict[str, list[float]]]:
    """Method -> figure -> value by step, of this trial, the run's own method first."""
    from harmonium.runs.words import task_words

    trials = evidence.results.get("trials", [])
    methods = trials[evidence.trial]["methods"] if evidence.trial < len(trials) else {}
    return {
        task_words(method): figures["by_horizon"]
        for method, figures in methods.items()
        if "by_horizon" in figures
    }


def _by_horizon(curves: dict[str, dict[str, list[float]]], name: str) -> Picture:
    from harmonium.figures import figure as meaning

    words = meaning(name).words
    factor = 100 if meaning(name).is_share else 1
    figure, axes = chart(6.0, 2.6)
    for k, (method, by_horizon) in enumerate(curves.items()):
        values = [factor * v for v in by_horizon[name]]
        steps = range(1, len(values) + 1)
        axes.plot(steps, values, color=PALETTE[k % len(PALETTE)], lw=1.4, marker=".", ms=4)
        axes.lines[-1].set_label(method)
    axes.set_xlabel("steps ahead", fontsize=8, color=MUTED)
    axes.set_ylabel(f"{words}, %" if factor > 1 else words, fontsize=8, color=MUTED)
    axes.legend(fontsize=7, frameon=False)
    ends = "; ".join(
        f"{method} {factor * by[name][0]:.3g} to {factor * by[name][-1]:.3g}"
        for method, by in curves.items()
    )
    return Picture(
        figure,
        alt=f"{words} by horizon: {ends}",
        caption=f"Test {words} by the number of steps ahead, mean over all origins.",
    )


ENTRY = Entry("Forecasts", section)
