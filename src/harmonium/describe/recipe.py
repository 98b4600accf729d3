"""The recipe: a whole experiment as one value. Its signature is the schema of the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harmonium.bounds import Count, Seed, Share, Size
from harmonium.describe.component import (
    Baseline,
    BatchTransform,
    FineTuning,
    Judge,
    Machine,
    Pretraining,
    Reader,
    Stage,
    Tracker,
    Training,
    Transform,
)

__all__ = ["Checkpoint", "Data", "Labels", "Recipe", "Report"]


@dataclass(frozen=True)
class Labels:
    """Which training labels are seen, drawn anew in every trial. One of the two is given.

    Args:
        per_class: labelled rows of every class.
        fraction: share of the training rows that are labelled.
    """

    per_class: Count | None = None
    fraction: Share | None = None


@dataclass(frozen=True)
class Data:
    """Where the rows come from and what is done to them.

    Args:
        source: the reader.
        transforms: applied in this order, fitted to the training rows.
        batch_transform: drawn anew for every batch in training, once for the test rows.
        validation: share of the training rows set aside.
        labels: which training labels are seen; null for all.
    """

    source: Reader
    transforms: Sequence[Transform] = ()
    batch_transform: BatchTransform | None = None
    validation: Share = 0.0
    labels: Labels | None = None


@dataclass(frozen=True)
class Checkpoint:
    """When the run is saved so that it can go on.

    Args:
        every_updates: updates between two checkpoints.
        keep: the number of last checkpoints that stay.
        log_spaced: the number of checkpoints per stage kept for good, at equal distances on a
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
        samples: samples of the model.
        filters: hidden units whose weights are drawn.
    """

    samples: Size = 60
    filters: Size = 64


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A recipe: data, model, stages of learning, and what to compare and judge.

    Args:
        version: of the recipe's format.
        name: of the runs' folder; the file's own name if not given.
        seed: all random numbers follow from it; null draws one and writes it down.
        repeats: trials with seeds seed, seed + 1, and so on, each the whole recipe.
        device: auto, cpu, cuda, cuda:0 (or another number) or mps.
        precision: of every number in the model.
        deterministic: refuse operations whose results vary from run to run.
        threads: of the processor; null for torch's own choice.
        output: folder of the runs, relative to the folder from which the run is started.
        data: where the rows come from.
        model: the machine.
        pretrain: greedy pre-training of the machine's layers.
        train: training of the machine as one energy graph.
        fine_tune: supervised training of the unrolled machine.
        stages: the stages of learning in their order; pretrain, train and fine_tune are short
            forms of the usual ones.
        compare: methods to set beside the result, on the same rows.
        judge: how the result is measured.
        checkpoint: when the run is saved.
        report: how much the report shows.
        track: where metrics go besides the run's own file.
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
    model: Machine
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
        found = {name: stage for name, stage in short.items() if stage is not None}
        for stage in self.stages:
            name = type_name(stage)
            again = sum(other.partition("-")[0] == name for other in found)
            found[f"{name}-{again + 1}" if again else name] = stage
        return found
