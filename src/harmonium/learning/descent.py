"""Training of an ordinary net by gradient descent on an objective."""

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
"""A function from a net and a batch of columns to the loss of each row, ``(B,)``."""


@checked
@dataclass
class Descent:
    """Updates of a net by backpropagation of the mean of an objective.

    Args:
        module: the net.
        optimiser: the optimiser of the net's parameters.
        objective: function that gives the loss of each row.
        project: called after every step of the optimiser, to bring the parameters back to where
            they are allowed, such as ``max_norm``; None: nothing.
    """

    module: nn.Module
    optimiser: torch.optim.Optimizer
    objective: Objective
    project: Callable[[], None] | None = None

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """The optimiser, in a list."""
        return [self.optimiser]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Makes one update and returns the mean loss before it, under the objective's ``figure``.

        The name is "loss" for an objective without figure. The mean is weighted by the column
        "weights", if the batch has one. The objective sees the net in training mode; afterwards
        the net is in evaluation mode, in which it is measured and used.

        Raises:
            TypeError: the weights are not a tensor.
            ValueError: the weights do not fit the rows, or are negative or not finite.
        """
        self.module.train()
        try:
            losses, weights = self.objective(self.module, batch), batch.get("weights")
        finally:
            self.module.eval()
        if weights is not None:
            normalised(weights, losses)  # raises if they are not valid
        loss = losses.mean() if weights is None else (losses * weights).sum() / weights.sum()
        self.optimiser.zero_grad()
        loss.backward()
        weight = len(losses) if weights is None else weights.sum()
        ranks.mean_gradients(self.module.parameters(), weight=weight)
        self.optimiser.step()
        if self.project is not None:
            self.project()
        name = getattr(self.objective, "figure", "loss")
        return {name: ranks.mean([loss.detach()], weight=weight)[0]}

    def state_dict(self) -> dict[str, Any]:
        """The net's parameters and the optimiser's state."""
        return {"net": self.module.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.module.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
