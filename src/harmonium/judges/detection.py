"""Detection: how many objects of test scenes are found, and how much else is."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, NonNegative, Share
from harmonium.data import Examples
from harmonium.data.boxes import overlaps
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Detection", "average_precision", "boxes_of", "detected", "matched"]


@dataclass(frozen=True)
class Detection:
    r"""The average precision of objects that are found in test scenes.

    A box that is found is right if its intersection over union with an object is at least
    ``overlap``, and no box of a higher score is right for this object. All boxes of all scenes are
    put in the order of their scores. With precision p and recall r of the first n of them,

    .. math:: AP = \int_0^1 \max_{r' \ge r} p(r') \, dr

    ``detection_recall`` is the share of objects that are found before there are ``alarms`` wrong
    boxes a scene. Standard errors are over scenes, by the bootstrap. (Everingham et al., 2010,
    https://doi.org/10.1007/s11263-009-0275-4.)

    Args:
        overlap: smallest overlap of a box that is right.
        alarms: wrong boxes a scene at which the recall is measured.
        draws: resamples of the scenes for standard errors.
    """

    needs: ClassVar[Needs] = Needs(model=("detects",), data=("test", "boxes"))

    overlap: Share = 0.5
    alarms: NonNegative = 0.1
    draws: Count = 200

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``detection_precision`` and ``detection_recall``, with standard errors."""
        model, test = trial.able("detects"), trial.data.test
        assert test is not None
        parts = [model.detect(batch) for batch in model.batches(test)]
        boxes, scores = (torch.cat(part) for part in zip(*parts, strict=True))
        source = trial.source("judge detection")
        return detected(boxes, scores, true=boxes_of(test), source=source, settings=self)


def boxes_of(scenes: Examples) -> Tensor:
    """Boxes of the objects of scenes, ``(N, most, 4)``."""
    rows: Tensor = scenes.columns["boxes"][:]
    return rows.reshape(len(rows), -1, 4)


def detected(
    boxes: Tensor,
    scores: Tensor,
    *,
    true: Tensor,
    source: torch.Generator,
    settings: Detection | None = None,
) -> dict[str, Any]:
    """The figures of the judge ``detection``, of boxes that were found in any way.

    Args:
        boxes: found ones, ``(B, n, 4)``; those of score 0 do not count.
        scores: ``(B, n)``, the highest first.
        true: boxes of the objects, ``(B, m, 4)``, zeros for none.
        source: random generator of the resamples.
        settings: of the judge; None for the defaults.
    """
    judge = settings or Detection()
    draws, alarms, overlap = judge.draws, judge.alarms, judge.overlap
    right = matched(boxes, true, overlap=overlap)
    count = (true[..., 2] > true[..., 0]).sum(1).double()
    n = len(boxes)
    picked = torch.randint(n, (draws, n), generator=source, device=boxes.device)
    weights = count.new_zeros(draws, n).scatter_add(1, picked, count.new_ones(draws, n))
    weights = torch.cat([count.new_ones(1, n), weights])  # all scenes once, then the resamples
    precision, recall = average_precision(
        scores, right, count=count, weights=weights, alarms=alarms
    )
    figures: dict[str, Any] = {}
    named = {"detection_precision": precision, "detection_recall": recall}
    for name, values in named.items():
        figures |= {name: float(values[0]), f"{name}_stderr": float(values[1:].std())}
    return {**figures, "objects": int(count.sum()), "rows": n}


def matched(boxes: Tensor, true: Tensor, *, overlap: float) -> Tensor:
    """Which boxes are right: the first one of each object, ``(B, n, 4), (B, m, 4) -> (B, n)``.

    A box can only be right for the object with which it overlaps most.
    """
    best = overlaps(boxes, true).max(2)
    near = (best.values >= overlap) & (best.values > 0)
    same = (best.indices[:, :, None] == best.indices[:, None, :]) & near[:, None, :]
    return near & ~same.tril(-1).any(2)


def average_precision(
    scores: Tensor, right: Tensor, *, count: Tensor, weights: Tensor, alarms: float
) -> tuple[Tensor, Tensor]:
    """Average precision, and recall at a number of wrong boxes a scene, ``(draws,)`` each.

    Args:
        scores: of the boxes of each scene, ``(B, n)``; boxes of score 0 do not count.
        right: whether a box is right, ``(B, n)``.
        count: objects of each scene, ``(B,)``.
        weights: how often each scene counts, ``(draws, B)``.
        alarms: the number of wrong boxes a scene.
    """
    scene = torch.arange(len(scores), device=scores.device)[:, None].expand_as(scores)
    there = scores > 0
    order = scores[there].argsort(descending=True, stable=True)
    weight, hit = weights[:, scene[there][order]], right[there][order]
    found, wrong = (weight * hit).cumsum(1), (weight * ~hit).cumsum(1)
    precision = found / (found + wrong).clamp(min=1e-12)
    best = precision.flip(1).cummax(1).values.flip(1)
    total = (weights * count).sum(1).clamp(min=1e-12)
    allowed = wrong <= alarms * weights.sum(1, keepdim=True)
    recall = (weight * hit * allowed).sum(1) / total
    return (best * weight * hit).sum(1) / total, recall
