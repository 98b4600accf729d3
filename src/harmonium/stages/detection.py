"""Detection: a net of windows learns to tell objects from all else in scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count, Share
from harmonium.describe.component import Component, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Training
    from harmonium.models import Detector
    from harmonium.stages.trial import Trial

__all__ = ["Detection"]


@dataclass(frozen=True)
class Detection(Single):
    """A net of windows learns from windows of scenes with and without an object.

    A window holds an object if its intersection over union with a box is at least ``near``, and
    none if it is below ``far`` for all boxes; others are left out. Of windows without an object
    those with the largest loss count (``learning.objectives.detection``).

    Args:
        epochs: maximum number of passes over the training scenes.
        batch_size: scenes per update.
        near: smallest overlap of a window with an object.
        far: overlap below which a window is without an object.
        objects: windows with an object, drawn from each scene for an update.
        candidates: windows without one.
        hardest: how many of these count.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "detects"), data=("train", "boxes"))

    epochs: Count
    batch_size: Count = 10
    near: Share = 0.7
    far: Share = 0.5
    objects: Count = 8
    candidates: Count = 64
    hardest: Count = 16
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last net that detects.

        Raises:
            ValueError: ``far`` is above ``near``, ``hardest`` above ``candidates``, or pictures
                have fewer windows than are drawn.
        """
        from harmonium.describe import build
        from harmonium.learning import Descent
        from harmonium.learning.objectives.detection import DetectionLoss
        from harmonium.nets.dropout import set_source
        from harmonium.stages.training import training_of
        from harmonium.watch import FlowWatch, ObjectiveWatch, Watch, WeightsWatch

        model: Detector = trial.able(*self.needs.model)
        self._check(model, name=name)
        train, held = model.reads(trial.data.train), trial.data.validation
        optimiser = build(self.optimiser, model.net.parameters())
        watches: list[Watch] = [WeightsWatch(None, None)]

        def loss(source: Generator | None = None) -> DetectionLoss:
            return DetectionLoss(
                near=self.near,
                far=self.far,
                objects=self.objects,
                candidates=self.candidates,
                hardest=self.hardest,
                source=source,
            )

        if held is not None:
            watches.insert(0, ObjectiveWatch(model.net, loss(), rows=model.reads(held)))
        watches.append(FlowWatch(model.net, loss(), rows=train, optimiser=optimiser))

        def begin(source: Generator) -> tuple[Descent, list[Watch]]:
            set_source(model.net, source)
            return Descent(model.net, optimiser, loss(source)), watches

        return training_of(trial, self, name=name, rows=train, begin=begin)

    def _check(self, model: Detector, *, name: str) -> None:
        """Raises where the numbers of the settings do not fit each other or the pictures."""
        if self.far > self.near:
            raise UsageError(
                f"{name}: far is {self.far} and near {self.near}: windows between them are left "
                "out, so far must not be above near"
            )
        if self.hardest > self.candidates:
            raise UsageError(
                f"{name}: hardest is {self.hardest}, of {self.candidates} candidates: make it "
                "smaller"
            )
        windows = len(model.net.boxes)
        if max(self.objects, self.candidates) > windows:
            raise UsageError(
                f"{name}: {max(self.objects, self.candidates)} windows of a scene, which has "
                f"{windows}: draw fewer"
            )
