"""The recipe: a whole experiment as one value. Its signature is the schema of recipe files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from harmonium.bounds import Count, Seed, Share, Size
from harmonium.describe.component import (
    Baseline,
    BatchTransform,
    Component,
    FineTuning,
    Judge,
    Model,
    Pretraining,
    Reader,
    Stage,
    Tracker,
    Training,
    Transform,
)
from harmonium.registry import KINDS

__all__ = ["Checkpoint", "Data", "Labels", "Recipe", "Report"]


@dataclass(frozen=True)
class Labels:
    """Selects the training labels that are used, drawn anew in every trial; give one of the two.

    Args:
        per_class: number of labelled rows of every class.
        fraction: fraction of the training rows that are labelled.
    """

    per_class: Count | None = None
    fraction: Share | None = None


@dataclass(frozen=True)
class Data:
    """The source of the rows, and their transforms.

    Args:
        source: the reader of the data.
        transforms: applied in this order, fitted to the training rows.
        batch_transform: drawn anew for every batch in training of a model of the rows, once for
            the test rows. A net of classes or values that learns first refuses it; one that has
            learned before learns on from the rows as they are. Type corrupt is a short form of the
            setting noise of every stage.
        validation: fraction of the training rows set aside for validation.
        labels: which training labels are used; null for all.
    """

    source: Reader
    transforms: Sequence[Transform] = ()
    batch_transform: BatchTransform | None = None
    validation: Share = 0.0
    labels: Labels | None = None

    @property
    def draw(self) -> Component | None:
        """The batch transform that belongs to the data, and so applies to test rows as well."""
        return None if self.noise is not None else self.batch_transform

    @property
    def noise(self) -> Component | None:
        """The batch transform, if it is noise; it applies to training rows only."""
        transform = self.batch_transform
        is_noise = transform is not None and transform.type in KINDS["Noise"]
        return replace(transform, kind="Noise") if is_noise else None  # type: ignore[type-var]


@dataclass(frozen=True)
class Checkpoint:
    """When the run saves checkpoints.

    Args:
        every_updates: updates between two checkpoints.
        keep: number of latest checkpoints to keep.
        log_spaced: number of checkpoints per stage to keep for good, evenly spaced on a
            logarithmic scale of updates.
        best: the metric whose best checkpoint is kept, such as val/error; null for none.
    """

    every_updates: Count = 200
    keep: Count = 1
    log_spaced: Size = 0
    best: str | None = None


@dataclass(frozen=True)
class Report:
    """How much the report shows.

    Args:
        samples: number of samples of the model.
        filters: number of hidden units whose weights are drawn.
        map: how codes of more than two numbers are placed in a map: by their first two principal
            components, or by t-SNE, which takes seconds to minutes.
    """

    samples: Size = 60
    filters: Size = 64
    map: Literal["pca", "tsne"] = "pca"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A recipe: data, model, stages of learning, judges and baselines.

    Args:
        version: of the recipe's format.
        name: name of the runs' folder; by default the name of the file.
        seed: determines all random numbers; null draws one and writes it to the run.
        repeats: number of trials, with seeds seed, seed + 1, and so on, each the whole recipe.
        device: auto, cpu, cuda, cuda:0 (or another number) or mps.
        precision: floating-point type of the numbers in the model.
        deterministic: refuse operations whose results vary from run to run.
        threads: number of CPU threads; null for torch's choice.
        output: folder of the runs, relative to the working directory.
        data: where the rows come from.
        model: the machine.
        pretrain: greedy pre-training of the machine's layers.
        train: training of the machine as one energy graph.
        fine_tune: supervised training of the unrolled machine.
        stages: the stages of learning in order; pretrain, train and fine_tune are short forms of
            common stages.
        compare: baselines to compare with, on the same rows.
        judge: how the result is measured.
        checkpoint: when the run is saved.
        report: how much the report shows.
        track: further places that receive the metrics.
    """

    version: Literal[1] = 1
    name: str = "recipe"
    seed: Seed | None = 0
    repeats: Count = 1
    device: str = "auto"
    precision: Literal["float32", "float64"] = "float32"
    deterministic: bool = False
    threads: Count | None = None
    output: str = "runs"
    data: Data
    model: Model
    pretrain: Pretraining | None = None
    train: Training | None = None
    fine_tune: FineTuning | None = None
    stages: Sequence[Stage] = ()
    compare: Sequence[Baseline] = ()
    judge: Sequence[Judge] = ()
    checkpoint: Checkpoint = Checkpoint()
    report: Report = Report()
    track: Sequence[Tracker] = ()

    def learning(self) -> dict[str, Any]:
        """Name -> settings of every stage of learning, in order."""
        from harmonium.describe.values import type_name

        short = {"pretrain": self.pretrain, "train": self.train, "fine_tune": self.fine_tune}
        learning = {name: stage for name, stage in short.items() if stage is not None}
        for stage in self.stages:
            name = type_name(stage)
            again = sum(other.partition("-")[0] == name for other in learning)
            learning[f"{name}-{again + 1}" if again else name] = stage
        if (noise := self.data.noise) is None:
            return learning
        return {name: _with_noise(stage, noise) for name, stage in learning.items()}


def _with_noise(stage: Any, noise: Component) -> Any:  # noqa: ANN401
    """The stage with this noise, if it has the setting and leaves it out."""
    missing = getattr(stage, "noise", noise) is None
    return replace(stage, noise=noise) if missing else stage
