"""Inpainting: how well a model fills a hole in pictures."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data import Examples
from harmonium.data.crops import Cutout
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Inpainting", "nearest_known"]

ROWS = 500
"""Test rows whose neighbours are looked for at once."""


@dataclass(frozen=True)
class Inpainting:
    r"""The squared error inside a square hole of test pictures, which a model fills.

    .. math:: \frac{\sum_{i \in \text{hole}} (x_i - \hat x_i)^2}{|\text{hole}|}

    averaged over the test rows; :math:`\hat x` is what the model makes of the picture with the
    hole. Beside it stand two ways to fill the hole without a model: the mean of the training
    pictures, and the training picture that is nearest outside the hole. Every row has its own
    hole, whose centre is any pixel (``data.crops.Cutout``), the same in every run with this seed.

    Args:
        size: height and width of the hole, in pixels.
        fill: value in the hole, as the model has learned to read it.
    """

    needs: ClassVar[Needs] = Needs(model=("reconstructs",), data=("train", "test", "pictures"))

    size: Count = 4
    fill: float = 0.0

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``hole_error``, its standard error, ``hole_error_mean`` and ``hole_error_neighbour``."""
        test, model = trial.test, trial.able("reconstructs")
        assert test is not None
        kind: Any = trial.data.columns["x"]
        clean = test.flattened().x[:]
        source = trial.source("judge inpainting")
        hole = Cutout(self.size, self.fill).hidden(kind.shaped(clean), source)
        hidden = kind.flat(hole.expand(-1, *kind.shape))
        damaged = test.with_columns(x=clean.masked_fill(hidden, self.fill))
        parts = []
        for batch in model.batches(damaged):
            *_, again = model.reconstruct(batch).values()
            parts.append(again["x"].reshape(len(batch["x"]), *kind.shape))
        filled = {
            "": kind.flat(torch.cat(parts)),
            "_mean": _mean(trial.data.train).expand_as(clean),
            "_neighbour": nearest_known(clean, trial.data.train.flattened().x[:], hidden=hidden),
        }
        errors = {word: _errors(again, clean, hidden=hidden) for word, again in filled.items()}
        found = {f"hole_error{word}": float(error.mean()) for word, error in errors.items()}
        own = errors[""]
        return {**found, "hole_error_stderr": float(own.std()) / len(own) ** 0.5}


def nearest_known(x: Tensor, rows: Tensor, *, hidden: Tensor) -> Tensor:
    """For each x ``(N, D)`` the row ``(M, D)`` that is nearest in the values that are not hidden.

    Args:
        x: what is looked for.
        rows: among these.
        hidden: which values of x are not known, ``(N, D)``, bool.
    """
    found = []
    square = rows.double().square()
    for some, unknown in zip(x.split(ROWS), hidden.split(ROWS), strict=True):
        known = (~unknown).double()
        gaps = known @ square.mT - 2 * (some.double() * known) @ rows.double().mT
        found.append(rows[gaps.argmin(1)])
    return torch.cat(found)


def _mean(train: Examples) -> Tensor:
    return train.flattened().x[:].mean(0)


def _errors(again: Tensor, x: Tensor, *, hidden: Tensor) -> Tensor:
    """Mean squared error of the hidden values of every row, ``(N,)``."""
    gaps = (again - x).double().square() * hidden
    return gaps.sum(1) / hidden.sum(1)
