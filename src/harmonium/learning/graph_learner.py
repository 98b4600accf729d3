"""Training of an energy graph from batches of named columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph, State
from harmonium.learning.discriminative import Discriminative
from harmonium.learning.learner import Learner

__all__ = ["GraphLearner"]


@dataclass
class GraphLearner:
    """Updates of an energy graph from batches of columns.

    Args:
        learner: the learner of the graph.
        groups: function from a batch of columns to values of the graph's groups.
        sharpened: discriminative updates with that learner; None: learn a model of the data.
    """

    learner: Learner
    groups: Callable[[Mapping[str, Tensor]], State]
    sharpened: Discriminative | None = None

    @property
    def module(self) -> EnergyGraph:
        """The graph."""
        return self.learner.graph

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """The optimiser, in a list."""
        return [self.learner.optimiser]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Makes one update; returns the "loss" before it if updates are discriminative."""
        state, weights = self.groups(batch), batch.get("weights")
        if self.sharpened is None:
            self.learner.step(state, weights=weights)
            return {}
        return {"loss": self.sharpened.step(state, weights=weights)}

    def state_dict(self) -> dict[str, Any]:
        """The state of the learner."""
        return self.learner.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores the state of the learner, with chains and offsets on the graph's device."""
        device = next(self.module.parameters()).device
        moved = {
            part: {name: x.to(device) for name, x in state[part].items()}
            for part in ("chains", "offsets")
        }
        self.learner.load_state_dict({**state, **moved})
