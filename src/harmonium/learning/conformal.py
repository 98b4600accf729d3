"""Conformal calibration: intervals as wide as held-out rows need."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.learning import ranks

__all__ = ["Conformal", "margin_of"]


class Conformal:
    r"""Widens or narrows the intervals of a net by what rows that it has not learned from need.

    .. math:: E_i = \max(l_i - y_i, \; y_i - u_i) / s_i, \qquad
              \mathrm{margin} = E_{(\lceil (n + 1) p \rceil)}

    for each step and channel, where l and u are the ends of the interval of row i, s its unit, p
    the probability, and :math:`E_{(k)}` the k-th smallest of n values. Of a new row that is
    exchangeable with these n, the interval with the margin holds the value with probability p at
    least. (Romano, Patterson and Candès, 2019, https://arxiv.org/abs/1905.03222.) Windows of a
    series are not independent, so that this is an approximation.

    Args:
        module: maps x to quantiles ``(B, 3, H, C)``; has ``coverage``, ``margin`` ``(H, C)`` and
            ``unit``, ``(B, T, C) -> (B, H, C)``.

    Raises:
        ValueError: there are several processes, of which each would have only a part of the rows.
    """

    def __init__(self, module: nn.Module) -> None:
        if ranks.world().size > 1:
            raise UsageError("calibration needs all rows in one process: start one process")
        self.module: Any = module
        self.optimisers = [torch.optim.SGD(module.parameters(), lr=1.0)]

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Sets the margin from all rows; what it held before is lost.

        Args:
            batch: "x" ``(N, T, C)`` and "y" ``(N, H * C)``.

        Returns:
            ``interval_margin``: its mean, in the units.

        Raises:
            ValueError: there are too few rows for the probability.
        """
        net = self.module
        unit = net.unit(batch["x"])
        low, _, high = (net(batch["x"]) / unit[:, None]).unbind(1)
        true = batch["y"].reshape(low.shape) / unit
        margin = margin_of(low, high, true=true, coverage=net.coverage)
        net.margin.copy_(margin)
        return {"interval_margin": margin.mean()}

    def state_dict(self) -> dict[str, Any]:
        """The net."""
        return {"net": self.module.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.module.load_state_dict(state["net"])


def margin_of(low: Tensor, high: Tensor, *, true: Tensor, coverage: float) -> Tensor:
    """The margin of intervals ``(N, ...)`` for true values ``(N, ...)``, without the first axis.

    Raises:
        ValueError: N is too small for the probability.

    >>> x = torch.zeros(9, 1)
    >>> float(margin_of(x, x, true=torch.arange(9.0)[:, None], coverage=0.9))
    8.0
    """
    n = len(true)
    k = math.ceil(round((n + 1) * coverage, 9))
    if k > n:
        least = math.ceil(round(coverage / (1 - coverage), 9)) if coverage < 1 else math.inf
        raise UsageError(
            f"{n} rows to calibrate intervals of {coverage:.0%}: at least {least} are needed: "
            "make the validation part larger"
        )
    found: Tensor = torch.maximum(low - true, true - high).sort(0).values[k - 1]
    return found
