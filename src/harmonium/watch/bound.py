"""The lower bound on the log-likelihood of rows that are not learned from."""

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import torch
from torch import Tensor

from harmonium.data import BatchTransform, Examples
from harmonium.learning import Watch
from harmonium.random import generator

__all__ = ["BoundWatch", "active_units"]

ROWS, SEED = 10_000, 97531
"""Rows that are looked at, at most; seed of the codes, the same at every epoch."""

_USED = 0.01
"""Variance of a mean over the rows above which a number of the code is used (Burda et al.)."""


@dataclass(eq=False)
class BoundWatch(Watch):
    """ELBO of validation rows, with one code for each row, and the divergence of their codes.

    Args:
        model: a codec whose code has a prior.
        rows: validation rows.
        draw: draws binary rows from fractions, once; None uses the rows unchanged.
    """

    model: Any
    rows: Examples
    _: KW_ONLY
    draw: BatchTransform | None = None
    seen: dict[str, Tensor] = field(init=False)

    def __post_init__(self) -> None:
        batch = self.model.reads(self.rows).batch(slice(ROWS))
        if self.draw is not None:
            source = generator(SEED, batch["x"].device)
            batch = {**batch, "x": self.draw(batch["x"], source)}
        self.seen = batch

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/elbo`` and ``val/code_cost``, nats per row, and ``val/active_units``."""
        del epoch
        source = generator(SEED, self.seen["x"].device)
        net = self.model.net
        z = net.encoder(self.seen["x"])
        bound = self.model.bounds(self.seen, samples=1, source=source)["elbo"]
        return {
            "val/elbo": float(bound.double().mean()),
            "val/code_cost": float(net.code.cost(z).double().mean()),
            "val/active_units": float(active_units(net.code.point(z))),
        }


def active_units(points: Tensor) -> int:
    """Numbers of the code whose mean, ``(B, k)``, varies over the rows by more than .01.

    A number that does not vary keeps to its prior, and the decoder does not use it: Burda, Grosse
    and Salakhutdinov, 2016, https://arxiv.org/abs/1509.00519, section 5.2.
    """
    return int((points.var(0, correction=0) > _USED).sum())
