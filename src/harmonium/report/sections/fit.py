"""How the fit of a small net forms while it learns: a curve, or areas of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.report.animation import animated, strip
from harmonium.report.areas import areas, frame_of, grid
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.style import INK, MUTED, PALETTE, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_FRAMES, _POINTS, _ROWS = 48, 200, 400


def section(evidence: Evidence) -> Section | str | None:
    """Section with the fit at six times, and an animation of it in the figures of the run.

    Shown are a curve for nets that predict one value from one, and the classes of the plane for
    nets that find classes from two values. None for all other runs: the page then does not mention
    the section.
    """
    model: Any = next((m for m in evidence.models.values() if _can_be_drawn(m)), None)
    if model is None:
        return None
    if evidence.data is None:
        return "the data of the run cannot be read here"
    from harmonium.watch import joined

    path = joined(record.tensors() for record in evidence.records)
    names = {name for name, _ in model.net.named_parameters()}
    if not names <= path.keys():
        return "the run has kept no path of the net: it has too many parameters, or is resumed"
    draw = _curve if model.width == 1 else _areas
    chosen = _early(len(path["update"]), _FRAMES)
    figures = [draw(evidence, model, path=path, k=k) for k in chosen]
    first, last = int(path["update"][chosen[0]]), int(path["update"][chosen[-1]])
    what = "The curve of the net" if model.width == 1 else "The class of every point of the plane"
    rows = "points" if model.width == 1 else "rows, in the colours of their classes"
    picture = Picture(
        strip(figures),
        alt=f"{what} at six times from update {first} to update {last}",
        caption=f"{what} from update {first} to update {last}, with the training {rows}. The file "
        f"fit-1-moving.png in figures shows {len(figures)} times as an animation.",
        moving=animated(figures),
    )
    return Section("Fit", [picture])


def _can_be_drawn(model: Any) -> bool:  # noqa: ANN401
    kind, sizes = getattr(model, "output_kind", ""), getattr(model, "sizes", ())
    curve = kind == "values" and sizes[:1] == (1,) and sizes[-1:] == (1,)
    return bool(curve or (kind == "classes" and sizes[:1] == (2,)))


def _early(count: int, most: int) -> list[int]:
    """Indices of at most ``most`` of ``count`` frames, closer together at the start.

    The distance grows in proportion to the place, because learning slows down.

    >>> _early(101, 5), _early(3, 60)
    ([0, 6, 25, 56, 100], [0, 1, 2])
    """
    if count <= most:
        return [*range(count)]
    return sorted({round(k) for k in (count - 1) * np.linspace(0, 1, most) ** 2})


def _outputs(model: Any, x: Tensor, *, path: dict[str, Tensor], k: int) -> Tensor:  # noqa: ANN401
    """Outputs of the net with the parameters of one frame."""
    import torch

    named = {name: path[name][k] for name, _ in model.net.named_parameters()}
    with torch.no_grad():
        result: Tensor = torch.func.functional_call(model.net, named, (x,))
    return result


def _training(evidence: Evidence) -> Examples:
    assert evidence.data is not None
    split = evidence.data.train
    rows = split if split.targets is not None else split.labelled()
    assert rows is not None  # a net learns from rows with a target or a label
    return rows


def _areas(evidence: Evidence, model: Any, *, path: dict[str, Tensor], k: int) -> Figure:  # noqa: ANN401
    import torch

    rows = _training(evidence)
    assert evidence.data is not None
    assert rows.y is not None
    x = rows.x[:_ROWS]
    frame = frame_of(x)
    points = torch.from_numpy(grid(frame)).to(next(model.net.parameters()))
    return areas(
        x,
        rows.y[:_ROWS],
        decided=_outputs(model, points, path=path, k=k).argmax(1),
        frame=frame,
        title=f"update {int(path['update'][k])}",
        names=evidence.data.features or ("", ""),
    )


def _curve(evidence: Evidence, model: Any, *, path: dict[str, Tensor], k: int) -> Figure:  # noqa: ANN401
    import torch

    rows = _training(evidence)
    assert evidence.data is not None
    assert rows.targets is not None
    x, y = rows.x[:_ROWS].flatten().double(), rows.targets[:_ROWS].flatten().double()
    room = float(x.max() - x.min()) / 6 or 1.0
    left, right = float(x.min()) - room, float(x.max()) + room
    grid_x = torch.linspace(left, right, _POINTS, dtype=torch.float64)[:, None]
    curve = _outputs(model, grid_x.to(next(model.net.parameters())), path=path, k=k).flatten()
    figure, axes = chart(1.75, 1.8)
    axes.plot(x, y, ".", color=PALETTE[1], ms=2.5, alpha=0.7)
    axes.plot(grid_x.flatten(), curve.double(), color=PALETTE[0], lw=1.5)
    height = float(y.max() - y.min()) or 1.0
    axes.set(xlim=(left, right))
    axes.set(ylim=(float(y.min()) - height / 4, float(y.max()) + height / 4))
    (name,) = evidence.data.features or ("x",)
    axes.set_xlabel(name, fontsize=8, color=MUTED, labelpad=1, parse_math=False)
    axes.tick_params(labelsize=7)
    title = f"update {int(path['update'][k])}"
    axes.set_title(title, fontsize=8, color=INK, loc="left", parse_math=False)
    return figure


ENTRY = Entry("Fit", section)
