"""How the line between classes moves while a perceptron learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.animation import animated, spaced, strip
from harmonium.report.areas import areas, frame_of, grid
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_FRAMES = 60


def section(evidence: Evidence) -> Section | str | None:
    """Section of the decision areas after every change of the weights.

    None for runs without a perceptron on rows of two values: the page then does not mention it.
    """
    model = next((m for m in evidence.models.values() if _on_a_plane(m)), None)
    if model is None:
        return None
    if evidence.data is None:
        return "the data of the run cannot be read here"
    from harmonium.watch import joined

    path = joined(record.tensors() for record in evidence.records)
    if not {"weight", "bias"} <= path.keys():
        return "the run has kept no path of the weights"
    changed = [0, *(k for k in range(1, len(path["update"])) if _differ(path, k))]
    figures = [
        _frame(evidence, model, path=path, k=changed[place])
        for place in spaced(len(changed), _FRAMES)
    ]
    first, last = (int(path["update"][k]) for k in (changed[0], changed[-1]))
    picture = Picture(
        strip(figures),
        alt=f"The decision areas of the perceptron at six times from update {first} to {last}",
        caption=f"The class of every point of the plane, from update {first} to update {last}, "
        f"with the training rows in the colours of their classes. The weights changed "
        f"{len(changed) - 1} times. The file decision-line-1-moving.png in figures shows "
        "every change as an animation."
        if len(changed) <= _FRAMES
        else f"The class of every point of the plane, from update {first} to update {last}. The "
        f"weights changed {len(changed) - 1} times; the file decision-line-1-moving.png in "
        f"figures shows {_FRAMES} of these changes as an animation.",
        moving=animated(figures),
    )
    return Section("Decision line", [picture])


def _on_a_plane(model: Any) -> bool:  # noqa: ANN401
    return getattr(model, "output_kind", "") == "scores" and model.width == 2


def _differ(path: dict[str, Tensor], k: int) -> bool:
    return any(not bool((path[n][k] == path[n][k - 1]).all()) for n in ("weight", "bias"))


def _frame(evidence: Evidence, model: Any, *, path: dict[str, Tensor], k: int) -> Figure:  # noqa: ANN401
    import torch

    assert evidence.data is not None
    rows = evidence.data.train.labelled()
    assert rows is not None  # a perceptron learns from labelled rows only
    assert rows.y is not None
    x = rows.x[:]
    frame = frame_of(x)
    points = torch.from_numpy(grid(frame)).to(path["weight"])
    features = getattr(model.net, "features", None)
    a = points if features is None else features(points)
    scores = a @ path["weight"][k].mT + path["bias"][k]
    return areas(
        x,
        rows.y,
        decided=scores.argmax(1),
        frame=frame,
        title=f"update {int(path['update'][k])}",
        names=evidence.data.features or ("", ""),
    )


ENTRY = Entry("Decision line", section)
