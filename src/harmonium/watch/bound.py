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
    """ELBO of validation rows, with one code for each row, and what belongs to it.

    Args:
        model: has bounds and codes.
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
        """``val/elbo``, ``val/code_cost`` of a code with a prior, and ``val/active_units``."""
        del epoch
        source = generator(SEED, self.seen["x"].device)
        bounds = self.model.bounds(self.seen, samples=1, source=source)
        *_, code = self.model.codes(self.seen).values()
        kept = [name for name in ("elbo", "code_cost") if name in bounds]
        figures = {f"val/{name}": float(bounds[name].double().mean()) for name in kept}
        return {**figures, "val/active_units": float(active_units(code))}


def active_units(points: Tensor) -> int:
    """Numbers of the code whose mean, ``(B, k)``, varies over the rows by more than .01.

    A number that does not vary keeps to its prior, and the decoder does not use it: Burda, Grosse
    and Salakhutdinov, 2016, https://arxiv.org/abs/1509.00519, section 5.2.
    """
    return int((points.var(0, correction=0) > _USED).sum())
