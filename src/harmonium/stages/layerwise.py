"""Layer-wise pre-training: each layer of an autoencoder learns to restore the one below."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import (
    CodePenalty,
    Component,
    Noise,
    Objective,
    Optimiser,
    Overrides,
    Schedule,
)
from harmonium.needs import Needs
from harmonium.stages.part import Part
from harmonium.stages.reconstruction import Reconstruction

if TYPE_CHECKING:
    from harmonium.data import Examples
    from harmonium.learning import Training
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["Layerwise"]


@dataclass(frozen=True)
class Layerwise:
    r"""Pre-training of an autoencoder's layers one after the other, the lowest first.

    Each layer of the encoder and its mirror image in the decoder are an autoencoder of their own.
    It reads the codes that the layers below make of the clean rows, corrupted by ``noise``, and
    learns to give back the clean ones: with noise this is the stacked denoising autoencoder.
    (Vincent et al., 2010, https://www.jmlr.org/papers/v11/vincent10a.html.)

    Args:
        epochs: passes over the training rows, for each layer.
        batch_size: rows per update.
        objective: the loss between rows and reconstructions, for the lowest layer; a layer above
            logistic units has the Bernoulli loss, one above other units the squared error.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        noise: changes what each layer reads, in every batch, or a list, in turn; null for none.
        penalties: terms of the loss that keep the code of each layer simple.
        layers: one mapping per layer, the lowest first: settings that differ in that layer.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("net", "reconstructs", "decodes"), data=("train",))

    epochs: Count
    batch_size: Count = 100
    objective: Objective = Component("Objective", "bernoulli")
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    noise: Noise | Sequence[Noise] | None = None
    penalties: Sequence[CodePenalty] = ()
    layers: Sequence[Overrides] = ()

    def layer(self, index: int) -> Layerwise:
        """Returns the settings of one layer, with its overrides applied.

        >>> Layerwise(epochs=5, layers=({}, {"epochs": 10})).layer(1).epochs
        10
        """
        differing = dict(self.layers[index]) if index < len(self.layers) else {}
        return dataclasses.replace(self, layers=(), **differing)

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of one part for each layer."""
        net: Any = model
        return [(f"{name}/{k}", self.layer(k)) for k in range(len(net.sizes) - 1)]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns one part for each layer; the layers that learn are those of the net.

        Raises:
            ValueError: the net is not made of mirrored layers.
        """
        from harmonium.errors import UsageError

        model: Any = trial.able(*self.needs.model)
        if not hasattr(model.net, "layer"):
            raise UsageError(
                f"{name}: the layers of {type(model.net).__name__} have no mirror images in its "
                "decoder: take type autoencoder, or train the whole with reconstruction"
            )
        return [
            Part(f"{name}/{k}", partial(self._training, trial, k, name=f"{name}/{k}"))
            for k in range(len(model.sizes) - 1)
        ]

    def _training(self, trial: Trial, index: int, *, name: str) -> Training:
        """Makes the training of one layer and its mirror image."""
        from harmonium.data import mapped
        from harmonium.models import AutoencoderModel

        whole: Any = trial.able(*self.needs.model)
        model = AutoencoderModel(whole.net.layer(index))

        def reads(split: Examples) -> Examples:
            rows = whole.reads(split)
            below = partial(whole.net.below, index=index)
            return rows.with_columns(x=mapped(rows.x, below, each=(model.width,)))

        own = self.layer(index)
        kind = "bernoulli" if model.output_kind == "probabilities" else "squared_error"
        stage = Reconstruction(
            epochs=own.epochs,
            batch_size=own.batch_size,
            objective=Component("Objective", kind) if index else own.objective,
            optimiser=own.optimiser,
            schedules=own.schedules,
            noise=own.noise,
            penalties=own.penalties,
        )
        return stage.training_of(trial, model, name=name, reads=reads if index else None)
