r"""Contrastive divergence of time series, as an objective of gradient descent.

For each frame, with the fields f that its past adds, the loss is a difference of free energies,

.. math:: F(v_t \mid past) - F(v_t^{(k)} \mid past)

where :math:`v^{(k)}` is drawn by k Gibbs sweeps that start at the frame, with the past held. Its
gradient is that of contrastive divergence: statistics of the data minus those of the draws. The
free energies depend on the fields, and these on all that came before, so that backpropagation
carries the gradient through time (Sutskever, Hinton and Taylor, 2008,
https://papers.nips.cc/paper/3567).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from harmonium.graph import Graph
from harmonium.random import Source
from harmonium.sampling import swept

__all__ = ["SeriesContrast", "known_frames"]


class SeriesContrast:
    """Contrastive divergence of the frames of series, given their past.

    Args:
        steps: k, Gibbs sweeps from every frame.
    """

    figure: ClassVar[str] = "contrast"

    def __init__(self, steps: int = 1) -> None:
        self.steps = steps

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each series, ``(B,)``, nats per known frame.

        Args:
            net: a temporal RBM.
            batch: "x" ``(B, T, C)``, and perhaps "length" ``(B,)``, frames of each series.
        """
        machine: Any = net
        x, length = batch["x"], batch.get("length")
        if length is not None:  # what comes after the longest series is not even computed
            x = x[:, : max(int(length.max()), machine.lags + 1)]
        known = known_frames(x, length)[:, machine.lags :]
        there = known.flatten()
        v, fields = machine.frames(x)
        v, fields = v[there], {name: f[there] for name, f in fields.items()}
        view = machine.given(fields)
        drawn = draws(view, v, steps=self.steps, source=machine.source)
        gap = view.potential({"v": v}, ("h",)) - view.potential({"v": drawn}, ("h",))
        every = gap.new_zeros(len(there)).masked_scatter(there, gap).view(known.shape)
        return every.sum(1) / known.sum(1).clamp(min=1)


@torch.no_grad()
def draws(view: Graph, v: Tensor, *, steps: int, source: Source) -> Tensor:
    """Frames after k Gibbs sweeps that start at given ones, ``(n, C)``."""
    h = view.units["h"].sample(view.field("h", {"v": v}), source)
    state: Any = {"v": v, "h": h}
    for _ in range(steps):
        state, _ = swept(view, state, source=source)
    drawn: Tensor = state["v"]
    return drawn


def known_frames(x: Tensor, length: Tensor | None) -> Tensor:
    """Whether each frame belongs to its series, ``(B, T)``, or comes after its end.

    >>> known_frames(torch.zeros(2, 3, 1), torch.tensor([2.0, 3.0])).tolist()
    [[True, True, False], [True, True, True]]
    """
    place = torch.arange(x.shape[1], device=x.device)
    if length is None:
        return torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
    return place < length[:, None]
