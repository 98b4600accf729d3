"""A kind of column, values in {-1, 0, 1}, and the reader that has it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data import Classes, DataSet, Examples, Rows
from harmonium.errors import DataError
from harmonium.random import generator

__all__ = ["Steps", "steps"]


@dataclass(frozen=True)
class Steps:
    """Values in {-1, 0, 1}."""

    shape: tuple[int, ...]
    names: tuple[str, ...] = ()

    @property
    def stored(self) -> tuple[int, ...]:
        return self.shape

    def check(self, values: Rows) -> None:
        if not bool(torch.isin(values[:], torch.tensor([-1.0, 0.0, 1.0])).all()):
            raise DataError("a column of steps has values that are none of -1, 0, 1")

    def shaped(self, rows: Tensor) -> Tensor:
        return rows.reshape(len(rows), *self.shape)

    def flat(self, values: Tensor) -> Tensor:
        return values.flatten(1)


def steps(rows: Count = 120) -> DataSet:
    """Rows of four steps; the class is whether they lead up.

    Args:
        rows: the number of training rows.
    """
    x = torch.randint(-1, 2, (rows + 60, 4), generator=generator(0)).float()
    y = (x.sum(1) > 0).long()
    columns = {"x": Steps((4,)), "y": Classes(("down", "up"))}
    train, test = ({"x": x[part], "y": y[part]} for part in (slice(rows), slice(rows, None)))
    return DataSet("steps", Examples(train), test=Examples(test), columns=columns)
