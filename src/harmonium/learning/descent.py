"""Gradient descent of an ordinary net on an objective."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.learning import ranks
from harmonium.sampling import normalised

__all__ = ["Descent", "Objective"]

Objective = Callable[[nn.Module, Mapping[str, Tensor]], Tensor]
"""From a net and a batch of columns to the loss of each row, ``(B,)``."""


@checked
@dataclass
class Descent:
    """One update of a net by backpropagation of a mean loss.

    Args:
        module: the net.
        optimiser: of the net's parameters.
        objective: the loss of each row, in the units of the objective.
    """

    module: nn.Module
    optimiser: torch.optim.Optimizer
    objective: Objective

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """One."""
        return [self.optimiser]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """One update; gives the mean loss before it, by "weights" where the batch has some.

        Its name is the objective's ``figure``, or "loss".

        Raises:
            TypeError: the weights are no tensor.
            ValueError: the weights are no importances of the rows.
        """
        losses, weights = self.objective(self.module, batch), batch.get("weights")
        if weights is not None:
            normalised(weights, losses)  # words where they are no weights
        loss = losses.mean() if weights is None else (losses * weights).sum() / weights.sum()
        self.optimiser.zero_grad()
        loss.backward()
        weight = len(losses) if weights is None else weights.sum()
        ranks.mean_gradients(self.module.parameters(), weight=weight)
        self.optimiser.step()
        name = getattr(self.objective, "figure", "loss")
        return {name: ranks.mean([loss.detach()], weight=weight)[0]}

    def state_dict(self) -> dict[str, Any]:
        """The net's parameters and the optimiser's state."""
        return {"net": self.module.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        self.module.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
