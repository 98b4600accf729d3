"""Series with their one-step predictions and drawn continuations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.data.notes import numbers_of
from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.style import INK, MUTED, PALETTE, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_CHANNELS, _DRAWS, _SERIES, _LONGEST = 6, 3, 3, 200


def section(evidence: Evidence) -> Section | str | None:
    """Section with a picture for some held-out series: the first half is given, the rest drawn.

    None for models of other data, and for music, which has a section of its own: the page then
    does not mention the section.
    """
    if unmet(_NEEDS, evidence.models.values(), data=None):
        return None
    if evidence.data is None:
        return "the data of the run cannot be read here"
    model = evidence.able("forecasts")
    name, rows = evidence.held_out or ("training", evidence.data.train)
    batch = rows.to(model.device, next(model.parameters()).dtype).batch(slice(None))
    kind: Any = evidence.data.columns["x"]
    names = getattr(kind, "channels", batch["x"].shape[2])
    names = [f"channel {k}" for k in range(names)] if isinstance(names, int) else [*names]
    if numbers_of(names):
        return None
    shown = _chosen(len(batch["x"]))
    pictures = [
        _picture(evidence, model, batch=batch, row=row, names=names, split=name) for row in shown
    ]
    made = [picture for picture in pictures if picture is not None]
    return Section("Continuation", made) if made else "the series are too short to be continued"


def _chosen(n: int) -> list[int]:
    """Indices of a few series, evenly spaced because files are often sorted by class."""
    few = min(n, _SERIES)
    return [k * n // few for k in range(few)]


def _picture(  # noqa: PLR0913
    evidence: Evidence,
    model: Any,  # noqa: ANN401
    *,
    batch: dict[str, Tensor],
    row: int,
    names: list[str],
    split: str,
) -> Picture | None:
    import torch

    length = int(batch["length"][row]) if "length" in batch else batch["x"].shape[1]
    x = batch["x"][row : row + 1, max(0, length - _LONGEST) : length]
    half = x.shape[1] // 2
    if half <= model.lags:
        return None
    with torch.no_grad():
        source = evidence.source()
        predicted = model.forecast({"x": x}, source=source)[0]
        given = x[:, :half].expand(_DRAWS, -1, -1)
        drawn = model.continued({"x": given}, x.shape[1] - half, source=source)
    figure = _lines(x[0], predicted, drawn=drawn, names=names, lags=model.lags)
    what = f"{split} series {row}"
    return Picture(
        figure,
        alt=f"{what}: measured, predicted one step ahead, and continued from frame {half}",
        caption=f"{what[0].upper()}{what[1:]}: measured (grey), each frame predicted from the "
        f"true frames before it (blue), and {len(drawn)} continuations drawn from frame "
        f"{half} on, of which the model saw nothing.",
    )


def _lines(x: Tensor, predicted: Tensor, *, drawn: Tensor, names: list[str], lags: int) -> Figure:
    """One panel for each channel, on top of each other."""
    shown = min(len(names), _CHANNELS)
    figure, _ = chart(7.0, 0.4 + 1.1 * shown)
    figure.clear()
    panels = figure.subplots(shown, 1, sharex=True, squeeze=False)[:, 0]
    start = len(x) - drawn.shape[1]
    for k, axes in enumerate(panels):
        axes.plot(range(len(x)), x[:, k].cpu(), color=MUTED, lw=1.6, alpha=0.7)
        axes.plot(range(lags, len(x)), predicted[:, k].cpu(), color=PALETTE[0], lw=0.9)
        for line in drawn[..., k].cpu():
            axes.plot(range(start, len(x)), line, color=PALETTE[1], lw=0.8, alpha=0.7)
        axes.axvline(start - 0.5, color=INK, lw=0.6)
        axes.set_ylabel(names[k], fontsize=7, color=MUTED, parse_math=False)
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("frame", fontsize=8, color=MUTED)
    return figure


_NEEDS = Needs(model=("forecasts",))

ENTRY = Entry("Continuation", section)
