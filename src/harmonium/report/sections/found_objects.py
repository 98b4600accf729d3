"""Scenes with the boxes that a model finds, and where precision and recall lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.scenes import Scene, scenes_picture
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_TITLE = "Found objects"
_SHOWN, _MEASURED, _LEARNED = 6, 200, 60
_OVERLAP = 0.5
_SCORES = (0.5, 0.9, 0.99, 0.999)


def section(evidence: Evidence) -> Section | str | None:
    """Section of some held-out scenes; None for models that find no objects."""
    if not evidence.has("detects"):
        return None
    if reason := unmet(Needs(data=("held out", "boxes")), (), data=evidence.data):
        return reason
    assert evidence.held_out is not None
    assert evidence.data is not None
    name, split = evidence.held_out
    count = min(_MEASURED, len(split))
    import torch

    some = split.take(torch.arange(count) * len(split) // count)
    boxes, scores, right, true = _found(evidence, some)
    train = evidence.data.train.take(torch.arange(min(_LEARNED, len(evidence.data.train))))
    _, seen, good, there = _found(evidence, train)
    least = _best(seen, good, true=there)
    picture = _picture(evidence, some, found=(boxes, scores, right, true), least=least)
    words = f"{len(picture)} {name} scenes"
    drawn = Picture(
        scenes_picture(picture),
        alt=f"{words} with the boxes that were found, and those that were missed",
        caption=f"{words}, with the boxes of a probability of at least {least:.3f}: with it the "
        "harmonic mean of precision and recall is highest on training scenes. Green: the "
        f"intersection over union with an object is at least {_OVERLAP}, and no better box has "
        "it. Orange: wrong. Blue and dashed: an object that was missed.",
    )
    return Section(_TITLE, [drawn, _table(scores, right, true=true, name=name)])


def _found(evidence: Evidence, some: Examples) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Boxes, scores and whether they are right, of some scenes; and the true boxes."""
    import torch

    from harmonium.judges.detection import boxes_of, matched

    model = evidence.able("detects")
    like = next(model.parameters())
    rows = model.reads(some.to(like.device, like.dtype))
    parts = [model.detect(batch) for batch in rows.batches(20)]
    boxes, scores = (torch.cat(part).cpu() for part in zip(*parts, strict=True))
    true = boxes_of(some).cpu().to(boxes.dtype)
    return boxes, scores, matched(boxes, true, overlap=_OVERLAP), true


def _best(scores: Tensor, right: Tensor, *, true: Tensor) -> float:
    """The smallest probability with which the harmonic mean of precision and recall is highest."""
    import torch

    objects = int((true[..., 2] > true[..., 0]).sum())
    ordered, order = scores.flatten().sort(descending=True, stable=True)
    found = right.flatten()[order].cumsum(0).double()
    mean = 2 * found / (objects + torch.arange(1, len(found) + 1))
    return float(ordered[int(mean.argmax())])


def _picture(
    evidence: Evidence,
    some: Examples,
    *,
    found: tuple[Tensor, Tensor, Tensor, Tensor],
    least: float,
) -> list[Scene]:
    from harmonium.data.boxes import overlaps

    boxes, scores, right, true = found
    count = min(_SHOWN, len(some))
    rows = [k * len(some) // count for k in range(count)]
    pixels = evidence.seen(some.x[:][rows]).reshape(count, *some.batch(slice(1))["x"].shape[1:])
    scenes = []
    for k, row in enumerate(rows):
        shown = scores[row] >= least
        hits = boxes[row][shown & right[row]]
        there = true[row, :, 2] > true[row, :, 0]
        seen = (overlaps(true[row], hits) >= _OVERLAP).any(1)
        missed = true[row][there & ~seen]
        wrong = int((shown & ~right[row]).sum())
        words = f"{int(there.sum()) - len(missed)} of {int(there.sum())} found, {wrong} wrong"
        scene = Scene(
            pixels[k].mean(0),
            boxes[row][shown],
            scores[row][shown],
            right=right[row][shown],
            missed=missed,
            words=words,
        )
        scenes.append(scene)
    return scenes


def _table(scores: Tensor, right: Tensor, *, true: Tensor, name: str) -> Table:
    """Precision and recall for several smallest probabilities."""
    objects = int((true[..., 2] > true[..., 0]).sum())
    rows: list[list[object]] = []
    for least in _SCORES:
        shown = scores >= least
        good, count = int((shown & right).sum()), int(shown.sum())
        precision = good / count if count else float("nan")
        rows.append([f"{least}", precision, good / objects, (count - good) / len(scores)])
    return Table(
        columns=["probability from", "precision", "recall", "wrong boxes a scene"],
        rows=rows,
        specs={"precision": ".1%", "recall": ".1%", "wrong boxes a scene": ".2f"},
        caption=f"{len(scores)} {name} scenes with {objects} objects. Precision: boxes that are "
        "right; recall: objects that are found.",
    )


ENTRY = Entry(_TITLE, section)
