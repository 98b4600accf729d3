"""Reconstruction: how well a model reproduces test rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Reconstruction", "squared_errors"]


@dataclass(frozen=True)
class Reconstruction:
    r"""The mean squared error between test rows and their reconstructions.

    .. math:: \frac{1}{D} \langle |x - \hat x|^2 \rangle

    per value, through all layers of the last model that reconstructs.
    """

    needs: ClassVar[Needs] = Needs(model=("reconstructs",), data=("test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """The figures of ``squared_errors``."""
        test, model = trial.test, trial.able("reconstructs")
        assert test is not None
        errors = []
        for batch in model.batches(test):
            *_, again = model.reconstruct(batch).values()
            errors.append((again["x"] - batch["x"]).double().square().flatten(1))
        return squared_errors(errors)


def squared_errors(parts: Sequence[Tensor]) -> dict[str, float]:
    """Figures of squared errors of values, ``(B, D)`` in each part.

    ``reconstruction_error`` is the mean per value, ``reconstruction_stderr`` its standard error
    over the rows, ``squared_error_sum`` the mean over the rows of the sum over the values.
    """
    means = torch.cat([part.mean(1) for part in parts])
    stderr = float(means.std()) / len(means) ** 0.5 if len(means) > 1 else float("nan")
    return {
        "reconstruction_error": float(means.mean()),
        "reconstruction_stderr": stderr,
        "squared_error_sum": float(means.mean()) * parts[0].shape[1],
    }
