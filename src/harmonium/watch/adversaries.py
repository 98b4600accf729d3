"""Measures adversaries while they learn: variety of samples, and how well they are told apart."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.learning.collapse import collapse_findings, met_rows, told_apart
from harmonium.random import generator

__all__ = ["AdversariesWatch"]

ROWS, SHOWN = 1000, 64
"""Rows that are measured, half of them as a reference; samples of a snapshot."""


class AdversariesWatch(Watch):
    """Samples from the same noise at every epoch, beside rows of the data.

    Args:
        model: draws rows from noise, and has scores.
        rows: training rows, in the form that the model reads.
        seed: of the noise.
    """

    def __init__(self, model: Any, rows: Examples, *, seed: int = 0) -> None:  # noqa: ANN401
        self.model = model
        n = min(len(rows), ROWS)
        self.rows: Mapping[str, Tensor] = rows.take(
            torch.arange(n, device=rows.x.device) * len(rows) // n
        ).batch(slice(None))
        x = self.rows["x"].flatten(1)
        self.reference = x[::2]
        self.others = max(1.0, met_rows(x[1::2], x[::2])) if n > 1 else 1.0
        count = max(SHOWN, len(x[1::2]))
        self.latents = model.latents(count, source=generator(seed, x.device))
        self._last: tuple[int, dict[str, float]] | None = None

    def measure(self, epoch: int) -> dict[str, float]:
        """``net/variety``, relative to that of rows, and ``net/told_apart``."""
        return self._at(epoch)

    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings`` about collapse, each with its remedy, with the figures behind them."""
        del updates
        figures = self._at(epoch)
        findings = collapse_findings(
            variety=figures["net/variety"], apart=figures["net/told_apart"]
        )
        return {**figures, "findings": [asdict(finding) for finding in findings]}

    def snapshot(self) -> dict[str, Tensor]:
        """``samples`` from the same noise every time, ``(64, D)``."""
        return {"samples": self.model.drawn(self.latents[:SHOWN])["x"]}

    def _at(self, epoch: int) -> dict[str, float]:
        if self._last is None or self._last[0] != epoch:
            self._last = (epoch, self._figures())
        return self._last[1]

    @torch.no_grad()
    def _figures(self) -> dict[str, float]:
        made = self.model.drawn(self.latents)["x"]
        real = self.model.scores(self.rows)
        columns = {"x": made}
        if self.model.classes:
            columns["y"] = torch.arange(len(made), device=made.device) % self.model.classes
        few = made[: max(1, len(self.rows["x"]) // 2)]
        return {
            "net/variety": met_rows(few, self.reference) / self.others,
            "net/told_apart": told_apart(real, self.model.scores(columns)),
        }
