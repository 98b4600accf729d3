"""Inverse graphics: numbers of a code learn to be the pose of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count, NonNegative, Share
from harmonium.describe.component import Component, Objective, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["InverseGraphicsStage"]


@dataclass(frozen=True)
class InverseGraphicsStage(Single):
    """A codec with a gaussian code learns pictures that it sees in changing poses.

    In every batch one factor changes and the others stay, or pictures differ and their pose stays;
    only the numbers of the code that belong to what changes may differ in a group of pictures
    (``learning.objectives.graphics``). The first numbers of the code become right, down, rotation
    and scale, of those whose limit is above 0.

    Args:
        epochs: maximum number of passes over the training rows.
        batch_size: rows per update; a batch in which one factor changes uses one row for a group.
        shift: largest shift along each axis, in pixels.
        rotation: largest rotation, in degrees.
        scale: largest change of the size, as a share of it.
        group: pictures of a group.
        intrinsic: share of the batches in which pictures differ.
        pull: strength with which numbers that are not active are pulled to their mean.
        objective: the loss between pictures and reconstructions.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "decodes", "bounded"), data=("train", "pictures"))

    epochs: Count
    batch_size: Count = 100
    shift: NonNegative = 3.0
    rotation: NonNegative = 30.0
    scale: Share = 0.2
    group: Count = 10
    intrinsic: Share = 0.5
    pull: NonNegative = 0.01
    objective: Objective = Component("Objective", "bernoulli")
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last codec with a gaussian code."""
        from harmonium import learning
        from harmonium.data.poses import Poses
        from harmonium.describe import build
        from harmonium.learning.objectives.graphics import InverseGraphics
        from harmonium.nets.dropout import set_source
        from harmonium.stages.nets import check_outputs
        from harmonium.stages.training import training_of
        from harmonium.stages.trial import some
        from harmonium.watch import (
            BoundWatch,
            FlowWatch,
            ReconstructionWatch,
            Watch,
            WeightsWatch,
        )

        model, objective = trial.able(*self.needs.model), build(self.objective)
        check_outputs(model, objective, name=name)
        train, held = model.reads(trial.data.train), trial.data.validation
        poses = Poses(self.shift, self.rotation, self.scale)
        watches: list[Watch] = [
            ReconstructionWatch(model, some(train), name="net", shown=True),
            WeightsWatch(None, model),
        ]
        if held is not None:
            watches.insert(0, BoundWatch(model, held))

        def begin(source: Generator) -> tuple[learning.Descent, list[Watch]]:
            set_source(model.net, source)
            loss = InverseGraphics(
                objective,
                poses,
                group=self.group,
                intrinsic=self.intrinsic,
                pull=self.pull,
                source=source,
            )
            optimiser = build(self.optimiser, model.net.parameters())
            plain = learning.Coding(objective, figure="cost")  # draws no random numbers
            watches.append(FlowWatch(model.net, plain, rows=train, optimiser=optimiser))
            return learning.Descent(model.net, optimiser, loss), watches

        return training_of(trial, self, name=name, rows=train, begin=begin)
