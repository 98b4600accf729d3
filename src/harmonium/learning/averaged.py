"""A net whose parameters are the moving average of those that learn."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.learning.training import Learns

__all__ = ["Averaged"]


class Averaged:
    r"""Keeps in a net the exponential moving average of the parameters of its learning copy.

    .. math:: \bar w_t = d_t \bar w_{t-1} + (1 - d_t) w_t, \qquad
              d_t = \min\big( d, (1 + t) / (10 + t) \big)

    The net is measured, judged and saved with the average; the copy goes on learning from its own
    parameters. The first updates count less in the average because d starts small. Running means
    of batch normalisation are averaged as well; whole numbers are copied. (Polyak and Juditsky,
    1992, https://doi.org/10.1137/0330046; with this decay Szegedy et al., 2016,
    https://arxiv.org/abs/1512.00567.)

    Args:
        module: the net, which gets the average.
        learner: updates a copy of the net.
        decay: d, of at least 0 and below 1; the average is over about 1 / (1 - d) updates.
        part: beginning of the names of the parameters that are averaged; others are copied.

    Raises:
        ValueError: the decay is not in [0, 1), or the learner updates the net itself.
    """

    def __init__(
        self, module: nn.Module, learner: Learns, *, decay: float, part: str = ""
    ) -> None:
        if not 0 <= decay < 1:
            raise UsageError(f"the decay of the average is {decay}: give at least 0 and below 1")
        if learner.module is module:
            raise UsageError("the learner updates the net itself: give it a copy of the net")
        self.module, self.learner, self.decay = module.eval(), learner, float(decay)
        self.part, self.updates = part, 0

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """Those of the learner."""
        return [*self.learner.optimisers]

    def step(self, batch: Any) -> Mapping[str, Tensor]:  # noqa: ANN401
        """Makes one update of the copy and of the average; returns the learner's losses."""
        losses = self.learner.step(batch)
        self.updates += 1
        self._average()
        return losses

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        means, others = [], []
        own, learned = self.module.state_dict(), self.learner.module.state_dict()
        for name, mean in own.items():
            if mean.is_floating_point() and name.startswith(self.part):
                means.append(mean)
                others.append(learned[name])
            else:
                mean.copy_(learned[name])
        torch._foreach_lerp_(means, others, 1 - decay)

    def state_dict(self) -> dict[str, Any]:
        """The state of the learner, the average, and the number of updates."""
        return {
            "learner": self.learner.state_dict(),
            "average": self.module.state_dict(),
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.learner.load_state_dict(state["learner"])
        self.module.load_state_dict(state["average"])
        self.updates = state["updates"]
