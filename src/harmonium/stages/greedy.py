"""Greedy pre-training: the layers of a model learn one after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from harmonium.bounds import Count, Share
from harmonium.describe.component import (
    Component,
    Contrast,
    Noise,
    Optimiser,
    Overrides,
    Penalty,
    Schedule,
)
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.models import GraphModel, Model, Stack
    from harmonium.stages.trial import Trial

__all__ = ["Greedy"]


@dataclass(frozen=True)
class Greedy:
    """Pre-training of a machine's RBMs one after the other, the lowest first.

    Args:
        epochs: passes over the training rows, for each layer.
        batch_size: rows per update.
        contrast: how the model side of the learning rule is estimated.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        penalties: weight decay, sparsity and the like.
        centring: rate at which the centring offsets follow the data; null for no centring.
        scaling: scale the gradients of groups with a precision, such as Gaussian units.
        products: matrix products in the update of a binary RBM: float, or fixed (int8 digits).
            Layers with tied copies have no fixed products.
        layers: one mapping per layer, the lowest first: settings that differ in that layer.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
        depth: how many layers learn, the lowest first; null for all. The others keep their small
            initial weights. A deep Boltzmann machine of depth 1 starts as the RBM of its lowest
            layer.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("layered",), data=("train",))

    epochs: Count
    batch_size: Count = 100
    contrast: Contrast = Component("Contrast", "cd", {"reconstruct": Component("Rule", "mean")})
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.05, "momentum": 0.5})
    schedules: Sequence[Schedule] = ()
    penalties: Sequence[Penalty] = ()
    centring: Share | None = None
    scaling: bool = True
    products: Literal["float", "fixed"] = "float"
    layers: Sequence[Overrides] = ()
    noise: Noise | Sequence[Noise] | None = None
    depth: Count | None = None

    def layer(self, index: int) -> Greedy:
        """Returns the settings of one layer, with its overrides applied.

        >>> Greedy(epochs=5, layers=({}, {"epochs": 10})).layer(1).epochs
        10
        """
        differing = dict(self.layers[index]) if index < len(self.layers) else {}
        return dataclasses.replace(self, layers=(), **differing)

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of one part for each layer."""
        layers: Any = model
        return [(f"{name}/{k}", self.layer(k)) for k in range(len(layers.split(self.depth)))]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns one part for each layer; after the last, the model takes the learned parameters.

        Raises:
            ValueError: the layers are copies, and the model has already learned in an earlier
                stage.
        """
        from harmonium.stages.graphs import graph_training

        model = trial.able("layered")
        layers, fresh = model.split(self.depth), not trial.has_learned(name)
        trial.extras["layers"] = copies = _not_its_own(model, layers)
        if copies and not fresh:
            raise UsageError(
                f"{name}: the layers of this model are pre-trained as copies, which would undo "
                "what an earlier stage has learned; put greedy first"
            )

        def part(k: int) -> Part:
            build = partial(
                graph_training,
                trial,
                layers[k],
                settings=self.layer(k),
                name=f"{name}/{k}",
                below=model.beneath(layers, k),
                fresh=fresh,
            )
            last = k + 1 == len(layers)
            return Part(f"{name}/{k}", build, partial(model.compose, layers) if last else None)

        return [part(k) for k in range(len(layers))]


def _not_its_own(model: GraphModel | Stack, layers: Sequence[GraphModel]) -> list[Tensor]:
    """Parameters of layers that are copies, not the model's own tensors."""
    own = {*map(id, model.parameters())}
    return [p for layer in layers for p in layer.parameters() if id(p) not in own]
