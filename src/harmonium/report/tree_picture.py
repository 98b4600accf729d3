"""The picture of a tree: its words, and the class of every node as a colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonium.extras import need
from harmonium.report.style import INK, RULE, blank

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from harmonium.data import Tree

__all__ = ["tree_picture"]

_LETTER, _ROW, _DISC = 0.085, 0.36, 0.105
"""Inches of a letter, of a level, and of the radius of a node."""

_MARGIN = 0.18


def tree_picture(
    tree: Tree, classes: Sequence[object], *, true: Sequence[str] | None = None
) -> Figure:
    """Draws a tree with its root on top and its words at the bottom.

    The colour of a disc is the class of the node, from red for the first class to blue for the
    last, and its text is the class.

    Args:
        tree: with the classes that are drawn as the labels of its nodes.
        classes: names of the classes, in order.
        true: true labels of the nodes: a node with another class has a dark ring; "?" for none.
    """
    widths = [len(word) * _LETTER + 0.12 for word in tree.words if word is not None]
    widths = [max(width, 2 * _DISC + 0.08) for width in widths]
    x, y = _places(tree, widths)
    width, height = sum(widths) + 2 * _MARGIN, _ROW * (max(y) + 1.6) + _MARGIN
    figure = blank(width, height)
    axes: Axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-_MARGIN, width - _MARGIN), ylim=(-1.1 * _ROW, height - 1.1 * _ROW))
    axes.set_axis_off()
    colours = _colours(len(classes))
    names = {str(name): k for k, name in enumerate(classes)}
    circle: Any = need("matplotlib.patches").Circle
    for i, (label, word, left) in enumerate(zip(tree.labels, tree.words, tree.left, strict=True)):
        at = (x[i], y[i] * _ROW)
        for child in () if left < 0 else (left, i - 1):
            axes.plot((at[0], x[child]), (at[1], y[child] * _ROW), color=RULE, lw=1.2, zorder=1)
        wrong = true is not None and true[i] not in (label, "?")
        face = colours[names[label]] if label in names else "white"
        edge = INK if wrong else "white"
        axes.add_patch(circle(at, _DISC, fc=face, ec=edge, lw=1.6 if wrong else 0.8, zorder=2))
        ink = "white" if _dark(face) else INK
        axes.text(*at, label[:2], color=ink, size=6.5, ha="center", va="center_baseline", zorder=3,
                  parse_math=False)  # fmt: skip
        if word is not None:
            axes.text(x[i], -0.55 * _ROW, word, color=INK, size=8, ha="center", va="center",
                      parse_math=False)  # fmt: skip
    return figure


def _places(tree: Tree, widths: Sequence[float]) -> tuple[list[float], list[int]]:
    """Inches from the left, and level, of every node."""
    x: list[float] = []
    begun, leaf = 0.0, 0
    for i, left in enumerate(tree.left):
        if left < 0:
            x.append(begun + widths[leaf] / 2)
            begun, leaf = begun + widths[leaf], leaf + 1
        else:
            x.append((x[left] + x[i - 1]) / 2)
    return x, [*tree.heights]


def _colours(count: int) -> list[Any]:
    """Colours from red over grey to blue."""
    chosen: Any = need("matplotlib").colormaps["RdBu"]
    return [chosen(0.12 + 0.76 * (k / max(1, count - 1))) for k in range(count)]


def _dark(colour: Any) -> bool:  # noqa: ANN401
    if isinstance(colour, str):
        return False
    red, green, blue, _ = colour
    return bool(0.3 * red + 0.59 * green + 0.11 * blue < 0.5)
