"""A policy for Go: a net on feature planes, made symmetric, that gives legal moves only."""

from __future__ import annotations

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.data.go.planes import LEGAL, legal_points
from harmonium.errors import UsageError
from harmonium.nets.codec import Net
from harmonium.nets.go_symmetric import GoNet, turned

__all__ = ["GoPolicy"]

_NEVER = -1e9
"""Logit of a move that is not legal."""


@checked
class GoPolicy(GoNet):
    r"""Logits of all points of the board, ``(B, planes, rows, columns) -> (B, points)``.

    .. math:: \log p(a | s) \propto \frac{1}{8} \sum_g f(g s)_{g a}

    f is the inner net, g one of the eight symmetries of the board. In training one g is drawn for
    each batch, which augments positions and moves together. Points that are not legal get a logit
    of -1e9, so that a legal move is always played. (Silver et al., 2016,
    https://doi.org/10.1038/nature16961.)

    Args:
        net: a net on planes, of which the first 48 are those of ``data.go.feature_planes``, to one
            logit for each point.
        symmetric: whether symmetries are used.

    Attributes:
        source: generator of the symmetries in training; None: torch's global one.

    Raises:
        ValueError: the net has another number of outputs than its board has points.
    """

    output_kind = "classes"
    fewest_planes = LEGAL.stop

    def __init__(self, net: Net, *, symmetric: bool = True) -> None:
        super().__init__(net, symmetric=symmetric)
        points = self.shape[1] * self.shape[2]
        if self.units[-1] != points:
            raise UsageError(
                f"the net has {self.units[-1]} outputs, and its board {points} points: end with "
                "one map, and flatten it"
            )

    def forward(self, x: Tensor) -> Tensor:
        """Logits of all points, ``(B, points)``."""
        x = x.reshape(-1, *self.shape)
        return self.averaged(x).masked_fill(~legal_points(x), _NEVER)

    def seen(self, x: Tensor, g: int) -> Tensor:
        """The logits of turned boards, turned back, ``(B, points)``."""
        logits = self.net(turned(x, g)).view(len(x), *x.shape[2:])
        back = logits.flip(2) if g >= 4 else logits
        return torch.rot90(back, -(g % 4), (1, 2)).reshape(len(x), -1)
