"""Measures gradients, dead units and activities of a net while it learns."""

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.learning.descent import Objective
from harmonium.learning.flow import Flow, flow
from harmonium.learning.net_findings import net_findings
from harmonium.runs.engine import LOOKS

__all__ = ["FlowWatch"]

ROWS = 1000
"""Maximum number of rows that are measured."""


class FlowWatch(Watch):
    """Measures how gradients and activities pass through the layers, after some of the epochs.

    One look costs as much as the updates of ``ROWS`` rows, so it follows epochs 1, 2, 5, 10, 20,
    50, ... and the last one. The net, the optimiser and random generators are not changed.

    Args:
        net: the net that learns.
        objective: gives the loss of each row.
        rows: training rows, in the form that the net reads.
        optimiser: of the net; None to leave the size of updates out.
        expected: kinds of findings that the objective makes on purpose, so that they are not
            reported.
    """

    def __init__(
        self,
        net: nn.Module,
        objective: Objective,
        *,
        rows: Examples,
        optimiser: torch.optim.Optimizer | None = None,
        expected: Collection[str] = (),
    ) -> None:
        self.expected = frozenset(expected)
        self.net, self.objective, self.optimiser = net, objective, optimiser
        n = min(len(rows), ROWS)
        places = torch.arange(n, device=rows.x.device) * len(rows) // n
        self.batch: Mapping[str, Tensor] = rows.take(places).batch(slice(None))
        self._last: tuple[int, Flow] | None = None

    def look(self) -> Flow:
        """Gradients and activities of the net as it is now."""
        return flow(self.net, self.batch, objective=self.objective, optimiser=self.optimiser)

    def measure(self, epoch: int) -> dict[str, float]:
        """``gradient/`` and a layer's name, the norm of its gradient, and figures of the net.

        ``flow/gradient_ratio``: first layer's norm relative to the last layer's.
        ``flow/dead_units`` of the hidden layers. ``flow/saturated_share`` and
        ``flow/active_share``: means over the hidden layers.
        """
        if epoch / 10 ** int(math.log10(epoch)) not in LOOKS:
            return {}
        return _figures(self._at(epoch))

    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings``, each with its remedy, with the figures behind them."""
        measured = self._at(epoch)
        findings = net_findings(measured, updates=updates)
        findings = [f for f in findings if f.kind not in self.expected]
        return {**_figures(measured), "findings": [asdict(f) for f in findings]}

    def _at(self, epoch: int) -> Flow:
        if self._last is None or self._last[0] != epoch:
            self._last = (epoch, self.look())
        return self._last[1]


def _figures(measured: Flow) -> dict[str, float]:
    row = {f"gradient/{layer.name}": layer.gradient for layer in measured.layers}
    hidden = measured.hidden
    if not hidden:
        return row
    row["flow/gradient_ratio"] = measured.ratio
    row["flow/active_share"] = sum(layer.active for layer in hidden) / len(hidden)
    dead = [layer.dead for layer in hidden if layer.dead is not None]
    if dead:
        row["flow/dead_units"] = float(sum(dead))
    saturated = [layer.saturated for layer in hidden if layer.saturated is not None]
    if saturated:
        row["flow/saturated_share"] = sum(saturated) / len(saturated)
    return row
