"""The loss of windows with and without an object, drawn from scenes."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from harmonium.data.boxes import overlaps
from harmonium.random import Source, generator

__all__ = ["DetectionLoss", "drawn"]


class DetectionLoss:
    r"""Logistic loss of windows drawn from each scene.

    .. math:: L = \tfrac12 \big\langle \log(1 + e^{-s}) \big\rangle_{o \ge a}
                + \tfrac12 \big\langle \log(1 + e^{s}) \big\rangle_{\text{hardest}, \, o < b}

    s is the logit of a window, and o its largest intersection over union with the box of an
    object. Windows with o between b and a are left out. Windows are drawn anew each time:
    ``objects`` of those with an object, and ``candidates`` without one, of which the ``hardest``
    with the largest loss count, since nearly all windows are easy (Shrivastava, Gupta and
    Girshick, 2016, https://arxiv.org/abs/1604.03540).

    Args:
        near: a.
        far: b.
        objects: windows with an object, of each scene.
        candidates: windows without one, of each scene.
        hardest: how many of these count.
        source: random generator of the windows; None: the same draws each time, for watches.
    """

    figure = "loss"
    outputs = ("detections",)

    def __init__(  # noqa: PLR0913
        self,
        *,
        near: float = 0.7,
        far: float = 0.5,
        objects: int = 8,
        candidates: int = 64,
        hardest: int = 16,
        source: Source = None,
    ) -> None:
        self.near, self.far = near, far
        self.objects, self.candidates, self.hardest = objects, candidates, hardest
        self.source = source

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each scene, ``(B,)``.

        Args:
            net: a ``SlidingWindow``.
            batch: "x" ``(B, C, H, W)`` and "boxes" ``(B, most, 4)``.
        """
        sliding: Any = net
        best = overlaps(sliding.boxes, batch["boxes"]).amax(2)
        source = generator(0, best.device) if self.source is None else self.source
        with_object, there = drawn(best >= self.near, self.objects, source=source)
        without, free = drawn(best < self.far, self.candidates, source=source)
        at = torch.cat([with_object, without], 1)
        windows = sliding.cut(batch["x"], at)
        logits = sliding.window(windows.flatten(0, 1)).reshape(at.shape)
        positive = softplus(-logits[:, : self.objects]) * there
        negative = (softplus(logits[:, self.objects :]) * free).topk(self.hardest, dim=1).values
        counted = free.sum(1).clamp(min=1, max=self.hardest)
        return 0.5 * (positive.sum(1) / there.sum(1).clamp(min=1) + negative.sum(1) / counted)


def drawn(allowed: Tensor, count: int, *, source: Source) -> tuple[Tensor, Tensor]:
    """Draws windows without replacement among those allowed.

    Args:
        allowed: ``(B, windows)``, bool.
        count: windows of each scene, at most as many as there are.
        source: random generator.

    Returns:
        Numbers of windows ``(B, count)``; and which of them are allowed, where fewer are.
    """
    keys = torch.rand(allowed.shape, generator=source, dtype=torch.float32, device=allowed.device)
    best = keys.masked_fill(~allowed, -1.0).topk(count, dim=1)
    return best.indices, best.values >= 0
