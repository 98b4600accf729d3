"""A policy for Go: a net on feature planes, made symmetric, that gives legal moves only."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.data.go.planes import LEGAL, legal_points
from harmonium.errors import UsageError
from harmonium.nets.codec import Net
from harmonium.random import Source

__all__ = ["GoPolicy"]

_NEVER = -1e9
"""Logit of a move that is not legal."""


@checked
class GoPolicy(nn.Module):
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

    def __init__(self, net: Net, *, symmetric: bool = True) -> None:
        super().__init__()
        self.net: Any = net
        self.settings: dict[str, Any] = {"net": net, "symmetric": symmetric}
        self.symmetric = symmetric
        self.source: Source = None
        shape: Any = getattr(net, "shape", None)
        sizes: Any = net.units
        if shape is None or len(shape) != 3 or shape[1] != shape[2] or shape[0] < LEGAL.stop:
            raise UsageError(
                f"the net reads {shape}: a policy needs (planes, size, size) with at least "
                f"{LEGAL.stop} planes"
            )
        if sizes[-1] != shape[1] * shape[2]:
            raise UsageError(
                f"the net has {sizes[-1]} outputs, and its board {shape[1] * shape[2]} points: "
                "end with one map, and flatten it"
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a position."""
        return tuple(self.net.shape)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a position, units of every layer, number of points."""
        return tuple(self.net.units)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of all points, ``(B, points)``."""
        x = x.reshape(-1, *self.shape)
        if not self.symmetric:
            outputs = self.net(x)
        elif self.training:
            outputs = self._seen(x, int(torch.randint(8, (), generator=self.source)))
        else:
            outputs = torch.stack([self._seen(x, g) for g in range(8)]).mean(0)
        logits: Tensor = outputs.masked_fill(~legal_points(x), _NEVER)
        return logits

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Hidden layer -> its activities, without symmetries."""
        found: dict[str, Tensor] = self.net.activities(x.reshape(-1, *self.shape))
        return found

    def _seen(self, x: Tensor, g: int) -> Tensor:
        """The logits of a turned or mirrored board, turned back."""
        turned = torch.rot90(x, g % 4, (2, 3))
        turned = turned.flip(3) if g >= 4 else turned
        logits = self.net(turned).view(len(x), *x.shape[2:])
        back = logits.flip(2) if g >= 4 else logits
        return torch.rot90(back, -(g % 4), (1, 2)).reshape(len(x), -1)
