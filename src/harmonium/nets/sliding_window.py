"""A net of fixed windows that finds objects of several sizes anywhere in pictures."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Share
from harmonium.errors import UsageError
from harmonium.nets.net import Net
from harmonium.nets.resize import Resize
from harmonium.nets.sliding import slid, step_of, window_counts
from harmonium.nets.suppression import suppressed

__all__ = ["SlidingWindow", "found"]

SCALES = (1.0, 0.794, 0.63, 0.5)
"""Sizes of a picture relative to its own, three to an octave."""

AMONG = 300
"""Windows with the highest scores, among which overlapping ones are removed."""


@checked
class SlidingWindow(nn.Module):
    r"""Logits that windows hold an object, ``(B, C, H, W) -> (B, windows)``.

    .. math:: s_k(i, j) = f\big((R_k x)[:, \, d i : d i + h, \, d j : d j + w]\big), \qquad
              p(\text{object} | \text{window}) = 1 / (1 + e^{-s})

    f is a net of windows of h x w. :math:`R_k` makes the picture smaller by the k-th scale, so
    that larger objects fill a window too. At each scale the net runs on the whole picture at once
    (``nets.sliding.slid``). Windows stand in the order of the scales, at each scale in reading
    order. (Rowley, Baluja and Kanade, 1998, https://doi.org/10.1109/34.655647.)

    Args:
        shape: of a picture: (channels, rows, columns).
        window: net of windows with one logit, whose ``outputs`` are "probabilities".
        scales: sizes of the picture relative to its own.
        overlap: largest intersection over union of two objects that are found
            (``nets.suppression``). A window in the middle of one of twice its size has 1/4.
        most: number of objects that are found in a picture, at most.

    Attributes:
        boxes: places of the windows, ``(windows, 4)``: left, top, right, bottom in pixels.

    Raises:
        ValueError: the net does not slide, has more than one output, or the picture is at no scale
            as large as a window.

    >>> from harmonium.random import seeded
    >>> layers = [{"type": "conv2d", "out_channels": 1, "kernel_size": 5}, "flatten"]
    >>> with seeded(0):
    ...     net = SlidingWindow([1, 8, 8], Net([1, 5, 5], layers, outputs="probabilities"))
    >>> net(torch.zeros(3, 1, 8, 8, dtype=torch.float32)).shape, len(net.boxes)
    (torch.Size([3, 21]), 21)
    """

    output_kind = "detections"

    def __init__(  # noqa: PLR0913
        self,
        shape: Sequence[Count],
        window: Net,
        *,
        scales: Sequence[Positive] = SCALES,
        overlap: Share = 0.2,
        most: Count = 50,
    ) -> None:
        super().__init__()
        self.shape: tuple[int, ...] = tuple(map(int, shape))
        self.window = window
        self.settings: dict[str, Any] = {
            "shape": [*self.shape],
            "window": window,
            "scales": [*scales],
            "overlap": overlap,
            "most": most,
        }
        self.overlap, self.most = overlap, most
        if window.output_kind != "probabilities" or window.units[-1] != 1:
            raise UsageError(
                f"window: it has {window.units[-1]} outputs that are {window.output_kind}: give "
                "it one, and set its outputs to probabilities"
            )
        if len(self.shape) != 3 or self.shape[0] != window.shape[0]:
            raise UsageError(
                f"shape {self.shape}, and the window reads {window.shape}: give (channels, rows, "
                "columns) with as many channels"
            )
        self.resizes = [Resize(scale, mode="bilinear") for scale in self._fitting(scales)]
        boxes = torch.cat([self._boxes(resize.scale) for resize in self.resizes])
        self.register_buffer("boxes", boxes, persistent=False)

    boxes: Tensor

    def _fitting(self, scales: Sequence[float]) -> list[float]:
        """Scales at which a window fits into a picture."""
        least = max(n / m for n, m in zip(self.window.shape[1:], self.shape[1:], strict=True))
        fitting = [s for s in scales if min(self._size(s)) > 0 and s >= least]
        if not fitting:
            raise UsageError(
                f"scales {[*scales]}: at none is a picture of {self.shape} as large as a window "
                f"of {self.window.shape}: give larger ones"
            )
        return fitting

    def _size(self, scale: float) -> tuple[int, int]:
        return round(scale * self.shape[1]), round(scale * self.shape[2])

    def _boxes(self, scale: float) -> Tensor:
        """Windows of one scale in pixels of the picture, ``(n, 4)``."""
        size = self._size(scale)
        _, height, width = self.window.shape
        down, across = step_of(self.window)
        rows, columns = window_counts(self.window, size)
        top = torch.arange(rows, dtype=torch.float32)[:, None] * down
        left = torch.arange(columns, dtype=torch.float32) * across
        top, left = torch.broadcast_tensors(top, left)
        high, wide = self.shape[1] / size[0], self.shape[2] / size[1]
        sides = (left * wide, top * high, (left + width) * wide, (top + height) * high)
        return torch.stack(sides, -1).flatten(0, 1)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a picture, and of windows."""
        return (torch.Size(self.shape).numel(), len(self.boxes))

    def levels(self, x: Tensor) -> list[Tensor]:
        """Pictures at all scales, ``(B, C, H', W')`` each."""
        x = x.reshape(-1, *self.shape)
        return [x if resize.scale == 1 else resize(x) for resize in self.resizes]

    def forward(self, x: Tensor) -> Tensor:
        """Logits of all windows, ``(B, windows)``."""
        return torch.cat([slid(self.window, part).flatten(1) for part in self.levels(x)], 1)

    def cut(self, x: Tensor, at: Tensor) -> Tensor:
        """Some windows of pictures, ``(B, C, H, W), (B, n) -> (B, n, C, h, w)``.

        Args:
            x: pictures.
            at: numbers of windows.
        """
        _, height, width = self.window.shape
        down, across = step_of(self.window)
        cut = x.new_empty(*at.shape, *self.window.shape)
        first = 0
        for part in self.levels(x):
            rows, columns = window_counts(self.window, tuple(part.shape[2:]))
            row, number = ((at >= first) & (at < first + rows * columns)).nonzero(as_tuple=True)
            place = at[row, number] - first
            y = (place // columns * down)[:, None] + torch.arange(height, device=x.device)
            z = (place % columns * across)[:, None] + torch.arange(width, device=x.device)
            seen = part.movedim(1, -1)[row[:, None, None], y[:, :, None], z[:, None]]
            cut[row, number] = seen.movedim(-1, 1)
            first += rows * columns
        return cut

    def detect(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Objects found in pictures: boxes ``(B, most, 4)``, probabilities ``(B, most)``.

        The most probable ones come first. Behind them, boxes and probabilities are 0.
        """
        return found(self.boxes, self(x).sigmoid(), overlap=self.overlap, most=self.most)


def found(boxes: Tensor, scores: Tensor, *, overlap: float, most: int) -> tuple[Tensor, Tensor]:
    """The best windows of pictures that do not overlap, in the order of their scores.

    Args:
        boxes: all windows, ``(windows, 4)``.
        scores: above 0, ``(B, windows)``.
        overlap: largest intersection over union of two that stay.
        most: number of windows of a picture that stay, at most.

    Returns:
        boxes ``(B, most, 4)`` and their scores ``(B, most)``; zeros behind those that stay.
    """
    best = scores.topk(min(AMONG, scores.shape[1]), dim=1)
    places = boxes[best.indices]
    stays = suppressed(places, best.values, overlap=overlap)
    kept = best.values * stays
    short = max(0, most - kept.shape[1])
    top = torch.nn.functional.pad(kept, (0, short)).topk(most, dim=1)
    padded = torch.nn.functional.pad(places, (0, 0, 0, short))
    chosen = padded.gather(1, top.indices[..., None].expand(-1, -1, 4))
    return chosen * (top.values > 0)[..., None], top.values
