"""Objects found by their likeness to the mean object."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Share
from harmonium.data.boxes import overlaps
from harmonium.judges.detection import boxes_of, detected
from harmonium.learning.objectives.detection import drawn
from harmonium.needs import Needs
from harmonium.nets.sliding_window import SlidingWindow, found
from harmonium.stages.trial import Trial

__all__ = ["TemplateMatching", "scores_of", "standardised", "windows_of"]

_AT_ONCE = 5
"""Scenes whose windows are in memory at the same time."""


@dataclass(frozen=True)
class TemplateMatching:
    r"""Windows are compared with the mean window of an object by normalised correlation.

    .. math:: s = \frac{1}{D} \sum_d \frac{w_d - \bar w}{\sigma_w} \frac{m_d - \bar m}{\sigma_m}

    Windows, scales and the suppression of overlapping boxes are those of the model; the figures
    are those of the judge ``detection``.

    Args:
        near: smallest overlap of a window that holds an object.
    """

    needs: ClassVar[Needs] = Needs(model=("detects",), data=("train", "test", "boxes"))

    near: Share = 0.7

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Figures of the test scenes."""
        net, source = trial.able("detects").net, trial.source("template_matching")
        held, _ = windows_of(trial, net, near=self.near, far=None, source=source)
        mean = standardised(standardised(held).mean(0, keepdim=True))[0]
        weight = mean / len(mean)
        return {**scores_of(trial, net, weight=weight, source=source), "settings": {}}


def standardised(windows: Tensor) -> Tensor:
    """Flat windows of mean 0 and variance 1, ``(..., D)``; a window of one value becomes 0."""
    centred = windows - windows.mean(-1, keepdim=True)
    return centred / centred.square().mean(-1, keepdim=True).sqrt().clamp(min=1e-3)


def windows_of(
    trial: Trial,
    net: SlidingWindow,
    *,
    near: float,
    far: float | None,
    source: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Flat windows of the training scenes with an object, and without one, ``(n, D)`` each.

    Of each scene eight with an object are drawn, and 64 without.

    Args:
        trial: with its training scenes.
        net: its windows.
        near: smallest overlap of a window with an object.
        far: overlap below which a window is without one; None for none of these.
        source: random generator.
    """
    parts: tuple[list[Tensor], list[Tensor]] = ([], [])
    for batch in trial.data.train.batches(_AT_ONCE):
        best = overlaps(net.boxes, batch["boxes"]).amax(2)
        wanted = [(best >= near, 8)] + ([] if far is None else [(best < far, 64)])
        for part, (allowed, count) in zip(parts, wanted, strict=False):
            at, there = drawn(allowed, min(count, allowed.shape[1]), source=source)
            part.append(net.cut(batch["x"], at)[there].flatten(1))
    with_object, without = parts
    return torch.cat(with_object), torch.cat(without) if without else with_object[0][:0]


def scores_of(
    trial: Trial, net: SlidingWindow, *, weight: Tensor, source: torch.Generator
) -> dict[str, Any]:
    """Figures of a linear function of standardised windows of the test scenes.

    Args:
        trial: with its test scenes.
        net: its windows, and how overlapping ones are suppressed.
        weight: ``(D,)``.
        source: random generator of the standard errors.
    """
    test = trial.data.test
    assert test is not None
    every = torch.arange(len(net.boxes), device=net.boxes.device)
    parts = []
    for batch in test.batches(_AT_ONCE):
        windows = net.cut(batch["x"], every.expand(len(batch["x"]), -1)).flatten(2)
        logits = standardised(windows) @ weight
        parts.append(found(net.boxes, logits.sigmoid(), overlap=net.overlap, most=net.most))
    boxes, scores = (torch.cat(part) for part in zip(*parts, strict=True))
    return detected(boxes, scores, true=boxes_of(test), source=source)
