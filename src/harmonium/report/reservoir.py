"""A reservoir through time: the series, its units or their spikes, and the readout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.style import INK, MUTED, PALETTE, array, blank, heading

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["reservoir_picture"]

_LINES = 8
"""Channels, units and outputs that are drawn, at most."""


def reservoir_picture(
    series: ArrayLike,
    unfolded: dict[str, ArrayLike],
    *,
    names: Sequence[str],
    title: str = "",
) -> Figure:
    """Draws three panels over the frames: the series, the units, and the outputs.

    Units that spike are drawn as a raster, a line of dots for each unit. Of many outputs those
    that are the largest at some frame are drawn, the last winner first.

    Args:
        series: ``(T, channels)``.
        unfolded: "units" ``(T, units)``, "outputs" ``(T, k)``, and perhaps "spikes"
            ``(steps, units)`` (``ReservoirNet.unfold``).
        names: of the outputs.
        title: of the picture.

    Raises:
        ValueError: sizes do not fit.
    """
    parts = {name: array(values) for name, values in unfolded.items()}
    x, units, outputs = array(series), parts["units"], parts["outputs"]
    if not len(x) == len(units) == len(outputs) or outputs.shape[1] != len(names):
        raise UsageError(
            f"series {x.shape}, units {units.shape} and outputs {outputs.shape} with {len(names)} "
            "names: give a row for each frame, and a name for each output"
        )
    spikes = parts.get("spikes")
    heights = [1.0, 1.4 if spikes is None else 2.6, 1.2]
    figure = blank(7.0, 0.5 + 1.25 * sum(heights), layout="constrained")
    if title:
        figure.suptitle(title, x=0.01, ha="left", **heading())
    above, middle, below = figure.subplots(
        3, 1, sharex=True, gridspec_kw={"height_ratios": heights}
    )
    frames = np.arange(1, len(x) + 1)
    above.plot(frames, x[:, :_LINES], lw=0.9)
    above.set_ylabel("series", fontsize=8, color=INK)
    if spikes is None:
        middle.plot(frames, units[:, :_LINES], lw=0.9)
        middle.set_ylabel("units", fontsize=8, color=INK)
    else:
        _raster(middle, spikes, frames=len(x))
    _outputs(below, outputs, names=names)
    for axes in (above, middle, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=7, colors=MUTED)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _raster(axes: Axes, spikes: NDArray[Any], *, frames: int) -> None:
    """A dot for each spike."""
    step, unit = np.nonzero(spikes)
    axes.plot(0.5 + (step + 0.5) * frames / len(spikes), unit, ".", color=INK, ms=2)
    axes.set_ylabel("neuron", fontsize=8, color=INK)


def _outputs(axes: Axes, outputs: NDArray[Any], *, names: Sequence[str]) -> None:
    """Lines of the outputs that win at some frame, or of the first ones."""
    frames = np.arange(1, len(outputs) + 1)
    order = [*dict.fromkeys(outputs.argmax(1)[::-1].tolist()), *range(outputs.shape[1])]
    shown = [*dict.fromkeys(order)][:_LINES]
    for place, k in enumerate(shown):
        color = PALETTE[place % len(PALETTE)]
        axes.plot(frames, outputs[:, k], color=color, lw=1.6 if not place else 0.8)
        axes.lines[-1].set_label(names[k])
    axes.set_xlabel("frame", fontsize=8, color=INK)
    axes.set_ylabel("outputs", fontsize=8, color=INK)
    axes.legend(fontsize=7, frameon=False, ncols=1, loc="center left", bbox_to_anchor=(1, 0.5))
