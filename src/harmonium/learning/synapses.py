"""Hebb's rule, and its extension: what fires together is joined, what does not is parted."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import NonNegative, Positive
from harmonium.errors import UsageError
from harmonium.learning import ranks

__all__ = ["Hebbian"]


@checked
class Hebbian:
    r"""One update of a layer of weights by Hebb's rule and its extension.

    .. math:: \Delta w_{kj} = \eta \, \langle x_j y_k \rangle
              - \lambda \, \langle x_j (1 - y_k) + (1 - x_j) \, y_k \rangle

    The first term is Hebb's own rule: a weight grows when both of its neurons fire together. The
    second is an extension that the original lacks: it shrinks when only one of them fires. Where
    both are silent nothing changes. With ``floor``, a weight that has shrunk below it is removed:
    it is zero, and never grows again. (This is not ``learning.hebb``, which stores the spins of a
    Hopfield net.) Hebb's own rule never lets a weight shrink, so weights grow without bound; Oja's
    rule (1982) bounds them. (Hebb, 1949, The Organization of Behavior.)

    Args:
        module: has ``weight`` ``(K, D)`` and ``values``, which makes y ``(B, K)`` of a batch.
        rate: eta.
        decay: lambda; 0 is Hebb's own rule.
        floor: weights that shrink below it are removed; None removes none.

    Raises:
        ValueError: a number is out of range.
    """

    def __init__(
        self,
        module: nn.Module,
        rate: Positive = 1.0,
        *,
        decay: NonNegative = 0.0,
        floor: NonNegative | None = None,
    ) -> None:
        self.module, self.decay, self.floor = module, float(decay), floor
        self.optimisers = [torch.optim.SGD(module.parameters(), lr=float(rate))]
        self.alive = torch.ones_like(module.get_parameter("weight"), dtype=torch.bool)
        """Which weights are not removed, ``(K, D)``."""

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """One update; ``removed`` is the share of weights that are removed after it.

        Args:
            batch: "x" ``(B, D)`` in [0, 1], and what ``module.values`` reads.

        Raises:
            ValueError: activities lie outside [0, 1].
        """
        x, y = batch["x"], self.module.values(batch)  # type: ignore[operator]
        for name, activity in (("x", x), ("y", y)):
            if bool(((activity < 0) | (activity > 1)).any()):
                raise UsageError(
                    f"activities of {name} range from {float(activity.min()):.3g} to "
                    f"{float(activity.max()):.3g}, and Hebb's rule needs [0, 1]: add a `scale` "
                    "or a `binarise` transform"
                )
        (group,) = self.optimisers[0].param_groups
        weight = self.module.get_parameter("weight")
        change = self._change(x, y, rate=group["lr"])
        weight.add_(change * self.alive)
        if self.floor is not None:
            self.alive &= ~((change < 0) & (weight < self.floor))
            weight.mul_(self.alive)
        return {"removed": 1 - self.alive.to(x).mean()}

    def _change(self, x: Tensor, y: Tensor, *, rate: float) -> Tensor:
        together = y.mT @ x / len(x)
        apart = ((1 - y).mT @ x + y.mT @ (1 - x)) / len(x)
        mean = ranks.mean([together, apart], weight=len(x))
        return rate * mean[0] - self.decay * mean[1]

    def state_dict(self) -> dict[str, Any]:
        """The weights, which of them are removed, and the rate."""
        return {
            "net": self.module.state_dict(),
            "alive": self.alive,
            "optimiser": self.optimisers[0].state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        self.module.load_state_dict(state["net"])
        self.alive.copy_(state["alive"])
        self.optimisers[0].load_state_dict(state["optimiser"])
