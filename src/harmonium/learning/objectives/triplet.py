"""Triplets: a row is nearer to its class than to any other, by a margin."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Positive
from harmonium.learning.objectives.nca import embedded, squared_distances

__all__ = ["Mining", "Triplet"]

Mining = Literal["semi_hard", "hard", "all"]
"""Which triplets of a batch count."""


@checked
@dataclass(frozen=True)
class Triplet:
    r"""The triplet loss of anchors a, positives p of their class and negatives n of another.

    .. math:: L_a = \langle [m + |a - p|^2 - |a - n|^2]_+ \rangle

    where the mean is over the triplets of the anchor inside the batch:

    - ``semi_hard``: for each positive the nearest negative that is farther away than the
      positive; if there is none, the farthest negative. (Schroff, Kalenichenko and Philbin, 2015,
      https://arxiv.org/abs/1503.03832.)
    - ``hard``: the farthest positive with the nearest negative, one triplet for each anchor.
    - ``all``: every positive with every negative.

    An anchor without a positive or a negative has the loss 0. The margin sets the scale of the
    codes, which are not normalised.

    Args:
        margin: m, a squared distance.
        mining: which triplets count.
    """

    outputs: ClassVar[tuple[str, ...]] = ("codes",)
    figure: ClassVar[str] = "triplet"
    margin: Positive = 1.0
    mining: Mining = "semi_hard"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row as an anchor, ``(B,)``.

        Args:
            net: ``(B, D) -> (B, k)``, codes; or a net with ``encode``.
            batch: "x" ``(B, D)`` and "y", classes ``(B,)``, int64.
        """
        z, y = embedded(net, batch["x"]), batch["y"]
        near = squared_distances(z)
        same = y[:, None] == y
        positive = same & ~torch.eye(len(z), dtype=torch.bool, device=z.device)
        able = positive.any(1) & ~same.all(1)
        if not bool(able.any()):
            return 0 * z.sum(1)
        if self.mining == "hard":
            far = near.masked_fill(~positive, -torch.inf).amax(1)
            close = near.masked_fill(same, torch.inf).amin(1)
            gap = torch.where(able, far, 0) - torch.where(able, close, 0)
            return (self.margin + gap).clamp(min=0) * able
        pairs = self._all(near, same) if self.mining == "all" else self._semi_hard(near, same)
        counted = positive & able[:, None]
        return torch.where(counted, pairs, 0).sum(1) / counted.sum(1).clamp(min=1)

    def _semi_hard(self, near: Tensor, same: Tensor) -> Tensor:
        """Loss of every pair of an anchor and a positive, ``(B, B)``."""
        ordered, count = _negatives(near, same)
        place = torch.searchsorted(ordered.detach(), near.detach().contiguous(), right=True)
        place = torch.minimum(place, (count[:, None] - 1).clamp(min=0))
        return (self.margin + near - _finite(ordered).gather(1, place)).clamp(min=0)

    def _all(self, near: Tensor, same: Tensor) -> Tensor:
        """The same for the mean over all negatives, by sums of the sorted distances."""
        ordered, count = _negatives(near, same)
        limit = self.margin + near
        inside = torch.searchsorted(ordered.detach(), limit.detach().contiguous())
        sums = torch.nn.functional.pad(_finite(ordered).cumsum(1), (1, 0))
        return (inside * limit - sums.gather(1, inside)) / count[:, None].clamp(min=1)


def _negatives(near: Tensor, same: Tensor) -> tuple[Tensor, Tensor]:
    """Sorted distances of every anchor to the other classes, infinity at the end; their number."""
    return near.masked_fill(same, torch.inf).sort(1).values, (~same).sum(1)


def _finite(ordered: Tensor) -> Tensor:
    return ordered.masked_fill(ordered.isinf(), 0)
