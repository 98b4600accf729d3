"""Language: a recurrent net learns to predict the next symbol of a text."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Count, Positive, Share
from harmonium.describe.component import Component, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Averaged, Descent, Training
    from harmonium.models.language import LanguageModel
    from harmonium.stages.trial import Trial

__all__ = ["Language"]


@dataclass(frozen=True)
class Language(Single):
    """A recurrent net learns to predict the next symbol of texts.

    A stream is read as parallel streams, one for each row of a batch. With ``carry``, the state
    passes on from batch to batch, while gradients flow back through one row at most: truncated
    backpropagation through time.

    Args:
        epochs: maximum number of passes over the training text.
        batch_size: rows per update; of a stream, the number of parallel streams.
        carry: whether a batch of a stream begins in the state in which the last one ended.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        clip: largest norm of the gradient; null for no limit.
        average: decay of a moving average of the weights, such as 0.999, which is measured, judged
            and saved; null for the weights themselves.
        precision: "mixed" computes in bfloat16 on a GPU.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "continues"), data=("train",))

    epochs: Count
    batch_size: Count = 32
    carry: bool = True
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 2e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "cosine"),)
    early_stopping: EarlyStopping | None = None
    clip: Positive | None = 1.0
    average: Share | None = None
    precision: Literal["full", "mixed"] = "full"

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last model that continues texts."""
        from harmonium.describe import build
        from harmonium.learning import Averaged, Descent
        from harmonium.learning.carried import Carried
        from harmonium.learning.objectives import NextToken
        from harmonium.nets.dropout import set_source
        from harmonium.stages.nets import check_precision
        from harmonium.stages.training import training_of
        from harmonium.watch import FlowWatch, TextWatch, Watch

        model: LanguageModel = trial.able(*self.needs.model)
        check_precision(self, trial.data.train, name=name)
        rows, held = model.reads(trial.data.train), trial.data.validation
        learned = model.net if self.average is None else copy.deepcopy(model.net)
        optimiser = build(self.optimiser, learned.parameters())
        objective = Carried(NextToken()) if self.carry else NextToken()
        flow = FlowWatch(learned, NextToken(), rows=rows, optimiser=optimiser)
        watches: list[Watch] = [TextWatch(model, rows, held=held), flow]

        def begin(source: Generator) -> tuple[Descent | Averaged, list[Watch]]:
            set_source(learned, source)
            learner = Descent(
                learned, optimiser, objective, clip=self.clip, precision=self.precision
            )
            if self.average is None:
                return learner, watches
            return Averaged(model.net, learner, decay=self.average), watches

        return training_of(trial, self, name=name, rows=rows, begin=begin)
