"""What a recipe says about each stage of learning. Nothing here imports torch."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harmonium.bounds import Count, NonNegative, Positive, Share
from harmonium.describe.component import (
    Component,
    Contrast,
    Inference,
    Optimiser,
    Overrides,
    Penalty,
    Schedule,
)

__all__ = [
    "Classify",
    "Discriminative",
    "EarlyStopping",
    "Energy",
    "FineTuning",
    "Greedy",
    "Pretraining",
    "Training",
    "UpDown",
]


@dataclass(frozen=True)
class Greedy:
    """Pre-training of a machine's RBMs one after the other, the lowest first.

    Args:
        epochs: passes over the training rows, for each layer.
        batch_size: rows per update.
        contrast: where the model's side of the learning rule comes from.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        penalties: weight decay, sparsity and the like.
        centring: rate at which the centring offsets follow the data; null for no centring.
        scaling: measure weights of units with a precision in standard deviations.
        layers: one mapping per layer, the lowest first: settings that differ there.
    """

    epochs: Count
    batch_size: Count = 100
    contrast: Contrast = Component("Contrast", "cd", {"reconstruct": Component("Rule", "mean")})
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.05, "momentum": 0.5})
    schedules: Sequence[Schedule] = ()
    penalties: Sequence[Penalty] = ()
    centring: Share | None = None
    scaling: bool = True
    layers: Sequence[Overrides] = ()

    def layer(self, index: int) -> "Greedy":
        """The settings of one layer, its overrides applied.

        >>> Greedy(epochs=5, layers=({}, {"epochs": 10})).layer(1).epochs
        10
        """
        differing = dict(self.layers[index]) if index < len(self.layers) else {}
        return dataclasses.replace(self, layers=(), **differing)


@dataclass(frozen=True)
class Energy:
    """Training of the whole machine as one energy graph.

    Args:
        epochs: passes over the training rows.
        batch_size: rows per update.
        contrast: where the model's side of the learning rule comes from.
        inference: what hidden groups that are connected with each other do while data is observed.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        penalties: weight decay, sparsity and the like.
        centring: rate at which the centring offsets follow the data; null for no centring.
        scaling: measure weights of units with a precision in standard deviations.
        products: how a binary RBM's update multiplies matrices: float, or fixed (int8 digits).
    """

    epochs: Count
    batch_size: Count = 100
    contrast: Contrast = Component("Contrast", "pcd")
    inference: Inference = Component("Inference", "mean_field")
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.05})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    penalties: Sequence[Penalty] = ()
    centring: Share | None = 0.01
    scaling: bool = True
    products: Literal["float", "fixed"] = "float"


@dataclass(frozen=True)
class UpDown:
    """Training of a belief net's layers all at once, recognition apart from generation.

    Args:
        epochs: passes over the training rows (those with a label, where the net has labels).
        batch_size: rows per update.
        contrast: where the top graph's side of the learning rule, and dreams, come from.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
    """

    epochs: Count
    batch_size: Count = 100
    contrast: Contrast = Component("Contrast", "cd", {"steps": 3})
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.05})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)


@dataclass(frozen=True)
class EarlyStopping:
    """Stops a stage that no longer gets better.

    Args:
        monitor: the metric that is watched, such as val/error.
        patience: epochs without improvement before stopping.
        min_delta: what counts as an improvement.
        mode: whether less or more of the metric is better; null: what is known of the metric.
        restore_best: go back to the parameters of the best epoch.
    """

    monitor: str
    patience: Count = 5
    min_delta: NonNegative = 0.0
    mode: Literal["min", "max"] | None = None
    restore_best: bool = True


@dataclass(frozen=True)
class Discriminative:
    """Training of a machine with a label to tell the classes apart.

    (Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224.)

    Args:
        epochs: passes over the rows, at most.
        batch_size: rows per update.
        generative: weight of the model of data and labels; 0 learns to classify alone.
        unlabelled: weight of the model of the data, for rows without a label; 0 leaves them out.
        contrast: where the model's side of the generative part comes from.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        penalties: weight decay and the like.
        centring: rate at which the centring offsets of the generative part follow the data.
        scaling: measure weights of units with a precision in standard deviations there.
        early_stopping: when to stop before the last epoch.
    """

    epochs: Count
    batch_size: Count = 10
    generative: NonNegative = 0.0
    unlabelled: NonNegative = 0.0
    contrast: Contrast = Component("Contrast", "cd")
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.5})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    penalties: Sequence[Penalty] = ()
    centring: Share | None = None
    scaling: bool = True
    early_stopping: EarlyStopping | None = None


@dataclass(frozen=True)
class Classify:
    """The machine unrolled to a net with a new output layer, trained on the labelled rows.

    Args:
        epochs: passes over the labelled rows, at most.
        batch_size: rows per update.
        optimiser: one of torch.optim.
        head_rate: learning rate of the new output layer; null for the optimiser's.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
    """

    epochs: Count
    batch_size: Count = 100
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    head_rate: Positive | None = None
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None


Pretraining: TypeAlias = Greedy
Training: TypeAlias = Energy | Discriminative | UpDown
FineTuning: TypeAlias = Classify
