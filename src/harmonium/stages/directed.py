"""Updates all layers of a belief net at once, with the watches that observe the training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harmonium.learning import Contrast, UpDown
from harmonium.machines import BeliefNet
from harmonium.models import Classifies, Stack
from harmonium.random import Source
from harmonium.stages.trial import Trial, some
from harmonium.watch import ReconstructionWatch, ValidationWatch, Watch, WeightsWatch
from harmonium.watch.findings import WeightsFindingsWatch

__all__ = ["DirectedLearner", "directed_learner", "directed_watches"]


@dataclass
class DirectedLearner:
    """Up-down updates of a stack from batches of columns.

    Args:
        learner: updates the layers of the net.
        model: turns columns into states of the groups.
    """

    learner: UpDown
    model: Stack

    @property
    def module(self) -> BeliefNet:
        """The belief net that learns."""
        return self.model.machine

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """The one optimiser of all layers."""
        return [self.learner.optimiser]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """One update of all layers; returns no numbers, since up-down has no loss."""
        self.learner.step(self.model.state(batch), weights=batch.get("weights"))
        return {}

    def state_dict(self) -> dict[str, Any]:
        """State of the learner, needed to resume."""
        return self.learner.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state; the chains move from the CPU to the device of the net."""
        chains = {name: x.to(self.model.device) for name, x in state["chains"].items()}
        self.learner.load_state_dict({**state, "chains": chains})


def directed_learner(
    stack: Stack, *, optimiser: torch.optim.Optimizer, contrast: Contrast, source: Source
) -> DirectedLearner:
    """Makes the learner of a stack with its own recognition weights (after ``untie``)."""
    net = stack.machine
    learner = UpDown(net.graphs, net.upwards, optimiser, contrast=contrast, source=source)
    return DirectedLearner(learner, stack)


def directed_watches(trial: Trial, stack: Stack) -> list[Watch]:
    """Watches of reconstructions at each depth, filters, validation rows and diverging weights."""
    held = trial.labelled(trial.data.validation)
    watches: list[Watch] = [ReconstructionWatch(stack, some(trial.data.train), name="net")]
    watches.append(WeightsWatch(None, stack))
    if held is not None and held.labels is not None and isinstance(stack, Classifies):
        watches.append(ValidationWatch(stack, held))
    return [*watches, WeightsFindingsWatch(stack.machine.graphs)]
