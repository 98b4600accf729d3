"""Updates of all layers of a belief net at once, and what is observed of them."""

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
        learner: of the net's layers.
        model: from columns to groups.
    """

    learner: UpDown
    model: Stack

    @property
    def module(self) -> BeliefNet:
        """The net."""
        return self.model.machine

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """One."""
        return [self.learner.optimiser]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """One update; it has no loss."""
        self.learner.step(self.model.state(batch), weights=batch.get("weights"))
        return {}

    def state_dict(self) -> dict[str, Any]:
        """The learner's."""
        return self.learner.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The learner's; a checkpoint is read to the processor, chains go where the net is."""
        chains = {name: x.to(self.model.device) for name, x in state["chains"].items()}
        self.learner.load_state_dict({**state, "chains": chains})


def directed_learner(
    stack: Stack, *, optimiser: torch.optim.Optimizer, contrast: Contrast, source: Source
) -> DirectedLearner:
    """The learner of an untied stack."""
    net = stack.machine
    learner = UpDown(net.graphs, net.upwards, optimiser, contrast=contrast, source=source)
    return DirectedLearner(learner, stack)


def directed_watches(trial: Trial, stack: Stack) -> list[Watch]:
    """Reconstructions through the features, filters, validation rows, and runaway weights."""
    held = trial.labelled(trial.data.validation)
    rows = some(trial.data.train).x[:]
    watches: list[Watch] = [ReconstructionWatch(stack, rows, name="net")]
    watches.append(WeightsWatch(None, stack))
    if held is not None and held.labels is not None and isinstance(stack, Classifies):
        watches.append(ValidationWatch(stack, held.x, labels=held.labels))
    return [*watches, WeightsFindingsWatch(stack.machine.graphs)]
