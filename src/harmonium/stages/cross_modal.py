"""Cross-modal learning: parts of a row, such as a picture and its words, find each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import Component, Noise, Objective, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.data import BatchTransform, Joined
    from harmonium.learning import Training
    from harmonium.models.net import NetModel
    from harmonium.stages.trial import Trial

__all__ = ["CrossModal"]


@dataclass(frozen=True)
class CrossModal(Single):
    """A joint embedding learns that the parts of a row are near each other, and others are not.

    Args:
        epochs: maximum number of passes over the training rows.
        batch_size: rows per update, which are each other's negatives.
        objective: the loss of the codes.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        noise: part -> what changes its values in every batch, or a list, in turn; null for none.
            With ``thin``, single words find pictures too.
        keywords: name of a part of 0 and 1, such as words: a row that has all of those that
            another row shows is no negative of it; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "embeds parts"), data=("train", "joined"))

    epochs: Count
    batch_size: Count = 128
    objective: Objective = Component("Objective", "ranking")
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    noise: Mapping[str, Noise | Sequence[Noise]] | None = None
    keywords: str | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the joint embedding.

        Raises:
            ValueError: the objective does not compare joint codes, or noise is for no part of a
                row.
        """
        from harmonium.describe import build
        from harmonium.learning import Descent
        from harmonium.nets.dropout import set_source
        from harmonium.stages.nets import check_outputs
        from harmonium.stages.training import training_of
        from harmonium.watch import FlowWatch, ObjectiveWatch, Watch, WeightsWatch

        model: NetModel = trial.able(*self.needs.model)
        objective = build(self.objective)
        check_outputs(model, objective, name=name)
        rows, held = model.reads(trial.data.train), trial.data.validation
        if self.keywords is not None:
            kind = self._joined(trial, self.keywords, at=f"{name}.keywords")
            shown = trial.data.train.x[:][:, kind.spans[self.keywords]]
            rows = rows.with_columns(**{self.keywords: shown})
        optimiser = build(self.optimiser, model.net.parameters())
        watches: list[Watch] = [WeightsWatch(model.net, None)]
        if held is not None:
            watches.insert(0, ObjectiveWatch(model.net, objective, rows=model.reads(held)))
        watches.append(FlowWatch(model.net, objective, rows=rows, optimiser=optimiser))

        def begin(source: Generator) -> tuple[Descent, list[Watch]]:
            set_source(model.net, source)
            return Descent(model.net, optimiser, objective), watches

        draws = [self._noise(trial, name)] if self.noise else []
        return training_of(trial, self, name=name, rows=rows, begin=begin, draws=draws)

    def _noise(self, trial: Trial, name: str) -> BatchTransform:
        """The noise of all parts, for rows that hold them side by side."""
        from harmonium.data.part_noise import PartNoise
        from harmonium.data.picture_noise import fitted
        from harmonium.describe import build

        steps, kind = {}, self._joined(trial, at=f"{name}.noise")
        for part, given in (self.noise or {}).items():
            self._joined(trial, part, at=f"{name}.noise")
            listed = given if isinstance(given, Sequence) else (given,)
            steps[part] = fitted([build(noise) for noise in listed], kind.parts[part])
        return PartNoise(kind, steps)

    def _joined(self, trial: Trial, *parts: str, at: str) -> Joined:
        """The kind of rows, which have these parts."""
        from harmonium.data import Joined

        kind = trial.data.columns["x"]
        assert isinstance(kind, Joined)
        for part in parts:
            if part not in kind.parts:
                raise UsageError(
                    f"{at}: no part {part!r} in a row of {trial.data.name}: "
                    f"{', '.join(kind.parts)}"
                )
        return kind
