"""Adversarial training: a generator and a discriminator learn from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count, Share
from harmonium.describe.component import AdversarialLoss, Component, Noise, Optimiser, Schedule
from harmonium.errors import UsageError
from harmonium.needs import Needs, unmet
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.data import Examples
    from harmonium.learning import Adversarial as Learner
    from harmonium.learning import Averaged, Training
    from harmonium.stages.trial import Trial
    from harmonium.watch import Watch

__all__ = ["Adversarial"]


@dataclass(frozen=True)
class Adversarial(Single):
    """A generator learns to make rows that a discriminator takes for those of the data.

    Args:
        epochs: passes over the training rows.
        batch_size: rows per update.
        loss: what the scores of the discriminator are worth to both.
        steps: steps of the discriminator in each update, which share its rows.
        optimiser: of the generator, one of torch.optim.
        discriminator: optimiser of the discriminator; null for the same settings.
        schedules: changes of the settings of both optimisers while they run.
        average: decay of a moving average of the generator's weights, such as 0.999, which draws
            the samples that are measured, judged and saved; null for the weights themselves.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "discriminates"), data=("train",))

    epochs: Count
    batch_size: Count = 100
    loss: AdversarialLoss = Component("AdversarialLoss", "non_saturating")
    steps: Count = 1
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 2e-4, "betas": [0.5, 0.999]})
    discriminator: Optimiser | None = None
    schedules: Sequence[Schedule] = ()
    average: Share | None = None
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last adversaries.

        Raises:
            ValueError: they have classes and no row has a label; or the loss does not fit the
                discriminator, or batch normalisation several processes.
        """
        import copy

        from harmonium import learning
        from harmonium.data.summary import summary
        from harmonium.describe import build
        from harmonium.nets.dropout import set_source
        from harmonium.stages.nets import check_processes
        from harmonium.stages.training import noise_of, training_of
        from harmonium.watch import AdversariesWatch

        model = trial.able(*self.needs.model)
        check_processes(model, name=name)
        rows = model.reads(_known(trial, model, name=name))
        model.check(rows.batch(slice(100)))
        if not trial.has_learned(name):
            model.net.start(summary(rows.x).mean.flatten())
        net: Any = model.net if self.average is None else copy.deepcopy(model.net)
        other = self.optimiser if self.discriminator is None else self.discriminator
        try:
            learner = learning.Adversarial(
                net,
                build(self.optimiser, net.generator.parameters()),
                build(other, net.discriminator.parameters()),
                loss=build(self.loss),
                steps=self.steps,
            )
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from error
        watches: list[Watch] = [AdversariesWatch(model, rows, seed=trial.seed)]

        def begin(source: Generator) -> tuple[Learner | Averaged, list[Watch]]:
            set_source(net, source)
            if self.average is None:
                return learner, watches
            averaged = learning.Averaged(model.net, learner, decay=self.average, part="generator.")
            return averaged, watches

        draws = [trial.draw, noise_of(self, trial)]
        return training_of(trial, self, name=name, rows=rows, begin=begin, draws=draws)


def _known(trial: Trial, model: Any, *, name: str) -> Examples:  # noqa: ANN401
    """The training rows; of adversaries with classes, those with a label."""
    rows = trial.data.train
    if model.classes:
        if reason := unmet(Needs(data=("labelled train",)), [], data=trial.data):
            raise UsageError(f"{name}: {reason}")
        rows = rows.labelled() or rows
    if rows.weights is not None:
        rows = rows.take((rows.weights > 0).nonzero().flatten())
    return rows
