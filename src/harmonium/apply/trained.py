"""The results of a run for use: models, transforms and names, on one device."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from harmonium.data import Chain, DataSet, Examples, ImageSet, Rows, Series, validation
from harmonium.data.columns import listed
from harmonium.data.kinds import of_shape
from harmonium.describe import Recipe, build, load
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.machines import BeliefNet
from harmonium.models import Model, adapted
from harmonium.needs import able
from harmonium.random import generator
from harmonium.runs import Run
from harmonium.stages.trial import derived

__all__ = ["Trained"]

BATCH = 1000
"""Number of rows that are computed at the same time."""


@dataclass(frozen=True)
class Trained:
    """One trial of a run; each part is read from the disk at first access.

    Args:
        run: a run that has finished its training.
        trial: number of the trial, from 0.
        device: device to compute on.

    Raises:
        ValueError: this computer has no such device.
    """

    run: Run
    trial: int = 0
    device: str = "cpu"

    def __post_init__(self) -> None:
        _check_device(self.device)

    @cached_property
    def recipe(self) -> Recipe:
        """The resolved recipe."""
        return load(self.run.path / "recipe.resolved.yaml")

    @cached_property
    def models(self) -> dict[str, Model]:
        """The models of the run, in the order in which they were made.

        Raises:
            FileNotFoundError: the models of the run are not finished.
        """
        models: dict[str, Model] = {"machine": adapted(self.run.machine(self.trial))}
        if any("net" in stage.makes for stage in self.recipe.learning().values()):
            models["net"] = adapted(self.run.net(self.trial))
        for model in models.values():
            model.to(self.device).eval()
        return models

    @property
    def machine(self) -> EnergyGraph | BeliefNet:
        """The trained machine, before fine-tuning.

        Raises:
            ValueError: the model is an ordinary net.
        """
        self.able("mixes")
        machine: EnergyGraph | BeliefNet = self._lowest.machine
        return machine

    @property
    def _lowest(self) -> Any:  # noqa: ANN401
        """The model that reads the data directly."""
        return self.models["machine"]

    @property
    def like(self) -> Tensor:
        """A parameter, which gives dtype and device."""
        return next(self.models["machine"].parameters())

    @property
    def width(self) -> int:
        """Number of values of a row, after the transforms.

        That of the longest row in training, where the model reads rows of any length.
        """
        return int(self._lowest.width or math.prod(self.shape))

    def able(self, *abilities: str) -> Any:  # noqa: ANN401
        """Returns the last model with the given abilities.

        Raises:
            ValueError: no model has them; the message gives the missing ability and the remedy.
        """
        return able(abilities, self.models.values())

    @cached_property
    def chain(self) -> Chain:
        """The transforms with the statistics of the training rows."""
        transforms = [build(t) for t in self.recipe.data.transforms]
        return Chain.restore(transforms, self.run.transforms(self.trial))

    @cached_property
    def classes(self) -> tuple[str | int, ...]:
        """Names of the net's outputs."""
        return tuple(self.run.environment["classes"])

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the real targets; empty without targets."""
        return tuple(self.run.environment.get("targets", ()))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of an input row, as in training."""
        return tuple(self.run.environment["shape"])

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the values of an input row; empty if the data had no names."""
        return tuple(self.run.environment.get("features", ()))

    @property
    def visible_names(self) -> tuple[str, ...]:
        """Names of the visible values, after the transforms; empty without names."""
        names = self.features
        for step in self.chain.steps:
            kept = step.statistics.get("features", step.statistics.get("pixels"))
            if names and kept is not None:
                names = tuple(names[k] for k in kept.tolist())
        return names if len(names) == self.width else ()

    def dataset(self) -> DataSet:
        """The run's own data, read and split as in training; transforms are not applied.

        Raises:
            ValueError: columns or shapes of the data differ from those of the training.
        """
        loaded = build(self.recipe.data.source)
        whole = loaded.dataset() if isinstance(loaded, ImageSet) else loaded
        self.fits(whole)
        if self.features and whole.features != self.features:
            raise UsageError(
                f"{whole.name}: the columns of the run's own data are {listed(whole.features)} "
                f"now, and were {listed(self.features)} in training: bring the old file back, or "
                "name the new one with --input"
            )
        seed = derived((self.recipe.seed or 0) + self.trial, "data")
        return validation(whole, self.recipe.data.validation, source=generator(seed))

    def fits(self, dataset: DataSet) -> None:
        """Raises ValueError, with both shapes, if rows have not the shape of the training rows."""
        if self._lowest.channels:
            self._fits_channels(dataset)
            return
        given, needed = math.prod(dataset.shape), math.prod(self.shape)
        plain = len(dataset.shape) == 1 or len(self.shape) == 1
        if given != needed or not (plain or dataset.shape == self.shape):
            raise UsageError(
                f"{dataset.name}: rows of shape {dataset.shape}, {given} values each, but "
                f"{self.run.path} was trained on {self.shape}, {needed} values each: give rows "
                "like those of the training"
            )

    def _fits_channels(self, dataset: DataSet) -> None:
        """Raises ValueError if rows are not series with as many channels as the model reads."""
        kind, channels = dataset.columns["x"], self._lowest.channels
        if not isinstance(kind, Series) or kind.width != channels:
            raise UsageError(
                f"{dataset.name}: {kind!r}, but {self.run.path} was trained on series of "
                f"{channels} channels: give series like those of the training"
            )

    def rows(self, x: Tensor) -> Tensor:
        """Rows ``(B, D)`` as in training: transformed, in the model's precision, on its device."""
        if self._lowest.reads_tokens:
            return x.to(self.like.device)
        x = self.chain(x.to(self.like.device)).to(self.like)
        width = self._lowest.width
        if width and x.shape[1] != width:
            raise UsageError(
                f"rows of {x.shape[1]} values after the transforms, but the model reads {width}"
            )
        return x

    def all(self, split: Examples) -> Rows:
        """All rows of `pieces` as one sequence; rows of a file stay in the file."""
        if isinstance(split.x, Tensor):
            return torch.cat([rows.x[:] for _, rows in self.pieces(split)])
        return split.x.map(self.rows, (self.width,)).to(self.like.device, self.like.dtype)

    def batches(self, split: Examples, model: Any) -> Iterator[tuple[slice, dict[str, Tensor]]]:  # noqa: ANN401
        """Yields places and transformed batches, in order, in the form that the model reads.

        Raises:
            ValueError: as ``pieces``.
        """
        for at, rows in self.pieces(split):
            yield at, model.reads(rows).batch(slice(None))

    def pieces(self, split: Examples) -> Iterator[tuple[slice, Examples]]:
        """Yields places and transformed rows, in order, checked against the range of the model.

        Raises:
            ValueError: values are NaN, infinite or out of range; the message gives their range.
        """
        for at in range(0, len(split), BATCH):
            piece = slice(at, min(at + BATCH, len(split)))
            raw = split.x[piece]
            bad = ~raw.isfinite()
            if bool(bad.any()):
                row, column = bad.nonzero()[0].tolist()
                raise UsageError(
                    f"row {at + row}, value {column} (from 0) is {float(raw[row, column])}: fill "
                    "the gaps in or drop the row"
                )
            rows = self._examples(self.rows(raw), split=split, piece=piece)
            self._lowest.check(self._lowest.reads(rows).batch(slice(None)))
            yield piece, rows

    def blank(self, model: Any) -> dict[str, Tensor]:  # noqa: ANN401
        """A batch of one row of zeros, in the form that the model reads."""
        return self.shaped(self.like.new_zeros(1, self.width), model)

    def shaped(self, x: Tensor, model: Any) -> dict[str, Tensor]:  # noqa: ANN401
        """A batch of transformed rows ``(B, D)``, in the form that the model reads."""
        batch: dict[str, Tensor] = model.reads(self._examples(x)).batch(slice(None))
        return batch

    def _examples(
        self, x: Tensor, *, split: Examples | None = None, piece: slice = slice(0)
    ) -> Examples:
        """Transformed rows ``(B, D)`` with the kind of the column; series also with their length.

        Args:
            x: rows.
            split: rows before the transforms, of which these are a piece; None: rows of zeros.
            piece: their places in the split.
        """
        if self._lowest.reads_tokens:
            return Examples({"x": x})
        channels = self._lowest.channels
        if not channels:
            return Examples({"x": x}, kinds={"x": of_shape(self.chain.shape, self.visible_names)})
        kind, columns = Series(channels, x.shape[1] // channels), {"x": x}
        if split is not None and "length" in split.columns:
            columns["length"] = split.columns["length"][piece].to(x)
        return Examples(columns, kinds={"x": kind})


def _check_device(name: str) -> None:
    """Raises ValueError if torch does not know the device, or this computer has none."""
    try:
        torch.empty(1, dtype=torch.float32, device=name)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        there = ["cpu", *(f"cuda:{k}" for k in range(torch.cuda.device_count()))]
        raise UsageError(f"no device {name!r} here; there are {', '.join(there)}") from error
