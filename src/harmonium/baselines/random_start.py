"""The same net trained from random weights, which shows the value of pre-training."""

import dataclasses
import time
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from torch import nn

from harmonium.bounds import Count, Positive
from harmonium.bridge import randomise
from harmonium.judges.accuracy import accuracy
from harmonium.learning import Training, ranks
from harmonium.models import Classifier
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.stages.nets import net_training
from harmonium.stages.trial import Trial, derived

__all__ = ["RandomStart"]

MEASURED = 50
"""Number of updates that are timed for ``same_time``."""


@dataclass(frozen=True)
class RandomStart:
    """The same net, fine-tuned from random weights (Glorot) instead of the machine's.

    Args:
        lr: learning rate of every layer; null for that of fine-tuning.
        epochs: passes over the labelled rows; null for those of fine-tuning.
        same_time: train for the CPU time that the pre-trained net took in all its stages,
            measured on the first fifty updates; this overrides ``epochs``.
    """

    needs: ClassVar[Needs] = Needs(model=("net",), data=("labelled train", "labelled test"))

    lr: Positive | None = None
    epochs: Count | None = None
    same_time: bool = False

    def begin(self, trial: Trial, name: str) -> Training:
        """Makes the training of the net with random weights."""
        settings = self._settings(trial)
        if self.same_time:
            if name not in trial.epochs:
                trial.epochs[name] = ranks.agreed(_affordable(trial, settings))
            settings = dataclasses.replace(settings, epochs=trial.epochs[name])
        return net_training(trial, settings, model=_at_random(trial), name=name)

    def results(self, trial: Trial, training: Training) -> dict[str, Any]:
        """``accuracy``, ``error`` and the number of epochs."""
        scores = accuracy(trial, Classifier(cast(nn.Sequential, training.learner.module)))
        return {**scores, "epochs": training.position["epoch"]}

    def _settings(self, trial: Trial) -> Any:  # noqa: ANN401
        """Settings of the stage that trains the net, with the baseline's own values instead."""
        settings = [stage for stage in trial.stages.values() if hasattr(stage, "head_rate")][-1]
        if self.epochs is not None:
            settings = dataclasses.replace(settings, epochs=self.epochs)
        if self.lr is not None:
            optimiser = settings.optimiser
            faster = dataclasses.replace(optimiser, settings={**optimiser.settings, "lr": self.lr})
            settings = dataclasses.replace(settings, optimiser=faster, head_rate=None)
        return settings


def _affordable(trial: Trial, settings: Any) -> int:  # noqa: ANN401
    """Number of epochs that take as much CPU time as the trial has spent."""
    training = net_training(trial, settings, model=_at_random(trial), name="timed")
    began, updates = time.process_time(), min(MEASURED, training.position["updates"])
    for _ in range(updates):
        training.update()
    each = (time.process_time() - began) / updates
    return max(1, int(trial.seconds / (each * len(training.batches))))


def _at_random(trial: Trial) -> Classifier:
    """The net with Glorot's normalised weights and zero biases."""
    net = cast(Classifier, trial.fresh("net")).net
    source = generator(derived(trial.seed, "random start"), next(net.parameters()).device)
    randomise(net, source)
    return Classifier(net)
