"""A sequence of transforms: fitted to a data set, applied, inverted, saved and restored."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.kinds import Classes, Counts, Kind, Numbers, of_shape
from harmonium.data.streamed import mapped
from harmonium.data.transforms import Fitted, Transform
from harmonium.errors import DataError

__all__ = ["Chain", "fit_all"]

_PROBED = 10**7
"""Maximum number of values of a row on which restored statistics are tested."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Fitted transforms, applied one after the other.

    `shape` is that of a transformed row of "x". Steps for another column leave "x" unchanged.
    """

    steps: tuple[Fitted, ...]
    shape: tuple[int, ...]

    def __call__(self, x: Tensor) -> Tensor:
        """Returns x (N, D) after every step that acts on "x"."""
        for step in self.of("x"):
            x = step(x)
        return x

    def of(self, column: str) -> tuple[Fitted, ...]:
        """The steps that act on a column."""
        return tuple(step for step in self.steps if step.transform.column == column)

    def back(self, values: Tensor, *, column: str = "y") -> Tensor:
        """Inverts the steps for values (N, D) of a column: predictions in the original units.

        Raises:
            ValueError: a step cannot be inverted.
        """
        for step in reversed(self.of(column)):
            values = step.inverse(values)
        return values

    def state(self) -> dict[str, Tensor]:
        """The states of the steps as "0.mean", "0.scale", ..., and "shape"."""
        named = {
            f"{i}.{key}": value
            for i, step in enumerate(self.steps)
            for key, value in step.state().items()
        }
        return named | {"shape": torch.tensor(self.shape)}

    @classmethod
    def restore(cls, transforms: Sequence[Transform], state: Mapping[str, Tensor]) -> Chain:
        """Makes the chain of these transforms from its `state()`.

        Raises:
            ValueError: the state belongs to other transforms, or is damaged.
        """
        try:
            return cls._restored(transforms, state)
        except (LookupError, AttributeError, TypeError, ValueError, RuntimeError) as error:
            if str(error).startswith("the state is"):
                raise
            raise DataError(
                f"the state is none of these transforms ({error!r}): restore with the transforms "
                "that were fitted, from a whole file"
            ) from error

    @classmethod
    def _restored(cls, transforms: Sequence[Transform], state: Mapping[str, Tensor]) -> Chain:
        parts: list[dict[str, Tensor]] = [{} for _ in transforms]
        steps = {int(key.split(".")[0]) for key in state if key != "shape"}
        if steps != set(range(len(transforms))):
            raise DataError(
                f"the state is of {len(steps)} transforms, {len(transforms)} are given: restore "
                "with the transforms that were fitted"
            )
        for key, value in state.items():
            if key != "shape":
                number, name = key.split(".", 1)
                parts[int(number)][name] = value
        fitted = tuple(t.restore(part) for t, part in zip(transforms, parts, strict=True))
        for step in fitted:  # statistics that do not fit the shapes cannot be applied
            if math.prod(step.shape_in) <= _PROBED:
                step(torch.zeros(1, math.prod(step.shape_in), dtype=torch.float32))
        return cls(fitted, tuple(state["shape"].tolist()))


def fit_all(transforms: Sequence[Transform], dataset: DataSet) -> tuple[Chain, DataSet]:
    """Fits each transform to the training rows after the previous ones, and applies all.

    Returns the fitted chain, and the data set with every split transformed. Feature names are kept
    if the transforms keep the features.

    Raises:
        ValueError: a transform does not fit the rows, or acts on real targets and there are none.

    >>> from harmonium.data.examples import Split
    >>> from harmonium.data.transforms import Scale
    >>> toy = DataSet("toy", Split(torch.tensor([[0.0], [51.0]])), shape=(1,))
    >>> chain, grey = fit_all([Scale(divide=255)], toy)
    >>> grey.train.x.flatten().tolist()
    [0.0, 0.2]
    """
    steps: list[Fitted] = []
    for transform in transforms:
        fitted = _fitted(transform, dataset)
        name = transform.column
        kinds = {**dataset.columns, name: _kind_after(fitted, dataset.columns[name])}
        dataset = dataset.each(partial(_applied, fitted), columns=kinds)
        steps.append(fitted)
    return Chain(tuple(steps), dataset.shape), dataset


def _fitted(transform: Transform, dataset: DataSet) -> Fitted:
    """Fits the transform to the training rows of its column."""
    name, kind = transform.column, dataset.columns.get(transform.column)
    if kind is None or isinstance(kind, Classes):
        what = "its labels are classes" if isinstance(kind, Classes) else "it has none"
        raise DataError(
            f"{type(transform).__name__.lower()} with column {name!r}: {dataset.name} has no real "
            f"targets, {what}: leave this transform out, or set `target` of the source"
        )
    return transform.fit(dataset.train.columns[name], kind.stored)


def _applied(fitted: Fitted, split: Examples) -> Examples:
    """The split with its column transformed, if it has that column."""
    name = fitted.transform.column
    if name not in split.columns:
        return split
    rows = mapped(split.columns[name], fitted, each=(math.prod(fitted.shape),))
    return split.with_columns(**{name: rows})


def _kind_after(fitted: Fitted, kind: Kind) -> Kind:
    """Kind of a transformed column: unchanged if its shape is; counts become numbers."""
    if isinstance(kind, Counts):
        kind = Numbers(kind.shape, kind.names)
    return kind if fitted.shape == kind.stored else of_shape(fitted.shape)
