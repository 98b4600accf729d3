"""Figures as an animation, and as a strip of still pictures."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import blank

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["animated", "spaced", "strip"]

_DPI, _COLOURS, _COLUMNS = 100, 64, 3


def animated(figures: Sequence[Figure], *, ms: int = 120, dpi: int = _DPI) -> bytes:
    """Returns the figures as an animated PNG file, which repeats and rests at its end.

    A viewer that shows no animation shows the last figure. All figures have the colours of the
    last one, at most 64, so that the file is small.

    Args:
        figures: the frames, all of one size.
        ms: milliseconds of a frame; the last one stays ten times as long.
        dpi: pixels per inch of the figures.

    Raises:
        ValueError: there is no figure, or their sizes differ.
        ImportError: Pillow is missing.
    """
    frames = [_drawn(figure, dpi) for figure in figures]
    if not frames or len({frame.size for frame in frames}) > 1:
        message = f"{len(frames)} figures: an animation needs at least one, all of one size"
        raise UsageError(message)
    still = frames[-1].quantize(_COLOURS)
    coloured = [frame.quantize(palette=still, dither=0) for frame in frames]
    stream = BytesIO()
    still.save(
        stream,
        format="PNG",
        save_all=True,
        append_images=coloured,
        default_image=True,
        duration=[ms] * (len(coloured) - 1) + [10 * ms],
        loop=0,
    )
    return stream.getvalue()


def spaced(count: int, most: int) -> list[int]:
    """Indices of at most ``most`` of ``count`` frames at even distances, with both ends.

    >>> spaced(11, 3), spaced(2, 6)
    ([0, 5, 10], [0, 1])
    """
    return sorted({round(k) for k in np.linspace(0, count - 1, min(count, most))})


def strip(frames: Sequence[Figure], *, count: int = 6, columns: int = _COLUMNS) -> Figure:
    """Draws at most ``count`` of the figures, the first and the last among them.

    Args:
        frames: the figures.
        count: the most that are drawn.
        columns: of them side by side; wide figures stand below each other, in one column.

    Raises:
        ValueError: there is no figure.
    """
    if not frames:
        message = "a strip needs at least one figure"
        raise UsageError(message)
    chosen = [frames[k] for k in spaced(len(frames), count)]
    columns = min(columns, len(chosen))
    rows = -(-len(chosen) // columns)
    width, height = chosen[0].get_size_inches()
    sheet = blank(columns * width, rows * height)
    for place, frame in enumerate(chosen):
        row, column = divmod(place, columns)
        corner = column / columns, 1 - (row + 1) / rows
        axes = sheet.add_axes((*corner, 1 / columns, 1 / rows))
        axes.imshow(np.asarray(_drawn(frame, dpi=2 * _DPI)), interpolation="none")
        axes.set_axis_off()
    return sheet


def _drawn(figure: Figure, dpi: int = _DPI) -> Any:  # noqa: ANN401
    """The figure as a Pillow image in RGB."""
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=dpi)
    return need("PIL.Image", "animations are written by").open(stream).convert("RGB")
