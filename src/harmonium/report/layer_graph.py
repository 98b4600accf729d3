"""The graph of the layers of a net as a picture: one box a layer, branches side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from harmonium.extras import need
from harmonium.report.style import INK, MUTED, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from harmonium.nets.anatomy import LayerFacts

__all__ = ["layer_graph"]

_ROW, _HEIGHT, _GAP = 0.42, 0.27, 0.2
"""Inches from row to row, of a box, and between boxes of a row."""

_LETTER = 0.062
"""Inches of an average letter of a box."""

_LANE = 0.16
"""Inches of a row that a line takes which passes it."""


@dataclass
class _Place:
    """A box, or a point where a line passes a row."""

    text: str
    kind: str
    row: int
    width: float
    above: list[str] = field(default_factory=list)
    """Places in the row above from which lines come."""
    x: float = 0.0


def layer_graph(rows: Sequence[LayerFacts]) -> Figure:
    """Draws the layers of ``nets.anatomy`` from the input downwards, each with its shape.

    A layer stands one row below the lowest layer that it reads, so that branches stand side by
    side. Colours tell layers with parameters, those that join branches, and others.
    """
    places = _placed(rows)
    lines: dict[int, list[_Place]] = {}
    for place in places.values():
        lines.setdefault(place.row, []).append(place)
    for number in sorted(lines):
        _spread(lines[number], places)
    left = min(p.x - p.width / 2 for p in places.values())
    right = max(p.x + p.width / 2 for p in places.values())
    width, height = right - left + 0.3, _ROW * len(lines) + 0.2
    figure: Figure = need("matplotlib.figure").Figure(figsize=(width, height))
    axes: Axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(left - 0.15, right + 0.15), ylim=(height - 0.1 - _ROW / 2, -0.1 - _ROW / 2))
    axes.axis("off")
    for place in places.values():
        for above in place.above:
            _line(axes, places[above], below=place)
    for place in places.values():
        if place.text:
            _box(axes, place)
    return figure


def _placed(rows: Sequence[LayerFacts]) -> dict[str, _Place]:
    """Places of all layers and of the points where lines pass other rows."""
    places = {"input": _Place("input", "input", 0, _width("input"))}
    for row in rows:
        depth = 1 + max(places[name].row for name in row.inputs)
        text = _text(row)
        kind = "join" if len(row.inputs) > 1 else "learns" if row.parameters else "fixed"
        above = [_way(places, name, to=depth) for name in row.inputs]
        places[row.name] = _Place(text, kind, depth, _width(text), above)
    return places


def _way(places: dict[str, _Place], name: str, *, to: int) -> str:
    """Leads a line down to the row above another; returns the last point."""
    for number in range(places[name].row + 1, to):
        point = f"{name}|{number}"
        if point not in places:
            before = name if number == places[name].row + 1 else f"{name}|{number - 1}"
            places[point] = _Place("", "", number, _LANE, [before])
    return name if to == places[name].row + 1 else f"{name}|{to - 1}"


def _text(row: LayerFacts) -> str:
    shape = " × ".join(map(str, row.shape))
    short = row.name.rpartition(".")[2]
    name = row.type if short.isdigit() and not row.type.endswith("layers") else row.name
    kind = "" if row.type in (name, short.lower()) else f"{row.type}  "
    return f"{name}  {kind}{shape}"


def _width(text: str) -> float:
    return _LETTER * len(text) + 0.2


def _spread(line: list[_Place], places: dict[str, _Place]) -> None:
    """Puts the places of a row as near as possible below those that they read, without overlap.

    The sum of squared distances is least (by joining neighbours that would overlap to blocks);
    boxes weigh more than lines, so that a chain with shortcuts stays straight.
    """

    def wanted(place: _Place) -> float:
        above = [places[name] for name in place.above]
        boxes = [p for p in above if p.text]
        if len(above) == 2 and len(boxes) == 1:  # the end of a shortcut
            above = boxes
        return sum(p.x for p in above) / len(above) if above else 0.0

    line.sort(key=wanted)
    offsets = [0.0]
    for left, right in pairwise(line):
        offsets.append(offsets[-1] + (left.width + right.width) / 2 + _GAP)
    blocks: list[tuple[float, float, int]] = []  # place of the first, weight, number
    for place, offset in zip(line, offsets, strict=True):
        weight = 20.0 if place.text else 1.0
        block = (wanted(place) - offset, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            x, w, n = blocks.pop()
            total = w + block[1]
            block = ((x * w + block[0] * block[1]) / total, total, n + block[2])
        blocks.append(block)
    starts = [x for x, _, n in blocks for _ in range(n)]
    for place, start, offset in zip(line, starts, offsets, strict=True):
        place.x = start + offset


_COLOURS = {"learns": PALETTE[0], "join": PALETTE[1], "fixed": MUTED, "input": INK}


def _box(axes: Axes, place: _Place) -> None:
    patches: Any = need("matplotlib.patches")
    colour = _COLOURS[place.kind]
    corner = (place.x - place.width / 2, place.row * _ROW - _HEIGHT / 2)
    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(
        patches.FancyBboxPatch(
            corner,
            place.width,
            _HEIGHT,
            boxstyle=style,
            facecolor="white",
            edgecolor=colour,
            linewidth=1.4 if place.kind in ("learns", "join") else 0.8,
            zorder=2,
        )
    )
    axes.text(
        place.x,
        place.row * _ROW,
        place.text,
        ha="center",
        va="center",
        fontsize=7,
        color=INK,
        zorder=3,
        parse_math=False,
    )


def _line(axes: Axes, above: _Place, *, below: _Place) -> None:
    """A line from the lower edge of a row to the upper edge of the next; points pass straight."""
    start, end = above.row * _ROW + _HEIGHT / 2, below.row * _ROW - _HEIGHT / 2
    xs, ys = [above.x, below.x], [start, end]
    if not below.text:
        xs, ys = [*xs, below.x], [*ys, end + _HEIGHT]
    axes.plot(xs, ys, color=MUTED, linewidth=0.9, zorder=1, solid_joinstyle="round")
