"""Reconstruction: an autoencoder learns to reproduce its input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count, NonNegative
from harmonium.describe.component import (
    CodePenalty,
    Component,
    Noise,
    Objective,
    Optimiser,
    Schedule,
)
from harmonium.describe.settings import EarlyStopping
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from harmonium.data import Examples
    from harmonium.learning import Training
    from harmonium.models import AutoencoderModel
    from harmonium.stages.trial import Trial

__all__ = ["Reconstruction"]


@dataclass(frozen=True)
class Reconstruction(Single):
    """An autoencoder learns to reproduce its rows, without labels.

    With ``noise`` it reads corrupted rows and learns to output the original rows: a denoising
    autoencoder.

    Args:
        epochs: maximum number of passes over the training rows.
        batch_size: rows per update.
        objective: the loss between rows and reconstructions.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
        penalties: terms of the loss that keep the code simple, such as contractive.
        beta: weight of the cost of a code with a prior; with 1 the loss is minus a lower bound
            on the log-likelihood.
        samples: samples of a code with a prior for each row; several give a tighter bound.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "reconstructs", "decodes"), data=("train",))

    epochs: Count
    batch_size: Count = 100
    objective: Objective = Component("Objective", "bernoulli")
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    noise: Noise | Sequence[Noise] | None = None
    penalties: Sequence[CodePenalty] = ()
    beta: NonNegative = 1.0
    samples: Count = 1

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last autoencoder."""
        model: AutoencoderModel = trial.able(*self.needs.model)
        return self.training_of(trial, model, name=name)

    def training_of(
        self,
        trial: Trial,
        model: AutoencoderModel,
        *,
        name: str,
        reads: Callable[[Examples], Examples] | None = None,
    ) -> Training:
        """Makes the training of a codec.

        Args:
            trial: data and random numbers.
            model: of the codec.
            name: of the part.
            reads: rows of the data -> what the codec learns to give back; None: the rows, in the
                form that the model reads.
        """
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.learning.flow import has_layers
        from harmonium.nets.codes import Drawn
        from harmonium.nets.dropout import set_source
        from harmonium.stages.nets import check_outputs
        from harmonium.stages.training import noise_of, training_of
        from harmonium.stages.trial import some
        from harmonium.watch import (
            BoundWatch,
            FlowWatch,
            ObjectiveWatch,
            ReconstructionWatch,
            Watch,
            WeightsWatch,
        )

        objective = build(self.objective)
        check_outputs(model, objective, name=name)
        if (prepare := getattr(objective, "prepare", None)) is not None:
            prepare(model.net)
        drawn = isinstance(model.net.code, Drawn)
        if not drawn:
            self._check_point(name)
        lowest = reads is None
        reads = reads or model.reads
        train, held = reads(trial.data.train), trial.data.validation
        penalties = build(self.penalties)
        check_penalties(model.net, penalties, rows=train.batch(slice(10))["x"])
        watches: list[Watch] = [
            ReconstructionWatch(model, some(train), name="net", shown=lowest),
            WeightsWatch(None, model if lowest else None),
        ]
        if held is not None and drawn:
            watches.insert(0, BoundWatch(model, held, draw=trial.draw))
        elif held is not None:
            plain = learning.Coding(objective)
            watches.insert(0, ObjectiveWatch(model.net, plain, rows=reads(held)))

        def begin(source: Generator) -> tuple[learning.Descent, list[Watch]]:
            noise = noise_of(self, trial)
            damage = None if noise is None else partial(noise, source=source)
            optimiser = build(self.optimiser, model.net.parameters())
            for penalty in penalties:
                if hasattr(penalty, "source"):
                    penalty.source = source
            loss = partial(
                learning.Coding,
                objective,
                penalties=penalties,
                beta=self.beta,
                samples=self.samples,
                figure="cost" if penalties or drawn else None,
            )
            plain = loss(samples=1, penalties=())  # draws no random numbers
            meant = [kind for p in penalties for kind in getattr(p, "expects", ())]
            if has_layers(model.net):
                watches.append(
                    FlowWatch(model.net, plain, rows=train, optimiser=optimiser, expected=meant)
                )
            set_source(model.net, source)
            return learning.Descent(model.net, optimiser, loss(damage=damage)), watches

        draws = [trial.draw] if lowest else []
        return training_of(trial, self, name=name, rows=train, begin=begin, draws=draws)

    def _check_point(self, name: str) -> None:
        """Raises ValueError if settings are given that only a code with a prior has."""
        for setting, default in (("samples", 1), ("beta", 1.0)):
            value = getattr(self, setting)
            if value != default:
                raise UsageError(
                    f"{name}: {setting} is {value}, and the code of the model has no prior: give "
                    f"the model a gaussian code, or leave {setting} out"
                )


def check_penalties(net: Any, penalties: Sequence[Any], *, rows: Tensor) -> None:  # noqa: ANN401
    """Computes every penalty on a few rows, so that one that does not fit is refused early.

    Args:
        net: a codec.
        penalties: functions of net, rows and their codes.
        rows: ``(n, *shape)``.

    Raises:
        ValueError: a penalty does not fit the code.
    """
    from harmonium.random import seeded

    for penalty in penalties:
        with seeded(0):  # a penalty may draw random numbers
            penalty(net, rows, code=net.encode(rows))
